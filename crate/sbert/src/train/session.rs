//! One run: its state. Its steps are in `advance`.

use std::cell::OnceCell;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::begun_step::BegunStep;
use super::config::TrainConfig;
use super::freeze::TrainableCounts;
use super::optimizer::Optimizer;
use super::plan::TrainPlan;
use super::progress::{Progress, TokenWork};
use super::step_batch::Batches;
use super::words_in_use::{WordRows, WordsInUse};
use crate::corpus::PairTable;
use crate::encoder::SentenceEncoder;
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::objective::ObjectiveInfo;
use crate::prefix_cache::{PrefixCache, Stage};

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
    pub(super) words_in_use: Option<WordsInUse>,
    /// The whole table of word embeddings after the last step, if somebody has asked for it.
    pub(super) whole_words: OnceCell<Tensor<2>>,
    trainable: TrainableCounts,
    pub(super) step_idx: usize,
    pub(super) progress: Progress,
    /// The step that has begun, if one has.
    pub(super) begun: Option<BegunStep>,
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
            whole_words: OnceCell::new(),
            trainable,
            step_idx: 0,
            begun: None,
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

    /// True if no step encodes a sentence any more: the encoder is frozen, and every embedding is kept.
    pub fn has_all_embeddings(&self) -> bool {
        let is_full = |cache: &PrefixCache| cache.held().count() == self.table.sentences.len();
        self.encoder_is_frozen() && self.prefix.as_ref().is_some_and(|(_, cache)| is_full(cache))
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
            let trained = word.val();
            let put_together = || words_in_use.extend(trained, self.plan.decay_after(self.step_idx));
            let whole = self.whole_words.get_or_init(put_together).clone();
            *word = word.clone().map(|_| whole);
        }
        model
    }

    /// As [`Self::model`], with the word embeddings of some sentences alone, since the whole table takes long to put together
    /// after each step; those sentences and the padding in ids of its rows.
    pub fn model_for(&self, sentences: [&[u32]; 2]) -> (SentencePairModel, [Vec<u32>; 2], u32) {
        let Some(words_in_use) = &self.words_in_use else {
            return (self.model(), sentences.map(<[u32]>::to_vec), self.pad_id);
        };
        let rows = WordRows::of(sentences.into_iter().flatten().copied(), self.pad_id);
        let mut model = self.model.valid();
        let word = &mut model.encoder.embeddings.word.weight;
        let decay = self.plan.decay_after(self.step_idx);
        *word = word.clone().map(|trained| words_in_use.rows(trained, decay, rows.ids()));
        (model, sentences.map(|ids| rows.of_sentence(ids)), rows.of_token(self.pad_id))
    }
}
