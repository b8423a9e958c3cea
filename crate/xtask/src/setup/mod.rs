//! What the project needs beyond Rust, Node and Python, as a list of steps that look before they act.

mod browser;
mod cargo_tool;
mod debian;
mod npm;
mod wasm_opt;
mod wasm_std;
mod weights;

pub use browser::browser_path;

use crate::machine::Machine;
use anyhow::{Context, Result, bail};

/// One thing that must be there before the project builds or its tests run.
pub trait Step {
    /// What it is, in a few words.
    fn name(&self) -> String;

    /// What the project needs it for.
    fn reason(&self) -> &'static str;

    /// Looks whether it is there; changes nothing.
    fn state(&self, machine: &Machine) -> Result<State>;

    /// Brings it. Called when [`Step::state`] says that it is missing; goes on from an interrupted run.
    fn install(&self, machine: &Machine) -> Result<()>;
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
pub fn all_steps() -> Vec<Box<dyn Step>> {
    vec![
        Box::new(wasm_std::WasmStd),
        Box::new(cargo_tool::WasmBindgen),
        Box::new(cargo_tool::TRUNK),
        Box::new(cargo_tool::WASM_PACK),
        Box::new(npm::Packages { folder: "web", reason: "they bundle and check the page's TypeScript" }),
        Box::new(npm::Packages { folder: "tests/e2e", reason: "they drive the browser in the end-to-end tests" }),
        Box::new(wasm_opt::WasmOpt),
        Box::new(browser::Browser),
        Box::new(weights::MINILM),
        Box::new(weights::SERVED),
        Box::new(weights::Index),
        Box::new(weights::BERT_TINY),
    ]
}

/// What building and serving the page needs: no browser driver, no test runner.
pub fn steps_for_serving() -> Vec<Box<dyn Step>> {
    vec![
        Box::new(wasm_std::WasmStd),
        Box::new(cargo_tool::WasmBindgen),
        Box::new(cargo_tool::TRUNK),
        Box::new(npm::Packages { folder: "web", reason: "they bundle the page's TypeScript" }),
        Box::new(wasm_opt::WasmOpt),
        Box::new(weights::MINILM),
        Box::new(weights::SERVED),
        Box::new(weights::Index),
    ]
}

/// Brings what is missing, one step after another; stops at the first that fails.
pub fn set_up(machine: &Machine, steps: &[Box<dyn Step>]) -> Result<()> {
    for step in steps {
        let name = step.name();
        match step.state(machine).with_context(|| name.clone())? {
            State::Present(detail) => println!("ok      {name}: {detail}"),
            State::Missing(detail) => {
                println!("set up  {name} ({detail}): {}", step.reason());
                step.install(machine).with_context(|| format!("setting up {name}"))?;
                match step.state(machine).with_context(|| name.clone())? {
                    State::Present(detail) => println!("ok      {name}: {detail}"),
                    State::Missing(detail) => bail!("{name} was set up and is still not right: {detail}"),
                }
            }
        }
    }
    Ok(())
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
