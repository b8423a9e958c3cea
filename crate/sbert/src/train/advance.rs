//! A training step: batch, embeddings, losses, backward pass, sum over the replicas, optimiser. It is taken in parts of some
//! tens of milliseconds on a CPU, between which the caller can do something else.

use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};

use super::begun_step::{BegunStep, Part};
use super::config::WeightedObjective;
use super::losses::{Losses, counted_once};
use super::session::Session;
use super::step::{StepObjective, SubmittedStep};
use super::step_batch::StepBatch;
use super::step_report::StepReport;
use super::sum_gradients::sum_gradients;
use crate::encoder::{DropoutStream, TokenBatch, TrainingPass};
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::prefix_cache::Stage;
use crate::read_back::{StartedRead, read_back};
use crate::replicas::{Alone, Replicas};

/// What has come of [`Session::advance`].
#[must_use = "a submitted step's numbers say whether training still goes well"]
pub enum Advance {
    /// A part of the step.
    Part,
    /// Its last part: the device has the whole of it.
    Submitted(SubmittedStep),
    /// Nothing, for the run is over.
    Over,
}

impl Session {
    /// Train on the next batch and wait for its numbers; `None` when the run is over.
    ///
    /// # Errors
    /// [`Error::Diverged`] if the loss or the gradient is no longer finite; [`Error::Device`].
    pub async fn step(&mut self) -> Result<Option<StepReport>, Error> {
        match self.submit(&mut Alone).await? {
            Some(submitted) => submitted.report().await.map(Some),
            None => Ok(None),
        }
    }

    /// Give the device the next batch to train on, without waiting for the step's numbers; `None` when the run is over.
    ///
    /// # Errors
    /// Those of [`Session::advance`].
    pub async fn submit(&mut self, replicas: &mut impl Replicas) -> Result<Option<SubmittedStep>, Error> {
        loop {
            match self.advance(replicas).await? {
                Advance::Part => {}
                Advance::Submitted(submitted) => return Ok(Some(submitted)),
                Advance::Over => return Ok(None),
            }
        }
    }

    /// Do the next part of a step. Until its last part the model is the one before it; from then on the session is after
    /// this step. The other replicas of the run, if it has any, must take the same step, in parts or not.
    ///
    /// # Errors
    /// [`Error::Device`], where something has to be read back first; [`Error::Replica`], after which the session is still
    /// before this step and can take it again, with fewer replicas.
    pub async fn advance(&mut self, replicas: &mut impl Replicas) -> Result<Advance, Error> {
        let begun = match self.begun.take() {
            Some(begun) => begun,
            None if self.step_idx == self.plan.n_steps() => return Ok(Advance::Over),
            None => self.begin_step(replicas),
        };
        let BegunStep { epoch, positions, batch, next } = begun;
        let next = match next {
            Part::Prefix { n_filled } => self.fill_prefix(&batch, n_filled, replicas).await?,
            Part::Forward(mut pass) => match pass.forward(&self.model.encoder) {
                Some(embeddings) => self.losses(&batch, Some(embeddings), Some(pass), replicas).await?,
                None => Part::Forward(pass),
            },
            Part::Backward { pass: Some(mut pass), mut gradients, losses } => {
                let pass = pass.backward(&self.model.encoder, &mut gradients).then_some(pass);
                Part::Backward { pass, gradients, losses }
            }
            Part::Backward { pass: None, gradients, losses } => {
                self.reduce(&batch, gradients, losses, replicas).await?
            }
            Part::Update { gradients, losses } => {
                return Ok(Advance::Submitted(self.update(epoch, &positions, &batch, gradients, losses).await));
            }
        };
        self.begun = Some(BegunStep { epoch, positions, batch, next });
        Ok(Advance::Part)
    }

    /// True if a step has begun and is not submitted.
    pub fn is_in_step(&self) -> bool {
        self.begun.is_some()
    }

    fn begin_step(&mut self, replicas: &impl Replicas) -> BegunStep {
        let (epoch, positions) = self.batches.of_step(self.step_idx, &self.table, &self.config);
        // Over a frozen encoder a step takes milliseconds once the sentences are encoded: every replica takes the whole of
        // it, and there is nothing to sum.
        let batch = match replicas.n_replicas() > 1 && !self.encoder_is_frozen() {
            true => StepBatch::shared(&self.table, &positions, replicas),
            false => StepBatch::whole(&self.table, &positions),
        };
        BegunStep { epoch, positions, batch, next: Part::Prefix { n_filled: 0 } }
    }

    /// Compute some of what the frozen stages make of the batch, if that is kept; then begin with the other stages.
    async fn fill_prefix(
        &mut self,
        batch: &StepBatch,
        n_filled: usize,
        replicas: &mut impl Replicas,
    ) -> Result<Part, Error> {
        let stacked = batch.stacked();
        if let Some((encoder, cache)) = &mut self.prefix {
            let rest = &stacked[n_filled..];
            let n_there = cache.fill_next(encoder, &self.table.sentences, rest, self.pad_id, replicas).await?;
            if n_there < rest.len() {
                return Ok(Part::Prefix { n_filled: n_filled + n_there });
            }
        }
        let places = batch.share_of_stacked();
        if places.is_empty() {
            return self.losses(batch, None, None, replicas).await;
        }
        let positions: Vec<usize> = places.iter().map(|&place| stacked[place]).collect();
        let d_model = self.model.encoder.d_model();
        let kept =
            self.prefix.as_ref().map(|(_, cache)| (cache.stage, cache.gather(&positions, d_model, &self.device)));
        let kept_layers = match kept {
            Some((Stage::Pooling, embeddings)) => return self.losses(batch, Some(embeddings), None, replicas).await,
            Some((Stage::Layers(n_frozen), hidden)) => Some((n_frozen, hidden)),
            None => None,
        };

        let (sentences, pad_id) = match &self.words_in_use {
            Some(words_in_use) => (&words_in_use.sentences, words_in_use.pad_id),
            None => (&self.table.sentences, self.pad_id),
        };
        let of_share: Vec<&[u32]> = positions.iter().map(|&position| sentences[position].as_slice()).collect();
        // A sentence drops out what it would drop in one worker's batch.
        let drawn = places.into_iter().zip(of_share.iter().map(|ids| ids.len()));
        let seed = u64::from(self.config.seed);
        let dropout = DropoutStream::of_some(self.config.dropout, seed, self.step_idx as u64, drawn);
        let tokens = TokenBatch::new(&of_share, pad_id, &self.device);
        Ok(Part::Forward(Box::new(TrainingPass::new(tokens, dropout, kept_layers))))
    }

    /// The losses of this replica's share, and their gradients by the head and by what `pass` ends in. `embeddings` are
    /// those of the share's stacked sentences, `[2 · n_pairs, d_model]`; none if it has no pair.
    async fn losses(
        &self,
        batch: &StepBatch,
        embeddings: Option<Tensor<2>>,
        mut pass: Option<Box<TrainingPass>>,
        replicas: &mut impl Replicas,
    ) -> Result<Part, Error> {
        let (gradients, losses) = match Losses::of_share(embeddings, batch, &self.plan, &self.model, replicas).await? {
            Some(Losses { of_objectives, joint }) => {
                let mut found = joint.backward();
                if let Some(pass) = &mut pass {
                    pass.start_backward(&mut found);
                }
                let losses = Tensor::cat(of_objectives.into_iter().map(Tensor::inner).collect(), 0);
                (GradientsParams::from_grads(found, &self.model), losses)
            }
            None => {
                let losses = Tensor::zeros([self.plan.objectives.len()], &self.device.clone().inner());
                (GradientsParams::new(), losses)
            }
        };
        Ok(Part::Backward { pass, gradients, losses })
    }

    /// Sum gradients and losses over all replicas.
    async fn reduce(
        &self,
        batch: &StepBatch,
        gradients: GradientsParams,
        losses: Tensor<1>,
        replicas: &mut impl Replicas,
    ) -> Result<Part, Error> {
        if !batch.is_shared() {
            return Ok(Part::Update { gradients, losses });
        }
        let of_share = counted_once(read_back(losses).await?, &self.plan, replicas);
        let (gradients, of_batch) = sum_gradients(replicas, &self.model, gradients, of_share).await?;
        let losses = TensorData::new(of_batch, [self.plan.objectives.len()]);
        Ok(Part::Update { gradients, losses: Tensor::from_data(losses, &self.device.clone().inner()) })
    }

    /// Take the optimiser's step, and ask for its numbers, the one read of a step.
    async fn update(
        &mut self,
        epoch: usize,
        positions: &[usize],
        batch: &StepBatch,
        gradients: GradientsParams,
        losses: Tensor<1>,
    ) -> SubmittedStep {
        let rates = self.plan.rates(self.step_idx);
        self.step_idx += 1;
        self.whole_words.take();
        // Moved, not cloned: parameters that nothing else holds are changed in place.
        let model = std::mem::replace(&mut self.model, SentencePairModel::placeholder(&self.device));
        let (model, gradient_norm) = self.optimizer.step(model, gradients, rates, self.step_idx);
        self.model = model;

        let of_step = |&(objective, weight): &WeightedObjective| {
            let info = objective.info();
            StepObjective { name: info.name, weight, is_labelled: batch.is_labelled(info.label) }
        };
        let numbers = Tensor::cat(vec![losses, gradient_norm], 0);
        self.progress.add(&self.table, positions);
        SubmittedStep {
            numbers: StartedRead::of(numbers).await,
            step: self.step_idx,
            n_steps: self.plan.n_steps(),
            epoch,
            objectives: self.plan.objectives.iter().map(of_step).collect(),
            rates,
            fraction_done: self.progress.fraction(),
        }
    }
}
