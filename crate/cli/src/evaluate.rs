//! `sbert evaluate`: scores on a file of pairs.

use std::path::PathBuf;

use anyhow::{Result, bail};
use burn::tensor::Device;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use sbert::corpus::{Corpus, PairRecord, PairTable, Split};
use sbert::infer::{Evaluation, Scores};
use sbert::replicas::Alone;
use sbert::text::TextTokenizer;
use sbert_lab::head::untrained_head;
use serde_json::{Map, Value, json};

use crate::model::{ModelArguments, check_classes, take_head, with_head};
use crate::pairs::LabelArguments;

/// Arguments of `sbert evaluate`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// File of pairs: TSV, CSV or JSONL; two sentences and a score, a class, or both.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Which rows of a file that names splits.
    #[arg(long, value_enum, default_value_t = Rows::All)]
    split: Rows,
    #[command(flatten)]
    labels: LabelArguments,
    /// Classification head (safetensors: weight, bias); the model folder's own without it.
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rows {
    All,
    Train,
    HeldOut,
}

pub async fn run(arguments: Arguments, device: &Device) -> Result<()> {
    let mut model = arguments.model.load(device)?;
    let head = take_head(&mut model, arguments.head.as_deref(), device)?;
    let classes = head.as_ref().and_then(|head| head.classes.as_deref());
    let (mut corpus, _) = arguments.labels.read(&arguments.data, classes, None)?;
    match arguments.split {
        Rows::All => {}
        Rows::Train => corpus.records.retain(|record| record.split != Some(Split::HeldOut)),
        Rows::HeldOut => corpus.records.retain(|record| record.split == Some(Split::HeldOut)),
    }
    let has_scores = corpus.records.iter().any(|record| record.score.is_some());
    let has_classes = corpus.records.iter().any(|record| record.label.is_some());
    if has_classes && head.is_none() {
        let remedy = "train one (sbert train --out DIR), or give one with --head FILE";
        if !has_scores {
            bail!(
                "{} has classes, but the model folder has no classification head; {remedy}",
                arguments.data.display()
            );
        }
        eprintln!("note: classes are left out, because the model folder has no classification head; {remedy}");
        drop_classes(&mut corpus);
    }
    let head = match head {
        Some(head) => {
            if has_classes {
                check_classes(&head, &corpus.classes)?;
            }
            head.head
        }
        // Never scored: no record has a class any more.
        None => untrained_head(model.config.d_model, &corpus.classes, 0, device),
    };
    let mut evaluation = prepare(&corpus.records, &model.tokenizer)?;
    let bar = progress_bar(evaluation.n_sentences(), "sentences");
    let model = with_head(&model, head);
    while evaluation.encode_next(&model, &mut Alone).await? {
        bar.set_position(evaluation.n_encoded() as u64);
    }
    bar.finish_and_clear();
    let scores = evaluation.scores(&model).await?;
    print(&scores, corpus.n_skipped, arguments.json);
    Ok(())
}

fn drop_classes(corpus: &mut Corpus) {
    for record in &mut corpus.records {
        record.label = None;
    }
    corpus.records.retain(|record| record.score.is_some());
}

/// Tokenize `records`, saying how many sentences were cut.
pub fn tokenize<'a>(records: impl IntoIterator<Item = &'a PairRecord>, tokenizer: &TextTokenizer) -> Result<PairTable> {
    let table = PairTable::new(records, tokenizer)?;
    if table.n_truncated > 0 {
        eprintln!("note: {} sentences were cut to {} tokens", table.n_truncated, tokenizer.max_seq_length());
    }
    Ok(table)
}

/// Make an evaluation on `records`.
pub fn prepare<'a>(records: impl IntoIterator<Item = &'a PairRecord>, tokenizer: &TextTokenizer) -> Result<Evaluation> {
    Ok(Evaluation::new(tokenize(records, tokenizer)?, tokenizer.pad_id())?)
}

/// A bar on standard error; it hides itself where that is no terminal.
pub fn progress_bar(length: usize, unit: &str) -> ProgressBar {
    let template = format!("{{elapsed}} {{wide_bar}} {{pos}}/{{len}} {unit}, {{eta}} left {{msg}}");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64).with_style(style)
}

/// The scores that the labels allow, as a JSON object.
pub fn to_json(scores: &Scores) -> Map<String, Value> {
    let mut object = Map::from_iter([("n_pairs".to_owned(), json!(scores.n_pairs))]);
    let mut put = |name: &str, value: Value| {
        object.insert(name.to_owned(), value);
    };
    if let Some(correlation) = scores.correlation {
        // Null where the correlation is undefined.
        put("pearson", json!(correlation.pearson));
        put("spearman", json!(correlation.spearman));
        put("regression_loss", json!(scores.regression_loss));
    }
    if let Some(confusion) = &scores.confusion {
        put("accuracy", json!(scores.accuracy));
        put("macro_f1", json!(scores.macro_f1));
        put("classification_loss", json!(scores.classification_loss));
        put("confusion", json!(confusion.counts));
    }
    object
}

fn print(scores: &Scores, n_skipped: usize, as_json: bool) {
    let mut object = to_json(scores);
    if n_skipped > 0 {
        object.insert("n_skipped".to_owned(), json!(n_skipped));
    }
    if as_json {
        println!("{}", Value::Object(object));
    } else {
        for (name, value) in object {
            println!("{name:20} {value}");
        }
    }
}
