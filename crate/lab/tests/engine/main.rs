//! The engine without a browser: commands in, events out, with threads for replicas and vectors for files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
#![cfg(not(target_arch = "wasm32"))]

mod channel_port;
mod embed;
mod estimates;
mod gpu;
mod import;
mod pieces;
mod requests;
mod resume;
mod run_comparison;
mod run_control;
mod shared_runs;
mod test_lab;
mod test_platform;
