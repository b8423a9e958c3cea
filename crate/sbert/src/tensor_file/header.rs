//! The header of a safetensors file: eight bytes with its length, then JSON with the type, shape and place of each tensor.
//!
//! The `safetensors` crate reads a file that is wholly in memory; this reads one that isn't, with the checks of that crate
//! and messages that name the tensor.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Formatter;

use safetensors::tensor::TensorInfo;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use super::checksum::Checksum;
use super::file_bytes::FileBytes;
use crate::error::Error;

/// Bytes of the header's length.
const N_LENGTH_BYTES: u64 = 8;
/// Longest header; the format's own limit.
const MAX_HEADER_BYTES: u64 = 100_000_000;
/// What a file begins with that stands for another one in a repository with Git LFS.
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// What comes before the data.
pub(super) struct Header {
    /// Where the data begins.
    pub data_start: u64,
    pub tensors: BTreeMap<String, TensorInfo>,
    pub metadata: HashMap<String, String>,
}

impl Header {
    /// Read the header of `file`, which is its name, and check the place of every tensor against the length of the file.
    ///
    /// # Errors
    /// Those of [`TensorFile::open`](super::TensorFile::open).
    pub fn read(file: &str, bytes: &dyn FileBytes, checksum: Option<&Checksum>) -> Result<Self, Error> {
        let fault = |problem: String| Error::Weights { file: file.to_owned(), problem };
        let read = |start, n_bytes| {
            bytes.read(start, n_bytes).map_err(|problem| Error::File { file: file.to_owned(), problem })
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
        let header = read(N_LENGTH_BYTES, length as usize)?;
        let Entries { metadata, tensors } = serde_json::from_slice(&header)
            .map_err(|cause| fault(format!("its header is not that of a safetensors file: {cause}")))?;
        let data_start = N_LENGTH_BYTES + length;
        check_places(&tensors, n_bytes - data_start, fault)?;
        if let Some(checksum) = checksum {
            checksum.add(0, &beginning);
            checksum.add(N_LENGTH_BYTES, &header);
        }
        Ok(Self { data_start, tensors, metadata: metadata.unwrap_or_default() })
    }
}

/// Every tensor has the bytes that its shape and type take, and together they are the data, each byte of it once.
fn check_places(
    tensors: &BTreeMap<String, TensorInfo>,
    n_bytes: u64,
    fault: impl Fn(String) -> Error,
) -> Result<(), Error> {
    let mut by_place: Vec<(&String, &TensorInfo)> = tensors.iter().collect();
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
#[derive(Default)]
struct Entries {
    metadata: Option<HashMap<String, String>>,
    tensors: BTreeMap<String, TensorInfo>,
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor;

        impl<'de> Visitor<'de> for EntryVisitor {
            type Value = Entries;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a map of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Entries, A::Error> {
                let Entries { mut metadata, mut tensors } = Entries::default();
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
                Ok(Entries { metadata, tensors })
            }
        }

        deserializer.deserialize_map(EntryVisitor)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file with this header and so many zero bytes of data.
    pub fn file(header: &str, n_bytes: usize) -> Vec<u8> {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header.as_bytes());
        file.resize(file.len() + n_bytes, 0);
        file
    }

    fn message_of(file: &[u8]) -> String {
        match Header::read("x.safetensors", &file, None) {
            Ok(_) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
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
}
