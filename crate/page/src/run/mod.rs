//! One run: bring its workers together, warm up, score the held-out pairs, train, score again; a unit of work at a time.

mod parts;

use sbert::Error;
use sbert::model::SentencePairModel;
use sbert::session::{Evaluation, Replicas, Scores, Session, SubmittedStep};

use crate::checkpoints::CheckpointPacing;
use crate::crew::{Assembly, Crew};
use crate::port::{post, post_checkpoint, scope};
use crate::protocol::{Event, Failure, Moment, RunCheckpoint};

pub use parts::{RunParts, RunSummary};

/// Training steps of a warm-up: the first makes AdamW's moments, the second uses them.
const N_WARM_UP_STEPS: usize = 2;

/// A run in progress.
pub struct Run {
    /// The run's number.
    pub id: u32,
    /// The workers that share it.
    crew: Crew,
    /// False in a worker that another one leads: the page hears of the run once.
    speaks: bool,
    hold: Hold,
    /// True once the visitor has ended it.
    stopped: bool,
    phase: Phase,
    /// True if an earlier worker has begun the run, and so has scored the model before training.
    is_continued: bool,
    baseline: SentencePairModel,
    session: Session,
    /// Pairs held out from training; none if the corpus has none.
    held_out: Option<Evaluation>,
    /// True if the device computes by itself: a step is submitted before the last one's numbers are in.
    on_gpu: bool,
    /// The step whose numbers are to come.
    in_flight: Option<SubmittedStep>,
    checkpoints: CheckpointPacing,
    /// Fingerprint of the model that the run began with.
    model: String,
    before: Option<Scores>,
    after: Option<Scores>,
    n_steps_done: usize,
    elapsed_secs: f64,
    training_secs: f64,
    /// Seconds of training work since the last step that was reported.
    step_secs: f64,
}

enum Phase {
    /// The other workers of the run are being started.
    Assemble {
        assembly: Box<Assembly>,
        warm_up: Option<Box<Session>>,
    },
    /// A scratch session on the same pairs takes a few steps, so that every shader of a step is compiled.
    WarmUp {
        scratch: Box<Session>,
    },
    ScoreBefore,
    Train,
    ScoreAfter,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hold {
    No,
    /// As soon as the step in flight has come back.
    Asked,
    Yes,
}

impl Run {
    /// Begin a run, or go on with that of a checkpoint, whose scores before training are known. With an `assembly` other
    /// workers share it.
    pub fn new(parts: RunParts, checkpoint: Option<&RunCheckpoint>, assembly: Option<Assembly>) -> Self {
        let mut run = Self::of(parts, checkpoint, Crew::alone(), true);
        match assembly {
            Some(assembly) => {
                let warm_up = match std::mem::replace(&mut run.phase, Phase::ScoreBefore) {
                    Phase::WarmUp { scratch } => Some(scratch),
                    _ => None,
                };
                run.phase = Phase::Assemble { assembly: Box::new(assembly), warm_up };
            }
            None => run.announce(None),
        }
        run
    }

    /// The same run in a worker that another one leads.
    pub fn of_member(parts: RunParts, checkpoint: Option<&RunCheckpoint>, crew: Crew) -> Self {
        Self::of(parts, checkpoint, crew, false)
    }

    fn of(parts: RunParts, checkpoint: Option<&RunCheckpoint>, crew: Crew, speaks: bool) -> Self {
        let RunParts { id, model, baseline, session, held_out, on_gpu, warm_up } = parts;
        let n_steps_done = session.n_steps_done();
        let is_continued = checkpoint.is_some();
        Self {
            id,
            crew,
            speaks,
            hold: Hold::No,
            stopped: false,
            phase: first_phase(warm_up.map(Box::new), is_continued),
            is_continued,
            checkpoints: CheckpointPacing::new(speaks, session.trainable().trained(), n_steps_done),
            model,
            before: checkpoint.and_then(|checkpoint| checkpoint.before.clone()),
            after: None,
            baseline,
            session,
            held_out,
            on_gpu,
            in_flight: None,
            n_steps_done,
            elapsed_secs: checkpoint.map_or(0.0, |checkpoint| checkpoint.elapsed_secs),
            training_secs: checkpoint.map_or(0.0, |checkpoint| checkpoint.training_secs),
            step_secs: 0.0,
        }
    }

    /// Tell the page, if this worker is the one that does.
    fn tell(&self, event: &Event) {
        if self.speaks {
            post(event);
        }
    }

    /// Say what the run is.
    fn announce(&self, workers_problem: Option<String>) {
        let of_held_out = self.held_out.as_ref().map_or(0, |held_out| held_out.table().n_truncated);
        self.tell(&Event::RunStarted {
            run: self.id,
            n_steps_done: self.n_steps_done,
            trainable: self.session.trainable(),
            n_steps: self.session.n_steps(),
            n_pairs: self.session.table().pairs.len(),
            n_truncated: self.session.table().n_truncated + of_held_out,
            n_workers: self.crew.link.n_replicas(),
            workers_problem,
            kept_bytes: self.session.kept_bytes().map(|n_bytes| n_bytes as f64),
            is_saved: self.checkpoints.is_on(),
        });
    }

    /// What the run has been so far.
    pub fn summary(&self) -> RunSummary {
        RunSummary {
            config: self.session.config().clone(),
            trainable: self.session.trainable(),
            n_pairs: self.session.table().pairs.len(),
            n_held_out: self.held_out.as_ref().map_or(0, |held_out| held_out.table().pairs.len()),
            n_steps: self.session.n_steps(),
            n_steps_done: self.n_steps_done,
            training_secs: self.training_secs,
            before: self.before.clone(),
            after: self.after.clone(),
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

    /// Hold the run, or let it go on, and say so. The step in flight is waited for first.
    pub fn hold(&mut self, paused: bool) {
        let run = self.id;
        match (paused, self.hold) {
            (true, Hold::No) => {
                self.hold = Hold::Asked;
                self.hold_if_idle();
            }
            (false, Hold::Asked | Hold::Yes) => {
                self.hold = Hold::No;
                post(&Event::Resumed { run });
            }
            _ => {}
        }
    }

    fn hold_if_idle(&mut self) {
        if self.hold == Hold::Asked && self.in_flight.is_none() {
            self.hold = Hold::Yes;
            post(&Event::Paused { run: self.id });
        }
    }

    /// End the training after the step in progress; the scores after it are still to come.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.hold = Hold::No;
    }

    /// Do one unit of work: a batch of sentences or a step. `false` when the run has ended.
    ///
    /// # Errors
    /// Whatever ended the run; the loaded model is unharmed.
    pub async fn advance(&mut self) -> Result<bool, Failure> {
        // Neither counts as work of the run: the clock has not started.
        match &mut self.phase {
            Phase::Assemble { .. } => {
                self.assemble().await;
                return Ok(true);
            }
            Phase::WarmUp { scratch } => {
                let n_done = scratch.n_steps_done();
                post(&Event::WarmingUp { run: self.id, n_done, n_total: N_WARM_UP_STEPS });
                if self.stopped || n_done == N_WARM_UP_STEPS || scratch.step().await?.is_none() {
                    self.phase = first_phase(None, self.is_continued);
                }
                return Ok(true);
            }
            _ => {}
        }

        self.crew.advance(self.stopped);
        let start_secs = now_secs();
        let goes_on = match self.work(start_secs).await {
            // What a lost worker leaves unfinished is done again by this one, which has all that it takes.
            Err(Error::Replica { problem }) if self.crew.leads() => {
                self.crew = Crew::alone();
                self.tell(&Event::WorkersLost { run: self.id, problem });
                true
            }
            outcome => outcome?,
        };
        self.elapsed_secs += now_secs() - start_secs;
        if !goes_on {
            self.tell(&Event::RunEnded {
                run: self.id,
                stopped: self.stopped,
                n_steps_done: self.n_steps_done,
                elapsed_secs: self.elapsed_secs,
                training_secs: self.training_secs,
            });
        }
        Ok(goes_on)
    }

    /// Wait for the next word of a worker that is being started; when all are there, the run begins.
    async fn assemble(&mut self) {
        let Phase::Assemble { assembly, .. } = &mut self.phase else { return };
        let (n_done, n_total) = assembly.progress();
        post(&Event::StartingWorkers { run: self.id, n_done, n_total });
        if !self.stopped && !assembly.is_done() {
            assembly.advance(&self.baseline, &self.session, self.held_out.as_ref().map(Evaluation::table)).await;
            return;
        }
        let begun = Phase::ScoreBefore;
        let Phase::Assemble { assembly, warm_up } = std::mem::replace(&mut self.phase, begun) else { return };
        self.phase = first_phase(warm_up, self.is_continued);
        let problem = if self.stopped {
            None
        } else {
            let (crew, problem) = assembly.finish();
            self.crew = crew;
            problem
        };
        self.announce(problem);
    }

    /// One unit of the run's own work; `false` if there is none left.
    async fn work(&mut self, start_secs: f64) -> Result<bool, Error> {
        match &self.phase {
            Phase::ScoreBefore if self.stopped => {
                self.phase = Phase::Train;
                Ok(true)
            }
            Phase::ScoreBefore => {
                if self.score(Moment::Before).await? {
                    self.phase = Phase::Train;
                }
                Ok(true)
            }
            Phase::Train => {
                if !self.train(start_secs).await? {
                    self.phase = Phase::ScoreAfter;
                    if let Some(held_out) = self.held_out.as_mut().filter(|_| !self.session.encoder_is_frozen()) {
                        held_out.forget();
                    }
                }
                if self.hold == Hold::Asked && self.in_flight.is_none() && self.checkpoints.is_behind(self.n_steps_done)
                {
                    // Whoever pauses may close the tab.
                    self.checkpoint().await?;
                }
                self.hold_if_idle();
                Ok(true)
            }
            // Without a step the model is the one that was scored before.
            Phase::ScoreAfter if self.n_steps_done == 0 => Ok(false),
            Phase::ScoreAfter => Ok(!self.score(Moment::After).await?),
            Phase::Assemble { .. } | Phase::WarmUp { .. } => Ok(true),
        }
    }

    /// One training step; `false` if there is none left.
    async fn train(&mut self, start_secs: f64) -> Result<bool, Error> {
        let next = match self.stopped || self.hold == Hold::Asked {
            true => None,
            false => self.session.submit(&mut self.crew.link).await?,
        };
        let due = if self.on_gpu { std::mem::replace(&mut self.in_flight, next) } else { next };
        let goes_on = due.is_some() || self.in_flight.is_some() || self.hold == Hold::Asked;
        if let Some(due) = due {
            self.report(due, start_secs).await?;
        } else {
            self.step_secs += now_secs() - start_secs;
        }
        let is_end = self.in_flight.is_none() && !goes_on && self.checkpoints.is_behind(self.n_steps_done);
        if is_end || self.checkpoints.is_due(self.n_steps_done, self.training_secs) {
            self.checkpoint().await?;
        }
        Ok(goes_on)
    }

    /// Wait for a step's numbers and tell the page.
    async fn report(&mut self, submitted: SubmittedStep, start_secs: f64) -> Result<(), Error> {
        let report = submitted.report().await?;
        let step_secs = self.step_secs + (now_secs() - start_secs);
        self.step_secs = 0.0;
        self.training_secs += step_secs;
        self.n_steps_done = report.step;
        self.tell(&Event::Stepped { run: self.id, report, step_secs });
        Ok(())
    }

    /// Write the run down where the device's loss can't reach it.
    async fn checkpoint(&mut self) -> Result<(), Error> {
        // The session is already after the step in flight, and so is its checkpoint.
        if let Some(submitted) = self.in_flight.take() {
            self.report(submitted, now_secs()).await?;
        }
        let start_secs = now_secs();
        let bytes = self.session.checkpoint().await?;
        let (step, elapsed_secs, training_secs) = (self.n_steps_done, self.elapsed_secs, self.training_secs);
        let (model, before) = (self.model.clone(), self.before.clone());
        post_checkpoint(self.id, RunCheckpoint { step, elapsed_secs, training_secs, model, before, bytes });
        self.checkpoints.made(step, training_secs, now_secs() - start_secs);
        Ok(())
    }

    /// One batch of the held-out pairs' sentences, or the scores once all are encoded; `true` when scored.
    async fn score(&mut self, moment: Moment) -> Result<bool, Error> {
        let model = match moment {
            Moment::Before => self.baseline.clone(),
            Moment::After => self.session.model(),
        };
        let run = self.id;
        let Some(held_out) = &mut self.held_out else {
            return Ok(true);
        };
        if held_out.encode_next(&model, &mut self.crew.link).await? {
            let (n_done, n_total) = (held_out.n_encoded(), held_out.n_sentences());
            self.tell(&Event::Evaluating { run, moment, n_done, n_total });
            return Ok(false);
        }
        if self.speaks {
            let scores = held_out.scores(&model).await?;
            let kept = match moment {
                Moment::Before => &mut self.before,
                Moment::After => &mut self.after,
            };
            *kept = Some(scores.clone());
            post(&Event::Evaluated { run, moment, scores });
        }
        Ok(true)
    }
}

fn first_phase(warm_up: Option<Box<Session>>, is_continued: bool) -> Phase {
    match warm_up {
        Some(scratch) => Phase::WarmUp { scratch },
        None if is_continued => Phase::Train,
        None => Phase::ScoreBefore,
    }
}

/// Seconds since the worker started.
fn now_secs() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now() / 1000.0)
}
