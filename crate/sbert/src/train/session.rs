//! One run: its state, and the training loop's body.

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};

use super::config::TrainConfig;
use super::freeze::{FreezeStrategy, TrainableCounts};
use super::losses::Losses;
use super::optimizer::{Optimizer, Rates};
use super::progress::{Progress, TokenWork};
use super::schedule::LinearSchedule;
use super::step::SubmittedStep;
use super::step_report::StepReport;
use super::sum_gradients::sum_gradients;
use super::words_in_use::WordsInUse;
use crate::corpus::{BatchPlan, PairTable};
use crate::encoder::SentenceEncoder;
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::prefix_cache::{ActivationStore, EmbeddingStore};
use crate::read_back::{StartedRead, read_back};
use crate::replicas::{Alone, Replicas};

/// One run: a model in training, its optimiser, its schedule and its batches.
pub struct Session {
    pub(super) model: SentencePairModel,
    /// Where the model trains; an autodiff device.
    pub(super) device: Device,
    pub(super) optimizer: Optimizer,
    pub(super) schedule: LinearSchedule,
    pub(super) config: TrainConfig,
    pub(super) table: PairTable,
    pub(super) pad_id: u32,
    /// With a frozen encoder: the encoder without autodiff, and what it has computed so far.
    pub(super) frozen: Option<(SentenceEncoder, EmbeddingStore)>,
    /// Where only the lower layers are frozen, and the device has their layout: what they have computed so far.
    pub(super) lower: Option<ActivationStore>,
    /// Where the word embeddings are trained: the rows of them that are.
    pub(super) words_in_use: Option<WordsInUse>,
    pub(super) trainable: TrainableCounts,
    /// The batches of the epoch in progress, and which epoch that is.
    pub(super) plan: Option<(usize, BatchPlan)>,
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
    /// [`Error::Setting`] for a setting out of range, or if the freeze strategy leaves nothing that the labels could
    /// train (unless it is [`FreezeStrategy::Everything`]); [`Error::Corpus`] if there are no pairs.
    pub fn new(model: &SentencePairModel, table: PairTable, pad_id: u32, config: TrainConfig) -> Result<Self, Error> {
        config.validate()?;
        if table.pairs.is_empty() {
            return Err(Error::Corpus { problem: "there are no pairs to train on".to_owned() });
        }
        table.check_labels(model.head.n_classes())?;
        let device = model.head.linear.weight.val().device().autodiff();

        let mut training = config.freeze.apply(model.clone().train())?;
        if config.classification_weight == 0.0 || table.pairs.iter().all(|pair| pair.label.is_none()) {
            training.head = training.head.freeze();
        }
        if !config.freeze.freezes_everything() && TrainableCounts::of(&training).trained() == 0 {
            let problem =
                "leaves nothing to train: without classes the head does not learn; train encoder layers too".to_owned();
            return Err(Error::Setting { name: "freeze", problem });
        }

        let trainable = TrainableCounts::of(&training);
        let words_in_use = (trainable.embeddings > 0).then(|| {
            let word = &model.encoder.embeddings.word.weight;
            WordsInUse::new(&table, pad_id, word.val())
        });
        if let Some(words_in_use) = &words_in_use {
            let restricted = words_in_use.restrict(model.encoder.embeddings.word.weight.clone());
            training.encoder.embeddings.word.weight = restricted.map(|rows| Tensor::from_inner(rows).require_grad());
        }
        let lower = match config.freeze {
            FreezeStrategy::AllButLast { n_layers } if n_layers > 0 && ActivationStore::is_for(&device) => {
                let n_frozen = model.encoder.layers.len() - n_layers;
                ActivationStore::new(model.encoder.clone(), n_frozen, &table.sentences)
            }
            _ => None,
        };

        let frozen = config
            .freeze
            .freezes_encoder()
            .then(|| (model.encoder.clone(), EmbeddingStore::new(table.sentences.len())));
        let n_layers = model.encoder.layers.len();
        let work = match config.freeze {
            _ if frozen.is_some() => TokenWork::new(n_layers, n_layers, 0),
            FreezeStrategy::AllButLast { n_layers: n_trained } => {
                TokenWork::new(n_layers, lower.as_ref().map_or(0, ActivationStore::n_frozen), n_trained)
            }
            _ => TokenWork::new(n_layers, 0, n_layers),
        };
        let n_pairs = table.pairs.len();
        let n_steps = match config.freeze {
            FreezeStrategy::Everything => 0,
            _ => n_pairs.div_ceil(config.batch_size) * config.epochs,
        };
        Ok(Self {
            optimizer: Optimizer::new(&config),
            model: training,
            schedule: LinearSchedule::new(config.warmup_fraction, n_steps),
            progress: Progress::new(&table, config.epochs, work),
            device,
            table,
            pad_id,
            frozen,
            lower,
            words_in_use,
            trainable,
            plan: None,
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

    /// True if no step changes the encoder, so that embeddings from before the run still hold after it.
    pub fn encoder_is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// Bytes of what the run keeps of the frozen layers' results, so as to compute them once; none if it keeps nothing.
    pub fn kept_bytes(&self) -> Option<usize> {
        let embeddings = || self.table.sentences.len() * self.model.encoder.d_model() * size_of::<f32>();
        match (&self.frozen, &self.lower) {
            (Some(_), _) => Some(embeddings()),
            (None, lower) => lower.as_ref().map(ActivationStore::n_bytes),
        }
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
        self.schedule.n_steps
    }

    /// The model as trained so far, without autodiff and dropout.
    pub fn model(&self) -> SentencePairModel {
        let mut model = self.model.valid();
        if let Some(words_in_use) = &self.words_in_use {
            let word = &mut model.encoder.embeddings.word.weight;
            *word = words_in_use.extend(word.clone(), self.decay_so_far());
        }
        model
    }

    /// What AdamW's decay alone has multiplied an encoder weight by.
    fn decay_so_far(&self) -> f64 {
        let of_step =
            |step_idx| 1.0 - self.config.learning_rate * self.schedule.factor(step_idx) * self.config.weight_decay;
        (0..self.step_idx).map(of_step).product()
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
        if self.step_idx == self.schedule.n_steps {
            return Ok(None);
        }
        let (epoch, batch) = self.batch_of(self.step_idx);

        // Rate.
        let factor = self.schedule.factor(self.step_idx);
        let rates =
            Rates { encoder: self.config.learning_rate * factor, head: self.config.head_learning_rate * factor };

        // Forward and backward, of this replica's share; then the whole batch's gradient.
        let share = self.share_of(&batch, replicas);
        let targets = self.targets_of(&batch, &share);
        let (mut gradients, mut losses) = match self.embed(&batch, &share, replicas).await? {
            Some(embeddings) => {
                let losses = Losses::of(&self.model, embeddings, &targets, &self.config);
                (GradientsParams::from_grads(losses.joint.backward(), &self.model), losses.stacked())
            }
            None => (GradientsParams::new(), Tensor::zeros([Losses::N], &self.device.clone().inner())),
        };
        if self.shares_steps(replicas) {
            let of_share = read_back(losses).await?;
            let (summed, of_batch) = sum_gradients(replicas, &self.model, gradients, of_share).await?;
            gradients = summed;
            losses = Tensor::from_data(TensorData::new(of_batch, [Losses::N]), &self.device.clone().inner());
        }

        // Clip, step.
        self.step_idx += 1;
        // Moved, not cloned: parameters that nothing else holds are changed in place.
        let model = std::mem::replace(&mut self.model, SentencePairModel::placeholder(&self.device));
        let (model, gradient_norm) = self.optimizer.step(model, gradients, rates, self.step_idx);
        self.model = model;

        // Read back, once.
        let numbers = Tensor::cat(vec![losses, gradient_norm], 0);
        self.progress.add(&self.table, &batch);
        Ok(Some(SubmittedStep {
            numbers: StartedRead::of(numbers).await,
            step: self.step_idx,
            n_steps: self.schedule.n_steps,
            epoch,
            has_classes: targets.n_classified > 0,
            has_scores: targets.n_scored > 0,
            rates,
            fraction_done: self.progress.fraction(),
        }))
    }
}
