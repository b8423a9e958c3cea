//! Safetensors files to a [`SentenceEncoder`].

use std::collections::{BTreeMap, BTreeSet};

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};

use super::arch_spec::ArchSpec;
use super::config_json::parse_config;
use super::file_names::WEIGHTS_FILE;
use crate::encoder::{SentenceEncoder, SentenceEncoderConfig};
use crate::error::Error;
use crate::tensor_file::{FileBytes, Layout, TensorFile, no_memory, transpose};

/// An encoder as loaded.
#[derive(Debug)]
pub struct LoadedEncoder {
    /// The module, on the device it was loaded to.
    pub encoder: SentenceEncoder,
    /// Its size and settings.
    pub config: SentenceEncoderConfig,
    /// Tensors of the file that the encoder has no use for, by their names there; a layer that was cut off is one entry.
    pub ignored_tensors: Vec<String>,
    /// The types that the weights are stored in, such as "F32" or "F16 and F32".
    pub stored_as: String,
}

/// Make the encoder that `config_json` describes, with the weights of `weights` (a checkpoint in safetensors).
///
/// # Errors
/// [`Error::Config`], [`Error::Weights`], or [`Error::Tensor`] naming the first tensor that is missing, unknown, not
/// finite, or of another shape or type than the configuration asks for.
pub fn load_encoder(config_json: &[u8], weights: &[u8], device: &Device) -> Result<LoadedEncoder, Error> {
    load_weights(&parse_config(config_json)?, &weights, device)
}

/// Make an encoder of this configuration, with the weights of one safetensors file.
///
/// # Errors
/// Those of [`load_encoder`]; [`Error::File`] if the file can't be read.
pub fn load_weights(
    config: &SentenceEncoderConfig,
    weights: &dyn FileBytes,
    device: &Device,
) -> Result<LoadedEncoder, Error> {
    let files = [TensorFile::open(WEIGHTS_FILE, weights)?];
    place_weights(config, config.n_layers, &files, device, &mut |_, _, _| ())
}

/// Told of every read: the file, the bytes read so far, and those to be read in all.
pub(super) type OnProgress<'a> = &'a mut dyn FnMut(&str, u64, u64);

/// Refuse a configuration of more than the files have, before anything is made of its sizes or counted up to them.
///
/// # Errors
/// [`Error::Tensor`] naming the first tensor that is missing or too small.
pub(super) fn check_sizes(
    config: &SentenceEncoderConfig,
    n_layers_of_file: usize,
    files: &[TensorFile<'_>],
) -> Result<(), Error> {
    let spec = ArchSpec::of(config.architecture);
    let tensors = files.iter().flat_map(|file| file.tensors());
    let shapes: BTreeMap<String, &[usize]> =
        tensors.map(|(name, info)| (spec.canonical_name(name), info.shape.as_slice())).collect();
    let missing = |name: String| missing(name, name_of_all(files));
    let mut layer_keys = (0..n_layers_of_file).flat_map(|layer_idx| spec.layer_keys(layer_idx));
    // Every name is another tensor, so this ends with them.
    if let Some(name) = layer_keys.find(|name| !shapes.contains_key(name)) {
        return Err(missing(name));
    }
    for (path, expected) in [
        ("embeddings.word.weight", [config.vocab_size, config.d_model]),
        ("embeddings.position.weight", [config.max_positions, config.d_model]),
        ("embeddings.segment.weight", [config.n_segments, config.d_model]),
        ("layers.0.intermediate.weight", [config.d_ff, config.d_model]),
    ] {
        // No segments, no tensor of them.
        let Some((name, _)) = spec.hub_key(path).filter(|_| expected[0] > 0) else { continue };
        let Some(shape) = shapes.get(&name) else { return Err(missing(name)) };
        if shape.len() != 2 || expected.iter().zip(*shape).any(|(expected, size)| expected > size) {
            return Err(Error::Tensor { name, problem: format!("has shape {shape:?}, expected {expected:?}") });
        }
    }
    Ok(())
}

/// What a missing tensor is missing from.
fn name_of_all<'a>(files: &'a [TensorFile<'_>]) -> &'a str {
    files.first().filter(|_| files.len() == 1).map_or("the shards", |file| file.name())
}

/// Make an encoder of this configuration, with the first layers of a checkpoint of `n_layers_of_file`.
pub(super) fn place_weights(
    config: &SentenceEncoderConfig,
    n_layers_of_file: usize,
    files: &[TensorFile<'_>],
    device: &Device,
    progress: OnProgress<'_>,
) -> Result<LoadedEncoder, Error> {
    let spec = ArchSpec::of(config.architecture);
    let mut by_name: BTreeMap<String, (&str, &TensorFile<'_>)> = BTreeMap::new();
    let mut ignored_tensors = Vec::new();
    let mut layers_cut_off = BTreeSet::new();
    let mut types = BTreeSet::new();
    let mut total_bytes = 0;
    for (name, info, file) in files.iter().flat_map(|file| file.tensors().iter().map(move |(n, i)| (n, i, file))) {
        let canonical = spec.canonical_name(name);
        let cut_off =
            spec.layer_of(&canonical).filter(|layer_idx| (config.n_layers..n_layers_of_file).contains(layer_idx));
        if let Some(layer_idx) = cut_off {
            layers_cut_off.insert(layer_idx);
        } else if spec.is_unused(&canonical) {
            ignored_tensors.push(name.clone());
        } else if let Some((other, _)) = by_name.insert(canonical, (name, file)) {
            return Err(Error::Tensor { name: name.clone(), problem: format!("and \"{other}\" are the same weight") });
        } else {
            types.insert(format!("{:?}", info.dtype));
            total_bytes += (info.data_offsets.1 - info.data_offsets.0) as u64;
        }
    }
    check_sizes(config, n_layers_of_file, files)?;
    let missing_from = name_of_all(files);
    let mut placer =
        Placer { spec, by_name, missing_from, path: Vec::new(), device, progress, n_read: 0, total_bytes, error: None };
    let encoder = config.init(device).map(&mut placer);
    if let Some(error) = placer.error {
        return Err(error);
    }
    if let Some((_, (name, _))) = placer.by_name.pop_first() {
        let kind = config.architecture.name();
        let problem = format!("is not part of a {kind} of {n_layers_of_file} layers, which config.json describes");
        return Err(Error::Tensor { name: name.to_owned(), problem });
    }
    files.iter().try_for_each(TensorFile::check_rest)?;
    ignored_tensors.sort();
    ignored_tensors.extend(layers_cut_off.iter().map(|layer_idx| format!("{}{layer_idx}.* (cut off)", spec.layers)));
    let stored_as = types.into_iter().collect::<Vec<_>>().join(" and ");
    Ok(LoadedEncoder { encoder, config: config.clone(), ignored_tensors, stored_as })
}

fn missing(name: String, from: &str) -> Error {
    Error::Tensor { name, problem: format!("is missing from {from}") }
}

/// Puts the files' tensors into the module's parameters, each once.
struct Placer<'a> {
    spec: &'static ArchSpec,
    /// By its current hub name: a tensor's name in the file, and the file.
    by_name: BTreeMap<String, (&'a str, &'a TensorFile<'a>)>,
    /// What a missing tensor is missing from.
    missing_from: &'a str,
    path: Vec<String>,
    device: &'a Device,
    progress: OnProgress<'a>,
    n_read: u64,
    total_bytes: u64,
    error: Option<Error>,
}

impl Placer<'_> {
    fn place<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Result<Param<Tensor<D>>, Error> {
        let path = self.path.join(".");
        let (hub_name, layout) = self.spec.hub_key(&path).ok_or_else(|| missing(path, "the key table"))?;
        let (name, file) = self.by_name.remove(&hub_name).ok_or_else(|| missing(hub_name, self.missing_from))?;
        let mut on_read = |n_bytes| {
            self.n_read += n_bytes;
            (self.progress)(file.name(), self.n_read, self.total_bytes);
        };
        let shape = param.lazy_shape();
        let values = match (layout, shape.as_slice()) {
            (Layout::Transposed, &[d_input, d_output]) => {
                let values = file.read_values(name, &[d_output, d_input], &mut on_read)?;
                transpose(&values, d_output, d_input).ok_or_else(|| no_memory(name, values.len()))?
            }
            (_, shape) => file.read_values(name, shape, &mut on_read)?,
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
