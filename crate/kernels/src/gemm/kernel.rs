//! Which code computes panel products here.

use super::panel::PanelProduct;
pub(super) use imp::active;
#[cfg(target_arch = "wasm32")]
pub use imp::set_external_kernel;

/// Computes a [`PanelProduct`]: all of its a and b must be readable, all of its c writable.
pub(super) type PanelKernel = unsafe extern "C" fn(&PanelProduct);

/// Which instructions the products of [`gemm_in_blocks`](super::gemm_in_blocks) are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Multiplication, then addition: `simd128`. Outside of browsers, where only tests use them, there is no other.
    Plain,
    /// Fused multiply-add: `relaxed-simd`, in a browser that has it.
    Fused,
}

/// The kernel that products use now.
pub fn active_kernel() -> Kernel {
    imp::active_kernel()
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod imp {
    use core::arch::wasm32::{f32x4_add, f32x4_mul};
    use core::sync::atomic::{AtomicUsize, Ordering};

    use super::{Kernel, PanelKernel, PanelProduct};
    use crate::gemm::panel;

    /// The place of another module's kernel in the function table, 0 if there is none.
    static EXTERNAL: AtomicUsize = AtomicUsize::new(0);

    /// Use the kernel of another WebAssembly module, [`FUSED_KERNEL`](crate::gemm::FUSED_KERNEL), or again the plain one.
    ///
    /// # Safety
    /// `index` must be the place in this module's function table of that module's `multiply_panel`, over this module's
    /// memory.
    pub unsafe fn set_external_kernel(index: Option<usize>) {
        EXTERNAL.store(index.unwrap_or(0), Ordering::Relaxed);
    }

    pub fn active_kernel() -> Kernel {
        match EXTERNAL.load(Ordering::Relaxed) {
            0 => Kernel::Plain,
            _ => Kernel::Fused,
        }
    }

    pub fn active() -> PanelKernel {
        match EXTERNAL.load(Ordering::Relaxed) {
            0 => plain,
            // SAFETY: a function pointer is a place in the function table, and this one was promised to hold such a
            // function when it was set.
            index => unsafe { core::mem::transmute::<usize, PanelKernel>(index) },
        }
    }

    unsafe extern "C" fn plain(product: &PanelProduct) {
        // SAFETY: the caller's promise.
        unsafe { panel::multiply::<4>(product, |x, y, sum| f32x4_add(sum, f32x4_mul(x, y))) }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod imp {
    use super::{Kernel, PanelKernel, PanelProduct};
    use crate::gemm::panel::PANEL_WIDTH;

    pub fn active_kernel() -> Kernel {
        Kernel::Plain
    }

    pub fn active() -> PanelKernel {
        plain
    }

    /// For tests of what is around the kernels: not made to be fast.
    unsafe extern "C" fn plain(product: &PanelProduct) {
        let PanelProduct { n_rows, depth, a, a_row_stride, a_depth_stride, b, b_depth_stride, c, c_row_stride, adds } =
            *product;
        for row in 0..n_rows {
            let mut sums = [0.0f32; PANEL_WIDTH];
            for k in 0..depth {
                // SAFETY: the caller's promise: a has the row, and `depth` columns; b has `depth` rows.
                let (value, factors) = unsafe {
                    let value = *a.byte_add(row * a_row_stride + k * a_depth_stride);
                    (value, &*b.byte_add(k * b_depth_stride).cast::<[f32; PANEL_WIDTH]>())
                };
                for (sum, factor) in sums.iter_mut().zip(factors) {
                    *sum += value * factor;
                }
            }
            // SAFETY: the caller's promise: c has the row.
            let place = unsafe { &mut *c.byte_add(row * c_row_stride).cast::<[f32; PANEL_WIDTH]>() };
            for (value, sum) in place.iter_mut().zip(sums) {
                *value = if adds == 0 { sum } else { *value + sum };
            }
        }
    }
}
