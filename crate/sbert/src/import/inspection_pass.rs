//! The first pass over a file: what is in it, and what the columns are likely to be.

use std::io::Read;

use super::guess::{DRAWN, guess_plan};
use super::plan::{ColumnSummary, Inspection, TextEncoding};
use super::record_reader::shown;
use super::revise_plan::plan_problem;
use super::rows::{Fault, Row, RowReader};
use super::statistics::ColumnStatistics;
use crate::error::Error;

/// Rows that are shown for confirmation.
const PREVIEW_ROWS: usize = 20;

/// A first pass, a few rows at a time so that a browser's worker can listen in between.
pub struct InspectionPass<R: Read> {
    rows: RowReader<R>,
    row: Row,
    statistics: Vec<ColumnStatistics>,
    preview: Vec<Vec<String>>,
    n_readable: usize,
    first_fault: Option<(u64, Fault)>,
}

impl<R: Read> InspectionPass<R> {
    /// Begin with a file of `n_bytes`. Its name is for messages, and for telling how it is written where the content
    /// leaves that open.
    ///
    /// # Errors
    /// [`Error::Corpus`] if it can't be read, holds no rows or isn't text, saying what it looks like.
    pub fn new(file: &str, n_bytes: u64, reader: R) -> Result<Self, Error> {
        Self::with_encoding(file, n_bytes, reader, None)
    }

    /// As [`Self::new`], in an encoding that isn't to be guessed.
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub fn with_encoding(file: &str, n_bytes: u64, reader: R, encoding: Option<TextEncoding>) -> Result<Self, Error> {
        Ok(Self {
            rows: RowReader::new(file, n_bytes, reader, encoding)?,
            row: Row::default(),
            statistics: Vec::new(),
            preview: Vec::new(),
            n_readable: 0,
            first_fault: None,
        })
    }

    /// Read up to `n_rows` rows. True if there may be more.
    ///
    /// # Errors
    /// [`Error::Corpus`] if the file can't be read on.
    pub fn advance(&mut self, n_rows: usize) -> Result<bool, Error> {
        for _ in 0..n_rows {
            match self.rows.next_row(&mut self.row)? {
                None => return Ok(false),
                Some(Ok(())) => self.take_row(),
                Some(Err(fault)) if self.first_fault.is_none() => self.first_fault = Some((self.row.line, fault)),
                Some(Err(_)) => {}
            }
        }
        Ok(true)
    }

    fn take_row(&mut self) {
        self.n_readable += 1;
        if self.statistics.len() < self.rows.columns().len() {
            self.statistics.resize_with(self.rows.columns().len(), ColumnStatistics::default);
        }
        for (statistics, cell) in self.statistics.iter_mut().zip(self.row.cells.iter()) {
            statistics.add(cell.unwrap_or_default(), self.rows.format());
        }
        if self.preview.len() < PREVIEW_ROWS {
            let cells = self.row.cells.iter().map(|cell| shown(cell.unwrap_or_default()));
            self.preview.push(cells.collect());
        }
    }

    /// Rows so far, the header not counted.
    pub fn n_rows(&self) -> usize {
        self.rows.n_rows()
    }

    /// The part of the file that is read, 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.rows.fraction()
    }

    /// Read what is left, and say what was found.
    ///
    /// # Errors
    /// [`Error::Row`] with the first row's fault if no row can be read; [`Error::Corpus`] if there is no row, or only
    /// one column.
    pub fn finish(mut self) -> Result<Inspection, Error> {
        while self.advance(usize::MAX)? {}
        let file = self.rows.file();
        if self.n_readable == 0 {
            return Err(match self.first_fault {
                Some((line, fault)) => fault.into_error(file, line),
                None => Error::Corpus { problem: format!("{file} holds no pair of sentences") },
            });
        }
        let names = self.rows.columns().to_vec();
        if names.len() < 2 {
            let problem = format!(
                "{file} has one column; a pair needs two sentences, with a tab, comma or semicolon between the columns"
            );
            return Err(Error::Corpus { problem });
        }
        // Keys that only unreadable rows have.
        self.statistics.resize_with(names.len(), ColumnStatistics::default);
        self.preview.iter_mut().for_each(|cells| cells.resize(names.len(), String::new()));
        let encoding = self.rows.encoding();
        let (mut plan, question) = guess_plan(&names, &self.statistics);
        plan.encoding = Some(encoding);
        let columns = self.statistics.iter().zip(&names);
        let columns = columns.map(|(statistics, name)| statistics.summary(name, self.n_readable));
        let columns: Vec<ColumnSummary> = columns.collect();
        Ok(Inspection {
            format: self.rows.format(),
            encoding,
            has_header: self.rows.has_header(),
            problem: plan_problem(&columns, &plan),
            columns,
            n_rows: self.rows.n_rows(),
            preview: self.preview,
            plan,
            question,
            drawn: DRAWN,
        })
    }
}
