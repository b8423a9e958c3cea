//! One run: warm up, score the held-out pairs, train, score again; a unit of work at a time.

mod parts;
mod work;

use sbert::Error;
use sbert::card::TrainingRecord;
use sbert::corpus::PairTable;
use sbert::infer::{Evaluation, PairedBootstrap, Predictions, ScoreChange, Scores};
use sbert::model::SentencePairModel;
use sbert::train::{CheckpointWriting, Session, SubmittedStep};

use crate::Host;
use crate::checkpoints::CheckpointPacing;
use crate::protocol::{Event, RunCheckpoint};
use crate::replicas::{Group, Port};

pub use parts::RunParts;

/// Training steps of a warm-up: the first makes AdamW's moments, the second uses them.
const N_WARM_UP_STEPS: usize = 2;

/// A run in progress.
pub struct Run<P: Port> {
    id: u32,
    data_name: String,
    classes: Vec<String>,
    host: Host,
    /// The replicas that share it.
    group: Group<P>,
    hold: Hold,
    /// True once the visitor has ended it.
    stopped: bool,
    phase: Phase,
    baseline: SentencePairModel,
    session: Session,
    /// Pairs held out from training; none if the corpus has none.
    held_out: Option<Evaluation>,
    /// True if the device computes by itself: a step is submitted before the last one's numbers are in.
    on_gpu: bool,
    /// The step whose numbers are to come.
    in_flight: Option<SubmittedStep>,
    checkpoints: CheckpointPacing,
    /// The checkpoint that is being written, and the seconds that it has taken.
    writing: Option<(CheckpointWriting, f64)>,
    /// Fingerprint of the model that the run began with.
    model: String,
    before: Option<Scores>,
    /// What the baseline says of the held-out pairs, until that is compared.
    predictions_before: Option<Predictions>,
    after: Option<Scores>,
    changes: Vec<ScoreChange>,
    n_steps_done: usize,
    elapsed_secs: f64,
    training_secs: f64,
    /// Seconds of training work since the last step that was reported.
    step_secs: f64,
}

enum Phase {
    /// A scratch session on the same pairs takes a few steps, so that every shader of a step is compiled.
    WarmUp {
        scratch: Box<Session>,
    },
    ScoreBefore,
    Train,
    ScoreAfter,
    /// The scores before and after are compared on draws of the held-out pairs.
    Compare {
        bootstrap: Box<PairedBootstrap>,
    },
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hold {
    No,
    /// As soon as the step in flight has come back and the run is saved.
    Requested,
    Yes,
}

impl<P: Port> Run<P> {
    /// A run from its beginning, or from a checkpoint. It begins with [`start`](Self::start).
    pub fn new(host: Host, parts: RunParts, checkpoint: Option<&RunCheckpoint>) -> Self {
        let RunParts { id, data_name, classes, model, baseline, session, held_out, checkpoints, on_gpu, warm_up } =
            parts;
        let phase = match warm_up {
            Some(scratch) => Phase::WarmUp { scratch: Box::new(scratch) },
            None => Phase::ScoreBefore,
        };
        Self {
            id,
            data_name,
            classes,
            host,
            group: Group::alone(),
            hold: Hold::No,
            stopped: false,
            phase,
            checkpoints,
            model,
            before: checkpoint.and_then(|checkpoint| checkpoint.before.clone()),
            predictions_before: None,
            after: None,
            changes: Vec::new(),
            n_steps_done: session.n_steps_done(),
            baseline,
            session,
            held_out,
            on_gpu,
            in_flight: None,
            writing: None,
            elapsed_secs: checkpoint.map_or(0.0, |checkpoint| checkpoint.elapsed_secs),
            training_secs: checkpoint.map_or(0.0, |checkpoint| checkpoint.training_secs),
            step_secs: 0.0,
        }
    }

    /// Begin, shared by `group`, and send what the run is. `problem` says why the group is smaller than was asked for.
    pub fn start(&mut self, group: Group<P>, problem: Option<String>) {
        self.group = group;
        let n_truncated_held_out = self.held_out.as_ref().map_or(0, |held_out| held_out.table().n_truncated);
        self.host.send(Event::RunStarted {
            run: self.id,
            n_steps_done: self.n_steps_done,
            trainable: self.session.trainable(),
            objectives: self.session.objectives(),
            n_steps: self.session.n_steps(),
            n_pairs: self.session.table().pairs.len(),
            n_truncated: self.session.table().n_truncated + n_truncated_held_out,
            n_workers: self.group.n_replicas(),
            workers_problem: problem,
            kept_bytes: self.session.kept_bytes().map(|n_bytes| n_bytes as f64),
            is_saved: self.checkpoints.is_on(),
        });
    }

    /// The run's number.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The model that the run began with.
    pub fn baseline(&self) -> &SentencePairModel {
        &self.baseline
    }

    /// The training.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The held-out pairs; none if there are none.
    pub fn held_out(&self) -> Option<&PairTable> {
        self.held_out.as_ref().map(Evaluation::table)
    }

    /// What the run has been so far.
    pub fn record(&self) -> TrainingRecord {
        TrainingRecord {
            data_name: self.data_name.clone(),
            classes: self.classes.clone(),
            n_train: self.session.table().pairs.len(),
            n_held_out: self.held_out().map_or(0, |table| table.pairs.len()),
            config: self.session.config().clone(),
            trainable: self.session.trainable(),
            n_steps_done: self.n_steps_done,
            n_steps: self.session.n_steps(),
            training_secs: Some(self.training_secs),
            before: self.before.clone(),
            after: self.after.clone(),
            changes: self.changes.clone(),
        }
    }

    /// The model as trained so far.
    pub fn model(&self) -> SentencePairModel {
        self.session.model()
    }

    /// True if there is a unit of work to do.
    pub fn is_working(&self) -> bool {
        self.hold != Hold::Yes
    }

    /// True once the visitor has ended it.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Hold the run. The step in flight is waited for, and in the middle of the training the run is saved first.
    pub fn pause(&mut self) {
        if self.hold == Hold::No {
            self.hold = Hold::Requested;
            if !matches!(self.phase, Phase::Train) && self.writing.is_none() {
                self.hold_now();
            }
        }
    }

    /// Let a held run continue.
    pub fn resume(&mut self) {
        if self.hold != Hold::No {
            self.hold = Hold::No;
            self.host.send(Event::Resumed { run: self.id });
        }
    }

    fn hold_now(&mut self) {
        self.hold = Hold::Yes;
        self.host.send(Event::Paused { run: self.id });
    }

    /// End the training after the step in progress; the scores after it are still to come.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.hold = Hold::No;
    }

    /// Do one unit of work: a batch of sentences, or some parts of a step. `false` when the run has ended.
    ///
    /// # Errors
    /// Whatever ended the run; the loaded model is unharmed.
    pub async fn advance(&mut self) -> Result<bool, Error> {
        // No work of the run itself: the clock has not started.
        if let Phase::WarmUp { scratch } = &mut self.phase {
            let n_done = scratch.n_steps_done();
            self.host.send(Event::WarmingUp { run: self.id, n_done, n_total: N_WARM_UP_STEPS });
            if self.stopped || n_done == N_WARM_UP_STEPS || scratch.step().await?.is_none() {
                self.phase = Phase::ScoreBefore;
            }
            return Ok(true);
        }
        let start_secs = self.host.now_secs();
        let has_more = match self.work(start_secs).await {
            // What a lost replica leaves unfinished is done again by this one, which has all that it takes.
            Err(Error::Replica { problem }) if self.group.is_shared() => {
                self.group = Group::alone();
                self.host.send(Event::WorkersLost { run: self.id, problem });
                true
            }
            outcome => outcome?,
        };
        self.elapsed_secs += self.host.now_secs() - start_secs;
        if !has_more {
            self.host.send(Event::RunEnded {
                run: self.id,
                stopped: self.stopped,
                n_steps_done: self.n_steps_done,
                elapsed_secs: self.elapsed_secs,
                training_secs: self.training_secs,
                changes: self.changes.clone(),
            });
        }
        Ok(has_more)
    }
}
