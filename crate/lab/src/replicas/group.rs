//! The replicas of a run, as the leader has them.

use super::{Link, Port, ToReplica, Unit};

/// Sends messages to a replica that was started. Dropping it ends the replica, which gives its memory back.
pub type ReplicaHandle<P> = Box<dyn Fn(ToReplica<P>) -> Result<(), String>>;

/// This replica and those that follow it.
pub struct Group<P: Port> {
    /// Sums over all of them.
    pub(crate) link: Link<P>,
    followers: Vec<ReplicaHandle<P>>,
}

impl<P: Port> Group<P> {
    /// No other replica.
    pub fn alone() -> Self {
        Self { link: Link::alone(), followers: Vec::new() }
    }

    pub(super) fn new(link: Link<P>, followers: Vec<ReplicaHandle<P>>) -> Self {
        Self { link, followers }
    }

    /// How many replicas share the run.
    pub fn n_replicas(&self) -> usize {
        1 + self.followers.len()
    }

    /// True if other replicas share the run.
    pub fn is_shared(&self) -> bool {
        !self.followers.is_empty()
    }

    /// Let the followers do a unit of work.
    pub(crate) fn begin(&self, unit: Unit) {
        for follower in &self.followers {
            // If it can't be sent, the numbers of that follower stay out, and that is reported.
            let _ = follower(ToReplica::Work { unit });
        }
    }
}
