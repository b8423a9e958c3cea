//! What runs would train and cost, before one is started.

use sbert::corpus::{PairTable, PairTableBuilder, Split};
use sbert::train::{FreezeStrategy, Session, TrainConfig};

use super::{Lab, LoadedCorpus};
use crate::Platform;
use crate::protocol::{Failure, RunEstimate};
use crate::replicas::size::RunSize;

/// Pairs that stand for all of them: tokenizing a hundred thousand would take seconds.
const MAX_PAIRS: usize = 500;

impl<P: Platform> Lab<P> {
    /// What a run with these settings would take with each of some freeze strategies, by a sample of the pairs.
    pub(super) fn estimate(
        &self,
        config: &TrainConfig,
        strategies: Vec<FreezeStrategy>,
        n_workers: Option<usize>,
    ) -> Result<Vec<RunEstimate>, Failure> {
        let model = self.loaded_model()?;
        let LoadedCorpus { corpus, .. } = self.loaded_corpus()?;
        let stride = corpus.records.len().div_ceil(MAX_PAIRS).max(1);
        // Of each split by itself: in a file in which they alternate a stride could miss one of them.
        let sample = |is_held_out: bool| -> Result<PairTable, Failure> {
            let mut table = PairTableBuilder::default();
            let records = corpus.records.iter();
            let of_split = records.filter(|record| (record.split == Some(Split::HeldOut)) == is_held_out);
            of_split.step_by(stride).try_for_each(|record| table.add(record, &model.tokenizer))?;
            Ok(table.finish())
        };
        let (train, held_out) = (sample(false)?, sample(true)?);
        let baseline = self.baseline(&self.classes_of_run(), u64::from(config.seed))?;
        let pad_id = model.tokenizer.pad_id();
        let of_strategy = |freeze| -> Result<RunEstimate, Failure> {
            let config = TrainConfig { freeze, ..config.clone() };
            let session = Session::new(&baseline, train.clone(), pad_id, config)?;
            let size = RunSize::of(&baseline, &session, Some(&held_out)).times(stride);
            let n_workers = self.workers_of_run(size, n_workers)?;
            Ok(RunEstimate {
                n_trained: session.trainable().trained(),
                flop: size.flop(),
                memory_bytes: size.bytes_per_worker(n_workers) * n_workers as f64,
                problem: None,
            })
        };
        let or_problem = |failure: Failure| RunEstimate { problem: Some(failure.message), ..RunEstimate::default() };
        Ok(strategies.into_iter().map(|freeze| of_strategy(freeze).unwrap_or_else(or_problem)).collect())
    }
}
