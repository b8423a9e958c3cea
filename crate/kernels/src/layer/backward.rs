//! Gradients of a layer's input and weights.

use super::attention;
use super::forward::{Normalised, Saved, SavedShare};
use super::share::shares_with_values;
use super::{LayerDropout, LayerGradients, LayerShape, LayerWeights, Linear, Norm};
use crate::activation::multiply;
use crate::bias;
use crate::dropout::DropoutMask;
use crate::gemm::Onto;
use crate::norm::layer_norm_backward;
use crate::parallel;
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
    let mut d_x = vec![0.0; x.len()];
    let shares = shares_with_values(shape, saved.n_threads, &mut d_x).into_iter().zip(&saved.of_shares);
    let of_shares = parallel::map(shares.collect(), |((share, d_x), saved_share)| {
        let dropout = saved.dropout.as_ref().map(|dropout| share.dropout(dropout));
        let (x, d_y) = (&x[share.values.clone()], &d_y[share.values]);
        backward_of_share(&share.shape, weights, x, saved_share, dropout.as_ref(), d_y, d_x, wants_input)
    });

    // Every token has its part in each weight's gradient, so now a thread takes all tokens and some of the weights: one of
    // the two large ones and two others are half of the work.
    let linears = vec![
        (weights.output, of_shares.iter().map(|share| &share.output).collect::<Vec<_>>()),
        (weights.query, of_shares.iter().map(|share| &share.query).collect()),
        (weights.key, of_shares.iter().map(|share| &share.key).collect()),
        (weights.value, of_shares.iter().map(|share| &share.value).collect()),
        (weights.attention_output, of_shares.iter().map(|share| &share.attention_output).collect()),
        (weights.intermediate, of_shares.iter().map(|share| &share.intermediate).collect()),
    ];
    let gradients = parallel::map(linears, |(linear, shares)| linear.gradient(&shares));
    let attention_norm = sum(of_shares.iter().map(|share| &share.attention_norm), shape.d_model);
    let output_norm = sum(of_shares.iter().map(|share| &share.output_norm), shape.d_model);
    let Ok([output, query, key, value, attention_output, intermediate]) = <[Linear<Vec<f32>>; 6]>::try_from(gradients)
    else {
        unreachable!("as many results as linear maps")
    };
    let gradients =
        LayerGradients { query, key, value, attention_output, attention_norm, intermediate, output, output_norm };
    (gradients, wants_input.then_some(d_x))
}

fn sum<'a>(gradients: impl Iterator<Item = &'a Norm<Vec<f32>>>, d_model: usize) -> Norm<Vec<f32>> {
    let mut sum = Norm { gamma: vec![0.0; d_model], beta: vec![0.0; d_model] };
    for gradient in gradients {
        bias::sum_rows(&gradient.gamma, &mut sum.gamma);
        bias::sum_rows(&gradient.beta, &mut sum.beta);
    }
    sum
}

/// What a linear map's gradient is made of: its input, `[n_tokens, d_input]`, and the gradient of its output,
/// `[n_tokens, d_output]`.
pub(super) type InputAndGradient<'a> = (&'a [f32], Vec<f32>);

/// What comes of a share's backward pass.
struct ShareGradients<'a> {
    query: InputAndGradient<'a>,
    key: InputAndGradient<'a>,
    value: InputAndGradient<'a>,
    attention_output: InputAndGradient<'a>,
    attention_norm: Norm<Vec<f32>>,
    intermediate: InputAndGradient<'a>,
    output: InputAndGradient<'a>,
    output_norm: Norm<Vec<f32>>,
}

/// [`backward`] of some sentences as far as they don't need the others; `d_x` is written where `wants_input` is set.
#[expect(clippy::too_many_arguments, reason = "what the forward pass had, what it has left, and the gradients")]
fn backward_of_share<'a>(
    shape: &LayerShape<'_>,
    weights: &LayerWeights<'_>,
    x: &'a [f32],
    saved: &'a SavedShare,
    dropout: Option<&LayerDropout<&[u8]>>,
    d_y: &[f32],
    d_x: &mut [f32],
    wants_input: bool,
) -> ShareGradients<'a> {
    // Feed-forward network.
    let mut d_hidden = vec![0.0; x.len()];
    let output_norm = norm_backward(d_y, &saved.transformed, weights.output_norm, &mut d_hidden);
    let d_output = dropped(&d_hidden, dropout.map(LayerDropout::of_transformed));
    let mut d_intermediate = vec![0.0; saved.after_gelu.len()];
    weights.output.input_gradient(&d_output, &mut d_intermediate, Onto::Nothing);
    timed(Part::ElementWise, || multiply(&mut d_intermediate, &saved.gelu_derivative));
    weights.intermediate.input_gradient(&d_intermediate, &mut d_hidden, Onto::Values);

    // Attention.
    let attention_norm = norm_backward(&d_hidden, &saved.attended, weights.attention_norm, d_x);
    let d_attention_output = dropped(d_x, dropout.and_then(LayerDropout::of_attended));
    let mut d_context = vec![0.0; saved.context.len()];
    weights.attention_output.input_gradient(&d_attention_output, &mut d_context, Onto::Nothing);
    let d_projections = timed(Part::Attention, || {
        attention::backward(shape, &saved.projections, &saved.attention_weights, dropout, &d_context)
    });
    if wants_input {
        weights.query.input_gradient(&d_projections.query, d_x, Onto::Values);
        weights.key.input_gradient(&d_projections.key, d_x, Onto::Values);
        weights.value.input_gradient(&d_projections.value, d_x, Onto::Values);
    }
    ShareGradients {
        query: (x, d_projections.query),
        key: (x, d_projections.key),
        value: (x, d_projections.value),
        attention_output: (&saved.context, d_attention_output),
        attention_norm,
        intermediate: (&saved.hidden, d_intermediate),
        output: (&saved.after_gelu, d_output),
        output_norm,
    }
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

/// The gradient of the norm's parameters; that of its input is written to `d_z`.
fn norm_backward(d_y: &[f32], normalised: &Normalised, norm: Norm<&[f32]>, d_z: &mut [f32]) -> Norm<Vec<f32>> {
    let mut gradient = Norm { gamma: vec![0.0; norm.gamma.len()], beta: vec![0.0; norm.beta.len()] };
    let Norm { gamma, beta } = &mut gradient;
    timed(Part::ElementWise, || {
        layer_norm_backward(d_y, &normalised.values, &normalised.rstd, norm.gamma, gamma, beta, d_z);
    });
    gradient
}
