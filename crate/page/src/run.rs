//! One run: score the held-out pairs, train, score again; a unit of work at a time.

use sbert::model::SentencePairModel;
use sbert::session::{Evaluation, Session};

use crate::port::{post, scope};
use crate::protocol::{Event, Failure, Moment};

/// A run in progress.
pub struct Run {
    /// The run's number.
    pub id: u32,
    /// True while the visitor holds it.
    pub paused: bool,
    /// True once the visitor has ended it.
    stopped: bool,
    phase: Phase,
    baseline: SentencePairModel,
    session: Session,
    /// Pairs held out from training; none if the corpus has none.
    held_out: Option<Evaluation>,
    n_steps_done: usize,
    elapsed_secs: f64,
    training_secs: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    ScoreBefore,
    Train,
    ScoreAfter,
}

impl Run {
    /// Put a prepared session and its evaluation together. `baseline` is the model that the session starts from.
    pub fn new(id: u32, baseline: SentencePairModel, session: Session, held_out: Option<Evaluation>) -> Self {
        Self {
            id,
            paused: false,
            stopped: false,
            phase: Phase::ScoreBefore,
            baseline,
            session,
            held_out,
            n_steps_done: 0,
            elapsed_secs: 0.0,
            training_secs: 0.0,
        }
    }

    /// The model as trained so far.
    pub fn model(&self) -> SentencePairModel {
        self.session.model()
    }

    /// End the training after the step in progress; the scores after it are still to come.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.paused = false;
    }

    /// Do one unit of work: a batch of sentences or a step. `false` when the run has ended.
    ///
    /// # Errors
    /// Whatever ended the run; the loaded model is unharmed.
    pub async fn advance(&mut self) -> Result<bool, Failure> {
        let start_secs = now_secs();
        let goes_on = match self.phase {
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
        if self.stopped {
            return Ok(false);
        }
        let Some(report) = self.session.step().await? else {
            return Ok(false);
        };
        let step_secs = now_secs() - start_secs;
        self.training_secs += step_secs;
        self.n_steps_done = report.step;
        post(&Event::Stepped { run: self.id, report, step_secs });
        Ok(true)
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

/// Seconds since the worker started.
fn now_secs() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now() / 1000.0)
}
