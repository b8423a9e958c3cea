//! Training runs on a small random model. One program, because linking one takes seconds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod poolings;
mod replicas;
mod session;
mod small_run;
