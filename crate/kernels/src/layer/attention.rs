//! softmax(q·kᵀ/√d_head)·v, sentence by sentence and head by head (Vaswani et al. 2017).

use super::{LayerDropout, LayerShape};
use crate::dropout::DropoutMask;
use crate::gemm::{Matrix, Onto, gemm};
use crate::softmax::{softmax_backward_rows, softmax_rows};

/// Queries, keys and values, each `[n_tokens, d_model]`.
#[derive(Clone, Debug)]
pub(super) struct Projections {
    pub query: Vec<f32>,
    pub key: Vec<f32>,
    pub value: Vec<f32>,
}

/// One head of one sentence: where its vectors begin, where its weights begin, and its length.
struct Head {
    vectors: usize,
    weights: usize,
    length: usize,
}

fn heads<'a>(shape: &'a LayerShape<'_>) -> impl Iterator<Item = Head> + 'a {
    let (mut token, mut weight) = (0, 0);
    shape.lengths.iter().flat_map(move |&length| {
        let (first_token, first_weight) = (token, weight);
        token += length;
        weight += shape.n_heads * length * length;
        (0..shape.n_heads).map(move |head_idx| Head {
            vectors: first_token * shape.d_model + head_idx * shape.d_head(),
            weights: first_weight + head_idx * length * length,
            length,
        })
    })
}

fn mask_of<'a>(dropout: Option<&LayerDropout<&'a [u8]>>, head: &Head) -> Option<DropoutMask<'a>> {
    let of_head = head.weights..head.weights + head.length * head.length;
    dropout.map(|dropout| DropoutMask { keep: &dropout.attention[of_head], scale: dropout.scale })
}

/// The context vectors, `[n_tokens, d_model]`, and the attention weights before dropout.
pub(super) fn forward(
    shape: &LayerShape<'_>,
    projections: &Projections,
    dropout: Option<&LayerDropout<&[u8]>>,
) -> (Vec<f32>, Vec<f32>) {
    let (d_model, d_head) = (shape.d_model, shape.d_head());
    let scale = 1.0 / (d_head as f32).sqrt();
    let mut context = vec![0.0; projections.query.len()];
    let mut weights = vec![0.0; shape.n_attention_weights()];
    let mut dropped = Vec::new();
    for head in heads(shape) {
        let Head { vectors, length, .. } = head;
        let of_head = |values| Matrix::rows(values, d_model);
        let query = of_head(&projections.query[vectors..]);
        let key = of_head(&projections.key[vectors..]);
        let value = of_head(&projections.value[vectors..]);
        let weights = &mut weights[head.weights..head.weights + length * length];
        gemm([length, d_head, length], query, key.transposed(), weights, length, Onto::Nothing);
        softmax_rows(weights, length, scale);
        let kept = match mask_of(dropout, &head) {
            Some(mask) => {
                dropped.clear();
                dropped.extend_from_slice(weights);
                mask.apply(&mut dropped);
                &*dropped
            }
            None => &*weights,
        };
        let out = &mut context[vectors..];
        gemm([length, length, d_head], Matrix::rows(kept, length), value, out, d_model, Onto::Nothing);
    }
    (context, weights)
}

/// Gradients of queries, keys and values.
pub(super) fn backward(
    shape: &LayerShape<'_>,
    projections: &Projections,
    weights: &[f32],
    dropout: Option<&LayerDropout<&[u8]>>,
    d_context: &[f32],
) -> Projections {
    let (d_model, d_head) = (shape.d_model, shape.d_head());
    let scale = 1.0 / (d_head as f32).sqrt();
    let zeros = || vec![0.0; d_context.len()];
    let mut gradients = Projections { query: zeros(), key: zeros(), value: zeros() };
    let mut dropped = Vec::new();
    let mut d_scores = Vec::new();
    for head in heads(shape) {
        let Head { vectors, length, .. } = head;
        let of_head = |values| Matrix::rows(values, d_model);
        let query = of_head(&projections.query[vectors..]);
        let key = of_head(&projections.key[vectors..]);
        let value = of_head(&projections.value[vectors..]);
        let d_context = of_head(&d_context[vectors..]);
        let weights = &weights[head.weights..head.weights + length * length];
        let mask = mask_of(dropout, &head);

        // context = kept·value.
        d_scores.resize(length * length, 0.0);
        gemm([length, d_head, length], d_context, value.transposed(), &mut d_scores, length, Onto::Nothing);
        let kept = match mask {
            Some(mask) => {
                dropped.clear();
                dropped.extend_from_slice(weights);
                mask.apply(&mut dropped);
                mask.apply(&mut d_scores);
                &*dropped
            }
            None => weights,
        };
        let kept = Matrix::rows(kept, length).transposed();
        let d_value = &mut gradients.value[vectors..];
        gemm([length, length, d_head], kept, d_context, d_value, d_model, Onto::Nothing);

        // kept = dropout(softmax(scale · query·keyᵀ)).
        softmax_backward_rows(weights, &mut d_scores, length, scale);
        let d_scores = Matrix::rows(&d_scores, length);
        let d_query = &mut gradients.query[vectors..];
        gemm([length, length, d_head], d_scores, key, d_query, d_model, Onto::Nothing);
        let d_key = &mut gradients.key[vectors..];
        gemm([length, length, d_head], d_scores.transposed(), query, d_key, d_model, Onto::Nothing);
    }
    gradients
}
