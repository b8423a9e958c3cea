//! A trained model as the files of a sentence-transformers folder.
//!
//! The names and fields are those of sentence-transformers 2 and 3, which every later version reads too (seen with 6.2).

use serde_json::{Map, Value, json};

use super::arch_spec::ArchSpec;
use super::file_names::{
    CARD_FILE, CONFIG_FILE, HEAD_FILE, MODULES_FILE, NORMALIZE_FILE, POOLING_FILE, SENTENCE_TRANSFORMERS_FILE,
    TOKENIZER_CONFIG_FILE, TRANSFORMER_FILE, WEIGHTS_FILE,
};
use super::folder_file::{BaseFiles, FolderFile};
use super::head_file::head_writer;
use super::save_encoder::encoder_writer;
use crate::encoder::{Pooling, SentenceEncoderConfig};
use crate::error::Error;
use crate::model::SentencePairModel;

/// The files of a folder that sentence-transformers, this crate and the command line load, encoder weights as F32. Those are
/// read from the device when the files are written.
///
/// With `head_classes`, the names of the head's classes, the head goes with it as `classifier.safetensors`, which the
/// sentence-transformers layout has no place for. `config` must be the model's, and `base` must come from the folder that
/// the model was loaded from. `card` is the text of the model card.
///
/// # Errors
/// [`Error::Config`] if a file of `base` isn't what it is called; [`Error::Weights`] if the classes aren't the head's.
pub fn export_model(
    model: &SentencePairModel,
    config: &SentenceEncoderConfig,
    max_seq_length: usize,
    base: &BaseFiles,
    head_classes: Option<&[String]>,
    card: String,
) -> Result<Vec<FolderFile>, Error> {
    // Otherwise transformers makes a pooler with random weights, which no embedding depends on, and warns that the file has
    // none. A class without pooler does not know the argument.
    let model_args = match config.architecture.has_pooler() {
        true => json!({ "add_pooling_layer": false }),
        false => json!({}),
    };
    let mut files = vec![
        text_file(CARD_FILE, card),
        json_file(MODULES_FILE, &modules(config)),
        json_file(
            SENTENCE_TRANSFORMERS_FILE,
            &json!({
                "model_type": "SentenceTransformer",
                "prompts": {},
                "default_prompt_name": null,
                // What the regression objective trains, and the page shows.
                "similarity_fn_name": "cosine",
            }),
        ),
        json_file(
            TRANSFORMER_FILE,
            &json!({
                "max_seq_length": max_seq_length,
                // The tokenizer's own normaliser does what there is to do.
                "do_lower_case": false,
                "model_args": model_args,
            }),
        ),
        json_file(CONFIG_FILE, &encoder_config(config, &base.config_json)?),
        json_file(POOLING_FILE, &pooling_config(config)),
    ];
    if config.normalizes {
        files.push(json_file(NORMALIZE_FILE, &json!({})));
    }
    let others = base.tokenizer_files.iter().filter(|(path, _)| path != TOKENIZER_CONFIG_FILE);
    files.extend(others.map(|(path, bytes)| FolderFile::of_bytes(path, bytes.clone())));
    files.push(json_file(TOKENIZER_CONFIG_FILE, &tokenizer_config(config, base, max_seq_length)?));
    files.push(FolderFile::of_tensors(WEIGHTS_FILE, encoder_writer(&model.encoder)?));
    if let Some(classes) = head_classes {
        files.push(FolderFile::of_tensors(HEAD_FILE, head_writer(&model.head, classes)?));
    }
    Ok(files)
}

fn text_file(path: &str, text: String) -> FolderFile {
    FolderFile::of_bytes(path, text.into_bytes())
}

fn json_file(path: &str, value: &Value) -> FolderFile {
    text_file(path, format!("{value:#}\n"))
}

/// The modules by the names that version 2 gave them.
fn modules(config: &SentenceEncoderConfig) -> Value {
    let mut modules = vec![("", "Transformer"), ("1_Pooling", "Pooling")];
    if config.normalizes {
        modules.push(("2_Normalize", "Normalize"));
    }
    let module = |(idx, (path, class)): (usize, (&str, &str))| {
        let class = format!("sentence_transformers.models.{class}");
        json!({ "idx": idx, "name": idx.to_string(), "path": path, "type": class })
    };
    modules.into_iter().enumerate().map(module).collect()
}

/// The pooling as one flag a mode, as all versions read it.
fn pooling_config(config: &SentenceEncoderConfig) -> Value {
    let is = |pooling| config.pooling == pooling;
    json!({
        "word_embedding_dimension": config.d_model,
        "pooling_mode_cls_token": is(Pooling::Cls),
        "pooling_mode_mean_tokens": is(Pooling::Mean),
        "pooling_mode_max_tokens": is(Pooling::Max),
        "pooling_mode_mean_sqrt_len_tokens": false,
    })
}

/// The base model's `config.json`, changed where it would no longer be true of the folder's weights.
fn encoder_config(config: &SentenceEncoderConfig, base: &str) -> Result<Value, Error> {
    let class = ArchSpec::of(config.architecture).class;
    let mut config = parse_object(CONFIG_FILE, base.as_bytes())?;
    // The file may have come from a masked language model, a classifier, or code of its own; the weights are the bare
    // encoder's.
    config.insert("architectures".to_owned(), json!([class]));
    config.remove("auto_map");
    config.remove("_name_or_path");
    // transformers 5 computes in the type that is named here, whatever the file's is.
    config.remove("dtype");
    config.insert("torch_dtype".to_owned(), json!("float32"));
    Ok(Value::Object(config))
}

/// The base model's `tokenizer_config.json`, changed so that transformers takes the tokenizer from `tokenizer.json` as it
/// is, as this crate does.
///
/// Its class for BERT makes a tokenizer of the vocabulary and of fields of this file, lower-case unless told otherwise,
/// and ignores what `tokenizer.json` says of that.
fn tokenizer_config(encoder: &SentenceEncoderConfig, base: &BaseFiles, max_seq_length: usize) -> Result<Value, Error> {
    let given = base.tokenizer_files.iter().find(|(path, _)| path == TOKENIZER_CONFIG_FILE);
    let mut config = match given {
        Some((_, bytes)) => parse_object(TOKENIZER_CONFIG_FILE, bytes)?,
        None => Map::new(),
    };
    config.remove("auto_map");
    // transformers 4 warns where it isn't said; this is BERT's, and only matters where ids become text again.
    config.entry("clean_up_tokenization_spaces").or_insert(json!(true));
    let mut set = |name: &str, value: Value| config.insert(name.to_owned(), value);
    set("tokenizer_class", json!("PreTrainedTokenizerFast"));
    // What that class can't know: BERT's special tokens, which every tokenizer here has (text.rs), and the inputs.
    for name in ["cls", "sep", "pad", "unk"] {
        set(&format!("{name}_token"), json!(format!("[{}]", name.to_uppercase())));
    }
    let inputs = ["input_ids", "token_type_ids", "attention_mask"].into_iter();
    let inputs = inputs.filter(|name| encoder.n_segments > 0 || *name != "token_type_ids");
    set("model_input_names", inputs.collect());
    set("model_max_length", json!(max_seq_length));
    Ok(Value::Object(config))
}

fn parse_object(file: &str, json: &[u8]) -> Result<Map<String, Value>, Error> {
    let fault = |cause| Error::Config { file: file.to_owned(), problem: format!("can't be read: {cause}") };
    serde_json::from_slice(json).map_err(fault)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    const CONFIG: &str = r#"{"model_type": "bert", "architectures": ["BertForMaskedLM"], "dtype": "float16",
        "auto_map": {"AutoModel": "code.Model"}, "vocab_size": 9, "of_its_own": [1, 2]}"#;

    fn export(pooling: Pooling, normalizes: bool, classes: Option<&[String]>) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let device = Device::flex();
        let config =
            SentenceEncoderConfig::new(9, 12, 2, 8, 16, 2, 1, 1e-12).with_pooling(pooling).with_normalizes(normalizes);
        let model = SentencePairModel::with_new_head(config.from_seed(1, &device), 2, 1, &device);
        let base = BaseFiles {
            config_json: CONFIG.to_owned(),
            tokenizer_files: vec![("tokenizer.json".to_owned(), b"{}".to_vec())],
        };
        let files = export_model(&model, &config, 10, &base, classes, "# m\n".to_owned())?;
        files.into_iter().map(|file| Ok((file.path.clone(), pollster::block_on(file.into_bytes())?))).collect()
    }

    fn json_of(files: &[(String, Vec<u8>)], path: &str) -> Value {
        serde_json::from_slice(&files.iter().find(|(other, _)| other == path).unwrap().1).unwrap()
    }

    #[test]
    fn the_folder_says_what_the_model_is() {
        let classes = ["yes", "no"].map(str::to_owned);
        let files = export(Pooling::Cls, true, Some(&classes)).unwrap();
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "README.md",
                "modules.json",
                "config_sentence_transformers.json",
                "sentence_bert_config.json",
                "config.json",
                "1_Pooling/config.json",
                "2_Normalize/config.json",
                "tokenizer.json",
                "tokenizer_config.json",
                "model.safetensors",
                "classifier.safetensors",
            ]
        );
        let modules = json_of(&files, "modules.json");
        assert_eq!(modules[2]["type"], "sentence_transformers.models.Normalize");
        assert_eq!(json_of(&files, "sentence_bert_config.json")["max_seq_length"], 10);
        let pooling = json_of(&files, "1_Pooling/config.json");
        assert_eq!(pooling["pooling_mode_cls_token"], true);
        assert_eq!(pooling["pooling_mode_mean_tokens"], false);
        assert_eq!(pooling["word_embedding_dimension"], 8);
    }

    #[test]
    fn a_model_without_head_and_normalisation_has_no_files_of_them() {
        let files = export(Pooling::Mean, false, None).unwrap();
        assert_eq!(json_of(&files, "modules.json").as_array().map(Vec::len), Some(2));
        let has = |path: &str| files.iter().any(|(other, _)| other == path);
        assert!(!has("2_Normalize/config.json") && !has("classifier.safetensors"));
    }

    #[test]
    fn the_configuration_is_true_of_the_weights() {
        let files = export(Pooling::Mean, false, None).unwrap();
        let config = json_of(&files, "config.json");
        assert_eq!(config["architectures"], json!(["BertModel"]));
        assert_eq!(config["torch_dtype"], "float32");
        assert!(config.get("dtype").is_none() && config.get("auto_map").is_none());
        assert_eq!(config["of_its_own"], json!([1, 2]));
    }

    #[test]
    fn transformers_takes_the_tokenizer_as_it_is() {
        let config = json_of(&export(Pooling::Mean, false, None).unwrap(), "tokenizer_config.json");
        assert_eq!(config["tokenizer_class"], "PreTrainedTokenizerFast");
        assert_eq!(config["pad_token"], "[PAD]");
        assert_eq!(config["model_max_length"], 10);
    }

    #[test]
    fn classes_that_are_not_the_heads_are_refused() {
        let message = export(Pooling::Mean, false, Some(&["one".to_owned()])).unwrap_err().to_string();
        assert!(message.contains("1 names for 2 classes"), "{message}");
    }
}
