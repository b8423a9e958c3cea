//! How much of a run's work is done.

use crate::corpus::PairTable;

/// Work of one pair's head, loss and optimiser step, in units of encoding one token: a rough estimate, which decides
/// only how the progress of later epochs over a frozen encoder is counted.
const HEAD_WORK_PER_PAIR: f64 = 0.2;
/// Work of a backward pass, in units of its forward pass: gradients of the input and of the weights.
const BACKWARD_WORK: f64 = 2.0;

/// Work that a token costs, in units of passing it through the whole encoder.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenWork {
    /// The first time its sentence comes by: what frozen layers make of it is kept.
    once: f64,
    /// Every time.
    always: f64,
}

impl TokenWork {
    /// Of an encoder of `n_layers`, the first `n_kept` of which are computed once and the last `n_trained` trained.
    pub fn new(n_layers: usize, n_kept: usize, n_trained: usize) -> Self {
        let part = |n: usize| n as f64 / n_layers.max(1) as f64;
        Self { once: part(n_kept), always: part(n_layers - n_kept) + BACKWARD_WORK * part(n_trained) }
    }
}

/// Work done. Steps differ in cost, since what is frozen is computed only once for each sentence.
#[derive(Debug)]
pub(super) struct Progress {
    work: TokenWork,
    /// By the sentence's position, whether it has come by.
    seen: Vec<bool>,
    done: f64,
    total: f64,
}

impl Progress {
    /// A run of `n_epochs` over `table` that has not begun.
    pub fn new(table: &PairTable, n_epochs: usize, work: TokenWork) -> Self {
        let n_tokens = |position: usize| table.sentences[position].len() as f64;
        let in_pairs = table.pairs.iter().flat_map(|pair| [pair.sentence_a, pair.sentence_b]);
        let distinct: f64 = (0..table.sentences.len()).map(n_tokens).sum();
        let tokens_work = work.once * distinct + work.always * n_epochs as f64 * in_pairs.map(n_tokens).sum::<f64>();
        Self {
            work,
            seen: vec![false; table.sentences.len()],
            done: 0.0,
            total: tokens_work + HEAD_WORK_PER_PAIR * (table.pairs.len() as f64 * n_epochs as f64),
        }
    }

    /// Count a step over the pairs at the positions in `batch`.
    pub fn add(&mut self, table: &PairTable, batch: &[usize]) {
        for pair in batch.iter().map(|&position| &table.pairs[position]) {
            for sentence in [pair.sentence_a, pair.sentence_b] {
                let was_seen = std::mem::replace(&mut self.seen[sentence], true);
                let work = if was_seen { self.work.always } else { self.work.always + self.work.once };
                self.done += work * table.sentences[sentence].len() as f64;
            }
        }
        self.done += HEAD_WORK_PER_PAIR * batch.len() as f64;
    }

    /// Fraction of the run's work that is done, 0 to 1.
    pub fn fraction(&self) -> f64 {
        (self.done / self.total).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Pair;

    #[test]
    fn what_is_kept_counts_once_and_the_end_is_one() {
        let pair = |sentence_a, sentence_b| Pair { sentence_a, sentence_b, label: None, score: Some(0.5) };
        let table = PairTable {
            sentences: vec![vec![1; 10], vec![1; 20]],
            pairs: vec![pair(0, 1), pair(1, 0)],
            n_truncated: 0,
        };
        for (n_kept, n_trained) in [(0, 6), (4, 2), (6, 0)] {
            let mut progress = Progress::new(&table, 2, TokenWork::new(6, n_kept, n_trained));
            let steps = [0, 1, 0, 1].map(|pair| {
                let before = progress.fraction();
                progress.add(&table, &[pair]);
                progress.fraction() - before
            });
            assert!((progress.fraction() - 1.0).abs() < 1e-12, "{n_kept} kept");
            assert_eq!(steps[0] > 1.01 * steps[1], n_kept > 0, "{n_kept} kept: {steps:?}");
            assert!((steps[1] - steps[3]).abs() < 1e-12, "{n_kept} kept: {steps:?}");
        }
    }
}
