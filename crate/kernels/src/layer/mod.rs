//! One post-norm encoder layer of BERT (Devlin et al. 2019), forward and backward, over sentences without padding.
//!
//! The tokens of a batch lie one sentence after the other: `[n_tokens, d_model]`, where `n_tokens` is the sum of the
//! sentences' lengths. Attention goes sentence by sentence; everything else doesn't care where a sentence ends.

mod attention;
mod backward;
mod forward;
mod share;
#[cfg(test)]
mod tests;

pub use backward::backward;
pub use forward::{Saved, forward, forward_saving};

use crate::bias;
use crate::dropout::DropoutMask;
use crate::gemm::{Matrix, Onto, gemm};
use crate::parallel;
use crate::timing::{Part, timed};

/// Sizes of a layer and of its batch.
#[derive(Clone, Copy, Debug)]
pub struct LayerShape<'a> {
    /// Width of a token's vector.
    pub d_model: usize,
    /// Width of the feed-forward network.
    pub d_ff: usize,
    /// Attention heads; they divide d_model.
    pub n_heads: usize,
    /// Tokens of each sentence.
    pub lengths: &'a [usize],
    /// Epsilon of both layer norms.
    pub eps: f32,
}

impl LayerShape<'_> {
    /// Tokens of the batch.
    pub fn n_tokens(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// Attention weights of the batch: n_heads · length² for each sentence.
    pub fn n_attention_weights(&self) -> usize {
        self.lengths.iter().map(|length| self.n_heads * length * length).sum()
    }

    fn d_head(&self) -> usize {
        self.d_model / self.n_heads
    }
}

/// y = x·weight + bias.
#[derive(Clone, Copy, Debug)]
pub struct Linear<T> {
    /// `[d_input, d_output]`
    pub weight: T,
    /// `[d_output]`
    pub bias: T,
}

/// Scale and shift of a layer norm.
#[derive(Clone, Copy, Debug)]
pub struct Norm<T> {
    /// `[d_model]`
    pub gamma: T,
    /// `[d_model]`
    pub beta: T,
}

/// Something for each parameter of a layer.
#[derive(Clone, Copy, Debug)]
pub struct LayerParameters<T> {
    /// `[d_model, d_model]`
    pub query: Linear<T>,
    /// `[d_model, d_model]`
    pub key: Linear<T>,
    /// `[d_model, d_model]`
    pub value: Linear<T>,
    /// `[d_model, d_model]`
    pub attention_output: Linear<T>,
    /// After the attention's residual.
    pub attention_norm: Norm<T>,
    /// `[d_model, d_ff]`
    pub intermediate: Linear<T>,
    /// `[d_ff, d_model]`
    pub output: Linear<T>,
    /// After the feed-forward network's residual.
    pub output_norm: Norm<T>,
}

/// A layer's weights.
pub type LayerWeights<'a> = LayerParameters<&'a [f32]>;

/// Gradients of a layer's weights, in their shapes.
pub type LayerGradients = LayerParameters<Vec<f32>>;

/// Parameters of a layer: six linear maps and two norms, two each.
pub const N_PARAMETERS: usize = 16;

impl<T> LayerParameters<T> {
    /// In the order of the fields.
    pub fn from_array([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]: [T; N_PARAMETERS]) -> Self {
        Self {
            query: Linear { weight: a, bias: b },
            key: Linear { weight: c, bias: d },
            value: Linear { weight: e, bias: f },
            attention_output: Linear { weight: g, bias: h },
            attention_norm: Norm { gamma: i, beta: j },
            intermediate: Linear { weight: k, bias: l },
            output: Linear { weight: m, bias: n },
            output_norm: Norm { gamma: o, beta: p },
        }
    }

    /// In the order of the fields.
    pub fn into_array(self) -> [T; N_PARAMETERS] {
        let Self { query, key, value, attention_output, attention_norm, intermediate, output, output_norm } = self;
        let [[a, b], [c, d], [e, f], [g, h], [k, l], [m, n]] =
            [query, key, value, attention_output, intermediate, output].map(|Linear { weight, bias }| [weight, bias]);
        let [[i, j], [o, p]] = [attention_norm, output_norm].map(|Norm { gamma, beta }| [gamma, beta]);
        [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }
}

/// Which elements dropout keeps: 1 kept, 0 dropped.
#[derive(Clone, Debug)]
pub struct LayerDropout<T> {
    /// One for each of [`LayerShape::n_attention_weights`], by sentence, head, query and key.
    pub attention: T,
    /// `[n_tokens, d_model]`, of the attention's output; none if nothing of it is dropped.
    pub attended: Option<T>,
    /// `[n_tokens, d_model]`, of the feed-forward network's output.
    pub transformed: T,
    /// What the kept elements are multiplied by.
    pub scale: f32,
}

impl<'a> LayerDropout<&'a [u8]> {
    fn of_attended(&self) -> Option<DropoutMask<'a>> {
        self.attended.map(|keep| DropoutMask { keep, scale: self.scale })
    }

    fn of_transformed(&self) -> DropoutMask<'a> {
        DropoutMask { keep: self.transformed, scale: self.scale }
    }
}

impl Linear<&[f32]> {
    /// x·weight + bias, `[n_rows, d_output]`.
    fn apply(self, x: &[f32], d_input: usize) -> Vec<f32> {
        timed(Part::Products, || {
            let (n_rows, d_output) = (x.len() / d_input, self.bias.len());
            let mut y = self.bias.repeat(n_rows);
            let (x, weight) = (Matrix::rows(x, d_input), Matrix::rows(self.weight, d_output));
            gemm([n_rows, d_input, d_output], x, weight, &mut y, d_output, Onto::Values);
            y
        })
    }

    /// Gradient of the input, d_y·weightᵀ, into or onto `d_x`.
    fn input_gradient(self, d_y: &[f32], d_x: &mut [f32], onto: Onto) {
        let d_output = self.bias.len();
        let (n_rows, d_input) = (d_y.len() / d_output, self.weight.len() / d_output);
        let weight = Matrix::rows(self.weight, d_output).transposed();
        let d_y = Matrix::rows(d_y, d_output);
        timed(Part::Products, || gemm([n_rows, d_output, d_input], d_y, weight, d_x, d_input, onto));
    }

    /// Gradients of weight and bias: xᵀ·d_y, and the sum of d_y's rows, over all shares of a batch.
    fn gradient(self, shares: &[&backward::InputAndGradient<'_>]) -> Linear<Vec<f32>> {
        timed(Part::Products, || {
            let (mut weight, mut bias) = (vec![0.0; self.weight.len()], vec![0.0; self.bias.len()]);
            let (d_input, d_output) = (weight.len() / bias.len(), bias.len());
            let n_rows = parallel::values_per_thread(weight.len(), d_output) / d_output;
            let blocks = weight.chunks_mut(n_rows * d_output).enumerate();
            parallel::map(blocks.collect(), |(block_idx, weight)| {
                let n_rows_here = weight.len() / d_output;
                for (share_idx, (x, d_y)) in shares.iter().enumerate() {
                    let onto = if share_idx == 0 { Onto::Nothing } else { Onto::Values };
                    let x = Matrix::rows(&x[block_idx * n_rows..], d_input).transposed();
                    let shape = [n_rows_here, d_y.len() / d_output, d_output];
                    gemm(shape, x, Matrix::rows(d_y, d_output), weight, d_output, onto);
                }
            });
            shares.iter().for_each(|(_, d_y)| bias::sum_rows(d_y, &mut bias));
            Linear { weight, bias }
        })
    }
}
