//! A model and pairs small enough to be trained in a test.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};
use sbert::corpus::{Pair, PairTable};
use sbert::encoder::SentenceEncoderConfig;
use sbert::model::SentencePairModel;

/// Id of the padding.
pub const PAD_ID: u32 = 0;

/// Two layers of width 8.
pub fn model() -> SentencePairModel {
    model_on(&Device::flex())
}

/// The same on another device.
pub fn model_on(device: &Device) -> SentencePairModel {
    let encoder = SentenceEncoderConfig::new(20, 16, 2, 8, 16, 2, 2, 1e-12).from_seed(7, device);
    SentencePairModel::with_new_head(encoder, 3, 7, device)
}

/// Pairs whose class is decided by their words, so that there is something to learn; every fourth lacks a class and
/// every fifth a score.
pub fn table() -> PairTable {
    let sentences: Vec<Vec<u32>> =
        (0..12).map(|n| [vec![1], vec![3 + n % 16; 1 + n as usize % 5], vec![2]].concat()).collect();
    let pairs = (0..48)
        .map(|n| {
            let (sentence_a, sentence_b) = (n % 12, (n * 5 + 1) % 12);
            let class = (sentence_a + sentence_b) % 3;
            Pair {
                sentence_a,
                sentence_b,
                label: (n % 4 != 3).then_some(class),
                score: (n % 5 != 4).then_some(1.0 - class as f32 / 2.0),
            }
        })
        .collect();
    PairTable { sentences, pairs, n_truncated: 0 }
}

/// Every parameter with its path.
pub fn weights(model: &SentencePairModel) -> Vec<(String, Vec<f32>)> {
    #[derive(Default)]
    struct Collector {
        path: Vec<String>,
        found: Vec<(String, Vec<f32>)>,
    }
    impl ModuleVisitor for Collector {
        fn enter_module(&mut self, name: &str, _container_type: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _name: &str, _container_type: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let data = pollster::block_on(param.val().into_data_async()).unwrap();
            self.found.push((self.path.join("."), data.try_into_vec().unwrap()));
        }
    }
    let mut collector = Collector::default();
    model.visit(&mut collector);
    collector.found
}
