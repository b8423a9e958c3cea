//! The files of a model, found by their paths in its folder.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::archive;
use super::modules::{self, Modules};
use crate::encoder::SentenceEncoderConfig;
use crate::error::Error;
use crate::weights::{CONFIG_FILE, FileBytes, WEIGHTS_FILE, cut_config, parse_config};

/// sentence-transformers' list of what makes an embedding.
pub(super) const MODULES_FILE: &str = "modules.json";
/// Where a checkpoint that is stored in several files says which tensor is in which.
pub(super) const INDEX_FILE: &str = "model.safetensors.index.json";
/// Largest file that is read whole: JSON and vocabularies, of which large ones have 10 MB.
const MAX_WHOLE_BYTES: u64 = 64 << 20;
/// How many names a message lists.
const MAX_NAMES: usize = 6;

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
    files: BTreeMap<String, Box<dyn FileBytes>>,
    pub(super) modules: Modules,
}

impl std::fmt::Debug for ModelFolder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.files.keys()).finish()
    }
}

impl ModelFolder {
    /// A folder of these files, each with its path (`config.json`, `1_Pooling/config.json`, …). A single zip is opened as
    /// the folder; a folder around all files and the hidden files of operating systems are passed over.
    ///
    /// # Errors
    /// [`Error::Folder`] if a path leads out of the folder; [`Error::Config`] for a `modules.json` that asks for what isn't
    /// supported; [`Error::File`].
    pub fn new(mut files: Vec<(String, Box<dyn FileBytes>)>) -> Result<Self, Error> {
        if let [(path, _)] = files.as_slice()
            && path.to_ascii_lowercase().ends_with(".zip")
            && let Some((path, bytes)) = files.pop()
        {
            files = archive::open(&path, bytes)?;
        }
        let mut by_path = BTreeMap::new();
        for (path, bytes) in files {
            let parts = parts_of(&path)?;
            if parts.last().is_some_and(|name| !name.is_empty()) && !parts.iter().any(|part| is_hidden(part)) {
                let path = parts.join("/");
                if by_path.insert(path.clone(), bytes).is_some() {
                    return Err(Error::Folder { problem: format!("there are two files {path}") });
                }
            }
        }
        let mut folder = Self { files: without_common_folder(by_path), modules: Modules::default() };
        folder.modules = Modules::of(&folder)?;
        Ok(folder)
    }

    /// The configuration of the model that [`load_model`](super::load_model) would make, before any weight is read.
    ///
    /// # Errors
    /// [`Error::Folder`] if there is no `config.json`, or if the weights are not safetensors; [`Error::Config`] if it isn't a BERT that we can compute exactly; [`Error::Setting`] if it has no `n_layers`
    /// layers.
    pub fn config(&self, n_layers: Option<usize>) -> Result<SentenceEncoderConfig, Error> {
        Ok(self.encoder_config(n_layers)?.config)
    }

    /// The configuration, and what it came from.
    pub(super) fn encoder_config(&self, n_layers: Option<usize>) -> Result<EncoderConfig, Error> {
        self.check()?;
        let path = self.path_of(CONFIG_FILE);
        let json = self.read_whole(&path)?.unwrap_or_default();
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
                config_json = cut_config(&config_json, n_layers)?;
            }
        }
        config.pooling = modules::pooling_of(self, config.d_model)?;
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

    /// True if there is a file at this path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// A file's bytes, to be read in parts.
    pub(super) fn bytes(&self, path: &str) -> Option<&dyn FileBytes> {
        self.files.get(path).map(AsRef::as_ref)
    }

    /// A small file as a whole; none if there is no such file.
    pub(super) fn read_whole(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let fault = |problem: String| Error::File { file: path.to_owned(), problem };
        let Some(bytes) = self.bytes(path) else {
            return Ok(None);
        };
        let n_bytes = bytes.n_bytes();
        if n_bytes > MAX_WHOLE_BYTES {
            return Err(fault(format!(
                "has {n_bytes} bytes, more than the {MAX_WHOLE_BYTES} that such a file may have"
            )));
        }
        bytes.read(0, n_bytes as usize).map(Some).map_err(fault)
    }

    /// A JSON file; none if there is no such file.
    pub(super) fn read_json<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let Some(json) = self.read_whole(path)? else {
            return Ok(None);
        };
        let fault = |cause| Error::Config { file: path.to_owned(), problem: format!("can't be read: {cause}") };
        serde_json::from_slice(&json).map(Some).map_err(fault)
    }

    /// Refuse a folder that can't become a model, before anything of it is read.
    fn check(&self) -> Result<(), Error> {
        let fault = |problem: String| Error::Folder { problem };
        if !self.has(&self.path_of(CONFIG_FILE)) {
            let problem = match self.files.len() {
                0 => format!("there are no files, but {CONFIG_FILE} is needed"),
                _ => format!("there is no {} among {}", self.path_of(CONFIG_FILE), self.names()),
            };
            return Err(fault(problem));
        }
        if self.has(&self.path_of(WEIGHTS_FILE)) || self.has(&self.path_of(INDEX_FILE)) {
            return Ok(());
        }
        for path in self.files.keys() {
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

    /// The files' names, as many as a message bears.
    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.files.keys().take(MAX_NAMES).map(String::as_str).collect();
        let n_others = self.files.len() - names.len();
        let others = if n_others > 0 { format!(" and {n_others} others") } else { String::new() };
        names.join(", ") + &others
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

/// The parts of a path within the folder. An empty last part is a folder's.
///
/// # Errors
/// [`Error::Folder`] if the path leads out of it.
pub(super) fn parts_of(path: &str) -> Result<Vec<&str>, Error> {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| *part != ".").collect();
    let is_absolute = parts.len() > 1 && parts.first().is_some_and(|first| first.is_empty() || first.ends_with(':'));
    if is_absolute || parts.contains(&"..") || path.contains('\0') {
        return Err(Error::Folder { problem: format!("the path {path:?} leads out of the folder") });
    }
    Ok(parts)
}

/// Files that operating systems and version control put beside what one asked for.
fn is_hidden(part: &str) -> bool {
    part.starts_with('.') || ["__MACOSX", "Thumbs.db", "desktop.ini"].contains(&part)
}

/// Without the folders that are around all files, as there are when a folder is dropped or zipped as such.
fn without_common_folder(mut files: BTreeMap<String, Box<dyn FileBytes>>) -> BTreeMap<String, Box<dyn FileBytes>> {
    while let Some(folder) =
        files.keys().next().and_then(|path| path.split_once('/')).map(|(first, _)| format!("{first}/"))
        && files.keys().all(|path| path.starts_with(&folder))
    {
        files = files.into_iter().map(|(path, bytes)| (path[folder.len()..].to_owned(), bytes)).collect();
    }
    files
}
