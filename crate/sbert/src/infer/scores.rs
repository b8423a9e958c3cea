//! What an evaluation gives: plain data, no tensors.

use serde::{Deserialize, Serialize};

use super::metrics::{ConfusionMatrix, Correlation};

/// Scores on a set of pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Scores {
    /// Pairs evaluated.
    pub n_pairs: usize,
    /// Mean cross-entropy (nats) over the pairs with a class; none without such pairs.
    pub classification_loss: Option<f64>,
    /// Mean squared error of the cosine against the score over the pairs with a score; none without such pairs.
    pub regression_loss: Option<f64>,
    /// Fraction of the pairs with a class that are classified rightly.
    pub accuracy: Option<f64>,
    /// Unweighted mean of the classes' F1.
    pub macro_f1: Option<f64>,
    /// Counts of (gold class, predicted class).
    pub confusion: Option<ConfusionMatrix>,
    /// Pearson and Spearman correlation of the cosine with the score.
    pub correlation: Option<Correlation>,
}
