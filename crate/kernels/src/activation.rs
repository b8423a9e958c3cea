//! The exact GELU, x·Φ(x) (Hendrycks and Gimpel, arXiv 1606.08415), and its derivative Φ(x) + x·φ(x).

use crate::exp::{Exp, variable};
use crate::simd::{F32s, with_widest_vectors};

/// 1/√(2π), the density φ at 0.
const DENSITY_AT_0: f32 = 0.398_942_3;

/// erfc(z)·exp(z²)/t as a polynomial in t = 1/(1 + z/2), lowest power first, for z from 0 to 9.5, halved below. The form
/// is that of Numerical Recipes (Press et al., section 6.2); the coefficients are a Chebyshev fit of ours, computed
/// with 40 digits, whose relative error is 5.5e-8.
const SERIES: [f32; 9] = [
    0.282_090_2,
    0.282_302_6,
    0.243_684_84,
    0.200_172_07,
    -0.020_165_045,
    0.267_946_54,
    -0.477_723_72,
    0.279_707,
    -0.058_014_52,
];

/// The normal distribution's Φ(x), and exp(-x²/2).
struct Normal {
    exp: Exp,
    one: F32s,
    half: F32s,
    minus_half: F32s,
    frac_1_sqrt_2: F32s,
    density_at_0: F32s,
    series: [F32s; 9],
}

impl Normal {
    #[inline(always)]
    fn new() -> Self {
        Self {
            exp: Exp::new(),
            one: variable(1.0),
            half: variable(0.5),
            minus_half: variable(-0.5),
            frac_1_sqrt_2: variable(core::f32::consts::FRAC_1_SQRT_2),
            density_at_0: variable(DENSITY_AT_0),
            series: SERIES.map(variable),
        }
    }

    #[inline(always)]
    fn of(&self, x: F32s) -> (F32s, F32s) {
        let bell = self.exp.of(x.mul(x).mul(self.minus_half));
        let z = x.abs().mul(self.frac_1_sqrt_2);
        let t = self.one.div(z.mul_add(self.half, self.one));
        let [lower @ .., highest] = &self.series;
        let series = lower.iter().rev().fold(*highest, |series, coefficient| series.mul_add(t, *coefficient));
        // Φ(-|x|) = erfc(|x|/√2)/2.
        let tail = series.mul(t).mul(bell).mul(self.half);
        (x.select_less(F32s::splat(0.0), tail, self.one.sub(tail)), bell)
    }

    /// x·Φ(x)
    #[inline(always)]
    fn gelu(&self, x: F32s) -> F32s {
        self.of(x).0.mul(x)
    }

    /// x·Φ(x) and Φ(x) + x·φ(x).
    #[inline(always)]
    fn gelu_with_derivative(&self, x: F32s) -> (F32s, F32s) {
        let (phi, bell) = self.of(x);
        (phi.mul(x), x.mul(self.density_at_0).mul_add(bell, phi))
    }
}

/// y = x·Φ(x).
///
/// # Panics
/// If the slices differ in length.
pub fn gelu(x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "as many results as inputs");
    with_widest_vectors(
        #[inline(always)]
        || {
            let normal = Normal::new();
            let (x, x_rest) = x.as_chunks::<{ F32s::N }>();
            let (y, y_rest) = y.as_chunks_mut::<{ F32s::N }>();
            for (x, y) in x.iter().zip(y) {
                normal.gelu(F32s::load(x)).store(y);
            }
            y_rest.copy_from_slice(&normal.gelu(F32s::load_part(x_rest, 0.0)).to_array()[..x_rest.len()]);
        },
    );
}

/// d = d·derivative, element by element.
pub(crate) fn multiply(d: &mut [f32], derivative: &[f32]) {
    with_widest_vectors(
        #[inline(always)]
        || d.iter_mut().zip(derivative).for_each(|(d, derivative)| *d *= derivative),
    );
}

/// As [`gelu`], and each x becomes its derivative Φ(x) + x·φ(x), which costs little here and as much as the function
/// itself elsewhere.
///
/// # Panics
/// If the slices differ in length.
pub fn gelu_with_derivative(x: &mut [f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "as many results as inputs");
    with_widest_vectors(
        #[inline(always)]
        || {
            let normal = Normal::new();
            let (x, x_rest) = x.as_chunks_mut::<{ F32s::N }>();
            let (y, y_rest) = y.as_chunks_mut::<{ F32s::N }>();
            for (x, y) in x.iter_mut().zip(y) {
                let (value, derivative) = normal.gelu_with_derivative(F32s::load(x));
                value.store(y);
                derivative.store(x);
            }
            let n_rest = x_rest.len();
            let (value, derivative) = normal.gelu_with_derivative(F32s::load_part(x_rest, 0.0));
            y_rest.copy_from_slice(&value.to_array()[..n_rest]);
            x_rest.copy_from_slice(&derivative.to_array()[..n_rest]);
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_each_instruction_set;

    /// Φ(x) in f64: Simpson's rule over the density from 0 to x.
    fn phi(x: f64) -> f64 {
        let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let n = 4000;
        let h = x / f64::from(n);
        let inner: f64 = (1..n).map(|i| if i % 2 == 1 { 4.0 } else { 2.0 } * density(h * f64::from(i))).sum();
        0.5 + h / 3.0 * (density(0.0) + density(x) + inner)
    }

    #[test]
    fn equals_an_integral_of_the_density() {
        on_each_instruction_set(|| {
            let x: Vec<f32> = (-1203..=1203).map(|step| step as f32 * 0.01).collect();
            let (mut y, mut d_x, mut same) = (vec![0.0; x.len()], x.clone(), vec![0.0; x.len()]);
            gelu(&x, &mut same);
            gelu_with_derivative(&mut d_x, &mut y);
            assert_eq!(y, same);
            for ((&x, y), d_x) in x.iter().zip(y).zip(d_x) {
                let x = f64::from(x);
                let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
                let error = (f64::from(y) - x * phi(x)).abs();
                assert!(error <= 3e-7 * x.abs().max(1.0), "gelu({x}) is off by {error}");
                let error = (f64::from(d_x) - phi(x) - x * density).abs();
                assert!(error <= 4e-7, "gelu'({x}) is off by {error}");
            }
        });
    }

    #[test]
    fn far_out_it_is_the_identity_or_zero() {
        on_each_instruction_set(|| {
            let mut y = [1.0; 5];
            gelu(&[0.0, 100.0, -100.0, 1e30, -1e30], &mut y);
            assert_eq!(y, [0.0, 100.0, 0.0, 1e30, 0.0]);
            let mut d_x = [60.0, -60.0, 0.0];
            gelu_with_derivative(&mut d_x, &mut y[..3]);
            assert_eq!(d_x, [1.0, 0.0, 0.5]);
        });
    }
}
