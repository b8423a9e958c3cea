//! What frozen layers compute from each sentence: computed once, by one replica, and kept on the host.
//!
//! It imports `encoder` and `replicas`. It is separate because training and evaluation both keep embeddings.

mod activations;
mod embeddings;

pub(crate) use activations::ActivationStore;
pub(crate) use embeddings::EmbeddingStore;
