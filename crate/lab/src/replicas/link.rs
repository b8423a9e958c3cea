//! Sums over the replicas of a run, through a connection between each two of them.

use std::collections::VecDeque;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use sbert::Error;
use sbert::replicas::{Replicas, add};

use super::mailbox::{Inbox, Incoming, Mailbox};
use super::{FromReplica, SILENCE_LIMIT_SECS};
use crate::Host;

/// Values summed at a time: as many as stay in the first-level cache, twice.
const CHUNK: usize = 2048;

/// The limit of silence passes in so many parts: of a tab that was suspended, and wakes, only one is over at once.
const N_SILENT_PARTS: usize = 6;

/// One end of a connection between two replicas.
pub trait Port: Sized + 'static {
    /// Numbers as they come in. They stay where they are until they are summed, so that a large gradient is copied once.
    type Numbers: 'static;

    /// Both ends of a new connection.
    ///
    /// # Errors
    /// Why there can't be one.
    fn pair() -> Result<(Self, Self), String>;

    /// Put what comes in, and what has come in so far, into `mailbox`.
    fn listen(&mut self, mailbox: Mailbox<Self::Numbers>);

    /// Send `parts`, one after the other, `n_values` in all. `spare` is a buffer to be used again if it suits.
    ///
    /// # Errors
    /// Why they can't be sent.
    fn send(&self, parts: &[Vec<f32>], n_values: usize, spare: Option<Self::Numbers>) -> Result<(), String>;

    /// How many `numbers` are.
    fn n_values(numbers: &Self::Numbers) -> usize;

    /// Copy a part of `numbers`, from the value at `start` on.
    fn copy(numbers: &Self::Numbers, start: usize, to: &mut [f32]);
}

/// The port of a program that shares no run: it has none.
#[derive(Debug)]
pub enum NoPort {}

impl Port for NoPort {
    type Numbers = Self;

    fn pair() -> Result<(Self, Self), String> {
        Err("this program shares no run".to_owned())
    }

    fn listen(&mut self, _: Mailbox<Self>) {
        match *self {}
    }

    fn send(&self, _: &[Vec<f32>], _: usize, _: Option<Self>) -> Result<(), String> {
        match *self {}
    }

    fn n_values(numbers: &Self) -> usize {
        match *numbers {}
    }

    fn copy(numbers: &Self, _: usize, _: &mut [f32]) {
        match *numbers {}
    }
}

/// This replica's ends of all its connections.
pub struct Link<P: Port> {
    rank: usize,
    /// By rank; none at our own place.
    ports: Vec<Option<P>>,
    /// None if there is no other replica.
    inbox: Option<UnboundedReceiver<Incoming<P::Numbers>>>,
    /// Numbers that came before they were waited for, by rank: another replica may be one sum ahead.
    early: Vec<VecDeque<P::Numbers>>,
    /// Buffers that have come in and been summed, to be sent again: fresh ones would cost their page faults each time.
    spares: Vec<P::Numbers>,
    /// For the leader, whose waiting has a limit. A follower waits until the leader ends it.
    host: Option<Host>,
}

impl<P: Port> Link<P> {
    /// No other replica.
    pub(super) fn alone() -> Self {
        Self { rank: 0, ports: vec![None], inbox: None, early: vec![VecDeque::new()], spares: Vec::new(), host: None }
    }

    /// The replica of `rank` with `ports` to all others, in the order of their ranks.
    pub(super) fn new(rank: usize, ports: Vec<P>, inbox: Inbox<P::Numbers>, host: Option<Host>) -> Self {
        let mut ports: Vec<Option<P>> = ports.into_iter().map(Some).collect();
        ports.insert(rank.min(ports.len()), None);
        for (of_rank, port) in ports.iter_mut().enumerate() {
            if let Some(port) = port {
                port.listen(inbox.mailbox(of_rank));
            }
        }
        let early = ports.iter().map(|_| VecDeque::new()).collect();
        Self { rank, ports, inbox: Some(inbox.receiver), early, spares: Vec::new(), host }
    }

    /// Send our values to everybody else.
    fn send(&mut self, parts: &[Vec<f32>], n_values: usize) -> Result<(), Error> {
        for port in self.ports.iter().flatten() {
            let sent = port.send(parts, n_values, self.spares.pop());
            sent.map_err(|cause| lost(format!("nothing can be sent to it ({cause})")))?;
        }
        self.spares.clear();
        Ok(())
    }

    async fn next_message(&mut self) -> Result<Incoming<P::Numbers>, Error> {
        let gone = || lost("it has gone".to_owned());
        let inbox = self.inbox.as_mut().ok_or_else(gone)?;
        let Some(host) = &self.host else { return inbox.next().await.ok_or_else(gone) };
        for _ in 0..N_SILENT_PARTS {
            let silence = host.sleep(SILENCE_LIMIT_SECS / N_SILENT_PARTS as f64);
            if let Either::Left((incoming, _)) = select(inbox.next(), silence).await {
                return incoming.ok_or_else(gone);
            }
        }
        Err(lost(format!("nothing was heard of it for {SILENCE_LIMIT_SECS} s")))
    }

    /// The values of every other replica, by rank; none at our own place.
    async fn receive(&mut self, n_values: usize) -> Result<Vec<Option<P::Numbers>>, Error> {
        while self.ports.iter().zip(&self.early).any(|(port, early)| port.is_some() && early.is_empty()) {
            match self.next_message().await? {
                Incoming::Numbers { from, numbers } => self.early[from].push_back(numbers),
                Incoming::Message { message: FromReplica::Failed { message }, .. } => return Err(lost(message)),
                // That it has started or joined is known.
                Incoming::Message { .. } => {}
            }
        }
        let received: Vec<Option<P::Numbers>> = self.early.iter_mut().map(VecDeque::pop_front).collect();
        match received.iter().flatten().map(P::n_values).find(|&n_received| n_received != n_values) {
            Some(n_received) => Err(lost(format!("it sent {n_received} numbers instead of {n_values}"))),
            None => Ok(received),
        }
    }
}

impl<P: Port> Replicas for Link<P> {
    fn rank(&self) -> usize {
        self.rank
    }

    fn n_replicas(&self) -> usize {
        self.ports.len()
    }

    async fn sum(&mut self, parts: &mut [Vec<f32>]) -> Result<(), Error> {
        if self.ports.len() == 1 {
            return Ok(());
        }
        let n_values = parts.iter().map(Vec::len).sum();
        self.send(parts, n_values)?;
        let received = self.receive(n_values).await?;
        let (mut sum, mut values) = ([0.0; CHUNK], [0.0; CHUNK]);
        let mut start = 0;
        for chunk in parts.iter_mut().flat_map(|part| part.chunks_mut(CHUNK)) {
            let (sum, values) = (&mut sum[..chunk.len()], &mut values[..chunk.len()]);
            for (rank, of_rank) in received.iter().enumerate() {
                match of_rank {
                    Some(of_rank) => P::copy(of_rank, start, values),
                    None => values.copy_from_slice(chunk),
                }
                match rank {
                    0 => sum.copy_from_slice(values),
                    _ => add(sum, values),
                }
            }
            chunk.copy_from_slice(sum);
            start += chunk.len();
        }
        self.spares = received.into_iter().flatten().collect();
        Ok(())
    }
}

fn lost(problem: String) -> Error {
    Error::Replica { problem }
}
