//! A folder to a model.

use std::collections::BTreeMap;
use std::rc::Rc;

use burn::tensor::Device;
use serde::Deserialize;

use super::encoder_loading::{EncoderLoading, LoadedEncoder, OnProgress};
use super::file_names::{HEAD_FILE, INDEX_FILE, WEIGHTS_FILE};
use super::folder_file::BaseFiles;
use super::head_file::{NamedHead, load_head};
use super::model_folder::{EncoderConfig, ModelFolder};
use super::modules::check_prompt;
use super::random_model::{RandomModel, config_json};
use super::source_files::parts_of;
use super::tokenizer_files::{FolderTokenizer, load_tokenizer};
use crate::encoder::{EncoderDrawing, SentenceEncoder, SentenceEncoderConfig};
use crate::error::Error;
use crate::tensor_file::{BLOCK_BYTES, TensorFile};
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
    progress: OnProgress<'_>,
) -> Result<LoadedModel, Error> {
    let mut loading = ModelLoading::new(folder, options, device)?;
    while loading.advance(progress)? {}
    loading.finish()
}

/// Draw an untrained model of this size, with BERT's initialisation. Only the tokenizer of `folder` is used.
///
/// # Errors
/// [`Error::Setting`] naming the size that doesn't do; those of the tokenizer, as in [`load_model`].
pub fn random_model(size: &RandomModel, folder: &ModelFolder, device: &Device) -> Result<LoadedModel, Error> {
    ModelLoading::random(size, folder, device)?.finish()
}

/// A model whose weights are read, or drawn, a piece at a time.
pub struct ModelLoading {
    config: SentenceEncoderConfig,
    tokenizer: FolderTokenizer,
    head: Option<NamedHead>,
    config_json: String,
    weights: Weights,
}

enum Weights {
    Read { n_layers_of_file: usize, encoder: Box<EncoderLoading<'static>> },
    Drawn(Box<EncoderDrawing>),
}

impl ModelLoading {
    /// Read everything but the values of the encoder, and see that their tensors are those of the configuration.
    ///
    /// # Errors
    /// Those of [`load_model`], less those of the values.
    pub fn new(folder: &ModelFolder, options: &LoadOptions, device: &Device) -> Result<Self, Error> {
        let encoder_config = folder.encoder_config(options.n_layers)?;
        let EncoderConfig { config, config_json, n_layers_of_file } = encoder_config;
        check_prompt(&folder.files)?;
        let tokenizer = load_tokenizer(folder, Some(config.vocab_size), config.max_positions, options.max_seq_length)?;
        let head = folder.files.read_whole(HEAD_FILE)?;
        let head = head.map(|bytes| load_head(&bytes, config.d_model, device)).transpose()?;
        let encoder = Box::new(EncoderLoading::new(&config, n_layers_of_file, weight_files(folder)?, device)?);
        Ok(Self { config, tokenizer, head, config_json, weights: Weights::Read { n_layers_of_file, encoder } })
    }

    /// A model of any size, with BERT's initialisation. Only the tokenizer of `folder` is used.
    ///
    /// # Errors
    /// Those of [`random_model`].
    pub fn random(size: &RandomModel, folder: &ModelFolder, device: &Device) -> Result<Self, Error> {
        let (config, tokenizer) = size.config(folder)?;
        let config_json = config_json(&config, tokenizer.tokenizer.pad_id());
        let weights = Weights::Drawn(Box::new(config.drawing(u64::from(size.seed), device)));
        Ok(Self { config, tokenizer, head: None, config_json, weights })
    }

    /// Size and settings of the encoder.
    pub const fn config(&self) -> &SentenceEncoderConfig {
        &self.config
    }

    /// Read or draw a few megabytes of weights; `false` when all are there. `progress` is told as in [`load_model`].
    ///
    /// # Errors
    /// [`Error::Tensor`] naming a tensor that isn't finite or too large for the memory; [`Error::File`] if a file can't be
    /// read.
    pub fn advance(&mut self, progress: OnProgress<'_>) -> Result<bool, Error> {
        match &mut self.weights {
            Weights::Read { encoder, .. } => encoder.advance(progress),
            Weights::Drawn(drawing) => {
                let has_more = drawing.advance(BLOCK_BYTES / size_of::<f32>());
                let [n_drawn, n_values] = drawing.progress().map(|n_values| (n_values * size_of::<f32>()) as u64);
                progress("random weights", n_drawn, n_values);
                Ok(has_more)
            }
        }
    }

    /// The model, once all weights are read; those that wait to be drawn are drawn now.
    ///
    /// # Errors
    /// [`Error::File`] if a file in a zip has another checksum than that declares; [`Error::Weights`] if weights have not
    /// been read.
    pub fn finish(self) -> Result<LoadedModel, Error> {
        let Self { config, tokenizer, head, config_json, weights } = self;
        let (encoder, ignored_tensors, n_layers_of_file, stored_as) = match weights {
            Weights::Read { n_layers_of_file, encoder } => {
                let LoadedEncoder { encoder, ignored_tensors, stored_as, .. } = encoder.finish()?;
                (encoder, ignored_tensors, Some(n_layers_of_file), Some(stored_as))
            }
            Weights::Drawn(drawing) => (drawing.finish(), Vec::new(), None, None),
        };
        let FolderTokenizer { tokenizer, files } = tokenizer;
        let base = BaseFiles { config_json, tokenizer_files: files };
        Ok(LoadedModel { encoder, config, tokenizer, head, base, ignored_tensors, n_layers_of_file, stored_as })
    }
}

/// `model.safetensors.index.json`: which file each tensor is in.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The file of weights, or all shards that the index names, each with the tensors that it is said to have.
fn weight_files(folder: &ModelFolder) -> Result<Vec<TensorFile<'static>>, Error> {
    if let Some(bytes) = folder.files.bytes(&folder.path_of(WEIGHTS_FILE)) {
        return Ok(vec![TensorFile::open(WEIGHTS_FILE, Rc::clone(bytes))?]);
    }
    let Some(index) = folder.files.read_json::<Index>(&folder.path_of(INDEX_FILE))? else {
        let problem = format!("there is no {WEIGHTS_FILE} and no {INDEX_FILE} among {}", folder.files.names());
        return Err(Error::Folder { problem });
    };
    let fault = |problem: String| Error::Config { file: INDEX_FILE.to_owned(), problem };
    let mut shards: BTreeMap<&str, TensorFile<'static>> = BTreeMap::new();
    for (tensor, shard) in &index.weight_map {
        if !shards.contains_key(shard.as_str()) {
            let path = parts_of(shard).map_err(|error| fault(error.to_string()))?.join("/");
            let bytes = folder.files.bytes(&folder.path_of(&path)).ok_or_else(|| Error::Folder {
                problem: format!("{shard} is missing, in which {INDEX_FILE} has \"{tensor}\" and perhaps others"),
            })?;
            shards.insert(shard, TensorFile::open(shard, Rc::clone(bytes))?);
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
