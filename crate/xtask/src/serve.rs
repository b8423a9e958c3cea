//! `cargo xtask serve`: the page in a browser, with one command.

use crate::child::{become_command, shown};
use crate::machine::Machine;
use crate::progress::{compile, minutes};
use crate::setup::{self, Consent};
use anyhow::{Context, Result};
use clap::Args;
use std::env;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How to serve.
#[derive(Args)]
pub struct Options {
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    /// The port to listen on
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// One of the page's two modules, as web/index.html has Trunk build it.
struct Module {
    name: &'static str,
    bin: &'static str,
    /// What chooses the crate's features.
    features: &'static [&'static str],
    /// What compiling it was seen to take on one core, after the one before it.
    core_secs: u64,
}

const MODULES: [Module; 2] = [
    Module { name: "the CPU module", bin: "worker", features: &["--no-default-features"], core_secs: 280 },
    Module {
        name: "the WebGPU module",
        bin: "worker_webgpu",
        features: &["--features=webgpu,ndarray"],
        core_secs: 820,
    },
];

/// What Trunk needs to put the page together: bundling, and the JavaScript around the modules.
const ASSEMBLY_SECS: u64 = 20;

/// Sets up what is missing and serves until it is interrupted.
pub fn serve(machine: &Machine, options: &Options, consent: Consent) -> Result<()> {
    let start = Instant::now();
    println!("── part 1 of 4: set-up ──");
    setup::set_up(machine, &setup::steps_for_serving(consent))?;
    build_modules(machine)?;
    println!("\n── part 4 of 4: the page, put together by Trunk (about {ASSEMBLY_SECS} s) ──");
    println!("{} so far. Trunk says when the page is at http://localhost:{}/", minutes(start.elapsed()), options.port);
    if setup::is_missing(machine, &setup::steps_beside_serving()) {
        println!("Beside it, wasm-pack is set up, which runs the browser tests.");
        // This process becomes Trunk: another one waits for the build.
        let mut beside = Command::new(env::current_exe().context("cannot find this program's own file")?);
        beside.args(["setup", "--beside-serving"]).current_dir(&machine.root).stdin(Stdio::null());
        beside.spawn().with_context(|| format!("cannot start `{}`", shown(&beside)))?;
    }
    become_command(machine.command("trunk").args(trunk_arguments(options)))
}

/// Compiles what Trunk would, which shows no progress, so that Trunk finds it done.
fn build_modules(machine: &Machine) -> Result<()> {
    let core_secs: u64 = MODULES.iter().map(|module| module.core_secs).sum();
    let n_cores = Machine::n_cores() as u64;
    let whole = minutes(Duration::from_secs(core_secs / n_cores));
    println!(
        "\nThe first build compiles both modules in about {whole} on {n_cores} cores; later ones only what has changed."
    );
    for (idx, module) in MODULES.iter().enumerate() {
        println!("\n── part {} of 4: {} ──", idx + 2, module.name);
        let mut cargo = machine.command("cargo");
        cargo
            .args(["build", "--release", "--target=wasm32-unknown-unknown", "--bin", module.bin])
            .args(module.features);
        compile(&mut cargo, module.core_secs).with_context(|| format!("building {}", module.name))?;
    }
    Ok(())
}

fn trunk_arguments(options: &Options) -> Vec<String> {
    let mut arguments = vec!["serve".to_owned(), "--port".to_owned(), options.port.to_string()];
    if !options.no_open {
        arguments.push("--open".to_owned());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn check(options: &Options, expect: &str) {
        assert_eq!(trunk_arguments(options).join(" "), expect);
    }

    #[test]
    fn the_page_opens_unless_asked_otherwise() {
        check(&Options { no_open: false, port: 8080 }, "serve --port 8080 --open");
        check(&Options { no_open: true, port: 9000 }, "serve --port 9000");
    }

    #[test]
    fn the_modules_are_those_of_the_page() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/index.html");
        let html = fs::read_to_string(page).unwrap();
        let bins: Vec<&str> =
            html.split("data-bin=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
        assert_eq!(bins, MODULES.map(|module| module.bin));
    }
}
