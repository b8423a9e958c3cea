//! The input of the layers: the sum of word, position and, where there are any, segment embeddings, normalised.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig};
use burn::prelude::Config;
use burn::tensor::{Device, Int, Tensor, TensorData};

use super::dropout::DropoutStream;
use super::token_batch::PackedTokens;

/// Size of [`BertEmbeddings`].
#[derive(Config, Debug)]
pub struct BertEmbeddingsConfig {
    /// Rows of the word embeddings.
    pub vocab_size: usize,
    /// Rows of the position embeddings.
    pub max_positions: usize,
    /// Rows of the segment embeddings; 0 if the architecture has none.
    pub n_segments: usize,
    /// Width of every embedding.
    pub d_model: usize,
    /// Epsilon of the layer norm.
    pub layer_norm_eps: f64,
}

/// Word, position and perhaps segment embeddings, layer norm.
#[derive(Module, Debug)]
pub struct BertEmbeddings {
    /// `[vocab_size, d_model]`
    pub word: Embedding,
    /// `[max_positions, d_model]`
    pub position: Embedding,
    /// `[n_segments, d_model]`; a single sentence is all segment 0.
    pub segment: Option<Embedding>,
    /// Layer norm of the sum.
    pub norm: LayerNorm,
}

impl BertEmbeddingsConfig {
    /// Make embeddings whose weights are drawn when first used.
    pub fn init(&self, device: &Device) -> BertEmbeddings {
        let table = |n_rows| EmbeddingConfig::new(n_rows, self.d_model).init(device);
        BertEmbeddings {
            word: table(self.vocab_size),
            position: table(self.max_positions),
            segment: (self.n_segments > 0).then(|| table(self.n_segments)),
            norm: LayerNormConfig::new(self.d_model).with_epsilon(self.layer_norm_eps).init(device),
        }
    }
}

impl BertEmbeddings {
    /// Embed token ids; `dropout` acts on the result, unless the embeddings are frozen.
    ///
    /// # Shapes
    /// - ids: `[batch_size, seq_length]`, with seq_length at most max_positions
    /// - output: `[batch_size, seq_length, d_model]`
    pub fn forward(&self, ids: Tensor<2, Int>, dropout: Option<&mut DropoutStream>) -> Tensor<3> {
        let [_, seq_length] = ids.dims();
        // Positions 0, 1, … are the table's first rows and segment 0 its first, so a slice does for a look-up.
        let mut position = self.position.weight.val().slice(0..seq_length).unsqueeze::<3>();
        if let Some(segment) = self.first_segment() {
            position = position + segment.unsqueeze::<3>();
        }
        let hidden = self.norm.forward(self.word.forward(ids) + position);
        match dropout.filter(|_| self.is_trained()) {
            Some(stream) => stream.apply_to_tokens(hidden),
            None => hidden,
        }
    }

    /// As [`Self::forward`], without padding: `[n_tokens, d_model]`.
    pub(crate) fn forward_packed(&self, tokens: &PackedTokens, dropout: Option<&mut DropoutStream>) -> Tensor<2> {
        let word = self.word.weight.val().select(0, tokens.ids.clone());
        let position = self.position.weight.val().select(0, tokens.positions.clone());
        let mut sum = word + position;
        if let Some(segment) = self.first_segment() {
            sum = sum + segment;
        }
        let hidden = self.norm.forward(sum);
        match dropout.filter(|stream| stream.drops() && self.is_trained()) {
            Some(stream) => {
                let scale = stream.scale();
                let factors: Vec<f32> =
                    stream.tokens(hidden.dims()[1]).into_iter().map(|keep| f32::from(keep) * scale).collect();
                let factors = TensorData::new(factors, hidden.shape());
                let device = hidden.device();
                hidden * Tensor::from_data(factors, &device)
            }
            None => hidden,
        }
    }

    /// The embedding of segment 0, `[1, d_model]`.
    fn first_segment(&self) -> Option<Tensor<2>> {
        self.segment.as_ref().map(|segment| segment.weight.val().slice(0..1))
    }

    /// False if the embeddings are frozen.
    pub(crate) fn is_trained(&self) -> bool {
        self.word.weight.is_require_grad()
    }
}
