//! `cargo xtask bench`: how fast the page is, beside its peers; what is measured is in tests/bench.

use crate::child::{NPM, run};
use crate::machine::Machine;
use crate::setup::{self, Consent};
use anyhow::{Context, Result};
use clap::Args;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Fewer rounds and smaller runs: for trying the bench, not for figures
    #[arg(long)]
    quick: bool,
    /// A Python with torch, transformers and onnx, for the peers that need one
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Pairs of STS-B's test set, CSV of two sentences and a score: for quality beside speed; needs --python
    #[arg(long, value_name = "FILE", requires = "python")]
    stsb: Option<PathBuf>,
    /// Some sections only (those of tests/bench/harness/settings.mjs)
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = ["matmul", "encode", "wide", "gpu", "page", "train", "growth"])]
    only: Vec<String>,
    /// Replace tests/bench/RESULTS.md and its plots
    #[arg(long)]
    write: bool,
}

/// Where the harness lives.
const FOLDER: &str = "tests/bench";

/// The example of crate/kernels that multiplies natively.
const PRODUCT: &str = "native_product";

/// Sets up what is missing, builds the page and the bench module as they are served, and measures.
pub fn bench(machine: &Machine, options: &Options, consent: Consent) -> Result<()> {
    setup::set_up(machine, &setup::all_steps(consent))?;
    install_peer(machine);
    println!("\n── trunk build --release ──");
    run(machine.command("trunk").args(["build", "--release"]))?;
    println!("\n── the bench module ──");
    let module = build_module(machine)?;
    println!("\n── the terminal's program ──");
    run(machine.command("cargo").args(["build", "--release", "--package", "sbert-cli"]))?;
    run(machine.command("cargo").args(["build", "--release", "--package", "sbert-kernels", "--example", PRODUCT]))?;
    let built = machine.target_folder()?.join("release");
    let program = built.join(format!("sbert{}", std::env::consts::EXE_SUFFIX));
    let product = built.join("examples").join(format!("{PRODUCT}{}", std::env::consts::EXE_SUFFIX));

    let mut harness = machine.command("node");
    harness
        .arg(format!("{FOLDER}/run.mjs"))
        .arg("--module")
        .arg(module)
        .arg("--program")
        .arg(program)
        .arg("--product")
        .arg(product);
    harness.args(harness_arguments(options)?);
    if let Some(browser) = setup::browser_path(machine) {
        harness.env("CHROME", browser);
    }
    run(&mut harness)
}

/// onnxruntime-web; without it the bench goes on and says what it could not compare with.
fn install_peer(machine: &Machine) {
    let folder = machine.root.join(FOLDER);
    let modified = |file: &str| fs::metadata(folder.join(file)).and_then(|found| found.modified()).ok();
    // npm writes the second one last.
    if modified("node_modules/.package-lock.json") >= modified("package-lock.json") {
        return;
    }
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    if let Err(error) = run(machine.command(NPM).current_dir(folder).args(arguments)) {
        eprintln!("the peer in the browser is left out: {error:#}");
    }
}

/// The folder with the bench module, built as the page's worker is.
fn build_module(machine: &Machine) -> Result<PathBuf> {
    run(machine.command("cargo").args([
        "build",
        "--release",
        "--target",
        "wasm32-unknown-unknown",
        "--no-default-features",
        "--features",
        "bench",
        "--bin",
        "bench",
    ]))?;
    let target = machine.target_folder()?;
    let folder = target.join("bench-page");
    let built = target.join("wasm32-unknown-unknown").join("release").join("bench.wasm");
    run(machine
        .command("wasm-bindgen")
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(built))?;
    Ok(folder)
}

fn harness_arguments(options: &Options) -> Result<Vec<OsString>> {
    let mut arguments = Vec::new();
    if options.quick {
        arguments.push("--quick".into());
    }
    if let Some(python) = &options.python {
        arguments.extend(["--python".into(), program_path(python)?.into()]);
    }
    if let Some(stsb) = &options.stsb {
        let absolute = std::path::absolute(stsb).with_context(|| format!("cannot make {} absolute", stsb.display()))?;
        arguments.extend(["--stsb".into(), absolute.into()]);
    }
    if !options.only.is_empty() {
        arguments.extend(["--only".into(), options.only.join(",").into()]);
    }
    if options.write {
        arguments.push("--write".into());
    }
    Ok(arguments)
}

/// The harness runs in the clone's root: a path is made absolute first, a name is left to the search path. Links are kept,
/// because a virtual environment's Python is one.
fn program_path(program: &Path) -> Result<PathBuf> {
    if program.components().count() < 2 {
        return Ok(program.to_path_buf());
    }
    std::path::absolute(program).with_context(|| format!("cannot make {} absolute", program.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_passed_on() {
        let none = Options { quick: false, python: None, stsb: None, only: Vec::new(), write: false };
        assert!(harness_arguments(&none).unwrap().is_empty());
        let only = ["matmul", "train"].map(str::to_owned).to_vec();
        let all =
            Options { quick: true, python: Some("python3".into()), stsb: Some("/stsb.csv".into()), only, write: true };
        let expect = ["--quick", "--python", "python3", "--stsb", "/stsb.csv", "--only", "matmul,train", "--write"];
        assert_eq!(harness_arguments(&all).unwrap(), expect);
    }

    #[test]
    fn a_path_is_absolute_and_a_name_is_not() {
        assert_eq!(program_path(Path::new("python3")).unwrap(), Path::new("python3"));
        assert!(program_path(Path::new("env/bin/python")).unwrap().is_absolute());
    }
}
