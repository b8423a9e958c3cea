//! `cargo xtask bench`: how fast the page is, beside its peers; what is measured is in tests/bench.

use crate::child::{NPM, capture, run};
use crate::machine::Machine;
use crate::setup;
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
    /// Some sections only (those of tests/bench/harness/settings.mjs)
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = ["matmul", "encode", "page", "train", "growth"])]
    only: Vec<String>,
    /// Replace tests/bench/RESULTS.md and its plots
    #[arg(long)]
    write: bool,
}

/// Where the harness lives.
const FOLDER: &str = "tests/bench";

/// Sets up what is missing, builds the page and the bench module as they are served, and measures.
pub fn bench(machine: &Machine, options: &Options) -> Result<()> {
    setup::set_up(machine, &setup::all_steps())?;
    install_peer(machine);
    println!("\n── trunk build --release ──");
    run(machine.command("trunk").args(["build", "--release"]))?;
    println!("\n── the bench module ──");
    let module = build_module(machine)?;

    let mut harness = machine.command("node");
    harness.arg(format!("{FOLDER}/run.mjs")).arg("--module").arg(module).args(harness_arguments(options)?);
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

/// The folder with the bench module, built and optimised as the page's worker is.
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
    let target = target_folder(machine)?;
    let folder = target.join("bench-page");
    let built = target.join("wasm32-unknown-unknown").join("release").join("bench.wasm");
    run(machine
        .command("wasm-bindgen")
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(built))?;

    let page = machine.root.join("web").join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let optimisation = wasm_opt_arguments(&html).with_context(|| {
        format!("{} says nothing of wasm-opt, which the page's worker goes through", page.display())
    })?;
    let module = folder.join("bench_bg.wasm");
    let wasm_opt =
        machine.find_program("wasm-opt").context("wasm-opt is not installed: `cargo xtask setup` does that")?;
    run(machine.command(wasm_opt).args(optimisation).arg(&module).arg("-o").arg(&module))?;
    Ok(folder)
}

/// Where cargo builds to, which the environment or a configuration may have moved.
fn target_folder(machine: &Machine) -> Result<PathBuf> {
    let metadata = capture(machine.command("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let folder = string_field(&metadata, "target_directory").context("`cargo metadata` names no target folder")?;
    Ok(PathBuf::from(folder))
}

/// A field of a JSON object whose value is a path.
fn string_field(json: &str, name: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{name}\":\""))?;
    let (value, _) = rest.split_once('"')?;
    // What JSON escapes in the path of a folder is Windows's separator.
    Some(value.replace(r"\\", r"\"))
}

/// What Trunk gives wasm-opt for the page's worker.
fn wasm_opt_arguments(html: &str) -> Option<Vec<String>> {
    let (_, worker) = html.split_once("data-bin=\"worker\"")?;
    let attribute = |name: &str| Some(worker.split_once(&format!("{name}=\""))?.1.split_once('"')?.0);
    let level = format!("-O{}", attribute("data-wasm-opt")?);
    let flags = attribute("data-wasm-opt-params")?.split_whitespace().map(str::to_owned);
    Some(std::iter::once(level).chain(flags).collect())
}

fn harness_arguments(options: &Options) -> Result<Vec<OsString>> {
    let mut arguments = Vec::new();
    if options.quick {
        arguments.push("--quick".into());
    }
    if let Some(python) = &options.python {
        arguments.extend(["--python".into(), program_path(python)?.into()]);
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
        let none = Options { quick: false, python: None, only: Vec::new(), write: false };
        assert!(harness_arguments(&none).unwrap().is_empty());
        let only = ["matmul", "train"].map(str::to_owned).to_vec();
        let all = Options { quick: true, python: Some("python3".into()), only, write: true };
        let expect = ["--quick", "--python", "python3", "--only", "matmul,train", "--write"];
        assert_eq!(harness_arguments(&all).unwrap(), expect);
    }

    #[test]
    fn a_path_is_absolute_and_a_name_is_not() {
        assert_eq!(program_path(Path::new("python3")).unwrap(), Path::new("python3"));
        assert!(program_path(Path::new("env/bin/python")).unwrap().is_absolute());
    }

    #[test]
    fn the_target_folder_is_read_from_metadata() {
        let json = r#"{"packages":[],"target_directory":"C:\\code\\target","version":1}"#;
        assert_eq!(string_field(json, "target_directory").as_deref(), Some(r"C:\code\target"));
        assert_eq!(string_field(json, "other"), None);
    }

    #[test]
    fn the_page_says_how_its_worker_is_optimised() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/index.html");
        let arguments = wasm_opt_arguments(&fs::read_to_string(page).unwrap()).unwrap();
        assert!(arguments[0].starts_with("-O"), "{arguments:?}");
        assert!(arguments.contains(&"--enable-simd".to_owned()), "{arguments:?}");
        assert_eq!(wasm_opt_arguments("<link data-bin=\"worker\">"), None);
    }
}
