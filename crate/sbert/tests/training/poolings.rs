//! Training with every pooling, with and without normalisation and segments: the CPU's own path does what the general one
//! does.
#![allow(deprecated, reason = "burn-ndarray stays selectable beside flex, the default")]

use crate::small_run::{PAD_ID, table};
use burn::tensor::Device;
use sbert::encoder::{Architecture, Pooling, SentenceEncoderConfig};
use sbert::model::SentencePairModel;
use sbert::train::{FreezeStrategy, Session, TrainConfig};

/// Losses and gradient norms of a few steps.
fn run(config: &SentenceEncoderConfig, freeze: FreezeStrategy, device: &Device) -> Vec<f64> {
    let model = SentencePairModel::with_new_head(config.from_seed(7, device), 3, 7, device);
    let train = TrainConfig { freeze, epochs: 1, learning_rate: 1e-3, ..TrainConfig::default() };
    let mut session = Session::new(&model, table(), PAD_ID, train).unwrap();
    let mut numbers = Vec::new();
    while let Some(step) = pollster::block_on(session.step()).unwrap() {
        numbers.extend([step.loss, step.gradient_norm]);
    }
    numbers
}

/// Train on both paths; the first loss.
fn check(config: &SentenceEncoderConfig, freeze: FreezeStrategy) -> f64 {
    let general = run(config, freeze, &Device::ndarray());
    let own = run(config, freeze, &Device::flex());
    assert!(general.len() >= 6 && general.len() == own.len());
    for (a, b) in general.iter().zip(&own) {
        assert!((a - b).abs() <= 1e-5 * a.abs(), "{config}, {freeze:?}: {general:?} and {own:?}");
    }
    own[0]
}

#[test]
fn both_paths_train_alike() {
    let mut first_losses = Vec::new();
    for pooling in [Pooling::Mean, Pooling::Cls, Pooling::Max] {
        for normalizes in [false, true] {
            let config = SentenceEncoderConfig::new(20, 16, 2, 8, 16, 2, 2, 1e-12)
                .with_pooling(pooling)
                .with_normalizes(normalizes);
            for freeze in [FreezeStrategy::Nothing, FreezeStrategy::parse("last-1").unwrap()] {
                let first_loss = check(&config, freeze);
                first_losses.push((freeze == FreezeStrategy::Nothing).then_some(first_loss));
            }
        }
    }
    // Each is a model of its own.
    let mut first_losses: Vec<f64> = first_losses.into_iter().flatten().collect();
    first_losses.sort_by(f64::total_cmp);
    first_losses.dedup();
    assert_eq!(first_losses.len(), 6, "{first_losses:?}");
}

#[test]
fn both_paths_train_alike_without_segments() {
    let config = SentenceEncoderConfig::new(20, 16, 0, 8, 16, 2, 2, 1e-12);
    assert!(config.from_seed(7, &Device::flex()).embeddings.segment.is_none());
    let bert = check(&config, FreezeStrategy::Nothing);
    // It drops out in fewer places.
    let distilbert = check(&config.with_architecture(Architecture::DistilBert), FreezeStrategy::Nothing);
    assert!((bert - distilbert).abs() > 1e-4, "{bert} and {distilbert}");
}

/// What the workers of a run are sent comes back as it was.
#[test]
fn a_configuration_survives_json() {
    let config =
        SentenceEncoderConfig::new(20, 16, 2, 8, 16, 2, 2, 1e-12).with_pooling(Pooling::Max).with_normalizes(true);
    let again: SentenceEncoderConfig = serde_json::from_str(&serde_json::to_string(&config).unwrap()).unwrap();
    assert_eq!(format!("{again:?}"), format!("{config:?}"));
    assert_eq!((again.pooling, again.normalizes), (Pooling::Max, true));
}
