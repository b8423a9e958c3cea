//! Multiply-adds and little else, in several forms, for the bench to find the processor's peak with: compiled once with
//! fused instructions and once with plain ones. Like the kernel it works on the memory of the module that loads it.
#![no_std]

#[path = "../src/gemm/panel.rs"]
mod panel;

use core::arch::wasm32::*;
use core::panic::PanicInfo;

use panel::PanelProduct;

#[cfg(target_feature = "relaxed-simd")]
#[inline(always)]
fn multiply_add(x: v128, y: v128, sum: v128) -> v128 {
    f32x4_relaxed_madd(x, y, sum)
}

#[cfg(not(target_feature = "relaxed-simd"))]
#[inline(always)]
fn multiply_add(x: v128, y: v128, sum: v128) -> v128 {
    f32x4_add(sum, f32x4_mul(x, y))
}

/// `n_rounds` multiply-adds of each of N vectors that don't wait for one another; they begin and end in `values`.
#[inline(always)]
unsafe fn chains<const N: usize>(n_rounds: usize, values: *mut f32) {
    let place = |idx: usize| values.wrapping_add(4 * idx).cast::<v128>();
    // SAFETY: the caller gives N vectors and two more.
    let (factor, term) = unsafe { (v128_load(place(N)), v128_load(place(N + 1))) };
    // SAFETY: as above.
    let mut sums: [v128; N] = core::array::from_fn(|idx| unsafe { v128_load(place(idx)) });
    for _ in 0..n_rounds {
        sums = sums.map(|sum| multiply_add(sum, factor, term));
    }
    for (idx, sum) in sums.into_iter().enumerate() {
        // SAFETY: as above.
        unsafe { v128_store(place(idx), sum) };
    }
}

macro_rules! exported_chains {
    ($($name:ident: $n_chains:literal)+) => { $(
        /// As [`chains`].
        ///
        /// # Safety
        /// `values` must hold that many vectors of four, and two more.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(n_rounds: usize, values: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { chains::<$n_chains>(n_rounds, values) }
        }
    )+ };
}

exported_chains! { chains_8: 8 chains_10: 10 chains_12: 12 chains_13: 13 chains_14: 14 }

macro_rules! exported_tiles {
    ($($name:ident: $n_rows:literal)+) => { $(
        /// The product's own tile, of so many rows.
        ///
        /// # Safety
        /// As [`panel::multiply`].
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(product: &PanelProduct) {
            // SAFETY: the caller's promise.
            unsafe { panel::multiply::<$n_rows>(product, multiply_add) }
        }
    )+ };
}

exported_tiles! { tile_4: 4 tile_5: 5 tile_6: 6 }

/// Nothing here panics, but a module without the standard library must say what would happen.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unreachable()
}
