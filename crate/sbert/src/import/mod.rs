//! Files to a corpus: bytes are decoded, split into rows, and understood as pairs of sentences.
//!
//! It imports `corpus`, whose records it makes; nothing but a binary needs it, so training never sees a file.
//!
//! A file is read twice. An [`InspectionPass`] finds out how it is written and guesses an [`ImportPlan`]; an
//! [`ImportPass`] makes a [`Corpus`](crate::corpus::Corpus) of it as the plan says, perhaps changed by the visitor
//! ([`revise_plan`] says what follows from a change).
//! Beneath both, bytes become text (`decode`), lines (`lines`) and rows (`rows`), and no more than a row of the file is
//! held in memory. [`read_pairs`] is the same for programs that know their files: strict, and without a question.

mod check_plan;
mod columns;
mod decode;
mod guess;
mod import_pass;
mod inspection_pass;
mod lines;
mod number;
mod plan;
mod read_pairs;
mod record_reader;
mod revise_plan;
mod rows;
mod statistics;
mod windows_1252;

pub use import_pass::ImportPass;
pub use inspection_pass::InspectionPass;
pub use plan::{
    BadRows, ColumnSummary, FileFormat, HeldOut, ImportPlan, ImportReport, Inspection, MAX_CLASSES, RowExample,
    RowFault, SkippedRows, TextEncoding,
};
pub use read_pairs::{ReadOptions, read_pairs};
pub use revise_plan::revise_plan;
