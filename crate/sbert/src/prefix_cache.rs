//! What frozen stages compute from each sentence: computed once, by one replica, and kept on the host.
//!
//! It imports `encoder`, `flex` and `replicas`, and the number of threads from `sbert_kernels`. It is separate because
//! training and evaluation both keep embeddings.
//!
//! Frozen stages have no dropout, so their output is the same in every epoch. 1,000 pairs of the demo corpus are 1,250
//! distinct sentences of 13 tokens: 25 MB at d_model 384 after any layer, 1.9 MB after pooling.

use burn::tensor::{Device, Tensor, TensorData};
use sbert_kernels::parallel;

use crate::encoder::{PackedTokens, SentenceEncoder, encode_sentences};
use crate::error::Error;
use crate::flex;
use crate::read_back::read_back;
use crate::replicas::{Replicas, compute_in_shares};

/// Beyond this a run computes the lower layers again in each epoch: a tab has 4 GiB in all.
const MAX_BYTES: u64 = 512 << 20;

/// Tokens that a thread computes at once where sentences are packed: enough for the matrix products. In a browser they are
/// some tens of milliseconds of MiniLM's layers, after which the worker can answer something else.
const TOKENS_PER_PIECE: usize = if cfg!(target_arch = "wasm32") { 128 } else { 256 };
/// Sentences that a replica computes at once where they are padded: a GPU needs many to be at work.
const SENTENCES_PER_PIECE: usize = 32;

/// A stage of the encoder, with all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The embeddings and the first so many layers: `[n_tokens, d_model]` of each sentence.
    Layers(usize),
    /// Pooling, the last: `[d_model]` of each sentence.
    Pooling,
}

/// The output of a stage, by the sentence's position in its table.
pub(crate) struct PrefixCache {
    pub stage: Stage,
    outputs: Vec<Option<Vec<f32>>>,
}

impl PrefixCache {
    /// A cache of so many embeddings.
    pub fn of_embeddings(n_sentences: usize) -> Self {
        Self { stage: Stage::Pooling, outputs: vec![None; n_sentences] }
    }

    /// A cache for `stage` of `encoder`. None if token vectors would have to be kept, and they would take too much memory or
    /// the device does not compute on sentences one after the other, without padding.
    pub fn new(stage: Stage, encoder: &SentenceEncoder, sentences: &[Vec<u32>], device: &Device) -> Option<Self> {
        let cache = Self { stage, outputs: vec![None; sentences.len()] };
        let is_fit = stage == Stage::Pooling || flex::is_for(device) && cache.n_bytes(encoder, sentences) <= MAX_BYTES;
        is_fit.then_some(cache)
    }

    /// Bytes once every sentence is in it: perhaps more than 32 bits count.
    pub fn n_bytes(&self, encoder: &SentenceEncoder, sentences: &[Vec<u32>]) -> u64 {
        let n_values: u64 = sentences.iter().map(|ids| self.n_values(ids.len(), encoder) as u64).sum();
        n_values * size_of::<f32>() as u64
    }

    fn n_values(&self, n_tokens: usize, encoder: &SentenceEncoder) -> usize {
        match self.stage {
            Stage::Layers(_) => n_tokens * encoder.d_model(),
            Stage::Pooling => encoder.d_model(),
        }
    }

    /// Positions of the sentences whose output is there.
    pub fn held(&self) -> impl Iterator<Item = usize> {
        (0..self.outputs.len()).filter(|&position| self.outputs[position].is_some())
    }

    /// Put an output there that was computed before.
    pub fn put(&mut self, position: usize, output: &[f32]) {
        self.outputs[position] = Some(output.to_vec());
    }

    /// Forget every output, because the encoder has changed.
    pub fn clear(&mut self) {
        self.outputs.fill(None);
    }

    /// Compute the next of the sentences at `positions` that are missing, each once and by one replica, and keep them.
    /// `encoder` is without autodiff. Returns how many of `positions`, from the first on, are there now: all of them after
    /// the last piece.
    pub async fn fill_next(
        &mut self,
        encoder: &SentenceEncoder,
        sentences: &[Vec<u32>],
        positions: &[usize],
        pad_id: u32,
        replicas: &mut impl Replicas,
    ) -> Result<usize, Error> {
        let device = encoder.embeddings.word.weight.val().device();
        let is_full = |missing: &[usize]| match flex::is_for(&device) {
            true => {
                let n_tokens: usize = missing.iter().map(|&position| sentences[position].len()).sum();
                n_tokens >= TOKENS_PER_PIECE * parallel::n_threads() * replicas.n_replicas()
            }
            false => missing.len() >= SENTENCES_PER_PIECE * replicas.n_replicas(),
        };
        let mut missing = Vec::new();
        let mut n_there = 0;
        for &position in positions {
            if self.outputs[position].is_none() && !missing.contains(&position) {
                if is_full(&missing) {
                    break;
                }
                missing.push(position);
            }
            n_there += 1;
        }
        if missing.is_empty() {
            return Ok(n_there);
        }
        let lengths: Vec<usize> = missing.iter().map(|&position| sentences[position].len()).collect();
        let compute = async |share: &[usize]| {
            let batch: Vec<&[u32]> = share.iter().map(|&item| sentences[missing[item]].as_slice()).collect();
            match self.stage {
                Stage::Layers(n_layers) => {
                    read_back(encoder.forward_lower(&PackedTokens::new(&batch, &device), n_layers)).await
                }
                Stage::Pooling => encode_sentences(encoder, &batch, pad_id).await,
            }
        };
        let values = compute_in_shares(replicas, &lengths, |length| self.n_values(length, encoder), compute).await?;
        let mut rest = values.as_slice();
        for (&position, &length) in missing.iter().zip(&lengths) {
            let (output, after) = rest.split_at(self.n_values(length, encoder));
            self.outputs[position] = Some(output.to_vec());
            rest = after;
        }
        Ok(n_there)
    }

    /// The outputs at `positions`, one after the other, `[n_rows, d_model]`; all of them must have been filled.
    pub fn gather(&self, positions: &[usize], d_model: usize, device: &Device) -> Tensor<2> {
        let outputs = positions.iter().filter_map(|&position| self.outputs[position].as_deref());
        let values = outputs.collect::<Vec<_>>().concat();
        let n_rows = values.len() / d_model;
        Tensor::from_data(TensorData::new(values, [n_rows, d_model]), device)
    }

    /// The outputs that are there, in the order of the sentences.
    pub fn into_outputs(self) -> Vec<Vec<f32>> {
        self.outputs.into_iter().flatten().collect()
    }
}
