//! What is wrong with one row.

use super::super::lines::MAX_ROW_BYTES;
use super::super::plan::RowFault;
use crate::error::Error;

/// Why a row can't be used.
#[derive(Debug)]
pub(in crate::import) struct Fault {
    pub fault: RowFault,
    /// Name of the column, where one is at fault.
    pub column: Option<String>,
    pub problem: String,
}

impl Fault {
    pub fn new(fault: RowFault, problem: impl Into<String>) -> Self {
        Self { fault, column: None, problem: problem.into() }
    }

    pub fn in_column(fault: RowFault, column: &str, problem: impl Into<String>) -> Self {
        Self { fault, column: Some(column.to_owned()), problem: problem.into() }
    }

    pub(super) fn too_long() -> Self {
        Self::new(RowFault::TooLong, format!("is longer than {MAX_ROW_BYTES} bytes"))
    }

    pub(super) fn not_utf8() -> Self {
        Self::new(RowFault::Encoding, "is not UTF-8 text; save the file as UTF-8")
    }

    /// Whether a row is text at all.
    pub(super) fn check_text(row: &[u8]) -> Result<(), Self> {
        if row.contains(&0) {
            return Err(Self::new(RowFault::NulByte, "holds a NUL byte"));
        }
        std::str::from_utf8(row).map(|_| ()).map_err(|_| Self::not_utf8())
    }

    /// The same as an error of the whole file.
    pub fn into_error(self, file: &str, line: u64) -> Error {
        Error::Row { file: file.to_owned(), line, column: self.column, problem: self.problem }
    }

    /// The same for a reader who knows the line.
    pub fn description(self) -> String {
        match self.column {
            Some(column) => format!("column \"{column}\" {}", self.problem),
            None => self.problem,
        }
    }
}
