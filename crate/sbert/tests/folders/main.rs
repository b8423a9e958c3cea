//! Model folders and zips of them: loaded, refused, exported. One program, because linking one takes seconds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod checkpoints;
mod distilbert;
mod exported_folders;
mod faulty_folders;
mod folder_files;
mod model_pieces;
mod zipped_folders;
