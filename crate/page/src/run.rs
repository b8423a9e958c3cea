//! One run: warm up, score the held-out pairs, train, score again; a unit of work at a time.

use sbert::model::SentencePairModel;
use sbert::session::{Evaluation, Session, SubmittedStep};

use crate::checkpoints::CheckpointPacing;
use crate::port::{post, post_checkpoint, scope};
use crate::protocol::{Event, Failure, Moment, RunCheckpoint};

/// Training steps of a warm-up: the first makes AdamW's moments, the second uses them.
const N_WARM_UP_STEPS: usize = 2;

/// A run in progress.
pub struct Run {
    /// The run's number.
    pub id: u32,
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
    n_steps_done: usize,
    elapsed_secs: f64,
    training_secs: f64,
    /// Seconds of training work since the last step that was reported.
    step_secs: f64,
}

/// What a run is put together from.
pub struct RunParts {
    /// The run's number.
    pub id: u32,
    /// The model that the session started from.
    pub baseline: SentencePairModel,
    /// The training.
    pub session: Session,
    /// Pairs held out from training; none if the corpus has none.
    pub held_out: Option<Evaluation>,
    /// True if the device computes by itself, and may be lost.
    pub on_gpu: bool,
    /// The same training at its beginning, to be thrown away; none where there is nothing to warm up.
    pub warm_up: Option<Session>,
}

enum Phase {
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
    /// Begin a run, or go on with that of a checkpoint, whose scores before training are known.
    pub fn new(parts: RunParts, checkpoint: Option<&RunCheckpoint>) -> Self {
        let RunParts { id, baseline, session, held_out, on_gpu, warm_up } = parts;
        let n_steps_done = session.n_steps_done();
        Self {
            id,
            hold: Hold::No,
            stopped: false,
            phase: match warm_up {
                Some(scratch) => Phase::WarmUp { scratch: Box::new(scratch) },
                None => after_warm_up(checkpoint.is_some()),
            },
            is_continued: checkpoint.is_some(),
            checkpoints: CheckpointPacing::new(on_gpu, session.trainable().trained(), n_steps_done),
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
        let start_secs = now_secs();
        let goes_on = match &mut self.phase {
            // Its time counts for nothing: the clock has not started.
            Phase::WarmUp { scratch } => {
                let n_done = scratch.n_steps_done();
                post(&Event::WarmingUp { run: self.id, n_done, n_total: N_WARM_UP_STEPS });
                if self.stopped || n_done == N_WARM_UP_STEPS || scratch.step().await?.is_none() {
                    self.phase = after_warm_up(self.is_continued);
                }
                return Ok(true);
            }
            Phase::ScoreBefore if self.stopped => {
                self.phase = Phase::Train;
                true
            }
            Phase::ScoreBefore => {
                if self.score(Moment::Before).await? {
                    self.phase = Phase::Train;
                }
                true
            }
            Phase::Train => {
                if !self.train(start_secs).await? {
                    self.phase = Phase::ScoreAfter;
                    if let Some(held_out) = self.held_out.as_mut().filter(|_| !self.session.encoder_is_frozen()) {
                        held_out.forget();
                    }
                }
                self.hold_if_idle();
                true
            }
            // Without a step the model is the one that was scored before.
            Phase::ScoreAfter if self.n_steps_done == 0 => false,
            Phase::ScoreAfter => !self.score(Moment::After).await?,
        };
        self.elapsed_secs += now_secs() - start_secs;
        if !goes_on {
            post(&Event::RunEnded {
                run: self.id,
                stopped: self.stopped,
                n_steps_done: self.n_steps_done,
                elapsed_secs: self.elapsed_secs,
                training_secs: self.training_secs,
            });
        }
        Ok(goes_on)
    }

    /// One training step; `false` if there is none left.
    async fn train(&mut self, start_secs: f64) -> Result<bool, Failure> {
        let next = if self.stopped || self.hold == Hold::Asked { None } else { self.session.submit().await? };
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
    async fn report(&mut self, submitted: SubmittedStep, start_secs: f64) -> Result<(), Failure> {
        let report = submitted.report().await?;
        let step_secs = self.step_secs + (now_secs() - start_secs);
        self.step_secs = 0.0;
        self.training_secs += step_secs;
        self.n_steps_done = report.step;
        post(&Event::Stepped { run: self.id, report, step_secs });
        Ok(())
    }

    /// Write the run down where the device's loss can't reach it.
    async fn checkpoint(&mut self) -> Result<(), Failure> {
        // The session is already after the step in flight, and so is its checkpoint.
        if let Some(submitted) = self.in_flight.take() {
            self.report(submitted, now_secs()).await?;
        }
        let start_secs = now_secs();
        let bytes = self.session.checkpoint().await?;
        let (step, elapsed_secs, training_secs) = (self.n_steps_done, self.elapsed_secs, self.training_secs);
        post_checkpoint(self.id, RunCheckpoint { step, elapsed_secs, training_secs, bytes });
        self.checkpoints.made(step, now_secs() - start_secs);
        Ok(())
    }

    /// One batch of the held-out pairs' sentences, or the scores once all are encoded; `true` when scored.
    async fn score(&mut self, moment: Moment) -> Result<bool, Failure> {
        let model = match moment {
            Moment::Before => self.baseline.clone(),
            Moment::After => self.session.model(),
        };
        let run = self.id;
        let Some(held_out) = &mut self.held_out else {
            return Ok(true);
        };
        if held_out.encode_next(&model).await? {
            let (n_done, n_total) = (held_out.n_encoded(), held_out.n_sentences());
            post(&Event::Evaluating { run, moment, n_done, n_total });
            return Ok(false);
        }
        let scores = held_out.scores(&model).await?;
        post(&Event::Evaluated { run, moment, scores });
        Ok(true)
    }
}

fn after_warm_up(is_continued: bool) -> Phase {
    if is_continued { Phase::Train } else { Phase::ScoreBefore }
}

/// Seconds since the worker started.
fn now_secs() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now() / 1000.0)
}
