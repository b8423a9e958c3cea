//! Threads of this process that share the work: replicas of a run, or a part of the sentences each.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Result, ensure};
use futures_channel::mpsc::unbounded;
use indicatif::ProgressBar;
use sbert::encoder::{SentenceEncoder, encode_sentences};
use sbert_lab::protocol::{Backend, Refusal};
use sbert_lab::replicas::size::{MAX_WORKERS, Machine, RunSize};
use sbert_lab::replicas::{
    Assembly, ChannelPort, FromReplica, Group, JoinParts, Mailbox, ReplicaHandle, ToReplica, follow,
};
use sbert_lab::run::Run;
use sbert_lab::{Compute, Host, Platform};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Part of the machine's memory that a run takes unless it is told how many threads to use: every replica has a model and
/// an optimiser of its own.
const MEMORY_FRACTION: f64 = 0.5;
/// Tokens that a thread encodes at once: enough for the matrix products, and few enough that the threads end together.
const TOKENS_PER_PIECE: usize = 256;

/// What a command computes on, and by how many threads.
#[derive(Clone)]
pub struct Threads {
    pub compute: Compute,
    /// None if the machine decides.
    asked: Option<usize>,
}

impl Threads {
    /// `asked` threads on the device of `compute`, or as many as suit the machine.
    ///
    /// # Errors
    /// If a number is asked for that can't be.
    pub fn new(compute: Compute, asked: Option<usize>) -> Result<Self> {
        ensure!(asked != Some(0), "--threads is 0; give 1 or more");
        let is_for_cpu = !compute.is_gpu() || asked.is_none_or(|n_threads| n_threads == 1);
        ensure!(is_for_cpu, "threads share the work of a CPU; leave --threads out on a GPU");
        Ok(Self { compute, asked })
    }

    /// How many threads encode sentences: one for each core unless the user says otherwise.
    fn of_encoding(&self) -> usize {
        match self.asked {
            Some(n_threads) => n_threads,
            None if self.compute.is_gpu() => 1,
            // Two logical cores usually share one core's multipliers.
            None => System::physical_core_count().unwrap_or(1),
        }
    }

    /// How many replicas share a run: as many as encode sentences, if their memory allows it and a batch can be divided so.
    fn of_run(&self, size: RunSize) -> usize {
        let n_threads = self.of_encoding().min(MAX_WORKERS);
        if self.asked.is_some() {
            return n_threads;
        }
        let memory =
            System::new_with_specifics(RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram()));
        let most_bytes = memory.total_memory() as f64 * MEMORY_FRACTION;
        let fits = |n_threads: &usize| *n_threads as f64 * size.bytes_per_worker(*n_threads) <= most_bytes;
        (1..=n_threads).rev().find(fits).unwrap_or(1)
    }

    /// The replicas that share `run`, and why they are fewer than they should be.
    pub async fn share(
        &self,
        run: &Run<ChannelPort>,
        size: RunSize,
        parts: JoinParts,
        host: &Host,
    ) -> (Group<ChannelPort>, Option<String>) {
        let n_replicas = self.of_run(size);
        if n_replicas == 1 {
            return (Group::alone(), None);
        }
        let mut assembly = Assembly::start(self, n_replicas - 1, parts);
        while !assembly.is_done() {
            assembly.advance(host, run).await;
        }
        assembly.finish(host)
    }

    /// The embeddings of tokenized sentences, in their order. `bar` counts them.
    ///
    /// # Errors
    /// What the device reports.
    pub fn encode(
        &self,
        encoder: &SentenceEncoder,
        sentences: &[Vec<u32>],
        pad_id: u32,
        bar: &ProgressBar,
    ) -> Result<Vec<Vec<f32>>> {
        let pieces = pieces(sentences);
        let next = AtomicUsize::new(0);
        let embeddings = Mutex::new(vec![Vec::new(); sentences.len()]);
        let encode = |encoder: SentenceEncoder| -> Result<(), sbert::Error> {
            while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
                let batch: Vec<&[u32]> = piece.iter().map(|&position| sentences[position].as_slice()).collect();
                let values = pollster::block_on(encode_sentences(&encoder, &batch, pad_id))?;
                if let Ok(mut embeddings) = embeddings.lock() {
                    for (&position, embedding) in piece.iter().zip(values.chunks_exact(encoder.d_model())) {
                        embeddings[position] = embedding.to_vec();
                    }
                }
                bar.inc(piece.len() as u64);
            }
            Ok(())
        };
        let results: Vec<Result<(), sbert::Error>> = thread::scope(|scope| {
            let spawn = |_| {
                let encoder = encoder.clone();
                scope.spawn(|| encode(encoder))
            };
            let others: Vec<_> = (1..self.of_encoding().min(pieces.len())).map(spawn).collect();
            let own = encode(encoder.clone());
            let gone = || Err(sbert::Error::Device { problem: "a thread has ended".to_owned() });
            others.into_iter().map(|thread| thread.join().unwrap_or_else(|_| gone())).chain([own]).collect()
        });
        results.into_iter().collect::<Result<(), sbert::Error>>()?;
        Ok(embeddings.into_inner().unwrap_or_default())
    }
}

/// Positions of the sentences that are encoded at once: those of like length, so that little is padded, and the longest
/// first, so that no thread begins a long piece when the others end.
fn pieces(sentences: &[Vec<u32>]) -> Vec<Vec<usize>> {
    let mut longest_first: Vec<usize> = (0..sentences.len()).collect();
    longest_first.sort_by_key(|&position| std::cmp::Reverse(sentences[position].len()));
    let mut pieces: Vec<Vec<usize>> = Vec::new();
    let mut n_tokens = TOKENS_PER_PIECE;
    for position in longest_first {
        let length = sentences[position].len();
        match pieces.last_mut().filter(|_| n_tokens + length <= TOKENS_PER_PIECE) {
            Some(piece) => piece.push(position),
            None => {
                pieces.push(vec![position]);
                n_tokens = 0;
            }
        }
        n_tokens += length;
    }
    pieces
}

/// Says that a thread has ended, also if it panics: whoever waits for it waits no longer.
struct Farewell(Mailbox<Vec<f32>>);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.0.put_message(FromReplica::Failed { message: "its thread has ended".to_owned() });
    }
}

impl Platform for Threads {
    /// Threads get what they need from memory.
    type File = Vec<u8>;
    type Port = ChannelPort;

    fn machine(&self) -> Machine {
        Machine { n_cores: self.of_encoding(), memory_gib: None, worker_bytes: None }
    }

    fn start_replica(&self, mailbox: Mailbox<Vec<f32>>) -> Result<ReplicaHandle<ChannelPort>, String> {
        let (sender, messages) = unbounded();
        let platform = self.clone();
        let follow = move || {
            let farewell = Farewell(mailbox);
            pollster::block_on(follow(&platform, messages, |message| farewell.0.put_message(message)));
        };
        thread::Builder::new().name("replica".to_owned()).spawn(follow).map_err(|cause| cause.to_string())?;
        let gone = |_| "its thread has ended".to_owned();
        Ok(Box::new(move |message: ToReplica<ChannelPort>| sender.unbounded_send(Ok(message)).map_err(gone)))
    }

    async fn open(&self, _backend: Backend) -> Result<Compute, Refusal> {
        Ok(self.compute.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_has_sentences_of_like_length() {
        let sentences: Vec<Vec<u32>> = [100, 3, 300, 120, 2].map(|length| vec![0; length]).to_vec();
        assert_eq!(pieces(&sentences), [vec![2], vec![3, 0, 1, 4]]);
        assert!(pieces(&[]).is_empty());
    }
}
