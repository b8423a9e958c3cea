//! How many replicas share a run; the protocol calls them workers.

use burn::module::Module;
use sbert::corpus::PairTable;
use sbert::model::SentencePairModel;
use sbert::train::Session;

use crate::protocol::{Failure, FailureKind};

/// Most workers that can share a run: more hardly help, as a batch of 16 pairs is then split into parts of two. It may be
/// more than the cores that are known, because browsers that hide a machine's particulars name fewer than it has.
pub const MAX_WORKERS: usize = 8;
/// Only a setting gives a run more than this: each worker holds the whole model and its optimiser.
const MAX_AUTOMATIC: usize = 4;
/// Logical cores beyond two are halved: usually two of them share one core's multipliers, which is what training waits
/// for.
const FULL_CORES: usize = 2;
/// Part of the machine's memory that a run may take by itself.
const MEMORY_FRACTION: f64 = 0.5;
/// What a machine is taken to have where its memory is not known: what most have at least.
const USUAL_MEMORY_GIB: f64 = 4.0;
/// Bytes of a worker beside what its run takes: the module, pairs, text.
const BASE_BYTES: f64 = 80e6;
/// Starting a worker takes a second or two; work that one worker does in five isn't worth it (at 40 GFLOP/s).
const WORTH_SHARING_FLOP: f64 = 2e11;

/// The machine, as far as the program knows it.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// Logical cores.
    pub n_cores: usize,
    /// Its memory, perhaps rounded; none where it is not known.
    pub memory_gib: Option<f64>,
    /// Bytes that one worker can address; none if it can have all of the memory.
    pub worker_bytes: Option<f64>,
}

impl Machine {
    /// Check that a run which `n_workers` share fits the memory of each.
    ///
    /// # Errors
    /// Setting, with what the run takes and what there is.
    pub(crate) fn check_memory(self, run: RunSize, n_workers: usize) -> Result<(), Failure> {
        let needed = run.bytes_per_worker(n_workers);
        match self.worker_bytes.filter(|limit| needed > *limit) {
            None => Ok(()),
            Some(limit) => Err(Failure {
                kind: FailureKind::Setting,
                message: format!(
                    "the run would take about {:.0} MB of memory, and there are {:.0} MB",
                    needed / 1e6,
                    limit / 1e6
                ),
                remedy: "Make the batch size smaller, train fewer layers, or take a smaller model.".to_owned(),
            }),
        }
    }

    /// How many share `run` unless the visitor says otherwise.
    pub fn automatic_workers(self, run: RunSize) -> usize {
        if run.flop() < WORTH_SHARING_FLOP {
            return 1;
        }
        let by_cores = if self.n_cores > FULL_CORES { (self.n_cores / 2).max(FULL_CORES) } else { self.n_cores };
        let memory_bytes = self.memory_gib.unwrap_or(USUAL_MEMORY_GIB) * f64::from(1 << 30) * MEMORY_FRACTION;
        let by_memory = (memory_bytes / run.bytes_per_worker(1)) as usize;
        by_cores.min(by_memory).clamp(1, MAX_AUTOMATIC)
    }
}

/// What decides whether it is worth sharing a run, and what a worker takes.
#[derive(Clone, Copy, Debug)]
pub struct RunSize {
    /// Parameters of the whole model.
    pub n_params: usize,
    /// Those of its encoder layers, which every token meets.
    pub n_layer_params: usize,
    /// Trained ones, of all parts.
    pub n_trained: usize,
    /// Trained ones of the encoder layers.
    pub n_trained_layer_params: usize,
    /// Tokens that pass through the encoder in all epochs.
    pub n_tokens: usize,
    /// Bytes of what is kept of the frozen layers' results.
    pub kept_bytes: u64,
    /// Bytes that the largest batch takes while it is trained on, in all workers together.
    pub activation_bytes: u64,
}

impl RunSize {
    /// The size of a run of `session`, which begins with `baseline`, with the scoring of the pairs that are held out.
    pub fn of(baseline: &SentencePairModel, session: &Session, held_out: Option<&PairTable>) -> Self {
        let n_distinct_tokens = |table: &PairTable| table.sentences.iter().map(Vec::len).sum::<usize>();
        // A frozen encoder encodes each sentence once, those of the held-out pairs too, and where nothing learns no others.
        let (n_training_tokens, n_scorings) = match session.n_steps() {
            0 => (0, 1),
            _ if session.encoder_is_frozen() => (n_distinct_tokens(session.table()), 1),
            _ => (session.table().n_tokens().saturating_mul(session.config().epochs), 2),
        };
        let n_scored_tokens = held_out.map_or(0, |held_out| n_scorings * n_distinct_tokens(held_out));
        let trainable = session.trainable();
        Self {
            n_params: trainable.total,
            n_layer_params: baseline.encoder.layers.num_params(),
            n_trained: trainable.trained(),
            n_trained_layer_params: trainable.layers,
            n_tokens: n_training_tokens.saturating_add(n_scored_tokens),
            kept_bytes: session.kept_bytes().unwrap_or(0),
            activation_bytes: session.activation_bytes(),
        }
    }

    /// Floating-point operations of the encoder: two for each parameter and token, and twice that again for gradients.
    pub(crate) fn flop(self) -> f64 {
        2.0 * (self.n_layer_params + 2 * self.n_trained_layer_params) as f64 * self.n_tokens as f64
    }

    /// The run over so many times as many pairs.
    pub(crate) fn times(self, factor: usize) -> Self {
        Self {
            n_tokens: self.n_tokens.saturating_mul(factor),
            kept_bytes: self.kept_bytes.saturating_mul(factor as u64),
            ..self
        }
    }

    /// The model; of trained parameters another value, the gradient, both moments, and two buffers for their exchange or
    /// for a checkpoint; its share of the largest batch.
    pub fn bytes_per_worker(self, n_workers: usize) -> f64 {
        let parameters = 4.0 * self.n_params as f64 + 24.0 * self.n_trained as f64;
        BASE_BYTES + parameters + self.kept_bytes as f64 + self.activation_bytes as f64 / n_workers as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINILM: RunSize = RunSize {
        n_params: 22_700_000,
        n_layer_params: 10_650_000,
        n_trained: 12_000_000,
        n_trained_layer_params: 10_650_000,
        n_tokens: 26_000,
        kept_bytes: 0,
        activation_bytes: 60_000_000,
    };

    #[test]
    fn cores_and_memory_bound_the_workers() {
        let check = |n_cores, memory_gib, run, expect| {
            let machine = Machine { n_cores, memory_gib, worker_bytes: None };
            assert_eq!(machine.automatic_workers(run), expect, "{n_cores} cores, {memory_gib:?} GiB, {run:?}");
        };
        check(1, Some(8.0), MINILM, 1);
        check(2, Some(8.0), MINILM, 2);
        check(4, Some(8.0), MINILM, 2);
        check(8, None, MINILM, 4);
        check(32, Some(8.0), MINILM, 4);
        check(8, Some(2.0), MINILM, 2);
        check(8, Some(0.25), MINILM, 1);
        let bert_base = RunSize {
            n_params: 110_000_000,
            n_layer_params: 85_000_000,
            n_trained: 86_000_000,
            n_trained_layer_params: 85_000_000,
            ..MINILM
        };
        check(8, Some(4.0), bert_base, 1);
        check(8, Some(8.0), bert_base, 1);
        let one_head = RunSize { n_trained: 3_000, n_trained_layer_params: 0, n_tokens: 16_000, ..MINILM };
        check(2, Some(8.0), one_head, 2);
        let few_pairs = RunSize { n_tokens: 1_000, ..MINILM };
        check(8, Some(8.0), few_pairs, 1);
    }
}
