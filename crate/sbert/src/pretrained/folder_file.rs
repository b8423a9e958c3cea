//! Files of a model folder: those that a trained model takes over, and those that are written.

use std::collections::VecDeque;
use std::io::{self, Write};

use crate::error::Error;
use crate::tensor_file::TensorsWriter;

/// Bytes of a file of text that are written at a time: some ten milliseconds of work where they are deflated.
const PIECE_BYTES: usize = 1 << 20;

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
pub struct FolderFile {
    /// Path in the folder, with slashes, such as `1_Pooling/config.json`.
    pub path: String,
    content: Content,
}

/// What is still to be written of a file.
enum Content {
    Bytes(VecDeque<u8>),
    /// Their values are read from the device when they are written.
    Tensors(TensorsWriter),
}

/// Where the files of a folder are written to, one after another. What is written belongs to the file that was begun last.
pub trait FolderSink: Write {
    /// Begin a file of `n_bytes` bytes at `path`, which has slashes.
    ///
    /// # Errors
    /// If it can't be made, or the one before it can't be ended.
    fn begin(&mut self, path: &str, n_bytes: u64) -> io::Result<()>;
}

/// Files of a folder that are written block by block.
pub struct FolderWriter {
    files: std::vec::IntoIter<FolderFile>,
    /// The file that is being written.
    current: Option<FolderFile>,
}

impl FolderFile {
    /// A file of these bytes.
    pub(crate) fn of_bytes(path: &str, bytes: Vec<u8>) -> Self {
        Self { path: path.to_owned(), content: Content::Bytes(bytes.into()) }
    }

    /// A file of tensors.
    pub(super) fn of_tensors(path: &str, tensors: TensorsWriter) -> Self {
        Self { path: path.to_owned(), content: Content::Tensors(tensors) }
    }

    /// The whole file.
    ///
    /// # Errors
    /// Those of [`FolderWriter::advance`].
    pub async fn into_bytes(self) -> Result<Vec<u8>, Error> {
        match self.content {
            Content::Bytes(bytes) => Ok(bytes.into()),
            Content::Tensors(tensors) => tensors.into_bytes().await,
        }
    }

    fn n_bytes(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Tensors(tensors) => tensors.n_bytes(),
        }
    }

    /// Write the next block; `false` when all are written.
    async fn advance(&mut self, to: &mut dyn Write) -> Result<bool, Error> {
        match &mut self.content {
            Content::Bytes(bytes) => {
                let piece: Vec<u8> = bytes.drain(..PIECE_BYTES.min(bytes.len())).collect();
                to.write_all(&piece).map_err(|cause| Error::unwritten(&self.path, &cause))?;
                Ok(!bytes.is_empty())
            }
            Content::Tensors(tensors) => tensors.advance(to).await,
        }
    }
}

impl FolderWriter {
    /// The files are written in this order.
    pub fn new(files: Vec<FolderFile>) -> Self {
        Self { files: files.into_iter(), current: None }
    }

    /// Begin a file or write a block of one: a few megabytes. `false` when all are written.
    ///
    /// # Errors
    /// [`Error::Write`] if `to` does not take it; [`Error::Tensor`] if a weight isn't finite; [`Error::Device`] if the device
    /// does not give one back.
    pub async fn advance(&mut self, to: &mut impl FolderSink) -> Result<bool, Error> {
        match &mut self.current {
            Some(file) => {
                if !file.advance(to).await? {
                    self.current = None;
                }
            }
            None => {
                let Some(file) = self.files.next() else { return Ok(false) };
                to.begin(&file.path, file.n_bytes()).map_err(|cause| Error::unwritten(&file.path, &cause))?;
                self.current = Some(file);
            }
        }
        Ok(true)
    }
}
