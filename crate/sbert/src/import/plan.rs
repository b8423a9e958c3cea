//! How a file of pairs is understood: what was found in it, what is to be made of it, and what came of that.
//!
//! Plain data, which crosses the worker protocol: the page shows an [`Inspection`], the visitor changes its
//! [`ImportPlan`], and the import tells an [`ImportReport`].

use serde::{Deserialize, Serialize};

/// What a first pass over a file has found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Inspection {
    /// How rows are written.
    pub format: FileFormat,
    /// How text is written.
    pub encoding: TextEncoding,
    /// True if the first row names the columns. JSON Lines always do.
    pub has_header: bool,
    /// The columns, in file order; for JSON Lines the keys, in order of first appearance.
    pub columns: Vec<ColumnSummary>,
    /// Rows, the header not counted.
    pub n_rows: usize,
    /// Cells of the first rows, each cut to a length that can be shown.
    pub preview: Vec<Vec<String>>,
    /// What the names and the content suggest.
    pub plan: ImportPlan,
    /// What the visitor has to say before the file can be imported; none if the plan is complete.
    pub question: Option<String>,
    /// Why the plan can't be carried out; none if it can.
    pub problem: Option<String>,
    /// How pairs are held out where no column says it and the visitor nothing else.
    pub drawn: HeldOut,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Tab-separated, unquoted, as STS-B, GLUE and SNLI are.
    Tsv,
    /// Comma-separated (RFC 4180).
    Csv,
    /// The same with semicolons, as spreadsheets write it where the comma is the decimal sign.
    SemicolonCsv,
    /// One JSON object a line.
    JsonLines,
}

/// How text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TextEncoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-16 with a byte-order mark, low byte first.
    Utf16Le,
    /// UTF-16 with a byte-order mark, high byte first.
    Utf16Be,
    /// Windows-1252, which spreadsheets write where they aren't asked for another: Latin letters in one byte each.
    Windows1252,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ColumnSummary {
    /// Its name; "column 1", "column 2", … in a file without a header.
    pub name: String,
    /// Rows in which it is empty or missing.
    pub n_empty: usize,
    /// Its distinct values in order of first appearance; none if there are more than [`MAX_CLASSES`], or one is too long
    /// for the name of a class.
    pub values: Option<Vec<String>>,
    /// Lowest and highest number, if nearly all values that aren't empty are numbers.
    pub number_range: Option<[f64; 2]>,
    /// Mean number of words of a value, which tells sentences from labels.
    pub mean_words: f64,
}

/// More distinct values than this make a column no column of classes.
pub const MAX_CLASSES: usize = 100;

/// What is to be made of a file. Columns are positions in [`Inspection::columns`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ImportPlan {
    /// Column of the first sentence; an import needs one.
    pub sentence_a: Option<usize>,
    /// Column of the second sentence; an import needs one.
    pub sentence_b: Option<usize>,
    /// Column of the class.
    pub label: Option<usize>,
    /// Column of the similarity.
    pub score: Option<usize>,
    /// Column that names the split.
    pub split: Option<usize>,
    /// Column of the row's own name.
    pub id: Option<usize>,
    /// Class names in the head's order. A cell is a name (in any case) or, unless a name is a number, a position in this
    /// list. Cells that are empty, "-" (SNLI) or "-1" (hub data sets) and no name say that there is no class.
    pub classes: Vec<String>,
    /// Lowest and highest score of the scale; scores are rescaled from it to 0–1.
    pub score_range: [f64; 2],
    /// Which pairs are held out from training.
    pub held_out: HeldOut,
    /// What becomes of rows that can't be used.
    pub bad_rows: BadRows,
    /// Whether a pair that has come before, with the same labels or others, is left out.
    pub drop_duplicates: bool,
    /// How text is written; none guesses it. In another encoding a file has other names and values, so it has to be
    /// inspected again.
    pub encoding: Option<TextEncoding>,
}

/// Which pairs are held out from training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HeldOut {
    /// Those that the split column says; [`ImportPlan::split`] must name one.
    ByColumn,
    /// About this fraction, drawn by the seed, in groups of pairs that share sentences, so that no sentence is on both
    /// sides.
    Fraction {
        /// From 0 to below 1.
        fraction: f64,
        /// Seed of the draw, from 0 to 2³² − 1. A visitor may type any number, so the check of the plan refuses others.
        seed: f64,
    },
    /// All pairs: the file is only evaluated on.
    All,
    /// None.
    Nothing,
}

/// What becomes of rows that can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BadRows {
    /// They are left out and reported.
    Skip,
    /// The first one refuses the file.
    Refuse,
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ImportReport {
    /// Rows of the file, the header not counted.
    pub n_rows: usize,
    /// Pairs that were taken.
    pub n_pairs: usize,
    /// Rows left out because they have neither a class (or SNLI's "-") nor a score.
    pub n_unlabelled: usize,
    /// Rows left out as they can't be used, kind by kind, most frequent first.
    pub skipped: Vec<SkippedRows>,
    /// Sentences that are in training pairs and held-out pairs alike, which only a split column can cause.
    pub n_leaking_sentences: usize,
}

/// Rows that were left out for one reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SkippedRows {
    /// The reason.
    pub fault: RowFault,
    /// How many.
    pub n_rows: usize,
    /// The first of them: line, counted from 1, and what is wrong there.
    pub examples: Vec<RowExample>,
}

/// One row that was left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RowExample {
    /// Line, counted from 1.
    pub line: u64,
    /// What is wrong there, naming the column.
    pub problem: String,
}

/// Why a row can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// A sentence is empty or missing.
    EmptySentence,
    /// It has more or fewer cells than there are columns.
    ColumnCount,
    /// A sentence is longer than any model reads.
    TooLong,
    /// It holds a NUL byte, as binary files do.
    NulByte,
    /// It isn't text in the file's encoding.
    Encoding,
    /// It isn't a JSON object.
    NotJson,
    /// Its class is none of the plan's.
    UnknownClass,
    /// Its score isn't a number of the scale.
    BadScore,
    /// Its split is neither training nor held-out.
    UnknownSplit,
    /// The pair has come before.
    Duplicate,
}
