//! Runs: what they begin with, and how one continues from a checkpoint.

use sbert::infer::{Evaluation, LastEmbeddings};
use sbert::train::Session;

use super::jobs::Work;
use super::preparation::Preparation;
use super::{Lab, LoadedCorpus, Trained};
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
    /// Continue the run of a checkpoint where it was; with `is_over` it takes no further step.
    pub(super) async fn continue_run(
        &mut self,
        request: u32,
        checkpoint: RunCheckpoint,
        n_workers: Option<usize>,
        is_over: bool,
    ) -> Result<(), Failure> {
        if checkpoint.model != self.loaded_model()?.fingerprint {
            let problem = "it is of a run of another model, or of other layers of it".to_owned();
            return Err(sbert::Error::Checkpoint { problem }.into());
        }
        let config = Session::config_of(&checkpoint.bytes)?;
        self.prepare_run(request, Preparation::new(config, Some(checkpoint), n_workers, is_over)).await
    }

    /// Begin to prepare a run. A small one starts at once.
    pub(super) async fn prepare_run(&mut self, request: u32, preparation: Preparation) -> Result<(), Failure> {
        self.refuse_during_run("A second run can't start")?;
        self.loaded_model()?;
        // A comparison of two runs and sentences that are encoded change nothing that a run needs.
        if self.jobs.iter().any(|job| !matches!(job.work, Work::Compare(_) | Work::Embed(_))) {
            let remedy = "Wait until it is there, or cancel it.";
            return Err(Failure::untimely(
                "A run can't start while a model or pairs are being loaded, a file is being written, or another run is being \
                 prepared.",
                remedy,
            ));
        }
        self.loaded_corpus()?;
        preparation.config.validate()?;
        self.queue(request, Work::Run(Box::new(preparation)));
        self.advance_job().await;
        Ok(())
    }

    /// Tokenize the next pairs; `false` once all of them are done.
    pub(super) fn tokenize_for(&self, request: u32, preparation: &mut Preparation) -> Result<bool, Failure> {
        let LoadedCorpus { corpus, .. } = self.loaded_corpus()?;
        let has_more = preparation.advance(corpus, &self.loaded_model()?.tokenizer)?;
        if has_more {
            let (n_done, n_total) = (preparation.n_tokenized(), corpus.records.len());
            self.host.send(Event::Tokenizing { run: request, n_done, n_total });
        }
        Ok(has_more)
    }

    /// The preparation of the run `id`, if it has not begun.
    pub(super) fn preparation_of(&mut self, id: u32) -> Option<&mut Preparation> {
        self.jobs.iter_mut().filter(|job| job.request == id).find_map(|job| match &mut job.work {
            Work::Run(preparation) => Some(&mut **preparation),
            _ => None,
        })
    }

    /// Start a run whose pairs are tokenized.
    pub(super) fn start_run(&mut self, request: u32, preparation: Preparation) -> Result<(), Failure> {
        let Preparation { config, checkpoint, n_workers, is_over, is_held, train, held_out, .. } = preparation;
        let (table, held_out) = (train.finish(), held_out.finish());
        let (model, corpus) = (self.loaded_model()?, self.loaded_corpus()?);
        let pad_id = model.tokenizer.pad_id();
        let baseline = self.baseline(&self.classes_of_run(), u64::from(config.seed))?;
        let held_out = match held_out.pairs.is_empty() {
            true => None,
            false => Some(Evaluation::new(held_out, pad_id)?),
        };
        let session = match &checkpoint {
            Some(checkpoint) => Session::restore(&baseline, table, pad_id, &checkpoint.bytes)?,
            None => Session::new(&baseline, table, pad_id, config)?,
        };
        let on_gpu = self.compute.is_gpu();
        let size = RunSize::of(&baseline, &session, held_out.as_ref().map(Evaluation::table));
        let n_workers = self.workers_of_run(size, n_workers)?;
        let join_parts = |checkpoint| JoinParts {
            backend: self.compute.info.backend,
            encoder: model.config.clone(),
            pad_id,
            checkpoint,
        };
        // The checkpoint is up to half a gigabyte: only other workers need a copy of it.
        let parts = (n_workers > 1).then(|| join_parts(checkpoint.clone()));
        let assembly = parts.map(|parts| Assembly::start(&self.platform, n_workers - 1, parts));
        let (model, data_name) = (model.fingerprint.clone(), corpus.name.clone());
        let is_begun = session.n_steps_done() < session.n_steps();
        let warm_up = if on_gpu && is_begun { Some(session.restarted(&baseline)?) } else { None };
        self.head_seed = u64::from(session.config().seed);
        self.trained = None;
        let checkpoints = CheckpointPacing::new(session.trainable().trained(), session.n_steps_done());
        let parts = RunParts {
            id: request,
            data_name,
            classes: self.classes_of_run(),
            model,
            baseline,
            session,
            held_out,
            checkpoints,
            on_gpu,
            warm_up,
        };
        let mut run = Run::new(self.host.clone(), parts, checkpoint.as_ref());
        if is_over {
            run.stop();
        }
        if assembly.is_none() {
            run.start(Group::alone(), None);
        }
        if is_held {
            run.pause();
        }
        self.active = Some(ActiveRun { run, assembly });
        Ok(())
    }

    /// How many workers share a run of this size; `n_workers` is what was asked for.
    ///
    /// # Errors
    /// Setting, if that is no number of workers, or if the run doesn't fit their memory.
    pub(super) fn workers_of_run(&self, size: RunSize, n_workers: Option<usize>) -> Result<usize, Failure> {
        // One GPU has all of its cores at work already, and nobody knows how much memory it has.
        if self.compute.is_gpu() {
            return Ok(1);
        }
        let machine = self.platform.machine();
        let n_workers = match n_workers {
            Some(n_workers) if (1..=MAX_WORKERS).contains(&n_workers) => n_workers,
            Some(n_workers) => return Err(wrong_workers(n_workers)),
            None => machine.automatic_workers(size),
        };
        machine.check_memory(size, n_workers)?;
        Ok(n_workers)
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
                let (group, problem) = assembling.finish(&self.host);
                run.start(group, problem);
            } else {
                assembling.advance(&self.host, run).await;
                *assembly = Some(assembling);
            }
            return;
        }
        match run.advance().await {
            Ok(true) => {}
            Ok(false) => {
                let last_embeddings = LastEmbeddings::default();
                self.trained = Some(Trained { model: run.model(), record: run.record(), last_embeddings });
                self.active = None;
            }
            Err(error) => {
                let id = run.id();
                self.active = None;
                self.fail(id, error.into()).await;
            }
        }
    }
}

fn wrong_workers(n_workers: usize) -> Failure {
    Failure {
        kind: FailureKind::Setting,
        message: format!("n_workers is {n_workers}; a run is shared by 1 to {MAX_WORKERS}"),
        remedy: "Change that setting, or leave it empty.".to_owned(),
    }
}
