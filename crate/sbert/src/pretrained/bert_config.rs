//! A checkpoint's `config.json`, and the refusal of what this crate can't compute.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::file_names::CONFIG_FILE;
use crate::encoder::SentenceEncoderConfig;
use crate::error::Error;

/// The fields of a BERT `config.json` (transformers' `BertConfig`); absent ones have transformers' defaults.
#[derive(Deserialize)]
struct BertConfig {
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default = "two")]
    type_vocab_size: usize,
    #[serde(default = "bert_layer_norm_eps")]
    layer_norm_eps: f64,
    #[serde(default = "gelu")]
    hidden_act: String,
    #[serde(default = "absolute")]
    position_embedding_type: String,
    #[serde(default)]
    is_decoder: bool,
    #[serde(default)]
    add_cross_attention: bool,
}

fn two() -> usize {
    2
}
fn bert_layer_norm_eps() -> f64 {
    1e-12
}
fn gelu() -> String {
    "gelu".to_owned()
}
fn absolute() -> String {
    "absolute".to_owned()
}

/// Read a `config.json`.
///
/// # Errors
/// [`Error::Config`] if it isn't one, or describes a model that isn't a BERT we can compute exactly.
pub fn parse_config(json: &[u8]) -> Result<SentenceEncoderConfig, Error> {
    let fault = |problem: String| Error::Config { file: CONFIG_FILE.to_owned(), problem };
    let unreadable = |cause| fault(format!("can't be read: {cause}"));
    // The kind of model before its sizes, whose names another kind may not have.
    let fields: Map<String, Value> = serde_json::from_slice(json).map_err(unreadable)?;
    check_model_type(&fields).map_err(fault)?;
    let config: BertConfig = serde_json::from_value(Value::Object(fields)).map_err(unreadable)?;
    for (field, found, supported) in [
        ("hidden_act", &config.hidden_act, "gelu"),
        ("position_embedding_type", &config.position_embedding_type, "absolute"),
    ] {
        if found != supported {
            return Err(fault(format!("{field} is \"{found}\"; supported is \"{supported}\"")));
        }
    }
    for (field, value) in [("is_decoder", config.is_decoder), ("add_cross_attention", config.add_cross_attention)] {
        if value {
            return Err(fault(format!("{field} is true; supported is an encoder, in which it is false")));
        }
    }
    for (field, value) in [
        ("vocab_size", config.vocab_size),
        ("hidden_size", config.hidden_size),
        ("num_hidden_layers", config.num_hidden_layers),
        ("num_attention_heads", config.num_attention_heads),
        ("intermediate_size", config.intermediate_size),
        ("max_position_embeddings", config.max_position_embeddings),
        ("type_vocab_size", config.type_vocab_size),
    ] {
        if value == 0 {
            return Err(fault(format!("{field} is 0")));
        }
    }
    if !config.hidden_size.is_multiple_of(config.num_attention_heads) {
        return Err(fault(format!(
            "hidden_size {} is not a multiple of num_attention_heads {}",
            config.hidden_size, config.num_attention_heads
        )));
    }
    Ok(SentenceEncoderConfig::new(
        config.vocab_size,
        config.max_position_embeddings,
        config.type_vocab_size,
        config.hidden_size,
        config.intermediate_size,
        config.num_attention_heads,
        config.num_hidden_layers,
        config.layer_norm_eps,
    ))
}

/// Refuse a model of another kind, in its own words.
fn check_model_type(fields: &Map<String, Value>) -> Result<(), String> {
    const SUPPORTED: &str = "supported is \"bert\"";
    let classes: Vec<&str> = match fields.get("architectures") {
        Some(Value::Array(classes)) => classes.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let classes = if classes.is_empty() { String::new() } else { format!(" ({})", classes.join(", ")) };
    match fields.get("model_type") {
        Some(Value::String(model_type)) if model_type == "bert" => Ok(()),
        Some(model_type) => Err(format!("model_type is {model_type}{classes}; {SUPPORTED}")),
        None => Err(format!("has no model_type{classes}; {SUPPORTED}")),
    }
}

/// A `config.json` with another number of layers; all else stays, what this crate doesn't know included.
///
/// # Errors
/// [`Error::Config`] if it isn't JSON.
pub(super) fn cut_config(json: &str, n_layers: usize) -> Result<String, Error> {
    let fault = |cause| Error::Config { file: CONFIG_FILE.to_owned(), problem: format!("can't be read: {cause}") };
    let mut fields: Map<String, Value> = serde_json::from_str(json).map_err(fault)?;
    fields.insert("num_hidden_layers".to_owned(), n_layers.into());
    serde_json::to_string_pretty(&fields).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{"model_type": "bert", "vocab_size": 9, "hidden_size": 8, "num_hidden_layers": 2,
        "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 12}"#;

    #[test]
    fn absent_fields_have_transformers_defaults() {
        let config = parse_config(CONFIG.as_bytes()).unwrap();
        assert_eq!((config.n_segments, config.layer_norm_eps), (2, 1e-12));
    }

    #[test]
    fn what_is_not_bert_is_refused() {
        let check = |from: &str, to: &str, expect: &str| {
            let message = parse_config(CONFIG.replace(from, to).as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        check("\"bert\"", "\"roberta\"", "model_type is \"roberta\"; supported is \"bert\"");
        check(
            "\"bert\"",
            "\"distilbert\", \"architectures\": [\"DistilBertModel\"]",
            "model_type is \"distilbert\" (DistilBertModel); supported is \"bert\"",
        );
        check("\"model_type\"", "\"type\"", "has no model_type; supported is \"bert\"");
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"is_decoder\": true", "is_decoder is true");
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"add_cross_attention\": true", "add_cross_attention is true");
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"position_embedding_type\": \"relative_key\"", "relative_key");
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"hidden_act\": \"gelu_new\"", "hidden_act is \"gelu_new\"");
        check("\"hidden_size\": 8", "\"hidden_size\": 9", "not a multiple");
        check("\"vocab_size\": 9,", "", "vocab_size");
        check("\"vocab_size\": 9", "\"vocab_size\": 0", "vocab_size is 0");
        check("{", "", "can't be read");
    }

    #[test]
    fn a_cut_config_keeps_what_is_not_known() {
        let cut = cut_config(&CONFIG.replace('{', "{\"pruned_heads\": {},"), 1).unwrap();
        assert_eq!(parse_config(cut.as_bytes()).unwrap().n_layers, 1);
        assert!(cut.contains("\"pruned_heads\": {}"), "{cut}");
    }
}
