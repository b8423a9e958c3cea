//! What sentence-transformers puts around a transformer: pooling, normalisation, prompts.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::file_names::{MODULES_FILE, POOLING_FILE, SENTENCE_TRANSFORMERS_FILE};
use super::source_files::{SourceFiles, parts_of};
use crate::encoder::Pooling;
use crate::error::Error;

/// Classes have their full paths as types: `sentence_transformers.models.Pooling` until version 5, then
/// `sentence_transformers.sentence_transformer.modules.pooling.Pooling` and the like.
const TYPE_PREFIX: &str = "sentence_transformers.";
/// What `Pooling` of older versions calls its modes, each a key with a truth value, and the names of newer ones.
const FLAG_PREFIX: &str = "pooling_mode_";
const FLAGS: [(&str, &str); 6] = [
    ("pooling_mode_mean_tokens", "mean"),
    ("pooling_mode_cls_token", "cls"),
    ("pooling_mode_max_tokens", "max"),
    ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"),
    ("pooling_mode_weightedmean_tokens", "weightedmean"),
    ("pooling_mode_lasttoken", "lasttoken"),
];
const POOLINGS: [(&str, Pooling); 3] = [("mean", Pooling::Mean), ("cls", Pooling::Cls), ("max", Pooling::Max)];

/// What `modules.json` says; what sentence-transformers does of itself where there is none.
#[derive(Debug, Default)]
pub(super) struct Modules {
    /// The transformer's folder, empty at the top.
    pub transformer: String,
    /// The pooling's settings, if `modules.json` names them.
    pooling_file: Option<String>,
    /// True if a `Normalize` comes last.
    pub normalizes: bool,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    class: String,
    #[serde(default)]
    path: String,
}

impl Modules {
    /// Read `modules.json`, if there is one.
    ///
    /// # Errors
    /// [`Error::Config`] if it lists anything but a transformer, a pooling and perhaps a normalisation, in this order.
    pub fn of(files: &SourceFiles) -> Result<Self, Error> {
        let Some(modules) = files.read_json::<Vec<Module>>(MODULES_FILE)? else {
            return Ok(Self::default());
        };
        let fault = |problem: String| Error::Config { file: MODULES_FILE.to_owned(), problem };
        let classes: Vec<&str> = modules.iter().map(|module| class_of(&module.class)).collect();
        let normalizes = match classes.as_slice() {
            ["Transformer" | "BERT", "Pooling"] => false,
            ["Transformer" | "BERT", "Pooling", "Normalize"] => true,
            _ => {
                let found = if classes.is_empty() { "nothing".to_owned() } else { classes.join(", ") };
                let problem =
                    format!("lists {found}; supported is Transformer, Pooling and perhaps Normalize, in this order");
                return Err(fault(problem));
            }
        };
        let path_of = |index: usize| -> Result<String, Error> {
            let path = modules.get(index).map_or("", |module| module.path.trim_end_matches('/'));
            Ok(parts_of(path).map_err(|error| fault(error.to_string()))?.join("/"))
        };
        if normalizes {
            check_normalize(files, &format!("{}/config.json", path_of(2)?))?;
        }
        let pooling = path_of(1)?;
        Ok(Self { transformer: path_of(0)?, pooling_file: Some(format!("{pooling}/config.json")), normalizes })
    }

    /// How the model pools token vectors of width `d_model`.
    ///
    /// # Errors
    /// [`Error::Config`] naming the modes found if they aren't one of ours, or for pooling of another width.
    pub fn pooling(&self, files: &SourceFiles, d_model: usize) -> Result<Pooling, Error> {
        let path = self.pooling_file.as_deref();
        let named = path.is_some();
        let path = path.unwrap_or(POOLING_FILE);
        let fault = |problem: String| Error::Config { file: path.to_owned(), problem };
        let fields = match files.read_json::<Map<String, Value>>(path)? {
            Some(fields) => fields,
            None if named => return Err(fault(format!("is missing, but {MODULES_FILE} names it"))),
            None => return Ok(Pooling::default()),
        };
        for name in ["word_embedding_dimension", "embedding_dimension"] {
            if let Some(width) = fields.get(name).filter(|width| width.as_u64() != Some(d_model as u64)) {
                return Err(fault(format!("{name} is {width}, but the model's hidden_size is {d_model}")));
            }
        }
        let modes = modes_of(&fields).map_err(fault)?;
        let [mode] = modes.as_slice() else {
            return Err(fault(format!(
                "asks for {} together; supported is one of mean, cls and max",
                modes.join(" and ")
            )));
        };
        let found = POOLINGS.iter().find(|(name, _)| name == mode).map(|(_, pooling)| *pooling);
        found.ok_or_else(|| fault(format!("asks for {mode}; supported is mean, cls or max")))
    }
}

/// A class's own name if it is one of sentence-transformers, else its whole path: another one's `Pooling` may be anything.
fn class_of(class: &str) -> &str {
    match class.strip_prefix(TYPE_PREFIX) {
        Some(rest) => rest.rsplit('.').next().unwrap_or(rest),
        None => class,
    }
}

/// Refuse a `Normalize` of anything but the embedding.
fn check_normalize(files: &SourceFiles, path: &str) -> Result<(), Error> {
    let fields: Map<String, Value> = files.read_json(path)?.unwrap_or_default();
    for name in ["module_input_name", "module_output_name"] {
        if let Some(value) = fields.get(name).filter(|value| !value.is_null() && **value != "sentence_embedding") {
            let problem = format!("{name} is {value}; supported is \"sentence_embedding\"");
            return Err(Error::Config { file: path.to_owned(), problem });
        }
    }
    Ok(())
}

/// The pooling modes that are asked for, by their newer names; the newer key counts where both are.
fn modes_of(fields: &Map<String, Value>) -> Result<Vec<String>, String> {
    let not_a_mode = |value: &Value| format!("pooling_mode is {value}, which is no mode");
    match fields.get("pooling_mode") {
        Some(Value::String(mode)) => return Ok(vec![mode.clone()]),
        Some(Value::Array(modes)) if !modes.is_empty() => {
            return modes.iter().map(|mode| mode.as_str().map(str::to_owned).ok_or_else(|| not_a_mode(mode))).collect();
        }
        Some(other) => return Err(not_a_mode(other)),
        None => {}
    }
    let mut modes = Vec::new();
    for (name, value) in fields.iter().filter(|(name, _)| name.starts_with(FLAG_PREFIX)) {
        let asked_for = value.as_bool().ok_or_else(|| format!("{name} is {value}; it is either true or false"))?;
        if asked_for {
            modes.push(FLAGS.iter().find(|(flag, _)| flag == name).map_or(name.as_str(), |(_, mode)| mode).to_owned());
        }
    }
    if modes.is_empty() {
        modes.push("mean".to_owned());
    }
    Ok(modes)
}

/// Refuse a model that puts a prompt before every sentence: ours would embed other sentences than it does in Python.
///
/// # Errors
/// [`Error::Config`] naming the prompt.
pub(super) fn check_prompt(files: &SourceFiles) -> Result<(), Error> {
    let fields: Map<String, Value> = files.read_json(SENTENCE_TRANSFORMERS_FILE)?.unwrap_or_default();
    let name = fields.get("default_prompt_name").and_then(Value::as_str);
    let prompt = name.and_then(|name| fields.get("prompts")?.get(name)?.as_str()).filter(|prompt| !prompt.is_empty());
    match prompt {
        Some(prompt) => Err(Error::Config {
            file: SENTENCE_TRANSFORMERS_FILE.to_owned(),
            problem: format!("default_prompt_name puts {prompt:?} before every sentence; supported is none"),
        }),
        None => Ok(()),
    }
}
