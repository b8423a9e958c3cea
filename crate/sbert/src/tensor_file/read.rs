//! One safetensors file, read tensor by tensor and block by block.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;

use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorInfo};

use super::checksum::{Checksum, WRONG_CHECKSUM};
use super::file_bytes::{BLOCK_BYTES, FileBytes};
use super::header::Header;
use crate::error::Error;

/// An opened safetensors file.
pub(crate) struct TensorFile<'a> {
    /// What the file is called in messages.
    name: String,
    bytes: Rc<dyn FileBytes + 'a>,
    header: Header,
    /// Of a file that comes with one.
    checksum: Option<Checksum>,
}

/// Appends the values of some bytes.
type Convert = fn(&[u8], &mut Vec<f32>);

/// A tensor that is being read.
pub(crate) struct TensorReading {
    name: String,
    /// None if its bytes are read for the checksum alone.
    convert: Option<Convert>,
    n_values: usize,
    values: Vec<f32>,
    /// Which bytes of the data are still to be read.
    rest: Range<usize>,
}

impl<'a> TensorFile<'a> {
    /// Read the header and check every tensor's place against the file's length.
    ///
    /// # Errors
    /// [`Error::Weights`] if it isn't safetensors, or is cut short; [`Error::Tensor`] naming a tensor that has no place
    /// of its own, or one of another size than its shape and type; [`Error::File`].
    pub fn open(name: &str, bytes: Rc<dyn FileBytes + 'a>) -> Result<Self, Error> {
        let checksum = bytes.crc32().map(|declared| Checksum::new(declared, bytes.n_bytes()));
        let header = Header::read(name, &*bytes, checksum.as_ref())?;
        Ok(Self { name: name.to_owned(), bytes, header, checksum })
    }

    /// What the file is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names and headers of all tensors.
    pub fn tensors(&self) -> &BTreeMap<String, TensorInfo> {
        &self.header.tensors
    }

    /// The header's own entries.
    pub fn metadata(&self) -> &HashMap<String, String> {
        &self.header.metadata
    }

    /// The finite values of a tensor of the expected shape (in the file's layout), whatever float type it is stored in.
    ///
    /// # Errors
    /// Those of [`Self::begin`] and [`Self::read_block`].
    pub fn read_values(&self, name: &str, expected: &[usize]) -> Result<Vec<f32>, Error> {
        let mut reading = self.begin(name, expected)?;
        while reading.n_next_bytes() > 0 {
            self.read_block(&mut reading)?;
        }
        Ok(reading.into_values())
    }

    /// Begin to read a tensor of the expected shape (in the file's layout). Of a file that has a checksum no tensor may be
    /// read twice.
    ///
    /// # Errors
    /// [`Error::Tensor`] if it is missing, of another shape, or not of floats.
    pub fn begin(&self, name: &str, expected: &[usize]) -> Result<TensorReading, Error> {
        let fault = |problem: String| Error::Tensor { name: name.to_owned(), problem };
        let info = self.tensors().get(name).ok_or_else(|| fault(format!("is missing from {}", self.name)))?;
        if info.shape != expected {
            return Err(fault(format!("has shape {:?}, expected {expected:?}", info.shape)));
        }
        let convert: Convert = match info.dtype {
            Dtype::F32 => extend_from_f32,
            Dtype::F16 => extend_from_f16,
            Dtype::BF16 => extend_from_bf16,
            other => return Err(fault(format!("has type {other:?}; supported are F32, F16 and BF16"))),
        };
        // Its bytes are as many as its type and shape take, which a product of 32 bits may not say.
        let n_values = (info.data_offsets.1 - info.data_offsets.0) / (info.dtype.bitsize() / 8);
        Ok(TensorReading { convert: Some(convert), n_values, ..TensorReading::unused(name, info) })
    }

    /// Begin to read a tensor whose values nobody wants; none if the file has no checksum for which to read it.
    pub fn begin_unused(&self, name: &str) -> Option<TensorReading> {
        self.checksum.as_ref()?;
        Some(TensorReading::unused(name, self.tensors().get(name)?))
    }

    /// Read the next block of a tensor of this file.
    ///
    /// # Errors
    /// [`Error::Tensor`] if a value isn't finite, or if there is no memory for the tensor; [`Error::File`].
    pub fn read_block(&self, reading: &mut TensorReading) -> Result<(), Error> {
        let fault = |problem: String| Error::File { file: self.name.clone(), problem };
        reading.reserve()?;
        let n_bytes = reading.n_next_bytes();
        let place = self.header.data_start + reading.rest.start as u64;
        let block = self.bytes.read(place, n_bytes).map_err(fault)?;
        if block.len() != n_bytes {
            let problem = format!("gave another number of bytes for \"{}\" than it was asked for", reading.name);
            return Err(fault(problem));
        }
        if let Some(checksum) = &self.checksum {
            checksum.add(place, &block);
        }
        reading.take(&block)
    }

    /// Compare the checksum that the container of the file declares, if it does, with all of its bytes, which have been read.
    ///
    /// # Errors
    /// [`Error::File`] if the bytes are others.
    pub fn check(&self) -> Result<(), Error> {
        match self.checksum.as_ref().is_none_or(Checksum::is_right) {
            true => Ok(()),
            false => Err(Error::File { file: self.name.clone(), problem: WRONG_CHECKSUM.to_owned() }),
        }
    }
}

impl TensorReading {
    fn unused(name: &str, info: &TensorInfo) -> Self {
        let rest = info.data_offsets.0..info.data_offsets.1;
        Self { name: name.to_owned(), convert: None, n_values: 0, values: Vec::new(), rest }
    }

    /// Name of the tensor in the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes of the next block; 0 when all are read.
    pub fn n_next_bytes(&self) -> usize {
        BLOCK_BYTES.min(self.rest.len())
    }

    /// The values, once all are read.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// Reserve memory for all values, before the first are read.
    fn reserve(&mut self) -> Result<(), Error> {
        let n_missing = self.n_values - self.values.len();
        self.values.try_reserve_exact(n_missing).map_err(|_| no_memory(&self.name, self.n_values))
    }

    fn take(&mut self, block: &[u8]) -> Result<(), Error> {
        self.rest.start += block.len();
        let Some(convert) = self.convert else { return Ok(()) };
        let n_before = self.values.len();
        convert(block, &mut self.values);
        match self.values[n_before..].iter().position(|value| !value.is_finite()) {
            Some(place) => {
                let position = n_before + place;
                let problem = format!("holds {} at position {position}", self.values[position]);
                Err(Error::Tensor { name: self.name.clone(), problem })
            }
            None => Ok(()),
        }
    }
}

/// The error for a tensor whose values don't fit in memory.
pub(crate) fn no_memory(name: &str, n_values: usize) -> Error {
    Error::Tensor { name: name.to_owned(), problem: format!("has {n_values} values, for which there is no memory") }
}

fn extend_from_f32(bytes: &[u8], values: &mut Vec<f32>) {
    values.extend(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
}

fn extend_from_f16(bytes: &[u8], values: &mut Vec<f32>) {
    values.extend(bytes.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()));
}

fn extend_from_bf16(bytes: &[u8], values: &mut Vec<f32>) {
    values.extend(bytes.as_chunks().0.iter().map(|bytes| bf16::from_le_bytes(*bytes).to_f32()));
}

#[cfg(test)]
mod tests {
    use super::super::header::tests::file;
    use super::*;

    fn open(bytes: &[u8]) -> Result<TensorFile<'_>, Error> {
        TensorFile::open("x.safetensors", Rc::new(bytes))
    }

    #[test]
    fn halves_are_read_as_what_they_are() {
        let header = r#"{"__metadata__": {"format": "pt"},
            "a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]},
            "b": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [4, 8]},
            "c": {"dtype": "F32", "shape": [], "data_offsets": [8, 12]}}"#;
        let mut bytes = file(header, 0);
        // 1.5 and -2 in binary16 and bfloat16, 0.1 in binary32.
        bytes.extend([0x00, 0x3e, 0x00, 0xc0, 0xc0, 0x3f, 0x00, 0xc0]);
        bytes.extend(0.1f32.to_le_bytes());
        let opened = open(&bytes).unwrap();
        assert_eq!(opened.metadata()["format"], "pt");
        let values = |name: &str, shape: &[usize]| opened.read_values(name, shape).unwrap();
        assert_eq!(values("a", &[2]), [1.5, -2.0]);
        assert_eq!(values("b", &[1, 2]), [1.5, -2.0]);
        assert_eq!(values("c", &[]), [0.1]);
    }

    #[test]
    fn a_tensor_of_several_blocks_is_read_whole() {
        let n_values = BLOCK_BYTES / 4 + 3;
        let n_bytes = 4 * n_values;
        let header = format!(r#"{{"a": {{"dtype": "F32", "shape": [{n_values}], "data_offsets": [0, {n_bytes}]}}}}"#);
        let mut bytes = file(&header, 0);
        bytes.extend((0..n_values).flat_map(|position| (position as f32).to_le_bytes()));
        let opened = open(&bytes).unwrap();
        let mut reading = opened.begin("a", &[n_values]).unwrap();
        for expect in [BLOCK_BYTES, 12, 0] {
            assert_eq!(reading.n_next_bytes(), expect);
            opened.read_block(&mut reading).unwrap();
        }
        assert!(reading.into_values().iter().enumerate().all(|(position, &value)| value == position as f32));
    }

    #[test]
    fn values_that_do_not_do_are_named() {
        let header = r#"{"a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]},
            "b": {"dtype": "I32", "shape": [1], "data_offsets": [4, 8]}}"#;
        let mut bytes = file(header, 8);
        let at = bytes.len() - 6;
        bytes[at..at + 2].copy_from_slice(&[0x00, 0x7e]);
        let opened = open(&bytes).unwrap();
        let check = |name: &str, shape: &[usize], expect: &str| {
            let message = opened.read_values(name, shape).unwrap_err().to_string();
            assert_eq!(message, expect);
        };
        check("a", &[2], "weight \"a\" holds NaN at position 1");
        check("a", &[2, 1], "weight \"a\" has shape [2], expected [2, 1]");
        check("b", &[1], "weight \"b\" has type I32; supported are F32, F16 and BF16");
        check("c", &[1], "weight \"c\" is missing from x.safetensors");
    }

    /// A file of which there is only the header, and which says that it has so many bytes.
    struct Claimed {
        header: Vec<u8>,
        n_bytes: u64,
    }

    impl FileBytes for Claimed {
        fn n_bytes(&self) -> u64 {
            self.n_bytes
        }

        fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
            self.header.read(start, n_bytes)
        }
    }

    #[test]
    fn sizes_beyond_any_memory_are_refused() {
        let check = |tensor: &str, n_bytes: u64, expect: &str| {
            let header = file(&format!("{{\"a\": {tensor}}}"), 0);
            let claimed = Claimed { n_bytes: header.len() as u64 + n_bytes, header };
            let read = TensorFile::open("x.safetensors", Rc::new(claimed)).and_then(|file| {
                let shape = file.tensors()["a"].shape.clone();
                file.read_values("a", &shape)
            });
            let message = read.unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        // Neither the bits that the shape takes nor those that are there fit 64 bits, as those of 512 MB don't fit 32.
        let shape = "[4294967295, 4294967295, 4294967295]";
        let tensor = format!(r#"{{"dtype": "F32", "shape": {shape}, "data_offsets": [0, {}]}}"#, 1u64 << 62);
        check(&tensor, 1 << 62, "which is not the size of [4294967295, 4294967295, 4294967295] F32");
        let n_values = 1u64 << 59;
        let tensor = format!(r#"{{"dtype": "F16", "shape": [{n_values}], "data_offsets": [0, {}]}}"#, 2 * n_values);
        check(&tensor, 2 * n_values, "weight \"a\" has 576460752303423488 values, for which there is no memory");
    }
}
