//! Token vectors after the frozen lower layers, computed in the first epoch and kept for the others.
//!
//! Frozen layers have no dropout, so their output is the same in every epoch. 1,000 pairs of the demo corpus are 1,250
//! distinct sentences of 13 tokens: 25 MB at d_model 384.

use burn::tensor::{Device, Tensor, TensorData};

use crate::encoder::{PackedTokens, SentenceEncoder, TokenBatch};
use crate::error::Error;
use crate::read_back::read_back;
use crate::replicas::{Replicas, compute_in_shares};

/// Beyond this a run computes the lower layers again in each epoch: a tab has 4 GiB in all.
const MAX_BYTES: usize = 512 << 20;

/// Token vectors after the frozen layers, by the sentence's position in its table.
pub(crate) struct ActivationStore {
    encoder: SentenceEncoder,
    n_frozen: usize,
    n_bytes: usize,
    /// `[length, d_model]` of each sentence that has been computed.
    sentences: Vec<Option<Vec<f32>>>,
}

impl ActivationStore {
    /// True if the store's layout, sentences one after the other, is what the device computes with.
    pub fn is_for(device: &Device) -> bool {
        matches!(TokenBatch::new(&[&[0]], 0, device), TokenBatch::Packed(_))
    }

    /// A store for the first `n_frozen` layers of `encoder` (without autodiff); none if it would grow too large.
    pub fn new(encoder: SentenceEncoder, n_frozen: usize, sentences: &[Vec<u32>]) -> Option<Self> {
        let n_tokens: usize = sentences.iter().map(Vec::len).sum();
        let n_bytes = n_tokens * encoder.d_model() * size_of::<f32>();
        let sentences = vec![None; sentences.len()];
        (n_bytes <= MAX_BYTES).then_some(Self { encoder, n_frozen, n_bytes, sentences })
    }

    /// Bytes of the store once every sentence is in it.
    pub fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Layers that aren't computed again.
    pub fn n_frozen(&self) -> usize {
        self.n_frozen
    }

    /// Compute those of the sentences at `positions` that are missing, each once and by one replica, and keep them.
    pub async fn fill(
        &mut self,
        sentences: &[Vec<u32>],
        positions: &[usize],
        device: &Device,
        replicas: &mut impl Replicas,
    ) -> Result<(), Error> {
        let mut missing: Vec<usize> =
            positions.iter().copied().filter(|&position| self.sentences[position].is_none()).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let lengths: Vec<usize> = missing.iter().map(|&position| sentences[position].len()).collect();
        let compute = async |share: &[usize]| {
            let batch: Vec<&[u32]> = share.iter().map(|&item| sentences[missing[item]].as_slice()).collect();
            let tokens = PackedTokens::new(&batch, device);
            read_back(self.encoder.forward_lower(&tokens, self.n_frozen)).await
        };
        let d_model = self.encoder.d_model();
        let values = compute_in_shares(replicas, &lengths, |length| length * d_model, compute).await?;
        let mut rest = values.as_slice();
        for position in missing {
            let (of_sentence, after) = rest.split_at(sentences[position].len() * d_model);
            self.sentences[position] = Some(of_sentence.to_vec());
            rest = after;
        }
        Ok(())
    }

    /// The token vectors of the sentences at `positions`, one after the other, `[n_tokens, d_model]`; all of them must
    /// have been filled.
    pub fn gather(&self, positions: &[usize], device: &Device) -> Tensor<2> {
        let of_sentences = positions.iter().filter_map(|&position| self.sentences[position].as_deref());
        let values = of_sentences.collect::<Vec<_>>().concat();
        let d_model = self.encoder.d_model();
        let n_tokens = values.len() / d_model;
        Tensor::from_data(TensorData::new(values, [n_tokens, d_model]), device)
    }
}
