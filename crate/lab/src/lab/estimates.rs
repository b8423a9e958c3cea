//! What runs would train and cost, before one is started.

use sbert::corpus::{PairTableBuilder, Split};
use sbert::train::{FreezeStrategy, Session, TrainConfig};

use super::runs::size_of_run;
use super::{Lab, LoadedCorpus};
use crate::Platform;
use crate::protocol::{Failure, RunEstimate};
use crate::replicas::size::MAX_WORKERS;

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
        let (mut train, mut held_out) = (PairTableBuilder::default(), PairTableBuilder::default());
        let stride = corpus.records.len().div_ceil(MAX_PAIRS).max(1);
        for record in corpus.records.iter().step_by(stride) {
            let table = if record.split == Some(Split::HeldOut) { &mut held_out } else { &mut train };
            table.add(record, &model.tokenizer)?;
        }
        let (train, held_out) = (train.finish(), held_out.finish());
        let baseline = self.baseline(&self.classes_of_run(), u64::from(config.seed))?;
        let pad_id = model.tokenizer.pad_id();
        let of_strategy = |freeze| {
            let config = TrainConfig { freeze, ..config.clone() };
            let session = match Session::new(&baseline, train.clone(), pad_id, config) {
                Ok(session) => session,
                Err(error) => return RunEstimate { problem: Some(error.to_string()), ..RunEstimate::default() },
            };
            let size = size_of_run(&baseline, &session, Some(&held_out)).times(stride);
            let n_workers = match n_workers {
                _ if self.compute.is_gpu() => 1,
                Some(n_workers) => n_workers.clamp(1, MAX_WORKERS),
                None => self.platform.machine().automatic_workers(size),
            };
            RunEstimate {
                n_trained: session.trainable().trained(),
                flop: size.flop(),
                n_workers,
                memory_bytes: size.bytes_per_worker(n_workers) * n_workers as f64,
                problem: None,
            }
        };
        Ok(strategies.into_iter().map(of_strategy).collect())
    }
}
