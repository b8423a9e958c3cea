//! Pairs of sentences as text, with the class, the score and the split that their file gives them.

use serde::Serialize;

/// Class names in the order of SBERT's and transformers' NLI heads here: a head's row i is class i.
pub const NLI_CLASSES: [&str; 3] = ["entailment", "neutral", "contradiction"];

/// Which side of the train/held-out split a pair is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Trained on.
    Train,
    /// Kept for evaluation.
    HeldOut,
}

/// One row of a file of pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PairRecord {
    /// The record's own id, or its line number.
    pub id: String,
    /// The split the file names; none if it has no such column.
    pub split: Option<Split>,
    /// First sentence.
    pub sentence_a: String,
    /// Second sentence.
    pub sentence_b: String,
    /// Index of the class.
    pub label: Option<usize>,
    /// Similarity, rescaled to 0–1.
    pub score: Option<f32>,
}

/// A file of pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Corpus {
    /// Class names; a record's label is an index into them. None if the pairs have scores alone.
    pub classes: Vec<String>,
    /// The pairs, in file order.
    pub records: Vec<PairRecord>,
    /// Rows passed over because they have neither a class (or SNLI's "-") nor a score.
    pub n_skipped: usize,
}

impl Corpus {
    /// The records of one side. In a file without a split column every record is a training record.
    pub fn of_split(&self, split: Split) -> impl Iterator<Item = &PairRecord> {
        self.records.iter().filter(move |record| record.split.unwrap_or(Split::Train) == split)
    }
}
