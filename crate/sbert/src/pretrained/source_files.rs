//! The files that a model is read from, by their paths.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::de::DeserializeOwned;

use super::read_zip::open_zip;
use crate::error::Error;
use crate::tensor_file::{FileBytes, WRONG_CHECKSUM};

/// Largest file that is read whole: JSON and vocabularies, of which large ones have 10 MB.
const MAX_WHOLE_BYTES: u64 = 64 << 20;
/// Largest file of settings. In memory they take some thirty times as much, and a zip of one can be a thousand times
/// smaller.
const MAX_SETTINGS_BYTES: u64 = 4 << 20;
/// How many names a message lists.
const MAX_NAMES: usize = 6;

/// Files by their paths in one folder.
pub(super) struct SourceFiles {
    files: BTreeMap<String, Rc<dyn FileBytes>>,
}

impl SourceFiles {
    /// Files with their paths, as [`ModelFolder::new`](super::ModelFolder::new) takes them.
    ///
    /// # Errors
    /// [`Error::Folder`] if a path leads out of the folder; [`Error::File`].
    pub fn new(mut files: Vec<(String, Box<dyn FileBytes>)>) -> Result<Self, Error> {
        if let [(path, _)] = files.as_slice()
            && path.to_ascii_lowercase().ends_with(".zip")
            && let Some((path, bytes)) = files.pop()
        {
            files = open_zip(&path, bytes)?;
        }
        let mut by_path = BTreeMap::new();
        for (path, bytes) in files {
            let parts = parts_of(&path)?;
            if parts.last().is_some_and(|name| !name.is_empty()) && !parts.iter().any(|part| is_hidden(part)) {
                let path = parts.join("/");
                if by_path.insert(path.clone(), bytes.into()).is_some() {
                    return Err(Error::Folder { problem: format!("there are two files {path}") });
                }
            }
        }
        Ok(Self { files: without_common_folder(by_path) })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Their paths, in alphabetical order.
    pub fn paths(&self) -> impl Iterator<Item = &String> {
        self.files.keys()
    }

    /// True if there is a file at this path.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// A file's bytes, to be read in parts.
    pub fn bytes(&self, path: &str) -> Option<&Rc<dyn FileBytes>> {
        self.files.get(path)
    }

    /// A small file as a whole; none if there is no such file.
    pub fn read_whole(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        self.read_up_to(MAX_WHOLE_BYTES, path)
    }

    /// A file of settings as a whole; none if there is no such file.
    pub fn read_settings(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        self.read_up_to(MAX_SETTINGS_BYTES, path)
    }

    fn read_up_to(&self, max_bytes: u64, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let fault = |problem: String| Error::File { file: path.to_owned(), problem };
        let Some(bytes) = self.bytes(path) else {
            return Ok(None);
        };
        let n_bytes = bytes.n_bytes();
        if n_bytes > max_bytes {
            return Err(fault(format!("has {n_bytes} bytes, more than the {max_bytes} that such a file may have")));
        }
        let content = bytes.read(0, n_bytes as usize).map_err(fault)?;
        match bytes.crc32() {
            Some(declared) if declared != crc32fast::hash(&content) => Err(fault(WRONG_CHECKSUM.to_owned())),
            _ => Ok(Some(content)),
        }
    }

    /// A JSON file; none if there is no such file.
    pub fn read_json<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let Some(json) = self.read_settings(path)? else {
            return Ok(None);
        };
        let fault = |cause| Error::Config { file: path.to_owned(), problem: format!("can't be read: {cause}") };
        serde_json::from_slice(&json).map(Some).map_err(fault)
    }

    /// The files' names, as many as a message bears.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.files.keys().take(MAX_NAMES).map(String::as_str).collect();
        let n_others = self.files.len() - names.len();
        let others = if n_others > 0 { format!(" and {n_others} others") } else { String::new() };
        names.join(", ") + &others
    }
}

/// The parts of a path within the folder. An empty last part is a folder's.
///
/// # Errors
/// [`Error::Folder`] if the path leads out of it.
pub(super) fn parts_of(path: &str) -> Result<Vec<&str>, Error> {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| *part != ".").collect();
    let is_absolute = parts.len() > 1 && parts.first().is_some_and(|first| first.is_empty() || first.ends_with(':'));
    if is_absolute || parts.contains(&"..") || path.contains('\0') {
        return Err(Error::Folder { problem: format!("the path {path:?} leads out of the folder") });
    }
    Ok(parts)
}

/// Files that operating systems and version control put beside what one asked for.
fn is_hidden(part: &str) -> bool {
    part.starts_with('.') || ["__MACOSX", "Thumbs.db", "desktop.ini"].contains(&part)
}

/// Without the folders that are around all files, as there are when a folder is dropped or zipped as such.
fn without_common_folder(files: BTreeMap<String, Rc<dyn FileBytes>>) -> BTreeMap<String, Rc<dyn FileBytes>> {
    let (Some(first), Some(last)) = (files.keys().next(), files.keys().next_back()) else { return files };
    // In alphabetical order: what the first and the last path begin with, all others do too.
    let n_same = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
    match first.as_bytes()[..n_same].iter().rposition(|byte| *byte == b'/') {
        // A slash is no part of another character.
        Some(slash) => files.into_iter().map(|(mut path, bytes)| (path.split_off(slash + 1), bytes)).collect(),
        None => files,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(paths: &[&str]) -> Vec<String> {
        let files = paths.iter().map(|path| ((*path).to_owned(), Rc::new(Vec::new()) as Rc<dyn FileBytes>));
        without_common_folder(files.collect()).into_keys().collect()
    }

    #[test]
    fn folders_around_all_files_are_left_out() {
        let check = |paths: &[&str], expect: &[&str]| assert_eq!(stripped(paths), expect);
        check(&[], &[]);
        check(&["a", "b/c"], &["a", "b/c"]);
        check(&["a/b/c", "a/b/d/e"], &["c", "d/e"]);
        check(&["a/b", "a/b/c"], &["b", "b/c"]);
        check(&["ab/c", "abc/d"], &["ab/c", "abc/d"]);
        check(&["é/ü", "é/ö"], &["ö", "ü"]);
        check(&["a//b"], &["b"]);
    }
}
