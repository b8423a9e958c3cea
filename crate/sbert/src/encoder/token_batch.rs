//! Token ids of a batch of sentences as tensors.

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};

use crate::flex;

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
    /// One sentence after the other, without padding: for the layers of `encoder/cpu`.
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
        if flex::is_for(device) {
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

    fn padded(sentences: &[&[u32]], pad_id: u32, device: &Device) -> Self {
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
