//! How much of a run's work is done.

use crate::corpus::PairTable;

/// Work of one pair's head, loss and optimiser step, in units of encoding one token: a rough estimate, which decides
/// only how the progress of later epochs over a frozen encoder is counted.
const HEAD_WORK_PER_PAIR: f64 = 0.2;

/// Work done, in tokens encoded. Steps differ in cost, since a frozen encoder encodes a sentence only once.
#[derive(Debug)]
pub(super) struct Progress {
    /// With a frozen encoder: by the sentence's position, whether it has been encoded.
    encoded: Option<Vec<bool>>,
    done: f64,
    total: f64,
}

impl Progress {
    /// A run of `n_epochs` over `table` that has not begun.
    pub fn new(table: &PairTable, n_epochs: usize, encoder_is_frozen: bool) -> Self {
        let n_tokens = |position: usize| table.sentences[position].len() as f64;
        let encoder_work: f64 = if encoder_is_frozen {
            (0..table.sentences.len()).map(n_tokens).sum()
        } else {
            let sides = table.pairs.iter().flat_map(|pair| [pair.sentence_a, pair.sentence_b]);
            n_epochs as f64 * sides.map(n_tokens).sum::<f64>()
        };
        Self {
            encoded: encoder_is_frozen.then(|| vec![false; table.sentences.len()]),
            done: 0.0,
            total: encoder_work + HEAD_WORK_PER_PAIR * (table.pairs.len() * n_epochs) as f64,
        }
    }

    /// Count a step over the pairs at the positions in `batch`.
    pub fn add(&mut self, table: &PairTable, batch: &[usize]) {
        for pair in batch.iter().map(|&position| &table.pairs[position]) {
            for sentence in [pair.sentence_a, pair.sentence_b] {
                let is_new = match &mut self.encoded {
                    Some(encoded) => !std::mem::replace(&mut encoded[sentence], true),
                    None => true,
                };
                if is_new {
                    self.done += table.sentences[sentence].len() as f64;
                }
            }
        }
        self.done += HEAD_WORK_PER_PAIR * batch.len() as f64;
    }

    /// Fraction of the run's work that is done, 0 to 1.
    pub fn fraction(&self) -> f64 {
        (self.done / self.total).min(1.0)
    }
}
