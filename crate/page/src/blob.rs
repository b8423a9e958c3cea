//! The browser's files, read where they lie: a `Blob` is a handle, and its bytes stay on disk until a part is asked for.

use std::io::{self, Read};

use js_sys::Uint8Array;
use sbert::folder::FileBytes;
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

/// So much is read at a time where rows are read one after the other: as fast as larger pieces, and soon to be had.
const CHUNK_BYTES: usize = 1 << 20;

/// A file of the browser's.
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
        let said = |cause: JsValue| {
            // A file that was changed or removed since it was chosen can't be read any more.
            let cause = js_sys::Reflect::get(&cause, &"message".into()).ok().and_then(|message| message.as_string());
            format!("the browser could not read it: {}", cause.unwrap_or_else(|| "no reason given".to_owned()))
        };
        let part = self.blob.slice_with_f64_and_f64(start as f64, end as f64).map_err(said)?;
        let buffer = FileReaderSync::new().and_then(|reader| reader.read_as_array_buffer(&part)).map_err(said)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }
}

/// A file of the browser's from its first byte to its last.
pub struct BlobReader {
    bytes: BlobBytes,
    /// Where the next chunk begins.
    next: u64,
    chunk: io::Cursor<Vec<u8>>,
}

impl BlobReader {
    /// Read `blob` from its beginning.
    pub fn new(blob: Blob) -> Self {
        Self { bytes: BlobBytes::new(blob), next: 0, chunk: io::Cursor::default() }
    }

    /// Bytes of the whole file.
    pub fn n_bytes(&self) -> u64 {
        self.bytes.n_bytes
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.chunk.read(buffer)?;
        if n_read > 0 || buffer.is_empty() || self.next == self.bytes.n_bytes {
            return Ok(n_read);
        }
        let n_bytes = CHUNK_BYTES.min(usize::try_from(self.bytes.n_bytes - self.next).unwrap_or(CHUNK_BYTES));
        self.chunk = io::Cursor::new(self.bytes.read(self.next, n_bytes).map_err(io::Error::other)?);
        self.next += n_bytes as u64;
        self.chunk.read(buffer)
    }
}
