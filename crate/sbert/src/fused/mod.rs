//! The CPU's own path under burn's flex backend: an encoder layer as one operation with a hand-written derivative, and
//! AdamW in one pass.
//!
//! burn computes a layer as some forty operations, each a pass over memory, and differentiates them one by one. Here the
//! same arithmetic is done by [`sbert_kernels`], without padding. The model, its parameters and its graph stay burn's;
//! every other backend takes the general path, and the tests hold both to the same numbers from PyTorch.

mod layer;
mod optimizer;

use burn::backend::{Autodiff, BackendTypes, DispatchDevice, Flex};
use burn::tensor::{Device, Tensor};

pub(crate) use layer::encoder_layer;
pub(crate) use optimizer::{adamw, sum_of_squares};

type FlexTensor = <Flex as BackendTypes>::FloatTensorPrimitive;
type AutodiffTensor = <Autodiff<Flex> as BackendTypes>::FloatTensorPrimitive;

/// True if tensors of this device take the path of this module.
pub(crate) fn is_for(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}

/// The values of a tensor as they lie in memory, put in order first if it is a view of another.
struct Values(FlexTensor);

impl Values {
    fn of(tensor: FlexTensor) -> Self {
        Self(tensor.to_contiguous())
    }

    fn slice(&self) -> &[f32] {
        // In order and f32: `of` has put it in order, and the model has no other floats.
        self.0.as_slice().unwrap_or_default()
    }
}

/// The tensor under a burn tensor on flex, with autodiff.
fn tracked<const D: usize>(tensor: Tensor<D>) -> AutodiffTensor {
    match tensor.try_into_primitive::<Autodiff<Flex>>() {
        Ok(primitive) => primitive,
        Err(cause) => unreachable!("`is_for` was true of the tensor's device: {cause:?}"),
    }
}

/// The tensor under a burn tensor on flex, without autodiff.
fn plain<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    match tensor.try_into_primitive::<Flex>() {
        Ok(primitive) => primitive,
        Err(cause) => unreachable!("`is_for` was true of the tensor's device: {cause:?}"),
    }
}
