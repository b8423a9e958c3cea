//! `sbert train`: the page's training session in a terminal.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use burn::tensor::Device;
use clap::Args;
use sbert::card::{ModelCard, TrainingRecord};
use sbert::corpus::{PairRecord, Split};
use sbert::infer::{SCORES, ScoreChange};
use sbert::pretrained::{LoadOptions, export_model};
use sbert::recipe::RunFile;
use sbert::train::{FreezeStrategy, Session, TrainConfig};
use sbert_lab::checkpoints::CheckpointPacing;
use sbert_lab::head::untrained_head;
use sbert_lab::run::RunParts;
use serde_json::json;

use crate::evaluate::{prepare, to_json, tokenize};
use crate::files::{file_name, model_name, read, write_model};
use crate::model::{ModelArguments, check_classes, take_head, with_head};
use crate::pairs::LabelArguments;
use crate::run::train_and_score;
use crate::settings::SettingFlags;

/// Arguments of `sbert train`. Settings that aren't given are those of the run's file, or the library's defaults.
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
    /// A run's settings as the page exports them (run.json); arguments beside it win over it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, help = format!("What is frozen: one of {}", FreezeStrategy::forms()))]
    freeze: Option<String>,
    #[command(flatten)]
    settings: SettingFlags,
    /// First weights of the classification head (safetensors: weight [n_classes, 3·d_model], bias).
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// Begin with a fresh head, though the model has one.
    #[arg(long, conflicts_with = "head")]
    new_head: bool,
    /// Folder for the trained model in sentence-transformers' layout; a zip of one if the name ends in .zip.
    #[arg(long, value_name = "DIR|ZIP")]
    out: Option<PathBuf>,
    /// File for one JSON line a step.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Print one JSON object at the end.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// The settings given, and for the others those of `config`.
    fn config(&self, mut config: TrainConfig) -> Result<TrainConfig> {
        if let Some(text) = &self.freeze {
            config.freeze = FreezeStrategy::parse(text)?;
        }
        self.settings.write_to(&mut config)?;
        config.validate()?;
        Ok(config)
    }
}

pub async fn run(arguments: Arguments, device: &Device) -> Result<()> {
    let run = match &arguments.config {
        Some(path) => Some(RunFile::from_json(&path.to_string_lossy(), &read(path)?)?),
        None => None,
    };
    let config = arguments.config(run.as_ref().map(|run| run.config.clone()).unwrap_or_default())?;
    let options = LoadOptions {
        n_layers: arguments.model.layers.or(run.as_ref().and_then(|run| run.n_layers)),
        max_seq_length: arguments.model.max_seq_length.or(run.as_ref().map(|run| run.max_seq_length)),
    };
    let mut loaded = arguments.model.load_with(options, device)?;
    let given_head = match arguments.new_head {
        true => None,
        false => take_head(&mut loaded, arguments.head.as_deref(), device)?,
    };
    let classes = run.as_ref().map(|run| run.classes.as_slice()).filter(|classes| !classes.is_empty());
    let classes = classes.or(given_head.as_ref().and_then(|head| head.classes.as_deref()));
    let labels = &arguments.labels;
    let score_range = run.as_ref().map(|run| run.score_range);
    let (corpus, score_range) = labels.read(&arguments.data, classes, score_range)?;
    let mut held_out: Vec<PairRecord> = corpus.of_split(Split::HeldOut).cloned().collect();
    if let Some(path) = &arguments.eval_data {
        let classes = Some(corpus.classes.as_slice()).filter(|classes| !classes.is_empty());
        let (other, _) = labels.read(path, classes, score_range)?;
        ensure!(
            other.classes == corpus.classes,
            "{} has the classes {}, but {} has {}; give --classes",
            path.display(),
            other.classes.join(", "),
            arguments.data.display(),
            corpus.classes.join(", ")
        );
        held_out.extend(other.records);
    }
    let has_classes = corpus.records.iter().any(|record| record.label.is_some());
    // The names that the trained head has; none if it has learnt no classes, now or before.
    let mut head_classes = has_classes.then(|| corpus.classes.clone());
    let head = match given_head {
        Some(head) => {
            match has_classes {
                true => check_classes(&head, &corpus.classes)?,
                false => head_classes = head.classes,
            }
            head.head
        }
        None => untrained_head(loaded.config.d_model, &corpus.classes, u64::from(config.seed), device),
    };
    let model = with_head(&loaded, head);
    let table = tokenize(corpus.of_split(Split::Train), &loaded.tokenizer)?;
    let n_train = table.pairs.len();
    let session = Session::new(&model, table, loaded.tokenizer.pad_id(), config)?;
    let counts = session.trainable();
    eprintln!(
        "{n_train} training pairs, {} held-out pairs, {} steps; trained parameters: {} in embeddings, {} in layers, {} in the head, of {}; threads: {}",
        held_out.len(),
        session.n_steps(),
        counts.embeddings,
        counts.layers,
        counts.head,
        counts.total,
        rayon::current_num_threads()
    );

    let held_out = match held_out.is_empty() {
        true => None,
        false => Some(prepare(&held_out, &loaded.tokenizer)?),
    };
    let parts = RunParts {
        id: 0,
        data_name: file_name(&arguments.data),
        classes: head_classes.clone().unwrap_or_default(),
        model: String::new(),
        baseline: model,
        session,
        held_out,
        checkpoints: CheckpointPacing::never(),
        // A step is waited for before the next one is submitted.
        on_gpu: false,
        warm_up: None,
    };
    let (trained, mut record) = train_and_score(parts, arguments.trace.as_deref()).await?;
    if record.n_steps_done == 0 {
        // The model is the one that was scored before.
        record.after = record.before.clone();
    }
    let result = json!({
        "n_train_pairs": n_train,
        "n_steps": record.n_steps,
        "training_secs": record.training_secs,
        "trained_parameters": counts.trained(),
        "before": record.before.as_ref().map(to_json),
        "after": record.after.as_ref().map(to_json),
        "changes": record.changes,
    });

    if let Some(out) = &arguments.out {
        let run_model = run.map(|run| run.model);
        let base_model = match &run_model {
            Some(model) => model.hub_id.clone().unwrap_or_else(|| model.name.clone()),
            None => model_name(&arguments.model.model),
        };
        let (hub_id, revision) = run_model.map(|model| (model.hub_id, model.revision)).unwrap_or_default();
        let card = ModelCard { name: model_name(out), base_model, hub_id, revision, training: Some(record.clone()) };
        let max_seq_length = loaded.tokenizer.max_seq_length();
        let head_classes = head_classes.as_deref();
        let card = card.to_markdown(&loaded.config, max_seq_length, head_classes);
        let files = export_model(&trained, &loaded.config, max_seq_length, &loaded.base, head_classes, card)?;
        write_model(out, files).await?;
    }
    match arguments.json {
        true => println!("{result}"),
        false => report(arguments.out.as_deref(), &record),
    }
    Ok(())
}

fn report(out: Option<&Path>, record: &TrainingRecord) {
    println!("{} steps in {:.1} s", record.n_steps, record.training_secs.unwrap_or_default());
    for score in SCORES {
        let values = [&record.before, &record.after].map(|scores| score.of(scores.as_ref()?));
        if let [Some(before), Some(after)] = values {
            let change = record.changes.iter().find(|change| change.score == score);
            let change = change.map_or_else(String::new, ScoreChange::to_string);
            println!("{:50} {before:8.4} -> {after:8.4}  {change}", score.title());
        }
    }
    if record.changes.iter().any(|change| change.interval.is_some()) {
        println!("in brackets: 95 % interval of the change, by a paired bootstrap over the held-out pairs");
    }
    if let Some(folder) = out {
        println!("saved to {}", folder.display());
    }
}
