//! How much memory a training step takes.

use super::session::Session;
use crate::corpus::Pair;

/// Bytes of a value.
const F32_BYTES: u64 = 4;

impl Session {
    /// Bytes that the largest step takes besides parameters, about: what each trained layer keeps for the backward pass
    /// (`sbert_kernels::layer::Saved`), and the working memory of one layer. The CPU's layers need so much; a backend that
    /// pads its batches needs more.
    pub fn activation_bytes(&self) -> u64 {
        let encoder = &self.model.encoder;
        let Some(layer) = encoder.layers.first() else { return 0 };
        let d_model = encoder.d_model() as u64;
        let d_ff = layer.intermediate.weight.dims()[1] as u64;
        let n_heads = layer.attention.n_heads as u64;
        let [_, n_trained] = self.plan.n_layers();
        let LargestBatch { n_tokens, n_attention_weights } = self.largest_batch();
        // Input, query, key, value, context, both norms and the input of the feed-forward network; GELU and its derivative.
        let floats = (8 * d_model + 2 * d_ff) * n_tokens + n_heads * n_attention_weights;
        // One byte for each element of a mask.
        let masks = match self.config.dropout > 0.0 {
            true => 2 * d_model * n_tokens + n_heads * n_attention_weights,
            false => 0,
        };
        let working = (8 * d_model + 2 * d_ff) * n_tokens * F32_BYTES;
        n_trained as u64 * (floats * F32_BYTES + masks) + working
    }

    /// The batch of the pairs with most tokens: batches of pairs of one length are made of them.
    fn largest_batch(&self) -> LargestBatch {
        let lengths = |pair: &Pair| {
            [pair.sentence_a, pair.sentence_b].map(|position| self.table.sentences[position].len() as u64)
        };
        let mut pairs: Vec<[u64; 2]> = self.table.pairs.iter().map(lengths).collect();
        pairs.sort_unstable_by_key(|[a, b]| std::cmp::Reverse(a + b));
        pairs.truncate(self.config.batch_size);
        LargestBatch {
            n_tokens: pairs.iter().flatten().sum(),
            n_attention_weights: pairs.iter().flatten().map(|length| length * length).sum(),
        }
    }
}

struct LargestBatch {
    n_tokens: u64,
    /// Of one head.
    n_attention_weights: u64,
}
