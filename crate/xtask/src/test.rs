//! `cargo xtask test`: everything CI runs, in CI's order.

use crate::child::{NPM, run, run_looking};
use crate::legs::Legs;
use crate::machine::Machine;
use crate::setup;
use anyhow::{Result, bail};
use std::time::Instant;

/// One command of the run.
struct Check {
    /// Where it runs, relative to the clone; empty for its root.
    folder: &'static str,
    /// The command, word by word.
    words: &'static str,
    /// Whether its tests compare numbers with PyTorch's, each backend reporting a leg.
    reports_legs: bool,
}

/// In the order in which they run: what answers soonest first, what builds on another after it.
const CHECKS: [Check; 14] = [
    at_root("cargo fmt --all --check"),
    within("web", "npm run lint"),
    within("web", "npm run typecheck"),
    within("web", "npm test"),
    within("tests/e2e", "npm run typecheck"),
    // The bench's own arithmetic; it needs no packages, and measures nothing.
    within("tests/bench", "npm test"),
    at_root("cargo clippy --workspace --all-targets -- -D warnings"),
    at_root(
        "cargo clippy -p sbert-kernels -p sbert -p sbert-page --target wasm32-unknown-unknown --all-targets -- -D warnings",
    ),
    // The terminal's GPU backend: most machines that run this have no GPU to test it on.
    at_root("cargo clippy -p sbert-cli --features wgpu -- -D warnings"),
    // Both show what passing tests print: the one when a program's tests are done, so that lines of tests that run at
    // the same time don't mix, the other through the browser's console. wasm-pack takes the first `--` for itself; it
    // tests the release build, so that burn with WebGPU is compiled once and not twice.
    at_root("cargo test --workspace -- --show-output").with_legs(),
    at_root("wasm-pack test --headless --chrome --release -- -- --nocapture").with_legs(),
    at_root("trunk build --release"),
    within("web", "npm run sizes"),
    // Last: these drive the page that trunk has just built.
    within("tests/e2e", "npm test"),
];

const fn at_root(words: &'static str) -> Check {
    within("", words)
}

const fn within(folder: &'static str, words: &'static str) -> Check {
    Check { folder, words, reports_legs: false }
}

impl Check {
    const fn with_legs(self) -> Self {
        Self { reports_legs: true, ..self }
    }

    fn title(&self) -> String {
        if self.folder.is_empty() { self.words.to_owned() } else { format!("{} (in {})", self.words, self.folder) }
    }

    /// Runs it, with the terminal for its own unless it reports legs.
    fn run(&self, machine: &Machine, legs: &mut Legs) -> Result<()> {
        let mut words = self.words.split(' ');
        let program = words.next().unwrap_or_default();
        let mut command = machine.command(if program == "npm" { NPM } else { program });
        command.args(words).current_dir(machine.root.join(self.folder));
        // The end-to-end tests drive the browser that the set-up found.
        if let Some(browser) = setup::browser_path(machine) {
            command.env("CHROME", browser);
        }
        if !self.reports_legs {
            return run(&mut command);
        }
        run_looking(&mut command, |line| legs.look_at(line))?;
        legs.require_any(&self.title())
    }
}

/// What became of one line of the summary.
struct Line {
    title: String,
    /// `None` for what was not reached.
    result: Option<(Result<()>, f64)>,
}

/// Sets up what is missing and runs every check; stops at the first that fails.
pub fn test(machine: &Machine) -> Result<()> {
    let mut lines = vec![timed("set-up".to_owned(), || setup::set_up(machine, &setup::all_steps()))];
    let mut legs = Vec::new();
    for check in &CHECKS {
        let has_failed = lines.iter().any(|line| !matches!(line.result, Some((Ok(()), _))));
        lines.push(if has_failed {
            Line { title: check.title(), result: None }
        } else {
            let mut its_legs = Legs::default();
            let line = timed(check.title(), || check.run(machine, &mut its_legs));
            legs.extend(its_legs.into_lines());
            line
        });
    }
    if !legs.is_empty() {
        println!("\n── numbers against PyTorch ──\n{}", legs.join("\n"));
    }
    println!("\n── summary ──\n{}", summary(&lines));
    let failed = lines.into_iter().find_map(|line| match line.result {
        Some((Err(error), _)) => Some(error),
        _ => None,
    });
    failed.map_or(Ok(()), |error| bail!(error))
}

fn timed(title: String, work: impl FnOnce() -> Result<()>) -> Line {
    println!("\n── {title} ──");
    let start = Instant::now();
    let result = work();
    let secs = start.elapsed().as_secs_f64();
    println!("── {} after {secs:.1} s ──", if result.is_ok() { "passed" } else { "FAILED" });
    Line { title, result: Some((result, secs)) }
}

fn summary(lines: &[Line]) -> String {
    let rows = lines.iter().map(|line| match &line.result {
        Some((Ok(()), secs)) => format!("passed   {secs:7.1} s  {}", line.title),
        Some((Err(_), secs)) => format!("FAILED   {secs:7.1} s  {}", line.title),
        None => format!("not run            {}", line.title),
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn the_summary_has_one_line_a_check() {
        let line = |title: &str, result| Line { title: title.to_owned(), result };
        let lines = [
            line("one", Some((Ok(()), 1.25))),
            line("two", Some((Err(anyhow!("broken")), 100.0))),
            line("three", None),
        ];
        let expect = "passed       1.2 s  one\nFAILED     100.0 s  two\nnot run            three";
        assert_eq!(summary(&lines), expect);
    }

    #[test]
    fn a_check_that_should_report_legs_fails_without() {
        let folder = tempfile::tempdir().unwrap();
        let [root, cache, cargo_home] = std::array::from_fn(|_| folder.path().to_owned());
        let machine = Machine { root, cache, cargo_home };
        let silent = at_root("cargo --version");
        silent.run(&machine, &mut Legs::default()).unwrap();
        let error = silent.with_legs().run(&machine, &mut Legs::default()).unwrap_err();
        assert!(format!("{error:#}").contains("no leg was reported by `cargo --version`"), "{error:#}");
    }

    #[test]
    fn a_title_is_the_command_as_typed() {
        assert_eq!(CHECKS[0].title(), "cargo fmt --all --check");
        assert_eq!(CHECKS[1].title(), "npm run lint (in web)");
    }
}
