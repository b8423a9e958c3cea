//! Multi-head self-attention (Vaswani et al. 2017, arXiv 1706.03762).

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Bool, Device, Tensor};

use super::dropout::DropoutStream;

/// Score of a key that is padding: after the softmax its weight is exactly 0 in f32.
const MASKED_SCORE: f32 = -1e4;

/// Self-attention with its output projection. burn's own module draws its dropout itself; see [`DropoutStream`].
#[derive(Module, Debug)]
pub struct SelfAttention {
    /// `[d_model, d_model]`
    pub query: Linear,
    /// `[d_model, d_model]`
    pub key: Linear,
    /// `[d_model, d_model]`
    pub value: Linear,
    /// `[d_model, d_model]`
    pub output: Linear,
    /// Heads; they divide d_model.
    pub(crate) n_heads: usize,
}

impl SelfAttention {
    /// Make attention whose weights are drawn when first used.
    pub fn new(d_model: usize, n_heads: usize, device: &Device) -> Self {
        let linear = || LinearConfig::new(d_model, d_model).init(device);
        Self { query: linear(), key: linear(), value: linear(), output: linear(), n_heads }
    }

    /// Attend; `dropout` acts on the attention weights.
    ///
    /// # Shapes
    /// - hidden: `[batch_size, seq_length, d_model]`
    /// - pad_mask: `[batch_size, seq_length]`, true where there is padding
    /// - output: `[batch_size, seq_length, d_model]`
    pub fn forward(
        &self,
        hidden: Tensor<3>,
        pad_mask: Tensor<2, Bool>,
        dropout: Option<&mut DropoutStream>,
    ) -> Tensor<3> {
        let [batch_size, seq_length, d_model] = hidden.dims();
        let d_head = d_model / self.n_heads;
        let heads = |linear: &Linear| {
            let projected = linear.forward(hidden.clone());
            projected.reshape([batch_size, seq_length, self.n_heads, d_head]).swap_dims(1, 2)
        };
        let (query, key, value) = (heads(&self.query), heads(&self.key), heads(&self.value));
        let scores = query.matmul(key.transpose()).div_scalar((d_head as f32).sqrt());
        let pad_mask = pad_mask.reshape([batch_size, 1, 1, seq_length]);
        let mut weights = softmax(scores.mask_fill(pad_mask, MASKED_SCORE), 3);
        if let Some(stream) = dropout {
            weights = stream.apply_to_attention(weights);
        }
        let context = weights.matmul(value).swap_dims(1, 2).reshape([batch_size, seq_length, d_model]);
        self.output.forward(context)
    }
}
