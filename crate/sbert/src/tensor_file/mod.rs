//! A safetensors file: read tensor by tensor, and written.
//!
//! It imports nothing. It is separate because two rooms have such files and neither is the other's: `pretrained` has
//! weights under the hub's names, `train` has checkpoints under paths of its own.

mod checksum;
mod file_bytes;
mod header;
mod layout;
mod read;
mod write;

pub use file_bytes::FileBytes;

pub(crate) use checksum::WRONG_CHECKSUM;
pub(crate) use file_bytes::{BLOCK_BYTES, beyond_end};
pub(crate) use layout::{Layout, transpose};
pub(crate) use read::{TensorFile, TensorReading, no_memory};
pub(crate) use write::{NamedTensor, TensorsWriter};
