//! Real checkpoints: all-MiniLM-L6-v2 comes back from saving unchanged and is refused when damaged; BERT-tiny has the
//! tensor names of older checkpoints (`bert.` before them, `gamma` and `beta`, `cls.*` heads).

use std::path::Path;

use burn::tensor::Device;
use sbert::encoder::encode_sentences;
use sbert::pretrained::{load_encoder, save_encoder};

fn read(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read(root.join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}; run `cargo xtask setup`"))
}

fn model_file(name: &str) -> Vec<u8> {
    read(&format!("tests/models/all-MiniLM-L6-v2/{name}"))
}

/// The older names must reach the right places: a checkpoint whose layer norms were left as drawn would load too.
#[test]
#[expect(deprecated, reason = "burn-ndarray stays selectable beside flex, the default")]
fn an_older_checkpoint_encodes_as_pytorch_does() {
    #[derive(serde::Deserialize)]
    struct Oracle {
        sentences: Vec<Sentence>,
    }
    #[derive(serde::Deserialize)]
    struct Sentence {
        token_ids: Vec<u32>,
        embedding: Vec<f32>,
    }
    let oracle: Oracle = serde_json::from_slice(&read("tests/oracle/bert_tiny.json")).unwrap();
    let (config, weights) =
        (read("tests/models/bert-tiny/config.json"), read("tests/models/bert-tiny/model.safetensors"));
    for (backend, device) in [("ndarray", Device::ndarray()), ("flex", Device::flex())] {
        let loaded = load_encoder(&config, &weights, &device).unwrap();
        assert!(loaded.ignored_tensors.iter().all(|name| name.starts_with("cls.")), "{:?}", loaded.ignored_tensors);
        let batch: Vec<&[u32]> = oracle.sentences.iter().map(|sentence| sentence.token_ids.as_slice()).collect();
        let embeddings = pollster::block_on(encode_sentences(&loaded.encoder, &batch, 0)).unwrap();
        let mut worst = 0f64;
        for (sentence, actual) in oracle.sentences.iter().zip(embeddings.chunks_exact(loaded.config.d_model)) {
            let square =
                |values: &mut dyn Iterator<Item = f32>| values.map(|value| f64::from(value).powi(2)).sum::<f64>();
            let difference = square(&mut actual.iter().zip(&sentence.embedding).map(|(a, b)| a - b));
            worst = worst.max((difference / square(&mut sentence.embedding.iter().copied())).sqrt());
        }
        println!("oracle leg: native {backend}, BERT-tiny in the older naming: embeddings {worst:.1e}");
        assert!(worst <= 2e-6, "{worst:e}");
    }
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
