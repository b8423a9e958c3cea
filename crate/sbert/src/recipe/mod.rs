//! A run as files, so that it can be repeated elsewhere: its pairs, its settings, and a script for sentence-transformers.
//!
//! It imports `corpus`, `train` and `pretrained`, because it writes the pairs, the settings and the files of a folder.
//!
//! The command line reads pairs and settings. The script trains on more than one machine, by sentence-transformers.

mod export_recipe;
mod readme;
mod run_file;
mod script;

pub use export_recipe::export_recipe;
pub use run_file::{PAIRS_FILE, RUN_FILE, RUN_FORMAT, RunFile, RunModel, SCRIPT_FILE};
