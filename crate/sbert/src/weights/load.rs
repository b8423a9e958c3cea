//! Safetensors bytes to a [`SentenceEncoder`].

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::keys::{Layout, canonical_name, hub_key, is_unused};
use super::{WEIGHTS_FILE, parse_config};
use crate::encoder::{SentenceEncoder, SentenceEncoderConfig};
use crate::error::Error;

/// An encoder as loaded.
#[derive(Debug)]
pub struct LoadedEncoder {
    /// The module, on the device it was loaded to.
    pub encoder: SentenceEncoder,
    /// Its size and settings.
    pub config: SentenceEncoderConfig,
    /// Tensors of the file that a sentence encoder has no use for, by their names there.
    pub ignored_tensors: Vec<String>,
}

/// Make the encoder that `config_json` describes, with the weights of `weights` (a BERT checkpoint in safetensors).
///
/// # Errors
/// [`Error::Config`], [`Error::Weights`], or [`Error::Tensor`] naming the first tensor that is missing, unknown, not
/// finite, or of another shape or type than the configuration asks for.
pub fn load_encoder(config_json: &[u8], weights: &[u8], device: &Device) -> Result<LoadedEncoder, Error> {
    let config = parse_config(config_json)?;
    let tensors = parse_safetensors(WEIGHTS_FILE, weights)?;
    let mut by_name: BTreeMap<String, (String, TensorView<'_>)> = BTreeMap::new();
    let mut ignored_tensors = Vec::new();
    for (name, view) in tensors.tensors() {
        let canonical = canonical_name(&name);
        if is_unused(&canonical) {
            ignored_tensors.push(name);
        } else if let Some((other, _)) = by_name.insert(canonical, (name.clone(), view)) {
            return Err(Error::Tensor { name, problem: format!("and \"{other}\" are the same weight") });
        }
    }
    let mut placer = Placer { by_name, path: Vec::new(), device, error: None };
    let encoder = config.init(device).map(&mut placer);
    if let Some(error) = placer.error {
        return Err(error);
    }
    if let Some((_, (name, _))) = placer.by_name.pop_first() {
        let problem = format!("is not part of a BERT of {} layers, which config.json describes", config.n_layers);
        return Err(Error::Tensor { name, problem });
    }
    ignored_tensors.sort();
    Ok(LoadedEncoder { encoder, config, ignored_tensors })
}

/// Read the header of a safetensors file, which checks every offset against the file's length.
pub(crate) fn parse_safetensors<'a>(file: &'static str, bytes: &'a [u8]) -> Result<SafeTensors<'a>, Error> {
    SafeTensors::deserialize(bytes).map_err(|cause| Error::Weights { file, problem: cause.to_string() })
}

/// The finite f32 values of a tensor of the expected shape (in the file's layout).
pub(crate) fn read_values(name: &str, view: &TensorView<'_>, expected: &[usize]) -> Result<Vec<f32>, Error> {
    let fault = |problem: String| Error::Tensor { name: name.to_owned(), problem };
    if view.shape() != expected {
        return Err(fault(format!("has shape {:?}, expected {expected:?}", view.shape())));
    }
    if view.dtype() != Dtype::F32 {
        return Err(fault(format!("has type {:?}, expected F32", view.dtype())));
    }
    let (chunks, _) = view.data().as_chunks::<4>();
    let values: Vec<f32> = chunks.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    match values.iter().position(|value| !value.is_finite()) {
        Some(position) => Err(fault(format!("holds {} at position {position}", values[position]))),
        None => Ok(values),
    }
}

/// Rows to columns: `[n_rows, n_columns]` to `[n_columns, n_rows]`.
pub(super) fn transpose(values: &[f32], n_rows: usize, n_columns: usize) -> Vec<f32> {
    let mut transposed = Vec::with_capacity(values.len());
    for column in 0..n_columns {
        transposed.extend((0..n_rows).map(|row| values[row * n_columns + column]));
    }
    transposed
}

/// Puts the file's tensors into the module's parameters, each once.
struct Placer<'a> {
    by_name: BTreeMap<String, (String, TensorView<'a>)>,
    path: Vec<String>,
    device: &'a Device,
    error: Option<Error>,
}

impl Placer<'_> {
    fn place<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Result<Param<Tensor<D>>, Error> {
        let path = self.path.join(".");
        let (hub_name, layout) = hub_key(&path)
            .ok_or_else(|| Error::Tensor { name: path, problem: "is missing from the key table".to_owned() })?;
        let (name, view) = self
            .by_name
            .remove(&hub_name)
            .ok_or_else(|| Error::Tensor { name: hub_name, problem: format!("is missing from {WEIGHTS_FILE}") })?;
        let shape = param.lazy_shape();
        let values = match (layout, shape.as_slice()) {
            (Layout::Transposed, &[d_input, d_output]) => {
                transpose(&read_values(&name, &view, &[d_output, d_input])?, d_output, d_input)
            }
            (_, shape) => read_values(&name, &view, shape)?,
        };
        let id = param.id;
        Ok(param.transform_for_load(Tensor::from_data(TensorData::new(values, shape), self.device), id))
    }
}

impl ModuleMapper for Placer<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.error.is_some() {
            return param;
        }
        let unchanged = param.clone();
        self.place(param).unwrap_or_else(|error| {
            self.error = Some(error);
            unchanged
        })
    }
}
