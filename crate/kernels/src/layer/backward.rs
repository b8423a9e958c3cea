//! Gradients of a layer's input and weights.

use super::forward::{Normalised, Saved};
use super::{LayerDropout, LayerGradients, LayerShape, LayerWeights, Linear, Norm, attention};
use crate::activation::multiply;
use crate::dropout::DropoutMask;
use crate::gemm::Onto;
use crate::norm::layer_norm_backward;
use crate::timing::{Part, timed};

/// From the gradient of the output to those of the weights and, where `wants_input` is set, of the input.
///
/// # Shapes
/// - x, d_y and the input's gradient: `[n_tokens, d_model]`
pub fn backward(
    shape: &LayerShape<'_>,
    weights: &LayerWeights<'_>,
    x: &[f32],
    saved: &Saved,
    d_y: &[f32],
    wants_input: bool,
) -> (LayerGradients, Option<Vec<f32>>) {
    let n_tokens = x.len() / shape.d_model;
    let dropout = saved.dropout.as_ref();

    // Feed-forward network.
    let (mut d_hidden, output_norm) = norm_backward(d_y, &saved.transformed, weights.output_norm);
    let keep = dropout.map(LayerDropout::of_transformed);
    let d_branch = dropped(&d_hidden, keep);
    let output = Linear::gradient(&saved.after_gelu, &d_branch, n_tokens);
    let mut d_intermediate = vec![0.0; saved.after_gelu.len()];
    weights.output.input_gradient(&d_branch, &mut d_intermediate, Onto::Nothing);
    timed(Part::ElementWise, || multiply(&mut d_intermediate, &saved.gelu_derivative));
    let intermediate = Linear::gradient(&saved.hidden, &d_intermediate, n_tokens);
    weights.intermediate.input_gradient(&d_intermediate, &mut d_hidden, Onto::Values);

    // Attention.
    let (mut d_x, attention_norm) = norm_backward(&d_hidden, &saved.attended, weights.attention_norm);
    let keep = dropout.and_then(LayerDropout::of_attended);
    let d_branch = dropped(&d_x, keep);
    let attention_output = Linear::gradient(&saved.context, &d_branch, n_tokens);
    let mut d_context = vec![0.0; saved.context.len()];
    weights.attention_output.input_gradient(&d_branch, &mut d_context, Onto::Nothing);
    let d_projections = timed(Part::Attention, || {
        attention::backward(shape, &saved.projections, &saved.attention_weights, dropout, &d_context)
    });
    let parts = [
        (weights.query, &d_projections.query),
        (weights.key, &d_projections.key),
        (weights.value, &d_projections.value),
    ];
    let [query, key, value] = parts.map(|(linear, d_projection)| {
        if wants_input {
            linear.input_gradient(d_projection, &mut d_x, Onto::Values);
        }
        Linear::gradient(x, d_projection, n_tokens)
    });
    let gradients =
        LayerGradients { query, key, value, attention_output, attention_norm, intermediate, output, output_norm };
    (gradients, wants_input.then_some(d_x))
}

/// The gradient of a branch, from that of its sum with the residual.
fn dropped(d_sum: &[f32], keep: Option<DropoutMask<'_>>) -> Vec<f32> {
    timed(Part::ElementWise, || {
        let mut d_branch = d_sum.to_vec();
        if let Some(keep) = keep {
            keep.apply(&mut d_branch);
        }
        d_branch
    })
}

fn norm_backward(d_y: &[f32], normalised: &Normalised, norm: Norm<&[f32]>) -> (Vec<f32>, Norm<Vec<f32>>) {
    let mut gradient = Norm { gamma: vec![0.0; norm.gamma.len()], beta: vec![0.0; norm.beta.len()] };
    let mut d_z = vec![0.0; d_y.len()];
    let Norm { gamma, beta } = &mut gradient;
    timed(Part::ElementWise, || {
        layer_norm_backward(d_y, &normalised.values, &normalised.rstd, norm.gamma, gamma, beta, &mut d_z);
    });
    (d_z, gradient)
}
