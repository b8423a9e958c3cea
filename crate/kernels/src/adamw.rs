//! AdamW (Loshchilov and Hutter, arXiv 1711.05101) as PyTorch computes it, in one pass over memory.

use crate::parallel;
use crate::simd::{F32s, with_widest_vectors};

/// Values added up in f32 before f64 takes over: few enough that no digit is lost.
const BLOCK: usize = 1024;

/// The numbers of one step.
#[derive(Clone, Copy, Debug)]
pub struct AdamWStep {
    /// What the gradient is multiplied by first: 1, or less where it is clipped.
    pub gradient_factor: f32,
    /// β₁
    pub beta_1: f32,
    /// 1 − β₁
    pub one_minus_beta_1: f32,
    /// β₂
    pub beta_2: f32,
    /// 1 − β₂
    pub one_minus_beta_2: f32,
    /// rate / (1 − β₁ᵗ)
    pub step_size: f32,
    /// √(1 − β₂ᵗ)
    pub second_correction: f32,
    /// ε, added to the root of the second moment.
    pub epsilon: f32,
    /// 1 − rate·decay
    pub decay_factor: f32,
}

/// value = value·decay_factor − step_size·first/(√second/second_correction + ε), after both moments have taken in the
/// gradient.
///
/// # Panics
/// If the slices differ in length.
pub fn adamw(values: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32], step: &AdamWStep) {
    let n_values = values.len();
    let agree = gradient.len() == n_values && first.len() == n_values && second.len() == n_values;
    assert!(agree, "a value, a gradient and two moments for each parameter");
    let n_per_part = parallel::values_per_thread(n_values, F32s::N);
    let parts = values.chunks_mut(n_per_part).zip(gradient.chunks(n_per_part));
    let parts = parts.zip(first.chunks_mut(n_per_part).zip(second.chunks_mut(n_per_part)));
    parallel::map(parts.collect(), |((values, gradient), (first, second))| {
        adamw_part(values, gradient, first, second, step);
    });
}

fn adamw_part(values: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32], step: &AdamWStep) {
    let n_values = values.len();
    with_widest_vectors(
        #[inline(always)]
        || {
            let n_whole = n_values - n_values % F32s::N;
            for place in (0..n_whole).step_by(F32s::N) {
                let chunk = place..place + F32s::N;
                let parts =
                    [&values[chunk.clone()], &gradient[chunk.clone()], &first[chunk.clone()], &second[chunk.clone()]];
                let [value, m, v] = next(parts.map(F32s::load), step);
                value.store(&mut values[chunk.clone()]);
                m.store(&mut first[chunk.clone()]);
                v.store(&mut second[chunk]);
            }
            for place in n_whole..n_values {
                let parts = [values[place], gradient[place], first[place], second[place]];
                [values[place], first[place], second[place]] =
                    next(parts.map(F32s::splat), step).map(|lanes| lanes.to_array()[0]);
            }
        },
    );
}

/// The new value, first and second moment.
#[inline(always)]
fn next([value, gradient, m, v]: [F32s; 4], step: &AdamWStep) -> [F32s; 3] {
    let gradient = gradient.mul(F32s::splat(step.gradient_factor));
    let m = m.mul(F32s::splat(step.beta_1)).add(gradient.mul(F32s::splat(step.one_minus_beta_1)));
    let squared = gradient.mul(gradient).mul(F32s::splat(step.one_minus_beta_2));
    let v = v.mul(F32s::splat(step.beta_2)).add(squared);
    let denominator = v.sqrt().div(F32s::splat(step.second_correction)).add(F32s::splat(step.epsilon));
    let change = m.div(denominator).mul(F32s::splat(step.step_size));
    [value.mul(F32s::splat(step.decay_factor)).sub(change), m, v]
}

/// Σ value².
pub fn sum_of_squares(values: &[f32]) -> f64 {
    let n_per_part = parallel::values_per_thread(values.len(), BLOCK);
    parallel::map(values.chunks(n_per_part).collect(), sum_of_squares_part).into_iter().sum()
}

fn sum_of_squares_part(values: &[f32]) -> f64 {
    with_widest_vectors(
        #[inline(always)]
        || {
            let mut sum = 0.0;
            for block in values.chunks(BLOCK) {
                let (chunks, rest) = block.as_chunks::<{ F32s::N }>();
                let mut sums = F32s::splat(0.0);
                for chunk in chunks {
                    let chunk = F32s::load(chunk);
                    sums = chunk.mul_add(chunk, sums);
                }
                sum += f64::from(sums.sum() + rest.iter().map(|value| value * value).sum::<f32>());
            }
            sum
        },
    )
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::simd::on_each_instruction_set;

    #[test]
    fn equals_the_definition_in_f64_over_several_steps() {
        on_each_instruction_set(|| {
            let mut rng = ChaCha8Rng::seed_from_u64(9);
            let n_values = 23;
            let mut values: Vec<f32> = (0..n_values).map(|_| rng.random_range(-1.0..1.0)).collect();
            let mut expected: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
            let (mut first, mut second) = (vec![0.0; n_values], vec![0.0; n_values]);
            let (mut m, mut v) = (vec![0.0f64; n_values], vec![0.0f64; n_values]);
            let (rate, beta_1, beta_2, epsilon, decay) = (0.01, 0.9, 0.999, 1e-8, 0.01);
            for t in 1..=5 {
                let gradient: Vec<f32> = (0..n_values).map(|_| rng.random_range(-1.0..1.0)).collect();
                let step = AdamWStep {
                    gradient_factor: 0.5,
                    beta_1: beta_1 as f32,
                    one_minus_beta_1: (1.0 - beta_1) as f32,
                    beta_2: beta_2 as f32,
                    one_minus_beta_2: (1.0 - beta_2) as f32,
                    step_size: (rate / (1.0 - f64::powi(beta_1, t))) as f32,
                    second_correction: (1.0 - f64::powi(beta_2, t)).sqrt() as f32,
                    epsilon: epsilon as f32,
                    decay_factor: (1.0 - rate * decay) as f32,
                };
                adamw(&mut values, &gradient, &mut first, &mut second, &step);
                for place in 0..n_values {
                    let gradient = 0.5 * f64::from(gradient[place]);
                    m[place] = beta_1 * m[place] + (1.0 - beta_1) * gradient;
                    v[place] = beta_2 * v[place] + (1.0 - beta_2) * gradient * gradient;
                    let (m, v) = (m[place] / (1.0 - beta_1.powi(t)), v[place] / (1.0 - beta_2.powi(t)));
                    expected[place] = expected[place] * (1.0 - rate * decay) - rate * m / (v.sqrt() + epsilon);
                }
            }
            for (value, expected) in values.iter().zip(expected) {
                assert!((f64::from(*value) - expected).abs() < 5e-7, "{value} {expected}");
            }
        });
    }

    #[test]
    fn a_long_sum_of_squares_keeps_its_digits() {
        on_each_instruction_set(|| {
            let values = vec![0.1f32; 3_000_001];
            let expected = 3_000_001.0 * f64::from(0.1f32).powi(2);
            assert!((sum_of_squares(&values) / expected - 1.0).abs() < 1e-5);
        });
    }
}
