//! Tensors to the bytes of a safetensors file.

use std::collections::HashMap;

use burn::tensor::Tensor;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use super::layout::{Layout, transpose};
use super::read::no_memory;
use crate::error::Error;
use crate::read_back::read_back;

/// A tensor on its way into a file.
pub(crate) struct NamedTensor {
    /// Its name there.
    name: String,
    /// Its shape there.
    shape: Vec<usize>,
    /// Flattened, so that ranks don't matter; as it lies in our module.
    values: Tensor<1>,
    layout: Layout,
}

impl NamedTensor {
    /// A tensor that lies in the file as it does in our module.
    pub fn new<const D: usize>(name: String, tensor: Tensor<D>) -> Self {
        let shape = tensor.dims().to_vec();
        Self { name, shape, values: tensor.flatten(0, D - 1), layout: Layout::Same }
    }

    /// A tensor in the layout that the file wants.
    pub fn in_layout<const D: usize>(name: String, tensor: Tensor<D>, layout: Layout) -> Self {
        let mut this = Self::new(name, tensor);
        if layout == Layout::Transposed {
            this.shape.reverse();
        }
        Self { layout, ..this }
    }
}

/// A safetensors file of f32 tensors. Tensors come from the device one at a time and go straight to their place, so that
/// no more than one is held twice: a checkpoint of BERT-base with its optimiser is 1.3 GB, and a browser's wasm has 4.
/// A value that isn't finite is an error, as it is where a file is read.
pub(crate) async fn serialize(
    file: &'static str,
    tensors: Vec<NamedTensor>,
    metadata: HashMap<String, String>,
) -> Result<Vec<u8>, Error> {
    let fault = |problem: String| Error::Weights { file: file.to_owned(), problem };
    let mut n_bytes = 0usize;
    let infos = tensors.iter().map(|tensor| {
        let start = n_bytes;
        // Beyond what can be addressed the reservation below fails.
        n_bytes = tensor.shape.iter().fold(size_of::<f32>(), |n, size| n.saturating_mul(*size)).saturating_add(n_bytes);
        let info = TensorInfo { dtype: Dtype::F32, shape: tensor.shape.clone(), data_offsets: (start, n_bytes) };
        (tensor.name.clone(), info)
    });
    let header = Metadata::new(Some(metadata), infos.collect()).map_err(|cause| fault(cause.to_string()))?;
    let mut header = serde_json::to_vec(&header).map_err(|cause| fault(cause.to_string()))?;
    // The format wants the data to begin at a multiple of eight.
    header.resize(header.len().next_multiple_of(8), b' ');

    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact((size_of::<u64>() + header.len()).saturating_add(n_bytes))
        .map_err(|_| fault(format!("it would have {n_bytes} bytes, for which there is no memory")))?;
    bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&header);
    for NamedTensor { name, shape, values, layout } in tensors {
        let mut values = read_back(values).await?;
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::Tensor { name, problem: format!("has the value {value}, which is not finite") });
        }
        if let (Layout::Transposed, &[n_rows, n_columns]) = (layout, shape.as_slice()) {
            let transposed = transpose(&values, n_columns, n_rows);
            values = transposed.ok_or_else(|| no_memory(&name, values.len()))?;
        }
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    Ok(bytes)
}
