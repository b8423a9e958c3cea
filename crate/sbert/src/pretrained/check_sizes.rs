//! The sizes of a configuration against the tensors of its files.

use std::collections::BTreeMap;

use super::arch_spec::ArchSpec;
use crate::encoder::SentenceEncoderConfig;
use crate::error::Error;
use crate::tensor_file::TensorFile;

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
pub(super) fn name_of_all<'a>(files: &'a [TensorFile<'_>]) -> &'a str {
    files.first().filter(|_| files.len() == 1).map_or("the shards", |file| file.name())
}

/// The error for a missing tensor.
pub(super) fn missing(name: String, from: &str) -> Error {
    Error::Tensor { name, problem: format!("is missing from {from}") }
}
