//! `f32` lanes: four in a browser, WebAssembly's `v128`; elsewhere sixteen, an array that the compiler vectorises.
//!
//! Only what the kernels of this crate use. `std::simd` would do, and is not stable.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use core::arch::wasm32::*;

    /// Four lanes of `f32`.
    #[derive(Clone, Copy)]
    pub struct F32x4(v128);

    pub type F32s = F32x4;

    impl F32x4 {
        /// How many there are.
        pub const N: usize = 4;

        #[inline(always)]
        pub fn splat(value: f32) -> Self {
            Self(f32x4_splat(value))
        }

        /// # Safety
        /// Four values must be readable at `pointer`; it need not be aligned.
        #[inline(always)]
        pub unsafe fn load_ptr(pointer: *const f32) -> Self {
            // SAFETY: the caller's promise; WebAssembly loads need no alignment.
            Self(unsafe { v128_load(pointer.cast()) })
        }

        /// # Safety
        /// Four values must be writable at `pointer`; it need not be aligned.
        #[inline(always)]
        pub unsafe fn store_ptr(self, pointer: *mut f32) {
            // SAFETY: the caller's promise; WebAssembly stores need no alignment.
            unsafe { v128_store(pointer.cast(), self.0) }
        }

        #[inline(always)]
        pub fn to_array(self) -> [f32; 4] {
            [
                f32x4_extract_lane::<0>(self.0),
                f32x4_extract_lane::<1>(self.0),
                f32x4_extract_lane::<2>(self.0),
                f32x4_extract_lane::<3>(self.0),
            ]
        }

        #[inline(always)]
        pub fn add(self, other: Self) -> Self {
            Self(f32x4_add(self.0, other.0))
        }

        #[inline(always)]
        pub fn sub(self, other: Self) -> Self {
            Self(f32x4_sub(self.0, other.0))
        }

        #[inline(always)]
        pub fn mul(self, other: Self) -> Self {
            Self(f32x4_mul(self.0, other.0))
        }

        #[inline(always)]
        pub fn div(self, other: Self) -> Self {
            Self(f32x4_div(self.0, other.0))
        }

        #[inline(always)]
        pub fn sqrt(self) -> Self {
            Self(f32x4_sqrt(self.0))
        }

        #[inline(always)]
        pub fn abs(self) -> Self {
            Self(f32x4_abs(self.0))
        }

        /// The smaller of each lane, `other` where one of them is not a number.
        #[inline(always)]
        pub fn min(self, other: Self) -> Self {
            Self(f32x4_pmin(other.0, self.0))
        }

        /// The larger of each lane, `other` where one of them is not a number.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            Self(f32x4_pmax(other.0, self.0))
        }

        /// `if_less` where `self < other`, else `otherwise`.
        #[inline(always)]
        pub fn select_less(self, other: Self, if_less: Self, otherwise: Self) -> Self {
            Self(v128_bitselect(if_less.0, otherwise.0, f32x4_lt(self.0, other.0)))
        }

        /// 2ⁿ, where n is a whole number from -126 to 127 held in the low bits of 1.5·2²³ + n.
        #[inline(always)]
        pub fn power_of_two(self) -> Self {
            Self(i32x4_shl(i32x4_add(self.0, i32x4_splat(127)), 23))
        }

        /// The columns of a matrix of which these are the rows.
        #[inline(always)]
        pub fn transpose([a, b, c, d]: [Self; 4]) -> [Self; 4] {
            let (ab_low, ab_high) = (i32x4_shuffle::<0, 4, 1, 5>(a.0, b.0), i32x4_shuffle::<2, 6, 3, 7>(a.0, b.0));
            let (cd_low, cd_high) = (i32x4_shuffle::<0, 4, 1, 5>(c.0, d.0), i32x4_shuffle::<2, 6, 3, 7>(c.0, d.0));
            [
                Self(i64x2_shuffle::<0, 2>(ab_low, cd_low)),
                Self(i64x2_shuffle::<1, 3>(ab_low, cd_low)),
                Self(i64x2_shuffle::<0, 2>(ab_high, cd_high)),
                Self(i64x2_shuffle::<1, 3>(ab_high, cd_high)),
            ]
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    /// `N` lanes of `f32`. Written out lane by lane; the compiler makes of it what the processor has ([`dispatch`]).
    #[derive(Clone, Copy)]
    pub struct Lanes<const N: usize>([f32; N]);

    pub type F32x4 = Lanes<4>;
    /// A register of AVX-512, two of AVX2, four of others.
    pub type F32s = Lanes<16>;

    impl<const N: usize> Lanes<N> {
        /// How many there are.
        pub const N: usize = N;

        #[inline(always)]
        fn zip(self, other: Self, function: impl Fn(f32, f32) -> f32) -> Self {
            Self(core::array::from_fn(|lane| function(self.0[lane], other.0[lane])))
        }

        #[inline(always)]
        fn map(self, function: impl Fn(f32) -> f32) -> Self {
            Self(core::array::from_fn(|lane| function(self.0[lane])))
        }

        #[inline(always)]
        pub fn splat(value: f32) -> Self {
            Self([value; N])
        }

        /// # Safety
        /// As many values as there are lanes must be readable at `pointer`; it need not be aligned.
        #[inline(always)]
        pub unsafe fn load_ptr(pointer: *const f32) -> Self {
            // SAFETY: the caller's promise.
            Self(unsafe { pointer.cast::<[f32; N]>().read_unaligned() })
        }

        /// # Safety
        /// As many values as there are lanes must be writable at `pointer`; it need not be aligned.
        #[inline(always)]
        pub unsafe fn store_ptr(self, pointer: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { pointer.cast::<[f32; N]>().write_unaligned(self.0) }
        }

        #[inline(always)]
        pub fn to_array(self) -> [f32; N] {
            self.0
        }

        #[inline(always)]
        pub fn add(self, other: Self) -> Self {
            self.zip(other, |a, b| a + b)
        }

        #[inline(always)]
        pub fn sub(self, other: Self) -> Self {
            self.zip(other, |a, b| a - b)
        }

        #[inline(always)]
        pub fn mul(self, other: Self) -> Self {
            self.zip(other, |a, b| a * b)
        }

        #[inline(always)]
        pub fn div(self, other: Self) -> Self {
            self.zip(other, |a, b| a / b)
        }

        #[inline(always)]
        pub fn sqrt(self) -> Self {
            self.map(f32::sqrt)
        }

        #[inline(always)]
        pub fn abs(self) -> Self {
            self.map(f32::abs)
        }

        /// The smaller of each lane, `other` where one of them is not a number.
        #[inline(always)]
        pub fn min(self, other: Self) -> Self {
            self.zip(other, |a, b| if a < b { a } else { b })
        }

        /// The larger of each lane, `other` where one of them is not a number.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            self.zip(other, |a, b| if a > b { a } else { b })
        }

        /// `if_less` where `self < other`, else `otherwise`.
        #[inline(always)]
        pub fn select_less(self, other: Self, if_less: Self, otherwise: Self) -> Self {
            let chosen = |lane: usize| if self.0[lane] < other.0[lane] { if_less.0[lane] } else { otherwise.0[lane] };
            Self(core::array::from_fn(chosen))
        }

        /// 2ⁿ, where n is a whole number from -126 to 127 held in the low bits of 1.5·2²³ + n.
        #[inline(always)]
        pub fn power_of_two(self) -> Self {
            self.map(|lane| f32::from_bits(lane.to_bits().wrapping_add(127) << 23))
        }
    }

    impl F32x4 {
        /// The columns of a matrix of which these are the rows.
        #[inline(always)]
        pub fn transpose(rows: [Self; 4]) -> [Self; 4] {
            core::array::from_fn(|column| Self(rows.map(|row| row.0[column])))
        }
    }
}

pub(crate) use lanes::{F32s, F32x4};

/// What is the same in a browser and elsewhere, for any number of lanes.
macro_rules! over_slices {
    ($($type:tt)+) => {
        $($type)+ {
            /// The first values of `values`.
            ///
            /// # Panics
            /// If there are fewer than lanes.
            #[inline(always)]
            pub fn load(values: &[f32]) -> Self {
                let values = &values[..Self::N];
                // SAFETY: the slice holds a value for each lane.
                unsafe { Self::load_ptr(values.as_ptr()) }
            }

            /// Write the lanes over the first of `values`.
            ///
            /// # Panics
            /// If there are fewer than lanes.
            #[inline(always)]
            pub fn store(self, values: &mut [f32]) {
                let values = &mut values[..Self::N];
                // SAFETY: the slice holds a value for each lane.
                unsafe { self.store_ptr(values.as_mut_ptr()) }
            }

            /// All of `values`, at most as many as there are lanes, and `fill` after them.
            #[inline(always)]
            pub fn load_part(values: &[f32], fill: f32) -> Self {
                let mut filled = Self::splat(fill).to_array();
                filled[..values.len()].copy_from_slice(values);
                Self::load(&filled)
            }

            /// `self · factor + term`, rounded twice.
            #[inline(always)]
            pub fn mul_add(self, factor: Self, term: Self) -> Self {
                self.mul(factor).add(term)
            }

            /// Sum of the lanes, neighbours first.
            #[inline(always)]
            pub fn sum(self) -> f32 {
                let mut lanes = self.to_array();
                let mut n_left = Self::N;
                while n_left > 1 {
                    n_left /= 2;
                    for lane in 0..n_left {
                        lanes[lane] = lanes[2 * lane] + lanes[2 * lane + 1];
                    }
                }
                lanes[0]
            }
        }
    };
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
over_slices!(impl F32x4);
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
over_slices!(impl<const N: usize> lanes::Lanes<N>);

/// Does `work` with the widest vectors that the processor has: outside of a browser it is compiled for AVX-512, for AVX2 and
/// for what every processor has, and chosen from when it is called.
#[inline(always)]
pub(crate) fn with_widest_vectors<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "wasm32")]
    return work();
    #[cfg(all(not(target_arch = "wasm32"), not(test)))]
    return pulp::Arch::new().dispatch(work);
    #[cfg(all(not(target_arch = "wasm32"), test))]
    return tests::FORCED.get().unwrap_or_default().dispatch(work);
}

#[cfg(test)]
pub(crate) use tests::on_each_instruction_set;

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(target_arch = "wasm32"))]
    thread_local! {
        /// The instruction set of a test; the best there is unless it is set.
        pub static FORCED: std::cell::Cell<Option<pulp::Arch>> = const { std::cell::Cell::new(None) };
    }

    /// Does a test once with each set of instructions that the kernels are compiled for and the processor has, on a thread
    /// of its own: others would take the best set.
    #[cfg(target_arch = "x86_64")]
    pub fn on_each_instruction_set(test: impl Fn() + Sync) {
        use pulp::Arch;
        use pulp::x86::{V3, V4};
        let sets = [Some(Arch::Scalar), V3::try_new().map(Arch::V3), V4::try_new().map(Arch::V4)];
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(|| {
            for set in sets.into_iter().flatten() {
                FORCED.set(Some(set));
                test();
            }
        });
    }

    /// Elsewhere there is one.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn on_each_instruction_set(test: impl Fn() + Sync) {
        test();
    }

    #[test]
    fn columns_become_rows() {
        let rows = [0, 4, 8, 12].map(|first| F32x4::load(&[0.0, 1.0, 2.0, 3.0].map(|lane| lane + first as f32)));
        let columns = F32x4::transpose(rows).map(F32x4::to_array);
        assert_eq!(columns, [0.0, 1.0, 2.0, 3.0].map(|first| [first, first + 4.0, first + 8.0, first + 12.0]));
    }

    #[test]
    fn choices_go_by_lane() {
        let sign = F32x4::load(&[-1.0, 0.0, -0.0, 2.0]);
        let smaller = sign.select_less(F32x4::splat(0.0), F32x4::splat(7.0), F32x4::splat(8.0));
        assert_eq!(smaller.to_array(), [7.0, 8.0, 8.0, 8.0]);
    }
}
