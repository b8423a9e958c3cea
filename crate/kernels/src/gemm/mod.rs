//! Matrix product in the manner of GotoBLAS (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication",
//! 2008): blocks of both operands are packed so that the innermost kernel reads them from first to last.

mod kernel;
mod pack;

use kernel::{MR, NR, PanelKernel};

#[cfg(target_arch = "wasm32")]
pub use kernel::set_external_kernel;
pub use kernel::{Kernel, active_kernel};

/// Depth of a packed block: a panel of b of this depth, NR wide, stays in the first-level cache (12 KB in a browser).
const BLOCK_K: usize = 384;
/// Rows of a packed block of a, a multiple of MR: with BLOCK_K it fills half of a 512 KB second-level cache at most.
const BLOCK_M: usize = 96;
/// Columns of a packed block of b, a multiple of NR.
const BLOCK_N: usize = 768;

/// A matrix of any strides over a slice.
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

/// Packed blocks, kept from one product to the next so that they are allocated once.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    a: Vec<f32>,
    b: Vec<f32>,
}

/// c = a·b or c += a·b.
///
/// # Shapes
/// - a: `[m, k]`
/// - b: `[k, n]`
/// - c: `[m, n]`, each row `c_row_stride` values after the one before
///
/// # Panics
/// If a slice is too short for its shape.
pub fn gemm(
    packed: &mut Packed,
    [m, k, n]: [usize; 3],
    a: Matrix<'_>,
    b: Matrix<'_>,
    c: &mut [f32],
    c_row_stride: usize,
    onto: Onto,
) {
    if m == 0 || n == 0 {
        return;
    }
    let c_is_long_enough = (m - 1) * c_row_stride + n <= c.len() && (n <= c_row_stride || m == 1);
    assert!(a.holds(m, k) && b.holds(k, n) && c_is_long_enough, "a slice is shorter than its matrix");
    if k == 0 {
        if onto == Onto::Nothing {
            c.chunks_mut(c_row_stride).take(m).for_each(|row| row[..n].fill(0.0));
        }
        return;
    }
    let kernel = kernel::active();
    for first_column in (0..n).step_by(BLOCK_N) {
        let n_columns = BLOCK_N.min(n - first_column);
        for first_k in (0..k).step_by(BLOCK_K) {
            let depth = BLOCK_K.min(k - first_k);
            pack::columns(&mut packed.b, &b, first_k, depth, first_column, n_columns);
            let adds = onto == Onto::Values || first_k > 0;
            for first_row in (0..m).step_by(BLOCK_M) {
                let n_rows = BLOCK_M.min(m - first_row);
                pack::rows(&mut packed.a, &a, first_row, n_rows, first_k, depth);
                let block = &mut c[first_row * c_row_stride + first_column..];
                multiply_block(kernel, packed, [n_rows, depth, n_columns], block, c_row_stride, adds);
            }
        }
    }
}

/// Multiply one packed block of a by one of b.
fn multiply_block(
    kernel: PanelKernel,
    packed: &Packed,
    [n_rows, depth, n_columns]: [usize; 3],
    c: &mut [f32],
    c_row_stride: usize,
    adds: bool,
) {
    let n_whole_panels = n_rows / MR;
    for (panel_idx, b_panel) in packed.b.chunks_exact(depth * NR).take(n_columns.div_ceil(NR)).enumerate() {
        let column = panel_idx * NR;
        let width = NR.min(n_columns - column);
        if width == NR && n_whole_panels > 0 {
            let last = (n_whole_panels * MR - 1) * c_row_stride + column + NR;
            let tiles = &mut c[column..last];
            // SAFETY: packed.a holds n_whole_panels panels of depth × MR values, b_panel depth × NR, and `tiles` reaches
            // to the end of the last of n_whole_panels tiles of MR rows.
            unsafe {
                kernel(
                    n_whole_panels,
                    depth,
                    packed.a.as_ptr(),
                    b_panel.as_ptr(),
                    tiles.as_mut_ptr(),
                    c_row_stride,
                    usize::from(adds),
                );
            }
        }
        let first_partial = if width == NR { n_whole_panels } else { 0 };
        for row_panel in first_partial..n_rows.div_ceil(MR) {
            let a_panel = &packed.a[row_panel * depth * MR..(row_panel + 1) * depth * MR];
            let mut tile = [0.0; MR * NR];
            // SAFETY: both panels are whole (packing fills them up with zeros) and so is the tile.
            unsafe { kernel(1, depth, a_panel.as_ptr(), b_panel.as_ptr(), tile.as_mut_ptr(), NR, 0) };
            let row = row_panel * MR;
            for (tile_row, row) in tile.chunks_exact(NR).zip(row..n_rows.min(row + MR)) {
                let c_row = &mut c[row * c_row_stride + column..][..width];
                for (value, product) in c_row.iter_mut().zip(tile_row) {
                    *value = if adds { *value + product } else { *product };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
