//! The worker's event loop: commands in, one unit of work at a time, events out.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use sbert::session::TrainConfig;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;

use crate::crew::size::MAX_WORKERS;
use crate::crew::{is_member, start_member};
use crate::device::{Compute, N_PREPARATIONS, noticed_fault, on_fault};
use crate::lab::Lab;
use crate::port::{command_from_js, post, scope, to_js};
use crate::protocol::{Command, Event, Failure, FailureKind};
use crate::turn::Turns;
use crate::{constructors, crashes, relaxed};

/// Start listening, and say so.
pub fn start() {
    constructors::run_once();
    relaxed::use_where_possible();
    if is_member() {
        return start_member();
    }
    crashes::report_by(failed);
    let (sender, receiver) = unbounded();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        match command_from_js(message.data()) {
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
    post(&Event::Ready { default_config: TrainConfig::default(), max_workers: MAX_WORKERS });
}

fn failed(message: String, remedy: &'static str) -> Result<JsValue, JsValue> {
    let failure = Failure { kind: FailureKind::Internal, message, remedy: remedy.to_owned() };
    to_js(&Event::Failed { request: None, failure })
}

/// Wait for the backend's name, then obey commands until the device fails; between them, work on the run.
async fn serve(mut commands: UnboundedReceiver<Command>) {
    let Some(mut lab) = open_lab(&mut commands).await else {
        return;
    };
    let mut turns = match Turns::new() {
        Ok(turns) => turns,
        // Without it no stop would ever be heard.
        Err(cause) => {
            let message = format!("the browser has no message channel ({cause:?})");
            let failure = Failure {
                kind: FailureKind::Internal,
                message,
                remedy: "Reload the page, or use another browser.".to_owned(),
            };
            return post(&Event::Failed { request: None, failure });
        }
    };
    loop {
        if lab.computes_on_gpu() && noticed_fault().is_some() {
            return;
        }
        if lab.is_working() {
            // Messages only arrive between two tasks of the event loop: yield to it after every unit of work.
            turns.take().await;
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
