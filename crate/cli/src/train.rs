//! `sbert train`: the page's training session in a terminal.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use burn::tensor::Device;
use clap::Args;
use sbert::corpus::{PairRecord, Split};
use sbert::freeze::FreezeStrategy;
use sbert::model::SentencePairModel;
use sbert::objective::ClassificationHead;
use sbert::session::{Evaluation, Session, TrainConfig};
use sbert::weights::{HEAD_FILE, WEIGHTS_FILE, save_encoder, save_head};
use serde_json::{Value, json};

use crate::evaluate::{evaluate, prepare, progress_bar, to_json, tokenize};
use crate::files::{LabelArguments, ModelArguments, check_classes, read, write};

/// Files of a model folder that training does not change.
const COPIED_FILES: [&str; 9] = [
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "modules.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
];

/// Arguments of `sbert train`. Settings that aren't given have the library's defaults.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// File of pairs: TSV, CSV or JSONL. Rows whose split is held-out are evaluated on, all others trained on.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Another file of pairs to evaluate on, before and after.
    #[arg(long, value_name = "FILE")]
    eval_data: Option<PathBuf>,
    #[command(flatten)]
    labels: LabelArguments,
    /// everything, backbone, head, last-N or nothing.
    #[arg(long)]
    freeze: Option<String>,
    /// Passes over the training pairs.
    #[arg(long)]
    epochs: Option<usize>,
    /// Pairs in a step.
    #[arg(long)]
    batch_size: Option<usize>,
    /// Peak learning rate of the encoder.
    #[arg(long)]
    lr: Option<f64>,
    /// Peak learning rate of the classification head.
    #[arg(long)]
    head_lr: Option<f64>,
    /// Fraction of the steps over which the rates rise.
    #[arg(long, value_name = "FRACTION")]
    warmup: Option<f64>,
    /// AdamW's weight decay; biases and layer norms are exempt.
    #[arg(long)]
    weight_decay: Option<f64>,
    /// Largest global gradient norm; 0 turns clipping off.
    #[arg(long)]
    clip: Option<f64>,
    /// Weight of the cross-entropy in the joint loss.
    #[arg(long)]
    classification_weight: Option<f64>,
    /// Weight of the mean squared error in the joint loss.
    #[arg(long)]
    regression_weight: Option<f64>,
    /// Seed of the shuffling, of the head's first weights and of dropout.
    #[arg(long)]
    seed: Option<u32>,
    /// Dropout probability in trained layers.
    #[arg(long)]
    dropout: Option<f64>,
    /// Take batches in file order instead of shuffled and by length.
    #[arg(long)]
    no_shuffle: bool,
    /// First weights of the classification head (safetensors: weight [n_classes, 3·d_model], bias).
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// Folder for the trained model.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// File for one JSON line a step.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Print one JSON object at the end.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    fn config(&self) -> Result<TrainConfig> {
        let defaults = TrainConfig::default();
        Ok(TrainConfig {
            freeze: match &self.freeze {
                Some(text) => FreezeStrategy::parse(text)?,
                None => defaults.freeze,
            },
            epochs: self.epochs.unwrap_or(defaults.epochs),
            batch_size: self.batch_size.unwrap_or(defaults.batch_size),
            learning_rate: self.lr.unwrap_or(defaults.learning_rate),
            head_learning_rate: self.head_lr.unwrap_or(defaults.head_learning_rate),
            warmup_fraction: self.warmup.unwrap_or(defaults.warmup_fraction),
            weight_decay: self.weight_decay.unwrap_or(defaults.weight_decay),
            max_gradient_norm: self.clip.unwrap_or(defaults.max_gradient_norm),
            classification_weight: self.classification_weight.unwrap_or(defaults.classification_weight),
            regression_weight: self.regression_weight.unwrap_or(defaults.regression_weight),
            dropout: self.dropout.unwrap_or(defaults.dropout),
            seed: self.seed.unwrap_or(defaults.seed),
            shuffle: !self.no_shuffle,
        })
    }
}

pub async fn run(arguments: Arguments, device: &Device) -> Result<()> {
    let config = arguments.config()?;
    config.validate()?;
    let corpus = arguments.labels.read(&arguments.data)?;
    let mut held_out: Vec<PairRecord> = corpus.of_split(Split::HeldOut).cloned().collect();
    if let Some(path) = &arguments.eval_data {
        held_out.extend(arguments.labels.read(path)?.records);
    }
    let mut loaded = arguments.model.load(device)?;
    let head = match loaded.take_head(arguments.head.as_deref(), device)? {
        Some(head) => {
            check_classes(&head, &corpus.classes)?;
            head.head
        }
        None => {
            ClassificationHead::from_seed(loaded.config.d_model, corpus.classes.len(), u64::from(config.seed), device)
        }
    };
    let model = loaded.with_head(head);
    let table = tokenize(corpus.of_split(Split::Train), &loaded.tokenizer)?;
    let n_train = table.pairs.len();
    let mut session = Session::new(&model, table, loaded.tokenizer.pad_id(), config.clone())?;
    let counts = session.trainable();
    eprintln!(
        "{n_train} training pairs, {} held-out pairs, {} steps; trained parameters: {} in embeddings, {} in layers, {} in the head, of {}",
        held_out.len(),
        session.n_steps(),
        counts.embeddings,
        counts.layers,
        counts.head,
        counts.total
    );

    let mut evaluation = match held_out.is_empty() {
        true => None,
        false => Some(prepare(&held_out, &loaded.tokenizer)?),
    };
    let before = score(&mut evaluation, &model).await?;
    let start = Instant::now();
    train(&mut session, arguments.trace.as_deref()).await?;
    let training_secs = start.elapsed().as_secs_f64();
    let trained = session.model();
    if let Some(evaluation) = evaluation.as_mut().filter(|_| !session.encoder_is_frozen()) {
        evaluation.forget();
    }
    let after = score(&mut evaluation, &trained).await?;

    if let Some(folder) = &arguments.out {
        save(&trained, &corpus.classes, &arguments.model.model, folder).await?;
    }
    report(
        &arguments,
        &json!({
            "n_train_pairs": n_train,
            "n_steps": session.n_steps(),
            "training_secs": training_secs,
            "trained_parameters": counts.trained(),
            "before": before,
            "after": after,
        }),
    );
    Ok(())
}

/// Scores on the held-out pairs as JSON; null if there are none.
async fn score(held_out: &mut Option<Evaluation>, model: &SentencePairModel) -> Result<Value> {
    match held_out {
        Some(evaluation) => Ok(Value::Object(to_json(&evaluate(evaluation, model).await?))),
        None => Ok(Value::Null),
    }
}

async fn train(session: &mut Session, trace: Option<&Path>) -> Result<()> {
    let create = |path: &Path| File::create(path).with_context(|| format!("can't write {}", path.display()));
    let mut trace = trace.map(create).transpose()?.map(BufWriter::new);
    let bar = progress_bar(session.n_steps(), "steps");
    while let Some(report) = session.step().await? {
        bar.set_position(report.step as u64);
        bar.set_message(format!("loss {:.3}", report.loss));
        if let Some(trace) = &mut trace {
            serde_json::to_writer(&mut *trace, &report)?;
            writeln!(trace)?;
        }
    }
    bar.finish_and_clear();
    if let Some(mut trace) = trace {
        trace.flush()?;
    }
    Ok(())
}

/// Write the trained model as a folder like the one it came from, with the head beside it.
async fn save(model: &SentencePairModel, classes: &[String], source: &Path, folder: &Path) -> Result<()> {
    let create = |path: &Path| fs::create_dir_all(path).with_context(|| format!("can't make {}", path.display()));
    create(folder)?;
    for name in COPIED_FILES {
        let from = source.join(name);
        if from.exists() {
            let to = folder.join(name);
            if let Some(parent) = to.parent() {
                create(parent)?;
            }
            write(&to, &read(&from)?)?;
        }
    }
    write(&folder.join(WEIGHTS_FILE), &save_encoder(&model.encoder).await?)?;
    write(&folder.join(HEAD_FILE), &save_head(&model.head, classes).await?)
}

fn report(arguments: &Arguments, result: &Value) {
    if arguments.json {
        println!("{result}");
        return;
    }
    println!("{} steps in {:.1} s", result["n_steps"], result["training_secs"].as_f64().unwrap_or_default());
    for name in ["accuracy", "macro_f1", "pearson", "spearman", "classification_loss", "regression_loss"] {
        if let (Some(before), Some(after)) = (result["before"][name].as_f64(), result["after"][name].as_f64()) {
            println!("{name:20} {before:8.4} -> {after:8.4}");
        }
    }
    if let Some(folder) = &arguments.out {
        println!("saved to {}", folder.display());
    }
}
