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

/// The name of a score that is one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields of `Scores` say what they are")]
pub enum ScoreName {
    Accuracy,
    MacroF1,
    Spearman,
    Pearson,
    ClassificationLoss,
    RegressionLoss,
}

/// Every score that is one number, in the order in which they are shown.
pub const SCORES: [ScoreName; 6] = [
    ScoreName::Accuracy,
    ScoreName::MacroF1,
    ScoreName::Spearman,
    ScoreName::Pearson,
    ScoreName::ClassificationLoss,
    ScoreName::RegressionLoss,
];

impl ScoreName {
    /// What it is called in documents.
    pub fn title(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::MacroF1 => "macro-F1",
            Self::Spearman => "Spearman correlation of the cosine with the score",
            Self::Pearson => "Pearson correlation of the cosine with the score",
            Self::ClassificationLoss => "cross-entropy",
            Self::RegressionLoss => "mean squared error of the cosine",
        }
    }

    /// This one of `scores`; none if it is undefined or the pairs lack the labels.
    pub fn of(self, scores: &Scores) -> Option<f64> {
        match self {
            Self::Accuracy => scores.accuracy,
            Self::MacroF1 => scores.macro_f1,
            Self::Spearman => scores.correlation?.spearman,
            Self::Pearson => scores.correlation?.pearson,
            Self::ClassificationLoss => scores.classification_loss,
            Self::RegressionLoss => scores.regression_loss,
        }
    }
}
