//! The two objectives of SBERT (arXiv 1908.10084, section 3): labels and embeddings to a loss.
//!
//! It imports nothing of this crate: an objective sees the encoder's output and the labels, as tensors.

mod classification;
mod pair_targets;
mod regression;

pub use classification::{ClassificationHead, cross_entropy};
pub use pair_targets::PairTargets;
pub use regression::{cosine_similarity, mean_squared_error};
