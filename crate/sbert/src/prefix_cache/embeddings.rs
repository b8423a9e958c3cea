//! Embeddings of sentences by an encoder that does not change, each computed once and kept on the host.
//!
//! 1,000 pairs of the demo corpus are 1,250 distinct sentences: 1.9 MB at d_model 384.

use burn::tensor::{Device, Tensor, TensorData};

use crate::encoder::{SentenceEncoder, encode_sentences};
use crate::error::Error;
use crate::replicas::{Replicas, compute_in_shares};

/// Embeddings by the sentence's position in its table.
#[derive(Clone, Debug)]
pub(crate) struct EmbeddingStore {
    rows: Vec<Option<Vec<f32>>>,
}

impl EmbeddingStore {
    pub fn new(n_sentences: usize) -> Self {
        Self { rows: vec![None; n_sentences] }
    }

    /// True if the sentence's embedding is there.
    pub fn holds(&self, position: usize) -> bool {
        self.rows[position].is_some()
    }

    /// Positions of the sentences whose embeddings are there.
    pub fn held(&self) -> impl Iterator<Item = usize> {
        (0..self.rows.len()).filter(|&position| self.holds(position))
    }

    /// Put an embedding there that was computed before.
    pub fn put(&mut self, position: usize, embedding: &[f32]) {
        self.rows[position] = Some(embedding.to_vec());
    }

    /// Forget every embedding, because the encoder has changed.
    pub fn clear(&mut self) {
        self.rows.fill(None);
    }

    /// Encode those of the sentences at `positions` that are missing, each replica its share in one batch.
    pub async fn fill(
        &mut self,
        encoder: &SentenceEncoder,
        sentences: &[Vec<u32>],
        positions: &[usize],
        pad_id: u32,
        replicas: &mut impl Replicas,
    ) -> Result<(), Error> {
        let mut missing: Vec<usize> = positions.iter().copied().filter(|&position| !self.holds(position)).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let lengths: Vec<usize> = missing.iter().map(|&position| sentences[position].len()).collect();
        let encode = async |share: &[usize]| {
            let batch: Vec<&[u32]> = share.iter().map(|&item| sentences[missing[item]].as_slice()).collect();
            encode_sentences(encoder, &batch, pad_id).await
        };
        let values = compute_in_shares(replicas, &lengths, |_| encoder.d_model(), encode).await?;
        for (&position, row) in missing.iter().zip(values.chunks_exact(encoder.d_model())) {
            self.rows[position] = Some(row.to_vec());
        }
        Ok(())
    }

    /// The embeddings at `positions`, `[positions.len(), d_model]`; all of them must have been filled.
    pub fn gather(&self, positions: &[usize], device: &Device) -> Tensor<2> {
        let rows: Vec<&Vec<f32>> = positions.iter().filter_map(|&position| self.rows[position].as_ref()).collect();
        let d_model = rows.first().map_or(0, |row| row.len());
        let values: Vec<f32> = rows.iter().flat_map(|row| row.iter().copied()).collect();
        Tensor::from_data(TensorData::new(values, [rows.len(), d_model]), device)
    }
}
