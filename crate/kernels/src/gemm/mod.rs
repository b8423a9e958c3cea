//! Matrix products. In a browser they are our own ([`gemm_in_blocks`]); elsewhere those of the crate `gemm`, which chooses
//! AVX2, AVX-512 or NEON at run time (docs/decisions/0053-native-products.md).

mod blocks;
mod kernel;
mod pack;
mod panel;

#[cfg(target_arch = "wasm32")]
pub use blocks::gemm_in_blocks as gemm;
pub use blocks::gemm_in_blocks;
#[cfg(target_arch = "wasm32")]
pub use kernel::set_external_kernel;
pub use kernel::{Kernel, active_kernel};
pub use panel::PanelProduct;

/// A WebAssembly module with the kernel of fused multiply-adds, for [`set_external_kernel`]: it imports a memory as
/// `env.memory`, has nothing of its own there, and exports `multiply_panel`. A browser without relaxed SIMD refuses it.
#[cfg(target_arch = "wasm32")]
pub const FUSED_KERNEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/relaxed_kernel.wasm"));

/// Modules that find the processor's peak, with plain and with fused instructions (relaxed/peak.rs).
#[cfg(all(target_arch = "wasm32", feature = "bench"))]
pub const PEAKS: [&[u8]; 2] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/plain_peak.wasm")),
    include_bytes!(concat!(env!("OUT_DIR"), "/relaxed_peak.wasm")),
];

/// A matrix over a slice, row- or column-major, with any gap between its lines.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    values: &'a [f32],
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Rows one after the other, each `row_stride` values after the one before.
    pub fn rows(values: &'a [f32], row_stride: usize) -> Self {
        Self { values, row_stride, column_stride: 1 }
    }

    /// The transpose of this matrix, without moving anything.
    pub fn transposed(self) -> Self {
        Self { row_stride: self.column_stride, column_stride: self.row_stride, ..self }
    }

    /// A part of it, from a row and a column on.
    fn from(self, row: usize, column: usize) -> Self {
        Self { values: &self.values[row * self.row_stride + column * self.column_stride..], ..self }
    }

    fn is_row_major(self) -> bool {
        self.column_stride == 1
    }

    fn holds(&self, n_rows: usize, n_columns: usize) -> bool {
        n_rows == 0
            || n_columns == 0
            || (n_rows - 1) * self.row_stride + (n_columns - 1) * self.column_stride < self.values.len()
    }
}

/// What the product is written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// Whatever is there is replaced.
    Nothing,
    /// The product is added to what is there.
    Values,
}

/// c = a·b or c += a·b, by the crate `gemm`.
///
/// # Shapes
/// Those of [`gemm_in_blocks`], which is this function in a browser.
///
/// # Panics
/// If a slice is too short for its shape.
#[cfg(not(target_arch = "wasm32"))]
pub fn gemm([m, k, n]: [usize; 3], a: Matrix<'_>, b: Matrix<'_>, c: &mut [f32], c_row_stride: usize, onto: Onto) {
    if is_trivial([m, k, n], a, b, c, c_row_stride, onto) {
        return;
    }
    // A slice has at most `isize::MAX` bytes, and a stride of a matrix with more than one line is shorter than it.
    let [c_stride, a_row, a_column, b_row, b_column] =
        [c_row_stride, a.row_stride, a.column_stride, b.row_stride, b.column_stride].map(|stride| stride as isize);
    // SAFETY: `is_trivial` has asserted that the matrices are within their slices.
    unsafe {
        ::gemm::gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            c_stride,
            onto == Onto::Values,
            a.values.as_ptr(),
            a_column,
            a_row,
            b.values.as_ptr(),
            b_column,
            b_row,
            // What is there, times this, and the product, times that.
            1.0,
            1.0,
            false,
            false,
            false,
            ::gemm::Parallelism::None,
        );
    }
}

/// True if there is nothing to multiply; then c is done.
///
/// # Panics
/// If a slice is too short for its shape.
fn is_trivial(
    [m, k, n]: [usize; 3],
    a: Matrix<'_>,
    b: Matrix<'_>,
    c: &mut [f32],
    c_row_stride: usize,
    onto: Onto,
) -> bool {
    if m == 0 || n == 0 {
        return true;
    }
    let c_is_long_enough = (m - 1) * c_row_stride + n <= c.len() && (n <= c_row_stride || m == 1);
    assert!(a.holds(m, k) && b.holds(k, n) && c_is_long_enough, "a slice is shorter than its matrix");
    if k == 0 && onto == Onto::Nothing {
        c.chunks_mut(c_row_stride).take(m).for_each(|row| row[..n].fill(0.0));
    }
    k == 0
}
