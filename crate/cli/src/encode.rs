//! `sbert encode`: sentences to embeddings.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use burn::tensor::Device;
use clap::Args;
use sbert::infer::SentenceEmbeddings;
use sbert::replicas::Alone;
use serde::Serialize;

use crate::evaluate::progress_bar;
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
    let lines: Vec<&str> = text.lines().collect();
    let start = Instant::now();
    let sentences = lines.iter().map(|line| model.tokenizer.tokenize(line)).collect::<Result<Vec<_>, _>>()?;
    for (line, _) in lines.iter().zip(&sentences).filter(|(_, sentence)| sentence.truncated) {
        eprintln!("note: a sentence was cut to {} tokens: {line:.40}…", model.tokenizer.max_seq_length());
    }
    let (ids, truncated): (Vec<Vec<u32>>, Vec<bool>) =
        sentences.into_iter().map(|sentence| (sentence.ids, sentence.truncated)).unzip();
    let bar = progress_bar(lines.len(), "sentences");
    let mut embeddings = SentenceEmbeddings::new(&ids, model.tokenizer.pad_id());
    while embeddings.encode_next(&model.encoder, &ids, &mut Alone).await? {
        bar.set_position(embeddings.n_encoded() as u64);
    }
    bar.finish_and_clear();
    eprintln!("{:.1} sentences a second", lines.len() as f64 / start.elapsed().as_secs_f64());
    let embeddings = embeddings.into_values();
    let embeddings = embeddings.chunks_exact(model.config.d_model);
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (idx, (text, embedding)) in lines.into_iter().zip(embeddings).enumerate() {
        if arguments.json {
            let token_ids = &ids[idx];
            serde_json::to_writer(&mut out, &Line { text, token_ids, embedding, truncated: truncated[idx] })?;
            writeln!(out)?;
        } else {
            let numbers: Vec<String> = embedding.iter().map(f32::to_string).collect();
            writeln!(out, "{}", numbers.join("\t"))?;
        }
    }
    out.flush()?;
    Ok(())
}
