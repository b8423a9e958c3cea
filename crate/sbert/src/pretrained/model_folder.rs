//! A model folder: its files, and what they say the model is.

use super::config_json::{cut_config, parse_config};
use super::file_names::{CONFIG_FILE, INDEX_FILE, WEIGHTS_FILE};
use super::modules::Modules;
use super::source_files::SourceFiles;
use crate::encoder::SentenceEncoderConfig;
use crate::error::Error;
use crate::tensor_file::FileBytes;

/// Endings of files that hold weights in another way than safetensors, and what they are.
const OTHER_WEIGHTS: [(&str, &str); 11] = [
    (".bin", "PyTorch's pickle"),
    (".pt", "PyTorch's pickle"),
    (".pth", "PyTorch's pickle"),
    (".ckpt", "a checkpoint of PyTorch or TensorFlow"),
    (".h5", "TensorFlow's HDF5"),
    (".msgpack", "Flax's MessagePack"),
    (".onnx", "ONNX"),
    (".gguf", "GGUF"),
    (".ggml", "GGML"),
    (".ot", "rust-bert's"),
    (".tflite", "TensorFlow Lite"),
];

/// The files of one model: a folder in the layout of transformers or of sentence-transformers.
pub struct ModelFolder {
    pub(super) files: SourceFiles,
    modules: Modules,
}

impl std::fmt::Debug for ModelFolder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.files.paths()).finish()
    }
}

impl ModelFolder {
    /// A folder of these files, each with its path (`config.json`, `1_Pooling/config.json`, …). A single zip is opened as
    /// the folder; a folder around all files and the hidden files of operating systems are passed over.
    ///
    /// # Errors
    /// [`Error::Folder`] if a path leads out of the folder; [`Error::Config`] for a `modules.json` that asks for what isn't
    /// supported; [`Error::File`].
    pub fn new(files: Vec<(String, Box<dyn FileBytes>)>) -> Result<Self, Error> {
        let files = SourceFiles::new(files)?;
        let modules = Modules::of(&files)?;
        Ok(Self { files, modules })
    }

    /// The configuration, and what it came from. Its sizes are held against no tensor yet.
    ///
    /// # Errors
    /// [`Error::Folder`] if there is no `config.json`, or if the weights are not safetensors; [`Error::Config`] if it isn't
    /// a model that this crate computes exactly; [`Error::Setting`] if it has no `n_layers` layers.
    pub(super) fn encoder_config(&self, n_layers: Option<usize>) -> Result<EncoderConfig, Error> {
        self.check()?;
        let path = self.path_of(CONFIG_FILE);
        let json = self.files.read_settings(&path)?.unwrap_or_default();
        let mut config = parse_config(&json)?;
        let n_layers_of_file = config.n_layers;
        let mut config_json = String::from_utf8(json)
            .map_err(|cause| Error::Config { file: CONFIG_FILE.to_owned(), problem: cause.to_string() })?;
        if let Some(n_layers) = n_layers {
            if n_layers == 0 || n_layers > n_layers_of_file {
                let problem =
                    format!("is {n_layers}, but the model has {n_layers_of_file}; use 1 to {n_layers_of_file}");
                return Err(Error::Setting { name: "n_layers", problem });
            }
            if n_layers < n_layers_of_file {
                config.n_layers = n_layers;
                config_json = cut_config(&config_json, config.architecture, n_layers)?;
            }
        }
        config.pooling = self.modules.pooling(&self.files, config.d_model)?;
        config.normalizes = self.modules.normalizes;
        Ok(EncoderConfig { config, config_json, n_layers_of_file })
    }

    /// Where a file of the transformer's is: at the top, or in the folder that `modules.json` names.
    pub(super) fn path_of(&self, name: &str) -> String {
        match self.modules.transformer.as_str() {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        }
    }

    /// Refuse a folder that can't become a model, before anything of it is read.
    fn check(&self) -> Result<(), Error> {
        let fault = |problem: String| Error::Folder { problem };
        if !self.files.has(&self.path_of(CONFIG_FILE)) {
            let problem = match self.files.len() {
                0 => format!("there are no files, but {CONFIG_FILE} is needed"),
                _ => format!("there is no {} among {}", self.path_of(CONFIG_FILE), self.files.names()),
            };
            return Err(fault(problem));
        }
        if self.files.has(&self.path_of(WEIGHTS_FILE)) || self.files.has(&self.path_of(INDEX_FILE)) {
            return Ok(());
        }
        for path in self.files.paths() {
            let lower = path.to_ascii_lowercase();
            if let Some((_, format)) = OTHER_WEIGHTS.iter().find(|(ending, _)| lower.ends_with(ending)) {
                let problem = format!(
                    "the weights are in {path} ({format}), but only {WEIGHTS_FILE} is read; load the model in Python and \
                     save it with save_pretrained, which writes that file"
                );
                return Err(fault(problem));
            }
        }
        Ok(())
    }
}

/// An encoder's configuration and what it came from.
pub(super) struct EncoderConfig {
    pub config: SentenceEncoderConfig,
    /// `config.json`, of the model as it is to be.
    pub config_json: String,
    /// Layers that the checkpoint has.
    pub n_layers_of_file: usize,
}
