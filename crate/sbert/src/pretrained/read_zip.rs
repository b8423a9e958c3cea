//! A zip as a folder. What isn't compressed is read in place; what is, is inflated when it is first read.
//!
//! A zip can be made to inflate without end, so nothing is taken at its word: a file that goes beyond the size it
//! declares is refused, so is a size that its compressed bytes can't make, and there is a limit on all of them together.

use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::{CompressionMethod, ZipArchive};

use crate::error::Error;
use crate::tensor_file::{FileBytes, beyond_end};

/// All that a zip's files may inflate to: half of what a tab can address. Uncompressed files don't count.
const MAX_INFLATED_BYTES: u64 = 2 << 30;
/// Most bytes that deflate makes of one (zlib's technical details: 1032 to 1).
const MAX_DEFLATE_RATIO: u64 = 1032;
/// A model folder has a dozen files.
const MAX_MEMBERS: usize = 10_000;
/// Bytes that are read of the archive at a time.
const BUFFER_BYTES: usize = 64 << 10;

type Archive = ZipArchive<BufReader<Cursor>>;
/// A file and its path.
type NamedFile = (String, Box<dyn FileBytes>);

/// The files of a zip, by the paths that it gives them.
///
/// # Errors
/// [`Error::Folder`] if it can't be read as a zip. A file that can't be read says so when it is.
pub(super) fn open_zip(name: &str, bytes: Box<dyn FileBytes>) -> Result<Vec<NamedFile>, Error> {
    let fault = |problem: String| Error::Folder { problem: format!("{name} can't be read as a zip: {problem}") };
    let bytes: Rc<dyn FileBytes> = bytes.into();
    let cursor = Cursor { bytes: Rc::clone(&bytes), position: 0 };
    let archive = ZipArchive::new(BufReader::with_capacity(BUFFER_BYTES, cursor));
    let mut archive = archive.map_err(|cause| fault(cause.to_string()))?;
    if archive.len() > MAX_MEMBERS {
        return Err(fault(format!("it has {} files, more than {MAX_MEMBERS}", archive.len())));
    }
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|cause| fault(cause.to_string()))?;
        if !file.is_dir() {
            let path = file.name().map_err(|cause| fault(cause.to_string()))?.into_owned();
            let content = if file.encrypted() {
                Content::Refused("is encrypted in the zip; make one without a password".to_owned())
            } else {
                match (file.compression(), file.data_start()) {
                    (CompressionMethod::Stored, Some(start)) if file.compressed_size() == file.size() => {
                        Content::Stored { start, crc32: file.crc32() }
                    }
                    (CompressionMethod::Deflated, _) => Content::Deflated { n_compressed: file.compressed_size() },
                    (method, _) => Content::Refused(format!(
                        "is compressed by {method} in the zip; make one with deflate or without compression"
                    )),
                }
            };
            members.push((path, file.size(), index, content));
        }
    }
    let archive = Rc::new(RefCell::new(archive));
    let n_inflated = Rc::new(Cell::new(0));
    let member = |(path, n_bytes, index, content)| -> NamedFile {
        let (bytes, archive, n_inflated) = (Rc::clone(&bytes), Rc::clone(&archive), Rc::clone(&n_inflated));
        (path, Box::new(Member { bytes, archive, n_inflated, index, n_bytes, content, inflated: OnceCell::new() }))
    };
    Ok(members.into_iter().map(member).collect())
}

/// One file of a zip.
struct Member {
    /// The zip.
    bytes: Rc<dyn FileBytes>,
    archive: Rc<RefCell<Archive>>,
    /// Bytes that files of the zip have been inflated to.
    n_inflated: Rc<Cell<u64>>,
    index: usize,
    /// The size that the zip declares.
    n_bytes: u64,
    content: Content,
    inflated: OnceCell<Vec<u8>>,
}

enum Content {
    /// As it is, from byte `start` of the zip on.
    Stored {
        start: u64,
        crc32: u32,
    },
    Deflated {
        n_compressed: u64,
    },
    /// Why it can't be read.
    Refused(String),
}

impl FileBytes for Member {
    fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
        if start.checked_add(n_bytes as u64).is_none_or(|end| end > self.n_bytes) {
            return Err(beyond_end(start, n_bytes, self.n_bytes));
        }
        match &self.content {
            Content::Stored { start: of_file, .. } => self
                .bytes
                .read(of_file.saturating_add(start), n_bytes)
                .map_err(|problem| format!("in the zip, {problem}")),
            Content::Deflated { n_compressed } => match self.inflated.get() {
                Some(inflated) => inflated.read(start, n_bytes),
                None => {
                    let inflated = self.inflate(*n_compressed)?;
                    self.inflated.get_or_init(|| inflated).read(start, n_bytes)
                }
            },
            Content::Refused(reason) => Err(reason.clone()),
        }
    }

    fn crc32(&self) -> Option<u32> {
        match self.content {
            Content::Stored { crc32, .. } => Some(crc32),
            // Inflating compares it, and what is refused is never read.
            Content::Deflated { .. } | Content::Refused(_) => None,
        }
    }
}

impl Member {
    fn inflate(&self, n_compressed: u64) -> Result<Vec<u8>, String> {
        let n_bytes = self.n_bytes;
        if n_bytes > n_compressed.saturating_mul(MAX_DEFLATE_RATIO) {
            return Err(format!("is to inflate from {n_compressed} bytes to {n_bytes}, which deflate can't do"));
        }
        if n_bytes.saturating_add(self.n_inflated.get()) > MAX_INFLATED_BYTES {
            return Err(format!(
                "inflates to {n_bytes} bytes, more than is left of {MAX_INFLATED_BYTES} for a zip; make one without \
                 compression, or drop the files themselves"
            ));
        }
        let mut inflated = Vec::new();
        inflated
            .try_reserve_exact(n_bytes as usize)
            .map_err(|_| format!("inflates to {n_bytes} bytes, for which there is no memory"))?;
        let mut archive = self.archive.borrow_mut();
        let file = archive.by_index(self.index).map_err(|cause| cause.to_string())?;
        // One byte more than declared tells the file that goes on. Reading to the end checks the checksum too.
        let n_read = file.take(n_bytes + 1).read_to_end(&mut inflated);
        let n_read = n_read.map_err(|cause| format!("can't be inflated: {cause}"))? as u64;
        if n_read != n_bytes {
            let more = if n_read > n_bytes { "more" } else { "fewer" };
            return Err(format!("inflates to {more} bytes than the {n_bytes} that the zip declares"));
        }
        self.n_inflated.set(self.n_inflated.get() + n_read);
        Ok(inflated)
    }
}

/// The zip as what the `zip` crate reads from.
struct Cursor {
    bytes: Rc<dyn FileBytes>,
    position: u64,
}

impl Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_left = self.bytes.n_bytes().saturating_sub(self.position);
        let n_bytes = buffer.len().min(usize::try_from(n_left).unwrap_or(usize::MAX));
        let read = self.bytes.read(self.position, n_bytes).map_err(io::Error::other)?;
        if read.len() != n_bytes {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        buffer[..n_bytes].copy_from_slice(&read);
        self.position += n_bytes as u64;
        Ok(n_bytes)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.bytes.n_bytes().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
