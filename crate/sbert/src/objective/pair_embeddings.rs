//! The encoder's output for a batch of pairs.

use burn::tensor::Tensor;

/// Both embeddings of a batch of pairs.
#[derive(Clone, Debug)]
pub struct PairEmbeddings {
    /// First sentences, `[batch_size, d_model]`.
    pub u: Tensor<2>,
    /// Second sentences, `[batch_size, d_model]`.
    pub v: Tensor<2>,
}

impl PairEmbeddings {
    /// Split `[2 · batch_size, d_model]`, first all first sentences, then all second ones.
    pub fn from_stacked(stacked: Tensor<2>) -> Self {
        let batch_size = stacked.dims()[0] / 2;
        Self { u: stacked.clone().slice(0..batch_size), v: stacked.slice(batch_size..2 * batch_size) }
    }
}
