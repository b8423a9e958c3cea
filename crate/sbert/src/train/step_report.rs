//! What a step gives: plain data, no tensors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What one training step did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StepReport {
    /// Steps done so far, this one included.
    pub step: usize,
    /// Steps of the whole run.
    pub n_steps: usize,
    /// Epoch of this step, counted from 1.
    pub epoch: usize,
    /// The loss of each objective that the batch has labels for, by its name.
    pub losses: BTreeMap<String, f64>,
    /// The joint loss, Σ weight · loss.
    pub loss: f64,
    /// Learning rate of the encoder at this step.
    pub learning_rate: f64,
    /// Learning rate of the head at this step.
    pub head_learning_rate: f64,
    /// Global norm of all trained gradients, before clipping.
    pub gradient_norm: f64,
    /// Fraction of the run's work that is done, 0 to 1; steps differ in cost, so this is not step / n_steps.
    pub fraction_done: f64,
}
