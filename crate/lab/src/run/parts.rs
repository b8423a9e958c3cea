//! What goes into a run.

use sbert::infer::Evaluation;
use sbert::model::SentencePairModel;
use sbert::train::Session;

use crate::checkpoints::CheckpointPacing;

/// What a run is put together from.
pub struct RunParts {
    /// The run's number.
    pub id: u32,
    /// Name of the file of pairs.
    pub data_name: String,
    /// Names of the classes that the head tells apart, in its order; empty if there are none.
    pub classes: Vec<String>,
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
