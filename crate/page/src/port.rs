//! Messages across the worker's boundary.

use js_sys::{Array, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::protocol::{Event, RunCheckpoint};

/// The worker's own global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Send an event to the page.
pub fn post(event: &Event) {
    // An event is plain data, and the page's side of the channel outlives the worker: neither can fail in a way that
    // could be told to anybody.
    let _ = to_js(event).and_then(|message| scope().post_message(&message));
}

/// Send a checkpoint to the page; its bytes are moved there, not copied once more.
pub fn post_checkpoint(run: u32, checkpoint: RunCheckpoint) {
    let message = to_js(&Event::Checkpointed { run, checkpoint });
    let _ = message.and_then(|message| {
        let checkpoint = Reflect::get(&message, &"checkpoint".into())?;
        let bytes: Uint8Array = Reflect::get(&checkpoint, &"bytes".into())?.dyn_into()?;
        scope().post_message_with_transfer(&message, &Array::of1(&bytes.buffer()))
    });
}

/// Plain data as JavaScript has it: absent options are null, maps are objects, bytes a `Uint8Array`.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible().serialize_bytes_as_arrays(false);
    value.serialize(&serializer).map_err(JsValue::from)
}

/// Plain data from JavaScript.
///
/// # Errors
/// What is wrong with the message.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, String> {
    serde_wasm_bindgen::from_value(value).map_err(|cause| cause.to_string())
}
