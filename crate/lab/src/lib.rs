//! The engine of the lab: commands in, events out.
//!
//! [`protocol`] is the whole of both. [`Lab`] holds the loaded model, the pairs and the run, and handles commands; [`run`]
//! is one run, [`checkpoints`] says when it is saved, [`replicas`] are the instances of the program that share it.
//! Long requests are jobs, done a piece at a time, so that commands are handled in between.
//!
//! Deliberately absent: JavaScript, threads, clocks, file systems, and any choice of backend. The program around the
//! engine gives it a [`Host`], its clock and the receiver of its events, and a [`Platform`], its files, device and
//! replicas. The page is one such program (crate/page), the terminal another (crate/cli), the tests on threads a third.

pub mod checkpoints;
pub mod compute;
mod failure;
pub mod file_reader;
pub mod head;
mod host;
mod lab;
mod platform;
pub mod protocol;
pub mod replicas;
pub mod run;
pub mod strict;

pub use compute::Compute;
pub use host::{Host, Wait};
pub use lab::Lab;
pub use platform::Platform;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod protocol_types;
