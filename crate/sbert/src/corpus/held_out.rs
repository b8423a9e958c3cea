//! Which pairs are held out: whole groups of pairs that share sentences, so that none is on both sides.

use std::collections::{HashMap, HashSet};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::{PairRecord, Split};
use crate::error::Error;

/// Hold out about `fraction` of the pairs.
///
/// Pairs that share a sentence, directly or through other pairs, are one group; groups come in an order that the seed
/// draws, and each is taken that brings the number of held-out pairs nearer to the fraction. At least one pair is held
/// out and at least one is left, unless `fraction` is 0.
///
/// # Errors
/// [`Error::Corpus`] if the groups are too large for that.
pub(crate) fn hold_out(file: &str, records: &mut [PairRecord], fraction: f64, seed: u32) -> Result<(), Error> {
    records.iter_mut().for_each(|record| record.split = Some(Split::Train));
    if fraction == 0.0 {
        return Ok(());
    }
    let mut groups = groups_of(records);
    let largest = groups.iter().map(Vec::len).max().unwrap_or(0);
    groups.shuffle(&mut ChaCha8Rng::seed_from_u64(u64::from(seed)));
    let target = ((fraction * records.len() as f64).round() as usize).clamp(1, records.len().max(2) - 1);
    let mut n_held_out = 0usize;
    for group in groups {
        let n_after = n_held_out + group.len();
        if n_after < records.len() && n_after.abs_diff(target) < n_held_out.abs_diff(target) {
            n_held_out = n_after;
            group.into_iter().for_each(|position| records[position].split = Some(Split::HeldOut));
        }
    }
    if n_held_out == 0 {
        let problem = format!(
            "{file} can't be split at random: {largest} of its {} pairs are linked by sentences that they share, and a \
             sentence must not be in training and held-out pairs alike. Name a split column, or hold out no pairs",
            records.len()
        );
        return Err(Error::Corpus { problem });
    }
    Ok(())
}

/// Positions of the pairs of each group, in the order of the file.
fn groups_of(records: &[PairRecord]) -> Vec<Vec<usize>> {
    let mut sentence_idx: HashMap<&str, usize> = HashMap::new();
    let mut forest = DisjointSets::default();
    let mut first_sentences = Vec::with_capacity(records.len());
    for record in records {
        let [a, b] = [&record.sentence_a, &record.sentence_b]
            .map(|sentence| *sentence_idx.entry(sentence.as_str()).or_insert_with(|| forest.add()));
        forest.unite(a, b);
        first_sentences.push(a);
    }
    let mut group_idx: HashMap<usize, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (position, sentence) in first_sentences.into_iter().enumerate() {
        let group = *group_idx.entry(forest.root(sentence)).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(position);
    }
    groups
}

/// Disjoint sets of positions (Tarjan 1975, with path halving and union by size).
#[derive(Default)]
struct DisjointSets {
    parents: Vec<usize>,
    sizes: Vec<usize>,
}

impl DisjointSets {
    fn add(&mut self) -> usize {
        self.parents.push(self.parents.len());
        self.sizes.push(1);
        self.parents.len() - 1
    }

    fn root(&mut self, mut position: usize) -> usize {
        while self.parents[position] != position {
            self.parents[position] = self.parents[self.parents[position]];
            position = self.parents[position];
        }
        position
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            let (small, large) = if self.sizes[a] < self.sizes[b] { (a, b) } else { (b, a) };
            self.parents[small] = large;
            self.sizes[large] += self.sizes[small];
        }
    }
}

/// Distinct sentences that are in training pairs and held-out pairs alike.
pub(crate) fn n_leaking_sentences(records: &[PairRecord]) -> usize {
    let sentences_of = |split: Split| -> HashSet<&str> {
        let pairs = records.iter().filter(|record| record.split == Some(split));
        pairs.flat_map(|record| [record.sentence_a.as_str(), record.sentence_b.as_str()]).collect()
    };
    sentences_of(Split::Train).intersection(&sentences_of(Split::HeldOut)).count()
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    fn records(pairs: &[(usize, usize)]) -> Vec<PairRecord> {
        let record = |&(a, b): &(usize, usize)| PairRecord {
            id: String::new(),
            split: None,
            sentence_a: a.to_string(),
            sentence_b: b.to_string(),
            label: Some(0),
            score: None,
        };
        pairs.iter().map(record).collect()
    }

    fn n_held_out(records: &[PairRecord]) -> usize {
        records.iter().filter(|record| record.split == Some(Split::HeldOut)).count()
    }

    #[test]
    fn no_sentence_is_on_both_sides() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut n_split = 0;
        for seed in 0..300 {
            let n_pairs = rng.random_range(1..60);
            // From many shared sentences to few.
            let n_sentences = rng.random_range(2..200);
            let pairs: Vec<(usize, usize)> =
                (0..n_pairs).map(|_| (rng.random_range(0..n_sentences), rng.random_range(0..n_sentences))).collect();
            let mut drawn = records(&pairs);
            let fraction = rng.random_range(0.01..0.99);
            if hold_out("a.tsv", &mut drawn, fraction, seed).is_ok() {
                n_split += 1;
                assert_eq!(n_leaking_sentences(&drawn), 0);
                assert!((1..n_pairs).contains(&n_held_out(&drawn)));
                let mut again = records(&pairs);
                hold_out("a.tsv", &mut again, fraction, seed).unwrap();
                assert_eq!(drawn, again);
            }
        }
        assert!(n_split > 100, "only {n_split} corpora could be split");
    }

    #[test]
    fn the_fraction_is_met_where_groups_allow() {
        let singles: Vec<(usize, usize)> = (0..1000).map(|n| (2 * n, 2 * n + 1)).collect();
        let mut drawn = records(&singles);
        hold_out("a.tsv", &mut drawn, 0.2, 1).unwrap();
        assert_eq!(n_held_out(&drawn), 200);
        let mut other = records(&singles);
        hold_out("a.tsv", &mut other, 0.2, 2).unwrap();
        assert_ne!(drawn, other);
        // SNLI has three hypotheses for each premise.
        let triples: Vec<(usize, usize)> = (0..999).map(|n| (n / 3, 1000 + n)).collect();
        let mut drawn = records(&triples);
        hold_out("a.tsv", &mut drawn, 0.2, 1).unwrap();
        assert!((199..=201).contains(&n_held_out(&drawn)));
        // A group of 90 in 100 is passed over, whenever it comes.
        let lopsided: Vec<(usize, usize)> = (0..100).map(|n| (if n < 90 { 0 } else { n }, 200 + n)).collect();
        for seed in 0..20 {
            let mut drawn = records(&lopsided);
            hold_out("a.tsv", &mut drawn, 0.2, seed).unwrap();
            assert_eq!(n_held_out(&drawn), 10);
        }
        hold_out("a.tsv", &mut drawn, 0.0, 1).unwrap();
        assert_eq!(n_held_out(&drawn), 0);
    }

    #[test]
    fn one_large_group_is_an_error_that_explains() {
        let chain: Vec<(usize, usize)> = (0..50).map(|n| (n, n + 1)).collect();
        let message = hold_out("a.tsv", &mut records(&chain), 0.2, 1).unwrap_err().to_string();
        assert!(message.contains("50 of its 50 pairs are linked") && message.contains("split column"), "{message}");
    }

    #[test]
    fn leaking_sentences_are_counted_once() {
        let mut leaking = records(&[(0, 1), (0, 2), (1, 0), (3, 4)]);
        leaking[2].split = Some(Split::HeldOut);
        leaking[3].split = Some(Split::HeldOut);
        leaking[..2].iter_mut().for_each(|record| record.split = Some(Split::Train));
        assert_eq!(n_leaking_sentences(&leaking), 2);
    }
}
