//! Messages from other replicas, as they come in.

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};

use super::FromReplica;

/// Something that another replica has sent; `from` is the number that its [`Mailbox`] was made with.
pub(super) enum Incoming<N> {
    /// Numbers to be summed.
    Numbers { from: usize, numbers: N },
    /// Anything else.
    Message { from: usize, message: FromReplica },
}

/// Where what one other replica sends is put, for this one to take out in order. `N` are numbers as they come in.
#[derive(Clone)]
pub struct Mailbox<N> {
    from: usize,
    sender: UnboundedSender<Incoming<N>>,
}

impl<N> Mailbox<N> {
    /// Numbers have come in.
    pub fn put_numbers(&self, numbers: N) {
        self.put(Incoming::Numbers { from: self.from, numbers });
    }

    /// A message has come in.
    pub fn put_message(&self, message: FromReplica) {
        self.put(Incoming::Message { from: self.from, message });
    }

    fn put(&self, incoming: Incoming<N>) {
        // It fails once the run has ended, and then nobody needs it.
        drop(self.sender.unbounded_send(incoming));
    }
}

/// All that other replicas have sent.
pub(super) struct Inbox<N> {
    sender: UnboundedSender<Incoming<N>>,
    pub receiver: UnboundedReceiver<Incoming<N>>,
}

impl<N> Inbox<N> {
    pub fn new() -> Self {
        let (sender, receiver) = unbounded();
        Self { sender, receiver }
    }

    /// Where what the replica with the number `from` sends is put.
    pub fn mailbox(&self, from: usize) -> Mailbox<N> {
        Mailbox { from, sender: self.sender.clone() }
    }
}
