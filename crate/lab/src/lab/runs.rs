//! Runs: what they begin with, and how one continues from a checkpoint.

use burn::module::Module;
use sbert::corpus::{PairTable, Split};
use sbert::infer::Evaluation;
use sbert::model::SentencePairModel;
use sbert::train::{Session, TrainConfig};

use super::Lab;
use crate::Platform;
use crate::checkpoints::CheckpointPacing;
use crate::protocol::{Event, Failure, FailureKind, RunCheckpoint};
use crate::replicas::size::{MAX_WORKERS, RunSize};
use crate::replicas::{Assembly, Group, JoinParts, Port};
use crate::run::{Run, RunParts};

/// The run in progress, perhaps still without the replicas that will share it.
pub(super) struct ActiveRun<P: Port> {
    pub run: Run<P>,
    /// The replicas that are being started; none once the run has begun.
    assembly: Option<Assembly<P>>,
}

impl<P: Platform> Lab<P> {
    /// Start the run of a checkpoint where it was.
    pub(super) fn continue_run(
        &mut self,
        request: u32,
        checkpoint: RunCheckpoint,
        n_workers: Option<usize>,
    ) -> Result<(), Failure> {
        if checkpoint.model != self.loaded_model()?.fingerprint {
            let problem = "it is of a run of another model, or of other layers of it".to_owned();
            return Err(sbert::Error::Checkpoint { problem }.into());
        }
        let config = Session::config_of(&checkpoint.bytes)?;
        self.start_run(request, config, Some(checkpoint), n_workers)
    }

    /// Start a run with `config`, or that of a checkpoint, whose settings they are.
    pub(super) fn start_run(
        &mut self,
        request: u32,
        config: TrainConfig,
        checkpoint: Option<RunCheckpoint>,
        n_workers: Option<usize>,
    ) -> Result<(), Failure> {
        let (baseline, table, held_out) = self.prepare_run(u64::from(config.seed))?;
        let model = self.loaded_model()?;
        let pad_id = model.tokenizer.pad_id();
        let session = match &checkpoint {
            Some(checkpoint) => Session::restore(&baseline, table, pad_id, &checkpoint.bytes)?,
            None => Session::new(&baseline, table, pad_id, config)?,
        };
        let on_gpu = self.compute.is_gpu();
        let n_workers = match n_workers {
            // One GPU has all of its cores at work already.
            _ if on_gpu => 1,
            Some(n_workers) if (1..=MAX_WORKERS).contains(&n_workers) => n_workers,
            Some(n_workers) => return Err(wrong_workers(n_workers)),
            None => self.platform.machine().automatic_workers(size_of_run(&baseline, &session, held_out.as_ref())),
        };
        let parts = JoinParts {
            backend: self.compute.info.backend,
            encoder: model.config.clone(),
            pad_id,
            checkpoint: checkpoint.clone(),
        };
        let model = model.fingerprint.clone();
        let assembly = (n_workers > 1).then(|| Assembly::start(&self.platform, n_workers - 1, parts));
        let is_begun = session.n_steps_done() < session.n_steps();
        let warm_up = if on_gpu && is_begun { Some(session.restarted(&baseline)?) } else { None };
        self.head_seed = u64::from(session.config().seed);
        self.trained = None;
        let checkpoints = CheckpointPacing::new(session.trainable().trained(), session.n_steps_done());
        let parts = RunParts { id: request, model, baseline, session, held_out, checkpoints, on_gpu, warm_up };
        let mut run = Run::new(self.host.clone(), parts, checkpoint.as_ref());
        if assembly.is_none() {
            run.start(Group::alone(), None);
        }
        self.active = Some(ActiveRun { run, assembly });
        Ok(())
    }

    /// Do one unit of work of the run, if there is one and it isn't held.
    pub(super) async fn advance_run(&mut self) {
        let Some(ActiveRun { run, assembly }) = self.active.as_mut().filter(|active| active.run.is_working()) else {
            return;
        };
        if let Some(mut assembling) = assembly.take() {
            let (n_done, n_total) = assembling.progress();
            self.host.send(Event::StartingWorkers { run: run.id(), n_done, n_total });
            if run.is_stopped() {
                run.start(Group::alone(), None);
            } else if assembling.is_done() {
                let (group, problem) = assembling.finish();
                run.start(group, problem);
            } else {
                assembling.advance(&self.platform, run).await;
                *assembly = Some(assembling);
            }
            return;
        }
        match run.advance().await {
            Ok(true) => {}
            Ok(false) => {
                let data_name = self.corpus.as_ref().map(|corpus| corpus.name.clone()).unwrap_or_default();
                self.trained = Some((run.model(), run.record(data_name)));
                self.active = None;
            }
            Err(error) => {
                let id = run.id();
                self.active = None;
                self.fail(id, error.into()).await;
            }
        }
    }

    /// What every run begins with: the model with an untrained head, the training pairs, the held-out pairs if any.
    fn prepare_run(&self, seed: u64) -> Result<(SentencePairModel, PairTable, Option<Evaluation>), Failure> {
        self.refuse_during_run("A second run can't start")?;
        let model = self.loaded_model()?;
        if !self.jobs.is_empty() {
            let remedy = "Wait until it is there, or give it up.";
            return Err(Failure::untimely("A run can't start while a model or pairs are being loaded.", remedy));
        }
        let corpus = &self
            .corpus
            .as_ref()
            .ok_or_else(|| Failure::untimely("There are no pairs to train on yet.", "Load pairs first."))?
            .corpus;
        let pad_id = model.tokenizer.pad_id();
        let table = PairTable::new(corpus.of_split(Split::Train), &model.tokenizer)?;
        let held_out = PairTable::new(corpus.of_split(Split::HeldOut), &model.tokenizer)?;
        let held_out = match held_out.pairs.is_empty() {
            true => None,
            false => Some(Evaluation::new(held_out, pad_id)?),
        };
        Ok((self.baseline(seed)?, table, held_out))
    }
}

fn size_of_run(baseline: &SentencePairModel, session: &Session, held_out: Option<&Evaluation>) -> RunSize {
    let n_distinct_tokens = |table: &PairTable| table.sentences.iter().map(Vec::len).sum::<usize>();
    let n_training_tokens = if session.encoder_is_frozen() {
        n_distinct_tokens(session.table())
    } else {
        session.table().n_tokens().saturating_mul(session.config().epochs)
    };
    let trainable = session.trainable();
    RunSize {
        n_params: trainable.total,
        n_layer_params: baseline.encoder.layers.num_params(),
        n_trained: trainable.trained(),
        n_trained_layer_params: trainable.layers,
        // Scored before and after.
        n_tokens: n_training_tokens
            .saturating_add(held_out.map_or(0, |held_out| 2 * n_distinct_tokens(held_out.table()))),
        kept_bytes: session.kept_bytes().unwrap_or(0),
    }
}

fn wrong_workers(n_workers: usize) -> Failure {
    Failure {
        kind: FailureKind::Setting,
        message: format!("n_workers is {n_workers}; a run is shared by 1 to {MAX_WORKERS}"),
        remedy: "Change that setting, or leave it empty.".to_owned(),
    }
}
