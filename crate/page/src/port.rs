//! Messages across the worker's boundary.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::protocol::Event;

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

/// Plain data as JavaScript has it: absent options are null, maps are objects.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}

/// Plain data from JavaScript.
///
/// # Errors
/// What is wrong with the message.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, String> {
    serde_wasm_bindgen::from_value(value).map_err(|cause| cause.to_string())
}
