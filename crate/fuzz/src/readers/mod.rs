//! The readers, each with its bound on memory.

pub mod checkpoint;
mod model;
mod pairs;
mod run;

use crate::mutate::Format;

/// Reads one kind of file.
pub struct Reader {
    /// Its name, and that of its folder of seeds.
    pub name: &'static str,
    /// Read bytes as such a file; true if it was taken.
    pub read: fn(&[u8]) -> bool,
    /// What mutations keep of its form.
    pub format: Format,
    /// Memory that reading takes, whatever the file: what is around it in a folder, buffers, the model that is made.
    pub fixed_bytes: usize,
    /// And for each byte of the file.
    pub bytes_per_byte: usize,
}

/// A tokenizer, whose caches are made when it is, and the model of the seeds.
const MODEL_BYTES: usize = 1 << 20;
/// JSON as values: an object of one field takes a node of eleven, 632 bytes for seven of a file.
const JSON_BYTES_PER_BYTE: usize = 128;

/// Every reader of bytes that come from elsewhere.
pub static READERS: [Reader; 9] = [
    Reader {
        name: "safetensors",
        read: model::read_weights,
        format: Format::Safetensors,
        fixed_bytes: 64 << 10,
        bytes_per_byte: JSON_BYTES_PER_BYTE,
    },
    Reader {
        name: "zip",
        read: model::read_zip,
        format: Format::Zip,
        fixed_bytes: MODEL_BYTES,
        // Of one byte deflate makes up to 1032.
        bytes_per_byte: 1032 * 2 * JSON_BYTES_PER_BYTE,
    },
    Reader {
        name: "config_json",
        read: model::read_config,
        format: Format::Json,
        fixed_bytes: MODEL_BYTES,
        bytes_per_byte: JSON_BYTES_PER_BYTE,
    },
    Reader {
        name: "tokenizer_json",
        read: model::read_tokenizer,
        format: Format::Json,
        fixed_bytes: 2 * MODEL_BYTES,
        // The crate copies each part as a value before it reads it.
        bytes_per_byte: 4 * JSON_BYTES_PER_BYTE,
    },
    Reader {
        name: "vocab_txt",
        read: model::read_vocabulary,
        format: Format::Lines,
        fixed_bytes: MODEL_BYTES,
        // An empty line is a token, with a row of embeddings: in JSON, as a value, in two maps.
        bytes_per_byte: 1024,
    },
    Reader {
        name: "folder_json",
        read: model::read_folder,
        format: Format::Json,
        fixed_bytes: 2 * MODEL_BYTES,
        bytes_per_byte: 2 * JSON_BYTES_PER_BYTE,
    },
    Reader {
        name: "pairs",
        read: pairs::read,
        format: Format::Lines,
        // Chunks of the file as bytes and as text.
        fixed_bytes: 512 << 10,
        bytes_per_byte: JSON_BYTES_PER_BYTE,
    },
    Reader {
        name: checkpoint::NAME,
        read: checkpoint::read,
        format: Format::Safetensors,
        fixed_bytes: 128 << 10,
        bytes_per_byte: JSON_BYTES_PER_BYTE,
    },
    Reader {
        name: "run_json",
        read: run::read,
        format: Format::Json,
        fixed_bytes: 16 << 10,
        bytes_per_byte: JSON_BYTES_PER_BYTE,
    },
];
