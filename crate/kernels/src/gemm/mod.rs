//! Matrix product in the manner of GotoBLAS (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication",
//! 2008): blocks of the operands are packed so that the innermost kernel reads them from first to last. What lies well
//! already is not packed: rows of the left operand, and the small right operands of attention.

mod kernel;
mod pack;
mod panel;

use kernel::PanelKernel;
use pack::PanelRow;
use panel::PANEL_WIDTH;

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

/// Depth of a block: a panel of b so deep, 16 KB, stays in the first-level cache. It holds the widths of most models, so
/// that few products go over c twice.
const BLOCK_K: usize = 512;
/// Rows of a block of a, so many that the kernels' fours and sixes divide them: with BLOCK_K they fill half of a 512 KB
/// second-level cache.
const BLOCK_M: usize = 120;
/// Columns of a packed block of b, a multiple of the panel's: with BLOCK_K it fills a 512 KB second-level cache, so that a
/// product of few rows reads again what is near.
const BLOCK_N: usize = 256;

/// A block this deep lies in the first-level cache, packed or not.
const NEAR_DEPTH: usize = 64;
/// Columns of a product which so few panels make that packing the left operand for them costs more than it brings.
const NEAR_COLUMNS: usize = 64;
/// Rows that the fused kernel multiplies by b at once: packing would only read b once more.
const FEW_ROWS: usize = 6;

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

/// Packed blocks, kept from one product to the next so that they are allocated once.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    a: Vec<f32>,
    b: Vec<PanelRow>,
    /// What the kernel makes of a panel whose last columns don't belong to the product.
    c: Vec<f32>,
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
    let Packed { a: packed_a, b: packed_b, c: beyond } = packed;
    let kernel = kernel::active();
    // Blocks of equal depth: a last one of a few rows of b would cost a pass over c all the same.
    let max_depth = k.div_ceil(k.div_ceil(BLOCK_K));
    for first_column in (0..n).step_by(BLOCK_N) {
        let n_columns = BLOCK_N.min(n - first_column);
        for first_k in (0..k).step_by(max_depth) {
            let depth = max_depth.min(k - first_k);
            let panels = Panels::of(packed_b, b.from(first_k, first_column), [m, depth, n_columns]);
            let adds = onto == Onto::Values || first_k > 0;
            for first_row in (0..m).step_by(BLOCK_M) {
                let n_rows = BLOCK_M.min(m - first_row);
                let a = rows(packed_a, a.from(first_row, first_k), [n_rows, depth, n_columns]);
                let c = &mut c[first_row * c_row_stride + first_column..];
                for panel_idx in 0..n_columns.div_ceil(PANEL_WIDTH) {
                    let column = panel_idx * PANEL_WIDTH;
                    let panel = panels.panel(panel_idx);
                    let width = PANEL_WIDTH.min(n_columns - column);
                    if width == PANEL_WIDTH {
                        multiply(kernel, [n_rows, depth], a, panel, &mut c[column..], c_row_stride, adds);
                        continue;
                    }
                    beyond.resize(n_rows * PANEL_WIDTH, 0.0);
                    multiply(kernel, [n_rows, depth], a, panel, beyond, PANEL_WIDTH, false);
                    for (row, products) in beyond.chunks_exact(PANEL_WIDTH).enumerate() {
                        let row = &mut c[row * c_row_stride + column..][..width];
                        for (value, product) in row.iter_mut().zip(products) {
                            *value = if adds { *value + product } else { *product };
                        }
                    }
                }
            }
        }
    }
}

/// The kernel on one panel, with its promises kept.
fn multiply(
    kernel: PanelKernel,
    [n_rows, depth]: [usize; 2],
    a: Matrix<'_>,
    panel: Matrix<'_>,
    c: &mut [f32],
    c_row_stride: usize,
    adds: bool,
) {
    let is_within = a.holds(n_rows, depth) && panel.is_row_major() && panel.holds(depth, PANEL_WIDTH);
    assert!(is_within && (n_rows - 1) * c_row_stride + PANEL_WIDTH <= c.len(), "a block is shorter than its panel");
    let product = PanelProduct {
        n_rows,
        depth,
        a: a.values.as_ptr(),
        a_row_stride: size_of::<f32>() * a.row_stride,
        a_depth_stride: size_of::<f32>() * a.column_stride,
        b: panel.values.as_ptr(),
        b_depth_stride: size_of::<f32>() * panel.row_stride,
        c: c.as_mut_ptr(),
        c_row_stride: size_of::<f32>() * c_row_stride,
        adds: usize::from(adds),
    };
    // SAFETY: all that the kernel reads and writes is within the slices, as was asserted.
    unsafe { kernel(&product) };
}

/// A block of b, as panels.
struct Panels<'a> {
    block: Matrix<'a>,
    depth: usize,
    /// Those before this one are read where they lie, the others are packed.
    first_packed: usize,
    packed: &'a [PanelRow],
}

impl<'a> Panels<'a> {
    /// Pack what is worth it of the block that `m` rows are multiplied by.
    fn of(packed: &'a mut Vec<PanelRow>, block: Matrix<'a>, [m, depth, n_columns]: [usize; 3]) -> Self {
        let lies_well = block.is_row_major() && (depth <= NEAR_DEPTH || m <= FEW_ROWS);
        let first_packed = if lies_well { n_columns / PANEL_WIDTH } else { 0 };
        let first_column = first_packed * PANEL_WIDTH;
        if first_column < n_columns {
            pack::columns(packed, block.from(0, first_column), depth, n_columns - first_column);
        }
        Self { block, depth, first_packed, packed }
    }

    fn panel(&self, panel_idx: usize) -> Matrix<'a> {
        match panel_idx.checked_sub(self.first_packed) {
            None => self.block.from(0, panel_idx * PANEL_WIDTH),
            Some(idx) => Matrix::rows(pack::flattened(&self.packed[idx * self.depth..]), PANEL_WIDTH),
        }
    }
}

/// A block of a, packed if that is worth it.
fn rows<'a>(packed: &'a mut Vec<f32>, block: Matrix<'a>, [n_rows, depth, n_columns]: [usize; 3]) -> Matrix<'a> {
    if block.is_row_major() || depth <= NEAR_DEPTH && n_columns <= NEAR_COLUMNS {
        return block;
    }
    pack::rows(packed, block, n_rows, depth);
    Matrix::rows(packed, depth)
}
