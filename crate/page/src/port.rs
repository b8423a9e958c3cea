//! Messages across the worker's boundary.

use js_sys::{Array, Reflect, Uint8Array};
use sbert::corpus::ImportPlan;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::protocol::{Command, Event, ModelSource, PairFile, RunCheckpoint};

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
    post_moving(&Event::Checkpointed { run, checkpoint }, |message| {
        Reflect::get(&Reflect::get(message, &"checkpoint".into())?, &"bytes".into())
    });
}

/// Send a file to the page, likewise.
pub fn post_export(request: u32, name: String, bytes: Vec<u8>) {
    post_moving(&Event::Exported { request, name, bytes }, |message| Reflect::get(message, &"bytes".into()));
}

/// Send an event whose bytes `find` finds in the message, and move those.
fn post_moving(event: &Event, find: impl FnOnce(&JsValue) -> Result<JsValue, JsValue>) {
    let _ = to_js(event).and_then(|message| {
        let bytes: Uint8Array = find(&message)?.dyn_into()?;
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

/// A command from the page.
///
/// # Errors
/// What is wrong with the message.
pub fn command_from_js(message: JsValue) -> Result<Command, String> {
    // A tagged enum is read through a buffer of plain data, in which a Blob is none any more. Commands that carry one are
    // told apart here, and their fields read as a struct, where it stays what it is.
    #[derive(Deserialize)]
    struct LoadModel {
        request: u32,
        source: ModelSource,
    }
    #[derive(Deserialize)]
    struct InspectPairs {
        request: u32,
        file: PairFile,
    }
    #[derive(Deserialize)]
    struct LoadCorpus {
        request: u32,
        file: PairFile,
        plan: Option<ImportPlan>,
    }
    let kind = Reflect::get(&message, &"kind".into()).ok().and_then(|kind| kind.as_string());
    match kind.as_deref() {
        Some("load_model") => {
            from_js(message).map(|LoadModel { request, source }| Command::LoadModel { request, source })
        }
        Some("inspect_pairs") => {
            from_js(message).map(|InspectPairs { request, file }| Command::InspectPairs { request, file })
        }
        Some("load_corpus") => {
            from_js(message).map(|LoadCorpus { request, file, plan }| Command::LoadCorpus { request, file, plan })
        }
        _ => from_js(message),
    }
}
