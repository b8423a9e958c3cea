//! Tensors to the bytes of a safetensors file.

use std::collections::{HashMap, VecDeque};
use std::io::Write;

use burn::tensor::Tensor;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use super::file_bytes::BLOCK_BYTES;
use super::layout::Layout;
use crate::error::Error;
use crate::read_back::read_back;

/// A tensor on its way into a file.
pub(crate) struct NamedTensor {
    /// Its name there.
    name: String,
    /// Its shape there.
    shape: Vec<usize>,
    /// Its first dimension there, and all others as one: some rows are read at a time.
    rows: Tensor<2>,
}

impl NamedTensor {
    /// A tensor that lies in the file as it does in our module.
    pub fn new<const D: usize>(name: String, tensor: Tensor<D>) -> Self {
        let shape = tensor.dims().to_vec();
        let n_rows = shape.first().copied().unwrap_or(1);
        let n_columns = shape.iter().skip(1).product();
        Self { name, shape, rows: tensor.reshape([n_rows, n_columns]) }
    }

    /// A tensor in the layout that the file wants.
    pub fn in_layout<const D: usize>(name: String, tensor: Tensor<D>, layout: Layout) -> Self {
        let mut this = Self::new(name, tensor);
        if layout == Layout::Transposed {
            this.shape.reverse();
            this.rows = this.rows.transpose();
        }
        this
    }
}

/// A safetensors file of f32 tensors that is written block by block: a checkpoint of BERT-base with its optimiser is 1.3 GB,
/// and a browser's wasm has 4. A value that isn't finite is an error, as it is where a file is read.
pub(crate) struct TensorsWriter {
    /// What the file is called in messages.
    file: &'static str,
    /// Length and header; empty when they are written.
    header: Vec<u8>,
    /// Those that are not wholly written.
    tensors: VecDeque<NamedTensor>,
    /// Rows of the first of them that are written.
    n_rows_written: usize,
    n_bytes: usize,
}

impl TensorsWriter {
    /// A file of these tensors.
    ///
    /// # Errors
    /// [`Error::Weights`] if they make no file.
    pub fn new(
        file: &'static str,
        tensors: Vec<NamedTensor>,
        metadata: HashMap<String, String>,
    ) -> Result<Self, Error> {
        let fault = |cause: String| Error::Weights { file: file.to_owned(), problem: cause };
        let mut n_bytes = 0usize;
        let infos = tensors.iter().map(|tensor| {
            let start = n_bytes;
            // Beyond what can be addressed the place is refused below.
            n_bytes =
                tensor.shape.iter().fold(size_of::<f32>(), |n, size| n.saturating_mul(*size)).saturating_add(n_bytes);
            let info = TensorInfo { dtype: Dtype::F32, shape: tensor.shape.clone(), data_offsets: (start, n_bytes) };
            (tensor.name.clone(), info)
        });
        let metadata = Metadata::new(Some(metadata), infos.collect()).map_err(|cause| fault(cause.to_string()))?;
        let json = serde_json::to_vec(&metadata).map_err(|cause| fault(cause.to_string()))?;
        // The format wants the data to begin at a multiple of eight.
        let header_bytes = json.len().next_multiple_of(8);
        let mut header = (header_bytes as u64).to_le_bytes().to_vec();
        header.extend_from_slice(&json);
        header.resize(size_of::<u64>() + header_bytes, b' ');
        let n_bytes = header.len().saturating_add(n_bytes);
        Ok(Self { file, header, tensors: tensors.into(), n_rows_written: 0, n_bytes })
    }

    /// Length of the file.
    pub fn n_bytes(&self) -> u64 {
        self.n_bytes as u64
    }

    /// Write the header, or the next block of the values; `false` when all are written.
    ///
    /// # Errors
    /// [`Error::Tensor`] if a value isn't finite; [`Error::Device`] if the device does not give a tensor back;
    /// [`Error::Write`].
    pub async fn advance(&mut self, to: &mut dyn Write) -> Result<bool, Error> {
        let file = self.file;
        let mut write = |bytes: &[u8]| to.write_all(bytes).map_err(|cause| Error::unwritten(file, &cause));
        if !self.header.is_empty() {
            write(&std::mem::take(&mut self.header))?;
            return Ok(true);
        }
        let mut n_bytes = 0;
        while let Some(NamedTensor { name, rows, .. }) = self.tensors.front() {
            let [n_rows, n_columns] = rows.dims();
            let row_bytes = n_columns * size_of::<f32>();
            let first = self.n_rows_written;
            let end = n_rows.min(first + (BLOCK_BYTES / row_bytes.max(1)).max(1));
            let n_next_bytes = (end - first) * row_bytes;
            if n_bytes > 0 && n_bytes + n_next_bytes > BLOCK_BYTES {
                return Ok(true);
            }
            // A view costs a GPU a copy.
            let is_whole = first == 0 && end == n_rows;
            let block = if is_whole { rows.clone() } else { rows.clone().slice(first..end) };
            let values = read_back(block).await?;
            if let Some(value) = values.iter().find(|value| !value.is_finite()) {
                let problem = format!("has the value {value}, which is not finite");
                return Err(Error::Tensor { name: name.clone(), problem });
            }
            let mut bytes = Vec::with_capacity(n_next_bytes);
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            write(&bytes)?;
            n_bytes += n_next_bytes;
            self.n_rows_written = end;
            if end == n_rows {
                self.tensors.pop_front();
                self.n_rows_written = 0;
            }
        }
        Ok(false)
    }

    /// Room for the whole file.
    ///
    /// # Errors
    /// [`Error::Weights`] if there is no memory for it.
    pub fn reserve(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(self.n_bytes).map_err(|_| {
            let problem = format!("it would have {} bytes, for which there is no memory", self.n_bytes);
            Error::Weights { file: self.file.to_owned(), problem }
        })?;
        Ok(bytes)
    }

    /// The whole file.
    ///
    /// # Errors
    /// Those of [`Self::reserve`] and of [`Self::advance`].
    pub async fn into_bytes(mut self) -> Result<Vec<u8>, Error> {
        let mut bytes = self.reserve()?;
        while self.advance(&mut bytes).await? {}
        Ok(bytes)
    }
}
