//! One safetensors file, read tensor by tensor.
//!
//! The format: eight bytes with the header's length, the header (JSON: name to type, shape and place), the data. The
//! `safetensors` crate reads a file that is wholly in memory; this reads one that isn't, with the checks of that crate
//! and messages that name the tensor.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Formatter;

use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorInfo};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use super::checksum::{Checksum, WRONG_CHECKSUM};
use super::file_bytes::FileBytes;
use crate::error::Error;

/// Bytes of the header's length.
const N_LENGTH_BYTES: u64 = 8;
/// Longest header; the format's own limit.
const MAX_HEADER_BYTES: u64 = 100_000_000;
/// Bytes of a tensor that are read at a time: large enough that reading costs nothing beside converting, small beside
/// any model.
const BLOCK_BYTES: usize = 4 << 20;
/// What a file begins with that stands for another one in a repository with Git LFS.
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// An opened safetensors file.
pub(crate) struct TensorFile<'a> {
    /// What the file is called in messages.
    name: String,
    bytes: &'a dyn FileBytes,
    /// Where the data begins.
    data_start: u64,
    tensors: BTreeMap<String, TensorInfo>,
    metadata: HashMap<String, String>,
    /// Of a file that comes with one.
    checksum: Option<Checksum>,
}

impl<'a> TensorFile<'a> {
    /// Read the header and check every tensor's place against the file's length.
    ///
    /// # Errors
    /// [`Error::Weights`] if it isn't safetensors, or is cut short; [`Error::Tensor`] naming a tensor that has no place
    /// of its own, or one of another size than its shape and type; [`Error::File`].
    pub fn open(name: &str, bytes: &'a dyn FileBytes) -> Result<Self, Error> {
        let fault = |problem: String| Error::Weights { file: name.to_owned(), problem };
        let read = |start, n_bytes| {
            bytes.read(start, n_bytes).map_err(|problem| Error::File { file: name.to_owned(), problem })
        };
        let n_bytes = bytes.n_bytes();
        if n_bytes < N_LENGTH_BYTES {
            return Err(fault(format!("it has {n_bytes} bytes, too few for a safetensors file")));
        }
        let beginning = read(0, N_LENGTH_BYTES as usize)?;
        let length = beginning.first_chunk().map_or(u64::MAX, |length| u64::from_le_bytes(*length));
        if length > MAX_HEADER_BYTES || length > n_bytes - N_LENGTH_BYTES {
            if n_bytes >= LFS_POINTER.len() as u64 && read(0, LFS_POINTER.len())? == LFS_POINTER {
                return Err(fault("it is a Git LFS pointer, which stands for the file itself".to_owned()));
            }
            let problem = format!("its header would be {length} bytes long, but the file has {n_bytes}");
            return Err(fault(problem));
        }
        let header_bytes = read(N_LENGTH_BYTES, length as usize)?;
        let header: Header = serde_json::from_slice(&header_bytes)
            .map_err(|cause| fault(format!("its header is not that of a safetensors file: {cause}")))?;
        let data_start = N_LENGTH_BYTES + length;
        check_places(&header.tensors, n_bytes - data_start, fault)?;
        let checksum = bytes.crc32().map(|declared| Checksum::new(declared, n_bytes));
        if let Some(checksum) = &checksum {
            checksum.add(0, &beginning);
            checksum.add(N_LENGTH_BYTES, &header_bytes);
        }
        let tensors = header.tensors.into_iter().collect();
        Ok(Self { name: name.to_owned(), bytes, data_start, tensors, metadata: header.metadata, checksum })
    }

    /// What the file is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names and headers of all tensors.
    pub fn tensors(&self) -> &BTreeMap<String, TensorInfo> {
        &self.tensors
    }

    /// The header's own entries.
    pub fn metadata(&self) -> &HashMap<String, String> {
        &self.metadata
    }

    /// The finite values of a tensor of the expected shape (in the file's layout), whatever float type it is stored in.
    /// `on_read` is told how many bytes each read had.
    ///
    /// # Errors
    /// [`Error::Tensor`] if it is missing, of another shape, not of floats, not finite, or too large for the memory;
    /// [`Error::File`].
    pub fn read_values(&self, name: &str, expected: &[usize], on_read: &mut dyn FnMut(u64)) -> Result<Vec<f32>, Error> {
        let fault = |problem: String| Error::Tensor { name: name.to_owned(), problem };
        let info = self.tensors.get(name).ok_or_else(|| fault(format!("is missing from {}", self.name)))?;
        if info.shape != expected {
            return Err(fault(format!("has shape {:?}, expected {expected:?}", info.shape)));
        }
        let convert = match info.dtype {
            Dtype::F32 => extend_from_f32,
            Dtype::F16 => extend_from_f16,
            Dtype::BF16 => extend_from_bf16,
            other => return Err(fault(format!("has type {other:?}; supported are F32, F16 and BF16"))),
        };
        // Its bytes are as many as its type and shape take, which a product of 32 bits may not say.
        let n_values = (info.data_offsets.1 - info.data_offsets.0) / (info.dtype.bitsize() / 8);
        let mut values = Vec::new();
        values.try_reserve_exact(n_values).map_err(|_| no_memory(name, n_values))?;
        self.read_blocks(name, info, &mut |block| {
            convert(block, &mut values);
            on_read(block.len() as u64);
        })?;
        if values.len() != n_values {
            let problem = format!("gave another number of bytes for \"{name}\" than it was asked for");
            return Err(Error::File { file: self.name.clone(), problem });
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(position) => Err(fault(format!("holds {} at position {position}", values[position]))),
            None => Ok(values),
        }
    }

    /// Read what no tensor was read of, if the container of the file declares a checksum, and compare.
    ///
    /// # Errors
    /// [`Error::File`] if the bytes are others.
    pub fn check_rest(&self) -> Result<(), Error> {
        let Some(checksum) = &self.checksum else { return Ok(()) };
        for (name, info) in &self.tensors {
            if !checksum.has(name) {
                self.read_blocks(name, info, &mut |_| ())?;
            }
        }
        match checksum.is_right() {
            true => Ok(()),
            false => Err(Error::File { file: self.name.clone(), problem: WRONG_CHECKSUM.to_owned() }),
        }
    }

    fn read_blocks(&self, name: &str, info: &TensorInfo, take: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let (start, end) = info.data_offsets;
        let checksum = self.checksum.as_ref().filter(|checksum| checksum.begin(name));
        for block_start in (start..end).step_by(BLOCK_BYTES) {
            let n_bytes = BLOCK_BYTES.min(end - block_start);
            let place = self.data_start + block_start as u64;
            let block =
                self.bytes.read(place, n_bytes).map_err(|problem| Error::File { file: self.name.clone(), problem })?;
            if let Some(checksum) = checksum {
                checksum.add(place, &block);
            }
            take(&block);
        }
        Ok(())
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

/// Every tensor has the bytes that its shape and type take, and together they are the data, each byte of it once.
fn check_places(tensors: &[(String, TensorInfo)], n_bytes: u64, fault: impl Fn(String) -> Error) -> Result<(), Error> {
    let mut by_place: Vec<&(String, TensorInfo)> = tensors.iter().collect();
    by_place.sort_by_key(|(_, info)| info.data_offsets);
    if let Some((name, info)) = by_place.iter().find(|(_, info)| info.data_offsets.1 as u64 > n_bytes) {
        let end = info.data_offsets.1;
        let problem = format!("\"{name}\" ends at byte {end} of its data, of which there are {n_bytes}");
        return Err(fault(problem));
    }
    let mut next = 0;
    for (name, info) in by_place {
        let tensor_fault = |problem: String| Error::Tensor { name: name.clone(), problem };
        let (start, end) = info.data_offsets;
        // In 64 bits: where a `usize` has 32, the bits of a tensor of 512 MB don't fit.
        let n_bits =
            info.shape.iter().try_fold(info.dtype.bitsize() as u64, |product, &size| product.checked_mul(size as u64));
        let n_bits_there = end.checked_sub(start).and_then(|n_bytes| (n_bytes as u64).checked_mul(8));
        if n_bits.is_none() || n_bits != n_bits_there {
            let problem =
                format!("lies at bytes {start} to {end}, which is not the size of {:?} {:?}", info.shape, info.dtype);
            return Err(tensor_fault(problem));
        }
        if start != next {
            let problem = format!("lies at bytes {start} to {end}, but the tensor before it ends at byte {next}");
            return Err(tensor_fault(problem));
        }
        next = end;
    }
    match n_bytes - next as u64 {
        0 => Ok(()),
        n_rest => Err(fault(format!("{n_rest} bytes follow its last tensor"))),
    }
}

/// A header as it is written, in which no name may occur twice.
struct Header {
    metadata: HashMap<String, String>,
    tensors: Vec<(String, TensorInfo)>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HeaderVisitor;

        impl<'de> Visitor<'de> for HeaderVisitor {
            type Value = Header;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a map of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Header, A::Error> {
                let mut metadata = None;
                let mut tensors: HashMap<String, TensorInfo> = HashMap::new();
                while let Some(name) = entries.next_key::<String>()? {
                    let twice = if name == "__metadata__" {
                        metadata.replace(entries.next_value::<HashMap<String, String>>()?).is_some()
                    } else {
                        let info = entries.next_value();
                        let info = info.map_err(|cause| A::Error::custom(format!("of \"{name}\": {cause}")))?;
                        tensors.insert(name.clone(), info).is_some()
                    };
                    if twice {
                        return Err(A::Error::custom(format!("\"{name}\" is there twice")));
                    }
                }
                Ok(Header { metadata: metadata.unwrap_or_default(), tensors: tensors.into_iter().collect() })
            }
        }

        deserializer.deserialize_map(HeaderVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with this header and so many zero bytes of data.
    fn file(header: &str, n_bytes: usize) -> Vec<u8> {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header.as_bytes());
        file.resize(file.len() + n_bytes, 0);
        file
    }

    fn message_of(file: &[u8]) -> String {
        match TensorFile::open("x.safetensors", &file) {
            Ok(_) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
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
        let opened = TensorFile::open("x.safetensors", &bytes).unwrap();
        assert_eq!(opened.metadata()["format"], "pt");
        let mut n_read = 0;
        let mut values = |name: &str, shape: &[usize]| opened.read_values(name, shape, &mut |n| n_read += n).unwrap();
        assert_eq!(values("a", &[2]), [1.5, -2.0]);
        assert_eq!(values("b", &[1, 2]), [1.5, -2.0]);
        assert_eq!(values("c", &[]), [0.1]);
        assert_eq!(n_read, 12);
    }

    #[test]
    fn a_tensor_of_several_blocks_is_read_whole() {
        let n_values = BLOCK_BYTES / 4 + 3;
        let n_bytes = 4 * n_values;
        let header = format!(r#"{{"a": {{"dtype": "F32", "shape": [{n_values}], "data_offsets": [0, {n_bytes}]}}}}"#);
        let mut bytes = file(&header, 0);
        bytes.extend((0..n_values).flat_map(|position| (position as f32).to_le_bytes()));
        let opened = TensorFile::open("x.safetensors", &bytes).unwrap();
        let mut reads = Vec::new();
        let values = opened.read_values("a", &[n_values], &mut |n_bytes| reads.push(n_bytes)).unwrap();
        assert!(values.iter().enumerate().all(|(position, &value)| value == position as f32));
        assert_eq!(reads, [BLOCK_BYTES as u64, 12]);
    }

    #[test]
    fn what_is_not_a_whole_safetensors_file_is_refused() {
        let check = |file: &[u8], expect: &str| {
            let message = message_of(file);
            assert!(message.contains(expect), "{message}");
        };
        check(b"", "x.safetensors can't be read: it has 0 bytes, too few");
        check(b"<!doctype html>", "its header would be 8104636974849335612 bytes long, but the file has 15");
        check(b"version https://git-lfs.github.com/spec/v1", "is a Git LFS pointer");
        check(&1_000u64.to_le_bytes(), "its header would be 1000 bytes long, but the file has 8");
        check(&file("[]", 0), "its header is not that of a safetensors file");
        check(&file("{{{{", 9), "its header is not that of a safetensors file");
        check(&file("{\"a\": {\"dtype\": \"F7\"}}", 0), "of \"a\": unknown variant `F7`");
        check(&file("{}", 3), "3 bytes follow its last tensor");
        let one = r#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#;
        check(&file(one, 7), "\"a\" ends at byte 8 of its data, of which there are 7");
        check(&file(one, 8), "none");
    }

    #[test]
    fn every_byte_belongs_to_one_tensor() {
        let two = r#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}"#;
        let check = |from: &str, to: &str, expect: &str| {
            assert!(two.contains(from));
            let message = message_of(&file(&two.replace(from, to), 12));
            assert!(message.contains(expect), "{message}");
        };
        check("\"a\"", "\"z\"", "none");
        check("[0, 4]", "[4, 8]", "weight \"a\" lies at bytes 4 to 8, but the tensor before it ends at byte 0");
        check("[4, 12]", "[0, 8]", "weight \"b\" lies at bytes 0 to 8, but the tensor before it ends at byte 4");
        check("[4, 12]", "[4, 8]", "weight \"b\" lies at bytes 4 to 8, which is not the size of [2] F32");
        check("[0, 4]", "[4, 0]", "weight \"a\" lies at bytes 4 to 0, which is not the size");
        check("[2]", "[4294967295, 4294967295, 4294967295]", "which is not the size of [4294967295,");
        check("\"b\"", "\"a\"", "\"a\" is there twice");
    }

    #[test]
    fn values_that_do_not_do_are_named() {
        let header = r#"{"a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]},
            "b": {"dtype": "I32", "shape": [1], "data_offsets": [4, 8]}}"#;
        let mut bytes = file(header, 8);
        let at = bytes.len() - 6;
        bytes[at..at + 2].copy_from_slice(&[0x00, 0x7e]);
        let opened = TensorFile::open("x.safetensors", &bytes).unwrap();
        let check = |name: &str, shape: &[usize], expect: &str| {
            let message = opened.read_values(name, shape, &mut |_| ()).unwrap_err().to_string();
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
            let read = TensorFile::open("x.safetensors", &claimed).and_then(|file| {
                let shape = file.tensors()["a"].shape.clone();
                file.read_values("a", &shape, &mut |_| ())
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
