//! The matrix product against its definition.

mod cases;

use cases::Product;
use sbert_kernels::gemm::{Matrix, Onto, gemm, gemm_in_blocks};

/// The library's, which is used here, and ours, which browsers use.
const PRODUCTS: [Product; 2] = [gemm, gemm_in_blocks];

#[test]
fn equals_the_naive_product_for_random_shapes_strides_and_transposes() {
    PRODUCTS.into_iter().for_each(cases::random_shapes);
}

#[test]
fn equals_the_naive_product_across_blocks() {
    PRODUCTS.into_iter().for_each(cases::across_blocks);
}

#[test]
fn of_depth_zero_is_zero() {
    let mut c = [1.0; 6];
    let empty = Matrix::rows(&[], 0);
    gemm([2, 0, 2], empty, empty, &mut c, 3, Onto::Values);
    assert_eq!(c, [1.0; 6]);
    gemm([2, 0, 2], empty, empty, &mut c, 3, Onto::Nothing);
    assert_eq!(c, [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
#[should_panic(expected = "shorter than its matrix")]
fn refuses_a_slice_that_is_too_short() {
    let values = [0.0; 5];
    gemm([2, 3, 1], Matrix::rows(&values, 3), Matrix::rows(&values, 1), &mut [0.0; 2], 1, Onto::Nothing);
}
