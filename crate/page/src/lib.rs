//! The only code that knows JavaScript: the worker around [`sbert`], compiled to WebAssembly.
//!
//! [`protocol`] is what page and worker say to each other; [`device`] chooses the compute backend, checks and watches it;
//! [`blob`] reads the files that the page hands over; [`lab`] owns the loaded model, the corpus and the run, and carries out commands; [`run`] is
//! one run, [`checkpoints`] says when it is written down, [`crew`] is the workers that share it; [`worker_loop`] is the
//! event loop around all of it. One task owns all state, so nothing is locked or shared.

pub mod blob;
pub mod checkpoints;
pub mod constructors;
pub mod crashes;
pub mod crew;
pub mod device;
pub mod failure;
pub mod lab;
pub mod port;
pub mod protocol;
pub mod relaxed;
pub mod run;
pub mod turn;
pub mod worker_loop;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod protocol_types;
