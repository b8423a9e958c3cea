//! What a model is trained towards: labels and embeddings to a loss. Two are SBERT's (arXiv 1908.10084, section 3).
//!
//! It imports nothing of this crate: an objective sees the encoder's output and the labels, as tensors. An objective is
//! one file and one implementation of [`Objective`]; its weight in the joint loss is a setting of the run.

mod classification;
mod classification_head;
mod cosent;
mod interface;
mod pair_embeddings;
mod pair_targets;
mod regression;

pub use classification::{Classification, cross_entropy};
pub use classification_head::ClassificationHead;
pub use cosent::Cosent;
pub use interface::{Label, Objective, ObjectiveInfo};
pub use pair_embeddings::PairEmbeddings;
pub use pair_targets::PairTargets;
pub use regression::{Regression, cosine_similarity, mean_squared_error};
