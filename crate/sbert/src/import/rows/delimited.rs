//! Rows of TSV, CSV and CSV with semicolons. Quoting is csv-core's affair (RFC 4180, and lenient where files aren't).

use std::io::{self, BufRead};

use super::super::lines::{Line, LineReader, MAX_ROW_BYTES};
use super::super::plan::{FileFormat, RowFault};
use super::cells::Cells;
use super::fault::Fault;

/// A cell of more lines than this is no sentence: its closing quotation mark is missing.
const MAX_ROW_LINES: usize = 100;

/// Splits lines into cells.
pub(super) struct DelimitedReader {
    splitter: csv_core::Reader,
    delimiter: u8,
    /// The lines of the row in hand.
    lines: Vec<u8>,
    /// Its cells without quotes, one after the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl DelimitedReader {
    pub fn new(format: FileFormat) -> Self {
        let delimiter = match format {
            FileFormat::Tsv => b'\t',
            FileFormat::SemicolonCsv => b';',
            FileFormat::Csv | FileFormat::JsonLines => b',',
        };
        let splitter = csv_core::ReaderBuilder::new()
            .delimiter(delimiter)
            // Tab-separated files of the field (STS-B, GLUE, SNLI) don't quote: a quotation mark there is one.
            .quoting(format != FileFormat::Tsv)
            .terminator(csv_core::Terminator::Any(b'\n'))
            .build();
        Self { splitter, delimiter, lines: Vec::new(), text: Vec::new(), ends: Vec::new() }
    }

    /// Read the next row that isn't blank. Gives its first line, or none at the end.
    pub fn next_row<B: BufRead>(
        &mut self,
        lines: &mut LineReader<B>,
        cells: &mut Cells,
    ) -> io::Result<Option<(u64, Result<(), Fault>)>> {
        cells.clear();
        self.lines.clear();
        self.splitter.reset();
        let (mut text_len, mut n_cells, mut n_lines) = (0, 0, 0);
        let mut first_line = 0;
        loop {
            let line_at = self.lines.len();
            let found = lines.next_line(&mut self.lines)?;
            if n_lines == 0 {
                first_line = lines.line();
                if found == Line::Whole && self.lines.iter().all(|byte| matches!(byte, b' ' | b'\n')) {
                    self.lines.clear();
                    continue;
                }
            }
            match found {
                Line::End if n_lines == 0 => return Ok(None),
                Line::TooLong => return Ok(Some((first_line, Err(Fault::too_long())))),
                Line::Whole if n_lines == 0 || (n_lines < MAX_ROW_LINES && self.lines.len() <= MAX_ROW_BYTES) => {
                    n_lines += 1
                }
                Line::Whole | Line::End => {
                    // One missing quotation mark is to cost one row, so the lines that it swallowed are read again.
                    let swallowed = self.lines.iter().position(|&byte| byte == b'\n').map_or(0, |end| end + 1);
                    lines.read_again(&self.lines[swallowed..]);
                    let problem = "opens a quotation mark that is never closed";
                    return Ok(Some((first_line, Err(Fault::new(RowFault::ColumnCount, problem)))));
                }
            }
            if self.split(line_at, &mut text_len, &mut n_cells) {
                return Ok(Some((first_line, self.finish(text_len, n_cells, cells))));
            }
        }
    }

    /// Split the line that begins at `line_at`. False if a quoted cell goes on in the next one.
    fn split(&mut self, line_at: usize, text_len: &mut usize, n_cells: &mut usize) -> bool {
        let mut line = &self.lines[line_at..];
        // Room for whatever the line may become, so that the splitter never stops for want of it.
        self.text.resize((*text_len + line.len() + 1).max(self.text.len()), 0);
        let n_delimiters = line.iter().filter(|&&byte| byte == self.delimiter).count();
        self.ends.resize((*n_cells + n_delimiters + 2).max(self.ends.len()), 0);
        while !line.is_empty() {
            let (result, n_read, n_written, n_ends) =
                self.splitter.read_record(line, &mut self.text[*text_len..], &mut self.ends[*n_cells..]);
            line = &line[n_read..];
            *text_len += n_written;
            *n_cells += n_ends;
            match result {
                csv_core::ReadRecordResult::Record => return true,
                csv_core::ReadRecordResult::InputEmpty | csv_core::ReadRecordResult::End => return false,
                csv_core::ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2 + 1, 0),
                csv_core::ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2 + 1, 0),
            }
        }
        false
    }

    fn finish(&self, text_len: usize, n_cells: usize, cells: &mut Cells) -> Result<(), Fault> {
        // The lines are looked at, not the cells: bytes of two cells may look like a character when they meet.
        Fault::check_text(&self.lines)?;
        let text = std::str::from_utf8(&self.text[..text_len]).map_err(|_| Fault::not_utf8())?;
        cells.set(text, &self.ends[..n_cells]);
        Ok(())
    }
}
