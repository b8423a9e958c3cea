//! The units of work of a run.

use sbert::Error;
use sbert::infer::PairedBootstrap;
use sbert::train::{Advance, SubmittedStep};

use super::{Hold, Phase, Run};
use crate::protocol::{Event, Moment, RunCheckpoint};
use crate::replicas::{Group, Port, Unit};

/// Seconds after which parts of a step, or of a checkpoint, end a unit of work: commands are handled soon enough, and the
/// parts of small models need no turn of the event loop each.
const PARTS_SECS: f64 = 0.02;

impl<P: Port> Run<P> {
    /// One unit of the run's own work, which began at `start_secs`; `false` if there is none left.
    pub(super) async fn work(&mut self, start_secs: f64) -> Result<bool, Error> {
        if self.writing.is_some() {
            self.write_checkpoint(start_secs).await?;
            return Ok(true);
        }
        match &self.phase {
            Phase::WarmUp { .. } => Ok(true),
            Phase::ScoreBefore => {
                if self.stopped || self.score(Moment::Before).await? {
                    self.phase = Phase::Train;
                }
                Ok(true)
            }
            Phase::Train => {
                if !self.train(start_secs).await? {
                    self.phase = Phase::ScoreAfter;
                    if let Some(held_out) = self.held_out.as_mut().filter(|_| !self.session.encoder_is_frozen()) {
                        self.group.begin(Unit::ForgetEmbeddings);
                        held_out.forget();
                    }
                }
                let is_between_steps = self.in_flight.is_none() && !self.session.is_in_step();
                if self.hold == Hold::Requested && is_between_steps && self.writing.is_none() {
                    // Whoever pauses may close the tab.
                    if self.checkpoints.is_behind(self.n_steps_done) {
                        self.begin_checkpoint().await?;
                    } else {
                        self.hold_now();
                    }
                }
                Ok(true)
            }
            // Without a step the model is the one that was scored before.
            Phase::ScoreAfter if self.n_steps_done == 0 => Ok(false),
            Phase::ScoreAfter => {
                if self.score(Moment::After).await? && matches!(self.phase, Phase::ScoreAfter) {
                    self.phase = Phase::End;
                }
                Ok(!matches!(self.phase, Phase::End))
            }
            Phase::Compare { .. } => Ok(self.compare()),
            Phase::End => Ok(false),
        }
    }

    /// Parts of a training step; `false` if there is none left.
    async fn train(&mut self, start_secs: f64) -> Result<bool, Error> {
        if !self.session.is_in_step() && self.checkpoints.is_due(self.n_steps_done, self.training_secs) {
            self.begin_checkpoint().await?;
            return Ok(true);
        }
        let next = if !self.session.is_in_step() && (self.stopped || self.hold == Hold::Requested) {
            None
        } else {
            if !self.session.is_in_step() {
                // Every replica would take the whole of such a step: the others' cores are worth more to the page.
                if self.group.is_shared() && self.session.has_all_embeddings() {
                    self.group = Group::alone();
                }
                self.group.begin(Unit::Step);
            }
            loop {
                match self.session.advance(&mut self.group.link).await? {
                    Advance::Submitted(submitted) => break Some(submitted),
                    Advance::Over => break None,
                    // A GPU computes by itself.
                    Advance::Part if self.on_gpu || self.host.now_secs() - start_secs < PARTS_SECS => {}
                    Advance::Part => {
                        self.step_secs += self.host.now_secs() - start_secs;
                        return Ok(true);
                    }
                }
            }
        };
        let due = if self.on_gpu { std::mem::replace(&mut self.in_flight, next) } else { next };
        let has_more = due.is_some() || self.in_flight.is_some() || self.hold == Hold::Requested;
        if let Some(due) = due {
            self.report(due, start_secs).await?;
        } else {
            self.step_secs += self.host.now_secs() - start_secs;
        }
        let is_end = self.in_flight.is_none() && !has_more;
        if is_end && self.checkpoints.is_behind(self.n_steps_done) {
            self.begin_checkpoint().await?;
        } else if is_end {
            // What a checkpoint does too.
            self.session.check_weights().await?;
        }
        Ok(has_more)
    }

    /// Wait for a step's numbers and send them.
    async fn report(&mut self, submitted: SubmittedStep, start_secs: f64) -> Result<(), Error> {
        let report = submitted.report().await?;
        let step_secs = self.step_secs + (self.host.now_secs() - start_secs);
        self.step_secs = 0.0;
        self.training_secs += step_secs;
        self.n_steps_done = report.step;
        self.host.send(Event::Stepped { run: self.id, report, step_secs });
        Ok(())
    }

    /// Begin to save the run where the device's loss can't reach it: the next units of work write it.
    async fn begin_checkpoint(&mut self) -> Result<(), Error> {
        // The session is already after the step in flight, and so is its checkpoint.
        if let Some(submitted) = self.in_flight.take() {
            self.report(submitted, self.host.now_secs()).await?;
        }
        self.writing = Some((self.session.begin_checkpoint()?, 0.0));
        Ok(())
    }

    /// Some megabytes of the checkpoint, which has taken `secs` so far. No step is taken before it is written.
    async fn write_checkpoint(&mut self, start_secs: f64) -> Result<(), Error> {
        let Some((mut writing, mut secs)) = self.writing.take() else { return Ok(()) };
        let has_more = loop {
            let has_more = writing.advance().await?;
            if !has_more || self.host.now_secs() - start_secs >= PARTS_SECS {
                break has_more;
            }
        };
        secs += self.host.now_secs() - start_secs;
        if has_more {
            self.writing = Some((writing, secs));
            return Ok(());
        }
        let (step, elapsed_secs, training_secs) = (self.n_steps_done, self.elapsed_secs, self.training_secs);
        let (model, before, bytes) = (self.model.clone(), self.before.clone(), writing.into_bytes());
        let checkpoint = RunCheckpoint { step, elapsed_secs, training_secs, model, before, bytes };
        self.host.send(Event::Checkpointed { run: self.id, checkpoint });
        self.checkpoints.made(step, training_secs, secs);
        if self.hold == Hold::Requested && !matches!(self.phase, Phase::Train) {
            self.hold_now();
        }
        Ok(())
    }

    /// One batch of the held-out pairs' sentences, or the scores once all are encoded; `true` when scored.
    async fn score(&mut self, moment: Moment) -> Result<bool, Error> {
        let run = self.id;
        let Some(held_out) = &mut self.held_out else {
            return Ok(true);
        };
        let (model, unit) = match moment {
            Moment::Before => (self.baseline.clone(), Unit::EncodeBefore),
            Moment::After => (self.session.model(), Unit::EncodeAfter),
        };
        self.group.begin(unit);
        if held_out.encode_next(&model, &mut self.group.link).await? {
            let (n_done, n_total) = (held_out.n_encoded(), held_out.n_sentences());
            self.host.send(Event::Evaluating { run, moment, n_done, n_total });
            return Ok(false);
        }
        let predictions = held_out.predictions(&model).await?;
        let pairs = &held_out.table().pairs;
        let scores = predictions.scores(pairs);
        self.host.send(Event::Evaluated { run, moment, scores: scores.clone(), predictions: predictions.clone() });
        match moment {
            Moment::Before => {
                self.before = Some(scores);
                self.predictions_before = Some(predictions);
            }
            Moment::After => {
                self.after = Some(scores);
                if let Some(before) = self.predictions_before.take() {
                    let seed = u64::from(self.session.config().seed);
                    let bootstrap = Box::new(PairedBootstrap::new(pairs, before, predictions, seed));
                    self.phase = Phase::Compare { bootstrap };
                }
            }
        }
        Ok(true)
    }

    /// The next draws of the held-out pairs; `false` once the scores are compared, or the visitor has waited enough.
    fn compare(&mut self) -> bool {
        let Phase::Compare { bootstrap } = &mut self.phase else { return false };
        let (n_done, n_total) = bootstrap.progress();
        self.host.send(Event::Resampling { run: self.id, n_done, n_total });
        if bootstrap.advance() {
            return true;
        }
        if let Phase::Compare { bootstrap } = std::mem::replace(&mut self.phase, Phase::End) {
            self.changes = bootstrap.finish();
        }
        false
    }
}
