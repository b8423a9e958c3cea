//! AdamW over a whole parameter on flex in one pass, in place.

use burn::backend::Flex;
use burn::tensor::{Tensor, TensorData};
use sbert_kernels::adamw::{self as kernel, AdamWStep};
use sbert_kernels::timing::{Part, timed};

use crate::flex::{FlexTensor, Values, plain};

/// Sum of the squares of a tensor on flex, added up so that no digit of a long sum is lost.
pub(super) fn sum_of_squares<const D: usize>(tensor: Tensor<D>) -> f64 {
    timed(Part::Optimizer, || kernel::sum_of_squares(Values::of(plain(tensor)).slice()))
}

/// One step: the new value, and the new first and second moment, flattened. Tensors that nothing else holds are changed
/// in place. Without moments they begin at 0.
pub(super) fn adamw<const D: usize>(
    value: Tensor<D>,
    gradient: Tensor<D>,
    moments: Option<(Tensor<1>, Tensor<1>)>,
    step: &AdamWStep,
) -> (Tensor<D>, Tensor<1>, Tensor<1>) {
    let mut value = in_order(plain(value));
    let gradient = Values::of(plain(gradient));
    let n_values = gradient.slice().len();
    let (mut first, mut second) = match moments {
        Some((first, second)) => (in_order(plain(first)), in_order(plain(second))),
        None => (zeros(n_values), zeros(n_values)),
    };
    timed(Part::Optimizer, || {
        kernel::adamw(value.storage_mut(), gradient.slice(), first.storage_mut(), second.storage_mut(), step);
    });
    (
        Tensor::from_primitive::<Flex>(value),
        Tensor::from_primitive::<Flex>(first),
        Tensor::from_primitive::<Flex>(second),
    )
}

/// The tensor with its values in order; the one given is gone, so that nothing but the result holds them.
fn in_order(tensor: FlexTensor) -> FlexTensor {
    tensor.to_contiguous()
}

fn zeros(n_values: usize) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(vec![0.0f32; n_values], [n_values]))
}
