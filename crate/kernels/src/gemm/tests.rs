use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// Row- or column-major storage with some room between the lines.
fn stored(rng: &mut ChaCha8Rng, n_rows: usize, n_columns: usize, transposed: bool, gap: usize) -> (Vec<f32>, usize) {
    let (n_lines, width) = if transposed { (n_columns, n_rows) } else { (n_rows, n_columns) };
    let stride = width + gap;
    ((0..n_lines * stride).map(|_| rng.random_range(-1.0..1.0)).collect(), stride)
}

fn view(values: &[f32], stride: usize, transposed: bool) -> Matrix<'_> {
    let matrix = Matrix::rows(values, stride);
    if transposed { matrix.transposed() } else { matrix }
}

fn at(matrix: &Matrix<'_>, row: usize, column: usize) -> f64 {
    f64::from(matrix.values[row * matrix.row_stride + column * matrix.column_stride])
}

fn check(rng: &mut ChaCha8Rng, [m, k, n]: [usize; 3], a_transposed: bool, b_transposed: bool, gap: usize, onto: Onto) {
    let (a, a_stride) = stored(rng, m, k, a_transposed, gap);
    let (b, b_stride) = stored(rng, k, n, b_transposed, gap);
    let (a, b) = (view(&a, a_stride, a_transposed), view(&b, b_stride, b_transposed));
    let c_stride = n + gap;
    let before: Vec<f32> = (0..m * c_stride).map(|_| rng.random_range(-1.0..1.0)).collect();
    let mut c = before.clone();
    gemm(&mut Packed::default(), [m, k, n], a, b, &mut c, c_stride, onto);
    for row in 0..m {
        for column in 0..c_stride {
            let place = row * c_stride + column;
            if column >= n {
                assert_eq!(c[place], before[place], "beyond the row's end");
                continue;
            }
            let start = if onto == Onto::Values { f64::from(before[place]) } else { 0.0 };
            let expected: f64 = start + (0..k).map(|k| at(&a, row, k) * at(&b, k, column)).sum::<f64>();
            let error = (f64::from(c[place]) - expected).abs();
            assert!(error <= 3e-6 * (k as f64 + 1.0).sqrt(), "[{m}, {k}, {n}] at {row}, {column}: {error}");
        }
    }
}

#[test]
fn equals_the_naive_product_for_random_shapes_strides_and_transposes() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for trial in 0..160 {
        let shape = [rng.random_range(1..40), rng.random_range(1..40), rng.random_range(1..40)];
        let onto = if trial % 2 == 0 { Onto::Nothing } else { Onto::Values };
        let gap = rng.random_range(0..5);
        check(&mut rng, shape, trial % 4 < 2, trial % 8 < 4, gap, onto);
    }
}

#[test]
fn equals_the_naive_product_across_blocks() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for (trial, shape) in [[97, 385, 769], [193, 800, 9], [3, 1536, 17], [200, 13, 384], [1, 384, 3], [96, 384, 768]]
        .into_iter()
        .enumerate()
    {
        check(&mut rng, shape, trial % 2 == 0, trial % 3 == 0, trial % 2, Onto::Values);
    }
}

#[test]
fn of_depth_zero_is_zero() {
    let mut c = [1.0; 6];
    let empty = Matrix::rows(&[], 0);
    gemm(&mut Packed::default(), [2, 0, 2], empty, empty, &mut c, 3, Onto::Values);
    assert_eq!(c, [1.0; 6]);
    gemm(&mut Packed::default(), [2, 0, 2], empty, empty, &mut c, 3, Onto::Nothing);
    assert_eq!(c, [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
#[should_panic(expected = "shorter than its matrix")]
fn refuses_a_slice_that_is_too_short() {
    let values = [0.0; 5];
    gemm(
        &mut Packed::default(),
        [2, 3, 1],
        Matrix::rows(&values, 3),
        Matrix::rows(&values, 1),
        &mut [0.0; 2],
        1,
        Onto::Nothing,
    );
}
