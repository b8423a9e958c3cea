//! Sentences to token ids, by the `tokenizers` crate.
//!
//! It imports nothing: a tokenizer is made of bytes, wherever they come from.

use tokenizers::{Tokenizer, TruncationParams};

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

/// A checkpoint may pad its embedding table beyond the vocabulary, up to a multiple of this many rows.
const VOCAB_PADDING: usize = 1024;

/// Turns sentences into ids with a checkpoint's own `tokenizer.json`.
#[derive(Clone, Debug)]
pub struct TextTokenizer {
    tokenizer: Tokenizer,
    max_seq_length: usize,
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
        let mut tokenizer = Tokenizer::from_bytes(json).map_err(|cause| fault(format!("can't be read: {cause}")))?;
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(Some(TruncationParams { max_length: max_seq_length, ..Default::default() }))
            .map_err(|cause| fault(format!("does not take a truncation to {max_seq_length} tokens: {cause}")))?;

        let id_of = |token: &str| {
            tokenizer
                .token_to_id(token)
                .ok_or_else(|| fault(format!("has no {token} token, so it isn't a BERT tokenizer")))
        };
        let (cls_id, sep_id, pad_id) = (id_of("[CLS]")?, id_of("[SEP]")?, id_of("[PAD]")?);
        // The largest id, because a vocabulary may have gaps.
        let n_tokens = tokenizer.get_vocab(true).into_values().max().map_or(0, |id| id as usize + 1);
        if let Some(vocab_size) = vocab_size.filter(|size| n_tokens > *size || n_tokens + VOCAB_PADDING <= *size) {
            return Err(fault(format!("has {n_tokens} tokens, but the model's vocab_size is {vocab_size}")));
        }
        let this = Self { tokenizer, max_seq_length, pad_id, vocab_size: n_tokens };
        if this.tokenize("")?.ids != [cls_id, sep_id] {
            return Err(fault(
                "does not put [CLS] and [SEP] around a sentence, so it isn't a BERT tokenizer".to_owned(),
            ));
        }
        Ok(this)
    }

    /// Token ids of one sentence, cut to the longest sequence. An empty sentence is `[CLS]`, `[SEP]`.
    ///
    /// # Errors
    /// [`Error::Tokenizer`] if the tokenizer rejects the text.
    pub fn tokenize(&self, sentence: &str) -> Result<TokenizedSentence, Error> {
        let encoding = self.tokenizer.encode_fast(sentence, true).map_err(|cause| Error::Tokenizer {
            file: TOKENIZER_FILE,
            problem: format!("rejects a sentence: {cause}"),
        })?;
        Ok(TokenizedSentence { ids: encoding.get_ids().to_vec(), truncated: !encoding.get_overflowing().is_empty() })
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A word-level stand-in with BERT's special tokens and frame: small enough to read, real enough to tokenize.
    pub(crate) fn tiny_tokenizer_json(words: &[&str]) -> Vec<u8> {
        let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
        let vocab: serde_json::Map<String, serde_json::Value> =
            special.iter().chain(words).enumerate().map(|(id, token)| ((*token).to_owned(), id.into())).collect();
        serde_json::to_vec(&serde_json::json!({
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
        check(&json, 4, "has 5 tokens, but the model's vocab_size is 4");
        check(&json, 30_522, "has 5 tokens, but the model's vocab_size is 30522");
        let other = String::from_utf8(json.clone()).unwrap().replace("[CLS]", "<s>");
        check(other.as_bytes(), 5, "isn't a BERT tokenizer");
    }
}
