//! The oracle's model folders as files that a test can change.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use sbert::Error;
use sbert::pretrained::{
    FileBytes, FolderFile, FolderWriter, LoadOptions, LoadedModel, ModelFolder, ZipFolder, load_model,
};

/// Files by their paths in the folder.
#[derive(Clone, Default)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

/// A folder of the repository, by its path from the root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of `tests/oracle/folders/NAME`.
pub fn oracle_folder(name: &str) -> Files {
    Files::read(&root().join("tests/oracle/folders").join(name))
}

impl Files {
    /// Every file below a folder.
    pub fn read(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            let entries = fs::read_dir(&next)
                .unwrap_or_else(|cause| panic!("{}: {cause}; run `cargo xtask setup`", next.display()));
            for path in entries.map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                    files.insert(name, fs::read(path).unwrap());
                }
            }
        }
        Self(files)
    }

    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.insert(path.to_owned(), bytes.into());
        self
    }

    pub fn without(mut self, path: &str) -> Self {
        assert!(self.0.remove(path).is_some(), "{path}");
        self
    }

    /// Replace a piece of a text file.
    pub fn replace(self, path: &str, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.0[path].clone()).unwrap();
        assert!(text.contains(from), "{path}: {from}");
        self.with(path, text.replace(from, to))
    }

    pub fn renamed(self, rename: impl Fn(&str) -> String) -> Self {
        Self(self.0.into_iter().map(|(path, bytes)| (rename(&path), bytes)).collect())
    }

    pub fn folder(self) -> Result<ModelFolder, Error> {
        let boxed = |(path, bytes)| (path, Box::new(bytes) as Box<dyn FileBytes>);
        ModelFolder::new(self.0.into_iter().map(boxed).collect())
    }

    pub fn load(self, options: &LoadOptions) -> Result<LoadedModel, Error> {
        load_model(&self.folder()?, options, &Device::flex(), &mut |_, _, _| ())
    }

    /// Load it as it is.
    pub fn loaded(self) -> LoadedModel {
        self.load(&LoadOptions::default()).unwrap()
    }

    /// What loading it says, which must be an error with a remedy.
    pub fn refusal(self) -> String {
        match self.load(&LoadOptions::default()) {
            Ok(_) => panic!("it was loaded"),
            Err(error) => {
                assert!(!error.remedy().is_empty());
                error.to_string()
            }
        }
    }
}

/// The zip of an exported model.
pub fn zipped(name: &str, files: Vec<FolderFile>) -> Vec<u8> {
    let (mut writer, mut zip) = (FolderWriter::new(files), ZipFolder::new(name, Cursor::new(Vec::new())));
    while pollster::block_on(writer.advance(&mut zip)).unwrap() {}
    zip.finish().unwrap().into_inner()
}

/// Embedding of a sentence by a loaded model.
pub fn embedding(model: &LoadedModel, sentence: &str) -> Vec<f32> {
    let ids = model.tokenizer.tokenize(sentence).unwrap().ids;
    pollster::block_on(sbert::encoder::encode_sentences(&model.encoder, &[&ids], model.tokenizer.pad_id())).unwrap()
}
