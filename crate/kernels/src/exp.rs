//! The exponential function, lane by lane.

use crate::simd::F32s;

/// A constant that the compiler takes for a variable. V8 builds each constant vector of the code again wherever it
/// is used, by four instructions; a variable is at worst loaded.
#[inline(always)]
pub(crate) fn variable(constant: f32) -> F32s {
    F32s::splat(core::hint::black_box(constant))
}

/// eˣ to within 2 units in the last place; 0 below -87.3, e⁸⁸ above 88.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; eˣ = 2ⁿ·eʳ. Adding 1.5·2²³ rounds to a whole number; ln 2 is split in two so that r
/// keeps its digits (Cody and Waite 1980).
#[derive(Clone, Copy)]
pub(crate) struct Exp {
    lowest: F32s,
    highest: F32s,
    log2_e: F32s,
    round: F32s,
    minus_ln_2: [F32s; 2],
    /// eʳ by its Taylor series of degree 7, highest power first; its error on this range is below 4e-9.
    series: [F32s; 8],
}

impl Exp {
    #[inline(always)]
    pub fn new() -> Self {
        Self {
            lowest: variable(-87.3),
            highest: variable(88.0),
            log2_e: variable(core::f32::consts::LOG2_E),
            round: variable(12_582_912.0),
            minus_ln_2: [variable(-0.693_359_4), variable(2.121_944_4e-4)],
            series: [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0].map(variable),
        }
    }

    #[inline(always)]
    pub fn of(&self, x: F32s) -> F32s {
        let clamped = x.max(self.lowest).min(self.highest);
        let rounded = clamped.mul_add(self.log2_e, self.round);
        let n = rounded.sub(self.round);
        let [high, low] = self.minus_ln_2;
        let r = n.mul_add(low, n.mul_add(high, clamped));
        let [first, rest @ ..] = self.series;
        let series = rest.into_iter().fold(first, |series, coefficient| series.mul_add(r, coefficient));
        let value = series.mul(rounded.power_of_two());
        x.select_less(self.lowest, F32s::splat(0.0), value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_two_units_of_the_last_place() {
        for step in -8700..8800 {
            let x = step as f32 * 0.01;
            let expected = f64::from(x).exp();
            let value = f64::from(Exp::new().of(F32s::splat(x)).to_array()[0]);
            let unit = f64::from(f32::EPSILON) * expected;
            assert!((value - expected).abs() <= 2.0 * unit, "exp({x}) = {value}, not {expected}");
        }
        assert_eq!(Exp::new().of(F32s::splat(-1e4)).to_array(), [0.0; F32s::N]);
        assert_eq!(Exp::new().of(F32s::splat(0.0)).to_array(), [1.0; F32s::N]);
    }
}
