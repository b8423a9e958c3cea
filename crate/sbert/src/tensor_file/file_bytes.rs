//! The bytes of a file, read where they are wanted.

/// Bytes that are read or written at a time: large enough that reading costs nothing beside converting, small beside any
/// model, and some ten milliseconds of work.
pub(crate) const BLOCK_BYTES: usize = 4 << 20;

/// Bytes of one file, of which any part can be read at any time.
///
/// A checkpoint is never held whole beside the model that is made of it, so its weights are read tensor by tensor. In a
/// browser this is a `Blob`, in a terminal an open file, here a slice.
pub trait FileBytes {
    /// Length of the file.
    fn n_bytes(&self) -> u64;

    /// The `n_bytes` bytes from `start` on.
    ///
    /// # Errors
    /// Why they can't be read; a part that goes beyond the file's end is an error too.
    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String>;

    /// The CRC-32 that the container of the file declares, if whoever reads the bytes has to compare them with it.
    fn crc32(&self) -> Option<u32> {
        None
    }
}

impl FileBytes for &[u8] {
    fn n_bytes(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
        let part = usize::try_from(start).ok().and_then(|start| self.get(start..start.checked_add(n_bytes)?));
        part.map(<[u8]>::to_vec).ok_or_else(|| beyond_end(start, n_bytes, self.len() as u64))
    }
}

impl FileBytes for Vec<u8> {
    fn n_bytes(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
        self.as_slice().read(start, n_bytes)
    }
}

/// The reason for a part that isn't there.
pub(crate) fn beyond_end(start: u64, n_bytes: usize, of: u64) -> String {
    format!("has no {n_bytes} bytes from byte {start} on; it ends at byte {of}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_and_one_beyond_the_end_is_not() {
        let file = vec![1u8, 2, 3, 4];
        assert_eq!(file.read(1, 2).unwrap(), [2, 3]);
        assert_eq!(file.read(4, 0).unwrap(), [0u8; 0]);
        for (start, n_bytes) in [(3, 2), (5, 0), (u64::MAX, 1), (1, usize::MAX)] {
            assert!(file.read(start, n_bytes).unwrap_err().ends_with("it ends at byte 4"));
        }
    }
}
