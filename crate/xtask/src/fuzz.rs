//! `cargo xtask fuzz`: damaged files for every reader of them, by libFuzzer (crate/fuzz).
//!
//! libFuzzer has to see which code an input reaches. Only `sbert` is compiled so: this program stands in for the compiler
//! of the workspace's own crates and adds the flags, so burn and the other dependencies are not compiled once more.

use crate::child::{require_success, run};
use crate::files;
use crate::machine::Machine;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::collections::VecDeque;
use std::env;
use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// What to fuzz, and for how long.
#[derive(Args)]
pub struct Options {
    /// Minutes in all; each reader gets its share
    #[arg(long, value_name = "N", default_value_t = 10)]
    minutes: u64,
    /// Instead: cases of each reader, those of an earlier time not counted
    #[arg(long, value_name = "N", conflicts_with = "minutes")]
    cases: Option<u64>,
    /// One reader only: a folder of crate/fuzz/corpus, such as pairs
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
    /// Read this file and nothing else, as after a failure
    #[arg(long, value_name = "FILE", requires = "reader")]
    repeat: Option<PathBuf>,
}

/// Where the seeds are, a folder for each reader.
const CORPUS: &str = "crate/fuzz/corpus";
/// Tells this program that cargo calls it as the compiler.
const AS_COMPILER: &str = "XTASK_AS_COMPILER";
/// How libFuzzer sees what is reached: a counter on each edge, and the values that are compared. (cargo-fuzz's flags.)
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/// Longest input (`MAX_INPUT_BYTES` of crate/fuzz), seconds for one, and memory in MB. All far beyond what is usual.
const LIMITS: [&str; 3] = ["-max_len=16384", "-timeout=20", "-rss_limit_mb=4096"];
/// Between two lines of progress.
const PAUSE: Duration = Duration::from_secs(10);
/// Lines of a failure that are shown.
const MAX_LINES: usize = 40;

/// Builds the fuzzer and runs it on one reader after the other; stops at the first failure.
pub fn fuzz(machine: &Machine, options: &Options) -> Result<()> {
    let readers = match &options.reader {
        Some(name) => vec![name.clone()],
        None => readers(&machine.root.join(CORPUS))?,
    };
    let program = build(machine)?;
    if let (Some(file), [reader]) = (&options.repeat, readers.as_slice()) {
        return run(Command::new(program).env("SBERT_FUZZ_READER", reader).arg(file));
    }
    let end = match options.cases {
        Some(n_cases) => End::Cases(n_cases),
        None => End::Secs((options.minutes * 60 / readers.len() as u64).max(1)),
    };
    println!("{} readers, {end} each; Ctrl-C stops", readers.len());
    let folder = machine.target_folder()?.join("fuzz");
    let mut n_cases = Vec::new();
    for reader in &readers {
        n_cases.push(run_reader(&program, reader, &folder.join(reader), end)?);
    }
    println!("\n── cases ──");
    readers.iter().zip(n_cases).for_each(|(reader, n_cases)| println!("{reader}: {n_cases}, no failure"));
    Ok(())
}

fn readers(corpus: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(corpus).with_context(|| format!("cannot read {}", corpus.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The fuzzer's program, with `sbert` compiled so that libFuzzer sees what is reached.
fn build(machine: &Machine) -> Result<PathBuf> {
    let this_program = env::current_exe().context("this program's own path is unknown")?;
    let mut cargo = machine.command("cargo");
    cargo.args(["build", "--release", "-p", "sbert-fuzz", "--features", "libfuzzer", "--bin", "fuzz"]);
    run(cargo.env("RUSTC_WORKSPACE_WRAPPER", this_program).env(AS_COMPILER, "1"))
        .context("remedy: libFuzzer is built by a C++ compiler; on Debian and Ubuntu: apt-get install g++")?;
    Ok(machine.target_folder()?.join("release").join("fuzz"))
}

/// If cargo calls this program as the compiler: compile, and be done.
pub fn as_compiler() -> Option<ExitCode> {
    env::var_os(AS_COMPILER)?;
    let mut arguments = env::args_os().skip(1);
    let mut compiler = Command::new(arguments.next()?);
    compiler.args(compiler_arguments(arguments.collect()));
    let status = compiler.env_remove(AS_COMPILER).status().ok()?;
    Some(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn compiler_arguments(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_sbert = arguments.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1] == "sbert");
    if is_sbert {
        arguments.extend(COVERAGE.map(OsString::from));
    }
    arguments
}

/// When a reader is done.
#[derive(Clone, Copy)]
enum End {
    Secs(u64),
    Cases(u64),
}

impl Display for End {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secs(secs) => write!(formatter, "{secs} s"),
            Self::Cases(n_cases) => write!(formatter, "{n_cases} cases"),
        }
    }
}

/// Run one reader to its end; the number of cases. What reached new code is kept in `folder` for the next time.
fn run_reader(program: &Path, reader: &str, folder: &Path, end: End) -> Result<u64> {
    let (found, seeds) = (folder.join("found"), folder.join("seeds"));
    files::create_folder(&found)?;
    files::create_folder(&seeds)?;
    let mut command = Command::new(program);
    command
        .args([&found, &seeds])
        .args(LIMITS)
        .arg(match end {
            End::Secs(secs) => format!("-max_total_time={secs}"),
            End::Cases(n_cases) => format!("-runs={n_cases}"),
        })
        .arg(format!("-artifact_prefix={}/", folder.display()))
        .arg("-print_final_stats=1")
        .env("SBERT_FUZZ_READER", reader)
        .env("SBERT_FUZZ_SEEDS", &seeds);
    let mut child =
        command.stderr(Stdio::piped()).spawn().with_context(|| format!("cannot start {}", program.display()))?;
    let mut report = Report::default();
    let (start, mut shown) = (Instant::now(), Instant::now());
    for line in child.stderr.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        report.look_at(&line?);
        if shown.elapsed() >= PAUSE {
            shown = Instant::now();
            println!("{reader}: {} cases in {} s, of {end}", report.n_cases, start.elapsed().as_secs());
        }
    }
    let status = child.wait()?;
    println!("{reader}: {} cases in {} s", report.n_cases, start.elapsed().as_secs());
    let Some(input) = &report.failing_input else {
        require_success(&command, status)?;
        return Ok(report.n_cases);
    };
    println!("{}", Vec::from(report.last_lines).join("\n"));
    bail!(
        "{reader} failed after {} cases; the input is {input}\nagain: cargo xtask fuzz --reader {reader} --repeat {input}",
        report.n_cases
    )
}

/// What libFuzzer says.
#[derive(Default)]
struct Report {
    n_cases: u64,
    failing_input: Option<String>,
    last_lines: VecDeque<String>,
}

impl Report {
    fn look_at(&mut self, line: &str) {
        let number_after = |text: &str| {
            let digits: String =
                line.strip_prefix(text)?.trim_start().chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        self.n_cases = number_after("#").or(number_after("stat::number_of_executed_units:")).unwrap_or(self.n_cases);
        if let Some((_, path)) = line.split_once("Test unit written to ") {
            self.failing_input = Some(path.to_owned());
        }
        if self.last_lines.len() == MAX_LINES {
            self.last_lines.pop_front();
        }
        self.last_lines.push_back(line.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_readers_crate_is_watched() {
        let of =
            |name: &str| compiler_arguments(["--crate-name", name, "src/lib.rs"].map(OsString::from).to_vec()).len();
        assert_eq!((of("sbert"), of("sbert_kernels"), of("build_script_build")), (8, 3, 3));
    }

    #[test]
    fn cases_and_the_failing_input_are_found_in_what_libfuzzer_says() {
        let mut report = Report::default();
        for line in [
            "INFO: seed corpus: files: 9",
            "#10\tINITED cov: 20 ft: 21 corp: 2/30b exec/s: 0 rss: 60Mb",
            "#4096\tpulse  cov: 400",
            "artifact_prefix='x/'; Test unit written to x/crash-1f",
            "stat::number_of_executed_units: 5000",
        ] {
            report.look_at(line);
        }
        assert_eq!((report.n_cases, report.failing_input.as_deref()), (5000, Some("x/crash-1f")));
        assert_eq!(report.last_lines.len(), 5);
    }

    #[test]
    fn each_folder_of_seeds_is_a_reader() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let found = readers(&root.join(CORPUS)).unwrap();
        assert!(found.len() > 5 && found.iter().any(|name| name == "pairs"), "{found:?}");
        assert!(crate::child::explained(&readers(Path::new("no-such-folder")).unwrap_err()).contains("no-such-folder"));
    }
}
