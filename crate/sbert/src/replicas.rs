//! Data parallelism: one run that several workers share (PyTorch Distributed, Li et al. 2020, arXiv 2006.15704).
//!
//! It imports no room. It is separate because training and evaluation both divide their work among replicas.
//!
//! Each replica is a whole session with the same model, pairs and settings. Of every batch it computes its share; the
//! gradients are summed over all replicas, and each takes the same optimiser step. So the replicas stay the same to the
//! last bit, and the run is that of one worker up to rounding, dropout included.

use std::cmp::Reverse;

use crate::error::Error;

/// The replicas of a run, as one of them sees them.
pub trait Replicas {
    /// Which of them this one is, counted from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn n_replicas(&self) -> usize;

    /// Replace `parts`, as long on every replica, by their sums over all replicas (an all-reduce). Every replica gets the
    /// same numbers to the last bit: they are added in the order of the ranks.
    ///
    /// # Errors
    /// [`Error::Replica`] if another replica is lost; `parts` may then hold anything.
    fn sum(&mut self, parts: &mut [Vec<f32>]) -> impl Future<Output = Result<(), Error>>;

    /// Values of some items, one item after the other, on every replica, of which each brings those of its share (an
    /// all-gather). `shares` are the items of each rank, rising; `n_values` says how many values an item has; `mine` are
    /// those of this replica's items.
    ///
    /// # Errors
    /// [`Error::Replica`] if another replica is lost.
    fn all_gather(
        &mut self,
        shares: &[Vec<usize>],
        n_values: impl Fn(usize) -> usize,
        mine: Vec<f32>,
    ) -> impl Future<Output = Result<Vec<f32>, Error>> {
        async move {
            if shares.len() == 1 {
                return Ok(mine);
            }
            let n_items = shares.iter().map(Vec::len).sum();
            let mut share = shares[self.rank()].iter().peekable();
            let mut rest = mine.as_slice();
            let mut all = Vec::new();
            for item in 0..n_items {
                let n_values = n_values(item);
                if share.next_if_eq(&&item).is_some() {
                    let (of_item, after) = rest.split_at(n_values);
                    all.extend_from_slice(of_item);
                    rest = after;
                } else {
                    // Zeros for what the others have: adding a number to zeros doesn't change it.
                    all.resize(all.len() + n_values, 0.0);
                }
            }
            self.sum(std::slice::from_mut(&mut all)).await?;
            Ok(all)
        }
    }
}

/// Add `values` to `sum`, which is as long, element by element.
pub fn add(sum: &mut [f32], values: &[f32]) {
    sbert_kernels::bias::sum_rows(values, sum);
}

/// The one replica of a run that isn't shared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Replicas for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn n_replicas(&self) -> usize {
        1
    }

    async fn sum(&mut self, _parts: &mut [Vec<f32>]) -> Result<(), Error> {
        Ok(())
    }
}

/// Which items each replica takes, by what they cost: the dearest first, each to the replica that has least, so that all
/// are done at about the same time. Rising within a replica.
pub(crate) fn shares(costs: &[usize], n_replicas: usize) -> Vec<Vec<usize>> {
    let mut dearest_first: Vec<usize> = (0..costs.len()).collect();
    dearest_first.sort_by_key(|&item| Reverse(costs[item]));
    let mut shares = vec![(0, Vec::new()); n_replicas];
    for item in dearest_first {
        // The first of several that have least: `min_by_key` keeps to that.
        if let Some((load, share)) = shares.iter_mut().min_by_key(|(load, _)| *load) {
            *load += costs[item];
            share.push(item);
        }
    }
    let in_order = |(_, mut share): (usize, Vec<usize>)| {
        share.sort_unstable();
        share
    };
    shares.into_iter().map(in_order).collect()
}

/// Values of some sentences of `lengths` tokens, one sentence after the other, of which each replica computes a share.
/// `n_values` says how many a sentence of a length has, `compute` gives those of the sentences that it is handed.
///
/// # Errors
/// Those of `compute`, and [`Error::Replica`].
pub(crate) async fn compute_in_shares(
    replicas: &mut impl Replicas,
    lengths: &[usize],
    n_values: impl Fn(usize) -> usize,
    compute: impl AsyncFnOnce(&[usize]) -> Result<Vec<f32>, Error>,
) -> Result<Vec<f32>, Error> {
    let shares = shares(lengths, replicas.n_replicas());
    let share = &shares[replicas.rank()];
    let mine = if share.is_empty() { Vec::new() } else { compute(share).await? };
    replicas.all_gather(&shares, |item| n_values(lengths[item]), mine).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_hold_every_item_once() {
        let costs = [9, 1, 8, 2, 7, 3, 6, 4];
        assert_eq!(shares(&costs, 1), [vec![0, 1, 2, 3, 4, 5, 6, 7]]);
        let two = shares(&costs, 2);
        let mut items = two.concat();
        items.sort_unstable();
        assert_eq!(items, [0, 1, 2, 3, 4, 5, 6, 7]);
        let loads = two.iter().map(|share| share.iter().map(|&item| costs[item]).sum());
        assert_eq!(loads.collect::<Vec<usize>>(), [20, 20]);
        assert_eq!(shares(&[5], 3), [vec![0], vec![], vec![]]);
    }

    #[pollster::test]
    async fn one_replica_computes_everything() {
        let compute = async |items: &[usize]| {
            assert_eq!(items, [0, 1, 2]);
            Ok(vec![1.0, 2.0, 3.0, 4.0])
        };
        let values = compute_in_shares(&mut Alone, &[1, 2, 1], |length| length, compute).await.unwrap();
        assert_eq!(values, [1.0, 2.0, 3.0, 4.0]);
    }
}
