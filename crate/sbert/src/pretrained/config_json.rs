//! A checkpoint's `config.json`, and the refusal of what this crate can't compute.

use serde_json::{Map, Value};

use super::arch_spec::{ARCHITECTURES, ArchSpec};
use super::file_names::CONFIG_FILE;
use crate::encoder::{Architecture, SentenceEncoderConfig};
use crate::error::Error;

/// transformers' defaults, where a field is absent.
const N_SEGMENTS: usize = 2;
const LAYER_NORM_EPS: f64 = 1e-12;

/// Read a `config.json`.
///
/// # Errors
/// [`Error::Config`] if it isn't one, or describes a model that we can't compute exactly.
pub fn parse_config(json: &[u8]) -> Result<SentenceEncoderConfig, Error> {
    config_of(&fields_of(json)?).map_err(fault)
}

fn fault(problem: String) -> Error {
    Error::Config { file: CONFIG_FILE.to_owned(), problem }
}

fn fields_of(json: &[u8]) -> Result<Map<String, Value>, Error> {
    serde_json::from_slice(json).map_err(|cause| fault(format!("can't be read: {cause}")))
}

fn config_of(fields: &Map<String, Value>) -> Result<SentenceEncoderConfig, String> {
    // The kind of model before its sizes, whose names another kind may not have.
    let spec = spec_of(fields)?;
    let names = &spec.fields;
    for (field, supported) in [(names.activation, "gelu"), ("position_embedding_type", "absolute")] {
        if let Some(found) = fields.get(field).filter(|found| **found != supported) {
            return Err(format!("{field} is {found}; supported is \"{supported}\""));
        }
    }
    for field in ["is_decoder", "add_cross_attention"] {
        if let Some(found) = fields.get(field).filter(|found| **found != false) {
            return Err(format!("{field} is {found}; supported is an encoder, in which it is false"));
        }
    }
    let size = |field: &str| match fields.get(field) {
        Some(value) => {
            let size = value.as_u64().and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
            size.ok_or_else(|| format!("{field} is {value}; it has to be a whole number, 1 or more"))
        }
        None => Err(format!("has no {field}")),
    };
    let n_segments = match names.n_segments {
        Some(field) if fields.contains_key(field) => size(field)?,
        Some(_) => N_SEGMENTS,
        None => 0,
    };
    let layer_norm_eps = match names.layer_norm_eps.and_then(|field| fields.get(field)) {
        Some(value) => value.as_f64().ok_or_else(|| format!("layer_norm_eps is {value}; it has to be a number"))?,
        None => LAYER_NORM_EPS,
    };
    let (d_model, n_heads) = (size(names.d_model)?, size(names.n_heads)?);
    if !d_model.is_multiple_of(n_heads) {
        return Err(format!("{} {d_model} is not a multiple of {} {n_heads}", names.d_model, names.n_heads));
    }
    let config = SentenceEncoderConfig::new(
        size("vocab_size")?,
        size("max_position_embeddings")?,
        n_segments,
        d_model,
        size(names.d_ff)?,
        n_heads,
        size(names.n_layers)?,
        layer_norm_eps,
    );
    Ok(config.with_architecture(spec.architecture))
}

/// The row of the model, or the refusal of another kind, in its own words.
fn spec_of(fields: &Map<String, Value>) -> Result<&'static ArchSpec, String> {
    let model_type = fields.get("model_type");
    if let Some(spec) = ARCHITECTURES.into_iter().find(|spec| model_type.is_some_and(|found| *found == spec.model_type))
    {
        return Ok(spec);
    }
    let classes: Vec<&str> = match fields.get("architectures") {
        Some(Value::Array(classes)) => classes.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let classes = if classes.is_empty() { String::new() } else { format!(" ({})", classes.join(", ")) };
    let supported = ARCHITECTURES.map(|spec| format!("\"{}\"", spec.model_type)).join(" or ");
    Err(match model_type {
        Some(model_type) => format!("model_type is {model_type}{classes}; supported is {supported}"),
        None => format!("has no model_type{classes}; supported is {supported}"),
    })
}

/// A `config.json` with another number of layers; all else stays, what this crate doesn't know included.
///
/// # Errors
/// [`Error::Config`] if it isn't JSON.
pub(super) fn cut_config(json: &str, architecture: Architecture, n_layers: usize) -> Result<String, Error> {
    let mut fields = fields_of(json.as_bytes())?;
    fields.insert(ArchSpec::of(architecture).fields.n_layers.to_owned(), n_layers.into());
    serde_json::to_string_pretty(&fields).map_err(|cause| fault(cause.to_string()))
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
    fn what_is_not_supported_is_refused() {
        let check = |from: &str, to: &str, expect: &str| {
            let message = parse_config(CONFIG.replace(from, to).as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        check("\"bert\"", "\"roberta\"", "model_type is \"roberta\"; supported is \"bert\"");
        check(
            "\"bert\"",
            "\"mpnet\", \"architectures\": [\"MPNetModel\"]",
            "model_type is \"mpnet\" (MPNetModel); supported is \"bert\"",
        );
        check("\"model_type\"", "\"type\"", "has no model_type; supported is \"bert\"");
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"is_decoder\": true", "is_decoder is true");
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"add_cross_attention\": true", "add_cross_attention is true");
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"position_embedding_type\": \"relative_key\"", "relative_key");
        check("\"vocab_size\": 9", "\"vocab_size\": 9, \"hidden_act\": \"gelu_new\"", "hidden_act is \"gelu_new\"");
        check("\"hidden_size\": 8", "\"hidden_size\": 9", "not a multiple");
        check("\"vocab_size\": 9,", "", "has no vocab_size");
        check("\"vocab_size\": 9", "\"vocab_size\": 0", "vocab_size is 0");
        check("{", "", "can't be read");
    }

    #[test]
    fn a_cut_config_keeps_what_is_not_known() {
        let cut = cut_config(&CONFIG.replace('{', "{\"pruned_heads\": {},"), Architecture::Bert, 1).unwrap();
        assert_eq!(parse_config(cut.as_bytes()).unwrap().n_layers, 1);
        assert!(cut.contains("\"pruned_heads\": {}"), "{cut}");
    }
}
