//! What only a browser has: files behind `Blob`s. Numbers in the browser are tested in tests/oracle, the page in tests/e2e.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
#![cfg(target_arch = "wasm32")]

use std::io::Read;

use js_sys::{Array, Uint8Array};
use sbert::pretrained::FileBytes;
use sbert_lab::file_reader::FileReader;
use sbert_page::blob::BlobBytes;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

// A file can be read synchronously in a worker alone.
wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn blob(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

#[wasm_bindgen_test]
fn a_part_of_a_file_is_read_where_it_lies() {
    let bytes = BlobBytes::new(blob(b"sentence"));
    assert_eq!(bytes.n_bytes(), 8);
    assert_eq!(bytes.read(2, 3).unwrap(), b"nte");
    assert_eq!(bytes.read(8, 0).unwrap(), b"");
    let problem = bytes.read(6, 3).unwrap_err();
    assert_eq!(problem, "it ends after 8 bytes, and byte 9 was asked for");
}

#[wasm_bindgen_test]
fn a_file_longer_than_a_chunk_comes_whole() {
    let whole: Vec<u8> = (0..2_500_000_u32).map(|n| (n % 251) as u8).collect();
    let mut reader = FileReader::new(BlobBytes::new(blob(&whole)));
    let mut read = Vec::new();
    reader.read_to_end(&mut read).unwrap();
    assert!(read == whole, "{} of {} bytes, or others", read.len(), whole.len());
}
