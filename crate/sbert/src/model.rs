//! The whole model: the encoder that both sentences share, and the classification head.
//!
//! It imports `encoder` and `objective`, whose parts it joins to one module.

use burn::module::Module;
use burn::tensor::Device;

use crate::encoder::{SentenceEncoder, SentenceEncoderConfig};
use crate::objective::ClassificationHead;

/// Encoder and head as one module, so that the optimiser sees both.
#[derive(Module, Debug)]
pub struct SentencePairModel {
    /// Sentence to embedding.
    pub encoder: SentenceEncoder,
    /// Two embeddings to class logits.
    pub head: ClassificationHead,
}

impl SentencePairModel {
    /// Put a fresh head, drawn from `seed`, on an encoder.
    pub fn with_new_head(encoder: SentenceEncoder, n_classes: usize, seed: u64, device: &Device) -> Self {
        let head = ClassificationHead::from_seed(encoder.d_model(), n_classes, seed, device);
        Self { encoder, head }
    }

    /// A model without weights, in the place of one that the optimiser has taken.
    pub(crate) fn placeholder(device: &Device) -> Self {
        let encoder = SentenceEncoderConfig::new(1, 1, 1, 1, 1, 1, 0, 1.0).init(device);
        Self { encoder, head: ClassificationHead::from_values(Vec::new(), Vec::new(), 0, device) }
    }
}
