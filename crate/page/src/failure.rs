//! Errors of every origin as the one form that is told to people.

use crate::protocol::{Failure, FailureKind};

impl From<sbert::Error> for Failure {
    fn from(error: sbert::Error) -> Self {
        use sbert::Error;
        let kind = match &error {
            Error::Config { .. } | Error::Tokenizer { .. } | Error::Weights { .. } | Error::Tensor { .. } => {
                FailureKind::Model
            }
            Error::Row { .. } | Error::Corpus { .. } => FailureKind::Corpus,
            Error::Setting { .. } => FailureKind::Setting,
            Error::Checkpoint { .. } | Error::Diverged { .. } => FailureKind::Training,
            Error::Replica { .. } => FailureKind::Internal,
            Error::Device { .. } => FailureKind::Device,
        };
        Self { kind, message: error.to_string(), remedy: error.remedy().to_owned() }
    }
}

impl Failure {
    /// A command that came at the wrong moment.
    pub fn untimely(message: &str, remedy: &str) -> Self {
        Self { kind: FailureKind::Command, message: message.to_owned(), remedy: remedy.to_owned() }
    }

    /// A file that could not be fetched.
    pub fn network(message: String) -> Self {
        let remedy = "Check the connection, or that the page was set up with its model, and try again.".to_owned();
        Self { kind: FailureKind::Network, message, remedy }
    }
}
