//! AdamW (Loshchilov and Hutter, arXiv 1711.05101) with PyTorch's conventions: decay groups, a rate for the encoder
//! and one for the head, and clipping by the global norm.

use burn::module::{Module, ModuleVisitor, Param, ParamGroup, ParamId};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Gradients, Tensor};

use super::config::{BETA_1, BETA_2, EPSILON};
use super::{SentencePairModel, TrainConfig};

/// Added to the norm before dividing by it (PyTorch's `clip_grad_norm_`).
const CLIP_EPSILON: f32 = 1e-6;

/// Learning rates of one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub encoder: f64,
    pub head: f64,
}

/// The optimiser's state over both parts of the model.
pub(super) struct Optimizer {
    adamw: ModuleOptimizer,
    max_gradient_norm: f64,
}

impl Optimizer {
    /// Make an optimiser for the parameters of `model` that take gradients.
    pub fn new(model: &SentencePairModel, config: &TrainConfig) -> Self {
        let with_decay = |weight_decay: f64| {
            AdamWConfig::new()
                .with_beta_1(BETA_1)
                .with_beta_2(BETA_2)
                .with_epsilon(EPSILON)
                .with_weight_decay(weight_decay as f32)
                .build()
        };
        let undecayed = ParamGroup::from_ids(rank_one_params(model));
        let adamw = ModuleOptimizer::from(with_decay(config.weight_decay)).with_group(undecayed, with_decay(0.0), None);
        Self { adamw, max_gradient_norm: config.max_gradient_norm }
    }

    /// Clip all trained gradients together and take one step; the norm before clipping comes back as `[1]`.
    pub fn step(
        &mut self,
        model: SentencePairModel,
        gradients: &mut Gradients,
        rates: Rates,
    ) -> (SentencePairModel, Tensor<1>) {
        let device = model.head.linear.weight.val().device().inner();
        let mut encoder_gradients = GradientsParams::from_module(gradients, &model.encoder);
        let mut head_gradients = GradientsParams::from_module(gradients, &model.head);

        let mut squares = SumOfSquares { gradients: &encoder_gradients, sum: Tensor::zeros([1], &device) };
        model.encoder.visit(&mut squares);
        squares.gradients = &head_gradients;
        model.head.visit(&mut squares);
        let norm = squares.sum.sqrt();

        if self.max_gradient_norm > 0.0 {
            // On the device, so that clipping costs no read-back: min(1, max_norm / (norm + ε)).
            let factor =
                norm.clone().add_scalar(CLIP_EPSILON).recip().mul_scalar(self.max_gradient_norm).clamp_max(1.0);
            model.encoder.visit(&mut Scale { gradients: &mut encoder_gradients, factor: &factor });
            model.head.visit(&mut Scale { gradients: &mut head_gradients, factor: &factor });
        }
        let model = SentencePairModel {
            encoder: self.adamw.step(rates.encoder, model.encoder, encoder_gradients),
            head: self.adamw.step(rates.head, model.head, head_gradients),
        };
        (model, norm)
    }
}

/// Biases and layer norms, which BERT's recipe doesn't decay: they are exactly the parameters of rank one.
fn rank_one_params(model: &SentencePairModel) -> Vec<ParamId> {
    struct Collector(Vec<ParamId>);
    impl ModuleVisitor for Collector {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if D == 1 {
                self.0.push(param.id);
            }
        }
    }
    let mut collector = Collector(Vec::new());
    model.visit(&mut collector);
    collector.0
}

struct SumOfSquares<'a> {
    gradients: &'a GradientsParams,
    sum: Tensor<1>,
}

impl ModuleVisitor for SumOfSquares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.sum = self.sum.clone() + gradient.square().sum();
        }
    }
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: &'a Tensor<1>,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient * self.factor.clone().reshape([1; D]));
        }
    }
}
