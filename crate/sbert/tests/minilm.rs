//! Real weights against PyTorch: token ids and embeddings of tests/oracle/minilm.json, on both CPU backends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use sbert::session::encode_sentences;
use sbert::text::{MAX_SEQ_LENGTH, TextTokenizer};
use sbert::weights::{load_encoder, save_encoder};

/// Largest difference of any number of an embedding; the embeddings' norms are about 5.
const TOLERANCE: f32 = 1e-5;

#[derive(serde::Deserialize)]
struct Oracle {
    sentences: Vec<Sentence>,
}

#[derive(serde::Deserialize)]
struct Sentence {
    text: String,
    token_ids: Vec<u32>,
    embedding: Vec<f32>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn model_file(name: &str) -> Vec<u8> {
    let path = root().join("web/models/all-MiniLM-L6-v2").join(name);
    std::fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}; run `cargo xtask setup`", path.display()))
}

fn oracle() -> Vec<Sentence> {
    let json = std::fs::read(root().join("tests/oracle/minilm.json")).unwrap();
    serde_json::from_slice::<Oracle>(&json).unwrap().sentences
}

/// All sentences as one batch, so that padding is tested too.
fn check(device: &Device) {
    let loaded = load_encoder(&model_file("config.json"), &model_file("model.safetensors"), device).unwrap();
    let tokenizer =
        TextTokenizer::from_bytes(&model_file("tokenizer.json"), loaded.config.vocab_size, MAX_SEQ_LENGTH).unwrap();
    let oracle = oracle();
    let ids: Vec<Vec<u32>> = oracle.iter().map(|sentence| tokenizer.tokenize(&sentence.text).unwrap().ids).collect();
    for (sentence, ids) in oracle.iter().zip(&ids) {
        assert_eq!(*ids, sentence.token_ids, "{}", sentence.text);
    }
    let batch: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    let embeddings = pollster::block_on(encode_sentences(&loaded.encoder, &batch, tokenizer.pad_id())).unwrap();
    let d_model = loaded.config.d_model;
    let mut worst = 0f32;
    for (sentence, embedding) in oracle.iter().zip(embeddings.chunks_exact(d_model)) {
        for (actual, expected) in embedding.iter().zip(&sentence.embedding) {
            worst = worst.max((actual - expected).abs());
        }
    }
    println!("worst difference {worst:e}");
    assert!(worst < TOLERANCE, "{worst}");
}

#[test]
#[expect(deprecated, reason = "burn-ndarray stays beside flex, its successor, until the bench finds flex the faster")]
fn ndarray_equals_pytorch() {
    check(&Device::ndarray());
}

#[test]
fn flex_equals_pytorch() {
    check(&Device::flex());
}

#[test]
fn saved_weights_come_back_unchanged() {
    let device = Device::flex();
    let file = model_file("model.safetensors");
    let loaded = load_encoder(&model_file("config.json"), &file, &device).unwrap();
    let saved = pollster::block_on(save_encoder(&loaded.encoder)).unwrap();
    let (before, after) =
        (safetensors::SafeTensors::deserialize(&file).unwrap(), safetensors::SafeTensors::deserialize(&saved).unwrap());
    for (name, tensor) in after.tensors() {
        let original = before.tensor(&name).unwrap();
        assert_eq!(original.shape(), tensor.shape(), "{name}");
        assert!(original.data() == tensor.data(), "{name}");
    }
    assert_eq!(after.len() + loaded.ignored_tensors.len(), before.len());
}

#[test]
fn damaged_weights_are_named() {
    let (config, file) = (model_file("config.json"), model_file("model.safetensors"));
    let check = |config: &[u8], weights: &[u8], expect: &str| {
        let message = load_encoder(config, weights, &Device::flex()).unwrap_err().to_string();
        assert!(message.contains(expect), "{message}");
    };
    check(&config, &file[..1_000_000], "model.safetensors can't be read");
    check(&config, b"<!doctype html>", "model.safetensors can't be read");
    let config = String::from_utf8(config).unwrap();
    let change = |from: &str, to: &str| {
        assert!(config.contains(from));
        config.replace(from, to).into_bytes()
    };
    check(
        &change("\"num_hidden_layers\": 6", "\"num_hidden_layers\": 7"),
        &file,
        "weight \"encoder.layer.6.attention.self.query.weight\" is missing from model.safetensors",
    );
    check(&change("\"num_hidden_layers\": 6", "\"num_hidden_layers\": 5"), &file, "is not part of a BERT of 5 layers");
    check(
        &change("\"intermediate_size\": 1536", "\"intermediate_size\": 1535"),
        &file,
        "has shape [1536, 384], expected [1535, 384]",
    );
}
