//! Readers: TSV, CSV (RFC 4180) and JSONL, with or without a header, STS-style or NLI-style.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Corpus, NLI_CLASSES, PairRecord, Split};
use crate::error::Error;

/// How a file's labels are understood.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Class names in the head's order.
    pub classes: Vec<String>,
    /// Lowest and highest score; scores are rescaled from it to 0–1.
    pub score_range: RangeInclusive<f32>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        // STS's scale (Agirre et al. 2012) is 0 to 5.
        Self { classes: NLI_CLASSES.map(str::to_owned).to_vec(), score_range: 0.0..=5.0 }
    }
}

/// The columns we know, each with the names under which files of the field have it.
const COLUMNS: [(Column, &[&str]); 6] = [
    (Column::Id, &["id", "pair_id", "pairid", "idx"]),
    (Column::Split, &["split"]),
    (Column::SentenceA, &["sentence_a", "sentence1", "premise", "text_a"]),
    (Column::SentenceB, &["sentence_b", "sentence2", "hypothesis", "text_b"]),
    // SNLI's and MultiNLI's "gold_label" is the annotators' majority; SICK's is "entailment_judgment".
    (Column::Label, &["label", "gold_label", "entailment_judgment"]),
    (Column::Score, &["score", "similarity", "similarity_score", "relatedness_score"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Split,
    SentenceA,
    SentenceB,
    Label,
    Score,
}

fn column_named(name: &str) -> Option<Column> {
    let name = name.trim();
    COLUMNS
        .iter()
        .find(|(_, aliases)| aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name)))
        .map(|(column, _)| *column)
}

/// In a header, which is a row that names a column of ours, the sentence column that it lacks.
fn missing_sentence_column(row: &csv::StringRecord) -> Option<&'static str> {
    let named: Vec<Column> = row.iter().filter_map(column_named).collect();
    let sentences = [("sentence_a", Column::SentenceA), ("sentence_b", Column::SentenceB)];
    let missing = sentences.into_iter().find(|(_, column)| !named.is_empty() && !named.contains(column));
    missing.map(|(name, _)| name)
}

/// Read a file of pairs. `file` is its name, for messages and for telling JSONL, TSV and CSV apart where the content
/// leaves it open. A file without a header has three columns: two sentences and a score or a class.
///
/// # Errors
/// [`Error::Row`] naming file, line and column of the first row at fault; [`Error::Corpus`] if there is no pair.
pub fn read_pairs(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Corpus, Error> {
    let (low, high) = (*options.score_range.start(), *options.score_range.end());
    if !(low.is_finite() && high.is_finite() && low < high) {
        return Err(Error::Setting {
            name: "score_range",
            problem: format!("is {low} to {high}; use two numbers, low before high"),
        });
    }
    if options.classes.len() < 2 {
        return Err(Error::Setting { name: "classes", problem: "names fewer than two classes".to_owned() });
    }
    let text = decode_utf8(file, bytes)?;
    let first_line = text.lines().next().unwrap_or_default();
    let mut reader = Reader {
        file,
        options,
        corpus: Corpus { classes: options.classes.clone(), records: Vec::new(), n_skipped: 0 },
    };
    if file.ends_with(".jsonl") || first_line.trim_start().starts_with('{') {
        reader.read_json_lines(text)?;
    } else {
        reader.read_delimited(text, if first_line.contains('\t') { b'\t' } else { b',' })?;
    }
    if reader.corpus.records.is_empty() {
        return Err(Error::Corpus { problem: format!("{file} holds no pair of sentences") });
    }
    Ok(reader.corpus)
}

fn decode_utf8<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    let text = std::str::from_utf8(bytes).map_err(|cause| Error::Row {
        file: file.to_owned(),
        line: bytes[..cause.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() as u64 + 1,
        column: None,
        problem: "is not UTF-8 text".to_owned(),
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The cells of one row, before they are understood.
#[derive(Default)]
struct Cells {
    id: Option<String>,
    split: Option<String>,
    sentence_a: Option<String>,
    sentence_b: Option<String>,
    label: Option<String>,
    score: Option<String>,
}

impl Cells {
    fn set(&mut self, column: Column, value: String) {
        match column {
            Column::Id => self.id = Some(value),
            Column::Split => self.split = Some(value),
            Column::SentenceA => self.sentence_a = Some(value),
            Column::SentenceB => self.sentence_b = Some(value),
            Column::Label => self.label = Some(value),
            Column::Score => self.score = Some(value),
        }
    }
}

struct Reader<'a> {
    file: &'a str,
    options: &'a ReadOptions,
    corpus: Corpus,
}

impl Reader<'_> {
    fn fault(&self, line: u64, column: Option<&str>, problem: impl Into<String>) -> Error {
        Error::Row { file: self.file.to_owned(), line, column: column.map(str::to_owned), problem: problem.into() }
    }

    fn read_json_lines(&mut self, text: &str) -> Result<(), Error> {
        for (line_idx, line) in text.lines().enumerate() {
            let line_number = line_idx as u64 + 1;
            if line.trim().is_empty() {
                continue;
            }
            let Ok(Value::Object(object)) = serde_json::from_str(line) else {
                return Err(self.fault(line_number, None, "is not a JSON object"));
            };
            let mut cells = Cells::default();
            for (name, value) in object {
                let value = match value {
                    Value::String(text) => text,
                    Value::Number(number) => number.to_string(),
                    _ => continue,
                };
                if let Some(column) = column_named(&name) {
                    cells.set(column, value);
                }
            }
            self.take(line_number, cells)?;
        }
        Ok(())
    }

    fn read_delimited(&mut self, text: &str, delimiter: u8) -> Result<(), Error> {
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            // Tab-separated files of the field (STS-B, GLUE, SNLI) don't quote: a quotation mark there is one.
            .quoting(delimiter != b'\t')
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut columns: Option<Vec<Option<Column>>> = None;
        let mut row = csv::StringRecord::new();
        loop {
            match rows.read_record(&mut row) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(cause) => {
                    let line = cause.position().map_or(0, csv::Position::line);
                    return Err(self.fault(line, None, format!("can't be read: {cause}")));
                }
            }
            let line = row.position().map_or(0, csv::Position::line);
            let Some(columns) = &columns else {
                let named: Vec<Option<Column>> = row.iter().map(column_named).collect();
                if named.contains(&Some(Column::SentenceA)) && named.contains(&Some(Column::SentenceB)) {
                    columns = Some(named);
                } else {
                    let guessed = self.guess_columns(line, &row)?;
                    self.take_row(line, &guessed, &row)?;
                    columns = Some(guessed);
                }
                continue;
            };
            self.take_row(line, columns, &row)?;
        }
    }

    /// Columns of a file without a header, from its first row: two sentences and, third, a number or a class.
    fn guess_columns(&self, line: u64, row: &csv::StringRecord) -> Result<Vec<Option<Column>>, Error> {
        if let Some(name) = missing_sentence_column(row) {
            return Err(self.fault(line, Some(name), "is missing from the header"));
        }
        if row.len() != 3 {
            let problem = format!(
                "has {} columns and no header; name the columns (sentence_a, sentence_b, label, score) or give two sentences and a label",
                row.len()
            );
            return Err(self.fault(line, None, problem));
        }
        let third = if row[2].trim().parse::<f32>().is_ok() { Column::Score } else { Column::Label };
        Ok(vec![Some(Column::SentenceA), Some(Column::SentenceB), Some(third)])
    }

    fn take_row(&mut self, line: u64, columns: &[Option<Column>], row: &csv::StringRecord) -> Result<(), Error> {
        if row.len() != columns.len() {
            return Err(self.fault(line, None, format!("has {} columns, expected {}", row.len(), columns.len())));
        }
        let mut cells = Cells::default();
        for (column, value) in columns.iter().zip(row) {
            if let Some(column) = column {
                cells.set(*column, value.to_owned());
            }
        }
        self.take(line, cells)
    }

    /// Understand a row's cells and keep it.
    fn take(&mut self, line: u64, cells: Cells) -> Result<(), Error> {
        let sentence = |name: &str, cell: Option<String>| match cell.map(|text| text.trim().to_owned()) {
            Some(text) if !text.is_empty() => Ok(text),
            Some(_) => Err(self.fault(line, Some(name), "is empty")),
            None => Err(self.fault(line, Some(name), "is missing")),
        };
        let sentence_a = sentence("sentence_a", cells.sentence_a)?;
        let sentence_b = sentence("sentence_b", cells.sentence_b)?;
        let label = cells.label.map(|text| self.label(line, text.trim())).transpose()?.flatten();
        let score = cells.score.map(|text| self.score(line, text.trim())).transpose()?.flatten();
        let split = cells.split.map(|text| self.split(line, text.trim())).transpose()?;
        if label.is_none() && score.is_none() {
            self.corpus.n_skipped += 1;
            return Ok(());
        }
        let id = cells.id.unwrap_or_else(|| line.to_string());
        self.corpus.records.push(PairRecord { id, split, sentence_a, sentence_b, label, score });
        Ok(())
    }

    /// A class by name or by index; none if the cell is empty or SNLI's "-".
    fn label(&self, line: u64, text: &str) -> Result<Option<usize>, Error> {
        if text.is_empty() || text == "-" {
            return Ok(None);
        }
        let classes = &self.options.classes;
        classes
            .iter()
            .position(|class| class.eq_ignore_ascii_case(text))
            .or_else(|| text.parse().ok().filter(|&class: &usize| class < classes.len()))
            .map(Some)
            .ok_or_else(|| {
                self.fault(
                    line,
                    Some("label"),
                    format!("has the unknown class \"{text}\"; the classes are {}", classes.join(", ")),
                )
            })
    }

    /// A score, rescaled to 0–1; none if the cell is empty.
    fn score(&self, line: u64, text: &str) -> Result<Option<f32>, Error> {
        if text.is_empty() {
            return Ok(None);
        }
        let (low, high) = (*self.options.score_range.start(), *self.options.score_range.end());
        match text.parse::<f32>() {
            Ok(score) if score >= low && score <= high => Ok(Some((score - low) / (high - low))),
            Ok(score) => Err(self.fault(line, Some("score"), format!("is {score}, outside {low} to {high}"))),
            Err(_) => Err(self.fault(line, Some("score"), format!("is \"{text}\", not a number"))),
        }
    }

    fn split(&self, line: u64, text: &str) -> Result<Split, Error> {
        match text.to_ascii_lowercase().as_str() {
            "train" => Ok(Split::Train),
            "held-out" | "heldout" | "dev" | "validation" | "test" => Ok(Split::HeldOut),
            _ => Err(self.fault(line, Some("split"), format!("is \"{text}\"; use train or held-out"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, text: &str) -> Result<Corpus, Error> {
        read_pairs(file, text.as_bytes(), &ReadOptions::default())
    }

    #[test]
    fn reads_the_three_forms() {
        let check = |file: &str, text: &str, label, score| {
            let corpus = read(file, text).unwrap();
            let record = &corpus.records[0];
            assert_eq!((record.sentence_a.as_str(), record.sentence_b.as_str()), ("A \"dog\", wet.", "A dog."));
            assert_eq!((record.label, record.score), (label, score));
        };
        check(
            "demo.tsv",
            "id\tsplit\tgroup\tsentence_a\tsentence_b\tlabel\tscore\n1\ttrain\tg\tA \"dog\", wet.\tA dog.\tentailment\t2.5\n",
            Some(0),
            Some(0.5),
        );
        check("sts.csv", "\"A \"\"dog\"\", wet.\",A dog.,5.0\n", None, Some(1.0));
        check(
            "snli.jsonl",
            "{\"gold_label\":\"contradiction\",\"sentence1\":\"A \\\"dog\\\", wet.\",\"sentence2\":\"A dog.\"}\n",
            Some(2),
            None,
        );
        check("nli.tsv", "A \"dog\", wet.\tA dog.\tneutral\n", Some(1), None);
    }

    #[test]
    fn passes_over_pairs_without_agreement() {
        let corpus = read("a.jsonl", "{\"gold_label\":\"-\",\"sentence1\":\"a\",\"sentence2\":\"b\"}\n{\"gold_label\":\"neutral\",\"sentence1\":\"a\",\"sentence2\":\"b\"}").unwrap();
        assert_eq!((corpus.records.len(), corpus.n_skipped), (1, 1));
    }

    #[test]
    fn splits() {
        let corpus =
            read("a.tsv", "split\tsentence_a\tsentence_b\tscore\ntrain\ta\tb\t1\nheld-out\tc\td\t2\n").unwrap();
        assert_eq!(corpus.of_split(Split::HeldOut).count(), 1);
        assert_eq!(corpus.of_split(Split::Train).count(), 1);
    }

    #[test]
    fn bad_rows_are_named() {
        let check = |file: &str, text: &str, expect: &str| {
            let message = read(file, text).unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        let header = "sentence_a\tsentence_b\tlabel\tscore\n";
        check("p.tsv", &format!("{header}a\tb\tneutral\t1\na\tb\n"), "p.tsv, line 3: has 2 columns, expected 4");
        check(
            "p.tsv",
            &format!("{header}a\tb\tmaybe\t1\n"),
            "p.tsv, line 2, column \"label\": has the unknown class \"maybe\"",
        );
        check(
            "p.tsv",
            &format!("{header}a\tb\tneutral\tfive\n"),
            "p.tsv, line 2, column \"score\": is \"five\", not a number",
        );
        check("p.tsv", &format!("{header}a\tb\tneutral\t7\n"), "outside 0 to 5");
        check("p.tsv", &format!("{header}a\tb\tneutral\tNaN\n"), "outside 0 to 5");
        check("p.tsv", &format!("{header}\tb\tneutral\t1\n"), "column \"sentence_a\": is empty");
        check("p.tsv", "sentence_a\tlabel\na\tneutral\n", "line 1, column \"sentence_b\": is missing from the header");
        check("p.tsv", "a\tb\n", "has 2 columns and no header");
        check(
            "p.jsonl",
            "{\"sentence1\":\"a\",\"gold_label\":\"neutral\"}\n",
            "line 1, column \"sentence_b\": is missing",
        );
        check("p.jsonl", "{\"sentence1\":\n", "p.jsonl, line 1: is not a JSON object");
        check("p.tsv", header, "holds no pair");
        check("p.tsv", "", "holds no pair");
        let message = read_pairs("p.csv", b"a,b,1\nc,\xff,1\n", &ReadOptions::default()).unwrap_err().to_string();
        assert_eq!(message, "p.csv, line 2: is not UTF-8 text");
    }
}
