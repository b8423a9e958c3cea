//! Model folders that sentence-transformers and transformers wrote: token ids and embeddings as the former gives them.

use std::collections::BTreeMap;

use burn::tensor::Device;
use sbert::encoder::{Pooling, encode_sentences};
use sbert::pretrained::{FileBytes, LoadOptions, LoadedModel, ModelFolder, RandomModel, load_model, random_model};
use sbert::text::TextTokenizer;
use serde::Deserialize;

use crate::compare::{Comparison, print_leg};

const ORACLE: &str = include_str!("folders/oracle.json");
const EMBEDDING_TOLERANCE: f64 = 1e-6;
/// Hash of the word embeddings that seed 1 draws at width 1.
const DRAWN_WORDS: u64 = 2_050_620_664_930_134_981;

#[derive(Deserialize)]
struct Oracle {
    sentences: Vec<String>,
    /// Texts and the ids that transformers' tokenizer of the folder `cased` gives them.
    cased: Vec<(String, Vec<u32>)>,
    folders: BTreeMap<String, Expected>,
}

#[derive(Deserialize)]
struct Expected {
    max_seq_length: usize,
    token_ids: Vec<Vec<u32>>,
    embeddings: Vec<Vec<f32>>,
}

/// The files of a folder, by their paths in it.
macro_rules! folder {
    ($name:literal, [$($path:literal),+ $(,)?]) => {
        (&[$(($path, include_bytes!(concat!("folders/", $name, "/", $path)) as &[u8])),+]) as &[(&str, &'static [u8])]
    };
}

const MEAN: &[(&str, &[u8])] = folder!(
    "mean",
    [
        "1_Pooling/config.json",
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
);
const CLS: &[(&str, &[u8])] = folder!(
    "cls",
    [
        "1_Pooling/config.json",
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
);
const MAX: &[(&str, &[u8])] = folder!(
    "max",
    [
        "1_Pooling/config.json",
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
);
const NORMALIZE: &[(&str, &[u8])] = folder!(
    "normalize",
    [
        "1_Pooling/config.json",
        "2_Normalize/config.json",
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
);
const CASED: &[(&str, &[u8])] =
    folder!("cased", ["config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"]);
const SHARDED: &[(&str, &[u8])] = folder!(
    "sharded",
    [
        "1_Pooling/config.json",
        "config.json",
        "model-00001-of-00003.safetensors",
        "model-00002-of-00003.safetensors",
        "model-00003-of-00003.safetensors",
        "model.safetensors.index.json",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
);

const DISTILBERT: &[(&str, &[u8])] = folder!(
    "distilbert",
    [
        "1_Pooling/config.json",
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
);

struct Case {
    name: &'static str,
    files: &'static [(&'static str, &'static [u8])],
    pooling: Pooling,
    normalizes: bool,
    stored_as: &'static str,
}

const fn case(
    name: &'static str,
    files: &'static [(&'static str, &'static [u8])],
    pooling: Pooling,
    normalizes: bool,
    stored_as: &'static str,
) -> Case {
    Case { name, files, pooling, normalizes, stored_as }
}

const CASES: [Case; 7] = [
    case("mean", MEAN, Pooling::Mean, false, "F32"),
    case("cls", CLS, Pooling::Cls, false, "F16"),
    case("max", MAX, Pooling::Max, false, "F16"),
    case("normalize", NORMALIZE, Pooling::Mean, true, "BF16"),
    case("cased", CASED, Pooling::Mean, false, "F16"),
    case("sharded", SHARDED, Pooling::Mean, false, "F16"),
    case("distilbert", DISTILBERT, Pooling::Mean, false, "F16"),
];

fn folder_of(files: &[(&str, &'static [u8])]) -> ModelFolder {
    let boxed = |&(path, bytes): &(&str, &'static [u8])| (path.to_owned(), Box::new(bytes) as Box<dyn FileBytes>);
    ModelFolder::new(files.iter().map(boxed).collect()).unwrap()
}

/// The tokenizer of a folder's files, through a model of no use: up to 128 tokens, whatever the folder's model takes.
pub fn tokenizer_of(files: Vec<(String, Box<dyn FileBytes>)>) -> LoadedModel {
    let size = RandomModel { n_layers: 1, d_model: 1, n_heads: 1, d_ff: 1, max_positions: 512, seed: 1 };
    random_model(&size, &ModelFolder::new(files).unwrap(), &Device::flex()).unwrap()
}

pub async fn compare(device: &Device) -> Comparison {
    let oracle: Oracle = serde_json::from_str(ORACLE).unwrap();
    let mut comparison = Comparison::new("embeddings", EMBEDDING_TOLERANCE);
    assert_eq!(oracle.folders.len(), CASES.len());
    for case in &CASES {
        let expected = &oracle.folders[case.name];
        let folder = folder_of(case.files);
        let model = load_model(&folder, &LoadOptions::default(), device, &mut |_, _, _| ()).unwrap();
        assert_eq!(model.config.pooling, case.pooling, "{}", case.name);
        assert_eq!(model.config.normalizes, case.normalizes, "{}", case.name);
        assert_eq!(model.stored_as.as_deref(), Some(case.stored_as), "{}", case.name);
        assert_eq!(model.tokenizer.max_seq_length(), expected.max_seq_length, "{}", case.name);
        let ids: Vec<Vec<u32>> =
            oracle.sentences.iter().map(|text| model.tokenizer.tokenize(text).unwrap().ids).collect();
        assert_eq!(ids, expected.token_ids, "{}", case.name);
        // As one batch, so that pooling meets padding.
        let batch: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
        let actual = encode_sentences(&model.encoder, &batch, model.tokenizer.pad_id()).await.unwrap();
        for ((actual, expected), text) in
            actual.chunks_exact(model.config.d_model).zip(&expected.embeddings).zip(&oracle.sentences)
        {
            comparison.tensor(format!("{} of \"{text}\"", case.name), actual, expected);
        }
    }
    comparison
}

/// A seed draws the same weights in a browser as in a terminal, to the last bit.
pub async fn drawn_weights() {
    let boxed = |&(path, bytes): &(&str, &'static [u8])| (path.to_owned(), Box::new(bytes) as Box<dyn FileBytes>);
    let words = tokenizer_of(CASED.iter().map(boxed).collect()).encoder.embeddings.word.weight.val();
    let words: Vec<f32> = words.into_data_async().await.unwrap().try_into_vec().unwrap();
    // Fowler, Noll and Vo's hash of their bits.
    let hash = words
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!((words.len(), hash), (132, DRAWN_WORDS), "{words:?}");
}

/// A cased `vocab.txt` makes transformers' tokenizer, and the `tokenizer.json` that goes on makes it again.
pub fn cased_vocabulary() {
    let oracle: Oracle = serde_json::from_str(ORACLE).unwrap();
    let boxed = |&(path, bytes): &(&str, &'static [u8])| (path.to_owned(), Box::new(bytes) as Box<dyn FileBytes>);
    let model = tokenizer_of(CASED.iter().map(boxed).collect());
    let (_, json) = model.base.tokenizer_files.iter().find(|(name, _)| name == "tokenizer.json").unwrap();
    let again = TextTokenizer::from_bytes(json, model.tokenizer.vocab_size(), 128).unwrap();
    for (text, expected) in &oracle.cased {
        assert_eq!(model.tokenizer.tokenize(text).unwrap().ids, *expected, "{text:?}");
        assert_eq!(again.tokenize(text).unwrap().ids, *expected, "{text:?}");
    }
    print_leg("token ids of a cased vocab.txt", &format!("{} awkward lines equal", oracle.cased.len()));
}
