//! The whole encoder: embeddings, layers and pooling as one module.

use burn::module::Module;
use burn::prelude::Config;
use burn::tensor::{Device, Tensor};

use super::architecture::Architecture;
use super::cpu;
use super::dropout::DropoutStream;
use super::embeddings::{BertEmbeddings, BertEmbeddingsConfig};
use super::layer::{EncoderLayer, EncoderLayerConfig};
use super::pooling::{Pooling, normalize};
use super::token_batch::{PackedTokens, TokenBatch};

/// Size and settings of a [`SentenceEncoder`]. Sizes have no defaults because a checkpoint's `config.json` has them all;
/// what comes after the layers has sentence-transformers'.
#[derive(Config, Debug)]
pub struct SentenceEncoderConfig {
    /// Rows of the word embeddings.
    pub vocab_size: usize,
    /// Rows of the position embeddings, the longest sequence the model can take.
    pub max_positions: usize,
    /// Rows of the segment embeddings; 0 if the architecture has none.
    pub n_segments: usize,
    /// Width of every token's vector and of a sentence's embedding.
    pub d_model: usize,
    /// Width of the feed-forward layers.
    pub d_ff: usize,
    /// Attention heads of a layer.
    pub n_heads: usize,
    /// Encoder layers.
    pub n_layers: usize,
    /// Epsilon of every layer norm.
    pub layer_norm_eps: f64,
    /// How token vectors become one embedding.
    #[config(default = "Pooling::Mean")]
    pub pooling: Pooling,
    /// True if embeddings are scaled to length 1.
    #[config(default = false)]
    pub normalizes: bool,
    /// What kind of model it is.
    #[config(default = "Architecture::Bert")]
    pub architecture: Architecture,
}

/// Embeddings and encoder layers, then one embedding from a sentence's token vectors.
#[derive(Module, Debug)]
pub struct SentenceEncoder {
    /// Word, position and perhaps segment embeddings.
    pub embeddings: BertEmbeddings,
    /// Encoder layers, first to last.
    pub layers: Vec<EncoderLayer>,
    /// How token vectors become one embedding.
    #[module(skip)]
    pub(crate) pooling: Pooling,
    /// True if embeddings are scaled to length 1.
    pub(crate) normalizes: bool,
    /// What kind of model it is.
    #[module(skip)]
    pub(crate) architecture: Architecture,
}

impl SentenceEncoderConfig {
    /// Make an encoder whose weights are drawn when first used, so that loading weights costs no drawing.
    pub fn init(&self, device: &Device) -> SentenceEncoder {
        let layer = EncoderLayerConfig::new(self.d_model, self.d_ff, self.n_heads, self.layer_norm_eps)
            .with_drops_attention_output(self.architecture.drops_attention_output());
        SentenceEncoder {
            embeddings: BertEmbeddingsConfig::new(
                self.vocab_size,
                self.max_positions,
                self.n_segments,
                self.d_model,
                self.layer_norm_eps,
            )
            .init(device),
            layers: (0..self.n_layers).map(|_| layer.init(device)).collect(),
            pooling: self.pooling,
            normalizes: self.normalizes,
            architecture: self.architecture,
        }
    }
}

impl SentenceEncoder {
    /// Embeddings of a batch of sentences.
    ///
    /// # Shapes
    /// - batch: batch_size sentences
    /// - output: `[batch_size, d_model]`, of length 1 only if the encoder normalises
    pub fn forward(&self, batch: &TokenBatch) -> Tensor<2> {
        self.forward_with(batch, None)
    }

    /// As [`Self::forward`]; `dropout` acts in all parts that aren't frozen.
    pub(super) fn forward_with(&self, batch: &TokenBatch, mut dropout: Option<&mut DropoutStream>) -> Tensor<2> {
        match batch {
            TokenBatch::Padded { ids, pad_mask, .. } => {
                let mut hidden = self.embeddings.forward(ids.clone(), dropout.as_deref_mut());
                for layer in &self.layers {
                    hidden = layer.forward(hidden, pad_mask.clone(), dropout.as_deref_mut());
                }
                self.finish(self.pooling.pool(hidden, pad_mask.clone()))
            }
            TokenBatch::Packed(tokens) => {
                let mut hidden = self.embeddings.forward_packed(tokens, dropout.as_deref_mut());
                for layer in &self.layers {
                    hidden = cpu::encoder_layer(layer, hidden, &tokens.lengths, dropout.as_deref_mut());
                }
                self.finish(self.pooling.pool_packed(hidden, &tokens.lengths))
            }
        }
    }

    /// What the embeddings and the first `n_layers` layers make of packed sentences, `[n_tokens, d_model]`.
    pub(crate) fn forward_lower(&self, tokens: &PackedTokens, n_layers: usize) -> Tensor<2> {
        let hidden = self.embeddings.forward_packed(tokens, None);
        self.layers
            .iter()
            .take(n_layers)
            .fold(hidden, |hidden, layer| cpu::encoder_layer(layer, hidden, &tokens.lengths, None))
    }

    /// What comes after pooling.
    pub(super) fn finish(&self, pooled: Tensor<2>) -> Tensor<2> {
        if self.normalizes { normalize(pooled) } else { pooled }
    }

    /// Width of an embedding.
    pub fn d_model(&self) -> usize {
        self.embeddings.word.weight.dims()[1]
    }
}
