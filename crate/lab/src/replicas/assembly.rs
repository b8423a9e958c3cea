//! The start of a shared run: the leader starts the followers and gives them the run.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use sbert::pretrained::{save_encoder, save_head};

use super::mailbox::{Inbox, Incoming};
use super::{FromReplica, Group, Join, JoinParts, Link, Port, ReplicaHandle, SILENCE_LIMIT_SECS, ToReplica};
use crate::run::Run;
use crate::{Host, Platform};

/// How far a follower is on its way into a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Starting,
    Started,
    Joined,
}

/// Followers on their way into a run.
pub struct Assembly<P: Port> {
    parts: JoinParts,
    inbox: Inbox<P::Numbers>,
    /// By number; none for those that have failed.
    followers: Vec<Option<(ReplicaHandle<P>, Stage)>>,
    /// The leader's connections, once the followers have theirs.
    ports: Option<Vec<P>>,
    problem: Option<String>,
}

impl<P: Port> Assembly<P> {
    /// Start `n_followers` replicas.
    pub fn start(platform: &impl Platform<Port = P>, n_followers: usize, parts: JoinParts) -> Self {
        let mut assembly = Self { parts, inbox: Inbox::new(), followers: Vec::new(), ports: None, problem: None };
        for number in 0..n_followers {
            let started = platform.start_replica(assembly.inbox.mailbox(number));
            let started = started.map_err(|problem| assembly.problem = Some(problem));
            assembly.followers.push(started.ok().map(|handle| (handle, Stage::Starting)));
        }
        assembly
    }

    /// Parts of the assembly that are done, and all there are: each follower starts and joins.
    pub fn progress(&self) -> (usize, usize) {
        (self.n_at(Stage::Started) + self.n_at(Stage::Joined), 2 * self.n_followers())
    }

    fn n_followers(&self) -> usize {
        self.followers.iter().flatten().count()
    }

    /// Followers that are so far, or farther.
    fn n_at(&self, stage: Stage) -> usize {
        self.followers.iter().flatten().filter(|(_, reached)| *reached >= stage).count()
    }

    fn reach(&mut self, number: usize, stage: Stage) {
        if let Some((_, reached)) = &mut self.followers[number] {
            *reached = stage;
        }
    }

    /// True once all followers have joined, or none is left.
    pub fn is_done(&self) -> bool {
        self.n_at(Stage::Joined) == self.n_followers()
    }

    /// Wait for the next message of a follower. Once all have started they get the run.
    pub async fn advance(&mut self, host: &Host, run: &Run<P>) {
        match select(self.inbox.receiver.next(), host.sleep(SILENCE_LIMIT_SECS)).await {
            Either::Left((Some(Incoming::Message { from, message }), _)) => match message {
                FromReplica::Started => self.reach(from, Stage::Started),
                FromReplica::Joined => self.reach(from, Stage::Joined),
                FromReplica::Failed { message } => self.fail(from, message),
            },
            // Numbers come with the first unit of work.
            Either::Left((Some(Incoming::Numbers { .. }), _)) => {}
            Either::Left((None, _)) | Either::Right(_) => {
                self.give_up(format!("nothing was heard for {SILENCE_LIMIT_SECS} s"));
            }
        }
        let have_started = self.n_followers() > 0 && self.n_at(Stage::Started) == self.n_followers();
        if self.ports.is_none()
            && have_started
            && let Err(problem) = self.join(run).await
        {
            self.give_up(problem);
        }
    }

    /// A follower that fails to start is left out; once they are joining, all of them fail together.
    fn fail(&mut self, number: usize, message: String) {
        if self.ports.is_some() {
            self.give_up(message);
        } else if self.followers[number].take().is_some() {
            self.problem = Some(message);
        }
    }

    fn give_up(&mut self, problem: String) {
        self.followers.fill_with(|| None);
        self.problem = Some(problem);
    }

    /// Give every follower its rank, its ports and the run.
    async fn join(&mut self, run: &Run<P>) -> Result<(), String> {
        let n_replicas = 1 + self.n_followers();
        let baseline = run.baseline();
        let weights = save_encoder(&baseline.encoder).await.map_err(|error| error.to_string())?;
        let weights = Arc::new(weights);
        // A file of a head has names of classes; a follower doesn't use them.
        let classes: Vec<String> = (0..baseline.head.n_classes()).map(|class| class.to_string()).collect();
        let head = save_head(&baseline.head, &classes).await.map_err(|error| error.to_string())?;
        let mut ports = all_to_all(n_replicas)?.into_iter();
        let own_ports = ports.next().unwrap_or_default();
        for (follower_idx, ((follower, _), ports)) in self.followers.iter().flatten().zip(ports).enumerate() {
            follower(ToReplica::Join(Box::new(Join {
                rank: 1 + follower_idx,
                n_replicas,
                parts: self.parts.clone(),
                head: head.clone(),
                train: run.session().table().clone(),
                held_out: run.held_out().cloned(),
                config: run.session().config().clone(),
                weights: weights.clone(),
                ports,
            })))?;
        }
        self.ports = Some(own_ports);
        Ok(())
    }

    /// The group, and why it is smaller than was asked for.
    pub fn finish(self, host: &Host) -> (Group<P>, Option<String>) {
        let followers: Vec<ReplicaHandle<P>> = self.followers.into_iter().flatten().map(|(handle, _)| handle).collect();
        match self.ports.filter(|_| !followers.is_empty()) {
            Some(ports) => {
                let link = Link::new(0, ports, self.inbox, Some(host.clone()));
                (Group::new(link, followers), self.problem)
            }
            None => (Group::alone(), self.problem),
        }
    }
}

/// A connection from each replica to each other one, by rank, in the order of the others' ranks.
fn all_to_all<P: Port>(n_replicas: usize) -> Result<Vec<Vec<P>>, String> {
    let mut ports: Vec<Vec<P>> = (0..n_replicas).map(|_| Vec::new()).collect();
    // By the second replica's rank, so that both lists grow in the order of the others' ranks.
    for second in 0..n_replicas {
        for first in 0..second {
            let (of_first, of_second) = P::pair()?;
            ports[first].push(of_first);
            ports[second].push(of_second);
        }
    }
    Ok(ports)
}
