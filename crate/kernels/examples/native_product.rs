//! The native product beside the processor's peak, for `cargo xtask bench`: prints GFLOP/s of both as JSON, a line a round.
//!
//! ```text
//! cargo run --release -p sbert-kernels --example native_product -- M K N ROUNDS
//! ```

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::main();
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::hint::black_box;
    use std::time::{Duration, Instant};

    use pulp::{Arch, Simd, WithSimd};
    use sbert_kernels::gemm::{Matrix, Onto, gemm};

    /// How long each side of a round is measured.
    const ROUND: Duration = Duration::from_millis(300);
    /// Independent sums: more than a multiply-add takes cycles, times those that begin in one, and few enough for the
    /// registers of any processor.
    const N_SUMS: usize = 12;
    const N_MULTIPLY_ADDS: usize = 1 << 14;

    pub fn main() {
        let numbers: Result<Vec<usize>, _> = std::env::args().skip(1).map(|word| word.parse()).collect();
        let Ok(&[m, k, n, n_rounds]) = numbers.as_deref() else {
            eprintln!("give M K N ROUNDS");
            std::process::exit(2);
        };
        let (a, b) = (vec![0.5f32; m * k], vec![0.25f32; k * n]);
        let mut c = vec![0.0f32; m * n];
        for _ in 0..n_rounds {
            let peak = gflops(|| Arch::new().dispatch(MultiplyAdds));
            let product = gflops(|| {
                let (a, b) = (Matrix::rows(black_box(&a), k), Matrix::rows(&b, n));
                gemm([m, k, n], a, b, black_box(&mut c), n, Onto::Nothing);
                2 * m * k * n
            });
            println!("{{\"product\":{product},\"peak\":{peak}}}");
        }
    }

    /// Billions of operations a second of `work`, which says how many it has done.
    fn gflops(mut work: impl FnMut() -> usize) -> f64 {
        work();
        let (start, mut n_operations) = (Instant::now(), 0);
        while start.elapsed() < ROUND {
            n_operations += work();
        }
        n_operations as f64 / start.elapsed().as_secs_f64() / 1e9
    }

    /// Multiply-adds of the widest vectors, which wait for nothing but the multipliers.
    struct MultiplyAdds;

    impl WithSimd for MultiplyAdds {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> usize {
            let (x, y) = (simd.splat_f32s(black_box(0.5)), simd.splat_f32s(black_box(0.25)));
            let mut sums = [x; N_SUMS];
            for _ in 0..N_MULTIPLY_ADDS {
                for sum in &mut sums {
                    *sum = simd.mul_add_f32s(x, *sum, y);
                }
            }
            black_box(sums.map(|sum| simd.reduce_sum_f32s(sum)));
            2 * S::F32_LANES * N_SUMS * N_MULTIPLY_ADDS
        }
    }
}
