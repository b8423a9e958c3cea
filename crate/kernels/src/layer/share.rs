//! A batch's sentences, divided among threads.

use std::ops::Range;

use super::{LayerDropout, LayerShape};

/// Some sentences of a batch, one after the other, which one thread computes.
pub(super) struct Share<'a> {
    /// The layer's sizes, and these sentences' lengths.
    pub shape: LayerShape<'a>,
    /// Of `[n_tokens, d_model]` for the whole batch, the part of these sentences.
    pub values: Range<usize>,
    /// Of the batch's attention weights, theirs.
    attention: Range<usize>,
}

/// A share for each of `n_threads`, of about as many tokens; fewer if there are fewer sentences.
fn shares<'a>(batch: &LayerShape<'a>, n_threads: usize) -> Vec<Share<'a>> {
    let n_tokens = batch.n_tokens();
    let mut first_token = 0;
    // A sentence belongs to the share that its middle lies in, counted in half tokens.
    let share_of = |&length: &usize| {
        let middle = 2 * first_token + length;
        first_token += length;
        middle * n_threads / (2 * n_tokens).max(1)
    };
    let share_of: Vec<usize> = batch.lengths.iter().map(share_of).collect();
    let (mut first, mut values, mut attention) = (0, 0..0, 0..0);
    let share = |of_share: &[usize]| {
        let shape = LayerShape { lengths: &batch.lengths[first..first + of_share.len()], ..*batch };
        first += of_share.len();
        values = values.end..values.end + shape.n_tokens() * shape.d_model;
        attention = attention.end..attention.end + shape.n_attention_weights();
        Share { shape, values: values.clone(), attention: attention.clone() }
    };
    share_of.chunk_by(|a, b| a == b).map(share).collect()
}

/// The shares, each with its part of `values`, `[n_tokens, d_model]`.
pub(super) fn shares_with_values<'a, 'v>(
    batch: &LayerShape<'a>,
    n_threads: usize,
    mut values: &'v mut [f32],
) -> Vec<(Share<'a>, &'v mut [f32])> {
    let with_values = |share: Share<'a>| {
        let of_share = values.split_off_mut(..share.values.len());
        (share, of_share.unwrap_or_default())
    };
    shares(batch, n_threads).into_iter().map(with_values).collect()
}

impl Share<'_> {
    /// The share's part of the batch's masks.
    pub fn dropout<'a>(&self, batch: &'a LayerDropout<Vec<u8>>) -> LayerDropout<&'a [u8]> {
        LayerDropout {
            attention: &batch.attention[self.attention.clone()],
            attended: batch.attended.as_ref().map(|keep| &keep[self.values.clone()]),
            transformed: &batch.transformed[self.values.clone()],
            scale: batch.scale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_keep_the_order() {
        let shares_of = |lengths: &[usize], n_threads| {
            let shape = LayerShape { d_model: 2, d_ff: 2, n_heads: 1, lengths, eps: 1e-12 };
            let shares = shares(&shape, n_threads);
            let mut first = 0;
            for share in &shares {
                assert_eq!(share.values, first..first + 2 * share.shape.n_tokens());
                first = share.values.end;
            }
            shares.iter().map(|share| share.shape.lengths.to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(shares_of(&[4, 1, 3, 2, 2], 1), [vec![4, 1, 3, 2, 2]]);
        assert_eq!(shares_of(&[4, 1, 3, 2, 2], 2), [vec![4, 1], vec![3, 2, 2]]);
        assert_eq!(shares_of(&[9, 1], 3), [[9], [1]]);
        assert!(shares_of(&[], 2).is_empty());
    }
}
