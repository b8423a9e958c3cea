//! The strict reader: columns by their names, and the first bad row refuses the file.

use std::ops::RangeInclusive;

use super::check_plan::check_classes;
use super::columns::{Role, column_named};
use super::import_pass::ImportPass;
use super::inspection_pass::InspectionPass;
use super::plan::{BadRows, FileFormat, HeldOut, ImportPlan, Inspection};
use crate::corpus::{Corpus, NLI_CLASSES};
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

/// Read a file of pairs. `file` is its name, for messages and for telling JSONL, TSV and CSV apart where the content
/// leaves it open. A file without a header has three columns: two sentences and a score or a class. A file without a
/// split column gives records without a split.
///
/// # Errors
/// [`Error::Row`] naming file, line and column of the first row at fault; [`Error::Corpus`] if there is no pair.
pub fn read_pairs(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Corpus, Error> {
    check_classes(&options.classes)?;
    let n_bytes = bytes.len() as u64;
    let plan = plan_by_name(file, &InspectionPass::new(file, n_bytes, bytes)?.finish()?, options)?;
    let has_split = plan.split.is_some();
    let (mut corpus, _) = ImportPass::new(file, n_bytes, bytes, plan)?.finish()?;
    corpus.classes.clone_from(&options.classes);
    if !has_split {
        corpus.records.iter_mut().for_each(|record| record.split = None);
    }
    Ok(corpus)
}

/// The plan that the columns' names make, or, where there are none, their number.
fn plan_by_name(file: &str, inspection: &Inspection, options: &ReadOptions) -> Result<ImportPlan, Error> {
    let fault = |column: Option<&str>, problem: String| {
        Err(Error::Row { file: file.to_owned(), line: 1, column: column.map(str::to_owned), problem })
    };
    let mut columns: [Option<usize>; 6] = [None; 6];
    if inspection.has_header {
        let names: Vec<String> = inspection.columns.iter().map(|column| column.name.clone()).collect();
        let roles = [Role::SentenceA, Role::SentenceB, Role::Label, Role::Score, Role::Split, Role::Id];
        columns = roles.map(|role| column_named(&names, role));
        for (column, name) in columns.iter().zip(["sentence_a", "sentence_b"]) {
            match (column, inspection.format) {
                (Some(_), _) => {}
                (None, FileFormat::JsonLines) => return fault(Some(name), "is missing".to_owned()),
                (None, _) => return fault(Some(name), "is missing from the header".to_owned()),
            }
        }
    } else {
        let n_columns = inspection.columns.len();
        if n_columns != 3 {
            let problem = format!(
                "has {n_columns} columns and no header; name the columns (sentence_a, sentence_b, label, score) or give two sentences and a label"
            );
            return fault(None, problem);
        }
        columns[..2].copy_from_slice(&[Some(0), Some(1)]);
        columns[if inspection.columns[2].number_range.is_some() { 3 } else { 2 }] = Some(2);
    }
    let [sentence_a, sentence_b, label, score, split, id] = columns;
    Ok(ImportPlan {
        sentence_a,
        sentence_b,
        label,
        score,
        split,
        id,
        classes: options.classes.clone(),
        score_range: [as_written(*options.score_range.start()), as_written(*options.score_range.end())],
        held_out: if split.is_some() { HeldOut::ByColumn } else { HeldOut::Nothing },
        bad_rows: BadRows::Refuse,
        drop_duplicates: false,
        encoding: Some(inspection.encoding),
    })
}

/// The number that was written, 0.1 rather than 0.10000000149, or a score of 0.1 would be outside a scale from 0.1.
fn as_written(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Split;

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
    fn the_ends_of_a_scale_are_on_it() {
        let options = ReadOptions { score_range: 0.1..=4.9, ..ReadOptions::default() };
        let corpus = read_pairs("a.csv", b"a,b,0.1\nc,d,4.9\n", &options).unwrap();
        assert_eq!(corpus.records.iter().map(|record| record.score).collect::<Vec<_>>(), [Some(0.0), Some(1.0)]);
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
        let mixed = b"\xc3\xa9,b,1\nc,\xff,1\n";
        let message = read_pairs("p.csv", mixed, &ReadOptions::default()).unwrap_err().to_string();
        assert_eq!(message, "p.csv, line 2: is not UTF-8 text; save the file as UTF-8");
    }
}
