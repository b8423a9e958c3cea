//! Messages across the worker's boundary.

use js_sys::{Array, Reflect, Uint8Array};
use sbert::import::{ColumnSummary, ImportPlan, TextEncoding};
use sbert_lab::protocol::{Command, Event, ModelSource, PairFile};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::blob::BlobBytes;

/// The worker's own global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Send events to the page, in one message. The bytes of files are moved there, not copied once more.
pub fn post(events: &[Event]) {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &name.into());
    let message = || {
        let (message, moved) = (Array::new(), Array::new());
        for event in events {
            let told = to_js(event)?;
            let bytes = match event {
                Event::Checkpointed { .. } => Some(get(&get(&told, "checkpoint")?, "bytes")?),
                Event::Exporting { .. } => Some(get(&told, "bytes")?),
                _ => None,
            };
            if let Some(bytes) = bytes {
                moved.push(&bytes.dyn_into::<Uint8Array>()?.buffer());
            }
            message.push(&told);
        }
        scope().post_message_with_transfer(&message, &moved)
    };
    let posted = message();
    // An event is plain data, and the page's side of the channel outlives the worker: neither can fail in a way that
    // could be told to anybody.
    drop(posted);
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
pub fn command_from_js(message: JsValue) -> Result<Command<BlobBytes>, String> {
    // These would be read through a buffer of plain data, in which a Blob is none any more; a struct's fields are read as
    // they are.
    #[derive(Deserialize)]
    struct LoadModel {
        request: u32,
        source: ModelSource<BlobBytes>,
    }
    #[derive(Deserialize)]
    struct InspectPairs {
        request: u32,
        file: PairFile<BlobBytes>,
        encoding: Option<TextEncoding>,
    }
    #[derive(Deserialize)]
    struct RevisePlan {
        request: u32,
        columns: Vec<ColumnSummary>,
        last: ImportPlan,
        plan: ImportPlan,
    }
    #[derive(Deserialize)]
    struct LoadCorpus {
        request: u32,
        file: PairFile<BlobBytes>,
        plan: Option<ImportPlan>,
    }
    let kind = Reflect::get(&message, &"kind".into()).ok().and_then(|kind| kind.as_string());
    match kind.as_deref() {
        Some("load_model") => {
            from_js(message).map(|LoadModel { request, source }| Command::LoadModel { request, source })
        }
        Some("inspect_pairs") => from_js(message)
            .map(|InspectPairs { request, file, encoding }| Command::InspectPairs { request, file, encoding }),
        Some("revise_plan") => from_js(message)
            .map(|RevisePlan { request, columns, last, plan }| Command::RevisePlan { request, columns, last, plan }),
        Some("load_corpus") => {
            from_js(message).map(|LoadCorpus { request, file, plan }| Command::LoadCorpus { request, file, plan })
        }
        _ => from_js(message),
    }
}

/// The number of a request that can't be read as a whole.
pub fn request_in(message: &JsValue) -> Option<u32> {
    let number = Reflect::get(message, &"request".into()).ok()?.as_f64()?;
    (number >= 0.0 && number <= f64::from(u32::MAX)).then_some(number as u32)
}
