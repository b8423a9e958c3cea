//! `sbert encode`: sentences to embeddings.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use burn::tensor::Device;
use clap::Args;
use sbert::encoder::encode_sentences;
use serde::Serialize;

use crate::files::read;
use crate::model::ModelArguments;

/// Arguments of `sbert encode`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Text file, one sentence a line; an empty line is an empty sentence.
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// One JSON object a line: text, token_ids, embedding. Without it, tab-separated numbers.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    text: &'a str,
    token_ids: &'a [u32],
    embedding: &'a [f32],
    truncated: bool,
}

pub async fn run(arguments: Arguments, device: &Device) -> Result<()> {
    let model = arguments.model.load(device)?;
    let text = String::from_utf8(read(&arguments.input)?)
        .with_context(|| format!("{} is not UTF-8 text", arguments.input.display()))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for text in text.lines() {
        let sentence = model.tokenizer.tokenize(text)?;
        if sentence.truncated {
            eprintln!("note: a sentence was cut to {} tokens: {:.40}…", model.tokenizer.max_seq_length(), text);
        }
        // One sentence a batch: a line's embedding then depends on nothing but the line.
        let embedding = encode_sentences(&model.encoder, &[&sentence.ids], model.tokenizer.pad_id()).await?;
        if arguments.json {
            let line = Line { text, token_ids: &sentence.ids, embedding: &embedding, truncated: sentence.truncated };
            serde_json::to_writer(&mut out, &line)?;
            writeln!(out)?;
        } else {
            let numbers: Vec<String> = embedding.iter().map(f32::to_string).collect();
            writeln!(out, "{}", numbers.join("\t"))?;
        }
    }
    out.flush()?;
    Ok(())
}
