//! The matrix product in a browser, made of plain instructions and of fused ones. Natively the same cases are tested in
//! crate/kernels.
#![cfg(target_arch = "wasm32")]

#[path = "../crate/kernels/tests/gemm/cases.rs"]
mod cases;

use sbert_kernels::gemm::{Kernel, active_kernel, gemm};
use sbert_page::relaxed;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn the_plain_kernel_equals_the_naive_product() {
    relaxed::use_plain();
    assert_eq!(active_kernel(), Kernel::Plain);
    cases::random_shapes(gemm);
    cases::across_blocks(gemm);
}

#[wasm_bindgen_test]
fn the_fused_kernel_equals_the_naive_product() {
    assert_eq!(relaxed::use_where_possible(), Kernel::Fused, "this browser has relaxed SIMD, or the test is in vain");
    cases::random_shapes(gemm);
    cases::across_blocks(gemm);
}
