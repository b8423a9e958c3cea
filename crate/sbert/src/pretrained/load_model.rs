//! A folder to a model.

use std::collections::BTreeMap;

use burn::tensor::Device;
use serde::Deserialize;

use super::file_names::{HEAD_FILE, INDEX_FILE, WEIGHTS_FILE};
use super::folder_file::BaseFiles;
use super::head_file::{NamedHead, load_head};
use super::load_encoder::{check_sizes, place_weights};
use super::model_folder::ModelFolder;
use super::modules::check_prompt;
use super::source_files::parts_of;
use super::tokenizer_files::load_tokenizer;
use crate::encoder::{SentenceEncoder, SentenceEncoderConfig};
use crate::error::Error;
use crate::tensor_file::TensorFile;
use crate::text::TextTokenizer;

/// What of a folder's settings is overruled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// Take only the first so many encoder layers; none takes all.
    pub n_layers: Option<usize>,
    /// Cut sentences to so many tokens, `[CLS]` and `[SEP]` included; none takes the folder's own number.
    pub max_seq_length: Option<usize>,
}

/// A model as loaded, and what it came with.
#[derive(Debug)]
pub struct LoadedModel {
    /// The encoder, on the device it was loaded to.
    pub encoder: SentenceEncoder,
    /// Its size and settings.
    pub config: SentenceEncoderConfig,
    /// The tokenizer that belongs to it.
    pub tokenizer: TextTokenizer,
    /// The folder's own classification head, if it has one.
    pub head: Option<NamedHead>,
    /// What of the folder goes on as it is.
    pub base: BaseFiles,
    /// Names of the tensors that the encoder has no use for; a layer that was cut off is one entry.
    pub ignored_tensors: Vec<String>,
    /// Encoder layers of the files; none if the model was drawn.
    pub n_layers_of_file: Option<usize>,
    /// The types that the weights are stored in, such as "F32" or "F16 and F32"; none if they were drawn.
    pub stored_as: Option<String>,
}

impl ModelFolder {
    /// The configuration of the model that [`load_model`] would make, before any weight is read. The files have tensors of
    /// its sizes.
    ///
    /// # Errors
    /// Those of [`load_model`], less those of the tokenizer and of the values.
    pub fn config(&self, n_layers: Option<usize>) -> Result<SentenceEncoderConfig, Error> {
        let encoder_config = self.encoder_config(n_layers)?;
        check_sizes(&encoder_config.config, encoder_config.n_layers_of_file, &weight_files(self)?)?;
        Ok(encoder_config.config)
    }
}

/// Load the model of a folder. `progress` is told of every read of weights: the file, the bytes read so far of all
/// weights, and those to be read.
///
/// # Errors
/// [`Error::Folder`], [`Error::Config`], [`Error::Tokenizer`], [`Error::Weights`] or [`Error::Tensor`], naming what is
/// missing, damaged or not supported; [`Error::Setting`] for options that don't suit the model; [`Error::File`] if a file
/// can't be read.
pub fn load_model(
    folder: &ModelFolder,
    options: &LoadOptions,
    device: &Device,
    progress: &mut dyn FnMut(&str, u64, u64),
) -> Result<LoadedModel, Error> {
    let encoder_config = folder.encoder_config(options.n_layers)?;
    let config = &encoder_config.config;
    check_prompt(&folder.files)?;
    let tokenizer = load_tokenizer(folder, Some(config.vocab_size), config.max_positions, options.max_seq_length)?;
    let head =
        folder.files.read_whole(HEAD_FILE)?.map(|bytes| load_head(&bytes, config.d_model, device)).transpose()?;
    let files = weight_files(folder)?;
    let loaded = place_weights(config, encoder_config.n_layers_of_file, &files, device, progress)?;
    Ok(LoadedModel {
        encoder: loaded.encoder,
        config: loaded.config,
        tokenizer: tokenizer.tokenizer,
        head,
        base: BaseFiles { config_json: encoder_config.config_json, tokenizer_files: tokenizer.files },
        ignored_tensors: loaded.ignored_tensors,
        n_layers_of_file: Some(encoder_config.n_layers_of_file),
        stored_as: Some(loaded.stored_as),
    })
}

/// `model.safetensors.index.json`: which file each tensor is in.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The file of weights, or all shards that the index names, each with the tensors that it is said to have.
fn weight_files(folder: &ModelFolder) -> Result<Vec<TensorFile<'_>>, Error> {
    if let Some(bytes) = folder.files.bytes(&folder.path_of(WEIGHTS_FILE)) {
        return Ok(vec![TensorFile::open(WEIGHTS_FILE, bytes)?]);
    }
    let Some(index) = folder.files.read_json::<Index>(&folder.path_of(INDEX_FILE))? else {
        let problem = format!("there is no {WEIGHTS_FILE} and no {INDEX_FILE} among {}", folder.files.names());
        return Err(Error::Folder { problem });
    };
    let fault = |problem: String| Error::Config { file: INDEX_FILE.to_owned(), problem };
    let mut shards: BTreeMap<&str, TensorFile<'_>> = BTreeMap::new();
    for (tensor, shard) in &index.weight_map {
        if !shards.contains_key(shard.as_str()) {
            let path = parts_of(shard).map_err(|error| fault(error.to_string()))?.join("/");
            let bytes = folder.files.bytes(&folder.path_of(&path)).ok_or_else(|| Error::Folder {
                problem: format!("{shard} is missing, in which {INDEX_FILE} has \"{tensor}\" and perhaps others"),
            })?;
            shards.insert(shard, TensorFile::open(shard, bytes)?);
        }
        if !shards.get(shard.as_str()).is_some_and(|file| file.tensors().contains_key(tensor)) {
            let problem = format!("is not in {shard}, where {INDEX_FILE} has it");
            return Err(Error::Tensor { name: tensor.clone(), problem });
        }
    }
    if shards.is_empty() {
        return Err(fault("names no tensors".to_owned()));
    }
    Ok(shards.into_values().collect())
}
