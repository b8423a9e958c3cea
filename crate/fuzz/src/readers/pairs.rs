//! Files of pairs, in every layout and encoding.

use sbert::import::{ImportPass, ImportPlan, InspectionPass, ReadOptions, TextEncoding, read_pairs};

const NAMES: [&str; 3] = ["a.tsv", "a.csv", "a.jsonl"];
/// Said by the visitor.
const ENCODINGS: [Option<TextEncoding>; 5] = [
    None,
    Some(TextEncoding::Utf8),
    Some(TextEncoding::Windows1252),
    Some(TextEncoding::Utf16Le),
    Some(TextEncoding::Utf16Be),
];

/// Inspect, then import as the guess says and as somebody else may. The length of the file chooses its name, and whether
/// the encoding is guessed.
pub fn read(bytes: &[u8]) -> bool {
    let name = NAMES[bytes.len() % NAMES.len()];
    match bytes.len() / NAMES.len() % 8 {
        // Errors are answers too.
        0 => read_pairs(name, bytes, &ReadOptions::default()).is_ok(),
        choice => inspect_and_import(name, bytes, ENCODINGS.get(choice).copied().flatten()),
    }
}

fn inspect_and_import(name: &str, bytes: &[u8], encoding: Option<TextEncoding>) -> bool {
    let n_bytes = bytes.len() as u64;
    let inspected = InspectionPass::with_encoding(name, n_bytes, bytes, encoding).and_then(InspectionPass::finish);
    let Ok(inspection) = inspected else { return false };
    assert!(inspection.preview.iter().all(|cells| cells.len() <= inspection.columns.len()));
    let other = ImportPlan {
        sentence_a: Some(1),
        sentence_b: Some(0),
        label: Some(2),
        classes: vec!["yes".to_owned(), "1".to_owned()],
        drop_duplicates: !inspection.plan.drop_duplicates,
        ..inspection.plan.clone()
    };
    [inspection.plan, other].map(|plan| {
        let pass = ImportPass::new(name, n_bytes, bytes, plan);
        let Ok((corpus, report)) = pass.and_then(ImportPass::finish) else { return false };
        let n_skipped: usize = report.skipped.iter().map(|rows| rows.n_rows).sum();
        assert_eq!(report.n_rows, report.n_pairs + report.n_unlabelled + n_skipped);
        assert_eq!((report.n_rows, report.n_pairs), (inspection.n_rows, corpus.records.len()));
        let in_range = |score: f32| (0.0..=1.0).contains(&score);
        assert!(corpus.records.iter().all(|record| record.score.is_none_or(in_range)));
        true
    })[0]
}
