//! A connection between two threads of one program.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sbert_lab::replicas::{FromReplica, Mailbox, Port};

/// One end of a connection between two threads. When it is dropped, the other end is told that nothing more will come: a
/// thread can't be ended from outside.
pub struct ChannelPort {
    own: Arc<Mutex<Inflow>>,
    other: Arc<Mutex<Inflow>>,
}

/// What comes in at one end.
#[derive(Default)]
struct Inflow {
    mailbox: Option<Mailbox<Vec<f32>>>,
    /// Before there was a mailbox.
    early: Vec<Vec<f32>>,
}

/// A thread that panicked has left nothing half done: what is locked is changed by a single call.
fn locked(inflow: &Mutex<Inflow>) -> MutexGuard<'_, Inflow> {
    inflow.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Port for ChannelPort {
    type Numbers = Vec<f32>;

    fn pair() -> Result<(Self, Self), String> {
        let (a, b) = (Arc::<Mutex<Inflow>>::default(), Arc::<Mutex<Inflow>>::default());
        Ok((Self { own: a.clone(), other: b.clone() }, Self { own: b, other: a }))
    }

    fn listen(&mut self, mailbox: Mailbox<Vec<f32>>) {
        let mut own = locked(&self.own);
        own.early.drain(..).for_each(|numbers| mailbox.put_numbers(numbers));
        own.mailbox = Some(mailbox);
    }

    fn send(&self, parts: &[Vec<f32>], n_values: usize, spare: Option<Vec<f32>>) -> Result<(), String> {
        let mut numbers = spare.unwrap_or_default();
        numbers.clear();
        numbers.reserve(n_values);
        parts.iter().for_each(|part| numbers.extend_from_slice(part));
        let mut other = locked(&self.other);
        match &other.mailbox {
            Some(mailbox) => mailbox.put_numbers(numbers),
            None => other.early.push(numbers),
        }
        Ok(())
    }

    fn n_values(numbers: &Vec<f32>) -> usize {
        numbers.len()
    }

    fn copy(numbers: &Vec<f32>, start: usize, to: &mut [f32]) {
        to.copy_from_slice(&numbers[start..start + to.len()]);
    }
}

impl Drop for ChannelPort {
    fn drop(&mut self) {
        if let Some(mailbox) = &locked(&self.other).mailbox {
            mailbox.put_message(FromReplica::Failed { message: "its thread has ended".to_owned() });
        }
    }
}
