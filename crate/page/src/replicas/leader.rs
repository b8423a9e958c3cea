//! The side of the leader: it starts workers and sends them messages.

use js_sys::{Array, Float32Array, Reflect, Uint8Array};
use sbert_lab::replicas::{FromReplica, Mailbox, ReplicaHandle, ToReplica};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::port::{WorkerPort, as_text};
use super::{FOLLOWER_NAME, WEIGHTS};
use crate::port::{from_js, scope, to_js};

/// Start a worker that follows this one.
///
/// # Errors
/// What the browser throws.
pub fn start_worker(mailbox: Mailbox<Float32Array>) -> Result<ReplicaHandle<WorkerPort>, String> {
    let follower = Follower::start(mailbox).map_err(as_text)?;
    Ok(Box::new(move |message| follower.send(message).map_err(as_text)))
}

/// A worker that this one has started; it ends with this value, which gives its memory back.
struct Follower {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl Follower {
    fn start(mailbox: Mailbox<Float32Array>) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(FOLLOWER_NAME);
        // The script that this worker was started from: the same module, from the browser's cache.
        let worker = Worker::new_with_options(&scope().location().href(), &options)?;
        let of_messages = mailbox.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            let message = from_js(message.data()).unwrap_or_else(|message| FromReplica::Failed { message });
            of_messages.put_message(message);
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            // A script that can't be loaded gives an event without a message, which then isn't a string.
            let message = Reflect::get(&event, &"message".into()).ok().and_then(|message| message.as_string());
            let message = message.filter(|message| !message.is_empty());
            let message = message.unwrap_or_else(|| "it could not be started".to_owned());
            mailbox.put_message(FromReplica::Failed { message });
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    fn send(&self, message: ToReplica<WorkerPort>) -> Result<(), JsValue> {
        let written = to_js(&message)?;
        let ToReplica::Join(join) = message else {
            return self.worker.post_message(&written);
        };
        let weights = Uint8Array::from(join.weights.as_slice());
        Reflect::set(&written, &WEIGHTS.into(), &weights)?;
        let mut transferred = Array::of1(&weights.buffer());
        transferred.extend(join.ports.iter().map(|port| &port.port));
        self.worker.post_message_with_transfer(&written, &transferred)
    }
}
