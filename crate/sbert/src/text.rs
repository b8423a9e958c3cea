//! Sentences to token ids, by the `tokenizers` crate.
//!
//! It imports nothing: a tokenizer is made of bytes, wherever they come from.

use serde_json::{Map, Value, json};
use tokenizers::Tokenizer;

use crate::error::Error;

/// Hub name of a tokenizer's file.
pub const TOKENIZER_FILE: &str = "tokenizer.json";

/// Longest sequence of tokens, `[CLS]` and `[SEP]` included, that is encoded unless asked otherwise.
///
/// 128 covers every sentence of STS-B and SNLI, is what all-MiniLM-L6-v2's own tokenizer.json says, and bounds the
/// attention's memory, which grows with its square.
pub const MAX_SEQ_LENGTH: usize = 128;

/// Fewest tokens a sequence may have: `[CLS]`, one token, `[SEP]`.
pub(crate) const MIN_SEQ_LENGTH: usize = 3;

/// The model of BERT's tokenizers.
const WORD_PIECE: &str = "WordPiece";

/// Tokens of the frame.
const N_FRAME: usize = 2;

/// A checkpoint may pad its embedding table beyond the vocabulary, up to a multiple of this many rows.
const VOCAB_PADDING: usize = 1024;

/// Turns sentences into ids with a checkpoint's own `tokenizer.json`.
#[derive(Clone, Debug)]
pub struct TextTokenizer {
    tokenizer: Tokenizer,
    max_seq_length: usize,
    cls_id: u32,
    sep_id: u32,
    pad_id: u32,
    /// Rows that its ids need of the word embeddings.
    vocab_size: usize,
}

/// One tokenized sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenizedSentence {
    /// Token ids, `[CLS]` first and `[SEP]` last; not padded.
    pub ids: Vec<u32>,
    /// True if the sentence was longer than the longest sequence and its end was cut.
    pub truncated: bool,
}

impl TextTokenizer {
    /// Read a `tokenizer.json`; its own padding and truncation settings are replaced by ours.
    ///
    /// `vocab_size` is the number of rows of the model's word embeddings.
    ///
    /// # Errors
    /// [`Error::Tokenizer`] if it can't be read, isn't a BERT tokenizer, or doesn't fit `vocab_size`;
    /// [`Error::Setting`] if `max_seq_length` leaves no room for a token between `[CLS]` and `[SEP]`.
    pub fn from_bytes(json: &[u8], vocab_size: usize, max_seq_length: usize) -> Result<Self, Error> {
        Self::from_file(TOKENIZER_FILE, json, Some(vocab_size), max_seq_length)
    }

    /// As [`Self::from_bytes`], of a `tokenizer.json` that came from `file`; without a `vocab_size` it isn't held against
    /// a model's.
    pub(crate) fn from_file(
        file: &'static str,
        json: &[u8],
        vocab_size: Option<usize>,
        max_seq_length: usize,
    ) -> Result<Self, Error> {
        if max_seq_length < MIN_SEQ_LENGTH {
            return Err(Error::Setting {
                name: "max_seq_length",
                problem: format!("is {max_seq_length}; use {MIN_SEQ_LENGTH} or more, since [CLS] and [SEP] take two"),
            });
        }
        let fault = |problem: String| Error::Tokenizer { file, problem };
        let unreadable = |cause: serde_json::Error| fault(format!("can't be read: {cause}"));
        let mut fields: Map<String, Value> = serde_json::from_slice(json).map_err(unreadable)?;
        // Nothing is padded or decoded here, and sentences are cut and framed here: the crate's readers of decoders and
        // templates panic on damaged ones.
        for unused in ["decoder", "padding", "truncation"] {
            fields.remove(unused);
        }
        let frame = fields.remove("post_processor").unwrap_or_default();
        // Older files don't say which model it is. Of damaged ones of other types the crate makes models that panic.
        if let Some(model) = fields.get_mut("model").and_then(Value::as_object_mut) {
            let kind = model.entry("type").or_insert_with(|| WORD_PIECE.into());
            if kind != WORD_PIECE {
                return Err(fault(format!(
                    "has a model of type {kind}; supported is \"{WORD_PIECE}\", as BERT has it"
                )));
            }
        }
        let tokenizer: Tokenizer = serde_json::from_value(Value::Object(fields)).map_err(unreadable)?;

        let id_of = |token: &str| {
            tokenizer
                .token_to_id(token)
                .ok_or_else(|| fault(format!("has no {token} token, so it isn't a BERT tokenizer")))
        };
        let (cls_id, sep_id, pad_id) = (id_of("[CLS]")?, id_of("[SEP]")?, id_of("[PAD]")?);
        // The largest id, because a vocabulary may have gaps.
        let n_tokens = tokenizer.get_vocab(true).into_values().max().map_or(0, |id| (id as usize).saturating_add(1));
        if let Some(vocab_size) = vocab_size.filter(|size| n_tokens > *size || size - n_tokens >= VOCAB_PADDING) {
            return Err(fault(format!("has {n_tokens} tokens, but the model's vocab_size is {vocab_size}")));
        }
        if !is_frame(&frame, cls_id, sep_id) {
            return Err(fault(
                "does not put [CLS] and [SEP] around a sentence, so it isn't a BERT tokenizer".to_owned(),
            ));
        }
        Ok(Self { tokenizer, max_seq_length, cls_id, sep_id, pad_id, vocab_size: n_tokens })
    }

    /// Token ids of one sentence, cut to the longest sequence. An empty sentence is `[CLS]`, `[SEP]`.
    ///
    /// # Errors
    /// [`Error::Tokenizer`] if the tokenizer rejects the text.
    pub fn tokenize(&self, sentence: &str) -> Result<TokenizedSentence, Error> {
        let encoding = self.tokenizer.encode_fast(sentence, false).map_err(|cause| Error::Tokenizer {
            file: TOKENIZER_FILE,
            problem: format!("rejects a sentence: {cause}"),
        })?;
        let ids = encoding.get_ids();
        let n_ids = ids.len().min(self.max_seq_length - N_FRAME);
        let ids_in_frame = [[self.cls_id].as_slice(), &ids[..n_ids], &[self.sep_id]].concat();
        Ok(TokenizedSentence { ids: ids_in_frame, truncated: n_ids < ids.len() })
    }

    /// Longest sequence of tokens, `[CLS]` and `[SEP]` included.
    pub fn max_seq_length(&self) -> usize {
        self.max_seq_length
    }

    /// Rows that its ids need of a model's word embeddings.
    pub fn vocab_size(&self) -> usize {
        self.vocab_size
    }

    /// Id of `[PAD]`.
    pub fn pad_id(&self) -> u32 {
        self.pad_id
    }
}

/// Whether a post-processor puts `[CLS]` and `[SEP]` around a sentence, once, and nothing else.
fn is_frame(processor: &Value, cls_id: u32, sep_id: u32) -> bool {
    // Fields that aren't there are null.
    match processor["type"].as_str() {
        Some("TemplateProcessing") => {
            let is_special = |piece: &Value, token: &str, id: u32| {
                piece["SpecialToken"]["id"] == token && processor["special_tokens"][token]["ids"] == json!([id])
            };
            processor["single"].as_array().is_some_and(|pieces| match pieces.as_slice() {
                [first, sentence, last] => {
                    is_special(first, "[CLS]", cls_id)
                        && sentence["Sequence"]["id"] == "A"
                        && is_special(last, "[SEP]", sep_id)
                }
                _ => false,
            })
        }
        Some("BertProcessing" | "RobertaProcessing") => {
            processor["cls"] == json!(["[CLS]", cls_id]) && processor["sep"] == json!(["[SEP]", sep_id])
        }
        _ => false,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A word-level stand-in with BERT's special tokens and frame: small enough to read, real enough to tokenize.
    pub(crate) fn tiny_tokenizer_json(words: &[&str]) -> Vec<u8> {
        let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
        let vocab: Map<String, Value> =
            special.iter().chain(words).enumerate().map(|(id, token)| ((*token).to_owned(), id.into())).collect();
        serde_json::to_vec(&json!({
            "version": "1.0",
            "added_tokens": [],
            "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {"type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
                "pair": [],
                "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}, "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
            "decoder": null,
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocab}
        }))
        .unwrap()
    }

    fn tokenizer(max_seq_length: usize) -> TextTokenizer {
        TextTokenizer::from_bytes(&tiny_tokenizer_json(&["a", "cat", "sat", "##s", "."]), 9, max_seq_length).unwrap()
    }

    #[test]
    fn frames_a_sentence() {
        let sentence = tokenizer(16).tokenize("A cat sat, cats").unwrap();
        assert_eq!(sentence.ids, [2, 4, 5, 6, 1, 5, 7, 3]);
        assert!(!sentence.truncated);
    }

    #[test]
    fn an_empty_sentence_is_its_frame() {
        assert_eq!(tokenizer(16).tokenize("").unwrap().ids, [2, 3]);
    }

    #[test]
    fn cuts_ten_thousand_words_and_says_so() {
        let sentence = tokenizer(16).tokenize(&"cat ".repeat(10_000)).unwrap();
        assert_eq!(sentence.ids.len(), 16);
        assert_eq!(sentence.ids.last(), Some(&3));
        assert!(sentence.truncated);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let check = |json: &[u8], vocab_size, expect: &str| {
            let message = TextTokenizer::from_bytes(json, vocab_size, 16).unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        let json = tiny_tokenizer_json(&["cat"]);
        check(b"{", 5, "can't be read");
        check(b"{}", 5, "can't be read");
        check(br#"{"decoder": {"type": "WordPiece", ""#, 5, "can't be read");
        check(&json, 4, "has 5 tokens, but the model's vocab_size is 4");
        check(&json, 30_522, "has 5 tokens, but the model's vocab_size is 30522");
        let other = String::from_utf8(json.clone()).unwrap().replace("[CLS]", "<s>");
        check(other.as_bytes(), 5, "isn't a BERT tokenizer");
        // Twice the sentence, or more of a frame than the longest sequence, would go beyond the model's positions.
        let json = String::from_utf8(json).unwrap();
        let again = |piece: &str, n_times: usize| json.replacen(piece, &[piece].repeat(n_times).join(","), 1);
        let sentence = r#"{"Sequence":{"id":"A","type_id":0}}"#;
        check(again(sentence, 2).as_bytes(), 5, "does not put [CLS] and [SEP] around a sentence");
        let frame = r#"{"SpecialToken":{"id":"[CLS]","type_id":0}}"#;
        check(again(frame, 40).as_bytes(), 5, "does not put [CLS] and [SEP] around a sentence");
        // A template of tokens that it does not describe, and of a second sentence.
        let other = |from: &str, to: &str| json.replace(from, to).into_bytes();
        check(&other("WordPiece", "BPE"), 5, "has a model of type \"BPE\"; supported is \"WordPiece\"");
        let untyped = other("\"type\":\"WordPiece\",", "");
        assert!(untyped.len() < json.len() && TextTokenizer::from_bytes(&untyped, 5, 16).is_ok());
        check(&other("\"ids\":[2]", "\"ids\":[3]"), 5, "does not put [CLS] and [SEP] around a sentence");
        check(&other("\"special_tokens\"", "\"tokens\""), 5, "does not put [CLS] and [SEP] around a sentence");
        check(&other("\"Sequence\":{\"id\":\"A\"", "\"Sequence\":{\"id\":\"B\""), 5, "does not put [CLS] and [SEP]");
    }
}
