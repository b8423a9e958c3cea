//! The one place where lists become tensors.

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};

/// Token ids of some sentences, in the layout that the device computes fastest.
#[derive(Clone, Debug)]
pub enum TokenBatch {
    /// Padded to the longest sentence: what backends in general need.
    Padded {
        /// Token ids, `[batch_size, seq_length]`.
        ids: Tensor<2, Int>,
        /// True where there is padding, `[batch_size, seq_length]`.
        pad_mask: Tensor<2, Bool>,
        /// Tokens of each sentence.
        lengths: Vec<usize>,
    },
    /// One sentence after the other, without padding: for the CPU's own layers (see [`crate::fused`]).
    Packed(PackedTokens),
}

/// Sentences one after the other, n_tokens tokens in all.
#[derive(Clone, Debug)]
pub struct PackedTokens {
    /// Token ids, `[n_tokens]`.
    pub ids: Tensor<1, Int>,
    /// Each token's place in its sentence, `[n_tokens]`.
    pub positions: Tensor<1, Int>,
    /// Tokens of each sentence.
    pub lengths: Vec<usize>,
}

impl TokenBatch {
    /// Put `sentences` (none of them empty of tokens) on a device; where it pads, with `pad_id`.
    pub fn new(sentences: &[&[u32]], pad_id: u32, device: &Device) -> Self {
        if crate::fused::is_for(device) {
            Self::Packed(PackedTokens::new(sentences, device))
        } else {
            Self::padded(sentences, pad_id, device)
        }
    }

    /// Tokens of each sentence.
    pub fn lengths(&self) -> &[usize] {
        match self {
            Self::Padded { lengths, .. } => lengths,
            Self::Packed(tokens) => &tokens.lengths,
        }
    }

    pub(crate) fn padded(sentences: &[&[u32]], pad_id: u32, device: &Device) -> Self {
        let batch_size = sentences.len();
        let lengths: Vec<usize> = sentences.iter().map(|ids| ids.len()).collect();
        let seq_length = lengths.iter().copied().max().unwrap_or(0);
        let mut ids = vec![i64::from(pad_id); batch_size * seq_length];
        let mut is_padding = vec![true; batch_size * seq_length];
        for (row_idx, sentence) in sentences.iter().enumerate() {
            let start = row_idx * seq_length;
            for (position, &id) in sentence.iter().enumerate() {
                ids[start + position] = i64::from(id);
                is_padding[start + position] = false;
            }
        }
        let shape = [batch_size, seq_length];
        Self::Padded {
            ids: Tensor::from_data(TensorData::new(ids, shape), device),
            pad_mask: Tensor::from_data(TensorData::new(is_padding, shape), device),
            lengths,
        }
    }
}

impl PackedTokens {
    /// Put `sentences` (none of them empty of tokens) on a device.
    pub fn new(sentences: &[&[u32]], device: &Device) -> Self {
        let lengths: Vec<usize> = sentences.iter().map(|ids| ids.len()).collect();
        let n_tokens: usize = lengths.iter().sum();
        let ids: Vec<i64> = sentences.iter().flat_map(|ids| ids.iter().map(|&id| i64::from(id))).collect();
        let positions: Vec<i64> = lengths.iter().flat_map(|&length| 0..length as i64).collect();
        Self {
            ids: Tensor::from_data(TensorData::new(ids, [n_tokens]), device),
            positions: Tensor::from_data(TensorData::new(positions, [n_tokens]), device),
            lengths,
        }
    }
}

/// The labels of a batch of pairs, as both objectives take them.
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
