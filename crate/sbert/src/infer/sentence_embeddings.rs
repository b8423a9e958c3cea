//! Sentences to embeddings, a batch at a time, each sentence once.

use burn::tensor::{Device, Tensor};

use crate::encoder::SentenceEncoder;
use crate::error::Error;
use crate::prefix_cache::PrefixCache;
use crate::replicas::Replicas;

/// The embeddings of some sentences, as far as they are encoded. Call [`encode_next`](Self::encode_next) until it says
/// `false`.
pub struct SentenceEmbeddings {
    pad_id: u32,
    cache: PrefixCache,
    /// Positions of the sentences by length, so that a batch pads little.
    order: Vec<usize>,
    n_encoded: usize,
}

impl SentenceEmbeddings {
    /// Those of tokenized sentences, none of them encoded yet.
    pub fn new(sentences: &[Vec<u32>], pad_id: u32) -> Self {
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        order.sort_by_key(|&position| sentences[position].len());
        Self { cache: PrefixCache::of_embeddings(sentences.len()), pad_id, order, n_encoded: 0 }
    }

    /// Sentences encoded so far.
    pub fn n_encoded(&self) -> usize {
        self.n_encoded
    }

    /// Sentences in all.
    pub fn n_sentences(&self) -> usize {
        self.order.len()
    }

    /// Forget all embeddings, because the encoder has changed.
    pub fn forget(&mut self) {
        self.cache.clear();
        self.n_encoded = 0;
    }

    /// Encode the next batch of `sentences`, the same at each call, with the other replicas (or
    /// [`Alone`](crate::replicas::Alone)); `false` if there was none left.
    ///
    /// # Errors
    /// [`Error::Device`], [`Error::Replica`].
    pub async fn encode_next(
        &mut self,
        encoder: &SentenceEncoder,
        sentences: &[Vec<u32>],
        replicas: &mut impl Replicas,
    ) -> Result<bool, Error> {
        let rest = &self.order[self.n_encoded..];
        let n_there = self.cache.fill_next(encoder, sentences, rest, self.pad_id, replicas).await?;
        self.n_encoded += n_there;
        Ok(n_there > 0)
    }

    /// The embeddings at `positions`, one after the other, `[n_rows, d_model]`; all of them must have been encoded.
    pub(super) fn gather(&self, positions: &[usize], d_model: usize, device: &Device) -> Tensor<2> {
        self.cache.gather(positions, d_model, device)
    }

    /// All embeddings, once every sentence is encoded: d_model values a sentence, one sentence after the other.
    pub fn into_values(self) -> Vec<f32> {
        self.cache.into_outputs().concat()
    }
}
