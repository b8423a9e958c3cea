//! A run that several workers share, each a WebAssembly instance of its own with a whole session (see
//! [`sbert::session::Replicas`]).
//!
//! The worker that the page has started leads: it starts the others, the members, gives them model and pairs, and says
//! before each unit of the run's work that they are to do it too. Within a unit everybody sends everybody what it has
//! computed, as transferred buffers. Shared memory would save nothing, as numbers would be copied out of one wasm memory
//! and into another all the same, and it takes headers that a static host can't send.

mod lead;
mod link;
mod member;
pub mod size;

pub use lead::{Assembly, Crew, JoinParts};
pub use member::{is_member, start_member};

use sbert::corpus::PairTable;
use sbert::encoder::SentenceEncoderConfig;
use sbert::session::TrainConfig;
use serde::{Deserialize, Serialize};

use crate::protocol::{Backend, RunCheckpoint};

/// Name that a member is started under, by which it knows that it is one.
const MEMBER_NAME: &str = "sbert-member";

/// Property of a [`ToMember::Join`] message that holds the encoder's weights, a safetensors file as a `Uint8Array`: moved
/// into the message as they are, beside what is written by serde.
const WEIGHTS: &str = "weights";

/// What a member is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ToMember {
    /// Prepare the run. The message has the ports to the others, in the order of their ranks. Reply:
    /// [`FromMember::Joined`].
    Join(Box<Join>),
    /// Do the next unit of the run's work.
    Advance {
        /// Whether the visitor has ended the training.
        stop: bool,
    },
}

/// What a member makes its session from.
#[derive(Debug, Serialize, Deserialize)]
struct Join {
    rank: usize,
    n_replicas: usize,
    backend: Backend,
    /// The encoder's size and settings.
    encoder: SentenceEncoderConfig,
    /// The head that the run begins with, a safetensors file.
    #[serde(with = "serde_bytes")]
    head: Vec<u8>,
    pad_id: u32,
    train: PairTable,
    held_out: Option<PairTable>,
    config: TrainConfig,
    checkpoint: Option<RunCheckpoint>,
}

/// What a member says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum FromMember {
    /// It has started and takes messages.
    Started,
    /// It has its session.
    Joined,
    /// It can't go on.
    Failed {
        /// Why.
        message: String,
    },
}
