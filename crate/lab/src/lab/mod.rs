//! What is loaded and what is running, and how commands change it.

mod embed;
mod estimates;
mod export;
mod jobs;
mod model;
mod pairs;
mod part_writer;
mod predictions;
mod preparation;
mod runs;
mod verify;

use std::collections::VecDeque;

use sbert::card::TrainingRecord;
use sbert::corpus::Corpus;
use sbert::import::revise_plan;
use sbert::infer::{LastEmbeddings, compare};
use sbert::model::SentencePairModel;
use sbert::train::TrainConfig;

use crate::compute::N_PREPARATIONS;
use crate::protocol::{Backend, Command, Event, Failure, FailureKind};
use crate::run::Run;
use crate::{Compute, Host, Platform};
use embed::Embedding;
pub use embed::MAX_SENTENCES;
use jobs::{Job, Work};
use model::{Model, no_model};
use predictions::comparison_of;
use preparation::Preparation;
use runs::ActiveRun;

/// The whole state of the engine.
pub struct Lab<P: Platform> {
    host: Host,
    platform: P,
    /// False until the first command has said what to compute on.
    has_backend: bool,
    compute: Compute,
    model: Option<Model>,
    corpus: Option<LoadedCorpus>,
    /// Oldest first.
    jobs: VecDeque<Job<P::File>>,
    active: Option<ActiveRun<P::Port>>,
    /// What the last run has trained.
    trained: Option<Trained>,
    /// Seed of the untrained head: the last run's, so that before and after start from the same one.
    head_seed: u64,
}

/// A model that a run has trained.
struct Trained {
    model: SentencePairModel,
    /// What the run was.
    record: TrainingRecord,
    /// Its embeddings of the sentences that were compared last.
    last_embeddings: LastEmbeddings,
}

/// The current pairs.
struct LoadedCorpus {
    /// Name of the file.
    name: String,
    corpus: Corpus,
}

impl<P: Platform> Lab<P> {
    /// An empty lab, whose first command must be [`Command::UseBackend`].
    pub fn new(host: Host, platform: P) -> Self {
        Self {
            host,
            platform,
            has_backend: false,
            compute: Compute::cpu(),
            model: None,
            corpus: None,
            jobs: VecDeque::new(),
            active: None,
            trained: None,
            head_seed: u64::from(TrainConfig::default().seed),
        }
    }

    /// Carry out one command and send what came of it, or queue it as a job.
    pub async fn handle(&mut self, command: Command<P::File>) {
        let request = command.request();
        if let Err(failure) = self.carry_out(command).await {
            self.fail(request, failure).await;
        }
    }

    async fn carry_out(&mut self, command: Command<P::File>) -> Result<(), Failure> {
        // What is about another request or a run does nothing where there is none.
        let lacks_backend = match command {
            Command::UseBackend { .. } | Command::Cancel { .. } => false,
            Command::Pause { .. } | Command::Resume { .. } | Command::Stop { .. } => false,
            _ => !self.has_backend,
        };
        if lacks_backend {
            return Err(Failure::untimely("The worker has no backend yet.", "Say first what to compute on."));
        }
        match command {
            Command::UseBackend { request, backend } => self.use_backend(request, backend).await?,
            Command::LoadModel { request, source } => {
                self.refuse_during_run("A model can't be loaded")?;
                self.queue(request, Work::of_model(source));
            }
            Command::InspectPairs { request, file, encoding } => self.queue(request, Work::inspect(file, encoding)?),
            Command::RevisePlan { request, columns, last, plan } => {
                let (plan, problem) = revise_plan(&columns, &last, plan);
                self.host.send(Event::PlanRevised { request, plan, problem });
            }
            Command::LoadCorpus { request, file, plan } => {
                self.refuse_during_run("Pairs can't be loaded")?;
                self.queue(request, Work::import(file, plan)?);
            }
            Command::Cancel { request } => self.cancel(request),
            Command::Export { request, what } => {
                let export = self.begin_export(what)?;
                self.queue(request, Work::Export(Box::new(export)));
            }
            Command::Train { request, config, n_workers } => {
                self.prepare_run(request, Preparation::new(config, None, n_workers, false)).await?;
            }
            Command::Continue { request, checkpoint, n_workers, is_over } => {
                self.continue_run(request, checkpoint, n_workers, is_over).await?;
            }
            Command::Compare { request, sentence_a, sentence_b } => {
                self.compare(request, &sentence_a, &sentence_b).await?;
            }
            Command::ComparePredictions { request, first, second } => {
                self.queue(request, Work::Compare(Box::new(comparison_of(&first, &second)?)));
            }
            Command::Estimate { request, config, strategies, n_workers } => {
                let estimates = self.estimate(&config, strategies, n_workers)?;
                self.host.send(Event::Estimated { request, estimates });
            }
            Command::Embed { request, sentences, wants_map } => {
                self.queue(request, Work::Embed(Box::new(Embedding::new(sentences, wants_map)?)));
            }
            Command::Pause { run } => match self.preparation_of(run) {
                Some(preparation) => preparation.is_held = true,
                None => self.control(run, Run::pause),
            },
            Command::Resume { run } => match self.preparation_of(run) {
                Some(preparation) => preparation.is_held = false,
                None => self.control(run, Run::resume),
            },
            Command::Stop { run } => {
                // Of a run that has not begun there is nothing to keep.
                self.cancel(run);
                self.control(run, Run::stop);
            }
        }
        Ok(())
    }

    async fn use_backend(&mut self, request: u32, backend: Backend) -> Result<(), Failure> {
        if self.has_backend {
            let remedy = "Start another worker for another backend.";
            return Err(Failure::untimely("The worker has its backend.", remedy));
        }
        self.report_preparation(request, 0);
        let report = |n_done| self.report_preparation(request, n_done);
        let (compute, refusal) = Compute::open(&self.platform, backend, report).await;
        if compute.is_gpu() {
            self.platform.watch_device();
        }
        self.host.send(Event::BackendReady { request, backend: compute.info.clone(), refusal });
        self.compute = compute;
        self.has_backend = true;
        Ok(())
    }

    fn report_preparation(&self, request: u32, n_done: usize) {
        self.host.send(Event::Preparing { request, n_done, n_total: N_PREPARATIONS });
    }

    fn queue(&mut self, request: u32, work: Work<P::File>) {
        self.jobs.push_back(Job { request, work });
    }

    /// Send a failure, unless the GPU is to blame, whose faults are reported by themselves.
    async fn fail(&self, request: u32, failure: Failure) {
        if self.compute.is_gpu() && failure.kind == FailureKind::Device {
            self.platform.report_fault(failure.message).await;
        } else {
            self.host.send(Event::Failed { request: Some(request), failure });
        }
    }

    /// Do one unit of work: of the oldest job, or else of the run, if there is one and it isn't held.
    pub async fn work(&mut self) {
        if self.jobs.is_empty() {
            self.advance_run().await;
        } else {
            self.advance_job().await;
        }
    }

    /// True if the device may fail.
    pub fn computes_on_gpu(&self) -> bool {
        self.compute.is_gpu()
    }

    /// True if there is work to do without a command.
    pub fn is_working(&self) -> bool {
        !self.jobs.is_empty() || self.active.as_ref().is_some_and(|active| active.run.is_working())
    }

    /// Pause, resume or stop a run. One that has just ended is no error: command and end have crossed.
    fn control(&mut self, id: u32, change: impl FnOnce(&mut Run<P::Port>)) {
        if let Some(active) = self.active.as_mut().filter(|active| active.run.id() == id) {
            change(&mut active.run);
        }
    }

    async fn compare(&mut self, request: u32, sentence_a: &str, sentence_b: &str) -> Result<(), Failure> {
        let model = self.loaded_model()?;
        let (a, b) = (model.tokenizer.tokenize(sentence_a)?, model.tokenizer.tokenize(sentence_b)?);
        let pad_id = model.tokenizer.pad_id();
        // Those of the trained head, whatever pairs have been loaded since.
        let classes = match &self.trained {
            Some(Trained { record, .. }) => record.classes.clone(),
            None => self.classes_of_run(),
        };
        let (sentences, truncated) = ([a.ids.as_slice(), &b.ids], a.truncated || b.truncated);
        let baseline = self.baseline(&classes, self.head_seed)?;
        let has_trained_only_a_head = self.has_trained_only_a_head();
        let model = self.model.as_mut().ok_or_else(no_model)?;
        let mut before = compare(&baseline, sentences, pad_id, &mut model.last_embeddings).await?;
        let mut after = match (&self.active, &mut self.trained) {
            // The encoder is the loaded one, and has encoded them.
            (Some(active), _) if has_trained_only_a_head => {
                Some(compare(&active.run.model(), sentences, pad_id, &mut model.last_embeddings).await?)
            }
            (Some(active), _) => {
                let (model, [a, b], pad_id) = active.run.session().model_for(sentences);
                Some(compare(&model, [&a, &b], pad_id, &mut LastEmbeddings::default()).await?)
            }
            (None, Some(trained)) => {
                let of_encoder =
                    if has_trained_only_a_head { &mut model.last_embeddings } else { &mut trained.last_embeddings };
                Some(compare(&trained.model, sentences, pad_id, of_encoder).await?)
            }
            (None, None) => None,
        };
        for comparison in [&mut before].into_iter().chain(&mut after) {
            // Without classes the probabilities of the head mean nothing.
            comparison.probabilities.truncate(classes.len());
        }
        self.host.send(Event::Compared { request, classes, before, after, truncated });
        Ok(())
    }

    /// True if there is a trained model, or one in training, whose encoder is the loaded one.
    fn has_trained_only_a_head(&self) -> bool {
        match (&self.active, &self.trained) {
            (Some(active), _) => active.run.session().encoder_is_frozen(),
            (None, Some(Trained { record, .. })) => record.trainable.embeddings + record.trainable.layers == 0,
            (None, None) => false,
        }
    }

    /// The model that is being trained, as it is now, or that the last run has trained; none before the first run.
    fn trained_model(&self) -> Option<SentencePairModel> {
        let in_training = self.active.as_ref().map(|active| active.run.model());
        in_training.or_else(|| self.trained.as_ref().map(|trained| trained.model.clone()))
    }

    fn loaded_corpus(&self) -> Result<&LoadedCorpus, Failure> {
        self.corpus.as_ref().ok_or_else(|| Failure::untimely("There are no pairs yet.", "Load pairs first."))
    }

    fn refuse_during_run(&self, what: &str) -> Result<(), Failure> {
        match self.active {
            Some(_) => Err(Failure::untimely(
                &format!("{what} while a run is in progress."),
                "Stop the run, or wait until it has ended.",
            )),
            None => Ok(()),
        }
    }
}
