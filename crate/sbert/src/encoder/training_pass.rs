//! A forward and a backward pass in parts, a layer each, so that one thread can answer something else in between.
//!
//! Between two layers the graph is cut: what a layer makes is the input, a leaf, of a graph of its own. Backward, the
//! gradient of that leaf is where the layer before it begins. The numbers are those of one graph over the whole encoder, to
//! the last bit.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Gradients, Tensor};

use super::cpu;
use super::dropout::DropoutStream;
use super::sentence_encoder::SentenceEncoder;
use super::token_batch::TokenBatch;

/// The pass of one batch through an encoder on an autodiff device. Call [`forward`](Self::forward) until it gives the
/// embeddings; after their backward pass [`start_backward`](Self::start_backward), then [`backward`](Self::backward) until
/// it says `false`.
pub(crate) struct TrainingPass {
    batch: TokenBatch,
    dropout: DropoutStream,
    /// The layer that is next.
    layer_idx: usize,
    /// Its input, `[n_tokens, d_model]`, a leaf of its graph; none before the embeddings are computed.
    hidden: Option<Tensor<2>>,
    /// From the first part that is trained on: where there is one, the gradient of what is behind it is wanted.
    segments: Vec<Segment>,
    /// The gradient of what the last of the segments has made.
    d_output: Option<Tensor<2>>,
}

/// A part of the encoder that is trained, or that has a trained one before it.
struct Segment {
    /// Its layer; none for the embeddings.
    layer_idx: Option<usize>,
    /// None if nothing before it is trained.
    input: Option<Tensor<2>>,
    output: Tensor<2>,
}

impl TrainingPass {
    /// A pass of `batch`, of which the first layers' output may be there already: how many they are, and their output.
    pub fn new(batch: TokenBatch, dropout: DropoutStream, kept: Option<(usize, Tensor<2>)>) -> Self {
        let (layer_idx, hidden) = kept.unzip();
        Self { batch, dropout, layer_idx: layer_idx.unwrap_or_default(), hidden, segments: Vec::new(), d_output: None }
    }

    /// Compute the next part; the embeddings, `[batch_size, d_model]`, after the last one.
    pub fn forward(&mut self, encoder: &SentenceEncoder) -> Option<Tensor<2>> {
        let TokenBatch::Packed(tokens) = &self.batch else {
            // Such a device computes by itself, and waiting for each layer would hold it up.
            return Some(encoder.forward_with(&self.batch, Some(&mut self.dropout)));
        };
        let Some(input) = self.hidden.take() else {
            let output = encoder.embeddings.forward_packed(tokens, Some(&mut self.dropout));
            self.end_part(None, None, output, encoder.embeddings.is_trained());
            return None;
        };
        let Some(layer) = encoder.layers.get(self.layer_idx) else {
            let embeddings = encoder.finish(encoder.pooling.pool_packed(input.clone(), &tokens.lengths));
            self.hidden = Some(input);
            return Some(embeddings);
        };
        let output = cpu::encoder_layer(layer, input.clone(), &tokens.lengths, Some(&mut self.dropout));
        let wanted_input = (!self.segments.is_empty()).then_some(input);
        self.end_part(Some(self.layer_idx), wanted_input, output, layer.is_trained());
        self.layer_idx += 1;
        None
    }

    fn end_part(&mut self, layer_idx: Option<usize>, input: Option<Tensor<2>>, output: Tensor<2>, is_trained: bool) {
        let leaf = Tensor::from_inner(output.clone().inner());
        if is_trained || !self.segments.is_empty() {
            self.segments.push(Segment { layer_idx, input, output });
            self.hidden = Some(leaf.require_grad());
        } else {
            self.hidden = Some(leaf);
        }
    }

    /// Begin the backward pass with the gradients of what [`forward`](Self::forward) gave, where they were wanted.
    pub fn start_backward(&mut self, gradients: &mut Gradients) {
        self.d_output =
            self.hidden.take().filter(|_| !self.segments.is_empty()).and_then(|leaf| leaf.grad_remove(gradients));
    }

    /// Compute the gradients of the next part, from the last to the first, and add them to those in `gradients`; `false` if
    /// there was none left.
    pub fn backward(&mut self, encoder: &SentenceEncoder, gradients: &mut GradientsParams) -> bool {
        let (Some(segment), Some(d_output)) = (self.segments.pop(), self.d_output.take()) else { return false };
        let Segment { layer_idx, input, output } = segment;
        // Its gradient by the output is d_output, exactly.
        let mut found = (output * Tensor::from_inner(d_output)).sum().backward();
        self.d_output = input.and_then(|input| input.grad_remove(&mut found));
        let mut collector = Collector { found, gradients };
        match layer_idx {
            Some(layer_idx) => encoder.layers[layer_idx].visit(&mut collector),
            None => encoder.embeddings.visit(&mut collector),
        }
        true
    }
}

/// Takes the gradients of the parameters that it visits.
struct Collector<'a> {
    found: Gradients,
    gradients: &'a mut GradientsParams,
}

impl ModuleVisitor for Collector<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad_remove(&mut self.found) {
            self.gradients.register::<D>(param.id, gradient);
        }
    }
}
