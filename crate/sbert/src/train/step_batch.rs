//! Which pairs a step is made of, and which of them each replica takes.

use burn::tensor::Device;

use super::config::TrainConfig;
use crate::corpus::{BatchPlan, Pair, PairTable};
use crate::objective::{Label, PairTargets};
use crate::replicas::{Replicas, shares};

/// The batches of a run. Those of the epoch in progress are kept.
#[derive(Default)]
pub(super) struct Batches {
    epoch: Option<(usize, BatchPlan)>,
}

impl Batches {
    /// The epoch of a step, counted from 0, and the positions of its pairs.
    pub fn of_step(&mut self, step_idx: usize, table: &PairTable, config: &TrainConfig) -> (usize, Vec<usize>) {
        let n_batches = table.pairs.len().div_ceil(config.batch_size);
        let (epoch, batch_idx) = (step_idx / n_batches, step_idx % n_batches);
        let plan = match self.epoch.take() {
            Some((of_epoch, plan)) if of_epoch == epoch => plan,
            _ if config.shuffle => {
                BatchPlan::shuffled_by_length(table, config.batch_size, u64::from(config.seed), epoch)
            }
            _ => BatchPlan::in_file_order(table.pairs.len(), config.batch_size),
        };
        let batch = plan.batches[batch_idx].clone();
        self.epoch = Some((epoch, plan));
        (epoch, batch)
    }
}

/// The pairs of a step. "Stacked" are its sentences: all first ones, then all second ones.
pub(super) struct StepBatch {
    pairs: Vec<Pair>,
    rank: usize,
    /// By rank: places in the batch of the pairs that a replica takes, rising.
    shares: Vec<Vec<usize>>,
}

impl StepBatch {
    /// The pairs at `positions`, all of them taken by each replica.
    pub fn whole(table: &PairTable, positions: &[usize]) -> Self {
        let pairs = positions.iter().map(|&position| table.pairs[position]).collect();
        Self { pairs, rank: 0, shares: vec![(0..positions.len()).collect()] }
    }

    /// The pairs at `positions`, divided among `replicas`.
    pub fn shared(table: &PairTable, positions: &[usize], replicas: &impl Replicas) -> Self {
        let Self { pairs, .. } = Self::whole(table, positions);
        let n_tokens = |pair: &Pair| table.sentences[pair.sentence_a].len() + table.sentences[pair.sentence_b].len();
        let costs: Vec<usize> = pairs.iter().map(n_tokens).collect();
        Self { pairs, rank: replicas.rank(), shares: shares(&costs, replicas.n_replicas()) }
    }

    /// True if each replica takes only its share.
    pub fn is_shared(&self) -> bool {
        self.shares.len() > 1
    }

    /// Positions of all stacked sentences in the table.
    pub fn stacked(&self) -> Vec<usize> {
        let first = self.pairs.iter().map(|pair| pair.sentence_a);
        first.chain(self.pairs.iter().map(|pair| pair.sentence_b)).collect()
    }

    /// By rank: places among the stacked sentences of those that a replica takes, rising.
    pub fn shares_of_stacked(&self) -> Vec<Vec<usize>> {
        self.shares.iter().map(|share| self.stack(share)).collect()
    }

    /// As [`Self::shares_of_stacked`], of this replica; none if it takes no pair.
    pub fn share_of_stacked(&self) -> Vec<usize> {
        self.stack(&self.shares[self.rank])
    }

    fn stack(&self, share: &[usize]) -> Vec<usize> {
        share.iter().copied().chain(share.iter().map(|place| self.pairs.len() + place)).collect()
    }

    /// True if some pair has such a label.
    pub fn is_labelled(&self, label: Label) -> bool {
        self.pairs.iter().any(|pair| label.is_in(pair.label, pair.score))
    }

    /// Labels of all pairs.
    pub fn targets(&self, n_classes: usize, device: &Device) -> PairTargets {
        let labels = self.pairs.iter().map(|pair| (pair.label, pair.score));
        PairTargets::new(labels, n_classes, device)
    }

    /// Labels of this replica's pairs, whose losses are means over the whole batch.
    pub fn targets_of_share(&self, n_classes: usize, device: &Device) -> PairTargets {
        let of_share = self.shares[self.rank].iter().map(|&place| &self.pairs[place]);
        PairTargets {
            n_classified: self.pairs.iter().filter(|pair| pair.label.is_some()).count(),
            n_scored: self.pairs.iter().filter(|pair| pair.score.is_some()).count(),
            ..PairTargets::new(of_share.map(|pair| (pair.label, pair.score)), n_classes, device)
        }
    }
}
