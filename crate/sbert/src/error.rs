//! The crate's one error: every variant names the thing at fault and has a remedy.

/// What can go wrong between a file and a trained model. `file` is the name of a file, `problem` what is wrong; lines and
/// steps are counted from 1.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the names of the fields say what they are")]
pub enum Error {
    /// A model's `config.json` (or another of its JSON files) can't be used.
    #[error("{file}: {problem}")]
    Config { file: String, problem: String },
    /// A folder, or what was given as one, can't be used as a whole.
    #[error("{problem}")]
    Folder { problem: String },
    /// The bytes of a file could not be had.
    #[error("{file}: {problem}")]
    File { file: String, problem: String },
    /// The tokenizer's file can't be used, alone or with this model.
    #[error("{file}: {problem}")]
    Tokenizer { file: &'static str, problem: String },
    /// A safetensors file as a whole can't be read.
    #[error("{file} can't be read: {problem}")]
    Weights { file: String, problem: String },
    /// One tensor of a safetensors file is missing, of another shape, or unknown.
    #[error("weight \"{name}\" {problem}")]
    Tensor { name: String, problem: String },
    /// A row of a file of pairs.
    #[error("{file}, line {line}{}: {problem}", column.as_ref().map(|name| format!(", column \"{name}\"")).unwrap_or_default())]
    Row { file: String, line: u64, column: Option<String>, problem: String },
    /// A file of pairs, or what is left of it, can't be trained or evaluated on.
    #[error("{problem}")]
    Corpus { problem: String },
    /// A file of an export.
    #[error("{file} can't be written: {problem}")]
    Write { file: String, problem: String },
    /// A run's file (`run.json`) can't be used.
    #[error("{file}: {problem}")]
    RunFile { file: String, problem: String },
    /// A setting of a run.
    #[error("{name} {problem}")]
    Setting { name: &'static str, problem: String },
    /// A checkpoint that isn't of this run.
    #[error("the checkpoint can't be restored: {problem}")]
    Checkpoint { problem: String },
    /// A loss, a gradient or a weight stopped being a finite number.
    #[error("{what} is no longer a finite number at step {step}")]
    Diverged { what: &'static str, step: usize },
    /// Another replica of the run is lost.
    #[error("a worker that shares the run is lost: {problem}")]
    Replica { problem: String },
    /// The device did not give back a result.
    #[error("reading a result from the device failed: {problem}")]
    Device { problem: String },
}

impl Error {
    /// The error for a file that can't be written.
    pub(crate) fn unwritten(file: &str, cause: &std::io::Error) -> Self {
        Self::Write { file: file.to_owned(), problem: cause.to_string() }
    }

    /// What the reader of the message can do.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Config { .. } => {
                "Use a checkpoint's folder as the model hub serves it: an encoder that is supported, with absolute positions and exact GELU."
            }
            Self::Folder { .. } => {
                "Give the files of one checkpoint, together or as a zip: config.json, model.safetensors (or its shards with model.safetensors.index.json), and tokenizer.json or vocab.txt."
            }
            Self::File { .. } => "Choose the file again: it may have been moved, changed or cut short since.",
            Self::Tokenizer { .. } => "Use the tokenizer.json or vocab.txt that belongs to this checkpoint.",
            Self::Weights { .. } => "Fetch the file again: it is damaged, cut short, or not safetensors.",
            Self::Tensor { .. } => "Use the config.json and model.safetensors of the same checkpoint.",
            Self::Row { .. } => "Mend or remove that row.",
            Self::Corpus { .. } => "Use a file with two sentences a row and a class, a score, or both.",
            Self::Write { .. } => "See that there is room for it, and that its folder can be written to.",
            Self::RunFile { .. } => "Export the run again, or mend that field.",
            Self::Setting { .. } => "Change that setting.",
            Self::Checkpoint { .. } => {
                "Restore it with the model and the pairs that its run began with, or start a new run."
            }
            Self::Diverged { .. } => "Train again with a smaller learning rate; the model as loaded is unharmed.",
            Self::Replica { .. } => "Start the run again, with fewer workers.",
            Self::Device { .. } => "Start again; if it happens again, choose another backend.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_suits_its_fault() {
        let (file, problem) = (|| "x".to_owned(), || "is wrong".to_owned());
        let check =
            |error: Error, expect: &str| assert!(error.remedy().contains(expect), "{error}: {}", error.remedy());
        check(Error::Config { file: file(), problem: problem() }, "Use a checkpoint's folder");
        check(Error::Folder { problem: problem() }, "config.json, model.safetensors");
        check(Error::File { file: file(), problem: problem() }, "Choose the file again");
        check(Error::Tokenizer { file: "vocab.txt", problem: problem() }, "Use the tokenizer.json or vocab.txt");
        check(Error::Weights { file: file(), problem: problem() }, "Fetch the file again");
        check(Error::Tensor { name: file(), problem: problem() }, "config.json and model.safetensors of the same");
        check(Error::Row { file: file(), line: 2, column: None, problem: problem() }, "Mend or remove that row");
        check(Error::Write { file: file(), problem: problem() }, "room for it");
        check(Error::Corpus { problem: problem() }, "two sentences a row");
        check(Error::Diverged { what: "the loss", step: 3 }, "smaller learning rate");
    }
}
