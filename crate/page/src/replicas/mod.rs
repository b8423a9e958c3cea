//! The workers that share a run, each a WebAssembly instance of its own (see [`sbert_lab::replicas`]).
//!
//! They exchange transferred buffers. Shared memory would save nothing, as numbers would be copied out of one wasm memory
//! and into another all the same, and it takes headers that a static host can't send.

mod follower;
mod leader;
mod port;

pub use follower::{is_follower, start_follower};
pub use leader::start_worker;
pub use port::WorkerPort;

/// Name that a worker is started under to share a run.
const FOLLOWER_NAME: &str = "sbert-replica";

/// Property of a [`Join`](sbert_lab::replicas::Join) message that holds the encoder's weights as a `Uint8Array`: moved
/// into the message as they are, beside what is written by serde.
const WEIGHTS: &str = "weights";
