//! Names of the files of a model folder: the hub's, sentence-transformers', and ours.

pub use crate::text::TOKENIZER_FILE;

/// Hub name of the encoder's settings.
pub const CONFIG_FILE: &str = "config.json";
/// Hub name of the encoder's weights.
pub const WEIGHTS_FILE: &str = "model.safetensors";
/// Where a checkpoint that is stored in several files says which tensor is in which.
pub(super) const INDEX_FILE: &str = "model.safetensors.index.json";
/// The vocabulary, a token a line: all that older checkpoints have of a tokenizer.
pub(super) const VOCABULARY_FILE: &str = "vocab.txt";
/// transformers' settings of the tokenizer.
pub(super) const TOKENIZER_CONFIG_FILE: &str = "tokenizer_config.json";
/// transformers' names of the special tokens.
pub(super) const SPECIAL_TOKENS_FILE: &str = "special_tokens_map.json";
/// Tokens that were added to the vocabulary.
pub(super) const ADDED_TOKENS_FILE: &str = "added_tokens.json";
/// sentence-transformers' list of the modules that a sentence passes through.
pub(super) const MODULES_FILE: &str = "modules.json";
/// sentence-transformers' settings of the whole model, among them how embeddings are compared.
pub(super) const SENTENCE_TRANSFORMERS_FILE: &str = "config_sentence_transformers.json";
/// sentence-transformers' settings of the transformer, among them the longest sequence.
pub(super) const TRANSFORMER_FILE: &str = "sentence_bert_config.json";
/// sentence-transformers' name of the pooling settings.
pub const POOLING_FILE: &str = "1_Pooling/config.json";
/// sentence-transformers' folder of the module that normalises; it has no settings, but needs a place.
pub(super) const NORMALIZE_FILE: &str = "2_Normalize/config.json";
/// The model card.
pub(super) const CARD_FILE: &str = "README.md";
/// Our name of the classification head, which the sentence-transformers layout does not store.
pub const HEAD_FILE: &str = "classifier.safetensors";
