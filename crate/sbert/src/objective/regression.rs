//! The regression objective: cosine(u, v) against the gold score, mean squared error.

use burn::tensor::Tensor;

use super::classification_head::ClassificationHead;
use super::interface::{Label, Objective, ObjectiveInfo};
use super::pair_embeddings::PairEmbeddings;
use super::pair_targets::PairTargets;

/// The objective (sentence-transformers' `CosineSimilarityLoss`).
pub struct Regression;

impl Objective for Regression {
    fn info(&self) -> ObjectiveInfo {
        ObjectiveInfo {
            name: "regression",
            title: "Regression loss",
            unit: "squared error of the cosine",
            description: "the cosine of u and v with mean squared error for pairs with a score from 0 to 1",
            label: Label::Score,
        }
    }

    fn loss(&self, _head: &ClassificationHead, embeddings: &PairEmbeddings, targets: &PairTargets) -> Tensor<1> {
        let PairEmbeddings { u, v } = embeddings.clone();
        let PairTargets { scores, has_score, n_scored, .. } = targets.clone();
        mean_squared_error(cosine_similarity(u, v), scores, has_score, n_scored)
    }
}

/// Smallest norm a vector is given in the cosine's denominator (PyTorch's `cosine_similarity`).
const MIN_NORM: f32 = 1e-8;

/// Cosine of each pair of rows.
///
/// # Shapes
/// - u, v: `[batch_size, d_model]`
/// - output: `[batch_size]`, from -1 to 1
pub fn cosine_similarity(u: Tensor<2>, v: Tensor<2>) -> Tensor<1> {
    let norm = |x: Tensor<2>| x.square().sum_dim(1).clamp_min(MIN_NORM * MIN_NORM).sqrt();
    let dot = (u.clone() * v.clone()).sum_dim(1);
    (dot / (norm(u) * norm(v))).squeeze_dim(1)
}

/// Mean squared error over the `n_scored` pairs that have a score; 0 if there is none.
///
/// # Shapes
/// - cosine, scores, has_score: `[batch_size]`; `has_score` is 1 where there is a score, else 0
/// - output: `[1]`
pub fn mean_squared_error(cosine: Tensor<1>, scores: Tensor<1>, has_score: Tensor<1>, n_scored: usize) -> Tensor<1> {
    ((cosine - scores) * has_score).square().sum().div_scalar(n_scored.max(1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_back::values;
    use burn::tensor::Device;

    #[test]
    fn cosine_of_known_vectors() {
        let device = Device::flex();
        let u = Tensor::<2>::from_data([[3.0, 4.0], [1.0, 0.0], [0.0, 0.0]], &device);
        let v = Tensor::<2>::from_data([[6.0, 8.0], [0.0, 2.0], [1.0, 1.0]], &device);
        let cosine = values(cosine_similarity(u, v));
        assert!((cosine[0] - 1.0).abs() < 1e-6);
        assert_eq!(cosine[1..], [0.0, 0.0]);
    }

    #[test]
    fn pairs_without_a_score_do_not_count() {
        let device = Device::flex();
        let tensor = |values: [f32; 3]| Tensor::<1>::from_data(values, &device);
        let loss =
            values(mean_squared_error(tensor([0.5, 1.0, 0.9]), tensor([0.0, 0.5, 0.0]), tensor([1.0, 1.0, 0.0]), 2))[0];
        assert_eq!(loss, 0.25);
    }
}
