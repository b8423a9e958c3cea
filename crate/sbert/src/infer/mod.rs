//! What a trained model is used for: comparing two sentences, where many lie to each other, and scores on pairs.
//!
//! It imports `model`, `corpus`, what those are made of, and the kernels. It does not know training: a run is not needed to
//! use a model.

mod bootstrap;
mod compare;
mod evaluation;
mod metrics;
mod neighbour_changes;
mod predictions;
mod principal_axes;
mod scores;
mod sentence_embeddings;

pub use bootstrap::{PairedBootstrap, ScoreChange};
pub use compare::{Comparison, LastEmbeddings, compare};
pub use evaluation::Evaluation;
pub use metrics::{ConfusionMatrix, Correlation, mean, pearson, ranks};
pub use neighbour_changes::{N_NEIGHBOURS, NeighbourChanges};
pub use predictions::Predictions;
pub use principal_axes::{PrincipalAxes, UnitEmbeddings};
pub use scores::{SCORES, ScoreName, Scores};
pub use sentence_embeddings::SentenceEmbeddings;
