//! A training step of which some parts are done.

use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use super::step_batch::StepBatch;
use crate::encoder::TrainingPass;

/// A step that has begun.
pub(super) struct BegunStep {
    /// Counted from 0.
    pub epoch: usize,
    /// Of its pairs in the table.
    pub positions: Vec<usize>,
    pub batch: StepBatch,
    pub next: Part,
}

/// What is to be done next.
pub(super) enum Part {
    /// The frozen stages of the stacked sentences, from this one on.
    Prefix { n_filled: usize },
    /// The other stages, of this replica's share; at their end the losses.
    Forward(Box<TrainingPass>),
    /// Their gradients; at their end the sum over the replicas. There is no pass if no stage is trained.
    Backward { pass: Option<Box<TrainingPass>>, gradients: GradientsParams, losses: Tensor<1> },
    /// The optimiser's step.
    Update { gradients: GradientsParams, losses: Tensor<1> },
}
