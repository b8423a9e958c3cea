//! Token ids of 2,000 awkward lines against the Python tokenizers', by tokenizer.json and by vocab.txt alone.

use sbert::pretrained::FileBytes;
use sbert::text::{MAX_SEQ_LENGTH, TextTokenizer};

use crate::compare::print_leg;
use crate::files::read;
use crate::folders::tokenizer_of;

/// One JSON value a line: a header with the versions, then `[text, [ids]]`.
const FIXTURE: &str = include_str!("tokenization.jsonl");
const FOLDER: &str = "tests/models/all-MiniLM-L6-v2";
const N_LINES: usize = 2_000;
/// Rows of all-MiniLM-L6-v2's word embeddings.
const VOCAB_SIZE: usize = 30_522;

pub async fn check() {
    let json = read(&format!("{FOLDER}/tokenizer.json")).await;
    let mut files = Vec::new();
    for name in ["config.json", "vocab.txt", "tokenizer_config.json"] {
        files.push((name.to_owned(), Box::new(read(&format!("{FOLDER}/{name}")).await) as Box<dyn FileBytes>));
    }
    let of_vocabulary = tokenizer_of(files).tokenizer;
    let tokenizer = TextTokenizer::from_bytes(&json, VOCAB_SIZE, MAX_SEQ_LENGTH).unwrap();
    let mut n_lines = 0;
    for line in FIXTURE.lines().skip(1) {
        let (text, expected): (String, Vec<u32>) = serde_json::from_str(line).unwrap();
        let actual = tokenizer.tokenize(&text).unwrap().ids;
        assert_eq!(actual, expected, "{text:?}");
        assert_eq!(of_vocabulary.tokenize(&text).unwrap().ids, expected, "{text:?}, by vocab.txt");
        n_lines += 1;
    }
    assert_eq!(n_lines, N_LINES);
    print_leg("token ids", &format!("{n_lines} awkward lines equal"));
}
