//! A fresh model of any size.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::model_folder::ModelFolder;
use super::tokenizer_files::{FolderTokenizer, load_tokenizer};
use crate::encoder::SentenceEncoderConfig;
use crate::error::Error;
use crate::text::{MAX_SEQ_LENGTH, MIN_SEQ_LENGTH};

/// Most bytes that training a drawn model may take, at 16 a parameter (itself, its gradient, both of AdamW's means): half
/// of what a tab can address. BERT-base, 110 million parameters, stays below.
const MAX_TRAINING_BYTES: u128 = 2 << 30;
const TRAINING_BYTES_PER_PARAM: u128 = 16;
/// Rows of BERT's segment embeddings.
const N_SEGMENTS: usize = 2;
/// Epsilon of BERT's norms.
const LAYER_NORM_EPS: f64 = 1e-12;

/// Size of a model that is drawn, not loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RandomModel {
    /// Encoder layers.
    pub n_layers: usize,
    /// Width of every token's vector and of a sentence's embedding.
    pub d_model: usize,
    /// Attention heads of a layer; d_model must be a multiple of it.
    pub n_heads: usize,
    /// Width of the feed-forward layers.
    pub d_ff: usize,
    /// Longest sequence of tokens.
    pub max_positions: usize,
    /// Seed of the weights.
    pub seed: u32,
}

impl RandomModel {
    /// The configuration of such a model with the tokenizer of `folder`.
    pub(super) fn config(&self, folder: &ModelFolder) -> Result<(SentenceEncoderConfig, FolderTokenizer), Error> {
        self.check()?;
        let max_seq_length = MAX_SEQ_LENGTH.min(self.max_positions);
        let tokenizer = load_tokenizer(folder, None, self.max_positions, Some(max_seq_length))?;
        let vocab_size = tokenizer.tokenizer.vocab_size();
        self.check_memory(vocab_size)?;
        let config = SentenceEncoderConfig::new(
            vocab_size,
            self.max_positions,
            N_SEGMENTS,
            self.d_model,
            self.d_ff,
            self.n_heads,
            self.n_layers,
            LAYER_NORM_EPS,
        );
        Ok((config, tokenizer))
    }

    fn check(&self) -> Result<(), Error> {
        for (name, value, least) in [
            ("n_layers", self.n_layers, 1),
            ("d_model", self.d_model, 1),
            ("n_heads", self.n_heads, 1),
            ("d_ff", self.d_ff, 1),
            ("max_positions", self.max_positions, MIN_SEQ_LENGTH),
        ] {
            if value < least {
                return Err(Error::Setting { name, problem: format!("is {value}; use {least} or more") });
            }
        }
        if !self.d_model.is_multiple_of(self.n_heads) {
            let problem = format!("is {}, which is not a multiple of the {} heads", self.d_model, self.n_heads);
            return Err(Error::Setting { name: "d_model", problem });
        }
        Ok(())
    }

    /// Parameters of such an encoder.
    fn n_params(&self, vocab_size: usize) -> u128 {
        let [n_layers, d_model, d_ff, max_positions, vocab_size] =
            [self.n_layers, self.d_model, self.d_ff, self.max_positions, vocab_size].map(|size| size as u128);
        // Four square matrices, two of the feed-forward network, and vectors: six biases and two norms.
        // Saturating, since a size may fill 64 bits.
        let per_layer = [4 * d_model, 2 * d_ff, 9].map(|width| width.saturating_mul(d_model));
        let per_layer = per_layer.into_iter().fold(d_ff, u128::saturating_add);
        let per_row = vocab_size + max_positions + N_SEGMENTS as u128 + 2;
        n_layers.saturating_mul(per_layer).saturating_add(per_row.saturating_mul(d_model))
    }

    /// Refuse a model that could be drawn, but not trained.
    fn check_memory(&self, vocab_size: usize) -> Result<(), Error> {
        let n_params = self.n_params(vocab_size);
        let n_bytes = n_params.saturating_mul(TRAINING_BYTES_PER_PARAM);
        if n_bytes > MAX_TRAINING_BYTES {
            let problem = format!(
                "of {} with d_model {} makes {n_params} parameters, which take {} MB in training; \
                 {} MB is the most",
                self.n_layers,
                self.d_model,
                n_bytes / 1_000_000,
                MAX_TRAINING_BYTES / 1_000_000
            );
            return Err(Error::Setting { name: "n_layers", problem });
        }
        Ok(())
    }
}

/// What transformers' `BertConfig` would write of such a model.
pub(super) fn config_json(config: &SentenceEncoderConfig, pad_id: u32) -> String {
    let fields = json!({
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": config.vocab_size,
        "hidden_size": config.d_model,
        "num_hidden_layers": config.n_layers,
        "num_attention_heads": config.n_heads,
        "intermediate_size": config.d_ff,
        "max_position_embeddings": config.max_positions,
        "type_vocab_size": config.n_segments,
        "layer_norm_eps": config.layer_norm_eps,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "pad_token_id": pad_id,
        "position_embedding_type": "absolute",
    });
    format!("{fields:#}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::module::Module;
    use burn::tensor::Device;

    #[test]
    fn parameters_are_counted_before_they_are_drawn() {
        let size = RandomModel { n_layers: 3, d_model: 8, n_heads: 2, d_ff: 20, max_positions: 11, seed: 1 };
        let config = SentenceEncoderConfig::new(50, 11, N_SEGMENTS, 8, 20, 2, 3, LAYER_NORM_EPS);
        assert_eq!(size.n_params(50), config.untrained(1, &Device::flex()).num_params() as u128);
        // BERT-base (without its pooler) may be trained in a tab, BERT-large may not.
        let bert_base =
            RandomModel { n_layers: 12, d_model: 768, n_heads: 12, d_ff: 3072, max_positions: 512, seed: 1 };
        assert_eq!(bert_base.n_params(30_522), 108_891_648);
        bert_base.check_memory(30_522).unwrap();
        let bert_large = RandomModel { n_layers: 24, d_model: 1024, d_ff: 4096, ..bert_base };
        let message = bert_large.check_memory(30_522).unwrap_err().to_string();
        assert_eq!(
            message,
            "n_layers of 24 with d_model 1024 makes 334092288 parameters, which take 5345 MB in training; 2147 MB is the most"
        );
    }
}
