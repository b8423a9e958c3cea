//! `run.json`: what a run needs beside its model and its pairs, as the page writes it and the command line takes it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::train::TrainConfig;

/// The one form there is so far.
pub const RUN_FORMAT: u32 = 1;

/// Name of this file in an exported folder.
pub const RUN_FILE: &str = "run.json";
/// Name of the pairs in an exported folder.
pub const PAIRS_FILE: &str = "pairs.jsonl";
/// Name of the script in an exported folder.
pub const SCRIPT_FILE: &str = "train.py";

/// A run as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFile {
    /// Form of the file, [`RUN_FORMAT`].
    pub format: u32,
    /// The model it begins with.
    pub model: RunModel,
    /// Its settings.
    pub config: TrainConfig,
    /// Class names in the head's order; none if no pair has a class.
    pub classes: Vec<String>,
    /// Lowest and highest score of the file of pairs. An exported file's are 0 and 1.
    pub score_range: [f64; 2],
    /// The model's first so many encoder layers are taken; null takes all.
    pub n_layers: Option<usize>,
    /// Longest sequence of tokens.
    pub max_seq_length: usize,
}

/// Which model a run begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunModel {
    /// What it is called.
    pub name: String,
    /// Its hub id, if it is a hub's.
    pub hub_id: Option<String>,
    /// The hub's revision, a commit where it is known.
    pub revision: Option<String>,
}

impl RunFile {
    /// Read a run's file. Absent settings of `config` have their defaults, and what may be null may be absent.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it isn't JSON of this form, or has a field that this version doesn't know, which would be a
    /// setting silently ignored; [`Error::Setting`] for a setting out of range.
    pub fn from_json(file: &str, json: &[u8]) -> Result<Self, Error> {
        let fault = |problem: String| Error::RunFile { file: file.to_owned(), problem };
        let unreadable = |cause: serde_json::Error| fault(format!("can't be read as a run: {cause}"));
        let given: Value = serde_json::from_slice(json).map_err(unreadable)?;
        // Asked first: a later form may differ in any other field.
        match given.get("format").and_then(Value::as_u64) {
            Some(format) if format == u64::from(RUN_FORMAT) => {}
            Some(format) => return Err(fault(format!("has format {format}; this version reads format {RUN_FORMAT}"))),
            None => return Err(fault(format!("is not a run: it has no \"format\": {RUN_FORMAT}"))),
        }
        let run = Self::deserialize(&given).map_err(unreadable)?;
        let known = serde_json::to_value(&run).map_err(unreadable)?;
        if let Some(field) = unknown_field(&given, &known) {
            return Err(fault(format!("has the unknown field \"{field}\"")));
        }
        run.config.validate()?;
        let [low, high] = run.score_range;
        // Their difference too has to be a finite number: scores are divided by it.
        if !(low < high && (high - low).is_finite()) {
            return Err(fault(format!("score_range is {low} to {high}; the first must be below the second")));
        }
        Ok(run)
    }

    /// The file's content.
    pub fn to_json(&self) -> String {
        // A struct of plain fields always becomes a value.
        format!("{:#}\n", serde_json::to_value(self).unwrap_or_default())
    }
}

/// The path of the first field in `given` that didn't survive reading, as it isn't in `known`.
fn unknown_field(given: &Value, known: &Value) -> Option<String> {
    let (Value::Object(given), Value::Object(known)) = (given, known) else { return None };
    given.iter().find_map(|(name, value)| match known.get(name) {
        None => Some(name.clone()),
        Some(known) => unknown_field(value, known).map(|inner| format!("{name}.{inner}")),
    })
}

#[cfg(test)]
pub(super) fn example() -> RunFile {
    RunFile {
        format: RUN_FORMAT,
        model: RunModel {
            name: "all-MiniLM-L6-v2".to_owned(),
            hub_id: Some("sentence-transformers/all-MiniLM-L6-v2".to_owned()),
            revision: Some("main".to_owned()),
        },
        config: TrainConfig {
            freeze: crate::train::FreezeStrategy::AllButLast { n_layers: 2 },
            ..TrainConfig::default()
        },
        classes: ["yes", "no"].map(str::to_owned).to_vec(),
        score_range: [0.0, 1.0],
        n_layers: None,
        max_seq_length: 128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_comes_back_from_its_file() {
        let run = example();
        assert_eq!(RunFile::from_json("run.json", run.to_json().as_bytes()).unwrap(), run);
    }

    #[test]
    fn what_may_be_absent_has_its_default() {
        let json = r#"{"format": 1, "model": {"name": "m"}, "config": {"epochs": 5}, "classes": [], "score_range": [0, 5],
            "max_seq_length": 64}"#;
        let run = RunFile::from_json("run.json", json.as_bytes()).unwrap();
        assert_eq!((run.config.epochs, run.config.batch_size), (5, TrainConfig::default().batch_size));
        assert_eq!((run.n_layers, run.model.hub_id), (None, None));
    }

    #[test]
    fn what_is_not_a_run_is_refused() {
        let check = |from: &str, to: &str, expect: &str| {
            let json = example().to_json().replacen(from, to, 1);
            let message = RunFile::from_json("run.json", json.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        check("{", "", "run.json: can't be read as a run");
        check("\"format\": 1", "\"format\": 2", "has format 2; this version reads format 1");
        check("\"format\": 1,", "", "is not a run");
        check("\"epochs\"", "\"epoch\"", "unknown field \"config.epoch\"");
        check("\"kind\": \"all_but_last\"", "\"kind\": \"backbone\"", "unknown field \"config.freeze.n_layers\"");
        check("\"epochs\": 3", "\"epochs\": 0", "epochs is 0");
        check("\"epochs\": 3", "\"epochs\": -3", "can't be read as a run");
        check("\"max_seq_length\": 128", "\"x\": 1", "max_seq_length");
        check("\"classes\": [", "\"classes\": [3,", "can't be read as a run");
        check("0.0,\n    1.0", "1, 1", "score_range is 1 to 1");
        check("0.0,\n    1.0", "-1e308, 1e308", "the first must be below the second");
        let message = RunFile::from_json("run.json", b"[1]").unwrap_err().to_string();
        assert!(message.contains("is not a run"), "{message}");
    }
}
