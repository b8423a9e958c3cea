//! Which pairs go into which step of an epoch. The seed alone decides it.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::PairTable;

/// How many batches of shuffled pairs are sorted by length together.
///
/// More would pad less but let the batches' make-up depend more on length; with 16, padding stays under 10 % of the
/// tokens (see the test below).
const BATCHES_PER_BUCKET: usize = 16;

/// The batches of one epoch: positions of pairs in their [`PairTable`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchPlan {
    /// One list of pair positions a step; each pair is in exactly one.
    pub batches: Vec<Vec<usize>>,
}

impl BatchPlan {
    /// Pairs in file order.
    pub fn in_file_order(n_pairs: usize, batch_size: usize) -> Self {
        let positions: Vec<usize> = (0..n_pairs).collect();
        Self { batches: positions.chunks(batch_size).map(<[usize]>::to_vec).collect() }
    }

    /// Pairs shuffled by `seed` and `epoch`, then batched with pairs of like length, then the batches shuffled.
    pub fn shuffled_by_length(table: &PairTable, batch_size: usize, seed: u64, epoch: usize) -> Self {
        // A stream an epoch: every epoch has an order of its own, and none depends on how far another was drawn.
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(epoch as u64);
        let mut positions: Vec<usize> = (0..table.pairs.len()).collect();
        positions.shuffle(&mut rng);
        for bucket in positions.chunks_mut(batch_size * BATCHES_PER_BUCKET) {
            bucket.sort_by_key(|&position| table.seq_length(&table.pairs[position]));
        }
        let mut batches: Vec<Vec<usize>> = positions.chunks(batch_size).map(<[usize]>::to_vec).collect();
        batches.shuffle(&mut rng);
        Self { batches }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Pair;

    fn table(n_pairs: usize) -> PairTable {
        let sentences: Vec<Vec<u32>> = (0..n_pairs).map(|n| vec![1; 3 + (n * 7) % 20]).collect();
        let pairs =
            (0..n_pairs).map(|n| Pair { sentence_a: n, sentence_b: n, label: None, score: Some(0.0) }).collect();
        PairTable { sentences, pairs, n_truncated: 0 }
    }

    #[test]
    fn every_pair_comes_once_an_epoch() {
        let table = table(1003);
        let plan = BatchPlan::shuffled_by_length(&table, 16, 1, 0);
        let mut seen: Vec<usize> = plan.batches.iter().flatten().copied().collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..1003).collect::<Vec<_>>());
        assert_eq!(plan.batches.len(), 63);
    }

    #[test]
    fn the_seed_and_the_epoch_decide_the_order() {
        let table = table(100);
        let plan = |seed, epoch| BatchPlan::shuffled_by_length(&table, 16, seed, epoch);
        assert_eq!(plan(1, 0), plan(1, 0));
        assert_ne!(plan(1, 0), plan(2, 0));
        assert_ne!(plan(1, 0), plan(1, 1));
    }

    #[test]
    fn batches_hold_pairs_of_like_length() {
        let table = table(1000);
        let padded = |plan: &BatchPlan| -> usize {
            plan.batches
                .iter()
                .map(|batch| batch.len() * batch.iter().map(|&p| table.seq_length(&table.pairs[p])).max().unwrap())
                .sum()
        };
        let n_tokens: usize = table.pairs.iter().map(|pair| table.seq_length(pair)).sum();
        let bucketed = padded(&BatchPlan::shuffled_by_length(&table, 16, 3, 0));
        assert!(bucketed * 10 < n_tokens * 11, "{bucketed} of {n_tokens}");
        assert!(padded(&BatchPlan::in_file_order(1000, 16)) > bucketed);
    }

    #[test]
    fn file_order_is_kept() {
        assert_eq!(BatchPlan::in_file_order(5, 2).batches, [vec![0, 1], vec![2, 3], vec![4]]);
    }
}
