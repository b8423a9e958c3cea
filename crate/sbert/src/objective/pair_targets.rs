//! The labels of a batch of pairs as tensors.

use burn::tensor::{Device, Tensor, TensorData};

/// The labels of a batch of pairs, as the objectives take them.
#[derive(Clone, Debug)]
pub struct PairTargets {
    /// One-hot classes, `[batch_size, n_classes]`; a row of zeros where a pair has no class.
    pub classes: Tensor<2>,
    /// Pairs with a class.
    pub n_classified: usize,
    /// Scores from 0 to 1, `[batch_size]`; 0 where a pair has none.
    pub scores: Tensor<1>,
    /// 1 where a pair has a score, else 0, `[batch_size]`.
    pub has_score: Tensor<1>,
    /// Pairs with a score.
    pub n_scored: usize,
}

impl PairTargets {
    /// Gather the labels of `pairs`, each an optional class below `n_classes` and an optional score.
    pub fn new(
        pairs: impl ExactSizeIterator<Item = (Option<usize>, Option<f32>)>,
        n_classes: usize,
        device: &Device,
    ) -> Self {
        let batch_size = pairs.len();
        let mut one_hot = vec![0.0f32; batch_size * n_classes];
        let mut scores = vec![0.0f32; batch_size];
        let mut has_score = vec![0.0f32; batch_size];
        let (mut n_classified, mut n_scored) = (0, 0);
        for (row_idx, (class, score)) in pairs.enumerate() {
            if let Some(class) = class {
                one_hot[row_idx * n_classes + class] = 1.0;
                n_classified += 1;
            }
            if let Some(score) = score {
                scores[row_idx] = score;
                has_score[row_idx] = 1.0;
                n_scored += 1;
            }
        }
        Self {
            classes: Tensor::from_data(TensorData::new(one_hot, [batch_size, n_classes]), device),
            n_classified,
            scores: Tensor::from_data(TensorData::new(scores, [batch_size]), device),
            has_score: Tensor::from_data(TensorData::new(has_score, [batch_size]), device),
            n_scored,
        }
    }
}
