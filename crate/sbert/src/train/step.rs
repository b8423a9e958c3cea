//! A training step whose work the device has been given, and whose numbers are on their way back.

use super::optimizer::Rates;
use super::step_report::StepReport;
use crate::error::Error;
use crate::read_back::StartedRead;

/// A submitted step. Its numbers may be awaited after the next step is submitted, so that the device need not wait for
/// the host between two steps.
#[must_use = "the step's numbers say whether training still goes well"]
pub struct SubmittedStep {
    /// Classification loss, regression loss, joint loss, gradient norm.
    pub(super) numbers: StartedRead,
    /// Counted from 1.
    pub(super) step: usize,
    pub(super) n_steps: usize,
    /// Counted from 0.
    pub(super) epoch: usize,
    pub(super) has_classes: bool,
    pub(super) has_scores: bool,
    pub(super) rates: Rates,
    pub(super) fraction_done: f64,
}

impl SubmittedStep {
    /// Wait for the step's numbers.
    ///
    /// # Errors
    /// [`Error::Diverged`] if the loss or the gradient is no longer finite; [`Error::Device`].
    pub async fn report(self) -> Result<StepReport, Error> {
        let [classification, regression, loss, gradient_norm] = <[f32; 4]>::try_from(self.numbers.values().await?)
            .map_err(|values| Error::Device { problem: format!("{} values came back for 4", values.len()) })?
            .map(f64::from);
        for (what, value) in [("loss", loss), ("gradient", gradient_norm)] {
            if !value.is_finite() {
                return Err(Error::Diverged { what, step: self.step });
            }
        }
        Ok(StepReport {
            step: self.step,
            n_steps: self.n_steps,
            epoch: self.epoch + 1,
            classification_loss: self.has_classes.then_some(classification),
            regression_loss: self.has_scores.then_some(regression),
            loss,
            learning_rate: self.rates.encoder,
            head_learning_rate: self.rates.head,
            gradient_norm,
            fraction_done: self.fraction_done,
        })
    }
}
