//! Rows of a file, whatever it is written in: the one reader beneath inspection and import.

mod cells;
mod delimited;
mod fault;
mod json_lines;
mod layout;
mod reader;

pub(super) use fault::Fault;
pub(super) use reader::{Row, RowReader};
