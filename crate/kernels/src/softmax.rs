//! softmax over rows, and its derivative.

use crate::exp::Exp;
use crate::simd::{F32s, with_widest_vectors};

/// Each row of `scores` becomes softmax(scale·row); the largest is subtracted first, so that nothing overflows.
pub fn softmax_rows(scores: &mut [f32], n_columns: usize, scale: f32) {
    with_widest_vectors(
        #[inline(always)]
        || {
            let exp = Exp::new();
            for row in scores.chunks_exact_mut(n_columns) {
                let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let (shift, factor) = (F32s::splat(-largest * scale), F32s::splat(scale));
                let mut sums = F32s::splat(0.0);
                let (chunks, rest) = row.as_chunks_mut::<{ F32s::N }>();
                for chunk in chunks {
                    let weights = exp.of(F32s::load(chunk).mul_add(factor, shift));
                    sums = sums.add(weights);
                    weights.store(chunk);
                }
                let weights = exp.of(F32s::load_part(rest, f32::NEG_INFINITY).mul_add(factor, shift));
                rest.copy_from_slice(&weights.to_array()[..rest.len()]);
                let reciprocal = 1.0 / sums.add(weights).sum();
                row.iter_mut().for_each(|weight| *weight *= reciprocal);
            }
        },
    );
}

/// From the weights and their gradients to those of the scores: d_score = scale·weight·(d_weight − Σ weight·d_weight),
/// in place.
pub fn softmax_backward_rows(weights: &[f32], d_weights: &mut [f32], n_columns: usize, scale: f32) {
    with_widest_vectors(
        #[inline(always)]
        || {
            for (weights, d_weights) in weights.chunks_exact(n_columns).zip(d_weights.chunks_exact_mut(n_columns)) {
                let mean: f32 = weights.iter().zip(&*d_weights).map(|(weight, d_weight)| weight * d_weight).sum();
                for (weight, d_weight) in weights.iter().zip(d_weights) {
                    *d_weight = scale * weight * (*d_weight - mean);
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_each_instruction_set;

    fn naive(scores: &[f64], scale: f64) -> Vec<f64> {
        let exponentials: Vec<f64> = scores.iter().map(|score| (scale * score).exp()).collect();
        let sum: f64 = exponentials.iter().sum();
        exponentials.iter().map(|value| value / sum).collect()
    }

    #[test]
    fn equals_the_definition_and_its_finite_differences() {
        on_each_instruction_set(|| {
            for n_columns in [1, 3, 4, 7, 33] {
                let scores: Vec<f64> = (0..n_columns).map(|i| f64::from(i as u32 * 37 % 11) - 5.0).collect();
                let d: Vec<f64> = (0..n_columns).map(|i| f64::from(i as u32 * 17 % 7) - 3.0).collect();
                let scale = 0.3;
                let mut weights: Vec<f32> = scores.iter().map(|&score| score as f32).collect();
                softmax_rows(&mut weights, n_columns, scale as f32);
                for (weight, expected) in weights.iter().zip(naive(&scores, scale)) {
                    assert!((f64::from(*weight) - expected).abs() < 2e-7);
                }
                let mut gradient: Vec<f32> = d.iter().map(|&d| d as f32).collect();
                softmax_backward_rows(&weights, &mut gradient, n_columns, scale as f32);
                let loss = |scores: &[f64]| -> f64 { naive(scores, scale).iter().zip(&d).map(|(w, d)| w * d).sum() };
                for (column, gradient) in gradient.iter().enumerate() {
                    let (mut above, mut below) = (scores.clone(), scores.clone());
                    above[column] += 1e-5;
                    below[column] -= 1e-5;
                    let expected = (loss(&above) - loss(&below)) / 2e-5;
                    assert!((f64::from(*gradient) - expected).abs() < 1e-6, "{gradient} {expected}");
                }
            }
        });
    }

    #[test]
    fn large_scores_do_not_overflow() {
        on_each_instruction_set(|| {
            let mut scores = [1e4, -1e4, 1e4];
            softmax_rows(&mut scores, 3, 1.0);
            assert_eq!(scores, [0.5, 0.0, 0.5]);
        });
    }
}
