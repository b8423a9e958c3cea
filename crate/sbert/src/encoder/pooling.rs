//! Token vectors to one sentence embedding.

use std::iter::repeat_n;

use burn::tensor::{Bool, IndexingUpdateOp, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};

/// In place of the values of padding where the largest is looked for: below any that a layer norm can give, and finite,
/// because WebGPU's shaders have no infinity.
const MASKED_VALUE: f32 = -1e30;

/// Smallest norm by which an embedding is divided (`torch.nn.functional.normalize`).
const MIN_NORM: f32 = 1e-12;

/// How a sentence's token vectors become one embedding (sentence-transformers' pooling modes of the same names).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// The mean over all tokens, the default of SBERT and of sentence-transformers.
    #[default]
    Mean,
    /// The vector of `[CLS]`.
    Cls,
    /// The largest value of each dimension over all tokens.
    Max,
}

impl Pooling {
    /// One embedding a sentence from padded token vectors.
    ///
    /// # Shapes
    /// - hidden: `[batch_size, seq_length, d_model]`
    /// - pad_mask: `[batch_size, seq_length]`, true where there is padding
    /// - output: `[batch_size, d_model]`
    pub fn pool(self, hidden: Tensor<3>, pad_mask: Tensor<2, Bool>) -> Tensor<2> {
        match self {
            Self::Mean => mean_pool(hidden, pad_mask),
            Self::Cls => cls_pool(hidden),
            Self::Max => max_pool(hidden, pad_mask),
        }
    }

    /// As [`Self::pool`], of sentences of these lengths one after the other: `[n_tokens, d_model]` to
    /// `[batch_size, d_model]`.
    pub(crate) fn pool_packed(self, hidden: Tensor<2>, lengths: &[usize]) -> Tensor<2> {
        match self {
            Self::Mean => mean_packed(hidden, lengths),
            Self::Cls => {
                let first_tokens = first_tokens(lengths).map(|token| token as i64).collect();
                select_tokens(hidden, first_tokens)
            }
            Self::Max => max_packed(hidden, lengths),
        }
    }
}

/// Mean of the token vectors that aren't padding (SBERT, section 3; `[CLS]` and `[SEP]` count).
///
/// # Shapes
/// - hidden: `[batch_size, seq_length, d_model]`
/// - pad_mask: `[batch_size, seq_length]`, true where there is padding
/// - output: `[batch_size, d_model]`
pub fn mean_pool(hidden: Tensor<3>, pad_mask: Tensor<2, Bool>) -> Tensor<2> {
    let is_token = pad_mask.bool_not().float();
    let [batch_size, seq_length, d_model] = hidden.dims();
    let n_tokens = is_token.clone().sum_dim(1);
    // The weighted sum over tokens as a product [1, seq_length] × [seq_length, d_model] for each sentence.
    let sum = is_token.reshape([batch_size, 1, seq_length]).matmul(hidden).reshape([batch_size, d_model]);
    sum / n_tokens
}

/// The vector of each sentence's first token, `[CLS]` (SBERT, section 3).
///
/// # Shapes
/// - hidden: `[batch_size, seq_length, d_model]`
/// - output: `[batch_size, d_model]`
pub fn cls_pool(hidden: Tensor<3>) -> Tensor<2> {
    let [batch_size, _, d_model] = hidden.dims();
    hidden.slice([0..batch_size, 0..1]).reshape([batch_size, d_model])
}

/// The largest value of each dimension over the tokens that aren't padding (SBERT, section 3). Its gradient goes to the
/// token that has it.
///
/// # Shapes
/// - hidden: `[batch_size, seq_length, d_model]`
/// - pad_mask: `[batch_size, seq_length]`, true where there is padding
/// - output: `[batch_size, d_model]`
pub fn max_pool(hidden: Tensor<3>, pad_mask: Tensor<2, Bool>) -> Tensor<2> {
    let [batch_size, seq_length, d_model] = hidden.dims();
    let pad_mask = pad_mask.reshape([batch_size, seq_length, 1]);
    hidden.mask_fill(pad_mask, MASKED_VALUE).max_dim(1).reshape([batch_size, d_model])
}

/// Every row scaled to length 1: x / max(‖x‖, 1e-12), as `torch.nn.functional.normalize` and sentence-transformers'
/// `Normalize` do. The gradient is finite everywhere, at 0 too.
///
/// # Shapes
/// - embeddings, output: `[batch_size, d_model]`
pub fn normalize(embeddings: Tensor<2>) -> Tensor<2> {
    // Clamped before the root, whose derivative at 0 is infinite.
    let norm = embeddings.clone().square().sum_dim(1).clamp_min(MIN_NORM * MIN_NORM).sqrt();
    embeddings / norm
}

/// The mean as a sum over the tokens of each sentence. (A product with a matrix of weights would need
/// `[batch_size, n_tokens]` of them, 2 GB for a thousand pairs.)
fn mean_packed(hidden: Tensor<2>, lengths: &[usize]) -> Tensor<2> {
    let (batch_size, d_model, device) = (lengths.len(), hidden.dims()[1], hidden.device());
    let sentences = lengths.iter().enumerate().flat_map(|(sentence, &length)| repeat_n(sentence as i64, length));
    let sentences = Tensor::<1, Int>::from_data(sentences.collect::<Vec<_>>().as_slice(), &device);
    let n_tokens: Vec<f32> = lengths.iter().map(|&length| length as f32).collect();
    let n_tokens = Tensor::<2>::from_data(TensorData::new(n_tokens, [batch_size, 1]), &device);
    let sums = Tensor::zeros([batch_size, d_model], &device);
    sums.select_assign(0, sentences, hidden, IndexingUpdateOp::Add) / n_tokens
}

/// The maximum over sentences that are filled up to the longest with their own first tokens, which change no maximum.
fn max_packed(hidden: Tensor<2>, lengths: &[usize]) -> Tensor<2> {
    let d_model = hidden.dims()[1];
    let seq_length = lengths.iter().copied().max().unwrap_or(0);
    let token_of = |first: usize, length: usize, position: usize| {
        (if position < length { first + position } else { first }) as i64
    };
    let tokens = first_tokens(lengths)
        .zip(lengths)
        .flat_map(|(first, &length)| (0..seq_length).map(move |position| token_of(first, length, position)))
        .collect();
    let padded = select_tokens(hidden, tokens).reshape([lengths.len(), seq_length, d_model]);
    padded.max_dim(1).reshape([lengths.len(), d_model])
}

/// Where each sentence begins.
fn first_tokens(lengths: &[usize]) -> impl Iterator<Item = usize> {
    lengths.iter().scan(0, |next, &length| {
        let first = *next;
        *next += length;
        Some(first)
    })
}

fn select_tokens(hidden: Tensor<2>, tokens: Vec<i64>) -> Tensor<2> {
    let n_tokens = tokens.len();
    let tokens = Tensor::<1, Int>::from_data(TensorData::new(tokens, [n_tokens]), &hidden.device());
    hidden.select(0, tokens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_back::values;
    use burn::tensor::Device;

    const POOLINGS: [Pooling; 3] = [Pooling::Mean, Pooling::Cls, Pooling::Max];

    /// Two sentences, of two tokens and of three, with padding that would win every maximum.
    fn padded(device: &Device) -> (Tensor<3>, Tensor<2, Bool>) {
        let hidden = [[[1.0, 2.0], [3.0, -6.0], [100.0, 100.0]], [[-4.0, 0.5], [-5.0, 0.25], [-3.0, 0.125]]];
        let pad_mask = Tensor::<2, Int>::from_data([[0, 0, 1], [0, 0, 0]], device).bool();
        (Tensor::from_data(hidden, device), pad_mask)
    }

    fn packed(device: &Device) -> (Tensor<2>, [usize; 2]) {
        let hidden = [[1.0, 2.0], [3.0, -6.0], [-4.0, 0.5], [-5.0, 0.25], [-3.0, 0.125]];
        (Tensor::from_data(hidden, device), [2, 3])
    }

    #[test]
    fn padding_does_not_count() {
        let device = Device::flex();
        // By torch: the mean, the first and the amax of hidden[row, :length].
        let expected = [[2.0, -2.0, -4.0, 0.291_666_66], [1.0, 2.0, -4.0, 0.5], [3.0, 2.0, -3.0, 0.5]];
        for (pooling, expected) in POOLINGS.into_iter().zip(expected) {
            let (hidden, pad_mask) = padded(&device);
            assert_eq!(values(pooling.pool(hidden, pad_mask)), expected, "{pooling:?}");
            let (hidden, lengths) = packed(&device);
            assert_eq!(values(pooling.pool_packed(hidden, &lengths)), expected, "{pooling:?}, packed");
        }
    }

    /// Where the gradient of the sum of embeddings, each times 1, 2, … goes.
    #[test]
    fn gradients_go_to_the_tokens_that_were_taken() {
        let device = Device::flex().autodiff();
        let weighted =
            |pooled: Tensor<2>| (pooled * Tensor::<2>::from_data([[1.0, 2.0], [3.0, 4.0]], &device)).sum().backward();
        // By torch's autograd, over the five tokens of `packed`.
        let third = 4.0 / 3.0;
        let expected = [
            [0.5, 1.0, 0.5, 1.0, 1.0, third, 1.0, third, 1.0, third],
            [1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 2.0, 1.0, 0.0, 0.0, 4.0, 0.0, 0.0, 3.0, 0.0],
        ];
        for (pooling, expected) in POOLINGS.into_iter().zip(expected) {
            let (hidden, lengths) = packed(&device);
            let hidden = hidden.require_grad();
            let gradients = weighted(pooling.pool_packed(hidden.clone(), &lengths));
            assert_eq!(values(hidden.grad(&gradients).unwrap()), expected, "{pooling:?}, packed");

            let (hidden, pad_mask) = padded(&device);
            let hidden = hidden.require_grad();
            let gradients = weighted(pooling.pool(hidden.clone(), pad_mask));
            let mut of_padded = values(hidden.grad(&gradients).unwrap());
            let of_padding: Vec<f32> = of_padded.drain(4..6).collect();
            assert_eq!(of_padded, expected, "{pooling:?}");
            assert_eq!(of_padding, [0.0, 0.0], "{pooling:?}");
        }
    }

    #[test]
    fn normalized_embeddings_have_length_one_and_finite_gradients() {
        let device = Device::flex().autodiff();
        let embeddings = Tensor::<2>::from_data([[3.0, 4.0], [0.0, 0.0]], &device).require_grad();
        let normalized = normalize(embeddings.clone());
        assert_eq!(values(normalized.clone().inner()), [0.6, 0.8, 0.0, 0.0]);
        let weights = Tensor::<2>::from_data([[1.0, 2.0], [1.0, 2.0]], &device);
        let gradients = (normalized * weights).sum().backward();
        let gradient = values(embeddings.grad(&gradients).unwrap());
        // By torch's autograd through torch.nn.functional.normalize.
        let expected = [-0.064, 0.048, 1e12, 2e12];
        for (actual, expected) in gradient.iter().zip(expected) {
            assert!((actual - expected).abs() <= 1e-5 * f32::abs(expected), "{gradient:?}");
        }
    }
}
