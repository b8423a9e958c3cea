//! Modules to safetensors bytes, in the hub's names and layout.

use std::collections::HashMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use super::WEIGHTS_FILE;
use super::keys::{Layout, hub_key};
use super::load::transpose;
use crate::encoder::SentenceEncoder;
use crate::error::Error;
use crate::read_back::read_back;

/// The encoder's weights as a safetensors file that transformers' `BertModel` loads (without the pooler).
///
/// # Errors
/// [`Error::Device`] if the device does not give a weight back; [`Error::Weights`] if the file can't be built.
pub async fn save_encoder(encoder: &SentenceEncoder) -> Result<Vec<u8>, Error> {
    let mut collector = Collector { path: Vec::new(), found: Vec::new(), error: None };
    encoder.visit(&mut collector);
    if let Some(error) = collector.error {
        return Err(error);
    }
    // What transformers writes, and wants to find.
    serialize(WEIGHTS_FILE, collector.found, HashMap::from([("format".to_owned(), "pt".to_owned())])).await
}

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
pub(crate) async fn serialize(
    file: &'static str,
    tensors: Vec<NamedTensor>,
    metadata: HashMap<String, String>,
) -> Result<Vec<u8>, Error> {
    let fault = |problem: String| Error::Weights { file: file.to_owned(), problem };
    let mut n_bytes = 0;
    let infos = tensors.iter().map(|tensor| {
        let start = n_bytes;
        n_bytes += tensor.shape.iter().product::<usize>() * size_of::<f32>();
        let info = TensorInfo { dtype: Dtype::F32, shape: tensor.shape.clone(), data_offsets: (start, n_bytes) };
        (tensor.name.clone(), info)
    });
    let header = Metadata::new(Some(metadata), infos.collect()).map_err(|cause| fault(cause.to_string()))?;
    let mut header = serde_json::to_vec(&header).map_err(|cause| fault(cause.to_string()))?;
    // The format wants the data to begin at a multiple of eight.
    header.resize(header.len().next_multiple_of(8), b' ');

    let mut bytes = Vec::with_capacity(size_of::<u64>() + header.len() + n_bytes);
    bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&header);
    for NamedTensor { shape, values, layout, .. } in tensors {
        let mut values = read_back(values).await?;
        if let (Layout::Transposed, &[n_rows, n_columns]) = (layout, shape.as_slice()) {
            values = transpose(&values, n_columns, n_rows);
        }
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    Ok(bytes)
}

/// Gathers every parameter of an encoder under its hub name.
struct Collector {
    path: Vec<String>,
    found: Vec<NamedTensor>,
    error: Option<Error>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let path = self.path.join(".");
        match hub_key(&path) {
            Some((name, layout)) => self.found.push(NamedTensor::in_layout(name, param.val(), layout)),
            None => {
                self.error = Some(Error::Tensor { name: path, problem: "is missing from the key table".to_owned() })
            }
        }
    }
}
