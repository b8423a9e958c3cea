//! Reads a file row by row, whatever it is written in.

use std::io::{BufReader, Read};

use super::super::decode::{TextReader, unreadable};
use super::super::lines::{Line, LineReader};
use super::super::plan::{FileFormat, RowFault, TextEncoding};
use super::cells::Cells;
use super::delimited::DelimitedReader;
use super::fault::Fault;
use super::json_lines::{Keys, read_object};
use super::layout::{Layout, layout_of};
use crate::error::Error;

/// More columns than this, or more different JSON keys, is no table of pairs.
const MAX_COLUMNS: usize = 1000;

/// One row.
#[derive(Default)]
pub(in crate::import) struct Row {
    /// Its first line, counted from 1.
    pub line: u64,
    pub cells: Cells,
}

/// Reads a file row by row; the header isn't one of them.
pub(in crate::import) struct RowReader<R: Read> {
    file: String,
    n_bytes: u64,
    layout: Layout,
    lines: LineReader<BufReader<TextReader<R>>>,
    delimited: DelimitedReader,
    keys: Keys,
    json_line: Vec<u8>,
    n_rows: usize,
    at_end: bool,
}

impl<R: Read> RowReader<R> {
    /// Look at a file of `n_bytes` and make ready to read its rows. Without an `encoding` it is guessed.
    ///
    /// # Errors
    /// [`Error::Corpus`] if it can't be read or holds no rows of text.
    pub fn new(file: &str, n_bytes: u64, reader: R, encoding: Option<TextEncoding>) -> Result<Self, Error> {
        let (text, head) = TextReader::open(file, reader, encoding)?;
        let layout = layout_of(file, &head)?;
        if layout.names.len() > MAX_COLUMNS {
            return Err(too_many_columns(file));
        }
        let mut rows = Self {
            file: file.to_owned(),
            n_bytes,
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

    /// The encoding, as far as the file has been read.
    pub fn encoding(&self) -> TextEncoding {
        self.lines.text().get_ref().encoding()
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
            && self.encoding() != TextEncoding::Utf8
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
