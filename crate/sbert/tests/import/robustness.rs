//! Whatever the bytes, an answer; however large the file, a pass that stops between rows; what is written reads back.

use std::io::Read;

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sbert::corpus::{Corpus, PairRecord, Split, write_json_lines};
use sbert::import::{HeldOut, ImportPass, ImportPlan, InspectionPass, ReadOptions, read_pairs};

use super::{import, inspect, load};

#[test]
fn any_bytes_get_an_answer() {
    const PIECES: [&[u8]; 22] = [
        b"sentence_a",
        b"sentence_b",
        b"label",
        b"score",
        b"split",
        b"\t",
        b",",
        b";",
        b"\n",
        b"\r\n",
        b"\r",
        b"\"",
        b"\"\"",
        b"{",
        b"}",
        b"{\"sentence1\":\"a\",\"sentence2\":\"b\",\"label\":",
        b"\0",
        b"\xFF",
        b"1",
        b"2,5",
        b"yes",
        b"\xFF\xFE",
    ];
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (mut n_inspected, mut n_imported) = (0, 0);
    for round in 0..6000 {
        let mut bytes = Vec::new();
        // Every other file is a table at first sight, or most of it would never be read as one.
        let delimiter = ["\t", ",", ";"].choose(&mut rng).unwrap();
        for n in 0..rng.random_range(0..60) {
            match rng.random_range(0..20) {
                0 => bytes.push(rng.random()),
                1..10 if round % 2 == 0 => {
                    let label = ["yes", "no\n"][n % 2];
                    bytes.extend_from_slice(format!("A dog {n}{delimiter}A cat {n}{delimiter}{label}\n").as_bytes());
                }
                _ => bytes.extend_from_slice(PIECES.choose(&mut rng).unwrap()),
            }
        }
        let file = ["a.tsv", "a.csv", "a.jsonl"][rng.random_range(0..3)];
        // Errors are answers too; the strict reader's are the same kind.
        let _ = read_pairs(file, &bytes, &ReadOptions::default());
        let Ok(inspection) = inspect(file, &bytes) else { continue };
        n_inspected += 1;
        assert!(inspection.preview.iter().all(|cells| cells.len() <= inspection.columns.len()));
        let mut column = || rng.random_bool(0.8).then(|| rng.random_range(0..6));
        let any_plan = ImportPlan {
            sentence_a: Some(0),
            sentence_b: Some(1),
            label: column(),
            score: column(),
            split: column(),
            classes: vec!["yes".to_owned(), "1".to_owned()],
            ..inspection.plan.clone()
        };
        for plan in [inspection.plan, any_plan] {
            if let Ok((corpus, report)) = import(file, &bytes, &plan) {
                n_imported += 1;
                let n_skipped: usize = report.skipped.iter().map(|rows| rows.n_rows).sum();
                assert_eq!(report.n_rows, report.n_pairs + report.n_unlabelled + n_skipped);
                assert_eq!(report.n_pairs, corpus.records.len());
                assert!(report.n_rows == inspection.n_rows && report.n_pairs > 0);
            }
        }
    }
    assert!(n_inspected > 1000 && n_imported > 1000, "{n_inspected} inspected, {n_imported} imported");
}

/// A file that is never in memory.
struct Generated {
    n_rows: usize,
    row: usize,
    text: Vec<u8>,
}

impl Read for Generated {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.text.is_empty() && self.row < self.n_rows {
            let n = self.row;
            let score = (n % 51) as f64 / 10.0;
            self.text =
                format!("\"Sentence number {n}, with \"\"words\"\".\",Another one of {n},{score}\r\n").into_bytes();
            self.row += 1;
        }
        let n_bytes = self.text.len().min(buffer.len());
        buffer[..n_bytes].copy_from_slice(&self.text[..n_bytes]);
        self.text.drain(..n_bytes);
        Ok(n_bytes)
    }
}

#[test]
fn a_hundred_thousand_rows_in_small_steps() {
    let generated = || Generated { n_rows: 100_000, row: 0, text: Vec::new() };
    let n_bytes = std::io::copy(&mut generated(), &mut std::io::sink()).unwrap();
    let mut pass = InspectionPass::new("a.csv", n_bytes, generated()).unwrap();
    let (mut n_steps, mut last_fraction) = (0, 0.0);
    while pass.advance(1000).unwrap() {
        n_steps += 1;
        assert_eq!(pass.n_rows(), 1000 * n_steps);
        assert!(pass.fraction() >= last_fraction && pass.fraction() <= 1.0);
        last_fraction = pass.fraction();
    }
    assert_eq!((n_steps, pass.fraction()), (100, 1.0));
    let inspection = pass.finish().unwrap();
    assert_eq!((inspection.n_rows, inspection.question), (100_000, None));
    let (corpus, report) = ImportPass::new("a.csv", n_bytes, generated(), inspection.plan).unwrap().finish().unwrap();
    assert_eq!((report.n_rows, report.n_pairs), (100_000, 100_000));
    assert_eq!(corpus.of_split(Split::HeldOut).count(), 20_000);
}

#[test]
fn what_is_written_reads_back() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let record = |n: usize| PairRecord {
        id: format!("{n} \"x\""),
        split: Some(if n.is_multiple_of(3) { Split::HeldOut } else { Split::Train }),
        sentence_a: format!("line\nbreak\t\"{n}\" <b>, \u{2028}🐕\u{7}"),
        sentence_b: "\\ { } [".to_owned(),
        label: (!n.is_multiple_of(4)).then_some(n % 2),
        score: (n.is_multiple_of(4) || !n.is_multiple_of(5)).then(|| rng.random::<f32>()),
    };
    let mut corpus = Corpus {
        classes: vec!["-1".to_owned(), "0".to_owned()],
        records: (0..500).map(record).collect(),
        n_skipped: 0,
    };
    let options = ReadOptions { classes: corpus.classes.clone(), score_range: 0.0..=1.0 };
    assert_eq!(read_pairs("a.jsonl", &write_json_lines(&corpus), &options).unwrap(), corpus);
    corpus.records.iter_mut().for_each(|record| record.split = None);
    assert_eq!(read_pairs("a.jsonl", &write_json_lines(&corpus), &options).unwrap(), corpus);
}

#[test]
fn an_import_that_is_written_imports_again() {
    let text: String =
        (0..60).map(|n| format!("The dog {n}\tA dog {}\t{}\t0.{n}\n", n / 2, ["b", "a"][n % 2])).collect();
    let (_, corpus, _) = load("a.tsv", &format!("sentence_a\tsentence_b\tlabel\tscore\n{text}"));
    let (inspection, again, _) = load("pairs.jsonl", &String::from_utf8(write_json_lines(&corpus)).unwrap());
    assert_eq!((inspection.plan.held_out, again), (HeldOut::ByColumn, corpus));
}
