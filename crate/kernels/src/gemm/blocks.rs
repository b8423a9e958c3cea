//! Matrix product in the manner of GotoBLAS (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication",
//! 2008): blocks of the operands are packed so that the innermost kernel reads them from first to last. What lies well
//! already is not packed: rows of the left operand, the small right operands of attention, and the weights of few tokens.

use std::cell::RefCell;

use super::kernel::{self, PanelKernel};
use super::pack::{self, PanelRow};
use super::panel::{PANEL_WIDTH, PanelProduct};
use super::{Matrix, Onto, is_trivial};

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
/// Rows for which packing b costs more than it brings: what is read again lies in the second-level cache by then
/// (docs/decisions/0058-weights-where-they-lie.md).
const FEW_ROWS: usize = 96;
/// Depth of a block for few rows: so many lines of b, each of which holds a row of two panels, stay in the first-level cache.
const FEW_ROWS_BLOCK_K: usize = 128;

thread_local! {
    /// Kept from one product to the next, so that they are allocated once.
    static PACKED: RefCell<Packed> = RefCell::default();
}

/// Packed blocks.
#[derive(Default)]
struct Packed {
    a: Vec<f32>,
    b: Vec<PanelRow>,
    /// What the kernel makes of a panel whose last columns don't belong to the product.
    c: Vec<f32>,
}

/// c = a·b or c += a·b, by our own blocks and kernels, which are made for browsers.
///
/// # Shapes
/// - a: `[m, k]`
/// - b: `[k, n]`
/// - c: `[m, n]`, each row `c_row_stride` values after the one before
///
/// # Panics
/// If a slice is too short for its shape.
pub fn gemm_in_blocks(shape: [usize; 3], a: Matrix<'_>, b: Matrix<'_>, c: &mut [f32], c_row_stride: usize, onto: Onto) {
    if !is_trivial(shape, a, b, c, c_row_stride, onto) {
        PACKED.with_borrow_mut(|packed| multiply_blocks(packed, shape, a, b, c, c_row_stride, onto));
    }
}

fn multiply_blocks(
    packed: &mut Packed,
    [m, k, n]: [usize; 3],
    a: Matrix<'_>,
    b: Matrix<'_>,
    c: &mut [f32],
    c_row_stride: usize,
    onto: Onto,
) {
    let Packed { a: packed_a, b: packed_b, c: beyond } = packed;
    let kernel = kernel::active();
    // Blocks of equal depth: a last one of a few rows of b would cost a pass over c all the same.
    let is_for_few_rows = b.is_row_major() && m <= FEW_ROWS;
    let max_depth = k.div_ceil(k.div_ceil(if is_for_few_rows { FEW_ROWS_BLOCK_K } else { BLOCK_K }));
    let lies_well = is_for_few_rows || b.is_row_major() && max_depth <= NEAR_DEPTH;
    for first_column in (0..n).step_by(BLOCK_N) {
        let n_columns = BLOCK_N.min(n - first_column);
        for first_k in (0..k).step_by(max_depth) {
            let depth = max_depth.min(k - first_k);
            let panels = Panels::of(packed_b, b.from(first_k, first_column), [depth, n_columns], lies_well);
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
    /// Pack the block or, if it lies well, only its last columns that fill no panel.
    fn of(packed: &'a mut Vec<PanelRow>, block: Matrix<'a>, [depth, n_columns]: [usize; 2], lies_well: bool) -> Self {
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
