//! The one way from the device to the host: asynchronous, because WebGPU has no other.

use burn::tensor::Tensor;

use crate::error::Error;

/// Values of a tensor, row-major.
pub(crate) async fn read_back<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    let fault = |cause: &dyn std::fmt::Debug| Error::Device { problem: format!("{cause:?}") };
    let data = tensor.into_data_async().await.map_err(|cause| fault(&cause))?;
    data.try_into_vec().map_err(|cause| fault(&cause))
}

/// Values of a tensor in a test, where waiting is fine.
#[cfg(test)]
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    pollster::block_on(read_back(tensor)).expect("the CPU gives its results back")
}
