//! The worker's event loop: commands in, one unit of work at a time, events out.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use gloo_timers::future::TimeoutFuture;
use sbert::session::TrainConfig;
use sbert::text::MAX_SEQ_LENGTH;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;

use crate::device::default_device;
use crate::lab::Lab;
use crate::port::{from_js, post, scope};
use crate::protocol::{Command, Event, Failure, FailureKind};

#[cfg(target_arch = "wasm32")]
unsafe extern "C" {
    /// The linker's static constructors.
    fn __wasm_call_ctors();
}

/// Start listening, and say so.
pub fn start() {
    // Without a call of ours the linker wraps every export so that each call from JavaScript runs all constructors
    // again, and the registries that they fill grow with every call.
    #[cfg(target_arch = "wasm32")]
    // SAFETY: called once, at start-up, before anything that the constructors set up is used.
    unsafe {
        __wasm_call_ctors();
    }
    report_panics();
    let (sender, receiver) = unbounded();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        match from_js::<Command>(message.data()) {
            // The receiver lives as long as the worker.
            Ok(command) => drop(sender.unbounded_send(command)),
            Err(problem) => post(&Event::Failed {
                request: None,
                failure: Failure {
                    kind: FailureKind::Command,
                    message: format!("a command could not be read: {problem}"),
                    remedy: "Reload the page: it and its worker are of different versions.".to_owned(),
                },
            }),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It serves the worker to its end.
    on_message.forget();

    let (device, backend) = default_device();
    wasm_bindgen_futures::spawn_local(serve(Lab::new(device), receiver));
    post(&Event::Ready {
        backend: backend.to_owned(),
        default_config: TrainConfig::default(),
        max_seq_length: MAX_SEQ_LENGTH,
    });
}

/// A panic ends this instance: say so to the page, which starts a new worker, and in full to the console.
fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        post(&Event::Failed {
            request: None,
            failure: Failure {
                kind: FailureKind::Internal,
                message: format!("the worker has failed: {info}"),
                remedy: "Start the worker again; the browser's console has the details.".to_owned(),
            },
        });
    }));
}

/// Obey commands for ever; between them, work on the run.
async fn serve(mut lab: Lab, mut commands: UnboundedReceiver<Command>) {
    loop {
        if lab.is_working() {
            // Messages only arrive between two tasks of the event loop: yield to it after every unit of work.
            TimeoutFuture::new(0).await;
            while let Ok(command) = commands.try_recv() {
                lab.obey(command).await;
            }
            lab.work().await;
        } else {
            match commands.next().await {
                Some(command) => lab.obey(command).await,
                None => return,
            }
        }
    }
}
