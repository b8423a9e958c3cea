//! Files on disk; the only part of the project, set-up apart, that opens them.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sbert::pretrained::{FileBytes, FolderFile, FolderSink, FolderWriter, ModelFolder, ZipFolder};

/// Read a whole file, naming it when that fails.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("can't read {}", path.display()))
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

/// Write a model as a folder, or as a zip if the name ends in `.zip`. A file is there when all of it is; until then the one
/// before stays.
///
/// # Errors
/// If a file can't be written, naming it.
pub async fn write_model(path: &Path, files: Vec<FolderFile>) -> Result<()> {
    let unwritten = || format!("can't write {}", path.display());
    let stale = STALE_FILES.into_iter().filter(|name| files.iter().all(|file| file.path != *name));
    let stale: Vec<PathBuf> = stale.map(|name| path.join(name)).collect();
    let mut writer = FolderWriter::new(files);
    if is_zip(path) {
        let mut zip = ZipFolder::new(&model_name(path), NewFile::create(path).with_context(unwritten)?);
        while writer.advance(&mut zip).await.with_context(unwritten)? {}
        return zip.finish().and_then(NewFile::finish).with_context(unwritten);
    }
    let mut folder = DiskFolder { path: path.to_owned(), file: None };
    while writer.advance(&mut folder).await.with_context(unwritten)? {}
    folder.end().with_context(unwritten)?;
    for file in stale.into_iter().filter(|file| file.exists()) {
        fs::remove_file(&file).with_context(|| format!("can't remove {}", file.display()))?;
    }
    Ok(())
}

/// A folder that files are written to.
struct DiskFolder {
    path: PathBuf,
    /// The one that is being written.
    file: Option<NewFile>,
}

impl DiskFolder {
    fn end(&mut self) -> io::Result<()> {
        self.file.take().map_or(Ok(()), NewFile::finish)
    }
}

impl FolderSink for DiskFolder {
    fn begin(&mut self, path: &str, _n_bytes: u64) -> io::Result<()> {
        self.end()?;
        self.file = Some(NewFile::create(&self.path.join(path))?);
        Ok(())
    }
}

impl Write for DiskFolder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().ok_or(io::ErrorKind::NotFound)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// A file that takes the place of an older one when it is whole.
struct NewFile {
    file: BufWriter<File>,
    /// Where it is until then.
    part: PathBuf,
    path: PathBuf,
}

impl NewFile {
    fn create(path: &Path) -> io::Result<Self> {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        Ok(Self { file: BufWriter::new(File::create(&part)?), part: part.into(), path: path.to_owned() })
    }

    fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        fs::rename(&self.part, &self.path)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After it has taken its place there is none.
        drop(fs::remove_file(&self.part));
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for NewFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// What a model in this place is called.
pub fn model_name(path: &Path) -> String {
    let name = if is_zip(path) { path.file_stem() } else { path.file_name() };
    name.map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_whole_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.zip");
        let write = |text: &str, is_whole: bool| {
            let mut file = NewFile::create(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            if is_whole {
                file.finish().unwrap();
            } else {
                drop(file);
            }
            // Nothing else is left there.
            assert!(fs::read_dir(folder.path()).unwrap().count() <= 1);
            fs::read_to_string(&path).unwrap_or_default()
        };
        assert_eq!(write("first", false), "");
        assert_eq!(write("second", true), "second");
        assert_eq!(write("third", false), "second");
        assert_eq!(write("fourth", true), "fourth");
    }
}
