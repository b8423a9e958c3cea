//! The browser's files, read where they lie: a `Blob` is a handle, and its bytes stay on disk until a part is asked for.

use js_sys::Uint8Array;
use sbert::pretrained::FileBytes;
use serde::{Deserialize, Deserializer};
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

/// A file of the browser.
#[derive(Clone, Debug)]
pub struct BlobBytes {
    blob: Blob,
    n_bytes: u64,
}

impl BlobBytes {
    /// The bytes of `blob`.
    pub fn new(blob: Blob) -> Self {
        // A file's size is a whole number that a double holds exactly.
        let n_bytes = blob.size() as u64;
        Self { blob, n_bytes }
    }
}

impl<'de> Deserialize<'de> for BlobBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_wasm_bindgen::preserve::deserialize(deserializer).map(Self::new)
    }
}

impl FileBytes for BlobBytes {
    fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Only a worker may read synchronously; that the library's readers need not be asynchronous is worth it.
    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
        let end = start.saturating_add(n_bytes as u64);
        if end > self.n_bytes {
            return Err(format!("it ends after {} bytes, and byte {end} was asked for", self.n_bytes));
        }
        let failed = |cause: JsValue| {
            // A file that was changed or removed since it was chosen can't be read any more.
            let cause = js_sys::Reflect::get(&cause, &"message".into()).ok().and_then(|message| message.as_string());
            format!("the browser could not read it: {}", cause.unwrap_or_else(|| "no reason given".to_owned()))
        };
        let part = self.blob.slice_with_f64_and_f64(start as f64, end as f64).map_err(failed)?;
        let buffer = FileReaderSync::new().and_then(|reader| reader.read_as_array_buffer(&part)).map_err(failed)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }
}
