//! What is loaded and what is running, and how commands change it.

mod export;
mod jobs;
mod model;
mod pairs;
mod runs;
mod verify;

use std::collections::VecDeque;

use sbert::corpus::Corpus;
use sbert::model::SentencePairModel;
use sbert::session::{TrainConfig, compare};

use crate::device::{self, Compute};
use crate::port::post;
use crate::protocol::{Command, Comparison, Event, Failure, FailureKind};
use crate::run::{Run, RunSummary};
use jobs::{Job, Work};
use model::Model;

/// The worker's whole state.
pub struct Lab {
    compute: Compute,
    model: Option<Model>,
    corpus: Option<LoadedCorpus>,
    /// What takes a while and was asked for, oldest first.
    jobs: VecDeque<Job>,
    /// The run in progress.
    pub run: Option<Run>,
    /// The model that the last run has trained, and what the run was.
    trained: Option<(SentencePairModel, RunSummary)>,
    /// Seed of the untrained head: the last run's, so that before and after start from the same one.
    head_seed: u64,
}

/// The current pairs.
struct LoadedCorpus {
    /// Name of the file.
    name: String,
    corpus: Corpus,
}

impl Lab {
    /// An empty lab.
    pub fn new(compute: Compute) -> Self {
        Self {
            compute,
            model: None,
            corpus: None,
            jobs: VecDeque::new(),
            run: None,
            trained: None,
            head_seed: u64::from(TrainConfig::default().seed),
        }
    }

    /// Carry out one command, telling the page what came of it, or put it among what is to be done.
    pub async fn obey(&mut self, command: Command) {
        let request = match &command {
            Command::UseBackend { request, .. }
            | Command::Continue { request, .. }
            | Command::LoadModel { request, .. }
            | Command::InspectPairs { request, .. }
            | Command::LoadCorpus { request, .. }
            | Command::Cancel { request }
            | Command::Export { request, .. }
            | Command::Train { request, .. }
            | Command::Compare { request, .. } => *request,
            Command::Pause { run } | Command::Resume { run } | Command::Stop { run } => *run,
        };
        let result = match command {
            Command::UseBackend { .. } => {
                Err(Failure::untimely("The worker has its backend.", "Start another worker for another backend."))
            }
            Command::LoadModel { source, .. } => {
                self.refuse_during_run("A model can't be loaded").map(|()| self.ask(request, Work::of_model(source)))
            }
            Command::InspectPairs { file, .. } => Work::inspect(file).map(|work| self.ask(request, work)),
            Command::LoadCorpus { file, plan, .. } => self
                .refuse_during_run("Pairs can't be loaded")
                .and_then(|()| Work::import(file, plan))
                .map(|work| self.ask(request, work)),
            Command::Cancel { request } => {
                self.cancel(request);
                Ok(())
            }
            Command::Export { what, .. } => self.export(request, what).await,
            Command::Train { config, n_workers, .. } => self.start_run(request, config, n_workers),
            Command::Continue { checkpoint, n_workers, .. } => self.continue_run(request, checkpoint, n_workers),
            Command::Compare { sentence_a, sentence_b, .. } => self.compare(request, &sentence_a, &sentence_b).await,
            Command::Pause { run } => {
                self.hold(run, true);
                Ok(())
            }
            Command::Resume { run } => {
                self.hold(run, false);
                Ok(())
            }
            Command::Stop { run } => {
                if let Some(active) = self.run.as_mut().filter(|active| active.id == run) {
                    active.stop();
                }
                Ok(())
            }
        };
        if let Err(failure) = result {
            self.fail(request, failure).await;
        }
    }

    fn ask(&mut self, request: u32, work: Work) {
        self.jobs.push_back(Job { request, work });
    }

    /// Tell the page of a failure, unless the GPU is to blame, whose fault is a matter of its own.
    async fn fail(&self, request: u32, failure: Failure) {
        if !self.compute.is_gpu() || failure.kind != FailureKind::Device {
            post(&Event::Failed { request: Some(request), failure });
        } else {
            // Raising the fault that the device has already told changes nothing.
            device::raise(device::fault_behind(failure.message).await);
        }
    }

    /// Do one unit of work: of what was asked for, or else of the run, if there is one and it isn't held.
    pub async fn work(&mut self) {
        if !self.jobs.is_empty() {
            return self.advance_job().await;
        }
        let Some(run) = self.run.as_mut().filter(|run| run.is_working()) else {
            return;
        };
        match run.advance().await {
            Ok(true) => {}
            Ok(false) => {
                self.trained = Some((run.model(), run.summary()));
                self.run = None;
            }
            Err(failure) => {
                let id = run.id;
                self.run = None;
                self.fail(id, failure).await;
            }
        }
    }

    /// True if the device may fail.
    pub fn computes_on_gpu(&self) -> bool {
        self.compute.is_gpu()
    }

    /// True if there is work to do without a command.
    pub fn is_working(&self) -> bool {
        !self.jobs.is_empty() || self.run.as_ref().is_some_and(Run::is_working)
    }

    /// A pause or a resume of a run that has just ended is not an error: the two crossed on their ways.
    fn hold(&mut self, run: u32, paused: bool) {
        if let Some(active) = self.run.as_mut().filter(|active| active.id == run) {
            active.hold(paused);
        }
    }

    async fn compare(&mut self, request: u32, sentence_a: &str, sentence_b: &str) -> Result<(), Failure> {
        let model = self.loaded_model()?;
        let (a, b) = (model.tokenizer.tokenize(sentence_a)?, model.tokenizer.tokenize(sentence_b)?);
        let pad_id = model.tokenizer.pad_id();
        let classes = self.classes();
        let ask = async |model: &SentencePairModel| -> Result<Comparison, Failure> {
            let comparison = compare(model, &a.ids, &b.ids, pad_id).await?;
            // Where nobody has classes, what the head says means nothing.
            let probabilities = comparison.probabilities.into_iter().take(classes.len()).map(f64::from).collect();
            Ok(Comparison { cosine: f64::from(comparison.cosine), probabilities })
        };
        let before = ask(&self.baseline(self.head_seed)?).await?;
        let trained =
            self.run.as_ref().map(Run::model).or_else(|| self.trained.as_ref().map(|(model, _)| model.clone()));
        let after = match trained {
            Some(model) => Some(ask(&model).await?),
            None => None,
        };
        post(&Event::Compared { request, classes, before, after, truncated: a.truncated || b.truncated });
        Ok(())
    }

    fn refuse_during_run(&self, what: &str) -> Result<(), Failure> {
        match self.run {
            Some(_) => Err(Failure::untimely(
                &format!("{what} while a run is in progress."),
                "Stop the run, or wait until it has ended.",
            )),
            None => Ok(()),
        }
    }
}
