//! The product against a naive one, natively (main.rs) and in a browser (tests/gemm.rs at the root).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sbert_kernels::gemm::{Matrix, Onto};

/// A product of `[m, k, n]`, as sbert_kernels::gemm::gemm.
pub type Product = fn([usize; 3], Matrix<'_>, Matrix<'_>, &mut [f32], usize, Onto);

/// Row- or column-major storage, with some room between the lines.
struct Stored {
    values: Vec<f32>,
    stride: usize,
    is_transposed: bool,
}

impl Stored {
    fn draw(rng: &mut ChaCha8Rng, [n_rows, n_columns]: [usize; 2], is_transposed: bool, gap: usize) -> Self {
        let (n_lines, width) = if is_transposed { (n_columns, n_rows) } else { (n_rows, n_columns) };
        let stride = width + gap;
        let values = (0..n_lines * stride).map(|_| rng.random_range(-1.0..1.0)).collect();
        Self { values, stride, is_transposed }
    }

    fn matrix(&self) -> Matrix<'_> {
        let matrix = Matrix::rows(&self.values, self.stride);
        if self.is_transposed { matrix.transposed() } else { matrix }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        let (line, place) = if self.is_transposed { (column, row) } else { (row, column) };
        f64::from(self.values[line * self.stride + place])
    }
}

/// Worst error of one product, in units of the size that rounding may have.
fn error(
    gemm: Product,
    rng: &mut ChaCha8Rng,
    [m, k, n]: [usize; 3],
    are_transposed: [bool; 2],
    gap: usize,
    onto: Onto,
) -> f64 {
    let a = Stored::draw(rng, [m, k], are_transposed[0], gap);
    let b = Stored::draw(rng, [k, n], are_transposed[1], gap);
    let c_stride = n + gap;
    let before: Vec<f32> = (0..m * c_stride).map(|_| rng.random_range(-1.0..1.0)).collect();
    let mut c = before.clone();
    gemm([m, k, n], a.matrix(), b.matrix(), &mut c, c_stride, onto);
    let mut worst = 0.0_f64;
    for (place, (value, before)) in c.iter().zip(before).enumerate() {
        let (row, column) = (place / c_stride, place % c_stride);
        if column >= n {
            assert_eq!(*value, before, "[{m}, {k}, {n}]: row {row} is written beyond its end");
            continue;
        }
        let start = if onto == Onto::Values { f64::from(before) } else { 0.0 };
        let expected: f64 = start + (0..k).map(|k| a.at(row, k) * b.at(k, column)).sum::<f64>();
        worst = worst.max((f64::from(*value) - expected).abs());
    }
    worst / (3e-6 * (k as f64 + 1.0).sqrt())
}

/// Small products of random shapes, strides and transposes.
pub fn random_shapes(gemm: Product) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for trial in 0..320 {
        let shape = [rng.random_range(1..40), rng.random_range(1..80), rng.random_range(1..80)];
        let onto = if trial % 2 == 0 { Onto::Nothing } else { Onto::Values };
        let gap = rng.random_range(0..5);
        let error = error(gemm, &mut rng, shape, [trial % 4 < 2, trial % 8 < 4], gap, onto);
        assert!(error <= 1.0, "{shape:?}, trial {trial}: {error} times what rounding may do");
    }
}

/// Shapes that begin, fill or just pass a block, or have one row, column or depth.
pub fn across_blocks(gemm: Product) {
    const SHAPES: [[usize; 3]; 11] = [
        [121, 513, 769],
        [241, 1025, 9],
        [3, 1536, 17],
        [200, 13, 384],
        [1, 384, 3],
        [120, 512, 768],
        [5, 65, 65],
        [7, 64, 64],
        [384, 416, 1],
        [96, 257, 257],
        [97, 257, 257],
    ];
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for shape in SHAPES {
        for (trial, are_transposed) in [[false, false], [true, false], [false, true], [true, true]].iter().enumerate() {
            let error = error(gemm, &mut rng, shape, *are_transposed, trial % 2, Onto::Values);
            assert!(error <= 1.0, "{shape:?}, transposed {are_transposed:?}: {error} times what rounding may do");
        }
    }
}
