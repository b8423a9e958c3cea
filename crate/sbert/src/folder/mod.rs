//! Model folders: a checkpoint's files to a model, and a model to a folder that sentence-transformers loads.
//!
//! A [`ModelFolder`] is made of files by their paths, wherever they come from, or of one zip of them. [`load_model`] makes
//! a model of it, [`random_model`] one of any size with the folder's tokenizer. [`export_model`] makes a folder of a model,
//! and [`write_zip`] a zip of that.

mod archive;
mod card;
mod export;
mod files;
mod load;
mod markdown;
mod modules;
mod random;
mod tokenizer;
mod vocabulary;
mod zip_file;

pub use card::{ModelCard, TrainingRecord};
pub use export::export_model;
pub use files::ModelFolder;
pub use load::{LoadOptions, LoadedModel, load_model};
pub use random::{RandomModel, random_model};
pub use zip_file::write_zip;

pub(crate) use markdown::{escape, json_literal, write_row};

pub use crate::weights::FileBytes;

/// What of a loaded folder goes, as it is, into the folder of the trained model.
#[derive(Clone, Debug)]
pub struct BaseFiles {
    /// `config.json` of the model as it is now: of a model that was cut to its first layers, with that many; of one that
    /// was drawn, with its size. Fields that this crate doesn't know are kept.
    pub config_json: String,
    /// The tokenizer's files by their names at the folder's top, `tokenizer.json` always among them.
    pub tokenizer_files: Vec<(String, Vec<u8>)>,
}

/// A file on its way into a folder or a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFile {
    /// Path in the folder, with slashes, such as `1_Pooling/config.json`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}
