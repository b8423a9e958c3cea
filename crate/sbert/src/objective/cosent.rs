//! The CoSENT objective: of two pairs, the one with the higher score should have the higher cosine.

use burn::tensor::Tensor;

use super::classification_head::ClassificationHead;
use super::interface::{Label, Objective, ObjectiveInfo};
use super::pair_embeddings::PairEmbeddings;
use super::pair_targets::PairTargets;
use super::regression::cosine_similarity;

/// What cosines are multiplied by (the default of sentence-transformers).
const SCALE: f32 = 20.0;
/// Taken from what does not count, so that its exponential is 0.
const EXCLUDED: f32 = 1e12;

/// The objective (sentence-transformers' `CoSENTLoss`).
pub struct Cosent;

impl Objective for Cosent {
    fn info(&self) -> ObjectiveInfo {
        ObjectiveInfo {
            name: "cosent",
            title: "CoSENT loss",
            unit: "order of the cosines, in nats",
            description: "CoSENT (scale 20), which orders the cosines of u and v as the scores are ordered",
            label: Label::Score,
        }
    }

    fn needs_whole_batch(&self) -> bool {
        true
    }

    fn loss(&self, _head: &ClassificationHead, embeddings: &PairEmbeddings, targets: &PairTargets) -> Tensor<1> {
        let PairEmbeddings { u, v } = embeddings.clone();
        let PairTargets { scores, has_score, .. } = targets.clone();
        order_loss(cosine_similarity(u, v), scores, has_score)
    }
}

/// log(1 + Σ exp(scale · (cosᵢ − cosⱼ))) over all i and j with scores where that of i is below that of j; 0 if there are
/// none.
///
/// # Shapes
/// - cosine, scores, has_score: `[batch_size]`; `has_score` is 1 where there is a score, else 0
/// - output: `[1]`
fn order_loss(cosine: Tensor<1>, scores: Tensor<1>, has_score: Tensor<1>) -> Tensor<1> {
    let [batch_size] = cosine.dims();
    // Row i, column j.
    let of_i = |values: &Tensor<1>| values.clone().unsqueeze_dim::<2>(1).expand([batch_size, batch_size]);
    let of_j = |values: &Tensor<1>| values.clone().unsqueeze_dim::<2>(0).expand([batch_size, batch_size]);
    let difference = (of_i(&cosine) - of_j(&cosine)).mul_scalar(SCALE);
    let counts = of_i(&scores).lower(of_j(&scores)).float() * of_i(&has_score) * of_j(&has_score);
    let terms = difference * counts.clone() + counts.sub_scalar(1.0).mul_scalar(EXCLUDED);
    let zero = Tensor::zeros([1], &cosine.device());
    let terms = Tensor::cat(vec![zero, terms.reshape([batch_size * batch_size])], 0);
    // Less the largest, so that no exponential overflows.
    let largest = terms.clone().max().detach();
    (terms - largest.clone()).exp().sum().log() + largest
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::read_back::values;

    fn loss(cosine: [f32; 4], scores: [f32; 4], has_score: [f32; 4]) -> f32 {
        let device = Device::flex();
        let tensor = |values: [f32; 4]| Tensor::<1>::from_data(values, &device);
        values(order_loss(tensor(cosine), tensor(scores), tensor(has_score)))[0]
    }

    #[test]
    fn cosines_in_the_wrong_order_cost() {
        let all = [1.0; 4];
        let ordered = loss([0.1, 0.2, 0.3, 0.4], [0.0, 0.25, 0.5, 1.0], all);
        let reversed = loss([0.4, 0.3, 0.2, 0.1], [0.0, 0.25, 0.5, 1.0], all);
        // By hand: log(1 + 3·exp(∓2) + 2·exp(∓4) + exp(∓6)).
        assert!((ordered - 0.368_190).abs() < 1e-5, "{ordered}");
        assert!((reversed - 6.283_747).abs() < 1e-5, "{reversed}");
    }

    #[test]
    fn equal_scores_and_pairs_without_one_do_not_count() {
        assert_eq!(loss([0.4, 0.3, 0.2, 0.1], [0.5; 4], [1.0; 4]), 0.0);
        assert_eq!(loss([0.4, 0.3, 0.2, 0.1], [0.0, 0.25, 0.5, 1.0], [1.0, 0.0, 0.0, 0.0]), 0.0);
    }
}
