//! An encoder layer as one node of the graph.

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::{Autodiff, Flex, TensorMetadata};
use burn::module::Param;
use burn::nn;
use burn::tensor::{Tensor, TensorData};
use sbert_kernels::layer::{
    LayerDropout, LayerParameters, LayerShape, LayerWeights, Linear, N_PARAMETERS, Norm, Saved, backward, forward,
    forward_saving,
};
use sbert_kernels::timing::{Part, timed};

use super::super::dropout::DropoutStream;
use super::super::layer::EncoderLayer;
use crate::flex::{FlexTensor, Values, plain, tracked};

/// The parameters, and the layer's input before them.
const N_PARENTS: usize = N_PARAMETERS + 1;

/// Apply `layer` to `hidden`, `[n_tokens, d_model]`, sentences of `lengths` tokens one after the other; `dropout` as in
/// [`EncoderLayer::forward`].
pub(in crate::encoder) fn encoder_layer(
    layer: &EncoderLayer,
    hidden: Tensor<2>,
    lengths: &[usize],
    dropout: Option<&mut DropoutStream>,
) -> Tensor<2> {
    let d_model = hidden.dims()[1];
    let n_heads = layer.attention.n_heads;
    let sizes = Sizes {
        d_model,
        d_ff: layer.intermediate.weight.dims()[1],
        n_heads,
        lengths: lengths.into(),
        eps: layer.layer_norm_eps as f32,
    };
    let dropout = dropout.filter(|stream| stream.drops() && layer.is_trained()).map(|stream| {
        timed(Part::DropoutMasks, || LayerDropout {
            attention: stream.attention(n_heads),
            attended: layer.drops_attention_output.then(|| stream.tokens(d_model)),
            transformed: stream.tokens(d_model),
            scale: stream.scale(),
        })
    });
    if !hidden.device().is_autodiff() {
        let parameters = parameters(layer, plain, plain).map(Values::of);
        let (shape, input) = (sizes.shape(), Values::of(plain(hidden)));
        let output = forward(&shape, &weights(&parameters), input.slice(), dropout);
        return Tensor::from_primitive::<Flex>(tensor(output, [shape.n_tokens(), d_model]));
    }

    let hidden = tracked(hidden);
    let tensors = parameters(layer, tracked, tracked);
    let mut nodes = tensors.each_ref().map(|tensor| Some(tensor.node())).into_iter();
    let input_node = hidden.node();
    let mut input_node = Some(input_node);
    let guards: [_; N_PARENTS] = std::array::from_fn(|parent_idx| {
        let node = if parent_idx == 0 { input_node.take() } else { nodes.next().flatten() };
        node.unwrap_or_else(|| unreachable!("there are as many nodes as parents"))
    });
    let parameters = tensors.map(|tensor| Values::of(tensor.into_primitive()));
    let input = Values::of(hidden.into_primitive());
    let shape = sizes.shape();
    let (output, saved) = forward_saving(&shape, &weights(&parameters), input.slice(), dropout);
    let output = tensor(output, [shape.n_tokens(), d_model]);
    let output = match LayerBackward.prepare::<NoCheckpointing>(guards).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => {
            let kept = Kept { sizes, parameters, input, saved };
            prepared.finish(Arc::new(kept), output)
        }
        OpsKind::UnTracked(prepared) => prepared.finish(output),
    };
    Tensor::from_primitive::<Autodiff<Flex>>(output)
}

/// What the backward pass needs.
struct Kept {
    sizes: Sizes,
    parameters: [Values; N_PARAMETERS],
    input: Values,
    saved: Saved,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Kept").field("sizes", &self.sizes).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Sizes {
    d_model: usize,
    d_ff: usize,
    n_heads: usize,
    lengths: Box<[usize]>,
    eps: f32,
}

impl Sizes {
    fn shape(&self) -> LayerShape<'_> {
        let Self { d_model, d_ff, n_heads, eps, .. } = *self;
        LayerShape { d_model, d_ff, n_heads, lengths: &self.lengths, eps }
    }
}

/// The layer's parameters in the order of [`LayerParameters`].
fn parameters<T>(
    layer: &EncoderLayer,
    matrix: impl Fn(Tensor<2>) -> T,
    vector: impl Fn(Tensor<1>) -> T,
) -> [T; N_PARAMETERS] {
    let linear = |linear: &nn::Linear| {
        let bias = linear.bias.as_ref().map(Param::val);
        let bias = bias.unwrap_or_else(|| Tensor::zeros([linear.weight.dims()[1]], &linear.weight.device()));
        Linear { weight: matrix(linear.weight.val()), bias: vector(bias) }
    };
    let norm = |norm: &nn::LayerNorm| {
        let beta = norm.beta.as_ref().map(Param::val);
        let beta = beta.unwrap_or_else(|| Tensor::zeros(norm.gamma.dims(), &norm.gamma.device()));
        Norm { gamma: vector(norm.gamma.val()), beta: vector(beta) }
    };
    let parameters = LayerParameters {
        query: linear(&layer.attention.query),
        key: linear(&layer.attention.key),
        value: linear(&layer.attention.value),
        attention_output: linear(&layer.attention.output),
        attention_norm: norm(&layer.attention_norm),
        intermediate: linear(&layer.intermediate),
        output: linear(&layer.output),
        output_norm: norm(&layer.output_norm),
    };
    parameters.into_array()
}

fn weights(parameters: &[Values; N_PARAMETERS]) -> LayerWeights<'_> {
    LayerWeights::from_array(parameters.each_ref().map(Values::slice))
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

#[derive(Debug)]
struct LayerBackward;

impl Backward<Flex, N_PARENTS> for LayerBackward {
    type State = Arc<Kept>;

    fn backward(self, ops: Ops<Self::State, N_PARENTS>, gradients: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let d_output = Values::of(gradients.consume::<Flex>(&ops.node));
        let Kept { sizes, parameters, input, saved } = &*ops.state;
        let shape = sizes.shape();
        let wants_input = ops.parents[0].is_some();
        let (of_parameters, of_input) =
            backward(&shape, &weights(parameters), input.slice(), saved, d_output.slice(), wants_input);
        let mut parents = ops.parents.into_iter();
        if let (Some(node), Some(d_input)) = (parents.next().flatten(), of_input) {
            gradients.register::<Flex>(node.id, tensor(d_input, [shape.n_tokens(), shape.d_model]));
        }
        let of_parameters = of_parameters.into_array().into_iter().zip(parameters);
        for (parent, (gradient, parameter)) in parents.zip(of_parameters) {
            if let Some(node) = parent {
                let gradient = TensorData::new(gradient, parameter.0.shape());
                gradients.register::<Flex>(node.id, FlexTensor::from_data(gradient));
            }
        }
    }
}
