//! The worker's event loop: commands in, one unit of work at a time, events out.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use gloo_timers::future::TimeoutFuture;
use sbert::session::TrainConfig;
use sbert::text::MAX_SEQ_LENGTH;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;

use crate::constructors;
use crate::device::{Compute, N_PREPARATIONS, noticed_fault, on_fault};
use crate::lab::Lab;
use crate::port::{from_js, post, scope, to_js};
use crate::protocol::{Command, Event, Failure, FailureKind};

/// Start listening, and say so.
pub fn start() {
    constructors::run_once();
    report_panics();
    report_rejections();
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

    wasm_bindgen_futures::spawn_local(serve(receiver));
    post(&Event::Ready { default_config: TrainConfig::default(), max_seq_length: MAX_SEQ_LENGTH });
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

/// Out of memory or out of stack, wasm traps without a panic; inside a task that is a promise rejected with nobody to hear
/// it. The message is made now, because then there may be no memory for it.
fn report_rejections() {
    let failure = Failure {
        kind: FailureKind::Internal,
        message: "the worker has failed without a word, as it does when memory runs out".to_owned(),
        remedy: "Start the worker again, with a smaller model or smaller batches.".to_owned(),
    };
    let Ok(message) = to_js(&Event::Failed { request: None, failure }) else { return };
    let on_rejection = Closure::<dyn Fn()>::new(move || drop(scope().post_message(&message)));
    let callback = on_rejection.as_ref().unchecked_ref();
    // The name is the browser's own: it can't fail to take a listener.
    let _ = scope().add_event_listener_with_callback("unhandledrejection", callback);
    on_rejection.forget();
}

/// Wait for the backend's name, then obey commands until the device fails; between them, work on the run.
async fn serve(mut commands: UnboundedReceiver<Command>) {
    let Some(mut lab) = open_lab(&mut commands).await else {
        return;
    };
    loop {
        if lab.computes_on_gpu() && noticed_fault().is_some() {
            return;
        }
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

/// The lab on the backend that the first command names; none if the page went away before.
async fn open_lab(commands: &mut UnboundedReceiver<Command>) -> Option<Lab> {
    let (request, backend) = loop {
        match commands.next().await? {
            Command::UseBackend { request, backend } => break (request, backend),
            _ => post(&Event::Failed {
                request: None,
                failure: Failure::untimely("The worker has no backend yet.", "Say first what to compute on."),
            }),
        }
    };
    let report = |n_done| post(&Event::Preparing { request, n_done, n_total: N_PREPARATIONS });
    report(0);
    let (compute, refusal) = Compute::open(backend, report).await;
    if compute.is_gpu() {
        // Told the moment it happens: whatever waits for the device then may wait for ever.
        on_fault(|fault| post(&Event::DeviceFailed { lost: fault.lost, message: fault.message.clone() }));
    }
    post(&Event::BackendReady { request, backend: compute.info.clone(), refusal });
    Some(Lab::new(compute))
}
