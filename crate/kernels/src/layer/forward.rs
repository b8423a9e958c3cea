//! The layer's output, and what its backward pass needs of the way there.

use super::attention::{self, Projections};
use super::{LayerDropout, LayerShape, LayerWeights};
use crate::activation::{gelu, gelu_with_derivative};
use crate::dropout::DropoutMask;
use crate::norm::residual_layer_norm;
use crate::timing::{Part, timed};

/// What the forward pass leaves for the backward pass.
#[derive(Clone, Debug)]
pub struct Saved {
    pub(super) projections: Projections,
    pub(super) attention_weights: Vec<f32>,
    pub(super) context: Vec<f32>,
    pub(super) attended: Normalised,
    /// The feed-forward network's input.
    pub(super) hidden: Vec<f32>,
    pub(super) gelu_derivative: Vec<f32>,
    pub(super) after_gelu: Vec<f32>,
    pub(super) transformed: Normalised,
    pub(super) dropout: Option<LayerDropout>,
}

/// A layer norm's input with mean 0 and variance 1, `[n_tokens, d_model]`, and what each row was multiplied by.
#[derive(Clone, Debug)]
pub(super) struct Normalised {
    pub values: Vec<f32>,
    pub rstd: Vec<f32>,
}

/// Apply the layer to `x`, `[n_tokens, d_model]`; the output has its shape.
pub fn forward(
    shape: &LayerShape<'_>,
    weights: &LayerWeights<'_>,
    x: &[f32],
    dropout: Option<LayerDropout>,
) -> Vec<f32> {
    apply(shape, weights, x, dropout, |intermediate, after_gelu| gelu(intermediate, after_gelu)).0
}

/// As [`forward`], with what the backward pass needs.
pub fn forward_saving(
    shape: &LayerShape<'_>,
    weights: &LayerWeights<'_>,
    x: &[f32],
    dropout: Option<LayerDropout>,
) -> (Vec<f32>, Saved) {
    apply(shape, weights, x, dropout, gelu_with_derivative)
}

/// `activation` writes its results into the second slice and may leave its derivatives in the first.
fn apply(
    shape: &LayerShape<'_>,
    weights: &LayerWeights<'_>,
    x: &[f32],
    dropout: Option<LayerDropout>,
    activation: impl FnOnce(&mut [f32], &mut [f32]),
) -> (Vec<f32>, Saved) {
    let d_model = shape.d_model;
    let project = |linear: super::Linear<&[f32]>| linear.apply(x, d_model);
    let projections =
        Projections { query: project(weights.query), key: project(weights.key), value: project(weights.value) };
    let (context, attention_weights) =
        timed(Part::Attention, || attention::forward(shape, &projections, dropout.as_ref()));

    let branch = weights.attention_output.apply(&context, d_model);
    let keep = dropout.as_ref().and_then(LayerDropout::of_attended);
    let (hidden, attended) = add_and_norm(shape, branch, keep, x, weights.attention_norm);

    let mut intermediate = weights.intermediate.apply(&hidden, d_model);
    let mut after_gelu = vec![0.0; intermediate.len()];
    timed(Part::ElementWise, || activation(&mut intermediate, &mut after_gelu));
    let branch = weights.output.apply(&after_gelu, shape.d_ff);
    let keep = dropout.as_ref().map(LayerDropout::of_transformed);
    let (output, transformed) = add_and_norm(shape, branch, keep, &hidden, weights.output_norm);
    let saved = Saved {
        projections,
        attention_weights,
        context,
        attended,
        hidden,
        gelu_derivative: intermediate,
        after_gelu,
        transformed,
        dropout,
    };
    (output, saved)
}

fn add_and_norm(
    shape: &LayerShape<'_>,
    mut branch: Vec<f32>,
    keep: Option<DropoutMask<'_>>,
    residual: &[f32],
    norm: super::Norm<&[f32]>,
) -> (Vec<f32>, Normalised) {
    let mut output = vec![0.0; branch.len()];
    let mut rstd = vec![0.0; branch.len() / shape.d_model];
    timed(Part::ElementWise, || {
        residual_layer_norm(&mut branch, keep, residual, norm.gamma, norm.beta, shape.eps, &mut output, &mut rstd);
    });
    (output, Normalised { values: branch, rstd })
}
