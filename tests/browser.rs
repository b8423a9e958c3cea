//! What only a browser has: fetching. Numbers in the browser are tested in tests/oracle, the page in tests/e2e.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
#![cfg(target_arch = "wasm32")]

use sbert_page::fetch;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn a_missing_file_is_named() {
    let failure = fetch::open("/web/models/no-such-model/config.json").await.err().unwrap();
    assert!(failure.message.contains("/web/models/no-such-model/config.json"), "{}", failure.message);
    assert!(!failure.remedy.is_empty());
}
