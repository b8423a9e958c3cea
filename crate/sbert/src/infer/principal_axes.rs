//! A map of embeddings: their two first principal axes (Pearson 1901; signs as scikit-learn's `PCA` chooses them).

use sbert_kernels::gemm::{Matrix, Onto, gemm};

/// Iterations of the power method (von Mises and Pollaczek-Geiringer 1929) at most. An axis whose variance is 5 % above the
/// next one's is exact to six digits after 300.
const MAX_ITERATIONS: usize = 500;
/// An axis is found when an iteration changes none of its components by more.
const TOLERANCE: f32 = 1e-7;

/// Embeddings of sentences, each scaled to length 1, so that a product of two is their cosine.
#[derive(Clone, Debug)]
pub struct UnitEmbeddings {
    values: Vec<f32>,
    d_model: usize,
}

impl UnitEmbeddings {
    /// Those of `values`, d_model values a sentence. An embedding of zeros stays one.
    pub fn new(mut values: Vec<f32>, d_model: usize) -> Self {
        for row in values.chunks_exact_mut(d_model) {
            let norm = norm(row);
            if norm > 0.0 {
                row.iter_mut().for_each(|value| *value /= norm);
            }
        }
        Self { values, d_model }
    }

    /// How many there are.
    pub fn n_sentences(&self) -> usize {
        self.values.len() / self.d_model
    }

    /// Cosines of `n_rows` sentences, from `first` on, with all sentences: `[n_rows, n_sentences]`, written over `cosines`.
    pub(super) fn cosines(&self, first: usize, n_rows: usize, cosines: &mut Vec<f32>) {
        let (n_sentences, d_model) = (self.n_sentences(), self.d_model);
        cosines.resize(n_rows * n_sentences, 0.0);
        let rows = Matrix::rows(&self.values[first * d_model..][..n_rows * d_model], d_model);
        let all = Matrix::rows(&self.values, d_model).transposed();
        gemm([n_rows, d_model, n_sentences], rows, all, cosines, n_sentences, Onto::Nothing);
    }
}

/// The two directions along which some embeddings vary most.
#[derive(Clone, Debug)]
pub struct PrincipalAxes {
    mean: Vec<f32>,
    /// Each of length 1; of zeros where nothing varies any more.
    axes: [Vec<f32>; 2],
    explained_variance: [f32; 2],
}

impl PrincipalAxes {
    /// Those of `embeddings`, by the power method on their covariance.
    pub fn of(embeddings: &UnitEmbeddings) -> Self {
        let (n_sentences, d_model) = (embeddings.n_sentences(), embeddings.d_model);
        let mut mean = vec![0.0; d_model];
        sbert_kernels::bias::sum_rows(&embeddings.values, &mut mean);
        mean.iter_mut().for_each(|sum| *sum /= n_sentences as f32);
        let mut centred = embeddings.values.clone();
        centred.chunks_exact_mut(d_model).for_each(|row| row.iter_mut().zip(&mean).for_each(|(x, mean)| *x -= mean));

        let mut covariance = vec![0.0; d_model * d_model];
        let rows = Matrix::rows(&centred, d_model);
        let shape = [d_model, n_sentences, d_model];
        gemm(shape, rows.transposed(), rows, &mut covariance, d_model, Onto::Nothing);
        let total: f32 = (0..d_model).map(|at| covariance[at * d_model + at]).sum();

        let mut explained_variance = [0.0; 2];
        let axes = [0, 1].map(|axis_idx| {
            let (axis, variance) = first_axis(&covariance, d_model);
            // What is left varies along the other axes alone.
            for (row, a) in covariance.chunks_exact_mut(d_model).zip(&axis) {
                row.iter_mut().zip(&axis).for_each(|(value, b)| *value -= variance * a * b);
            }
            explained_variance[axis_idx] = if total > 0.0 { (variance / total).clamp(0.0, 1.0) } else { 0.0 };
            axis
        });
        Self { mean, axes, explained_variance }
    }

    /// Where each of some embeddings lies along both axes.
    pub fn project(&self, embeddings: &UnitEmbeddings) -> Vec<[f32; 2]> {
        let along = |row: &[f32], axis: &[f32]| {
            let products = row.iter().zip(&self.mean).zip(axis).map(|((x, mean), a)| f64::from((x - mean) * a));
            products.sum::<f64>() as f32
        };
        embeddings
            .values
            .chunks_exact(embeddings.d_model)
            .map(|row| [0, 1].map(|at| along(row, &self.axes[at])))
            .collect()
    }

    /// The share of the variance that each axis has, 0 to 1.
    pub fn explained_variance(&self) -> [f32; 2] {
        self.explained_variance
    }
}

/// The eigenvector of the largest eigenvalue of a covariance, `[d_model, d_model]`, and that eigenvalue.
fn first_axis(covariance: &[f32], d_model: usize) -> (Vec<f32>, f32) {
    let matrix = Matrix::rows(covariance, d_model);
    // The row of the dimension that varies most is not perpendicular to the axis, unless all of it is zero.
    let start = (0..d_model).max_by(|&a, &b| covariance[a * d_model + a].total_cmp(&covariance[b * d_model + b]));
    let mut axis = start.map_or_else(Vec::new, |start| covariance[start * d_model..][..d_model].to_vec());
    let mut variance = norm(&axis);
    for _ in 0..MAX_ITERATIONS {
        if variance == 0.0 || !variance.is_finite() {
            return (vec![0.0; d_model], 0.0);
        }
        axis.iter_mut().for_each(|value| *value /= variance);
        let mut next = vec![0.0; d_model];
        gemm([1, d_model, d_model], Matrix::rows(&axis, d_model), matrix, &mut next, d_model, Onto::Nothing);
        variance = norm(&next);
        let change = axis.iter().zip(&next).map(|(old, new)| (old * variance - new).abs()).fold(0.0, f32::max);
        axis = next;
        if change <= TOLERANCE * variance {
            break;
        }
    }
    if variance > 0.0 {
        axis.iter_mut().for_each(|value| *value /= variance);
    }
    // Either direction is an axis: the largest component is positive.
    let largest = axis.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or_default();
    if largest < 0.0 {
        axis.iter_mut().for_each(|value| *value = -*value);
    }
    (axis, variance)
}

fn norm(values: &[f32]) -> f32 {
    values.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_that_are_all_the_same_lie_at_one_point() {
        let embeddings = UnitEmbeddings::new([3.0, 4.0].repeat(5), 2);
        let axes = PrincipalAxes::of(&embeddings);
        assert_eq!(axes.explained_variance(), [0.0; 2]);
        assert_eq!(axes.project(&embeddings), [[0.0; 2]; 5]);
    }

    #[test]
    fn an_embedding_of_zeros_and_a_single_sentence_have_a_place() {
        for values in [vec![0.0, 0.0], vec![0.0, 0.0, 1.0, 2.0]] {
            let embeddings = UnitEmbeddings::new(values, 2);
            let places = PrincipalAxes::of(&embeddings).project(&embeddings);
            assert!(places.iter().flatten().all(|place| place.is_finite()), "{places:?}");
        }
    }
}
