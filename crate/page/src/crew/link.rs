//! Sums over the workers of a run, through message ports.

use std::collections::VecDeque;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use js_sys::{Array, Float32Array};
use sbert::Error;
use sbert::session::Replicas;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, MessagePort};

/// Values summed at a time: as many as stay in the first-level cache, twice.
const CHUNK: usize = 2048;

/// What comes in while a sum is waited for.
pub enum Incoming {
    /// The values of another worker.
    Values {
        /// Whose.
        rank: usize,
        /// All its parts, one after the other.
        values: Float32Array,
    },
    /// A worker can't go on, so that its values will never come.
    Lost {
        /// What is known of why.
        message: String,
    },
}

/// This worker's end of the connections between all workers of a run.
pub struct Link {
    rank: usize,
    /// By rank; none at our own place.
    peers: Vec<Option<Peer>>,
    inbox: UnboundedReceiver<Incoming>,
    /// Values that came before they were waited for, by rank: another worker may be one sum ahead.
    early: Vec<VecDeque<Float32Array>>,
    /// Buffers that have come in and been summed, to be sent again: fresh ones would cost their page faults each time.
    spares: Vec<Float32Array>,
}

struct Peer {
    port: MessagePort,
    /// Heard as long as it lives.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.port.close();
    }
}

impl Link {
    /// Nobody else.
    pub fn alone() -> Self {
        Self { rank: 0, peers: vec![None], inbox: unbounded().1, early: vec![VecDeque::new()], spares: Vec::new() }
    }

    /// The worker of `rank` with `ports` to all others, in the order of their ranks. What is sent to the sender that
    /// comes back reaches whoever waits for a sum.
    pub fn new(rank: usize, ports: impl IntoIterator<Item = MessagePort>) -> (Self, UnboundedSender<Incoming>) {
        let (sender, inbox) = unbounded();
        let mut peers: Vec<Option<Peer>> = Vec::new();
        for port in ports {
            if peers.len() == rank {
                peers.push(None);
            }
            let (of_rank, sender) = (peers.len(), sender.clone());
            let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
                let incoming = match message.data().dyn_into() {
                    Ok(values) => Incoming::Values { rank: of_rank, values },
                    Err(_) => Incoming::Lost { message: "a message is not a list of numbers".to_owned() },
                };
                drop(sender.unbounded_send(incoming));
            });
            port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            peers.push(Some(Peer { port, _on_message: on_message }));
        }
        if peers.len() == rank {
            peers.push(None);
        }
        let early = peers.iter().map(|_| VecDeque::new()).collect();
        (Self { rank, peers, inbox, early, spares: Vec::new() }, sender)
    }

    /// Send our values to everybody else.
    fn send(&mut self, parts: &[Vec<f32>]) -> Result<(), Error> {
        let n_values: usize = parts.iter().map(Vec::len).sum();
        for peer in self.peers.iter().flatten() {
            let buffer = match self.spares.pop() {
                Some(spare) if spare.length() as usize == n_values => spare,
                _ => Float32Array::new_with_length(n_values as u32),
            };
            let mut start = 0;
            for part in parts {
                let end = start + part.len() as u32;
                buffer.subarray(start, end).copy_from(part);
                start = end;
            }
            let transferred = Array::of1(&buffer.buffer());
            let sent = peer.port.post_message_with_transferable(&buffer, &transferred);
            sent.map_err(|cause| lost(format!("nothing can be sent to it ({cause:?})")))?;
        }
        self.spares.clear();
        Ok(())
    }

    /// The values of every other worker, by rank; none at our own place.
    async fn receive(&mut self, n_values: usize) -> Result<Vec<Option<Float32Array>>, Error> {
        let is_missing = |this: &Self, rank: usize| this.peers[rank].is_some() && this.early[rank].is_empty();
        while (0..self.peers.len()).any(|rank| is_missing(self, rank)) {
            match self.inbox.next().await {
                Some(Incoming::Values { rank, values }) => self.early[rank].push_back(values),
                Some(Incoming::Lost { message }) => return Err(lost(message)),
                None => return Err(lost("it has gone".to_owned())),
            }
        }
        let received: Vec<Option<Float32Array>> = self.early.iter_mut().map(VecDeque::pop_front).collect();
        match received.iter().flatten().find(|values| values.length() as usize != n_values) {
            Some(values) => Err(lost(format!("it sent {} numbers instead of {n_values}", values.length()))),
            None => Ok(received),
        }
    }
}

impl Replicas for Link {
    fn rank(&self) -> usize {
        self.rank
    }

    fn n_replicas(&self) -> usize {
        self.peers.len()
    }

    async fn sum(&mut self, parts: &mut [Vec<f32>]) -> Result<(), Error> {
        if self.peers.len() == 1 {
            return Ok(());
        }
        self.send(parts)?;
        let received = self.receive(parts.iter().map(Vec::len).sum()).await?;
        let (mut sum, mut values) = ([0.0; CHUNK], [0.0; CHUNK]);
        let mut start = 0;
        for chunk in parts.iter_mut().flat_map(|part| part.chunks_mut(CHUNK)) {
            let end = start + chunk.len() as u32;
            let (sum, values) = (&mut sum[..chunk.len()], &mut values[..chunk.len()]);
            for (rank, of_rank) in received.iter().enumerate() {
                match of_rank {
                    Some(of_rank) => of_rank.subarray(start, end).copy_to(values),
                    None => values.copy_from_slice(chunk),
                }
                match rank {
                    0 => sum.copy_from_slice(values),
                    _ => sum.iter_mut().zip(&*values).for_each(|(sum, value)| *sum += value),
                }
            }
            chunk.copy_from_slice(sum);
            start = end;
        }
        self.spares = received.into_iter().flatten().collect();
        Ok(())
    }
}

fn lost(problem: String) -> Error {
    Error::Replica { problem }
}
