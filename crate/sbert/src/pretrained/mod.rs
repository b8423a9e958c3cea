//! Model folders: a checkpoint's files to a model, and a model to a folder that sentence-transformers loads.
//!
//! It imports the parts of a model and `tensor_file`. It does not know training: the text of the model card is given
//! to it.
//!
//! A [`ModelFolder`] is made of files by their paths, wherever they come from, or of one zip of them. [`load_model`] makes
//! a model of it, [`ModelLoading`] the same a piece at a time, [`random_model`] one of any size with the folder's tokenizer.
//! [`export_model`] makes the files of a folder of a model; a [`FolderWriter`] writes them, a piece at a time, to a
//! [`FolderSink`] such as a [`ZipFolder`]. Names and layout are the model hub's, and strict: an unknown tensor or another
//! shape is an error. What differs between architectures is a row of the table in `arch_spec`. Files come and go as bytes:
//! this crate opens none.

mod arch_spec;
mod check_sizes;
mod config_json;
mod encoder_loading;
mod export_model;
mod file_names;
mod folder_file;
mod head_file;
mod key_table;
mod load_encoder;
mod load_model;
mod model_folder;
mod modules;
mod random_model;
mod read_zip;
mod save_encoder;
mod source_files;
mod tokenizer_files;
mod vocab_txt;
mod write_zip;

pub use config_json::parse_config;
pub use encoder_loading::LoadedEncoder;
pub use export_model::export_model;
pub use file_names::{CONFIG_FILE, HEAD_FILE, POOLING_FILE, TOKENIZER_FILE, WEIGHTS_FILE};
pub use folder_file::{BaseFiles, FolderFile, FolderSink, FolderWriter};
pub use head_file::{NamedHead, load_head, save_head};
pub use load_encoder::{load_encoder, load_weights};
pub use load_model::{LoadOptions, LoadedModel, ModelLoading, load_model, random_model};
pub use model_folder::ModelFolder;
pub use random_model::RandomModel;
pub use save_encoder::save_encoder;
pub use write_zip::ZipFolder;

pub use crate::tensor_file::FileBytes;
