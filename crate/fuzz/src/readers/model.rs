//! The files of a model, each in a folder in which the others are right.

use burn::tensor::Device;
use sbert::Error;
use sbert::encoder::encode_sentences;
use sbert::pretrained::{
    FileBytes, LoadOptions, LoadedModel, ModelFolder, RandomModel, load_encoder, load_head, load_model, random_model,
};
use sbert::text::TextTokenizer;
use serde_json::{Map, Value};

const CONFIG: &[u8] = include_bytes!("../../corpus/config_json/bert.json");
const WEIGHTS: &[u8] = include_bytes!("../../corpus/safetensors/bert.safetensors");
const TOKENIZER: &[u8] = include_bytes!("../../corpus/tokenizer_json/template.json");
/// Width of the seeds' model, and rows of its word embeddings.
const D_MODEL: usize = 4;
const VOCAB_SIZE: usize = 8;
/// Longer and shorter ones, and what tokenizers treat in ways of their own.
const SENTENCES: [&str; 5] =
    ["the cats", "", "the cat [MASK] the cat [SEP] cat cats the", "ÉÉ 東京 \u{0301}\u{200d}\u{1F415}\0", "<tag> 12,5"];

/// A folder with the right files, of which some are replaced or new, and some (without bytes) missing.
fn folder(changed: &[(&str, Option<&[u8]>)]) -> Result<ModelFolder, Error> {
    let mut files = vec![
        ("config.json", Some(CONFIG)),
        ("model.safetensors", Some(WEIGHTS)),
        ("model-00001-of-00002.safetensors", Some(WEIGHTS)),
        ("tokenizer.json", Some(TOKENIZER)),
    ];
    files.retain(|(path, _)| !changed.iter().any(|(other, _)| other == path));
    files.extend_from_slice(changed);
    let boxed = |(path, bytes): (&str, Option<&[u8]>)| {
        bytes.map(|bytes| (path.to_owned(), Box::new(bytes.to_vec()) as Box<dyn FileBytes>))
    };
    ModelFolder::new(files.into_iter().filter_map(boxed).collect())
}

/// Load a folder, and use what was loaded.
fn load(folder: Result<ModelFolder, Error>) -> bool {
    let load = |folder: ModelFolder| load_model(&folder, &LoadOptions::default(), &Device::flex(), &mut |_, _, _| ());
    folder.and_then(load).is_ok_and(|model| {
        encode(&model);
        true
    })
}

/// Embed each sentence that the tokenizer takes: its ids must be rows of the model, and no more than it has positions.
fn encode(model: &LoadedModel) {
    for ids in tokenize(&model.tokenizer) {
        let batch: [&[u32]; 1] = [&ids];
        let embedding = encode_sentences(&model.encoder, &batch, model.tokenizer.pad_id());
        assert!(pollster::block_on(embedding).is_ok_and(|values| values.len() == model.config.d_model));
    }
}

fn tokenize(tokenizer: &TextTokenizer) -> Vec<Vec<u32>> {
    let mut all_ids = Vec::new();
    for sentence in SENTENCES {
        if let Ok(tokenized) = tokenizer.tokenize(sentence) {
            assert!(tokenized.ids.len() <= tokenizer.max_seq_length());
            assert!(tokenized.ids.iter().all(|&id| (id as usize) < tokenizer.vocab_size()));
            all_ids.push(tokenized.ids);
        }
    }
    all_ids
}

/// Of an encoder, or of a classification head.
pub fn read_weights(bytes: &[u8]) -> bool {
    load_encoder(CONFIG, bytes, &Device::flex()).is_ok() | load_head(bytes, D_MODEL, &Device::flex()).is_ok()
}

pub fn read_zip(bytes: &[u8]) -> bool {
    load(ModelFolder::new(vec![("model.zip".to_owned(), Box::new(bytes.to_vec()))]))
}

pub fn read_config(bytes: &[u8]) -> bool {
    // DistilBERT's weights have other names, so its configuration alone is read.
    load(folder(&[("config.json", Some(bytes))])) || sbert::pretrained::parse_config(bytes).is_ok()
}

pub fn read_tokenizer(bytes: &[u8]) -> bool {
    let is_taken = load(folder(&[("tokenizer.json", Some(bytes))]));
    // In front of it every sentence is made lower-case.
    let lowercase = ("sentence_bert_config.json", Some(&b"{\"do_lower_case\": true}"[..]));
    load(folder(&[("tokenizer.json", Some(bytes)), lowercase]));
    if let Ok(tokenizer) = TextTokenizer::from_bytes(bytes, VOCAB_SIZE, 5) {
        tokenize(&tokenizer);
    }
    is_taken
}

/// Of a model that is drawn, since that takes any number of words.
pub fn read_vocabulary(bytes: &[u8]) -> bool {
    let size = RandomModel { n_layers: 1, d_model: D_MODEL, n_heads: 2, d_ff: 4, max_positions: 8, seed: 1 };
    let folder = folder(&[("tokenizer.json", None), ("vocab.txt", Some(bytes))]);
    folder.and_then(|folder| random_model(&size, &folder, &Device::flex())).is_ok_and(|model| {
        encode(&model);
        true
    })
}

/// Several JSON files in one: an object whose keys are their paths.
pub fn read_folder(bytes: &[u8]) -> bool {
    let Ok(files) = serde_json::from_slice::<Map<String, Value>>(bytes) else { return false };
    let mut files: Vec<(&str, Option<Vec<u8>>)> =
        files.iter().map(|(path, value)| (path.as_str(), Some(value.to_string().into_bytes()))).collect();
    // Beside whole weights an index is not read.
    if files.iter().any(|(path, _)| *path == "model.safetensors.index.json") {
        files.push(("model.safetensors", None));
    }
    let files: Vec<(&str, Option<&[u8]>)> = files.iter().map(|(path, bytes)| (*path, bytes.as_deref())).collect();
    load(folder(&files))
}
