//! What a step gives: plain data, no tensors.

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
    /// Mean cross-entropy (nats) over the pairs of the batch that have a class; none if no pair has.
    pub classification_loss: Option<f64>,
    /// Mean squared error of the cosine over the pairs of the batch that have a score; none if no pair has.
    pub regression_loss: Option<f64>,
    /// The joint loss w_c · cross-entropy + w_r · MSE.
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
