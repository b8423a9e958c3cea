//! The classification objective: softmax(W·\[u; v; |u−v|\] + b) with cross-entropy.

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;

use super::classification_head::ClassificationHead;
use super::interface::{Label, Objective, ObjectiveInfo};
use super::pair_embeddings::PairEmbeddings;
use super::pair_targets::PairTargets;

/// The objective (sentence-transformers' `SoftmaxLoss`).
pub struct Classification;

impl Objective for Classification {
    fn info(&self) -> ObjectiveInfo {
        ObjectiveInfo {
            name: "classification",
            title: "Classification loss",
            unit: "cross-entropy in nats",
            description: "softmax(W·(u, v, |u−v|) + b) with cross-entropy for pairs with a class",
            label: Label::Class,
        }
    }

    fn trains_head(&self) -> bool {
        true
    }

    fn loss(&self, head: &ClassificationHead, embeddings: &PairEmbeddings, targets: &PairTargets) -> Tensor<1> {
        let PairEmbeddings { u, v } = embeddings.clone();
        cross_entropy(head.forward(u, v), targets.classes.clone(), targets.n_classified)
    }
}

/// Mean cross-entropy (nats) over the `n_classified` rows whose one-hot row isn't all zeros; 0 if there is none.
///
/// # Shapes
/// - logits, one_hot: `[batch_size, n_classes]`
/// - output: `[1]`
pub fn cross_entropy(logits: Tensor<2>, one_hot: Tensor<2>, n_classified: usize) -> Tensor<1> {
    (log_softmax(logits, 1) * one_hot).sum().neg().div_scalar(n_classified.max(1) as f32)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::read_back::values;

    #[test]
    fn rows_without_a_class_do_not_count() {
        let device = Device::flex();
        let logits = Tensor::<2>::from_data([[1.0, 2.0, 3.0], [9.0, -9.0, 0.0]], &device);
        let one_hot = Tensor::<2>::from_data([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]], &device);
        let loss = values(cross_entropy(logits, one_hot, 1))[0];
        // torch.nn.functional.cross_entropy(torch.tensor([[1., 2., 3.]]), torch.tensor([2]))
        assert!((loss - 0.407_605_97).abs() < 1e-6, "{loss}");
    }
}
