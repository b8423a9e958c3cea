//! `sbert`: the lab's training session in a terminal.
//!
//! The same library as the page, native: `train`, `evaluate` and `encode` a model folder, or a zip of one, in the hub's
//! layout or sentence-transformers'.

mod backend;
mod encode;
mod evaluate;
mod files;
mod model;
mod pairs;
mod run;
mod settings;
mod train;

use anyhow::Result;
use backend::Backend;
use clap::{Parser, Subcommand};
use peak_alloc::PeakAlloc;

/// Sentence-BERT with a classification and a regression objective.
#[derive(Parser)]
#[command(name = "sbert", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Compute backend.
    #[arg(long, global = true, value_enum, default_value_t = Backend::Flex)]
    backend: Backend,
}

#[derive(Subcommand)]
enum Command {
    /// Train a model on pairs of sentences.
    Train(Box<train::Arguments>),
    /// Score a model on pairs of sentences.
    Evaluate(evaluate::Arguments),
    /// Embed sentences, one a line.
    Encode(encode::Arguments),
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            if let Some(cause) = error.downcast_ref::<sbert::Error>() {
                eprintln!("{}", cause.remedy());
            }
            std::process::ExitCode::FAILURE
        }
    }
}

/// Counts allocations, so that each command can say what it needed.
#[global_allocator]
static ALLOCATIONS: PeakAlloc = PeakAlloc;

fn run(arguments: Arguments) -> Result<()> {
    let result = pollster::block_on(async {
        let device = arguments.backend.open().await?;
        match arguments.command {
            Command::Train(arguments) => train::run(*arguments, &device).await,
            Command::Evaluate(arguments) => evaluate::run(arguments, &device).await,
            Command::Encode(arguments) => encode::run(arguments, &device).await,
        }
    });
    eprintln!("peak memory {:.0} MB", ALLOCATIONS.peak_usage() as f64 / 1e6);
    result
}
