//! What the project needs beyond Rust, Node and Python, as a list of steps that look before they act.

mod browser;
mod cargo_tool;
mod debian;
mod npm;
mod wasm_std;
mod weights;

pub use browser::{Consent, browser_path};

use crate::machine::Machine;
use crate::progress::minutes;
use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

/// One thing that must be there before the project builds or its tests run.
pub trait Step {
    /// What it is, in a few words.
    fn name(&self) -> String;

    /// What the project needs it for.
    fn reason(&self) -> &'static str;

    /// Looks whether it is there; changes nothing.
    fn state(&self, machine: &Machine) -> Result<State>;

    /// Brings it. Called when [`Step::state`] says that it is missing; continues an interrupted run.
    fn install(&self, machine: &Machine) -> Result<()>;

    /// Seconds that bringing it was seen to take on one core, for the estimate that set-up begins with.
    fn core_secs(&self) -> u64 {
        10
    }

    /// Whether the task can go on without it. Then a failure is reported and nothing else.
    fn is_optional(&self) -> bool {
        false
    }
}

/// What a step found.
#[derive(Debug, PartialEq)]
pub enum State {
    /// It is there; the text says which version, or where.
    Present(String),
    /// It is not, or not whole, or too old; the text says which.
    Missing(String),
}

/// Everything, in the order in which it is set up.
pub fn all_steps(consent: Consent) -> Vec<Box<dyn Step>> {
    let mut steps = steps_for_driving(consent);
    steps.extend(steps_for_building());
    steps.push(Box::new(cargo_tool::WASM_PACK));
    steps.push(Box::new(weights::BERT_TINY));
    steps
}

/// What runs the browser tests, whose build would only keep whoever serves the page from seeing it.
pub fn steps_beside_serving() -> Vec<Box<dyn Step>> {
    vec![Box::new(cargo_tool::WASM_PACK)]
}

/// What a person needs who serves the page and works on it: what builds it and, where it can be had, what
/// `wasm-pack test` runs its tests in.
pub fn steps_for_serving(consent: Consent) -> Vec<Box<dyn Step>> {
    let mut steps = steps_for_building();
    steps.push(Box::new(browser::Browser { consent, is_optional: true }));
    steps
}

/// What the end-to-end tests drive the page with.
pub fn steps_for_driving(consent: Consent) -> Vec<Box<dyn Step>> {
    vec![
        Box::new(browser::Browser { consent, is_optional: false }),
        Box::new(npm::Packages { folder: "tests/e2e", reason: "they drive the browser in the end-to-end tests" }),
    ]
}

fn steps_for_building() -> Vec<Box<dyn Step>> {
    vec![
        Box::new(wasm_std::WasmStd),
        Box::new(cargo_tool::WasmBindgen),
        Box::new(cargo_tool::TRUNK),
        Box::new(npm::Packages { folder: "web", reason: "they bundle and check the page's TypeScript" }),
        Box::new(weights::MINILM),
        Box::new(weights::SERVED),
        Box::new(weights::Index),
    ]
}

/// Brings what is missing, one step after another; stops at the first that fails.
pub fn set_up(machine: &Machine, steps: &[Box<dyn Step>]) -> Result<()> {
    let start = Instant::now();
    let mut missing = Vec::new();
    for step in steps {
        match step.state(machine).with_context(|| step.name())? {
            State::Present(detail) => println!("ok      {}: {detail}", step.name()),
            State::Missing(detail) => missing.push((step, detail)),
        }
    }
    if missing.is_empty() {
        println!(
            "All that is needed is there ({} steps, looked at in {:.1} s).",
            steps.len(),
            start.elapsed().as_secs_f64()
        );
        return Ok(());
    }
    let core_secs: u64 = missing.iter().map(|(step, _)| step.core_secs()).sum();
    let n_cores = Machine::n_cores();
    let estimate = minutes(Duration::from_secs(core_secs / n_cores as u64));
    println!("{} of {} to set up, about {estimate} on {n_cores} cores.", missing.len(), steps.len());
    for (position, (step, detail)) in missing.iter().enumerate() {
        println!("[{} of {}] {} ({detail}): {}", position + 1, missing.len(), step.name(), step.reason());
        bring(machine, step.as_ref())?;
    }
    println!("Set up in {}.", minutes(start.elapsed()));
    Ok(())
}

fn bring(machine: &Machine, step: &dyn Step) -> Result<()> {
    let (name, start) = (step.name(), Instant::now());
    // Another step may have brought it too: the list of models is made of the models.
    if let State::Present(detail) = step.state(machine).with_context(|| name.clone())? {
        println!("ok      {name}: {detail}");
        return Ok(());
    }
    match step.install(machine) {
        Err(error) if step.is_optional() => {
            println!("left out {name}: {}", crate::child::explained(&error));
            return Ok(());
        }
        other => other.with_context(|| format!("setting up {name}"))?,
    }
    match step.state(machine).with_context(|| name.clone())? {
        State::Present(detail) => println!("ok      {name}: {detail} (after {})", minutes(start.elapsed())),
        State::Missing(detail) => bail!("{name} was set up and is still not right: {detail}"),
    }
    Ok(())
}

/// True if a step is not done.
pub fn is_missing(machine: &Machine, steps: &[Box<dyn Step>]) -> bool {
    steps.iter().any(|step| !matches!(step.state(machine), Ok(State::Present(_))))
}

/// Prints the state of each step; changes nothing.
pub fn list(machine: &Machine, steps: &[Box<dyn Step>]) -> Result<()> {
    let mut n_missing = 0;
    for step in steps {
        let (mark, detail) = match step.state(machine) {
            Ok(State::Present(detail)) => ("ok     ", detail),
            Ok(State::Missing(detail)) => ("missing", format!("{detail} ({})", step.reason())),
            Err(error) => ("error  ", format!("{error:#}")),
        };
        n_missing += usize::from(mark != "ok     ");
        println!("{mark} {}: {detail}", step.name());
    }
    if n_missing > 0 {
        println!("\n{n_missing} to set up: `cargo xtask setup` does it, and so does each task for what it needs.");
    }
    Ok(())
}
