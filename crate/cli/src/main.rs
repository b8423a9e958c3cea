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

use anyhow::{Context, Result, ensure};
use backend::Backend;
use clap::{Parser, Subcommand};
use peak_alloc::PeakAlloc;
use rayon::ThreadPoolBuilder;
use sysinfo::System;

/// Sentence-BERT with a classification and a regression objective.
#[derive(Parser)]
#[command(name = "sbert", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Compute backend.
    #[arg(long, global = true, value_enum, default_value_t = Backend::Flex)]
    backend: Backend,
    /// Threads of the CPU that share the work; one for each core without it.
    #[arg(long, global = true, value_name = "N")]
    threads: Option<usize>,
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
    keep_freed_memory();
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

/// Have the allocator keep what is freed. glibc gives large blocks back to the system at once, and the next step of a
/// training would fault each of their pages in again, which takes an eighth of its time (docs/decisions/0056).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_freed_memory() {
    /// Blocks that are larger are pages of their own. Older versions of glibc take no larger number.
    const MMAP_THRESHOLD: libc::c_int = 32 << 20;
    // SAFETY: no other thread runs yet. A number that is refused changes nothing.
    unsafe {
        // The threads' own arenas give back what they free whatever else is said.
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, MMAP_THRESHOLD);
        libc::mallopt(libc::M_TRIM_THRESHOLD, libc::c_int::MAX);
    }
}

/// Other allocators keep what is freed by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn keep_freed_memory() {}

/// Counts allocations, so that each command can say what it needed.
#[global_allocator]
static ALLOCATIONS: PeakAlloc = PeakAlloc;

fn run(arguments: Arguments) -> Result<()> {
    let command = async || {
        let device = arguments.backend.open().await?;
        match arguments.command {
            Command::Train(arguments) => train::run(*arguments, &device).await,
            Command::Evaluate(arguments) => evaluate::run(arguments, &device).await,
            Command::Encode(arguments) => encode::run(arguments, &device).await,
        }
    };
    ensure!(arguments.threads != Some(0), "--threads is 0; give 1 or more");
    // Two logical cores usually share one core's multipliers.
    let n_threads = arguments.threads.or_else(System::physical_core_count).unwrap_or(1);
    let pool = ThreadPoolBuilder::new().num_threads(n_threads).build();
    let pool = pool.with_context(|| format!("{n_threads} threads can't be started; give a smaller --threads"))?;
    // In the pool: a thread outside of it would have to be woken after each layer.
    let result = pool.install(|| pollster::block_on(command()));
    eprintln!("peak memory {:.0} MB", ALLOCATIONS.peak_usage() as f64 / 1e6);
    result
}
