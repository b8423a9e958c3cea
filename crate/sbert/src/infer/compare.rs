//! Two sentences, as the visitor types them.

use burn::tensor::activation::softmax;
use serde::Serialize;

use crate::encoder::TokenBatch;
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::objective::{PairEmbeddings, cosine_similarity};
use crate::read_back::read_back;

/// What a model says of two sentences.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Comparison {
    /// Cosine of the embeddings, -1 to 1.
    pub cosine: f32,
    /// Probability of each class, in the head's order.
    pub probabilities: Vec<f32>,
}

/// Compare two tokenized sentences with `model` (on a device without autodiff).
///
/// # Errors
/// [`Error::Device`].
pub async fn compare(
    model: &SentencePairModel,
    sentence_a: &[u32],
    sentence_b: &[u32],
    pad_id: u32,
) -> Result<Comparison, Error> {
    let device = model.head.linear.weight.val().device();
    let stacked = model.encoder.forward(&TokenBatch::new(&[sentence_a, sentence_b], pad_id, &device));
    let PairEmbeddings { u, v } = PairEmbeddings::from_stacked(stacked);
    let probabilities = read_back(softmax(model.head.forward(u.clone(), v.clone()), 1)).await?;
    let cosine = read_back(cosine_similarity(u, v)).await?;
    Ok(Comparison { cosine: cosine.first().copied().unwrap_or(f32::NAN), probabilities })
}
