//! One run: its state, and the training loop's body.

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};

use super::config::{TrainConfig, WeightedObjective};
use super::freeze::TrainableCounts;
use super::losses::{Losses, counted_once};
use super::optimizer::Optimizer;
use super::plan::TrainPlan;
use super::progress::{Progress, TokenWork};
use super::step::{StepObjective, SubmittedStep};
use super::step_batch::{Batches, StepBatch};
use super::step_report::StepReport;
use super::sum_gradients::sum_gradients;
use super::words_in_use::WordsInUse;
use crate::corpus::PairTable;
use crate::encoder::{DropoutStream, PackedTokens, SentenceEncoder, TokenBatch};
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::objective::ObjectiveInfo;
use crate::prefix_cache::{PrefixCache, Stage};
use crate::read_back::{StartedRead, read_back};
use crate::replicas::{Alone, Replicas};

/// One run: a model in training, its optimiser, its schedule and its batches.
pub struct Session {
    pub(super) model: SentencePairModel,
    /// Where the model trains; an autodiff device.
    pub(super) device: Device,
    pub(super) config: TrainConfig,
    pub(super) plan: TrainPlan,
    pub(super) optimizer: Optimizer,
    pub(super) table: PairTable,
    pub(super) pad_id: u32,
    pub(super) batches: Batches,
    /// Where the front of the encoder is frozen: the encoder without autodiff, and what its frozen stages have computed so
    /// far. None where that can't be kept.
    pub(super) prefix: Option<(SentenceEncoder, PrefixCache)>,
    /// Where the word embeddings are trained: the rows of them that are.
    words_in_use: Option<WordsInUse>,
    trainable: TrainableCounts,
    pub(super) step_idx: usize,
    pub(super) progress: Progress,
}

impl Session {
    /// Prepare a run of `model` (on a device without autodiff, and left as it is) over the pairs of `table`.
    ///
    /// Where no pair has a class, or the classification objective has no weight, the head is frozen too: it would
    /// only decay.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting out of range, or if the labels could train nothing of what the freeze strategy
    /// leaves (unless it is [`FreezeStrategy::Everything`](super::FreezeStrategy::Everything)); [`Error::Corpus`] if there
    /// are no pairs.
    pub fn new(model: &SentencePairModel, table: PairTable, pad_id: u32, config: TrainConfig) -> Result<Self, Error> {
        config.validate()?;
        if table.pairs.is_empty() {
            return Err(Error::Corpus { problem: "there are no pairs to train on".to_owned() });
        }
        table.check_labels(model.head.n_classes())?;
        let device = model.head.linear.weight.val().device().autodiff();
        let plan = TrainPlan::new(&config, model, &table)?;
        let mut training = plan.freeze(model.clone().train());
        let trainable = TrainableCounts::of(&training);
        let words_in_use = (trainable.embeddings > 0).then(|| {
            let word = &model.encoder.embeddings.word.weight;
            WordsInUse::new(&table, pad_id, word.val())
        });
        if let Some(words_in_use) = &words_in_use {
            let restricted = words_in_use.restrict(model.encoder.embeddings.word.weight.clone());
            training.encoder.embeddings.word.weight = restricted.map(|rows| Tensor::from_inner(rows).require_grad());
        }
        let cache = plan
            .last_frozen_stage()
            .and_then(|stage| PrefixCache::new(stage, &model.encoder, &table.sentences, &device));
        let [n_layers, n_trained] = plan.n_layers();
        let n_kept = match cache.as_ref().map(|cache| cache.stage) {
            Some(Stage::Pooling) => n_layers,
            Some(Stage::Layers(n_frozen)) => n_frozen,
            None => 0,
        };
        Ok(Self {
            model: training,
            device,
            optimizer: Optimizer::new(&config),
            progress: Progress::new(&table, config.epochs, TokenWork::new(n_layers, n_kept, n_trained)),
            plan,
            table,
            pad_id,
            batches: Batches::default(),
            prefix: cache.map(|cache| (model.encoder.clone(), cache)),
            words_in_use,
            trainable,
            step_idx: 0,
            config,
        })
    }

    /// A run with the same settings over the same pairs, at its beginning.
    ///
    /// # Errors
    /// Those of [`Session::new`].
    pub fn restarted(&self, model: &SentencePairModel) -> Result<Self, Error> {
        Self::new(model, self.table.clone(), self.pad_id, self.config.clone())
    }

    /// How many parameters the run trains, part by part.
    pub fn trainable(&self) -> TrainableCounts {
        self.trainable
    }

    /// What the run trains towards: the objectives that have a weight and pairs to learn from.
    pub fn objectives(&self) -> Vec<ObjectiveInfo> {
        self.plan.objectives.iter().map(|(objective, _)| objective.info()).collect()
    }

    /// True if no step changes the encoder, so that embeddings from before the run still hold after it.
    pub fn encoder_is_frozen(&self) -> bool {
        self.plan.last_frozen_stage() == Some(Stage::Pooling)
    }

    /// Bytes of what the run keeps of the frozen layers' results, so as to compute them once; none if it keeps nothing.
    pub fn kept_bytes(&self) -> Option<u64> {
        self.prefix.as_ref().map(|(encoder, cache)| cache.n_bytes(encoder, &self.table.sentences))
    }

    /// The pairs of the run.
    pub fn table(&self) -> &PairTable {
        &self.table
    }

    /// The run's settings.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// Steps that have been submitted, those of a restored checkpoint included.
    pub fn n_steps_done(&self) -> usize {
        self.step_idx
    }

    /// Steps of the whole run; 0 if everything is frozen.
    pub fn n_steps(&self) -> usize {
        self.plan.n_steps()
    }

    /// The model as trained so far, without autodiff and dropout.
    pub fn model(&self) -> SentencePairModel {
        let mut model = self.model.valid();
        if let Some(words_in_use) = &self.words_in_use {
            let word = &mut model.encoder.embeddings.word.weight;
            *word = words_in_use.extend(word.clone(), self.plan.decay_after(self.step_idx));
        }
        model
    }

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
    /// From now on the session is after this step. The other replicas of the run, if it has any, must do the same.
    ///
    /// # Errors
    /// [`Error::Device`], where something has to be read back first; [`Error::Replica`], after which the session is still
    /// before this step and can take it again, with fewer replicas.
    pub async fn submit(&mut self, replicas: &mut impl Replicas) -> Result<Option<SubmittedStep>, Error> {
        if self.step_idx == self.plan.n_steps() {
            return Ok(None);
        }

        // Batch. Over a frozen encoder a step takes milliseconds once the sentences are encoded: every replica takes the
        // whole of it, and there is nothing to sum.
        let (epoch, positions) = self.batches.of_step(self.step_idx, &self.table, &self.config);
        let batch = match replicas.n_replicas() > 1 && !self.encoder_is_frozen() {
            true => StepBatch::shared(&self.table, &positions, replicas),
            false => StepBatch::whole(&self.table, &positions),
        };

        // Embed, losses, backward: of this replica's share.
        let embeddings = self.embed(&batch, replicas).await?;
        let n_objectives = self.plan.objectives.len();
        let (mut gradients, mut losses) =
            match Losses::of_share(embeddings, &batch, &self.plan, &self.model, replicas).await? {
                Some(Losses { of_objectives, joint }) => {
                    let gradients = GradientsParams::from_grads(joint.backward(), &self.model);
                    (gradients, Tensor::cat(of_objectives.into_iter().map(Tensor::inner).collect(), 0))
                }
                None => (GradientsParams::new(), Tensor::zeros([n_objectives], &self.device.clone().inner())),
            };

        // Reduce.
        if batch.is_shared() {
            let of_share = counted_once(read_back(losses).await?, &self.plan, replicas);
            let (summed, of_batch) = sum_gradients(replicas, &self.model, gradients, of_share).await?;
            gradients = summed;
            losses = Tensor::from_data(TensorData::new(of_batch, [n_objectives]), &self.device.clone().inner());
        }

        // Step.
        let rates = self.plan.rates(self.step_idx);
        self.step_idx += 1;
        // Moved, not cloned: parameters that nothing else holds are changed in place.
        let model = std::mem::replace(&mut self.model, SentencePairModel::placeholder(&self.device));
        let (model, gradient_norm) = self.optimizer.step(model, gradients, rates, self.step_idx);
        self.model = model;

        // Read back, once.
        let of_step = |&(objective, weight): &WeightedObjective| {
            let info = objective.info();
            StepObjective { name: info.name, weight, is_labelled: batch.is_labelled(info.label) }
        };
        let numbers = Tensor::cat(vec![losses, gradient_norm], 0);
        self.progress.add(&self.table, &positions);
        Ok(Some(SubmittedStep {
            numbers: StartedRead::of(numbers).await,
            step: self.step_idx,
            n_steps: self.plan.n_steps(),
            epoch,
            objectives: self.plan.objectives.iter().map(of_step).collect(),
            rates,
            fraction_done: self.progress.fraction(),
        }))
    }

    /// Embeddings of the stacked sentences of this replica's share, `[2 · n_pairs, d_model]`; none if it takes no pair.
    async fn embed(&mut self, batch: &StepBatch, replicas: &mut impl Replicas) -> Result<Option<Tensor<2>>, Error> {
        let stacked = batch.stacked();
        if let Some((encoder, cache)) = &mut self.prefix {
            cache.fill(encoder, &self.table.sentences, &stacked, self.pad_id, replicas).await?;
        }
        let places = batch.share_of_stacked();
        if places.is_empty() {
            return Ok(None);
        }
        let positions: Vec<usize> = places.iter().map(|&place| stacked[place]).collect();
        let encoder = &self.model.encoder;
        let gather = |cache: &PrefixCache| cache.gather(&positions, encoder.d_model(), &self.device);
        let kept = self.prefix.as_ref().map(|(_, cache)| (cache.stage, gather(cache)));
        if let Some((Stage::Pooling, embeddings)) = kept {
            return Ok(Some(embeddings));
        }

        let (sentences, pad_id) = match &self.words_in_use {
            Some(words_in_use) => (&words_in_use.sentences, words_in_use.pad_id),
            None => (&self.table.sentences, self.pad_id),
        };
        let of_share: Vec<&[u32]> = positions.iter().map(|&position| sentences[position].as_slice()).collect();
        // A sentence drops out what it would drop in one worker's batch.
        let drawn = places.into_iter().zip(of_share.iter().map(|ids| ids.len()));
        let seed = u64::from(self.config.seed);
        let mut dropout = DropoutStream::of_some(self.config.dropout, seed, self.step_idx as u64, drawn);
        Ok(Some(match kept {
            Some((Stage::Layers(n_frozen), hidden)) => {
                let tokens = PackedTokens::new(&of_share, &self.device);
                encoder.forward_upper(hidden, &tokens, n_frozen, Some(&mut dropout))
            }
            _ => encoder.forward_training(&TokenBatch::new(&of_share, pad_id, &self.device), dropout),
        }))
    }
}
