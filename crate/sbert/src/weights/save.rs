//! A [`SentenceEncoder`] to safetensors bytes, in the hub's names and layout.

use std::collections::HashMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use safetensors::tensor::{Dtype, TensorView};

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
    let mut collector = Collector { path: Vec::new(), found: Vec::new() };
    encoder.visit(&mut collector);
    let mut tensors = Vec::with_capacity(collector.found.len());
    for (path, tensor, shape) in collector.found {
        let (name, layout) = hub_key(&path)
            .ok_or_else(|| Error::Tensor { name: path, problem: "is missing from the key table".to_owned() })?;
        let values = read_back(tensor).await?;
        tensors.push(match (layout, shape.as_slice()) {
            (Layout::Transposed, &[d_input, d_output]) => {
                (name, vec![d_output, d_input], transpose(&values, d_input, d_output))
            }
            _ => (name, shape, values),
        });
    }
    // What transformers writes, and wants to find.
    serialize(WEIGHTS_FILE, tensors, HashMap::from([("format".to_owned(), "pt".to_owned())]))
}

/// A safetensors file of named tensors, each with its shape and values.
pub(super) fn serialize(
    file: &'static str,
    tensors: Vec<(String, Vec<usize>, Vec<f32>)>,
    metadata: HashMap<String, String>,
) -> Result<Vec<u8>, Error> {
    let fault = |cause: safetensors::SafeTensorError| Error::Weights { file, problem: cause.to_string() };
    let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .into_iter()
        .map(|(name, shape, values)| (name, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect()))
        .collect();
    let views: Vec<(&str, TensorView<'_>)> = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<_, _>>()
        .map_err(fault)?;
    safetensors::serialize(views, Some(metadata)).map_err(fault)
}

/// Gathers every parameter with its path; flattened, so that ranks don't matter.
struct Collector {
    path: Vec<String>,
    found: Vec<(String, Tensor<1>, Vec<usize>)>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        self.found.push((self.path.join("."), tensor.flatten(0, D - 1), shape));
    }
}
