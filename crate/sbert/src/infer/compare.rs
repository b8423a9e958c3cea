//! Two sentences, as the visitor types them.

use burn::tensor::activation::softmax;
use burn::tensor::{Tensor, TensorData};
use serde::Serialize;

use crate::encoder::{SentenceEncoder, encode_sentences};
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

/// The embeddings of the last two sentences by one model: where one of the two has changed, only that one is encoded.
#[derive(Clone, Debug, Default)]
pub struct LastEmbeddings(Vec<(Vec<u32>, Vec<f32>)>);

impl LastEmbeddings {
    /// The embeddings of two tokenized sentences, one after the other.
    async fn of(&mut self, encoder: &SentenceEncoder, sentences: [&[u32]; 2], pad_id: u32) -> Result<Vec<f32>, Error> {
        let mut missing: Vec<&[u32]> = sentences.to_vec();
        missing.dedup();
        missing.retain(|ids| !self.0.iter().any(|(known, _)| known == ids));
        if !missing.is_empty() {
            let values = encode_sentences(encoder, &missing, pad_id).await?;
            let rows = values.chunks_exact(encoder.d_model()).map(<[f32]>::to_vec);
            self.0.extend(missing.iter().map(|ids| ids.to_vec()).zip(rows));
        }
        self.0.retain(|(known, _)| sentences.contains(&known.as_slice()));
        let of_sentence =
            |ids: &[u32]| self.0.iter().find(|(known, _)| known == ids).map(|(_, values)| values.as_slice());
        Ok(sentences.into_iter().filter_map(of_sentence).collect::<Vec<_>>().concat())
    }
}

/// Compare two tokenized sentences with `model` (on a device without autodiff), of which `last` may have embeddings.
///
/// # Errors
/// [`Error::Device`].
pub async fn compare(
    model: &SentencePairModel,
    sentences: [&[u32]; 2],
    pad_id: u32,
    last: &mut LastEmbeddings,
) -> Result<Comparison, Error> {
    let device = model.head.linear.weight.val().device();
    let embeddings = last.of(&model.encoder, sentences, pad_id).await?;
    let stacked = Tensor::from_data(TensorData::new(embeddings, [2, model.encoder.d_model()]), &device);
    let PairEmbeddings { u, v } = PairEmbeddings::from_stacked(stacked);
    let probabilities = softmax(model.head.forward(u.clone(), v.clone()), 1).flatten(0, 1);
    let mut values = read_back(Tensor::cat(vec![cosine_similarity(u, v), probabilities], 0)).await?.into_iter();
    Ok(Comparison { cosine: values.next().unwrap_or(f32::NAN), probabilities: values.collect() })
}
