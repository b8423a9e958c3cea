//! AdamW (Loshchilov and Hutter, arXiv 1711.05101) as PyTorch computes it: decay groups, a rate for the encoder and one
//! for the head, and clipping by the global norm.
//!
//! burn has an AdamW too. Ours exists because a run's state must be readable without waiting for the device (burn's
//! record reads synchronously, which WebGPU cannot do), because burn computes 1 - β₂ᵗ in f32, where it loses up to five
//! of its seven digits in the first steps, and because clipping is over both parts of the model together.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use sbert_kernels::adamw::AdamWStep;

use super::config::{AdamW, TrainConfig};
use super::cpu_adamw;
use crate::flex;
#[cfg(feature = "gpu")]
use crate::gpu;
use crate::model::SentencePairModel;

/// Added to the norm before dividing by it (PyTorch's `clip_grad_norm_`).
const CLIP_EPSILON: f32 = 1e-6;

/// Learning rates of one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub encoder: f64,
    pub head: f64,
}

/// Running means of a parameter's gradient and of its square, flattened.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    pub first: Tensor<1>,
    pub second: Tensor<1>,
}

/// The optimiser's state over both parts of the model.
#[derive(Debug)]
pub(super) struct Optimizer {
    /// Of every parameter that has been stepped.
    pub moments: HashMap<ParamId, Moments>,
    adamw: AdamW,
    max_gradient_norm: f64,
}

impl Optimizer {
    /// An optimiser that has taken no step.
    pub fn new(config: &TrainConfig) -> Self {
        Self { moments: HashMap::new(), adamw: config.adamw(), max_gradient_norm: config.max_gradient_norm }
    }

    /// Clip all trained gradients together and take step number `step`, counted from 1; the norm before clipping comes
    /// back as `[1]`.
    pub fn step(
        &mut self,
        model: SentencePairModel,
        gradients: GradientsParams,
        rates: Rates,
        step: usize,
    ) -> (SentencePairModel, Tensor<1>) {
        let device = model.head.linear.weight.val().device().inner();
        let max_norm = self.max_gradient_norm;
        let (norm, clip) = if flex::is_for(&device) {
            let mut squares = SumOnHost { gradients: &gradients, sum: 0.0 };
            model.visit(&mut squares);
            let norm = squares.sum.sqrt() as f32;
            let factor = if max_norm > 0.0 { (max_norm as f32 / (norm + CLIP_EPSILON)).min(1.0) } else { 1.0 };
            (Tensor::from_floats([norm], &device), Clip::OnHost(factor))
        } else {
            let norm = sum_of_squares(&model, &gradients, &device).sqrt();
            // On the device, so that clipping costs no read-back: min(1, max_norm / (norm + ε)).
            let factor = if max_norm > 0.0 {
                norm.clone().add_scalar(CLIP_EPSILON).recip().mul_scalar(max_norm).clamp_max(1.0)
            } else {
                norm.ones_like()
            };
            (norm, Clip::OnDevice(factor))
        };

        let mut update = Update { optimizer: self, gradients, clip, rate: rates.encoder, step: step as i32 };
        let encoder = model.encoder.map(&mut update);
        update.rate = rates.head;
        let head = model.head.map(&mut update);
        (SentencePairModel { encoder, head }, norm)
    }
}

/// Sum of the squares of all gradients, `[1]`, by the device.
fn sum_of_squares(model: &SentencePairModel, gradients: &GradientsParams, device: &Device) -> Tensor<1> {
    #[cfg(feature = "gpu")]
    if gpu::is_for(device) {
        let mut collected = Flattened { gradients, tensors: Vec::new() };
        model.visit(&mut collected);
        return gpu::sum_of_squares(collected.tensors, device);
    }
    let mut squares = SumOfSquares { gradients, sum: Tensor::zeros([1], device) };
    model.visit(&mut squares);
    squares.sum
}

struct SumOfSquares<'a> {
    gradients: &'a GradientsParams,
    sum: Tensor<1>,
}

impl ModuleVisitor for SumOfSquares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            // Row by row, then the rows: burn-ndarray adds one by one, and over the twelve million numbers of a
            // word-embedding gradient that would lose two digits.
            let rows = gradient.square().sum_dim(D - 1);
            self.sum = self.sum.clone() + rows.sum();
        }
    }
}

/// All gradients, each flattened.
#[cfg(feature = "gpu")]
struct Flattened<'a> {
    gradients: &'a GradientsParams,
    tensors: Vec<Tensor<1>>,
}

#[cfg(feature = "gpu")]
impl ModuleVisitor for Flattened<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.tensors.extend(self.gradients.get::<D>(param.id).map(|gradient| gradient.flatten::<1>(0, D - 1)));
    }
}

/// As [`SumOfSquares`], where the gradients lie in the host's memory.
struct SumOnHost<'a> {
    gradients: &'a GradientsParams,
    sum: f64,
}

impl ModuleVisitor for SumOnHost<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.sum += cpu_adamw::sum_of_squares(gradient);
        }
    }
}

/// What gradients are multiplied by so that their norm keeps within its bound.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, on the stack")]
enum Clip {
    /// A factor `[1]`.
    OnDevice(Tensor<1>),
    /// On flex, whose tensors lie in the host's memory.
    OnHost(f32),
}

/// One AdamW step of each parameter that has a gradient.
struct Update<'a> {
    optimizer: &'a mut Optimizer,
    gradients: GradientsParams,
    clip: Clip,
    rate: f64,
    /// Counted from 1.
    step: i32,
}

impl ModuleMapper for Update<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(gradient) = self.gradients.remove::<D>(param.id) else { return param };
        let (id, value, mapper) = param.consume();
        let moments = self.optimizer.moments.remove(&id);
        let AdamW { beta_1, beta_2, epsilon, weight_decay } = self.optimizer.adamw;
        // Biases and layer norms, which BERT's recipe doesn't decay, are exactly the parameters of rank one.
        let decay = if D == 1 { 0.0 } else { self.rate * weight_decay };
        // The corrections of the means' start from zero, in f64, because 1 - β₂ᵗ is a difference of nearly equal numbers.
        let step_size = self.rate / (1.0 - beta_1.powi(self.step));
        let second_correction = (1.0 - beta_2.powi(self.step)).sqrt();
        let step = AdamWStep {
            gradient_factor: if let Clip::OnHost(factor) = self.clip { factor } else { 1.0 },
            beta_1: beta_1 as f32,
            one_minus_beta_1: (1.0 - beta_1) as f32,
            beta_2: beta_2 as f32,
            one_minus_beta_2: (1.0 - beta_2) as f32,
            step_size: step_size as f32,
            second_correction: second_correction as f32,
            epsilon: epsilon as f32,
            decay_factor: (1.0 - decay) as f32,
        };
        let moments = moments.map(|Moments { first, second }| (first, second));
        let (updated, first, second) = match &self.clip {
            Clip::OnHost(_) => cpu_adamw::adamw(value.inner(), gradient, moments, &step),
            Clip::OnDevice(factor) => adamw_on_device(value.inner(), gradient, moments, factor.clone(), &step),
        };
        let moments = Moments { first, second };
        self.optimizer.moments.insert(id, moments);
        Param::from_mapped_value(id, Tensor::from_inner(updated).require_grad(), mapper)
    }
}

/// One step by the device, the gradient first multiplied by `factor`, `[1]`: the new value and moments.
fn adamw_on_device<const D: usize>(
    value: Tensor<D>,
    gradient: Tensor<D>,
    moments: Option<(Tensor<1>, Tensor<1>)>,
    factor: Tensor<1>,
    step: &AdamWStep,
) -> (Tensor<D>, Tensor<1>, Tensor<1>) {
    #[cfg(feature = "gpu")]
    if gpu::is_for(&value.device()) {
        return gpu::adamw(value, gradient, moments, factor, step);
    }
    let gradient = gradient.flatten::<1>(0, D - 1) * factor;
    let (first, second) = moments.unwrap_or_else(|| (gradient.zeros_like(), gradient.zeros_like()));
    let first = first.mul_scalar(step.beta_1) + gradient.clone().mul_scalar(step.one_minus_beta_1);
    let second = second.mul_scalar(step.beta_2) + gradient.square().mul_scalar(step.one_minus_beta_2);
    let denominator = second.clone().sqrt().div_scalar(step.second_correction).add_scalar(step.epsilon);
    let change = (first.clone() / denominator).mul_scalar(step.step_size).reshape(value.shape());
    (value.mul_scalar(step.decay_factor) - change, first, second)
}
