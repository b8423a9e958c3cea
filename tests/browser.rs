//! In a real browser, in a dedicated worker as in the page: real weights encode as PyTorch does, and a training step
//! trains. The test runner's server serves the repository's root, so the model's files come over HTTP here too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
#![cfg(target_arch = "wasm32")]

use burn::tensor::Device;
use sbert::corpus::{PairRecord, PairTable, ReadOptions, Split, read_pairs};
use sbert::freeze::FreezeStrategy;
use sbert::model::SentencePairModel;
use sbert::session::{Evaluation, Session, TrainConfig, encode_sentences};
use sbert::text::{MAX_SEQ_LENGTH, TextTokenizer};
use sbert::weights::{LoadedEncoder, load_encoder};
use sbert_page::device::default_device;
use sbert_page::fetch;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Largest difference of any number of an embedding; the embeddings' norms are about 5.
const TOLERANCE: f32 = 1e-5;

async fn file(path: &str) -> Vec<u8> {
    let incoming = fetch::open(path).await.expect("the test server serves the repository's root");
    incoming.read(|_| {}).await.expect("the file comes in whole")
}

async fn minilm(device: &Device) -> (LoadedEncoder, TextTokenizer) {
    let folder = "/web/models/all-MiniLM-L6-v2";
    let config = file(&format!("{folder}/config.json")).await;
    let weights = file(&format!("{folder}/model.safetensors")).await;
    let loaded = load_encoder(&config, &weights, device).unwrap();
    let json = file(&format!("{folder}/tokenizer.json")).await;
    let tokenizer = TextTokenizer::from_bytes(&json, loaded.config.vocab_size, MAX_SEQ_LENGTH).unwrap();
    (loaded, tokenizer)
}

#[wasm_bindgen_test]
async fn minilm_encodes_as_pytorch_does() {
    let (loaded, tokenizer) = minilm(&default_device().0).await;
    let oracle: serde_json::Value = serde_json::from_str(include_str!("oracle/minilm.json")).unwrap();
    let mut worst = 0f32;
    for sentence in oracle["sentences"].as_array().unwrap() {
        let ids = tokenizer.tokenize(sentence["text"].as_str().unwrap()).unwrap().ids;
        let expected: Vec<u32> = serde_json::from_value(sentence["token_ids"].clone()).unwrap();
        assert_eq!(ids, expected);
        let embedding = encode_sentences(&loaded.encoder, &[&ids], tokenizer.pad_id()).await.unwrap();
        let expected: Vec<f32> = serde_json::from_value(sentence["embedding"].clone()).unwrap();
        assert_eq!(embedding.len(), expected.len());
        for (actual, expected) in embedding.iter().zip(expected) {
            worst = worst.max((actual - expected).abs());
        }
    }
    console_log!("embeddings: worst difference {worst:e}");
    assert!(worst < TOLERANCE, "{worst}");
}

#[wasm_bindgen_test]
async fn a_step_of_the_whole_model_lowers_the_loss_on_its_own_pairs() {
    let (loaded, tokenizer) = minilm(&default_device().0).await;
    let corpus = read_pairs("demo-pairs.tsv", &file("/data/demo-pairs.tsv").await, &ReadOptions::default()).unwrap();
    let records: Vec<PairRecord> = corpus.of_split(Split::Train).take(8).cloned().collect();
    let table = PairTable::new(&records, &tokenizer).unwrap();
    let model = SentencePairModel::with_new_head(loaded.encoder, corpus.classes.len(), 1, &default_device().0);
    let config = TrainConfig {
        freeze: FreezeStrategy::Nothing,
        epochs: 3,
        batch_size: 8,
        warmup_fraction: 0.0,
        dropout: 0.0,
        ..TrainConfig::default()
    };
    let pad_id = tokenizer.pad_id();
    let mut evaluation = Evaluation::new(table.clone(), pad_id).unwrap();
    let mut session = Session::new(&model, table, pad_id, config).unwrap();
    let mut losses = Vec::new();
    while let Some(report) = session.step().await.unwrap() {
        losses.push(report.loss);
    }
    console_log!("losses: {losses:?}");
    assert_eq!(losses.len(), 3);
    assert!(losses[2] < losses[0]);
    let scores = evaluation.scores(&session.model()).await.unwrap();
    assert_eq!(scores.n_pairs, 8);
    assert!(scores.classification_loss.unwrap() < losses[0]);
}

#[wasm_bindgen_test]
async fn a_missing_file_is_named() {
    let failure = fetch::open("/web/models/no-such-model/config.json").await.err().unwrap();
    assert!(failure.message.contains("/web/models/no-such-model/config.json"), "{}", failure.message);
    assert!(!failure.remedy.is_empty());
}
