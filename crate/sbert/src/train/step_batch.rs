//! Which pairs a step is made of, which of them a replica takes, and their embeddings.

use super::session::Session;
use crate::corpus::BatchPlan;
use crate::encoder::{DropoutStream, PackedTokens, TokenBatch};
use crate::error::Error;
use crate::model::PairEmbeddings;
use crate::objective::PairTargets;
use crate::replicas::{Replicas, shares};

impl Session {
    /// The epoch of a step, counted from 0, and the positions of its pairs.
    pub(super) fn batch_of(&mut self, step_idx: usize) -> (usize, Vec<usize>) {
        let steps_per_epoch = self.schedule.n_steps / self.config.epochs;
        let (epoch, batch_idx) = (step_idx / steps_per_epoch, step_idx % steps_per_epoch);
        let plan = match self.plan.take() {
            Some((of_epoch, plan)) if of_epoch == epoch => plan,
            _ => self.plan_epoch(epoch),
        };
        let batch = plan.batches[batch_idx].clone();
        self.plan = Some((epoch, plan));
        (epoch, batch)
    }

    fn plan_epoch(&self, epoch: usize) -> BatchPlan {
        if self.config.shuffle {
            BatchPlan::shuffled_by_length(&self.table, self.config.batch_size, u64::from(self.config.seed), epoch)
        } else {
            BatchPlan::in_file_order(self.table.pairs.len(), self.config.batch_size)
        }
    }

    /// True if the replicas compute their own gradients. Over a frozen encoder a step takes milliseconds once the
    /// sentences are encoded: every replica takes the whole of it, and there is nothing to sum.
    pub(super) fn shares_steps(&self, replicas: &impl Replicas) -> bool {
        replicas.n_replicas() > 1 && self.frozen.is_none()
    }

    /// Places in `batch` of the pairs that this replica takes; may be none.
    pub(super) fn share_of(&self, batch: &[usize], replicas: &impl Replicas) -> Vec<usize> {
        if !self.shares_steps(replicas) {
            return (0..batch.len()).collect();
        }
        let n_tokens = |&position: &usize| {
            let pair = &self.table.pairs[position];
            self.table.sentences[pair.sentence_a].len() + self.table.sentences[pair.sentence_b].len()
        };
        let costs: Vec<usize> = batch.iter().map(n_tokens).collect();
        shares(&costs, replicas.n_replicas()).swap_remove(replicas.rank())
    }

    /// Labels of the pairs at the places `share` of `batch`; their losses are means over all of `batch`.
    pub(super) fn targets_of(&self, batch: &[usize], share: &[usize]) -> PairTargets {
        let labels = |place: usize| {
            let pair = &self.table.pairs[batch[place]];
            (pair.label, pair.score)
        };
        PairTargets {
            n_classified: (0..batch.len()).filter(|&place| labels(place).0.is_some()).count(),
            n_scored: (0..batch.len()).filter(|&place| labels(place).1.is_some()).count(),
            ..PairTargets::new(share.iter().map(|&place| labels(place)), self.model.head.n_classes(), &self.device)
        }
    }

    /// Embeddings of the pairs at the places `share` of `batch`, both sides in one forward pass, or from the store where
    /// the encoder is frozen; none if there are no such pairs.
    pub(super) async fn embed(
        &mut self,
        batch: &[usize],
        share: &[usize],
        replicas: &mut impl Replicas,
    ) -> Result<Option<PairEmbeddings>, Error> {
        // Stacked: first all first sentences, then all second ones.
        let pairs = || batch.iter().map(|&position| self.table.pairs[position]);
        let stacked: Vec<usize> =
            pairs().map(|pair| pair.sentence_a).chain(pairs().map(|pair| pair.sentence_b)).collect();
        let places: Vec<usize> = share.iter().copied().chain(share.iter().map(|place| batch.len() + place)).collect();
        let positions: Vec<usize> = places.iter().map(|&place| stacked[place]).collect();
        if let Some((encoder, store)) = &mut self.frozen {
            store.fill(encoder, &self.table.sentences, &stacked, self.pad_id, replicas).await?;
            return Ok(Some(PairEmbeddings::from_stacked(store.gather(&positions, &self.device))));
        }

        let (sentences, pad_id) = match &self.words_in_use {
            Some(words_in_use) => (&words_in_use.sentences, words_in_use.pad_id),
            None => (&self.table.sentences, self.pad_id),
        };
        if let Some(store) = &mut self.lower {
            store.fill(sentences, &stacked, &self.device.clone().inner(), replicas).await?;
        }
        if positions.is_empty() {
            return Ok(None);
        }
        let of_share: Vec<&[u32]> = positions.iter().map(|&position| sentences[position].as_slice()).collect();
        // A sentence drops out what it would drop in one worker's batch.
        let drawn = places.into_iter().zip(of_share.iter().map(|ids| ids.len()));
        let seed = u64::from(self.config.seed);
        let mut dropout = DropoutStream::of_some(self.config.dropout, seed, self.step_idx as u64, drawn);
        let encoder = &self.model.encoder;
        let embeddings = match &self.lower {
            Some(store) => {
                let tokens = PackedTokens::new(&of_share, &self.device);
                let hidden = store.gather(&positions, &self.device);
                encoder.forward_upper(hidden, &tokens, store.n_frozen(), Some(&mut dropout))
            }
            None => encoder.forward_training(&TokenBatch::new(&of_share, pad_id, &self.device), dropout),
        };
        Ok(Some(PairEmbeddings::from_stacked(embeddings)))
    }
}
