//! `vocab.txt` as a `tokenizer.json`: the tokenizer that transformers' `BertTokenizer` makes of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::file_names::{TOKENIZER_CONFIG_FILE, VOCABULARY_FILE};
use crate::error::Error;

/// Tokens without which a sentence can't be framed, padded, or have an unknown word.
const NEEDED: [&str; 4] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
/// Special where the vocabulary has it.
const MASK: &str = "[MASK]";
/// The names that `tokenizer_config.json` has for the special tokens.
const ROLES: [(&str, &str); 5] = [
    ("pad_token", "[PAD]"),
    ("unk_token", "[UNK]"),
    ("cls_token", "[CLS]"),
    ("sep_token", "[SEP]"),
    ("mask_token", MASK),
];
/// A word of more characters is unknown (WordPiece's default).
const MAX_CHARS_PER_WORD: usize = 100;

/// The settings of `tokenizer_config.json` that make a difference; absent ones have `BertTokenizer`'s defaults.
#[derive(Deserialize)]
struct TokenizerConfig {
    #[serde(default = "yes")]
    do_lower_case: bool,
    #[serde(default = "yes")]
    tokenize_chinese_chars: bool,
    #[serde(default)]
    strip_accents: Option<bool>,
    /// By id, tokens that are found in a text before it is split.
    #[serde(default)]
    added_tokens_decoder: BTreeMap<u32, AddedToken>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Deserialize)]
struct AddedToken {
    content: String,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    normalized: bool,
    #[serde(default)]
    special: bool,
}

fn yes() -> bool {
    true
}

/// The `tokenizer.json` of a vocabulary, with the settings of a `tokenizer_config.json` (`{}` where there is none).
///
/// # Errors
/// [`Error::Tokenizer`] naming the line or token at fault; [`Error::Config`] for special tokens that aren't BERT's.
pub(super) fn tokenizer_json(vocabulary: &[u8], config: &[u8]) -> Result<Vec<u8>, Error> {
    let config_fault = |problem: String| Error::Config { file: TOKENIZER_CONFIG_FILE.to_owned(), problem };
    let config: TokenizerConfig =
        serde_json::from_slice(config).map_err(|cause| config_fault(format!("can't be read: {cause}")))?;
    for (role, expected) in ROLES {
        let token = config.others.get(role).map(|token| token.get("content").unwrap_or(token));
        if let Some(token) = token.filter(|token| !token.is_null() && *token != expected) {
            return Err(config_fault(format!("{role} is {token}; supported is \"{expected}\"")));
        }
    }
    let vocab = ids_of(vocabulary)?;
    let id_of = |token: &str| {
        let missing = || Error::Tokenizer {
            file: VOCABULARY_FILE,
            problem: format!("has no {token}, so it isn't the vocabulary of a BERT"),
        };
        vocab.get(token).copied().ok_or_else(missing)
    };
    let mut added = BTreeMap::new();
    for token in NEEDED {
        added.insert(id_of(token)?, special(token));
    }
    added.extend(vocab.get(MASK).map(|id| (*id, special(MASK))));
    for (id, token) in config.added_tokens_decoder {
        if let Some(other) = vocab.get(&token.content).filter(|other| **other != id) {
            let problem = format!("added_tokens_decoder has {:?} as {id}, {VOCABULARY_FILE} as {other}", token.content);
            return Err(config_fault(problem));
        }
        added.insert(id, token);
    }
    let (cls_id, sep_id) = (id_of("[CLS]")?, id_of("[SEP]")?);
    let added: Vec<Value> = added.iter().map(|(id, token)| added_json(*id, token)).collect();
    let token = |name: &str, type_id: u8| json!({"SpecialToken": {"id": name, "type_id": type_id}});
    let sequence = |name: &str, type_id: u8| json!({"Sequence": {"id": name, "type_id": type_id}});
    let frame = |name: &str, id: u32| json!({"id": name, "ids": [id], "tokens": [name]});
    let tokenizer = json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": added,
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": config.tokenize_chinese_chars,
            "strip_accents": config.strip_accents, "lowercase": config.do_lower_case,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [token("[CLS]", 0), sequence("A", 0), token("[SEP]", 0)],
            "pair": [token("[CLS]", 0), sequence("A", 0), token("[SEP]", 0), sequence("B", 1), token("[SEP]", 1)],
            "special_tokens": {"[CLS]": frame("[CLS]", cls_id), "[SEP]": frame("[SEP]", sep_id)},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": MAX_CHARS_PER_WORD, "vocab": vocab,
        },
    });
    Ok(tokenizer.to_string().into_bytes())
}

/// Each token's id, its line's number from 0. Of a token that is there twice the last counts, as in transformers.
fn ids_of(vocabulary: &[u8]) -> Result<BTreeMap<String, u32>, Error> {
    let fault = |problem: String| Error::Tokenizer { file: VOCABULARY_FILE, problem };
    let text = std::str::from_utf8(vocabulary).map_err(|cause| {
        let n_lines_before = vocabulary[..cause.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        fault(format!("line {} is not UTF-8", n_lines_before + 1))
    })?;
    if text.is_empty() {
        return Err(fault("is empty".to_owned()));
    }
    // The line ends that Python's text files know.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Ok(text.split_terminator('\n').zip(0..).map(|(token, id)| (token.to_owned(), id)).collect())
}

fn special(content: &str) -> AddedToken {
    let content = content.to_owned();
    AddedToken { content, lstrip: false, rstrip: false, single_word: false, normalized: false, special: true }
}

fn added_json(id: u32, token: &AddedToken) -> Value {
    json!({
        "id": id, "content": token.content, "single_word": token.single_word, "lstrip": token.lstrip,
        "rstrip": token.rstrip, "normalized": token.normalized, "special": token.special,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextTokenizer;

    const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncat\nCat\n##s\né\ne\n東\n東京\n<tag>\n";

    fn ids(config: &str, sentence: &str) -> Vec<u32> {
        let json = tokenizer_json(VOCABULARY.as_bytes(), config.as_bytes()).unwrap();
        TextTokenizer::from_bytes(&json, 13, 16).unwrap().tokenize(sentence).unwrap().ids
    }

    #[test]
    fn settings_are_those_of_tokenizer_config() {
        assert_eq!(ids("{}", "Cats É 東京"), [2, 4, 6, 8, 9, 1, 3]);
        assert_eq!(ids(r#"{"do_lower_case": false}"#, "Cats é"), [2, 5, 6, 7, 3]);
        assert_eq!(ids(r#"{"strip_accents": false}"#, "É"), [2, 7, 3]);
        assert_eq!(ids(r#"{"tokenize_chinese_chars": false}"#, "東京"), [2, 10, 3]);
        assert_eq!(ids("{}", "<tag>"), [2, 1, 1, 1, 3]);
        let added =
            r#"{"added_tokens_decoder": {"11": {"content": "<tag>", "special": true}, "12": {"content": "<new>"}}}"#;
        assert_eq!(ids(added, "<tag><new>"), [2, 11, 12, 3]);
    }

    #[test]
    fn line_ends_are_those_of_python() {
        let unix = tokenizer_json(VOCABULARY.as_bytes(), b"{}").unwrap();
        for line_end in ["\r\n", "\r"] {
            assert!(tokenizer_json(VOCABULARY.replace('\n', line_end).as_bytes(), b"{}").unwrap() == unix);
        }
    }

    #[test]
    fn faults_are_named() {
        let check = |vocabulary: &[u8], config: &str, expect: &str| {
            let message = tokenizer_json(vocabulary, config.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        check(b"", "{}", "vocab.txt: is empty");
        check(b"[PAD]\nfine\n\xff\n", "{}", "vocab.txt: line 3 is not UTF-8");
        check(b"<s>\n</s>\n", "{}", "vocab.txt: has no [PAD]");
        check(VOCABULARY.replace("[UNK]", "[unk]").as_bytes(), "{}", "vocab.txt: has no [UNK]");
        check(VOCABULARY.replace("[CLS]", "[class]").as_bytes(), "{}", "vocab.txt: has no [CLS]");
        let check = |config: &str, expect: &str| check(VOCABULARY.as_bytes(), config, expect);
        check(r#"{"cls_token": "<s>"}"#, "tokenizer_config.json: cls_token is \"<s>\"; supported is \"[CLS]\"");
        check(r#"{"cls_token": {"content": "<s>"}}"#, "cls_token is \"<s>\"");
        check("[]", "tokenizer_config.json: can't be read");
        check(
            r#"{"added_tokens_decoder": {"3": {"content": "cat"}}}"#,
            "added_tokens_decoder has \"cat\" as 3, vocab.txt as 4",
        );
    }
}
