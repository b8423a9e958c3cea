//! Whether training has left finite weights.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

use super::session::Session;
use crate::error::Error;
use crate::read_back::read_back;

impl Session {
    /// Check the trained weights. A step checks the loss and the gradient that it began with, so what the last step made
    /// of the weights shows in nothing else.
    ///
    /// # Errors
    /// [`Error::Diverged`] if a weight isn't finite; [`Error::Device`].
    pub async fn check_weights(&self) -> Result<(), Error> {
        let mut sums = AbsoluteSums(Vec::new());
        self.model.visit(&mut sums);
        if sums.0.is_empty() {
            return Ok(());
        }
        match read_back(Tensor::cat(sums.0, 0)).await?.iter().all(|sum| sum.is_finite()) {
            true => Ok(()),
            false => Err(Error::Diverged { what: "a weight", step: self.step_idx }),
        }
    }
}

/// Makes the values so small that a sum of finite ones is finite.
const SCALE: f32 = 1e-30;

/// The scaled sum of the absolute values of each trained parameter, `[1]`: finite if and only if all of them are.
struct AbsoluteSums(Vec<Tensor<1>>);

impl ModuleVisitor for AbsoluteSums {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.is_require_grad() {
            self.0.push((param.val().inner().abs() * SCALE).sum());
        }
    }
}
