//! Layer norm (Ba et al., arXiv 1607.06450) of a sum of a branch and its residual.

use crate::dropout::DropoutMask;
use crate::simd::{F32s, with_widest_vectors};

/// y = normalised(dropout(branch) + residual)·gamma + beta, row by row.
///
/// The branch becomes the normalised rows (mean 0, variance 1) and `rstd` what each was multiplied by, 1/√(variance + eps):
/// both are what the backward pass needs.
///
/// # Shapes
/// - branch, residual, y: `[n_rows, d_model]`; gamma, beta: `[d_model]`; rstd: `[n_rows]`
#[expect(clippy::too_many_arguments, reason = "three inputs, two outputs and the norm's own parameters")]
pub fn residual_layer_norm(
    branch: &mut [f32],
    keep: Option<DropoutMask<'_>>,
    residual: &[f32],
    gamma: &[f32],
    beta: &[f32],
    eps: f32,
    y: &mut [f32],
    rstd: &mut [f32],
) {
    with_widest_vectors(
        #[inline(always)]
        || {
            let d_model = gamma.len();
            let rows =
                branch.chunks_exact_mut(d_model).zip(residual.chunks_exact(d_model)).zip(y.chunks_exact_mut(d_model));
            for (row_idx, (((z, residual), y), rstd)) in rows.zip(rstd).enumerate() {
                if let Some(keep) = keep {
                    let of_row = row_idx * d_model..(row_idx + 1) * d_model;
                    DropoutMask { keep: &keep.keep[of_row], ..keep }.add_to(z, residual);
                } else {
                    z.iter_mut().zip(residual).for_each(|(z, residual)| *z += residual);
                }
                let mean = F32s::splat(sum(z, |z| z) / d_model as f32);
                let variance = sum(z, |z| z.sub(mean).mul(z.sub(mean))) - padding(d_model, mean);
                *rstd = 1.0 / (variance / d_model as f32 + eps).sqrt();
                let (mean, factor) = (mean.to_array()[0], *rstd);
                for ((z, y), (gamma, beta)) in z.iter_mut().zip(y).zip(gamma.iter().zip(beta)) {
                    *z = (*z - mean) * factor;
                    *y = *z * gamma + beta;
                }
            }
        },
    );
}

/// Gradients of the sum's rows; those of gamma and beta are added to.
///
/// # Shapes
/// - d_y, normalised, d_z: `[n_rows, d_model]`; rstd: `[n_rows]`; gamma, d_gamma, d_beta: `[d_model]`
pub fn layer_norm_backward(
    d_y: &[f32],
    normalised: &[f32],
    rstd: &[f32],
    gamma: &[f32],
    d_gamma: &mut [f32],
    d_beta: &mut [f32],
    d_z: &mut [f32],
) {
    with_widest_vectors(
        #[inline(always)]
        || {
            let d_model = gamma.len();
            let rows =
                d_y.chunks_exact(d_model).zip(normalised.chunks_exact(d_model)).zip(d_z.chunks_exact_mut(d_model));
            for (((d_y, normalised), d_z), rstd) in rows.zip(rstd) {
                for (d_gamma, (d_y, normalised)) in d_gamma.iter_mut().zip(d_y.iter().zip(normalised)) {
                    *d_gamma += d_y * normalised;
                }
                d_beta.iter_mut().zip(d_y).for_each(|(d_beta, d_y)| *d_beta += d_y);
                d_z.iter_mut().zip(d_y.iter().zip(gamma)).for_each(|(d_z, (d_y, gamma))| *d_z = d_y * gamma);
                // d_z = rstd·(d − mean(d) − normalised·mean(d·normalised)), where d = d_y·gamma.
                let mean = sum(d_z, |d| d) / d_model as f32;
                let projection = dot(d_z, normalised) / d_model as f32;
                for (d_z, normalised) in d_z.iter_mut().zip(normalised) {
                    *d_z = rstd * (*d_z - mean - normalised * projection);
                }
            }
        },
    );
}

impl DropoutMask<'_> {
    /// branch = dropout(branch) + residual.
    #[inline(always)]
    fn add_to(self, branch: &mut [f32], residual: &[f32]) {
        for ((value, residual), keep) in branch.iter_mut().zip(residual).zip(self.keep) {
            *value = *value * (f32::from(*keep) * self.scale) + residual;
        }
    }
}

/// Sum of a function of some values at a time; a row that doesn't fill its last lanes is filled up with zeros.
#[inline(always)]
fn sum(row: &[f32], of: impl Fn(F32s) -> F32s) -> f32 {
    let (chunks, rest) = row.as_chunks::<{ F32s::N }>();
    let mut sums = F32s::splat(0.0);
    for chunk in chunks {
        sums = sums.add(of(F32s::load(chunk)));
    }
    if !rest.is_empty() {
        sums = sums.add(of(F32s::load_part(rest, 0.0)));
    }
    sums.sum()
}

/// What the zeros that fill up a row add to a sum of squared distances from the mean.
#[inline(always)]
fn padding(d_model: usize, mean: F32s) -> f32 {
    let mean = mean.to_array()[0];
    (d_model.next_multiple_of(F32s::N) - d_model) as f32 * mean * mean
}

#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, a_rest) = a.as_chunks::<{ F32s::N }>();
    let (b, b_rest) = b.as_chunks::<{ F32s::N }>();
    let mut sums = F32s::splat(0.0);
    for (a, b) in a.iter().zip(b) {
        sums = F32s::load(a).mul_add(F32s::load(b), sums);
    }
    sums.sum() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::simd::on_each_instruction_set;

    fn naive(z: &[f64], gamma: &[f32], beta: &[f32], eps: f64) -> Vec<f64> {
        let n = z.len() as f64;
        let mean = z.iter().sum::<f64>() / n;
        let variance = z.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n;
        let scaled = z.iter().map(|z| (z - mean) / (variance + eps).sqrt());
        scaled.zip(gamma.iter().zip(beta)).map(|(z, (gamma, beta))| z * f64::from(*gamma) + f64::from(*beta)).collect()
    }

    #[test]
    fn equals_the_definition_and_its_finite_differences() {
        on_each_instruction_set(|| {
            let mut rng = ChaCha8Rng::seed_from_u64(5);
            let mut draw = |n: usize| -> Vec<f32> { (0..n).map(|_| rng.random_range(-2.0..2.0)).collect() };
            for (d_model, drops) in [(1, false), (3, true), (7, false), (32, true), (384, true)] {
                let n_rows = 3;
                let (branch, residual) = (draw(n_rows * d_model), draw(n_rows * d_model));
                let (gamma, beta, d_y) = (draw(d_model), draw(d_model), draw(n_rows * d_model));
                let keep: Vec<u8> =
                    draw(n_rows * d_model).iter().map(|&value| u8::from(!drops || value > -1.0)).collect();
                let mask = DropoutMask { keep: &keep, scale: 1.25 };
                let eps = 1e-3;
                let (mut z, mut y, mut rstd) = (branch.clone(), vec![0.0; branch.len()], vec![0.0; n_rows]);
                residual_layer_norm(&mut z, drops.then_some(mask), &residual, &gamma, &beta, eps, &mut y, &mut rstd);
                let (mut d_gamma, mut d_beta, mut d_z) = (vec![0.0; d_model], vec![0.0; d_model], vec![0.0; z.len()]);
                layer_norm_backward(&d_y, &z, &rstd, &gamma, &mut d_gamma, &mut d_beta, &mut d_z);

                let factor = |place: usize| if drops { f64::from(keep[place]) * 1.25 } else { 1.0 };
                let sums: Vec<f64> = (0..branch.len())
                    .map(|place| f64::from(branch[place]) * factor(place) + f64::from(residual[place]))
                    .collect();
                for row in 0..n_rows {
                    let places = row * d_model..(row + 1) * d_model;
                    let row_sums = &sums[places.clone()];
                    let expected = naive(row_sums, &gamma, &beta, f64::from(eps));
                    for (value, expected) in y[places.clone()].iter().zip(expected) {
                        assert!((f64::from(*value) - expected).abs() < 5e-6, "{value} {expected}");
                    }
                    let loss = |z: &[f64]| -> f64 {
                        let y = naive(z, &gamma, &beta, f64::from(eps));
                        y.iter().zip(&d_y[places.clone()]).map(|(y, d)| y * f64::from(*d)).sum()
                    };
                    for column in (0..d_model).step_by(1 + d_model / 8) {
                        let (mut above, mut below) = (row_sums.to_vec(), row_sums.to_vec());
                        above[column] += 1e-6;
                        below[column] -= 1e-6;
                        let expected = (loss(&above) - loss(&below)) / 2e-6;
                        let value = f64::from(d_z[row * d_model + column]);
                        assert!((value - expected).abs() < 2e-5 * (1.0 + expected.abs()), "{value} {expected}");
                    }
                }
                for column in 0..d_model {
                    let of_gamma: f32 =
                        (0..n_rows).map(|row| d_y[row * d_model + column] * z[row * d_model + column]).sum();
                    let of_beta: f32 = (0..n_rows).map(|row| d_y[row * d_model + column]).sum();
                    assert!((d_gamma[column] - of_gamma).abs() < 1e-5 && (d_beta[column] - of_beta).abs() < 1e-5);
                }
            }
        });
    }
}
