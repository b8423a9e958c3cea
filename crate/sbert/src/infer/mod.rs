//! What a trained model is used for: comparing two sentences, and scores on pairs.
//!
//! It imports `model`, `corpus` and what those are made of. It does not know training: a run is not needed to use a model.

mod bootstrap;
mod compare;
mod evaluation;
mod metrics;
mod predictions;
mod scores;

pub use bootstrap::{PairedBootstrap, ScoreChange};
pub use compare::{Comparison, compare};
pub use evaluation::Evaluation;
pub use metrics::{ConfusionMatrix, Correlation, mean, pearson, ranks};
pub use predictions::Predictions;
pub use scores::{SCORES, ScoreName, Scores};
