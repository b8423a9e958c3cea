//! The files that mutation begins with.

use std::fs;
use std::io;
use std::path::Path;

use crate::readers::{READERS, Reader, checkpoint};

/// The seeds of a reader: those in `corpus`, by name, and those that are made.
///
/// # Errors
/// If the folder can't be read.
pub fn seeds(reader: &Reader) -> io::Result<Vec<(String, Vec<u8>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(reader.name);
    let mut seeds = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        seeds.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
    }
    // The order of a folder's entries is the system's affair.
    seeds.sort();
    if reader.name == checkpoint::NAME {
        seeds.extend(checkpoint::seeds().into_iter().enumerate().map(|(n, bytes)| (format!("made {n}"), bytes)));
    }
    Ok(seeds)
}

/// Write the seeds of the reader of this name into a folder, for an engine that begins with files.
///
/// # Errors
/// If there is no such reader, or a file can't be written.
pub fn write_seeds(name: &str, folder: &Path) -> io::Result<()> {
    let reader = READERS.iter().find(|reader| reader.name == name);
    let reader = reader.ok_or_else(|| io::Error::other(format!("there is no reader {name}")))?;
    fs::create_dir_all(folder)?;
    seeds(reader)?.iter().try_for_each(|(name, bytes)| fs::write(folder.join(name.replace(' ', "_")), bytes))
}
