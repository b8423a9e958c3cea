//! Token ids to embeddings on the host.

use super::sentence_encoder::SentenceEncoder;
use super::token_batch::TokenBatch;
use crate::error::Error;
use crate::read_back::read_back;

/// Embeddings of tokenized sentences as one batch: d_model values a sentence, one sentence after the other.
///
/// # Errors
/// [`Error::Device`].
pub async fn encode_sentences(encoder: &SentenceEncoder, sentences: &[&[u32]], pad_id: u32) -> Result<Vec<f32>, Error> {
    let device = encoder.embeddings.word.weight.val().device();
    read_back(encoder.forward(&TokenBatch::new(sentences, pad_id, &device))).await
}
