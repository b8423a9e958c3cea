//! A file of which we know the one right content.

use crate::files;
use anyhow::Result;
use std::path::Path;

/// One file of a model's folder.
pub struct Pinned {
    /// Its name at the source and here.
    pub name: &'static str,
    /// Its SHA-256 in hexadecimal.
    pub sha256: &'static str,
}

impl Pinned {
    /// Whether the file at `path` is this one.
    pub fn is_right(&self, path: &Path) -> Result<bool> {
        Ok(files::sha256(path)?.as_deref() == Some(self.sha256))
    }
}

/// The file `name` with this hash.
pub const fn pinned(name: &'static str, sha256: &'static str) -> Pinned {
    Pinned { name, sha256 }
}
