//! Files on disk; the only part of the project, set-up apart, that opens them.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sbert::pretrained::{FileBytes, FolderFile, ModelFolder, write_zip};

/// Read a whole file, naming it when that fails.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("can't read {}", path.display()))
}

/// Write a whole file, naming it when that fails.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("can't write {}", path.display()))
}

/// The last part of a path, for a name that is told to people.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The deepest folder in which a model has files: `1_Pooling/config.json`. Deeper ones are never asked for.
const MAX_DEPTH: usize = 2;

/// Open a model: a folder, or a zip of one.
///
/// # Errors
/// If it can't be read, or isn't a model.
pub fn open_model(path: &Path) -> Result<ModelFolder> {
    let mut files = Vec::new();
    if path.is_dir() {
        collect_files(path, path, MAX_DEPTH, &mut files)?;
    } else {
        files.push((file_name(path), path.to_owned()));
    }
    let open = |(name, path): (String, PathBuf)| Ok((name, Box::new(DiskFile::open(&path)?) as Box<dyn FileBytes>));
    let files = files.into_iter().map(open).collect::<Result<_>>()?;
    Ok(ModelFolder::new(files)?)
}

/// The files below `folder` with their paths from `root`, which have slashes on every system.
fn collect_files(root: &Path, folder: &Path, depth: usize, files: &mut Vec<(String, PathBuf)>) -> Result<()> {
    let unreadable = || format!("can't read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.is_file() {
            let parts = path.strip_prefix(root).unwrap_or(&path).iter().map(|part| part.to_string_lossy());
            files.push((parts.collect::<Vec<_>>().join("/"), path));
        } else if path.is_dir() && depth > 1 {
            collect_files(root, &path, depth - 1, files)?;
        }
    }
    Ok(())
}

/// A file that is read part by part, so that its weights are never wholly in memory beside the model.
struct DiskFile {
    file: RefCell<File>,
    n_bytes: u64,
}

impl DiskFile {
    fn open(path: &Path) -> Result<Self> {
        let unreadable = || format!("can't read {}", path.display());
        let file = File::open(path).with_context(unreadable)?;
        let n_bytes = file.metadata().with_context(unreadable)?.len();
        Ok(Self { file: RefCell::new(file), n_bytes })
    }
}

impl FileBytes for DiskFile {
    fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
        // Asked before memory is reserved for it: a damaged file may ask for any number of bytes.
        if start.checked_add(n_bytes as u64).is_none_or(|end| end > self.n_bytes) {
            return Err(format!("ends at byte {}, before {n_bytes} bytes from byte {start} on", self.n_bytes));
        }
        let mut file = self.file.borrow_mut();
        let mut bytes = vec![0; n_bytes];
        file.seek(SeekFrom::Start(start))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|cause| cause.to_string())?;
        Ok(bytes)
    }
}

/// Files of a model folder that an export may lack, and that would be taken for this model's if an earlier one left them.
const STALE_FILES: [&str; 2] = ["classifier.safetensors", "model.safetensors.index.json"];

/// Write a model as a folder, or as a zip if the name ends in `.zip`.
///
/// # Errors
/// If a file can't be written, naming it.
pub fn write_model(path: &Path, files: &[FolderFile]) -> Result<()> {
    let create = |path: &Path| fs::create_dir_all(path).with_context(|| format!("can't make {}", path.display()));
    if is_zip(path) {
        path.parent().map(create).transpose()?;
        return write(path, &write_zip(&model_name(path), files)?);
    }
    for FolderFile { path: name, bytes } in files {
        let file = path.join(name);
        file.parent().map(create).transpose()?;
        write(&file, bytes)?;
    }
    for name in STALE_FILES.into_iter().filter(|name| files.iter().all(|file| file.path != *name)) {
        let stale = path.join(name);
        if stale.exists() {
            fs::remove_file(&stale).with_context(|| format!("can't remove {}", stale.display()))?;
        }
    }
    Ok(())
}

fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// What a model in this place is called.
pub fn model_name(path: &Path) -> String {
    let name = if is_zip(path) { path.file_stem() } else { path.file_name() };
    name.map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}
