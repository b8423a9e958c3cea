//! The layer's output, and what its backward pass needs of the way there.

use super::attention::{self, Projections};
use super::share::shares_with_values;
use super::{LayerDropout, LayerShape, LayerWeights, Linear, Norm};
use crate::activation::{gelu, gelu_with_derivative};
use crate::dropout::DropoutMask;
use crate::norm::residual_layer_norm;
use crate::parallel;
use crate::timing::{Part, timed};

/// What the forward pass leaves for the backward pass.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Which the batch was divided among.
    pub(super) n_threads: usize,
    pub(super) of_shares: Vec<SavedShare>,
    pub(super) dropout: Option<LayerDropout<Vec<u8>>>,
}

/// The part of a share.
#[derive(Clone, Debug)]
pub(super) struct SavedShare {
    pub projections: Projections,
    pub attention_weights: Vec<f32>,
    pub context: Vec<f32>,
    pub attended: Normalised,
    /// The feed-forward network's input.
    pub hidden: Vec<f32>,
    pub gelu_derivative: Vec<f32>,
    pub after_gelu: Vec<f32>,
    pub transformed: Normalised,
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
    dropout: Option<LayerDropout<Vec<u8>>>,
) -> Vec<f32> {
    apply(shape, weights, x, dropout, |intermediate, after_gelu| gelu(intermediate, after_gelu)).0
}

/// As [`forward`], with what the backward pass needs.
pub fn forward_saving(
    shape: &LayerShape<'_>,
    weights: &LayerWeights<'_>,
    x: &[f32],
    dropout: Option<LayerDropout<Vec<u8>>>,
) -> (Vec<f32>, Saved) {
    apply(shape, weights, x, dropout, gelu_with_derivative)
}

/// `activation` writes its results into the second slice and may leave its derivatives in the first.
fn apply(
    shape: &LayerShape<'_>,
    weights: &LayerWeights<'_>,
    x: &[f32],
    dropout: Option<LayerDropout<Vec<u8>>>,
    activation: impl Fn(&mut [f32], &mut [f32]) + Send + Sync,
) -> (Vec<f32>, Saved) {
    let n_threads = parallel::n_threads();
    let mut output = vec![0.0; x.len()];
    let shares = shares_with_values(shape, n_threads, &mut output);
    let of_shares = parallel::map(shares, |(share, output)| {
        let dropout = dropout.as_ref().map(|dropout| share.dropout(dropout));
        apply_to_share(&share.shape, weights, &x[share.values], dropout.as_ref(), &activation, output)
    });
    (output, Saved { n_threads, of_shares, dropout })
}

/// [`apply`] of a share, whose output is written to `output`.
fn apply_to_share(
    shape: &LayerShape<'_>,
    weights: &LayerWeights<'_>,
    x: &[f32],
    dropout: Option<&LayerDropout<&[u8]>>,
    activation: impl Fn(&mut [f32], &mut [f32]),
    output: &mut [f32],
) -> SavedShare {
    let d_model = shape.d_model;
    let project = |linear: Linear<&[f32]>| linear.apply(x, d_model);
    let projections =
        Projections { query: project(weights.query), key: project(weights.key), value: project(weights.value) };
    let (context, attention_weights) = timed(Part::Attention, || attention::forward(shape, &projections, dropout));

    let branch = weights.attention_output.apply(&context, d_model);
    let mut hidden = vec![0.0; x.len()];
    let keep = dropout.and_then(LayerDropout::of_attended);
    let attended = add_and_norm(shape, branch, keep, x, weights.attention_norm, &mut hidden);

    let mut intermediate = weights.intermediate.apply(&hidden, d_model);
    let mut after_gelu = vec![0.0; intermediate.len()];
    timed(Part::ElementWise, || activation(&mut intermediate, &mut after_gelu));
    let branch = weights.output.apply(&after_gelu, shape.d_ff);
    let keep = dropout.map(LayerDropout::of_transformed);
    let transformed = add_and_norm(shape, branch, keep, &hidden, weights.output_norm, output);
    SavedShare {
        projections,
        attention_weights,
        context,
        attended,
        hidden,
        gelu_derivative: intermediate,
        after_gelu,
        transformed,
    }
}

fn add_and_norm(
    shape: &LayerShape<'_>,
    mut branch: Vec<f32>,
    keep: Option<DropoutMask<'_>>,
    residual: &[f32],
    norm: Norm<&[f32]>,
    output: &mut [f32],
) -> Normalised {
    let mut rstd = vec![0.0; branch.len() / shape.d_model];
    timed(Part::ElementWise, || {
        residual_layer_norm(&mut branch, keep, residual, norm.gamma, norm.beta, shape.eps, output, &mut rstd);
    });
    Normalised { values: branch, rstd }
}
