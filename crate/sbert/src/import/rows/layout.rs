//! How a file's rows are written, told from its head: by content first, by name second.

use super::super::columns::{Role, role_named};
use super::super::lines::LineReader;
use super::super::plan::FileFormat;
use super::cells::Cells;
use super::delimited::DelimitedReader;
use crate::error::Error;

/// Rows of the head that are looked at.
const SAMPLE_ROWS: usize = 200;

/// A name is shorter than a sentence.
const MAX_NAME_WORDS: usize = 3;

/// Sentences below a header have so many times more words than the names in it.
const SENTENCE_TO_NAME_WORDS: f64 = 2.0;

/// How rows are written, and what the columns are called.
pub(super) struct Layout {
    pub format: FileFormat,
    pub has_header: bool,
    /// None for JSON Lines, whose rows name the columns.
    pub names: Vec<String>,
}

/// Tell the layout of a file from the text of its head.
///
/// # Errors
/// [`Error::Corpus`] if there is nothing in it, or one JSON value instead of one a line.
pub(super) fn layout_of(file: &str, head: &[u8]) -> Result<Layout, Error> {
    let start = head.trim_ascii_start();
    let after_bracket = start.get(1..).unwrap_or_default().trim_ascii_start().first();
    match (start.first(), after_bracket) {
        (None, _) => return Err(Error::Corpus { problem: format!("{file} holds no pair of sentences: it is empty") }),
        (Some(b'{'), Some(b'"' | b'}') | None) => return Ok(json_lines()),
        (Some(b'['), Some(b'{' | b']')) => {
            let problem = format!("{file} is one JSON list; write its objects one a line (JSON Lines)");
            return Err(Error::Corpus { problem });
        }
        _ => {}
    }
    let best = [FileFormat::Tsv, FileFormat::Csv, FileFormat::SemicolonCsv]
        .into_iter()
        .map(|format| Sample::read(format, head))
        .filter(|sample| sample.n_columns > 1)
        // Of equals the first: a tab hardly ever stands in a sentence, a comma often.
        .reduce(|best, sample| if sample.is_likelier_than(&best) { sample } else { best });
    let name = file.to_ascii_lowercase();
    let sample = match best {
        Some(sample) => sample,
        None if [".jsonl", ".ndjson", ".json"].iter().any(|suffix| name.ends_with(suffix)) => return Ok(json_lines()),
        None => Sample::read(if name.ends_with(".tsv") { FileFormat::Tsv } else { FileFormat::Csv }, head),
    };
    let header = sample.header();
    let names = (0..sample.n_columns).map(|column| {
        let name = header.and_then(|cells| cells.get(column)).map(|name| name.trim()).unwrap_or_default();
        if name.is_empty() { format!("column {}", column + 1) } else { name.to_owned() }
    });
    Ok(Layout { format: sample.format, has_header: header.is_some(), names: names.collect() })
}

fn json_lines() -> Layout {
    Layout { format: FileFormat::JsonLines, has_header: true, names: Vec::new() }
}

/// The head's rows as one format has them.
struct Sample {
    format: FileFormat,
    /// None where the row can't be read.
    rows: Vec<Option<Vec<String>>>,
    /// Columns of the header if there is one, else of most rows.
    n_columns: usize,
    /// The fraction of rows that have so many.
    agreement: f64,
}

impl Sample {
    fn read(format: FileFormat, head: &[u8]) -> Self {
        let mut lines = LineReader::new(head);
        let mut reader = DelimitedReader::new(format);
        let mut cells = Cells::default();
        let mut rows = Vec::new();
        // Reading from memory doesn't fail.
        while rows.len() < SAMPLE_ROWS
            && let Ok(Some((_, result))) = reader.next_row(&mut lines, &mut cells)
        {
            let row = result.map(|()| cells.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect());
            rows.push(row.ok());
        }
        let mut sample = Self { format, rows, n_columns: 0, agreement: 0.0 };
        let counts: Vec<usize> = sample.rows.iter().map(|row| row.as_ref().map_or(0, Vec::len)).collect();
        let n_with = |n_columns: usize| counts.iter().filter(|&&count| count == n_columns).count();
        // Of equally frequent counts the first row's.
        let most_frequent = counts.iter().copied().rev().max_by_key(|&n_columns| n_with(n_columns)).unwrap_or(0);
        let n_named = sample.rows.first().and_then(Option::as_ref).filter(|row| names_roles(row)).map(Vec::len);
        sample.n_columns = n_named.unwrap_or(most_frequent);
        sample.agreement = n_with(sample.n_columns) as f64 / counts.len().max(1) as f64;
        sample
    }

    fn is_likelier_than(&self, other: &Self) -> bool {
        // Tenths, because a few broken rows are no evidence.
        let tenths = |sample: &Self| (sample.agreement * 10.0).round() as usize;
        if tenths(self) != tenths(other) {
            return tenths(self) > tenths(other);
        }
        other.format != FileFormat::Tsv && self.n_columns > other.n_columns
    }

    /// The first row, if it names the columns.
    fn header(&self) -> Option<&Vec<String>> {
        let first = self.rows.first()?.as_ref()?;
        if names_roles(first) {
            return Some(first);
        }
        if first.len() != self.n_columns {
            return None;
        }
        let below: Vec<&Vec<String>> =
            self.rows[1..].iter().flatten().filter(|row| row.len() == self.n_columns).collect();
        (!below.is_empty() && differs_from(first, &below)).then_some(first)
    }
}

/// Whether a row names columns that we know. One name alone may be a word in a row without a header, "positive" say.
fn names_roles(row: &[String]) -> bool {
    let mut roles: Vec<Role> = row.iter().filter_map(|name| role_named(name)).map(|(role, _)| role).collect();
    roles.sort_unstable();
    roles.dedup();
    roles.len() > 1
}

/// Whether a row that names nothing we know is a header all the same: words above numbers, or words above sentences.
fn differs_from(first: &[String], below: &[&Vec<String>]) -> bool {
    let n_words = |cell: &str| cell.split_whitespace().count();
    let is_number = |cell: &str| cell.trim().replace(',', ".").parse::<f64>().is_ok();
    let is_name = |cell: &String| !is_number(cell) && n_words(cell) <= MAX_NAME_WORDS;
    let comes_again =
        |(column, cell): (usize, &String)| !cell.is_empty() && below.iter().any(|row| row[column] == *cell);
    if !first.iter().all(is_name) || first.iter().enumerate().any(comes_again) {
        return false;
    }
    let is_numeric = |column: usize| {
        let mut cells = below.iter().map(|row| row[column].as_str()).filter(|cell| !cell.trim().is_empty()).peekable();
        cells.peek().is_some() && cells.all(is_number)
    };
    if (0..first.len()).any(|column| !first[column].trim().is_empty() && is_numeric(column)) {
        return true;
    }
    let has_sentences = |column: usize| {
        let mean = below.iter().map(|row| n_words(&row[column])).sum::<usize>() as f64 / below.len() as f64;
        mean > MAX_NAME_WORDS as f64 && mean > SENTENCE_TO_NAME_WORDS * n_words(&first[column]) as f64
    };
    (0..first.len()).filter(|&column| has_sentences(column)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(file: &str, head: &str) -> Layout {
        layout_of(file, head.as_bytes()).unwrap()
    }

    #[test]
    fn content_tells_the_format() {
        let check = |file: &str, head: &str, format, n_columns| {
            let layout = layout(file, head);
            assert_eq!((layout.format, layout.names.len()), (format, n_columns), "{head}");
        };
        check("a", "A dog, wet.\tA cat, dry.\t1\n", FileFormat::Tsv, 3);
        check("a.csv", "A dog, wet.\tA cat, dry.\t1\n", FileFormat::Tsv, 3);
        check("a.tsv", "\"A dog, wet.\",A cat.,1\nA,B,2\n", FileFormat::Csv, 3);
        check("a.csv", "A dog.;A cat.;2,5\nA;B;3,5\n", FileFormat::SemicolonCsv, 3);
        check("a.csv", "\"A; dog.\",A cat.,2.5\n\"A; cow\",B,3.5\n", FileFormat::Csv, 3);
        check("a.csv", "\"Two\nlines; and more\",b,1\n", FileFormat::Csv, 3);
        check("a.txt", " \n{\"a\":1}\n", FileFormat::JsonLines, 0);
        check("a.jsonl", "not json\n", FileFormat::JsonLines, 0);
        check("a.csv", "one\ntwo\n", FileFormat::Csv, 1);
        check("a.csv", "{braces},b,1\n", FileFormat::Csv, 3);
        // A few broken rows don't change the verdict.
        check("a.csv", &format!("{}a,b;c\n", "a,b,c\n".repeat(30)), FileFormat::Csv, 3);
    }

    #[test]
    fn what_holds_no_rows_is_refused() {
        let check = |head: &str, expect: &str| {
            let message = layout_of("a.json", head.as_bytes()).err().unwrap().to_string();
            assert!(message.contains(expect), "{message}");
        };
        check(" \n\n", "holds no pair of sentences: it is empty");
        check("[\n {\"a\": 1}]", "is one JSON list");
    }

    #[test]
    fn headers_are_told_from_rows() {
        let check = |head: &str, expect: bool| assert_eq!(layout("a.csv", head).has_header, expect, "{head}");
        check("sentence1,sentence2,label\n", true);
        check("Sentence A,Sentence B,gold\na,b,1\n", true);
        check("A dog runs.,A cat sleeps.,5.0\nA,B,1\n", false);
        check("erster,zweiter,wert\nEin Hund,Ein Tier,2.5\n", true);
        check("erster,zweiter,art\nEin Hund läuft auf der Straße,Ein Tier ist da und läuft,ja\n", true);
        check("dog,cat,related\nlion,tiger,related\n", false);
        check("great film,good film,positive\nbad film,poor film,negative\n", false);
        check("5,A dog.,A cat.\n1,A,B\n", false);
        assert_eq!(layout("a.csv", ",text_a,text_b,\n1,a,b,2\n").names, ["column 1", "text_a", "text_b", "column 4"]);
    }
}
