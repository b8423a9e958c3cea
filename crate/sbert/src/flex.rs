//! The values beneath a tensor of burn's flex backend, which lie in the host's memory.
//!
//! It imports nothing. It is separate because the encoder layer and AdamW both pass these values to [`sbert_kernels`],
//! and neither of the two belongs to the other.

use burn::backend::{Autodiff, BackendTypes, DispatchDevice, Flex};
use burn::tensor::{Device, Tensor};

pub(crate) type FlexTensor = <Flex as BackendTypes>::FloatTensorPrimitive;
pub(crate) type AutodiffTensor = <Autodiff<Flex> as BackendTypes>::FloatTensorPrimitive;

/// True if the device is flex, with or without autodiff.
pub(crate) fn is_for(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}

/// The values of a tensor as they lie in memory, put in order first if it is a view of another.
pub(crate) struct Values(pub FlexTensor);

impl Values {
    pub fn of(tensor: FlexTensor) -> Self {
        Self(tensor.to_contiguous())
    }

    pub fn slice(&self) -> &[f32] {
        // In order and f32: `of` has put it in order, and the model has no other floats.
        self.0.as_slice().unwrap_or_default()
    }
}

/// The tensor under a burn tensor on flex, with autodiff.
pub(crate) fn tracked<const D: usize>(tensor: Tensor<D>) -> AutodiffTensor {
    match tensor.try_into_primitive::<Autodiff<Flex>>() {
        Ok(primitive) => primitive,
        Err(cause) => unreachable!("`is_for` was true of the tensor's device: {cause:?}"),
    }
}

/// The tensor under a burn tensor on flex, without autodiff.
pub(crate) fn plain<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    match tensor.try_into_primitive::<Flex>() {
        Ok(primitive) => primitive,
        Err(cause) => unreachable!("`is_for` was true of the tensor's device: {cause:?}"),
    }
}
