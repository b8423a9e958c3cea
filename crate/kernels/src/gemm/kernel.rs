//! The innermost kernel: tiles of MR × NR values of the product, held in registers while the depth is run through.

#[cfg(target_arch = "wasm32")]
pub use imp::set_external_kernel;
pub(super) use imp::{MR, NR, active};

/// Multiplies `n_panels` packed panels of a, one below the other, by one of b: arguments are n_panels, depth, a, b, c,
/// c's row stride in values, and whether (1) or not (0) the product is added to c.
pub(super) type PanelKernel = unsafe extern "C" fn(usize, usize, *const f32, *const f32, *mut f32, usize, usize);

/// Which instructions the products are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Multiplication, then addition: `simd128` in a browser, whatever the target has elsewhere.
    Plain,
    /// Fused multiply-add: `relaxed-simd` in a browser, AVX2 and FMA on x86-64.
    Fused,
}

/// The kernel that products use now.
pub fn active_kernel() -> Kernel {
    imp::active_kernel()
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod imp {
    use core::arch::wasm32::*;
    use core::sync::atomic::{AtomicUsize, Ordering};

    use super::{Kernel, PanelKernel};

    /// Rows of a tile. V8 keeps 4 × 8 values, eight registers, and what feeds them out of memory; with ten it spills.
    pub const MR: usize = 4;
    /// Columns of a tile: two vectors.
    pub const NR: usize = 8;

    /// The address of a kernel from another module, 0 if there is none.
    static EXTERNAL: AtomicUsize = AtomicUsize::new(0);

    /// Use a kernel that another WebAssembly module brings: one with relaxed instructions, which not every browser
    /// accepts, cannot be part of this module.
    ///
    /// # Safety
    /// `index` must be the place in this module's function table of a function that does what [`plain`] does.
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
            // SAFETY: a function pointer is an index into the function table, and this one was promised to be such a
            // function when it was set.
            index => unsafe { core::mem::transmute::<usize, PanelKernel>(index) },
        }
    }

    unsafe extern "C" fn plain(
        n_panels: usize,
        depth: usize,
        mut a: *const f32,
        b: *const f32,
        mut c: *mut f32,
        c_row_stride: usize,
        adds: usize,
    ) {
        for _ in 0..n_panels {
            // SAFETY: the caller gives whole panels and tiles.
            unsafe {
                let zero = f32x4_splat(0.0);
                let mut tile = [[zero; NR / 4]; MR];
                let mut b = b;
                for _ in 0..depth {
                    let factors: [v128; NR / 4] = core::array::from_fn(|vector| v128_load(b.add(4 * vector).cast()));
                    for (row, sums) in tile.iter_mut().enumerate() {
                        let value = v128_load32_splat(a.add(row).cast());
                        for (sum, factor) in sums.iter_mut().zip(factors) {
                            *sum = f32x4_add(*sum, f32x4_mul(value, factor));
                        }
                    }
                    a = a.add(MR);
                    b = b.add(NR);
                }
                for sums in tile {
                    for (vector, sum) in sums.into_iter().enumerate() {
                        let place = c.add(4 * vector).cast::<v128>();
                        let value = if adds == 0 { sum } else { f32x4_add(v128_load(place), sum) };
                        v128_store(place, value);
                    }
                    c = c.add(c_row_stride);
                }
            }
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod imp {
    use super::{Kernel, PanelKernel};

    /// Rows of a tile: with two registers of eight values a row, twelve of sixteen hold sums.
    pub const MR: usize = 6;
    /// Columns of a tile.
    pub const NR: usize = 16;

    pub fn active_kernel() -> Kernel {
        if has_fused() { Kernel::Fused } else { Kernel::Plain }
    }

    pub fn active() -> PanelKernel {
        #[cfg(target_arch = "x86_64")]
        if has_fused() {
            return fused;
        }
        plain
    }

    fn has_fused() -> bool {
        #[cfg(target_arch = "x86_64")]
        return is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        #[cfg(not(target_arch = "x86_64"))]
        false
    }

    #[cfg(target_arch = "x86_64")]
    unsafe extern "C" fn fused(
        n_panels: usize,
        depth: usize,
        a: *const f32,
        b: *const f32,
        c: *mut f32,
        c_row_stride: usize,
        adds: usize,
    ) {
        #[target_feature(enable = "avx2,fma")]
        unsafe fn with_features(
            n_panels: usize,
            depth: usize,
            a: *const f32,
            b: *const f32,
            c: *mut f32,
            c_row_stride: usize,
            adds: usize,
        ) {
            // SAFETY: the caller's promises are passed on.
            unsafe { tiles(n_panels, depth, a, b, c, c_row_stride, adds, f32::mul_add) }
        }
        // SAFETY: `active` gives this kernel only where the processor has both features.
        unsafe { with_features(n_panels, depth, a, b, c, c_row_stride, adds) }
    }

    unsafe extern "C" fn plain(
        n_panels: usize,
        depth: usize,
        a: *const f32,
        b: *const f32,
        c: *mut f32,
        c_row_stride: usize,
        adds: usize,
    ) {
        // SAFETY: the caller's promises are passed on.
        unsafe { tiles(n_panels, depth, a, b, c, c_row_stride, adds, |a, b, sum| a * b + sum) }
    }

    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "those of a panel kernel and its multiply-add")]
    unsafe fn tiles(
        n_panels: usize,
        depth: usize,
        a: *const f32,
        b: *const f32,
        c: *mut f32,
        c_row_stride: usize,
        adds: usize,
        multiply_add: impl Fn(f32, f32, f32) -> f32,
    ) {
        // SAFETY: the caller gives whole panels.
        let b = unsafe { core::slice::from_raw_parts(b, depth * NR) }.as_chunks::<NR>().0;
        for panel_idx in 0..n_panels {
            // SAFETY: as above.
            let a = unsafe { core::slice::from_raw_parts(a.add(panel_idx * depth * MR), depth * MR) };
            let mut tile = [[0.0f32; NR]; MR];
            for (a, b) in a.as_chunks::<MR>().0.iter().zip(b) {
                for (value, sums) in a.iter().zip(&mut tile) {
                    for (sum, factor) in sums.iter_mut().zip(b) {
                        *sum = multiply_add(*value, *factor, *sum);
                    }
                }
            }
            for (row, sums) in tile.iter().enumerate() {
                // SAFETY: the caller gives whole tiles.
                let place = unsafe { &mut *c.add((panel_idx * MR + row) * c_row_stride).cast::<[f32; NR]>() };
                for (value, sum) in place.iter_mut().zip(sums) {
                    *value = if adds == 0 { *sum } else { *value + sum };
                }
            }
        }
    }
}
