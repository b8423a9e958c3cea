//! A checkpoint's `config.json` and pooling settings, and what of them we can't do.

use serde::Deserialize;

use super::{CONFIG_FILE, POOLING_FILE};
use crate::encoder::SentenceEncoderConfig;
use crate::error::Error;

/// The fields of a BERT `config.json` (transformers' `BertConfig`); absent ones have transformers' defaults.
#[derive(Deserialize)]
struct BertConfig {
    model_type: String,
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
    let fault = |problem: String| Error::Config { file: CONFIG_FILE, problem };
    let config: BertConfig = serde_json::from_slice(json).map_err(|cause| fault(format!("can't be read: {cause}")))?;
    for (field, found, supported) in [
        ("model_type", &config.model_type, "bert"),
        ("hidden_act", &config.hidden_act, "gelu"),
        ("position_embedding_type", &config.position_embedding_type, "absolute"),
    ] {
        if found != supported {
            return Err(fault(format!("{field} is \"{found}\"; supported is \"{supported}\"")));
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

/// Refuse a sentence-transformers `1_Pooling/config.json` that asks for anything but the mean over tokens.
///
/// # Errors
/// [`Error::Config`] naming the pooling modes found.
pub fn check_pooling(json: &[u8]) -> Result<(), Error> {
    let fault = |problem: String| Error::Config { file: POOLING_FILE, problem };
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(json).map_err(|cause| fault(format!("can't be read: {cause}")))?;
    let modes: Vec<&str> = fields
        .iter()
        .filter(|(name, value)| name.starts_with("pooling_mode_") && value.as_bool() == Some(true))
        .map(|(name, _)| name.as_str())
        .collect();
    match modes.as_slice() {
        [] | ["pooling_mode_mean_tokens"] => Ok(()),
        _ => Err(fault(format!("asks for {}; supported is pooling_mode_mean_tokens alone", modes.join(" and ")))),
    }
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
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"hidden_act\": \"gelu_new\"", "hidden_act is \"gelu_new\"");
        check("\"hidden_size\": 8", "\"hidden_size\": 9", "not a multiple");
        check("\"vocab_size\": 9,", "", "vocab_size");
        check("\"vocab_size\": 9", "\"vocab_size\": 0", "vocab_size is 0");
        check("{", "", "can't be read");
    }

    #[test]
    fn only_the_mean_is_pooled() {
        assert!(check_pooling(br#"{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}"#).is_ok());
        let message = check_pooling(br#"{"pooling_mode_cls_token": true}"#).unwrap_err().to_string();
        assert!(message.contains("pooling_mode_cls_token"), "{message}");
    }
}
