//! The checkpoint of a saved run.

use burn::tensor::Device;
use sbert::corpus::{Pair, PairTable};
use sbert::encoder::SentenceEncoderConfig;
use sbert::model::SentencePairModel;
use sbert::train::{FreezeStrategy, Session, TrainConfig};

pub const NAME: &str = "checkpoint";
const PAD_ID: u32 = 0;

/// The model that the run began with: one layer of width 4.
fn model() -> SentencePairModel {
    let device = Device::flex();
    let encoder = SentenceEncoderConfig::new(8, 8, 2, 4, 4, 2, 1, 1e-12).from_seed(7, &device);
    SentencePairModel::with_new_head(encoder, 2, 7, &device)
}

fn table() -> PairTable {
    let sentences = (0..4).map(|n| vec![2, 4 + n, 3]).collect();
    let pair = |n| Pair { sentence_a: n, sentence_b: (n + 1) % 4, label: Some(n % 2), score: Some(0.5) };
    PairTable { sentences, pairs: (0..4).map(pair).collect(), n_truncated: 0 }
}

pub fn read(bytes: &[u8]) -> bool {
    // Each by itself: the page asks for the settings first.
    let has_config = Session::config_of(bytes).is_ok();
    let is_taken = Session::restore(&model(), table(), PAD_ID, bytes).is_ok();
    assert!(has_config || !is_taken);
    is_taken
}

/// Checkpoints of a run that trains all of the model, of one that trains the head alone, and of one at its beginning.
pub fn seeds() -> Vec<Vec<u8>> {
    let checkpoint = |freeze, n_steps: usize| {
        let config = TrainConfig { freeze, epochs: 2, batch_size: 2, ..TrainConfig::default() };
        let mut session = Session::new(&model(), table(), PAD_ID, config).ok()?;
        pollster::block_on(async {
            for _ in 0..n_steps {
                session.step().await.ok()?;
            }
            session.checkpoint().await.ok()
        })
    };
    let all = [(FreezeStrategy::Nothing, 2), (FreezeStrategy::Backbone, 2), (FreezeStrategy::Nothing, 0)];
    all.into_iter().filter_map(|(freeze, n_steps)| checkpoint(freeze, n_steps)).collect()
}
