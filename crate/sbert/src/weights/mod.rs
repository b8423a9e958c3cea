//! Model folders: `config.json` and `model.safetensors` to a module and back, strict about names and shapes.
//!
//! The names and the layout are the model hub's. Files come and go as bytes: this crate opens none. What else is in a
//! folder, and where, is [`crate::folder`]'s.

mod bytes;
mod config;
mod head;
mod keys;
mod load;
mod save;
mod tensor_file;

pub use bytes::FileBytes;
pub(crate) use config::cut_config;
pub use config::parse_config;
pub use head::{NamedHead, load_head, save_head};
pub use load::{LoadedEncoder, load_encoder, load_weights};
pub use save::save_encoder;

pub(crate) use bytes::beyond_end;
pub(crate) use load::place_weights;
pub(crate) use save::{NamedTensor, serialize};
pub(crate) use tensor_file::TensorFile;

/// Hub name of the encoder's settings.
pub const CONFIG_FILE: &str = "config.json";
/// Hub name of the encoder's weights.
pub const WEIGHTS_FILE: &str = "model.safetensors";
/// Hub name of the tokenizer.
pub const TOKENIZER_FILE: &str = "tokenizer.json";
/// sentence-transformers' name of the pooling settings.
pub const POOLING_FILE: &str = "1_Pooling/config.json";
/// Our name of the classification head, which the sentence-transformers layout does not store.
pub const HEAD_FILE: &str = "classifier.safetensors";
