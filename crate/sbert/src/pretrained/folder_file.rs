//! Files of a model folder as bytes: those that a trained model takes over, and those that are written.

/// What of a loaded folder goes, as it is, into the folder of the trained model.
#[derive(Clone, Debug)]
pub struct BaseFiles {
    /// `config.json` of the model as it is now: of a model that was cut to its first layers, with that many; of one that
    /// was drawn, with its size. Fields that this crate doesn't know are kept.
    pub config_json: String,
    /// The tokenizer's files by their names at the folder's top, `tokenizer.json` always among them.
    pub tokenizer_files: Vec<(String, Vec<u8>)>,
}

/// A file on its way into a folder or a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFile {
    /// Path in the folder, with slashes, such as `1_Pooling/config.json`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}
