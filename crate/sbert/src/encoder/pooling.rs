//! Token vectors to one sentence embedding.

use burn::tensor::{Bool, Tensor};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_back::values;
    use burn::tensor::{Device, Int};

    #[test]
    fn padding_does_not_count() {
        let device = Device::flex();
        let hidden = Tensor::<3>::from_data([[[1.0, 2.0], [3.0, 6.0], [100.0, 100.0]]], &device);
        let pad_mask = Tensor::<2, Int>::from_data([[0, 0, 1]], &device).bool();
        assert_eq!(values(mean_pool(hidden, pad_mask)), [2.0, 4.0]);
    }
}
