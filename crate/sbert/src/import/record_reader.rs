//! The cells of a row understood as a plan says: sentences, class, score, split.

use std::collections::HashMap;

use super::number::parse_number;
use super::plan::{FileFormat, HeldOut, ImportPlan, RowFault};
use super::rows::{Fault, Row};
use super::statistics::NO_LABEL;
use crate::corpus::{PairRecord, Split};

/// A sentence of more characters is another kind of text: models read 512 tokens at most, and no hundredth of this.
pub(super) const MAX_SENTENCE_CHARS: usize = 20_000;

/// Characters of a cell, and classes, that a message repeats.
const MAX_SHOWN_CHARS: usize = 100;
const MAX_SHOWN_CLASSES: usize = 10;

/// What hub data sets have in an integer class column where there is no label.
const NO_LABEL_NUMBER: &str = "-1";

/// The side of the split that a cell names.
pub(super) fn split_named(text: &str) -> Option<Split> {
    match text.trim().to_lowercase().as_str() {
        "train" | "training" => Some(Split::Train),
        // "trial" is SICK's small development set.
        "held-out" | "heldout" | "held_out" | "dev" | "development" | "validation" | "valid" | "val" | "test"
        | "testing" | "eval" | "evaluation" | "trial" => Some(Split::HeldOut),
        _ => None,
    }
}

/// Turns rows into records.
pub(super) struct RecordReader {
    plan: ImportPlan,
    format: FileFormat,
    class_idx: HashMap<String, usize>,
    /// Whether a cell may be a position in the list of classes, which it can't if classes are numbers themselves.
    takes_positions: bool,
}

impl RecordReader {
    pub fn new(plan: ImportPlan, format: FileFormat) -> Self {
        let classes = plan.classes.iter().enumerate();
        let class_idx = classes.map(|(class, name)| (name.trim().to_lowercase(), class)).collect();
        let takes_positions = !plan.classes.iter().any(|name| parse_number(name, format).is_some());
        Self { plan, format, class_idx, takes_positions }
    }

    /// The record of a row whose columns have these names; none if it has neither class nor score.
    pub fn read(&self, row: &Row, columns: &[String]) -> Result<Option<PairRecord>, Fault> {
        let name = |column: usize, role: &'static str| columns.get(column).map_or(role, String::as_str).to_owned();
        let cell = |column: Option<usize>| column.and_then(|column| row.cells.get(column)).unwrap_or_default().trim();
        let sentence = |column: Option<usize>, role: &'static str| {
            let column = column.ok_or_else(|| Fault::in_column(RowFault::EmptySentence, role, "is missing"))?;
            let fault = |fault, problem: &str| Err(Fault::in_column(fault, &name(column, role), problem));
            match row.cells.get(column).map(str::trim) {
                None => fault(RowFault::EmptySentence, "is missing"),
                Some("") => fault(RowFault::EmptySentence, "is empty"),
                Some(text) if text.contains('\0') => fault(RowFault::NulByte, "holds a NUL byte"),
                Some(text) if text.chars().nth(MAX_SENTENCE_CHARS).is_some() => {
                    fault(RowFault::TooLong, &format!("has more than {MAX_SENTENCE_CHARS} characters"))
                }
                Some(text) => Ok(text.to_owned()),
            }
        };
        let sentence_a = sentence(self.plan.sentence_a, "sentence_a")?;
        let sentence_b = sentence(self.plan.sentence_b, "sentence_b")?;
        let in_column = |fault: RowFault, column: Option<usize>, role: &'static str| {
            move |problem: String| {
                Fault::in_column(fault, &column.map_or(role.to_owned(), |column| name(column, role)), problem)
            }
        };
        let label =
            self.label(cell(self.plan.label)).map_err(in_column(RowFault::UnknownClass, self.plan.label, "label"))?;
        let score =
            self.score(cell(self.plan.score)).map_err(in_column(RowFault::BadScore, self.plan.score, "score"))?;
        let split = match self.plan.held_out {
            HeldOut::ByColumn => {
                let text = cell(self.plan.split);
                let problem = || format!("is \"{}\"; use train or held-out", shown(text));
                let split = split_named(text).ok_or_else(problem);
                Some(split.map_err(in_column(RowFault::UnknownSplit, self.plan.split, "split"))?)
            }
            HeldOut::All => Some(Split::HeldOut),
            HeldOut::Fraction { .. } | HeldOut::Nothing => Some(Split::Train),
        };
        if label.is_none() && score.is_none() {
            return Ok(None);
        }
        let id = match cell(self.plan.id) {
            "" => row.line.to_string(),
            id => id.to_owned(),
        };
        Ok(Some(PairRecord { id, split, sentence_a, sentence_b, label, score }))
    }

    /// A class by name, in any case, or by position; none if the cell is empty or says that there is no label.
    fn label(&self, text: &str) -> Result<Option<usize>, String> {
        if text.is_empty() || self.plan.label.is_none() {
            return Ok(None);
        }
        let by_position = || text.parse().ok().filter(|&class| self.takes_positions && class < self.plan.classes.len());
        if let Some(class) = self.class_idx.get(&text.to_lowercase()).copied().or_else(by_position) {
            return Ok(Some(class));
        }
        if text == NO_LABEL || text == NO_LABEL_NUMBER {
            return Ok(None);
        }
        let mut classes: Vec<&str> = self.plan.classes.iter().map(String::as_str).take(MAX_SHOWN_CLASSES).collect();
        if classes.len() < self.plan.classes.len() {
            classes.push("…");
        }
        Err(format!("has the unknown class \"{}\"; the classes are {}", shown(text), classes.join(", ")))
    }

    /// A score, rescaled to 0–1; none if the cell is empty.
    fn score(&self, text: &str) -> Result<Option<f32>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let [low, high] = self.plan.score_range;
        match parse_number(text, self.format) {
            Some(score) if score >= low && score <= high => {
                // A score on the scale 0–1 is read as the f32 that it was written from, without a rounding between.
                let unscaled = text.parse().ok().filter(|_| [low, high] == [0.0, 1.0]);
                Ok(Some(unscaled.unwrap_or(((score - low) / (high - low)) as f32)))
            }
            Some(score) => Err(format!("is {score}, outside {low} to {high}")),
            None => Err(format!("is \"{}\", not a number", shown(text))),
        }
    }
}

/// As much of a cell as a message can hold.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
