//! The settings of a training run, each default with its reason, and their validation.

use serde::{Deserialize, Serialize};

use super::freeze::FreezeStrategy;
use crate::error::Error;
use crate::objective::{Classification, Objective, Regression};

/// AdamW's first-moment decay (PyTorch's default).
pub const BETA_1: f64 = 0.9;
/// AdamW's second-moment decay (PyTorch's default).
pub const BETA_2: f64 = 0.999;
/// AdamW's epsilon (PyTorch's and sentence-transformers' default).
pub const EPSILON: f64 = 1e-8;

/// Settings of one training run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default)]
pub struct TrainConfig {
    /// What is frozen.
    pub freeze: FreezeStrategy,
    /// Passes over the training pairs.
    pub epochs: usize,
    /// Pairs in a step.
    pub batch_size: usize,
    /// Peak learning rate of the encoder.
    pub learning_rate: f64,
    /// Peak learning rate of the classification head, which starts from random weights.
    pub head_learning_rate: f64,
    /// Fraction of the steps over which the rates rise linearly from zero, after which they fall linearly to zero.
    pub warmup_fraction: f64,
    /// AdamW's decoupled weight decay; biases and layer norms are exempt.
    pub weight_decay: f64,
    /// Largest global norm of all trained gradients (PyTorch's `clip_grad_norm_`); 0 turns clipping off.
    pub max_gradient_norm: f64,
    /// Weight w_c of the cross-entropy in the joint loss.
    pub classification_weight: f64,
    /// Weight w_r of the mean squared error in the joint loss.
    pub regression_weight: f64,
    /// Dropout probability in the trained encoder layers.
    pub dropout: f64,
    /// Seed of the shuffling, of the head's first weights and of dropout.
    pub seed: u32,
    /// Whether pairs are shuffled and batched by length; without it, batches are taken in file order.
    pub shuffle: bool,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            // The quickest strategy that learns, so that a first run on a slow machine ends in under a minute.
            freeze: FreezeStrategy::Backbone,
            // The BERT paper (appendix A.3) fine-tunes for 2 to 4 epochs.
            epochs: 3,
            // SBERT (section 3.1) and sentence-transformers.
            batch_size: 16,
            // Above the BERT paper's 2e-5 to 5e-5: MiniLM is small and 1,000 pairs are few steps. On pairs split off the
            // training pairs it beats 5e-5 where the last two layers are trained, and equals it where everything is.
            learning_rate: 1e-4,
            // A random linear layer on frozen features needs steps a hundred times larger than pre-trained weights do.
            // Cross-validation on the training pairs, embeddings scaled to length 1 as all-MiniLM-L6-v2's are, gave 0.667 at
            // 1e-2, 0.707 at 3e-2 and 0.708 at 5e-2; where they aren't scaled, 1e-2 to 5e-2 were within a point.
            head_learning_rate: 3e-2,
            // SBERT: linear warm-up over 10 % of the steps.
            warmup_fraction: 0.1,
            // sentence-transformers' default.
            weight_decay: 0.01,
            // transformers' and sentence-transformers' default.
            max_gradient_norm: 1.0,
            classification_weight: 1.0,
            // Before training on the demo pairs the cross-entropy is 1.11 and the squared error of the cosine 0.04, so with
            // equal weights the classes win. On pairs split off the training pairs, training the last two layers gave
            // Spearman 0.56 with a weight of 1 and 0.63 with 10, at accuracies of 0.81 and 0.79 (means of two splits).
            regression_weight: 10.0,
            // The BERT paper's 0.1.
            dropout: 0.1,
            seed: 42,
            shuffle: true,
        }
    }
}

/// An objective and its weight in the joint loss.
pub type WeightedObjective = (&'static dyn Objective, f64);

impl TrainConfig {
    /// Every objective with its weight, in the order in which losses are reported.
    pub fn objectives(&self) -> [WeightedObjective; 2] {
        [(&Classification, self.classification_weight), (&Regression, self.regression_weight)]
    }

    /// Check every setting's range.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the first setting that is out of range, and the range.
    pub fn validate(&self) -> Result<(), Error> {
        let at_least_one = |name, value: usize| if value == 0 { fault(name, "is 0; use 1 or more") } else { Ok(()) };
        at_least_one("epochs", self.epochs)?;
        at_least_one("batch_size", self.batch_size)?;
        for (name, value) in [
            ("learning_rate", self.learning_rate),
            ("head_learning_rate", self.head_learning_rate),
            ("weight_decay", self.weight_decay),
            ("max_gradient_norm", self.max_gradient_norm),
            ("classification_weight", self.classification_weight),
            ("regression_weight", self.regression_weight),
        ] {
            if !value.is_finite() || value < 0.0 {
                return fault(name, &format!("is {value}; use a finite number of 0 or more"));
            }
        }
        if !(0.0..=1.0).contains(&self.warmup_fraction) {
            return fault("warmup_fraction", &format!("is {}; use a fraction from 0 to 1", self.warmup_fraction));
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return fault("dropout", &format!("is {}; use a probability from 0 to below 1", self.dropout));
        }
        if self.objectives().iter().all(|(_, weight)| *weight == 0.0) {
            return fault("classification_weight", "and all other weights are 0; give at least one objective a weight");
        }
        Ok(())
    }
}

fn fault(name: &'static str, problem: &str) -> Result<(), Error> {
    Err(Error::Setting { name, problem: problem.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid() {
        assert!(TrainConfig::default().validate().is_ok());
    }

    #[test]
    fn each_bad_setting_is_named() {
        let check = |change: fn(&mut TrainConfig), name: &str| {
            let mut config = TrainConfig::default();
            change(&mut config);
            let message = config.validate().unwrap_err().to_string();
            assert!(message.contains(name), "{message}");
        };
        check(|c| c.epochs = 0, "epochs");
        check(|c| c.batch_size = 0, "batch_size");
        check(|c| c.learning_rate = f64::NAN, "learning_rate");
        check(|c| c.head_learning_rate = f64::INFINITY, "head_learning_rate");
        check(|c| c.weight_decay = -0.1, "weight_decay");
        check(|c| c.max_gradient_norm = f64::NAN, "max_gradient_norm");
        check(|c| c.warmup_fraction = 1.5, "warmup_fraction");
        check(|c| c.dropout = 1.0, "dropout");
        check(
            |c| {
                c.classification_weight = 0.0;
                c.regression_weight = 0.0;
            },
            "weights are 0",
        );
    }
}
