//! One safetensors file to a [`SentenceEncoder`](crate::encoder::SentenceEncoder).

use std::rc::Rc;

use burn::tensor::Device;

use super::config_json::parse_config;
use super::encoder_loading::{EncoderLoading, LoadedEncoder};
use super::file_names::WEIGHTS_FILE;
use crate::encoder::SentenceEncoderConfig;
use crate::error::Error;
use crate::tensor_file::TensorFile;

/// Make the encoder that `config_json` describes, with the weights of `weights` (a checkpoint in safetensors).
///
/// # Errors
/// [`Error::Config`], [`Error::Weights`], or [`Error::Tensor`] naming the first tensor that is missing, unknown, not
/// finite, or of another shape or type than the configuration asks for.
pub fn load_encoder(config_json: &[u8], weights: &[u8], device: &Device) -> Result<LoadedEncoder, Error> {
    load_weights(&parse_config(config_json)?, weights, device)
}

/// Make an encoder of this configuration, with the weights of one safetensors file.
///
/// # Errors
/// Those of [`load_encoder`].
pub fn load_weights(config: &SentenceEncoderConfig, weights: &[u8], device: &Device) -> Result<LoadedEncoder, Error> {
    let files = vec![TensorFile::open(WEIGHTS_FILE, Rc::new(weights))?];
    let mut loading = EncoderLoading::new(config, config.n_layers, files, device)?;
    while loading.advance(&mut |_, _, _| ())? {}
    loading.finish()
}
