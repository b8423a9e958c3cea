//! A run in preparation: its pairs are tokenized, a piece at a time.

use sbert::Error;
use sbert::corpus::{Corpus, PairTableBuilder, Split};
use sbert::text::TextTokenizer;
use sbert::train::TrainConfig;

use crate::protocol::RunCheckpoint;

/// Bytes of text that are tokenized before commands are handled again: some tens of milliseconds of work.
pub(super) const PIECE_BYTES: usize = 64 << 10;

/// What a run is to be, and the pairs that are tokenized so far.
pub(super) struct Preparation {
    pub config: TrainConfig,
    /// Where it continues; none if it begins.
    pub checkpoint: Option<RunCheckpoint>,
    /// As in [`Command::Train`](crate::protocol::Command::Train).
    pub n_workers: Option<usize>,
    /// True if it takes no step.
    pub is_over: bool,
    /// True if the run is to be held before its first step.
    pub is_held: bool,
    /// The training pairs.
    pub train: PairTableBuilder,
    /// The held-out pairs.
    pub held_out: PairTableBuilder,
    n_tokenized: usize,
}

impl Preparation {
    pub fn new(
        config: TrainConfig,
        checkpoint: Option<RunCheckpoint>,
        n_workers: Option<usize>,
        is_over: bool,
    ) -> Self {
        let (train, held_out) = (PairTableBuilder::default(), PairTableBuilder::default());
        Self { config, checkpoint, n_workers, is_over, is_held: false, train, held_out, n_tokenized: 0 }
    }

    /// Pairs that are tokenized.
    pub fn n_tokenized(&self) -> usize {
        self.n_tokenized
    }

    /// Tokenize the next pairs of `corpus`, the same at each call; `false` once all of them are done.
    pub fn advance(&mut self, corpus: &Corpus, tokenizer: &TextTokenizer) -> Result<bool, Error> {
        let mut n_bytes = 0;
        for record in &corpus.records[self.n_tokenized..] {
            if n_bytes >= PIECE_BYTES {
                return Ok(true);
            }
            match record.split {
                Some(Split::HeldOut) => self.held_out.add(record, tokenizer)?,
                _ => self.train.add(record, tokenizer)?,
            }
            n_bytes += record.sentence_a.len() + record.sentence_b.len();
            self.n_tokenized += 1;
        }
        Ok(false)
    }
}
