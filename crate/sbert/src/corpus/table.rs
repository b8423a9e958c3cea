//! Records, tokenized: each distinct sentence once, and pairs that point at them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::PairRecord;
use crate::error::Error;
use crate::text::TextTokenizer;

/// A pair of sentences by position in its [`PairTable`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Position of the first sentence.
    pub sentence_a: usize,
    /// Position of the second sentence.
    pub sentence_b: usize,
    /// Index of the class.
    pub label: Option<usize>,
    /// Similarity, 0 to 1.
    pub score: Option<f32>,
}

/// The sentences of some pairs, each distinct one once, and the pairs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PairTable {
    /// Token ids of each distinct sentence.
    pub sentences: Vec<Vec<u32>>,
    /// The pairs, in the records' order.
    pub pairs: Vec<Pair>,
    /// Distinct sentences that were cut to the longest sequence.
    pub n_truncated: usize,
}

impl PairTable {
    /// Tokenize the records' sentences.
    ///
    /// # Errors
    /// [`Error::Tokenizer`] if the tokenizer rejects a sentence.
    pub fn new<'a>(
        records: impl IntoIterator<Item = &'a PairRecord>,
        tokenizer: &TextTokenizer,
    ) -> Result<Self, Error> {
        let mut builder = PairTableBuilder::default();
        records.into_iter().try_for_each(|record| builder.add(record, tokenizer))?;
        Ok(builder.finish())
    }

    /// Tokens of all pairs, both sides.
    pub fn n_tokens(&self) -> usize {
        let sides = self.pairs.iter().flat_map(|pair| [pair.sentence_a, pair.sentence_b]);
        sides.map(|sentence| self.sentences[sentence].len()).sum()
    }

    /// A number that is the same for the same pairs in the same order, and hardly ever for others (FNV-1a, 64 bits).
    pub fn fingerprint(&self) -> u64 {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut absorb = |value: u64| {
            for byte in value.to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        for pair in &self.pairs {
            for position in [pair.sentence_a, pair.sentence_b] {
                absorb(self.sentences[position].len() as u64);
                self.sentences[position].iter().for_each(|&id| absorb(u64::from(id)));
            }
            // No class and no score have numbers of their own, which no class or score has.
            absorb(pair.label.map_or(u64::MAX, |label| label as u64));
            absorb(pair.score.map_or(u64::MAX, |score| u64::from(score.to_bits())));
        }
        hash
    }

    /// Check that every class is one of the `n_classes` of a head.
    ///
    /// # Errors
    /// [`Error::Corpus`] if one isn't.
    pub(crate) fn check_labels(&self, n_classes: usize) -> Result<(), Error> {
        match self.pairs.iter().filter_map(|pair| pair.label).max() {
            Some(label) if label >= n_classes => Err(Error::Corpus {
                problem: format!("the pairs have {} classes or more, but the model's head has {n_classes}", label + 1),
            }),
            _ => Ok(()),
        }
    }

    /// Tokens of the longer sentence of a pair, which decides how far its batch is padded.
    pub fn seq_length(&self, pair: &Pair) -> usize {
        self.sentences[pair.sentence_a].len().max(self.sentences[pair.sentence_b].len())
    }
}

/// A [`PairTable`] in the making, for callers that do something else between two records.
#[derive(Default)]
pub struct PairTableBuilder {
    table: PairTable,
    /// Of each distinct sentence.
    positions: HashMap<String, usize>,
}

impl PairTableBuilder {
    /// Tokenize the sentences of a record that are new.
    ///
    /// # Errors
    /// [`Error::Tokenizer`] if the tokenizer rejects a sentence.
    pub fn add(&mut self, record: &PairRecord, tokenizer: &TextTokenizer) -> Result<(), Error> {
        let sentence_a = self.position_of(&record.sentence_a, tokenizer)?;
        let sentence_b = self.position_of(&record.sentence_b, tokenizer)?;
        self.table.pairs.push(Pair { sentence_a, sentence_b, label: record.label, score: record.score });
        Ok(())
    }

    fn position_of(&mut self, sentence: &str, tokenizer: &TextTokenizer) -> Result<usize, Error> {
        if let Some(&position) = self.positions.get(sentence) {
            return Ok(position);
        }
        let tokenized = tokenizer.tokenize(sentence)?;
        let position = self.table.sentences.len();
        self.table.n_truncated += usize::from(tokenized.truncated);
        self.table.sentences.push(tokenized.ids);
        self.positions.insert(sentence.to_owned(), position);
        Ok(position)
    }

    /// The table of all records so far.
    pub fn finish(self) -> PairTable {
        self.table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tests::tiny_tokenizer_json;

    #[test]
    fn distinct_sentences_stand_once() {
        let tokenizer = TextTokenizer::from_bytes(&tiny_tokenizer_json(&["a", "b"]), 6, 4).unwrap();
        let record = |a: &str, b: &str| PairRecord {
            id: String::new(),
            split: None,
            sentence_a: a.to_owned(),
            sentence_b: b.to_owned(),
            label: Some(0),
            score: None,
        };
        let records = [record("a", "b"), record("a", "a b a b a")];
        let table = PairTable::new(&records, &tokenizer).unwrap();
        assert_eq!(table.sentences.len(), 3);
        assert_eq!((table.pairs[1].sentence_a, table.pairs[1].sentence_b), (0, 2));
        assert_eq!(table.n_truncated, 1);
        assert_eq!(table.seq_length(&table.pairs[1]), 4);
    }

    #[test]
    fn a_fingerprint_is_of_sentences_and_labels() {
        let table = |ids: &[u32], label, score| PairTable {
            sentences: vec![ids.to_vec(), vec![1, 2]],
            pairs: vec![Pair { sentence_a: 0, sentence_b: 1, label, score }],
            n_truncated: 0,
        };
        let fingerprint = table(&[1, 5, 2], Some(0), Some(0.5)).fingerprint();
        assert_eq!(fingerprint, table(&[1, 5, 2], Some(0), Some(0.5)).fingerprint());
        for other in [
            table(&[1, 6, 2], Some(0), Some(0.5)),
            table(&[1, 5, 2], None, Some(0.5)),
            table(&[1, 5, 2], Some(0), None),
        ] {
            assert_ne!(fingerprint, other.fingerprint());
        }
    }
}
