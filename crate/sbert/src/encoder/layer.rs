//! One post-norm encoder layer of BERT: self-attention, then a feed-forward network, each with a residual and a norm.

use std::f64::consts::FRAC_1_SQRT_2;

use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::prelude::Config;
use burn::tensor::{Bool, Device, Tensor};

use super::attention::SelfAttention;
use super::dropout::DropoutStream;

/// Size of an [`EncoderLayer`].
#[derive(Config, Debug)]
pub struct EncoderLayerConfig {
    /// Width of a token's vector.
    pub d_model: usize,
    /// Width of the feed-forward layer.
    pub d_ff: usize,
    /// Attention heads; they divide d_model.
    pub n_heads: usize,
    /// Epsilon of both layer norms (burn's default of 1e-5 is not BERT's 1e-12).
    pub layer_norm_eps: f64,
    /// True if dropout acts on the output of the attention too.
    #[config(default = true)]
    pub drops_attention_output: bool,
}

/// An encoder layer. burn's own `TransformerEncoderLayer` drops out inside the feed-forward network too, BERT does not.
#[derive(Module, Debug)]
pub struct EncoderLayer {
    /// Multi-head self-attention with its output projection.
    pub attention: SelfAttention,
    /// Norm after the attention's residual.
    pub attention_norm: LayerNorm,
    /// `[d_model, d_ff]`
    pub intermediate: Linear,
    /// `[d_ff, d_model]`
    pub output: Linear,
    /// Norm after the feed-forward network's residual.
    pub output_norm: LayerNorm,
    /// Epsilon of both norms.
    pub(crate) layer_norm_eps: f64,
    /// True if dropout acts on the output of the attention too.
    pub(crate) drops_attention_output: bool,
}

impl EncoderLayerConfig {
    /// Make a layer whose weights are drawn when first used.
    pub fn init(&self, device: &Device) -> EncoderLayer {
        let norm = || LayerNormConfig::new(self.d_model).with_epsilon(self.layer_norm_eps).init(device);
        EncoderLayer {
            attention: SelfAttention::new(self.d_model, self.n_heads, device),
            attention_norm: norm(),
            intermediate: LinearConfig::new(self.d_model, self.d_ff).init(device),
            output: LinearConfig::new(self.d_ff, self.d_model).init(device),
            output_norm: norm(),
            layer_norm_eps: self.layer_norm_eps,
            drops_attention_output: self.drops_attention_output,
        }
    }
}

impl EncoderLayer {
    /// Apply the layer; `dropout` acts on the attention weights and, but for `drops_attention_output`, before each residual
    /// is added, unless the layer is frozen.
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
        let mut dropout = dropout.filter(|_| self.is_trained());
        let attended = self.attention.forward(hidden.clone(), pad_mask, dropout.as_deref_mut());
        let mut drop_out = |branch: Tensor<3>| match &mut dropout {
            Some(stream) => stream.apply_to_tokens(branch),
            None => branch,
        };
        let attended = if self.drops_attention_output { drop_out(attended) } else { attended };
        let hidden = self.attention_norm.forward(hidden + attended);
        let transformed = self.output.forward(gelu(self.intermediate.forward(hidden.clone())));
        self.output_norm.forward(hidden + drop_out(transformed))
    }

    /// False if the layer is frozen.
    pub(crate) fn is_trained(&self) -> bool {
        self.output.weight.is_require_grad()
    }
}

/// The exact GELU, x·Φ(x) = x·(1 + erf(x/√2))/2 (Hendrycks and Gimpel, arXiv 1606.08415), which is what "gelu" means in a
/// BERT config; not the tanh approximation.
///
/// burn's own `gelu` is exact forward, but its derivative on most backends is that of the tanh approximation, with
/// constants of six digits: gradients were wrong by 3e-5 of their norm. The derivative of these operations is exact.
fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let twice_phi = x.clone().mul_scalar(FRAC_1_SQRT_2).erf().add_scalar(1.0);
    (x * twice_phi).mul_scalar(0.5)
}
