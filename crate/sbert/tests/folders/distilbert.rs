//! DistilBERT checkpoints: loaded from the names of the bare encoder and of a task, refused where they are not one, trained,
//! exported, and loaded again. Their numbers are compared with PyTorch in `tests/oracle`.

use crate::folder_files::{Files, embedding, oracle_folder, zipped};
use burn::tensor::Device;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use sbert::corpus::{Pair, PairTable};
use sbert::encoder::Architecture;
use sbert::model::SentencePairModel;
use sbert::pretrained::{LoadOptions, export_model, parse_config};
use sbert::train::{FreezeStrategy, Session, TrainConfig};

const SENTENCE: &str = "The cat sat on the mat.";
const HEADS: [&str; 6] =
    ["vocab_transform", "vocab_layer_norm", "vocab_projector", "pre_classifier", "classifier", "qa_outputs"];

fn folder() -> Files {
    oracle_folder("distilbert")
}

/// The folder with its tensors renamed, and a tensor of no use for each of the names `more`.
fn with_names(rename: impl Fn(&str) -> String, more: &[String]) -> Files {
    let file = folder().0["model.safetensors"].clone();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let mut views: Vec<(String, TensorView<'_>)> =
        tensors.tensors().into_iter().map(|(name, view)| (rename(&name), view)).collect();
    views.extend(more.iter().map(|name| (name.clone(), TensorView::new(Dtype::F16, vec![1], &[0, 0]).unwrap())));
    folder().with("model.safetensors", safetensors::serialize(views, None).unwrap())
}

#[test]
fn its_configuration_has_names_of_its_own() {
    let json = r#"{"model_type": "distilbert", "vocab_size": 9, "dim": 8, "n_layers": 2, "n_heads": 2, "hidden_dim": 16,
        "max_position_embeddings": 12, "sinusoidal_pos_embds": true, "layer_norm_eps": 1e-5}"#;
    let config = parse_config(json.as_bytes()).unwrap();
    assert_eq!((config.vocab_size, config.max_positions, config.n_segments), (9, 12, 0));
    assert_eq!((config.d_model, config.d_ff, config.n_heads, config.n_layers), (8, 16, 2, 2));
    // transformers does not read the epsilon of a DistilBERT from its file.
    assert_eq!((config.layer_norm_eps, config.architecture), (1e-12, Architecture::DistilBert));

    let check = |from: &str, to: &str, expect: &str| {
        assert!(json.contains(from), "{from}");
        let message = parse_config(json.replace(from, to).as_bytes()).unwrap_err().to_string();
        assert!(message.contains(expect), "{message}");
    };
    check("\"dim\": 8", "\"dim\": 9", "dim 9 is not a multiple of n_heads 2");
    check("\"dim\": 8", "\"hidden_size\": 8", "has no dim");
    check("\"dim\": 8", "\"dim\": 8, \"activation\": \"relu\"", "activation is \"relu\"; supported is \"gelu\"");
    check("\"distilbert\"", "\"roberta\"", "model_type is \"roberta\"; supported is \"bert\" or \"distilbert\"");
}

#[test]
fn the_checkpoint_of_a_task_is_the_same_encoder() {
    let expected = embedding(&folder().loaded(), SENTENCE);
    let heads = HEADS.map(|head| format!("{head}.weight"));
    let model = with_names(|name| format!("distilbert.{name}"), &heads).loaded();
    assert_eq!(embedding(&model, SENTENCE), expected);
    let mut ignored = heads;
    ignored.sort();
    assert_eq!(model.ignored_tensors, ignored);
}

#[test]
fn what_is_not_a_distilbert_is_refused() {
    let check = |files: Files, expect: &str| {
        let message = files.refusal();
        assert!(message.contains(expect), "{message}\n  expected: {expect}");
    };
    check(
        with_names(str::to_owned, &["embeddings.token_type_embeddings.weight".to_owned()]),
        "weight \"embeddings.token_type_embeddings.weight\" is not part of a DistilBERT of 2 layers",
    );
    check(
        with_names(|name| name.replace("transformer.layer.1.ffn.lin2", "transformer.layer.1.ffn.lin3"), &[]),
        "weight \"transformer.layer.1.ffn.lin2.weight\" is missing from model.safetensors",
    );
    check(
        folder().replace("config.json", "\"n_layers\": 2", "\"n_layers\": 3"),
        "weight \"transformer.layer.2.attention.q_lin.weight\" is missing from model.safetensors",
    );
    let bert = oracle_folder("mean");
    check(bert.with("config.json", folder().0["config.json"].clone()), "transformer.layer.0.attention.q_lin.weight");
}

/// A step of training, then an export that loads again as what it was: whole, and cut to its first layer.
#[test]
fn a_trained_model_is_loaded_again_as_it_was() {
    let device = Device::flex();
    for n_layers in [None, Some(1)] {
        let loaded = folder().load(&LoadOptions { n_layers, ..LoadOptions::default() }).unwrap();
        let ids = |text: &str| loaded.tokenizer.tokenize(text).unwrap().ids;
        let pair = Pair { sentence_a: 0, sentence_b: 1, label: Some(1), score: Some(0.25) };
        let table =
            PairTable { sentences: vec![ids(SENTENCE), ids("on 12 mats")], pairs: vec![pair; 4], n_truncated: 0 };
        let model = SentencePairModel::with_new_head(loaded.encoder.clone(), 2, 3, &device);
        let freeze = FreezeStrategy::Nothing;
        let config = TrainConfig { freeze, epochs: 1, batch_size: 4, warmup_fraction: 0.0, ..TrainConfig::default() };
        let mut session = Session::new(&model, table, loaded.tokenizer.pad_id(), config).unwrap();
        assert!(pollster::block_on(session.step()).unwrap().unwrap().loss.is_finite());

        let max_seq_length = loaded.tokenizer.max_seq_length();
        let trained = session.model();
        let export =
            || export_model(&trained, &loaded.config, max_seq_length, &loaded.base, None, String::new()).unwrap();
        let bytes_of = |path: &str| -> Vec<u8> {
            let file = export().into_iter().find(|file| file.path == path).unwrap();
            pollster::block_on(file.into_bytes()).unwrap()
        };
        let json = |path: &str| -> serde_json::Value { serde_json::from_slice(&bytes_of(path)).unwrap() };
        assert_eq!(json("config.json")["architectures"], serde_json::json!(["DistilBertModel"]));
        assert_eq!(json("config.json")["n_layers"], loaded.config.n_layers);
        // What `DistilBertModel` does not take.
        assert_eq!(json("sentence_bert_config.json")["model_args"], serde_json::json!({}));
        let inputs = json("tokenizer_config.json")["model_input_names"].clone();
        assert_eq!(inputs, serde_json::json!(["input_ids", "attention_mask"]));
        let weights = bytes_of("model.safetensors");
        let names = SafeTensors::deserialize(&weights).unwrap();
        let (has, n_expected) = (|name: &str| names.names().contains(&name), 4 + 16 * loaded.config.n_layers);
        assert!(has("embeddings.LayerNorm.weight") && has("transformer.layer.0.sa_layer_norm.bias"));
        assert_eq!(names.len(), n_expected, "{:?}", names.names());

        let again = Files::default().with("m.zip", zipped("m", export())).loaded();
        let before = embedding(&loaded, SENTENCE);
        let loaded = sbert::pretrained::LoadedModel { encoder: trained.encoder, ..loaded };
        assert_eq!(embedding(&again, SENTENCE), embedding(&loaded, SENTENCE));
        assert_ne!(embedding(&again, SENTENCE), before);
        assert_eq!((again.config.architecture, again.ignored_tensors.len()), (Architecture::DistilBert, 0));
    }
}
