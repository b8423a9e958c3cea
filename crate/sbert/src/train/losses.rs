//! The joint loss of a batch of pairs.

use burn::tensor::Tensor;

use super::config::TrainConfig;
use crate::model::{PairEmbeddings, SentencePairModel};
use crate::objective::{PairTargets, cosine_similarity, cross_entropy, mean_squared_error};

/// The losses of a batch, each `[1]`.
#[derive(Clone, Debug)]
pub struct Losses {
    /// Mean cross-entropy (nats) over the pairs with a class; 0 if there is none.
    pub classification: Tensor<1>,
    /// Mean squared error of the cosine over the pairs with a score; 0 if there is none.
    pub regression: Tensor<1>,
    /// w_c · cross-entropy + w_r · MSE, which is what is trained.
    pub joint: Tensor<1>,
}

impl Losses {
    /// How many there are.
    pub(super) const N: usize = 3;

    /// All three without autodiff, `[3]`: classification, regression, joint.
    pub(super) fn stacked(self) -> Tensor<1> {
        Tensor::cat([self.classification, self.regression, self.joint].map(Tensor::inner).into(), 0)
    }

    /// Losses of `embeddings` under the model's head. A pair that lacks one of the labels contributes only to the
    /// other's mean.
    pub fn of(
        model: &SentencePairModel,
        embeddings: PairEmbeddings,
        targets: &PairTargets,
        config: &TrainConfig,
    ) -> Self {
        let PairEmbeddings { u, v } = embeddings;
        let logits = model.head.forward(u.clone(), v.clone());
        let classification = cross_entropy(logits, targets.classes.clone(), targets.n_classified);
        let cosine = cosine_similarity(u, v);
        let regression =
            mean_squared_error(cosine, targets.scores.clone(), targets.has_score.clone(), targets.n_scored);
        let joint = classification.clone().mul_scalar(config.classification_weight)
            + regression.clone().mul_scalar(config.regression_weight);
        Self { classification, regression, joint }
    }
}
