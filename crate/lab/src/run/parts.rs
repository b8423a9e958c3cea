//! What goes into a run, and what is known of it afterwards.

use sbert::folder::TrainingRecord;
use sbert::freeze::TrainableCounts;
use sbert::model::SentencePairModel;
use sbert::session::{Evaluation, Scores, Session, TrainConfig};

use crate::checkpoints::CheckpointPacing;

/// What a run is put together from.
pub struct RunParts {
    /// The run's number.
    pub id: u32,
    /// Fingerprint of the model.
    pub model: String,
    /// The model that the session started from.
    pub baseline: SentencePairModel,
    /// The training.
    pub session: Session,
    /// Pairs held out from training; none if the corpus has none.
    pub held_out: Option<Evaluation>,
    /// When the run is saved.
    pub checkpoints: CheckpointPacing,
    /// True if the device computes by itself, and may be lost.
    pub on_gpu: bool,
    /// The same training at its beginning, for the warm-up; none where there is nothing to warm up.
    pub warm_up: Option<Session>,
}

/// What a run has been, for those who export its model.
#[derive(Clone, Debug)]
pub struct RunSummary {
    /// Its settings.
    pub config: TrainConfig,
    /// What it has trained.
    pub trainable: TrainableCounts,
    /// Training pairs.
    pub n_pairs: usize,
    /// Held-out pairs.
    pub n_held_out: usize,
    /// Steps it was to take.
    pub n_steps: usize,
    /// Steps it has taken.
    pub n_steps_done: usize,
    /// Seconds of training steps.
    pub training_secs: f64,
    /// Scores before training; none if nothing is held out.
    pub before: Option<Scores>,
    /// Scores after training; none if nothing is held out, or the run has not come so far.
    pub after: Option<Scores>,
}

impl RunSummary {
    /// The same for a model's card; `data_name` is the name of the file of pairs.
    pub fn record(&self, data_name: String) -> TrainingRecord {
        TrainingRecord {
            data_name,
            n_train: self.n_pairs,
            n_held_out: self.n_held_out,
            config: self.config.clone(),
            trainable: self.trainable,
            n_steps_done: self.n_steps_done,
            n_steps: self.n_steps,
            training_secs: Some(self.training_secs),
            before: self.before.clone(),
            after: self.after.clone(),
        }
    }
}
