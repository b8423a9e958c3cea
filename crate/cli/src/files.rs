//! Model folders and files of pairs on disk; the only part of the project that opens files.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use burn::module::Module;
use burn::tensor::Device;
use clap::Args;
use sbert::corpus::{Corpus, NLI_CLASSES, ReadOptions, read_pairs};
use sbert::encoder::SentenceEncoderConfig;
use sbert::model::SentencePairModel;
use sbert::text::{MAX_SEQ_LENGTH, TextTokenizer};
use sbert::weights::{
    CONFIG_FILE, HEAD_FILE, NamedHead, POOLING_FILE, TOKENIZER_FILE, WEIGHTS_FILE, check_pooling, load_encoder,
    load_head,
};

/// Which model, and how its input is cut.
#[derive(Args)]
pub struct ModelArguments {
    /// Model folder in the hub's layout: config.json, model.safetensors, tokenizer.json.
    #[arg(long, value_name = "DIR")]
    pub model: PathBuf,
    /// Longest sequence of tokens; longer sentences are cut.
    #[arg(long, default_value_t = MAX_SEQ_LENGTH)]
    pub max_seq_length: usize,
}

/// How the labels of a file of pairs are understood.
#[derive(Args)]
pub struct LabelArguments {
    /// Class names in the head's order.
    #[arg(long, value_delimiter = ',', default_values_t = NLI_CLASSES.map(str::to_owned))]
    pub classes: Vec<String>,
    /// Lowest and highest score; scores are rescaled from it to 0-1.
    #[arg(long, value_name = "LOW,HIGH", default_value = "0,5", value_parser = parse_range, allow_hyphen_values = true)]
    pub score_range: RangeInclusive<f32>,
}

fn parse_range(text: &str) -> Result<RangeInclusive<f32>, String> {
    let parse = |text: &str| text.trim().parse::<f32>().map_err(|cause| format!("{cause}: \"{text}\""));
    let (low, high) = text.split_once(',').ok_or("expected two numbers such as 0,5")?;
    Ok(parse(low)?..=parse(high)?)
}

impl LabelArguments {
    /// Read a file of pairs.
    pub fn read(&self, path: &Path) -> Result<Corpus> {
        let options = ReadOptions { classes: self.classes.clone(), score_range: self.score_range.clone() };
        Ok(read_pairs(&path.to_string_lossy(), &read(path)?, &options)?)
    }
}

/// A model folder, loaded.
pub struct LoadedModel {
    pub encoder: sbert::encoder::SentenceEncoder,
    pub config: SentenceEncoderConfig,
    pub tokenizer: TextTokenizer,
    /// The folder's own classification head, if it has one.
    pub head: Option<NamedHead>,
}

impl ModelArguments {
    /// Load the folder.
    pub fn load(&self, device: &Device) -> Result<LoadedModel> {
        let path = |name: &str| self.model.join(name);
        if path(POOLING_FILE).exists() {
            check_pooling(&read(&path(POOLING_FILE))?)?;
        }
        let loaded = load_encoder(&read(&path(CONFIG_FILE))?, &read(&path(WEIGHTS_FILE))?, device)
            .with_context(|| format!("loading {}", self.model.display()))?;
        ensure!(
            self.max_seq_length <= loaded.config.max_positions,
            "--max-seq-length {} is more than the model's {} positions",
            self.max_seq_length,
            loaded.config.max_positions
        );
        let tokenizer =
            TextTokenizer::from_bytes(&read(&path(TOKENIZER_FILE))?, loaded.config.vocab_size, self.max_seq_length)
                .with_context(|| format!("loading {}", self.model.display()))?;
        let n_params = loaded.encoder.num_params();
        eprintln!(
            "BERT of {} layers, d_model {}: {n_params} parameters, {:.0} MB",
            loaded.config.n_layers,
            loaded.config.d_model,
            (n_params * size_of::<f32>()) as f64 / 1e6
        );
        let head = match path(HEAD_FILE) {
            file if file.exists() => Some(load_head(&read(&file)?, loaded.config.d_model, device)?),
            _ => None,
        };
        Ok(LoadedModel { encoder: loaded.encoder, config: loaded.config, tokenizer, head })
    }
}

impl LoadedModel {
    /// The head to go on with: the file given, or the folder's own.
    pub fn take_head(&mut self, file: Option<&Path>, device: &Device) -> Result<Option<NamedHead>> {
        match file {
            Some(path) => {
                let head = load_head(&read(path)?, self.config.d_model, device);
                Ok(Some(head.with_context(|| format!("loading {}", path.display()))?))
            }
            None => Ok(self.head.take()),
        }
    }

    /// Encoder and head as one module.
    pub fn with_head(&self, head: sbert::objective::ClassificationHead) -> SentencePairModel {
        SentencePairModel { encoder: self.encoder.clone(), head }
    }
}

/// Refuse a head whose class names are others than the corpus is read with.
pub fn check_classes(head: &NamedHead, classes: &[String]) -> Result<()> {
    if let Some(named) = head.classes.as_ref().filter(|named| *named != classes) {
        anyhow::bail!(
            "the head's classes are {}, but the pairs are read with {}; give --classes {}",
            named.join(", "),
            classes.join(", "),
            named.join(",")
        );
    }
    ensure!(
        head.head.n_classes() == classes.len(),
        "the head has {} classes, but --classes names {}",
        head.head.n_classes(),
        classes.len()
    );
    Ok(())
}

/// Read a whole file, naming it when that fails.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("can't read {}", path.display()))
}

/// Write a whole file, naming it when that fails.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("can't write {}", path.display()))
}
