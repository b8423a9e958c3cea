//! Rows of a file, whatever it is written in: the one reader beneath inspection and import.

mod cells;
mod delimited;
mod json_lines;

use std::io::{BufReader, Read};

pub(super) use cells::Cells;
pub(super) use delimited::DelimitedReader;
use json_lines::{Keys, read_object};

use super::decode::{TextReader, unreadable};
use super::format::{Layout, layout_of};
use super::lines::{Line, LineReader, MAX_ROW_BYTES};
use super::{FileFormat, RowFault, TextEncoding};
use crate::error::Error;

/// More columns than this, or more different JSON keys, is no table of pairs.
const MAX_COLUMNS: usize = 1000;

/// Why a row can't be used.
#[derive(Debug)]
pub(super) struct Fault {
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

    fn too_long() -> Self {
        Self::new(RowFault::TooLong, format!("is longer than {MAX_ROW_BYTES} bytes"))
    }

    fn not_utf8() -> Self {
        Self::new(RowFault::Encoding, "is not UTF-8 text; save the file as UTF-8")
    }

    /// Whether a row is text at all.
    fn check_text(row: &[u8]) -> Result<(), Self> {
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

/// One row.
#[derive(Default)]
pub(super) struct Row {
    /// Its first line, counted from 1.
    pub line: u64,
    pub cells: Cells,
}

/// Reads a file row by row; the header isn't one of them.
pub(super) struct RowReader<R: Read> {
    file: String,
    n_bytes: u64,
    layout: Layout,
    encoding: TextEncoding,
    lines: LineReader<BufReader<TextReader<R>>>,
    delimited: DelimitedReader,
    keys: Keys,
    json_line: Vec<u8>,
    n_rows: usize,
    at_end: bool,
}

impl<R: Read> RowReader<R> {
    /// Look at a file of `n_bytes` and make ready to read its rows.
    ///
    /// # Errors
    /// [`Error::Corpus`] if it can't be read or holds no rows of text.
    pub fn new(file: &str, n_bytes: u64, reader: R) -> Result<Self, Error> {
        let (text, head) = TextReader::open(file, reader)?;
        let encoding = text.encoding();
        let layout = layout_of(file, &head)?;
        if layout.names.len() > MAX_COLUMNS {
            return Err(too_many_columns(file));
        }
        let mut rows = Self {
            file: file.to_owned(),
            n_bytes,
            encoding,
            lines: LineReader::new(BufReader::new(text)),
            delimited: DelimitedReader::new(layout.format),
            keys: Keys::default(),
            json_line: Vec::new(),
            n_rows: 0,
            at_end: false,
            layout,
        };
        if rows.layout.format != FileFormat::JsonLines && rows.layout.has_header {
            rows.next_raw(&mut Row::default())?;
        }
        Ok(rows)
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn format(&self) -> FileFormat {
        self.layout.format
    }

    pub fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    pub fn has_header(&self) -> bool {
        self.layout.has_header
    }

    /// Names of the columns; in JSON Lines, those of the rows so far.
    pub fn columns(&self) -> &[String] {
        match self.layout.format {
            FileFormat::JsonLines => self.keys.names(),
            _ => &self.layout.names,
        }
    }

    /// Rows so far.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The part of the file that is read, 0 to 1.
    pub fn fraction(&self) -> f64 {
        if self.at_end || self.n_bytes == 0 {
            return f64::from(u8::from(self.at_end));
        }
        (self.lines.text().get_ref().n_bytes_read() as f64 / self.n_bytes as f64).min(1.0)
    }

    /// Read the next row that isn't blank into `row`. None at the end; otherwise whether it is a row of this file.
    ///
    /// # Errors
    /// [`Error::Corpus`] if the file can't be read.
    pub fn next_row(&mut self, row: &mut Row) -> Result<Option<Result<(), Fault>>, Error> {
        let Some(mut result) = self.next_raw(row)? else {
            self.at_end = true;
            return Ok(None);
        };
        self.n_rows += 1;
        let n_columns = self.columns().len();
        if n_columns > MAX_COLUMNS {
            return Err(too_many_columns(&self.file));
        }
        if result.is_ok() && self.layout.format != FileFormat::JsonLines && row.cells.len() != n_columns {
            let problem = format!("has {} columns, expected {n_columns}", row.cells.len());
            result = Err(Fault::new(RowFault::ColumnCount, problem));
        }
        if let Err(fault) = &mut result
            && fault.fault == RowFault::Encoding
            && self.encoding != TextEncoding::Utf8
        {
            fault.problem = "is not UTF-16 text; save the file as UTF-8".to_owned();
        }
        Ok(Some(result))
    }

    fn next_raw(&mut self, row: &mut Row) -> Result<Option<Result<(), Fault>>, Error> {
        if self.layout.format != FileFormat::JsonLines {
            let next = self.delimited.next_row(&mut self.lines, &mut row.cells);
            return Ok(next.map_err(|cause| unreadable(&self.file, &cause))?.map(|(line, result)| {
                row.line = line;
                result
            }));
        }
        loop {
            self.json_line.clear();
            let found = self.lines.next_line(&mut self.json_line).map_err(|cause| unreadable(&self.file, &cause))?;
            row.line = self.lines.line();
            match found {
                Line::End => return Ok(None),
                Line::TooLong => return Ok(Some(Err(Fault::too_long()))),
                Line::Whole if self.json_line.trim_ascii().is_empty() => {}
                Line::Whole => {
                    return Ok(Some(read_object(self.json_line.trim_ascii_end(), &mut self.keys, &mut row.cells)));
                }
            }
        }
    }
}

fn too_many_columns(file: &str) -> Error {
    Error::Corpus { problem: format!("{file} has more than {MAX_COLUMNS} columns") }
}
