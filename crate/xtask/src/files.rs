//! Files that are either whole or not there.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The name a file or folder has in the same place until it is whole.
pub fn partial(path: &Path) -> PathBuf {
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(".partial");
    path.with_file_name(name)
}

/// Writes a file so that its name only ever stands for the whole content.
pub fn write_whole(path: &Path, content: &mut dyn Read) -> Result<()> {
    create_parent(path)?;
    let unfinished = partial(path);
    let mut file = File::create(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
    io::copy(content, &mut file).with_context(|| format!("cannot write {}", unfinished.display()))?;
    file.sync_all().with_context(|| format!("cannot write {}", unfinished.display()))?;
    rename(&unfinished, path)
}

/// Gives a finished file or folder its real name.
pub fn rename(unfinished: &Path, path: &Path) -> Result<()> {
    fs::rename(unfinished, path)
        .with_context(|| format!("cannot rename {} to {}", unfinished.display(), path.display()))
}

/// Creates the folder a file is to lie in.
pub fn create_parent(path: &Path) -> Result<()> {
    path.parent().map_or(Ok(()), create_folder)
}

/// Creates a folder and those above it.
pub fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))
}

/// Removes a file or a whole folder; nothing there is fine too.
pub fn remove(path: &Path) -> Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// A file's SHA-256 in hexadecimal; `None` if there is no such file.
pub fn sha256(path: &Path) -> Result<Option<String>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot open {}", path.display())),
    };
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n_bytes = file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))?;
        if n_bytes == 0 {
            break;
        }
        hasher.update(&buffer[..n_bytes]);
    }
    Ok(Some(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// Whether a full disk is behind the error.
pub fn is_disk_full(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|e| matches!(e.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
        || format!("{error:#}").contains("No space left on device")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha256_and_none_for_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        assert_eq!(sha256(&path).unwrap(), None);
        fs::write(&path, "abc").unwrap();
        let expect = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(&path).unwrap().as_deref(), Some(expect));
    }

    #[test]
    fn a_written_file_leaves_no_partial_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub").join("file.json");
        write_whole(&path, &mut "first".as_bytes()).unwrap();
        write_whole(&path, &mut "second".as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert!(!partial(&path).exists());
    }

    #[test]
    fn an_interrupted_write_is_not_taken_for_a_file() {
        struct Interrupted;
        impl Read for Interrupted {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from(ErrorKind::StorageFull))
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.json");
        let error = write_whole(&path, &mut Interrupted).unwrap_err();
        assert!(!path.exists());
        assert!(is_disk_full(&error));
    }

    #[test]
    fn removing_takes_files_folders_and_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("file"), "").unwrap();
        remove(&path).unwrap();
        assert!(!path.exists());
        remove(&path).unwrap();
    }
}
