//! The innermost product, of some rows by one panel of eight columns. This file belongs to two modules: the relaxed
//! kernel's (crate/kernels/relaxed) includes it too.

/// Columns of a panel.
pub const PANEL_WIDTH: usize = 8;

/// c = a·b or c += a·b, where b and c are [`PANEL_WIDTH`] columns wide. Strides count bytes.
#[repr(C)]
#[derive(Debug)]
pub struct PanelProduct {
    /// Rows of a and c.
    pub n_rows: usize,
    /// Columns of a, rows of b.
    pub depth: usize,
    /// The first value of a, whose strides may be any.
    pub a: *const f32,
    /// From a row of a to the next.
    pub a_row_stride: usize,
    /// From a column of a to the next.
    pub a_depth_stride: usize,
    /// The first value of b, whose rows are without gaps.
    pub b: *const f32,
    /// From a row of b to the next.
    pub b_depth_stride: usize,
    /// The first value of c, whose rows are without gaps.
    pub c: *mut f32,
    /// From a row of c to the next.
    pub c_row_stride: usize,
    /// 1 if the product is added to c, 0 if it replaces what is there.
    pub adds: usize,
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use simd128::multiply;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128 {
    use core::arch::wasm32::*;

    use super::{PANEL_WIDTH, PanelProduct};

    const N_VECTORS: usize = PANEL_WIDTH / 4;

    /// Compute `product` with `multiply_add(x, y, sum)` = x·y + sum, at most `MAX_ROWS` rows, 6 or fewer, at a time.
    ///
    /// The more rows, the less their sums wait for one another, until V8 has no registers left and spills. With plain
    /// instructions, whose product needs a register of its own, four rows are the most; fused ones go to six, if the
    /// addresses are left as written here (build.rs says how). Tiles of 2 × 16 and 3 × 12 values are as fast or slower.
    /// Unrolling the loop over the depth makes it slower: LLVM puts the loads of all rounds in front, and V8 spills.
    ///
    /// # Safety
    /// All of a and b must be readable and all of c writable.
    #[inline(always)]
    pub unsafe fn multiply<const MAX_ROWS: usize>(
        product: &PanelProduct,
        multiply_add: impl Fn(v128, v128, v128) -> v128 + Copy,
    ) {
        let mut first_row = 0;
        while first_row < product.n_rows {
            // As evenly as it goes: sums of a single row would wait for one another.
            let n_left = product.n_rows - first_row;
            let n_tiles = n_left.div_ceil(MAX_ROWS).max(1);
            let n_rows = n_left.div_ceil(n_tiles);
            // SAFETY: the caller's promise, and so many rows are left.
            unsafe {
                match n_rows {
                    6 if MAX_ROWS >= 6 => rows::<6>(product, first_row, multiply_add),
                    5 if MAX_ROWS >= 5 => rows::<5>(product, first_row, multiply_add),
                    4 if MAX_ROWS >= 4 => rows::<4>(product, first_row, multiply_add),
                    3 => rows::<3>(product, first_row, multiply_add),
                    2 => rows::<2>(product, first_row, multiply_add),
                    _ => rows::<1>(product, first_row, multiply_add),
                }
            }
            first_row += n_rows;
        }
    }

    /// Compute `N_ROWS` rows from `first_row` on.
    #[inline(always)]
    unsafe fn rows<const N_ROWS: usize>(
        product: &PanelProduct,
        first_row: usize,
        multiply_add: impl Fn(v128, v128, v128) -> v128,
    ) {
        let PanelProduct { depth, a, a_row_stride, a_depth_stride, b, b_depth_stride, c, c_row_stride, adds, .. } =
            *product;
        let mut tile = [[f32x4_splat(0.0); N_VECTORS]; N_ROWS];
        // The pointers are moved by hand, and what is added to them is invariant: that V8 can add in few instructions.
        let (mut a, mut b) = (a.wrapping_byte_add(first_row * a_row_stride), b);
        for _ in 0..depth {
            // SAFETY: a row of b, and a value of each of these rows of a, are left.
            let (factors, values): ([v128; N_VECTORS], [v128; N_ROWS]) = unsafe {
                (
                    core::array::from_fn(|vector| v128_load(b.add(4 * vector).cast())),
                    core::array::from_fn(|row| v128_load32_splat(a.byte_add(row * a_row_stride).cast())),
                )
            };
            for (sums, value) in tile.iter_mut().zip(values) {
                for (sum, factor) in sums.iter_mut().zip(factors) {
                    *sum = multiply_add(value, factor, *sum);
                }
            }
            // Behind the last value they point anywhere.
            a = a.wrapping_byte_add(a_depth_stride);
            b = b.wrapping_byte_add(b_depth_stride);
        }
        for (row, sums) in tile.into_iter().enumerate() {
            for (vector, sum) in sums.into_iter().enumerate() {
                // SAFETY: the row is one of c's.
                unsafe {
                    let place = c.byte_add((first_row + row) * c_row_stride).add(4 * vector).cast::<v128>();
                    v128_store(place, if adds == 0 { sum } else { f32x4_add(v128_load(place), sum) });
                }
            }
        }
    }
}
