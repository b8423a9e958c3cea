//! A folder's tokenizer, and how long its sentences may be.

use serde_json::{Map, Value};

use super::file_names::{
    ADDED_TOKENS_FILE, SPECIAL_TOKENS_FILE, TOKENIZER_CONFIG_FILE, TOKENIZER_FILE, TRANSFORMER_FILE, VOCABULARY_FILE,
};
use super::model_folder::ModelFolder;
use super::vocab_txt::tokenizer_json;
use crate::error::Error;
use crate::text::{MAX_SEQ_LENGTH, MIN_SEQ_LENGTH, TextTokenizer};

/// Files that belong to a tokenizer beside its tokenizer.json.
const OTHER_FILES: [&str; 4] = [TOKENIZER_CONFIG_FILE, SPECIAL_TOKENS_FILE, VOCABULARY_FILE, ADDED_TOKENS_FILE];

/// A tokenizer and the files that it goes on as.
pub(super) struct FolderTokenizer {
    pub tokenizer: TextTokenizer,
    pub files: Vec<(String, Vec<u8>)>,
}

/// The folder's tokenizer for a model of `max_positions` positions; `vocab_size` is the number of its words, none if it
/// takes the tokenizer's.
///
/// # Errors
/// [`Error::Tokenizer`], [`Error::Config`], [`Error::Folder`] if there is no tokenizer; [`Error::Setting`] if the
/// `max_seq_length` asked for doesn't do.
pub(super) fn load_tokenizer(
    folder: &ModelFolder,
    vocab_size: Option<usize>,
    max_positions: usize,
    asked_for: Option<usize>,
) -> Result<FolderTokenizer, Error> {
    let settings: Map<String, Value> = folder.files.read_json(&folder.path_of(TRANSFORMER_FILE))?.unwrap_or_default();
    let max_seq_length = max_seq_length(folder, &settings, max_positions, asked_for)?;
    let (file, mut json) = match folder.files.read_whole(&folder.path_of(TOKENIZER_FILE))? {
        Some(json) => (TOKENIZER_FILE, json),
        None => match folder.files.read_whole(&folder.path_of(VOCABULARY_FILE))? {
            Some(vocabulary) => {
                let config = folder.files.read_whole(&folder.path_of(TOKENIZER_CONFIG_FILE))?;
                (VOCABULARY_FILE, tokenizer_json(&vocabulary, config.as_deref().unwrap_or(b"{}"))?)
            }
            None => {
                let problem =
                    format!("there is no {TOKENIZER_FILE} and no {VOCABULARY_FILE} among {}", folder.files.names());
                return Err(Error::Folder { problem });
            }
        },
    };
    if lowercases(&settings)? {
        json = with_lowercase(&json)?;
    }
    let tokenizer = TextTokenizer::from_file(file, &json, vocab_size, max_seq_length)?;
    let mut files = vec![(TOKENIZER_FILE.to_owned(), json)];
    for name in OTHER_FILES {
        if let Some(bytes) = folder.files.read_whole(&folder.path_of(name))? {
            files.push((name.to_owned(), bytes));
        }
    }
    Ok(FolderTokenizer { tokenizer, files })
}

/// Longest sequence: what is asked for, else what the folder says, but no more than the model has positions.
fn max_seq_length(
    folder: &ModelFolder,
    settings: &Map<String, Value>,
    max_positions: usize,
    asked_for: Option<usize>,
) -> Result<usize, Error> {
    if let Some(max_seq_length) = asked_for {
        if max_seq_length > max_positions {
            let problem = format!("is {max_seq_length}, but the model has {max_positions} positions");
            return Err(Error::Setting { name: "max_seq_length", problem });
        }
        return Ok(max_seq_length);
    }
    // Since version 6 sentence-transformers leaves the number to the tokenizer's settings. A plain checkpoint has the
    // number of its positions there, of which a sentence encoder in a tab had better not use all.
    let of_folder = match settings.get("max_seq_length").filter(|value| !value.is_null()) {
        Some(value) => Some((TRANSFORMER_FILE, "max_seq_length", value.clone())),
        None if folder.files.has(&folder.path_of(TRANSFORMER_FILE)) => {
            let config = folder.files.read_json::<Map<String, Value>>(&folder.path_of(TOKENIZER_CONFIG_FILE))?;
            let value = config.unwrap_or_default().remove("model_max_length").filter(|value| !value.is_null());
            value.map(|value| (TOKENIZER_CONFIG_FILE, "model_max_length", value))
        }
        None => None,
    };
    let Some((file, name, value)) = of_folder else {
        return Ok(MAX_SEQ_LENGTH.min(max_positions));
    };
    // transformers writes 1e30, as an integer, for «as many as you like».
    match value.as_f64().filter(|number| *number >= MIN_SEQ_LENGTH as f64) {
        Some(number) if number >= max_positions as f64 => Ok(max_positions),
        Some(number) => Ok(number as usize),
        None => Err(Error::Config {
            file: file.to_owned(),
            problem: format!("{name} is {value}; it has to be a number, {MIN_SEQ_LENGTH} or more"),
        }),
    }
}

/// True if sentence-transformers makes a sentence lower-case before it gives it to the tokenizer.
fn lowercases(settings: &Map<String, Value>) -> Result<bool, Error> {
    match settings.get("do_lower_case") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(value) => Err(Error::Config {
            file: TRANSFORMER_FILE.to_owned(),
            problem: format!("do_lower_case is {value}; it is either true or false"),
        }),
    }
}

/// A `tokenizer.json` that makes its text lower-case before all else, as sentence-transformers does it: so the setting
/// stays with the tokenizer wherever it goes.
fn with_lowercase(json: &[u8]) -> Result<Vec<u8>, Error> {
    let fault = |cause| Error::Tokenizer { file: TOKENIZER_FILE, problem: format!("can't be read: {cause}") };
    let mut tokenizer: Map<String, Value> = serde_json::from_slice(json).map_err(fault)?;
    let normalizer = tokenizer.remove("normalizer").unwrap_or_default();
    let mut steps = match normalizer {
        Value::Null => Vec::new(),
        Value::Object(mut fields) if fields.get("type").is_some_and(|kind| kind == "Sequence") => {
            match fields.remove("normalizers") {
                Some(Value::Array(steps)) => steps,
                other => Vec::from_iter(other),
            }
        }
        other => vec![other],
    };
    let lowercase = serde_json::json!({"type": "Lowercase"});
    if !steps.contains(&lowercase) {
        steps.insert(0, lowercase);
    }
    tokenizer.insert("normalizer".to_owned(), serde_json::json!({"type": "Sequence", "normalizers": steps}));
    serde_json::to_vec(&tokenizer).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_made_lower_case_before_all_else() {
        let check = |normalizer: &str, expect: Value| {
            let json = with_lowercase(format!(r#"{{"normalizer": {normalizer}, "model": 7}}"#).as_bytes()).unwrap();
            let tokenizer: Value = serde_json::from_slice(&json).unwrap();
            assert_eq!(tokenizer["normalizer"]["normalizers"], expect);
            assert_eq!(tokenizer["model"], 7);
        };
        let of_types = |types: &[&str]| types.iter().map(|kind| serde_json::json!({"type": kind})).collect::<Value>();
        check("null", of_types(&["Lowercase"]));
        check(r#"{"type": "NFC"}"#, of_types(&["Lowercase", "NFC"]));
        check(r#"{"type": "Lowercase"}"#, of_types(&["Lowercase"]));
        check(
            r#"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFD"}]}"#,
            of_types(&["Lowercase", "NFC", "NFD"]),
        );
        check(
            r#"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]}"#,
            of_types(&["NFC", "Lowercase"]),
        );
    }
}
