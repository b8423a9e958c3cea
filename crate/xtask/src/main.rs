//! The project's two commands, and the set-up both begin with.
//!
//! - `cargo xtask serve` builds the page and serves it.
//! - `cargo xtask test` runs everything CI runs.
//! - `cargo xtask bench` measures how fast the page is, beside its peers.
//! - `cargo xtask fuzz` looks for files that break a reader.
//! - `cargo xtask setup` only brings what the others need; `--list` shows what is there and changes nothing.
//!
//! Each thing that may have to be fetched is one [`setup::Step`]. A step looks before it acts, so a second run costs
//! seconds, and puts its result in place whole, so an interrupted run continues where it stopped.

mod bench;
mod child;
mod files;
mod fuzz;
mod machine;
mod progress;
mod serve;
mod setup;
mod test;
mod version;

use clap::{Parser, Subcommand};
use machine::Machine;
use setup::Consent;
use std::process::ExitCode;

/// Set-up, serve and test for the sentence-BERT lab.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
    /// Install missing system packages (Chromium and its driver) without asking
    #[arg(long, global = true)]
    yes: bool,
}

/// What to do.
#[derive(Subcommand)]
enum Task {
    /// Set up what is missing, build the page and serve it
    Serve(serve::Options),
    /// Set up what is missing, then run everything CI runs
    Test,
    /// Set up what is missing, build the page, and measure it beside its peers
    Bench(bench::Options),
    /// Look for files that break a reader of them: no panic, no abort, no more memory than its bound
    Fuzz(fuzz::Options),
    /// Set up what is missing, and nothing else
    Setup {
        /// Show the state of each step without changing anything
        #[arg(long)]
        list: bool,
        /// Bring what `serve` brings beside the page; it starts this itself
        #[arg(long, hide = true, conflicts_with = "list")]
        beside_serving: bool,
    },
}

fn main() -> ExitCode {
    if let Some(code) = fuzz::as_compiler() {
        return code;
    }
    let Arguments { task, yes } = Arguments::parse();
    let outcome = Machine::find().and_then(|machine| {
        let consent = Consent::find(yes, &machine);
        match task {
            Task::Serve(options) => serve::serve(&machine, &options, consent),
            Task::Test => test::test(&machine, consent),
            Task::Bench(options) => bench::bench(&machine, &options, consent),
            Task::Fuzz(options) => fuzz::fuzz(&machine, &options),
            Task::Setup { list: true, .. } => setup::list(&machine, &setup::all_steps(consent)),
            Task::Setup { beside_serving: true, .. } => setup::set_up(&machine, &setup::steps_beside_serving()),
            Task::Setup { .. } => setup::set_up(&machine, &setup::all_steps(consent)),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{}", child::explained(&error));
            if files::is_disk_full(&error) {
                eprintln!("The disk is full. Free some space (set-up and builds take about 6 GB) and run it again.");
            }
            ExitCode::FAILURE
        }
    }
}
