//! The training loop, one step at a time: settings, what is frozen, losses, optimiser, schedule, progress, checkpoints.
//!
//! It imports `model`, `corpus` and what those are made of. It does not know files of models, nor scores.
//!
//! Nothing here waits, sleeps or starts anything: the caller decides when to call [`Session::step`], and pausing is
//! not calling it. Every read from the device is asynchronous, because WebGPU has no other; a step has one, and
//! one more where a frozen encoder meets sentences for the first time.

mod activation_bytes;
mod advance;
mod begun_step;
mod check_weights;
mod checkpoint;
mod config;
mod cpu_adamw;
mod freeze;
mod losses;
mod optimizer;
mod plan;
mod progress;
mod schedule;
mod session;
mod step;
mod step_batch;
mod step_report;
mod sum_gradients;
mod value_range;
mod words_in_use;

pub use advance::Advance;
pub use checkpoint::CheckpointWriting;
pub use config::{AdamW, LossWeight, SETTINGS, Setting, TrainConfig, WeightedObjective};
pub use freeze::{FreezeInfo, FreezeStrategy, TrainableCounts, TrainedLayers, TrainedParts};
pub use losses::Losses;
pub use session::Session;
pub use step::SubmittedStep;
pub use step_report::StepReport;
pub use value_range::ValueRange;
