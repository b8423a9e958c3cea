//! The side of a follower: a worker that was started to share a run.

use std::sync::Arc;

use futures_channel::mpsc::unbounded;
use js_sys::{Reflect, Uint8Array};
use sbert_lab::replicas::{FromReplica, ToReplica, follow};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;

use super::port::{WorkerPort, as_text};
use super::{FOLLOWER_NAME, WEIGHTS};
use crate::browser::Browser;
use crate::crashes;
use crate::port::{from_js, scope, to_js};

/// True if this worker was started by another one, to share its run.
pub fn is_follower() -> bool {
    scope().name() == FOLLOWER_NAME
}

/// Listen to the leader, and follow it.
pub fn start_follower() {
    crashes::report_as(|message, _| to_js(&FromReplica::Failed { message }));
    let (sender, messages) = unbounded();
    let on_message =
        Closure::<dyn FnMut(MessageEvent)>::new(move |event| drop(sender.unbounded_send(read_message(&event))));
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It serves the worker to its end.
    on_message.forget();
    wasm_bindgen_futures::spawn_local(follow(&Browser, messages, |message| {
        // Plain data to the worker that has started this one and would end it.
        let _ = to_js(&message).and_then(|message| scope().post_message(&message));
    }));
}

fn read_message(event: &MessageEvent) -> Result<ToReplica<WorkerPort>, String> {
    let mut message = from_js(event.data())?;
    if let ToReplica::Join(join) = &mut message {
        let weights: Uint8Array =
            Reflect::get(&event.data(), &WEIGHTS.into()).and_then(JsValue::dyn_into).map_err(as_text)?;
        join.weights = Arc::new(weights.to_vec());
        join.ports = event.ports().iter().map(|port| WorkerPort::new(port.into())).collect();
    }
    Ok(message)
}
