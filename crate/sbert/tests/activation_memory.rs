//! The estimate of a step's memory beside what a step allocates.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::tensor::Device;
use peak_alloc::PeakAlloc;
use sbert::corpus::{Pair, PairTable};
use sbert::encoder::SentenceEncoderConfig;
use sbert::model::SentencePairModel;
use sbert::train::{FreezeStrategy, Session, TrainConfig};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Width of the feed-forward network.
const D_FF: usize = 256;

fn model(n_layers: usize) -> SentencePairModel {
    let device = Device::flex();
    let encoder = SentenceEncoderConfig::new(50, 64, n_layers, 64, D_FF, 4, 2, 1e-12).from_seed(7, &device);
    SentencePairModel::with_new_head(encoder, 3, 7, &device)
}

/// Pairs of sentences of so many tokens.
fn table(n_pairs: usize, n_tokens: usize) -> PairTable {
    let sentences = (0..2 * n_pairs as u32).map(|n| (0..n_tokens as u32).map(|place| (n + place) % 50).collect());
    let pair = |n| Pair { sentence_a: n, sentence_b: n_pairs + n, label: Some(n % 3), score: None };
    PairTable { sentences: sentences.collect(), pairs: (0..n_pairs).map(pair).collect(), n_truncated: 0 }
}

/// Bytes that the second step of a run has allocated at most, and the estimate. (The first makes what stays.)
fn measured_and_estimated(n_layers: usize, n_tokens: usize, config: TrainConfig) -> (f64, f64) {
    let pairs = table(2 * config.batch_size, n_tokens);
    let mut session = Session::new(&model(n_layers), pairs, 0, config).unwrap();
    pollster::block_on(session.step()).unwrap();
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    pollster::block_on(session.step()).unwrap();
    ((ALLOCATOR.peak_usage() - before) as f64, session.activation_bytes() as f64)
}

// One test, because the allocator counts for the whole process.
#[test]
fn a_step_allocates_what_the_estimate_says() {
    let config = |freeze, batch_size, dropout| TrainConfig { freeze, batch_size, dropout, ..TrainConfig::default() };
    for (n_layers, n_tokens, config) in [
        (4, 24, config(FreezeStrategy::Nothing, 32, 0.1)),
        (4, 24, config(FreezeStrategy::Nothing, 128, 0.0)),
        // Where a mean was a product with weights for every sentence and token, this took twice as much.
        (1, 12, config(FreezeStrategy::Nothing, 1_024, 0.0)),
        (4, 60, config(FreezeStrategy::Embeddings, 32, 0.0)),
        (6, 24, config(FreezeStrategy::AllButLast { n_layers: 2 }, 64, 0.1)),
    ] {
        let what = format!("{n_layers} layers, {n_tokens} tokens, {config:?}");
        let (measured, estimated) = measured_and_estimated(n_layers, n_tokens, config);
        println!("{:.1} MB measured, {:.1} MB estimated: {what}", measured / 1e6, estimated / 1e6);
        assert!(
            (0.9..1.1).contains(&(measured / estimated)),
            "{measured} bytes measured, {estimated} estimated: {what}"
        );
    }
}
