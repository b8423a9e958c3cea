//! A corpus as a file that this crate, Python and everything else reads.

use serde::Serialize;

use super::{Corpus, Split};

#[derive(Serialize)]
struct JsonRecord<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<&'static str>,
    sentence_a: &'a str,
    sentence_b: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f32>,
}

/// Write a corpus as JSON Lines: `id`, `split` ("train" or "held-out"), `sentence_a`, `sentence_b`, `label` (the class's
/// name) and `score` (0 to 1), less those that a record hasn't got.
///
/// [`read_pairs`](crate::import::read_pairs) with the corpus's classes and the score range 0 to 1 gives the same records.
pub fn write_json_lines(corpus: &Corpus) -> Vec<u8> {
    let mut lines = Vec::new();
    for record in &corpus.records {
        let record = JsonRecord {
            id: &record.id,
            split: record.split.map(|split| match split {
                Split::Train => "train",
                Split::HeldOut => "held-out",
            }),
            sentence_a: &record.sentence_a,
            sentence_b: &record.sentence_b,
            label: record.label.and_then(|label| corpus.classes.get(label)).map(String::as_str),
            score: record.score,
        };
        // Neither text nor numbers fail to become JSON, and writing to memory doesn't fail either.
        if serde_json::to_writer(&mut lines, &record).is_ok() {
            lines.push(b'\n');
        }
    }
    lines
}
