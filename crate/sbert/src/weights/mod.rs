//! Model folders: `config.json` and `model.safetensors` to a module and back, strict about names and shapes.
//!
//! The layout is the model hub's and sentence-transformers'. Files come and go as bytes: this crate opens none.

mod config;
mod head;
mod keys;
mod load;
mod save;

pub use config::{check_pooling, parse_config};
pub use head::{NamedHead, load_head, save_head};
pub use load::{LoadedEncoder, load_encoder};
pub use save::save_encoder;

pub(crate) use load::{parse_safetensors, read_values};
pub(crate) use save::{NamedTensor, serialize};

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
