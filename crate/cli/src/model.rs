//! The model of a command: a folder or a zip, loaded.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use burn::module::Module;
use burn::tensor::Device;
use clap::Args;
use sbert::model::SentencePairModel;
use sbert::objective::ClassificationHead;
use sbert::pretrained::{LoadOptions, LoadedModel, NamedHead, load_head, load_model};

use crate::files::{open_model, read};

/// Which model, and how its input is cut.
#[derive(Args)]
pub struct ModelArguments {
    /// Model: a folder as the hub or sentence-transformers has it (config.json, model.safetensors, tokenizer.json or
    /// vocab.txt), or a zip of one.
    #[arg(long, value_name = "DIR|ZIP")]
    pub model: PathBuf,
    /// Take only the first encoder layers.
    #[arg(long, value_name = "N")]
    pub layers: Option<usize>,
    /// Longest sequence of tokens, longer sentences are cut; the folder's own without it, or 128 if it has none.
    #[arg(long)]
    pub max_seq_length: Option<usize>,
}

impl ModelArguments {
    /// Load the model.
    pub fn load(&self, device: &Device) -> Result<LoadedModel> {
        self.load_with(LoadOptions { n_layers: self.layers, max_seq_length: self.max_seq_length }, device)
    }

    /// Load the model with `options` in place of the arguments' own.
    pub fn load_with(&self, options: LoadOptions, device: &Device) -> Result<LoadedModel> {
        let loading = || format!("loading {}", self.model.display());
        let folder = open_model(&self.model).with_context(loading)?;
        let loaded = load_model(&folder, &options, device, &mut |_, _, _| ()).with_context(loading)?;
        let n_params = loaded.encoder.num_params();
        eprintln!(
            "{} of {} layers, d_model {}: {n_params} parameters, {:.0} MB",
            loaded.config.architecture.name(),
            loaded.config.n_layers,
            loaded.config.d_model,
            (n_params * size_of::<f32>()) as f64 / 1e6
        );
        Ok(loaded)
    }
}

/// The head to go on with: the file given, or the model's own.
pub fn take_head(model: &mut LoadedModel, file: Option<&Path>, device: &Device) -> Result<Option<NamedHead>> {
    match file {
        Some(path) => {
            let head = load_head(&read(path)?, model.config.d_model, device);
            Ok(Some(head.with_context(|| format!("loading {}", path.display()))?))
        }
        None => Ok(model.head.take()),
    }
}

/// Encoder and head as one module.
pub fn with_head(model: &LoadedModel, head: ClassificationHead) -> SentencePairModel {
    SentencePairModel { encoder: model.encoder.clone(), head }
}

/// Refuse a head whose classes are others than the pairs are read with.
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
        "the head has {} classes, but the pairs are read with {}",
        head.head.n_classes(),
        classes.len()
    );
    Ok(())
}
