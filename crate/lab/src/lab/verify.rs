//! A model's files against the hashes that a hub or the page's own index gives for them.

use sbert::pretrained::FileBytes;
use sha2::{Digest, Sha256};

use crate::Host;
use crate::protocol::{Event, Failure, FailureKind, SourceFile};

/// Bytes that are hashed before commands are handled again: some tens of milliseconds of work.
const PIECE_BYTES: u64 = 4 << 20;

/// How far the files have been hashed.
pub(super) struct Verification {
    /// The file at hand.
    file_idx: usize,
    /// Bytes of it that are hashed.
    n_hashed: u64,
    hasher: Sha256,
    /// Bytes of the files before it that have a hash.
    n_bytes_before: u64,
    n_bytes: u64,
}

impl Verification {
    pub fn of(files: &[SourceFile<impl FileBytes>]) -> Self {
        let sizes = files.iter().filter(|file| file.sha256.is_some()).map(|file| file.blob.n_bytes());
        Self { file_idx: 0, n_hashed: 0, hasher: Sha256::new(), n_bytes_before: 0, n_bytes: sizes.sum() }
    }

    /// Bytes of all files that have a hash.
    pub fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Hash another piece; `false` when all files are what they should be.
    ///
    /// # Errors
    /// A [`Failure`] naming the file that can't be read or isn't what it should be.
    pub fn advance(
        &mut self,
        host: &Host,
        request: u32,
        files: &[SourceFile<impl FileBytes>],
    ) -> Result<bool, Failure> {
        let Some(file) = files.get(self.file_idx) else { return Ok(false) };
        let Some(expected) = &file.sha256 else {
            self.file_idx += 1;
            return Ok(true);
        };
        let n_bytes = PIECE_BYTES.min(file.blob.n_bytes() - self.n_hashed);
        let piece =
            file.blob.read(self.n_hashed, n_bytes as usize).map_err(|problem| Failure::file(&file.path, &problem))?;
        self.hasher.update(&piece);
        self.n_hashed += n_bytes;
        host.send(Event::Loading {
            request,
            file: file.path.clone(),
            loaded_bytes: (self.n_bytes_before + self.n_hashed) as f64,
            // What is hashed is read once more when it is loaded.
            total_bytes: 2.0 * self.n_bytes as f64,
        });
        if self.n_hashed < file.blob.n_bytes() {
            return Ok(true);
        }
        let found = hex(&self.hasher.finalize_reset());
        if !found.eq_ignore_ascii_case(expected) {
            return Err(Failure {
                kind: FailureKind::Model,
                message: format!("{} is damaged: its SHA-256 is {found}, expected {expected}", file.path),
                remedy: "Delete the model from this device and fetch it again.".to_owned(),
            });
        }
        self.n_bytes_before += self.n_hashed;
        self.n_hashed = 0;
        self.file_idx += 1;
        Ok(true)
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
