//! The worker's event loop: commands in, one unit of work at a time, events out.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use sbert_lab::Lab;
use sbert_lab::protocol::{Command, Event, Failure, FailureKind};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;

use crate::blob::BlobBytes;
use crate::browser::{Browser, host};
use crate::device::noticed_fault;
use crate::port::{command_from_js, post, request_in, scope, to_js};
use crate::replicas::{is_follower, start_follower};
use crate::turn::Turns;
use crate::{constructors, crashes, relaxed};

/// Start listening, and say so.
pub fn start() {
    constructors::run_once();
    relaxed::use_where_possible();
    if is_follower() {
        return start_follower();
    }
    crashes::report_as(|message, remedy| to_js(&[internal_failure(message, remedy)]));
    let (sender, receiver) = unbounded();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let request = request_in(&message.data());
        match command_from_js(message.data()) {
            // The receiver lives as long as the worker.
            Ok(command) => drop(sender.unbounded_send(command)),
            Err(problem) => post(&[Event::Failed { request, failure: Failure::unreadable(&problem) }]),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It serves the worker to its end.
    on_message.forget();

    wasm_bindgen_futures::spawn_local(serve(receiver));
    post(&[Event::ready()]);
}

fn internal_failure(message: String, remedy: &'static str) -> Event {
    let failure = Failure { kind: FailureKind::Internal, message, remedy: remedy.to_owned() };
    Event::Failed { request: None, failure }
}

/// Handle commands until the device fails or the page is gone; between them, work.
async fn serve(mut commands: UnboundedReceiver<Command<BlobBytes>>) {
    let mut turns = match Turns::new() {
        Ok(turns) => turns,
        // Without it no stop would ever come in.
        Err(cause) => {
            let message = format!("the browser has no message channel ({cause:?})");
            return post(&[internal_failure(message, "Reload the page, or use another browser.")]);
        }
    };
    let mut lab = Lab::new(host(), Browser);
    loop {
        if lab.computes_on_gpu() && noticed_fault().is_some() {
            return;
        }
        if lab.is_working() {
            // Messages only arrive between two tasks of the event loop: yield to it after every unit of work.
            turns.take().await;
            while let Ok(command) = commands.try_recv() {
                lab.handle(command).await;
            }
            lab.work().await;
        } else {
            match commands.next().await {
                Some(command) => lab.handle(command).await,
                None => return,
            }
        }
    }
}
