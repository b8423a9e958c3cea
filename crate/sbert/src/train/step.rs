//! A training step whose work the device has been given, and whose numbers are on their way back.

use std::collections::BTreeMap;

use super::optimizer::Rates;
use super::step_report::StepReport;
use crate::error::Error;
use crate::read_back::StartedRead;

/// A submitted step. Its numbers may be awaited after the next step is submitted, so that the device need not wait for
/// the host between two steps.
#[must_use = "the step's numbers say whether training still goes well"]
pub struct SubmittedStep {
    /// Each objective's loss, then the gradient norm.
    pub(super) numbers: StartedRead,
    /// Counted from 1.
    pub(super) step: usize,
    pub(super) n_steps: usize,
    /// Counted from 0.
    pub(super) epoch: usize,
    pub(super) objectives: Vec<StepObjective>,
    pub(super) rates: Rates,
    pub(super) fraction_done: f64,
}

/// An objective of a step.
pub(super) struct StepObjective {
    pub name: &'static str,
    pub weight: f64,
    /// True if a pair of the batch has its label.
    pub is_labelled: bool,
}

impl SubmittedStep {
    /// Wait for the step's numbers.
    ///
    /// # Errors
    /// [`Error::Diverged`] if the loss or the gradient is no longer finite; [`Error::Device`].
    pub async fn report(self) -> Result<StepReport, Error> {
        let values = self.numbers.values().await?;
        let Some((gradient_norm, of_objectives)) = values.split_last() else {
            return Err(Error::Device { problem: "no numbers came back".to_owned() });
        };
        // In f32, as the device has added up what it trained.
        let mut loss = 0.0;
        let mut losses = BTreeMap::new();
        for (objective, value) in self.objectives.iter().zip(of_objectives) {
            loss += value * objective.weight as f32;
            if objective.is_labelled {
                losses.insert(objective.name.to_owned(), f64::from(*value));
            }
        }
        let (loss, gradient_norm) = (f64::from(loss), f64::from(*gradient_norm));
        for (what, value) in [("the loss", loss), ("the gradient", gradient_norm)] {
            if !value.is_finite() {
                return Err(Error::Diverged { what, step: self.step });
            }
        }
        Ok(StepReport {
            step: self.step,
            n_steps: self.n_steps,
            epoch: self.epoch + 1,
            losses,
            loss,
            learning_rate: self.rates.encoder,
            head_learning_rate: self.rates.head,
            gradient_norm,
            fraction_done: self.fraction_done,
        })
    }
}
