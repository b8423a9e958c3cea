//! Errors of every origin in the form in which people read them.

use crate::protocol::{Failure, FailureKind};

impl From<sbert::Error> for Failure {
    fn from(error: sbert::Error) -> Self {
        use sbert::Error;
        let kind = match &error {
            Error::Config { .. }
            | Error::Folder { .. }
            | Error::Tokenizer { .. }
            | Error::Weights { .. }
            | Error::Tensor { .. } => FailureKind::Model,
            Error::File { .. } => FailureKind::File,
            Error::Row { .. } | Error::Corpus { .. } => FailureKind::Corpus,
            Error::Setting { .. } | Error::RunFile { .. } => FailureKind::Setting,
            Error::Write { .. } => FailureKind::Internal,
            Error::Checkpoint { .. } => FailureKind::Checkpoint,
            Error::Diverged { .. } => FailureKind::Diverged,
            Error::Replica { .. } => FailureKind::Internal,
            Error::Device { .. } => FailureKind::Device,
        };
        Self { kind, message: error.to_string(), remedy: error.remedy().to_owned() }
    }
}

impl Failure {
    /// A command at the wrong moment.
    pub fn untimely(message: &str, remedy: &str) -> Self {
        Self { kind: FailureKind::Command, message: message.to_owned(), remedy: remedy.to_owned() }
    }

    /// A command that can't be read.
    pub fn unreadable(problem: &str) -> Self {
        Self {
            kind: FailureKind::Command,
            message: format!("a command could not be read: {problem}"),
            remedy: "Reload the page: it and its worker are of different versions.".to_owned(),
        }
    }

    /// A file that can't be read.
    pub fn file(name: &str, problem: &str) -> Self {
        let remedy =
            "Choose the file again; if it has been moved or changed since, its old handle is of no use.".to_owned();
        Self { kind: FailureKind::File, message: format!("{name} can't be read: {problem}"), remedy }
    }

    /// A request that was cancelled.
    pub fn cancelled() -> Self {
        Self {
            kind: FailureKind::Cancelled,
            message: "Given up.".to_owned(),
            remedy: "What was loaded before is still there.".to_owned(),
        }
    }
}
