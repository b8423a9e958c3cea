//! A file read from its first byte to its last.

use std::io::{self, Read};

use sbert::pretrained::FileBytes;

/// Bytes that are read at a time: reading more is no faster, and would keep commands waiting.
const CHUNK_BYTES: u64 = 1 << 20;

/// Reads a file in chunks, so that no more than one of them is in memory.
pub struct FileReader<F> {
    file: F,
    /// Where the next chunk begins.
    next: u64,
    chunk: io::Cursor<Vec<u8>>,
}

impl<F: FileBytes> FileReader<F> {
    /// Read `file` from its beginning.
    pub fn new(file: F) -> Self {
        Self { file, next: 0, chunk: io::Cursor::default() }
    }

    /// Bytes of the whole file.
    pub fn n_bytes(&self) -> u64 {
        self.file.n_bytes()
    }
}

impl<F: FileBytes> Read for FileReader<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.chunk.read(buffer)?;
        if n_read > 0 || buffer.is_empty() || self.next == self.file.n_bytes() {
            return Ok(n_read);
        }
        let n_bytes = CHUNK_BYTES.min(self.file.n_bytes() - self.next);
        self.chunk = io::Cursor::new(self.file.read(self.next, n_bytes as usize).map_err(io::Error::other)?);
        self.next += n_bytes;
        self.chunk.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_longer_than_a_chunk_is_read_whole() {
        let whole: Vec<u8> = (0..2_500_000_u32).map(|n| (n % 251) as u8).collect();
        let mut read = Vec::new();
        FileReader::new(whole.clone()).read_to_end(&mut read).unwrap();
        assert!(read == whole, "{} of {} bytes, or others", read.len(), whole.len());
    }
}
