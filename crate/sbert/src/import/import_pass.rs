//! The second pass over a file: records as the visitor's plan says, and what was left out and why.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;

use super::check_plan::check_plan;
use super::plan::{BadRows, FileFormat, HeldOut, ImportPlan, ImportReport, RowExample, RowFault, SkippedRows};
use super::record_reader::RecordReader;
use super::rows::{Fault, Row, RowReader};
use crate::corpus::{Corpus, PairRecord, hold_out, n_leaking_sentences};
use crate::error::Error;

/// Rows that are named for each reason.
const MAX_EXAMPLES: usize = 5;

/// The second pass, a few rows at a time so that a browser's worker can listen in between.
pub struct ImportPass<R: Read> {
    rows: RowReader<R>,
    row: Row,
    plan: ImportPlan,
    records: RecordReader,
    corpus: Corpus,
    skipped: BTreeMap<RowFault, SkippedRows>,
    /// Positions of records by the hash of their sentences.
    positions: HashMap<u64, Vec<usize>>,
}

impl<R: Read> ImportPass<R> {
    /// Begin with a file of `n_bytes`, the one that was inspected, under the same name.
    ///
    /// # Errors
    /// [`Error::Setting`] or [`Error::Corpus`] if the plan isn't complete or contradicts itself or the file;
    /// [`Error::Corpus`] if the file can't be read.
    pub fn new(file: &str, n_bytes: u64, reader: R, plan: ImportPlan) -> Result<Self, Error> {
        let rows = RowReader::new(file, n_bytes, reader, plan.encoding)?;
        // The columns of JSON Lines are known at the end.
        let n_columns = (rows.format() != FileFormat::JsonLines).then(|| rows.columns().len());
        check_plan(&plan, n_columns)?;
        let classes = if plan.label.is_some() { plan.classes.clone() } else { Vec::new() };
        Ok(Self {
            records: RecordReader::new(plan.clone(), rows.format()),
            rows,
            row: Row::default(),
            plan,
            corpus: Corpus { classes, records: Vec::new(), n_skipped: 0 },
            skipped: BTreeMap::new(),
            positions: HashMap::new(),
        })
    }

    /// Read up to `n_rows` rows. True if there may be more.
    ///
    /// # Errors
    /// [`Error::Row`] for the first row that can't be used, if the plan refuses those; [`Error::Corpus`] if the file
    /// can't be read on.
    pub fn advance(&mut self, n_rows: usize) -> Result<bool, Error> {
        for _ in 0..n_rows {
            let Some(result) = self.rows.next_row(&mut self.row)? else { return Ok(false) };
            let record = result.and_then(|()| self.records.read(&self.row, self.rows.columns()));
            match record.and_then(|record| self.check_first(record)) {
                Ok(Some(record)) => self.corpus.records.push(record),
                Ok(None) => self.corpus.n_skipped += 1,
                Err(fault) if self.plan.bad_rows == BadRows::Refuse => {
                    return Err(fault.into_error(self.rows.file(), self.row.line));
                }
                Err(fault) => self.skip(fault),
            }
        }
        Ok(true)
    }

    /// Whether a pair hasn't come before, if that matters.
    fn check_first(&mut self, record: Option<PairRecord>) -> Result<Option<PairRecord>, Fault> {
        let Some(record) = record else { return Ok(None) };
        if !self.plan.drop_duplicates {
            return Ok(Some(record));
        }
        let mut hasher = DefaultHasher::new();
        (&record.sentence_a, &record.sentence_b).hash(&mut hasher);
        let positions = self.positions.entry(hasher.finish()).or_default();
        let same = positions
            .iter()
            .map(|&position| &self.corpus.records[position])
            .find(|other| (&other.sentence_a, &other.sentence_b) == (&record.sentence_a, &record.sentence_b));
        if let Some(same) = same {
            let kind = if self.plan.id.is_some() { "pair" } else { "line" };
            let problem = format!("holds the same sentences as {kind} {}", same.id);
            return Err(Fault::new(RowFault::Duplicate, problem));
        }
        positions.push(self.corpus.records.len());
        Ok(Some(record))
    }

    fn skip(&mut self, fault: Fault) {
        let new = SkippedRows { fault: fault.fault, n_rows: 0, examples: Vec::new() };
        let skipped = self.skipped.entry(fault.fault).or_insert(new);
        skipped.n_rows += 1;
        if skipped.examples.len() < MAX_EXAMPLES {
            skipped.examples.push(RowExample { line: self.row.line, problem: fault.description() });
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

    /// Read what is left, and hold pairs out.
    ///
    /// # Errors
    /// As [`advance`](Self::advance); [`Error::Corpus`] if no pair is left, or none can be held out.
    pub fn finish(mut self) -> Result<(Corpus, ImportReport), Error> {
        while self.advance(usize::MAX)? {}
        check_plan(&self.plan, Some(self.rows.columns().len()))?;
        let mut skipped: Vec<SkippedRows> = self.skipped.into_values().collect();
        // The sort is stable: of equally frequent reasons, in their own order.
        skipped.sort_by_key(|rows| std::cmp::Reverse(rows.n_rows));
        let mut corpus = self.corpus;
        if corpus.records.is_empty() {
            return Err(no_pair(self.rows.file(), self.rows.n_rows(), corpus.n_skipped, &skipped));
        }
        let n_leaking_sentences = match self.plan.held_out {
            HeldOut::Fraction { fraction, seed } => {
                hold_out(self.rows.file(), &mut corpus.records, fraction, seed as u32)?;
                0
            }
            HeldOut::ByColumn => n_leaking_sentences(&corpus.records),
            HeldOut::All | HeldOut::Nothing => 0,
        };
        let report = ImportReport {
            n_rows: self.rows.n_rows(),
            n_pairs: corpus.records.len(),
            n_unlabelled: corpus.n_skipped,
            skipped,
            n_leaking_sentences,
        };
        Ok((corpus, report))
    }
}

/// The error for a file of which nothing is left, with the most frequent reason.
fn no_pair(file: &str, n_rows: usize, n_unlabelled: usize, skipped: &[SkippedRows]) -> Error {
    let mut problem = format!("{file} holds no pair of sentences");
    let most_frequent = skipped.first().filter(|rows| rows.n_rows >= n_unlabelled);
    if let Some((rows, example)) = most_frequent.and_then(|rows| Some((rows, rows.examples.first()?))) {
        let (line, reason, n_like_it) = (example.line, &example.problem, rows.n_rows);
        problem += &format!(" that can be used: line {line} {reason} (so it is with {n_like_it} of {n_rows} rows)");
    } else if n_unlabelled > 0 {
        problem += &format!(" that can be used: rows have neither a class nor a score ({n_unlabelled} of {n_rows})");
    }
    Error::Corpus { problem }
}
