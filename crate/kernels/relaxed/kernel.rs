//! The panel product made of fused multiply-adds: a WebAssembly module of its own, because a browser without relaxed SIMD
//! refuses a module that has any of its instructions. It works on the memory of the module that loads it and has nothing
//! there itself. crate/kernels/build.rs compiles it.
#![no_std]

#[path = "../src/gemm/panel.rs"]
mod panel;

use core::arch::wasm32::{f32x4_relaxed_madd, unreachable};
use core::panic::PanicInfo;

use panel::PanelProduct;

/// Compute `product`.
///
/// # Safety
/// As [`panel::multiply`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn multiply_panel(product: &PanelProduct) {
    // SAFETY: the caller's promise.
    unsafe { panel::multiply::<6>(product, |x, y, sum| f32x4_relaxed_madd(x, y, sum)) }
}

/// Nothing here panics, but a module without the standard library must say what would happen.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unreachable()
}
