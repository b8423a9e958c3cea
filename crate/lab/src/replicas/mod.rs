//! Several instances of the program that share a run, each with a whole session (see [`sbert::replicas::Replicas`]).
//!
//! The instance that got the command leads: its run is an ordinary [`Run`](crate::run::Run) with a [`Group`]. It starts the
//! others ([`Assembly`]), gives them the model and the pairs, and sends them a [`Unit`] of work whenever it begins one that
//! they share. The others follow ([`follow`]). Within a unit every replica sends every other one what it has computed,
//! through a [`Link`].

mod assembly;
mod follower;
mod group;
mod link;
mod mailbox;
pub mod size;

pub use assembly::Assembly;
pub use follower::follow;
pub use group::{Group, ReplicaHandle};
pub use link::{Link, NoPort, Port};
pub use mailbox::Mailbox;

use std::sync::Arc;

use sbert::corpus::PairTable;
use sbert::encoder::SentenceEncoderConfig;
use sbert::train::TrainConfig;
use serde::{Deserialize, Serialize};

use crate::protocol::{Backend, RunCheckpoint};

/// Starting, taking in the model and the longest part of a step take seconds: after so much silence the leader goes on
/// without the followers.
pub(crate) const SILENCE_LIMIT_SECS: f64 = 30.0;

/// What the leader sends to a follower. `P` is one end of a connection between two replicas.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", bound = "")]
pub enum ToReplica<P> {
    /// Prepare the run. The first message, sent once. Reply: [`FromReplica::Joined`].
    Join(Box<Join<P>>),
    /// Do a unit of work.
    Work {
        /// Which.
        unit: Unit,
    },
}

/// What a follower makes its session from.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Join<P> {
    /// The rank of the follower; the leader has 0.
    pub rank: usize,
    /// How many replicas share the run.
    pub n_replicas: usize,
    /// What the run itself doesn't know.
    pub parts: JoinParts,
    /// The head that the run begins with, a safetensors file.
    #[serde(with = "serde_bytes")]
    pub head: Vec<u8>,
    /// The training pairs.
    pub train: PairTable,
    /// The held-out pairs; none if the corpus has none.
    pub held_out: Option<PairTable>,
    /// The settings of the run.
    pub config: TrainConfig,
    /// The encoder's weights, a safetensors file. Too large to be written by serde: it travels beside the message.
    #[serde(skip)]
    pub weights: Arc<Vec<u8>>,
    /// Connections to all other replicas, in the order of their ranks. They travel beside the message.
    #[serde(skip)]
    pub ports: Vec<P>,
}

/// What all followers get, besides what the run has.
#[derive(Clone, Serialize, Deserialize)]
pub struct JoinParts {
    /// What to compute on.
    pub backend: Backend,
    /// The encoder's size and settings.
    pub encoder: SentenceEncoderConfig,
    /// Id of the padding.
    pub pad_id: u32,
    /// Where the run continues; none if it begins.
    pub checkpoint: Option<RunCheckpoint>,
}

/// Work of a run that all replicas do at the same time, each its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Encode the next held-out sentences with the model as loaded.
    EncodeBefore,
    /// Take the next training step.
    Step,
    /// Forget the embeddings of the held-out sentences, because the encoder has changed.
    ForgetEmbeddings,
    /// Encode the next held-out sentences with the trained model.
    EncodeAfter,
}

/// What a follower sends to the leader.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FromReplica {
    /// It has started and takes messages.
    Started,
    /// It has its session.
    Joined,
    /// It can't continue. Its last message.
    Failed {
        /// Why.
        message: String,
    },
}
