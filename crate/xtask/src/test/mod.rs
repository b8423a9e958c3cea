//! `cargo xtask test`: everything CI runs, in CI's order.
//!
//! All of it runs on a pristine copy of the clone, in which nothing is that a build or an earlier set-up has made. So what
//! works here works for whoever clones the repository, and what the README says is tried as it stands there.

mod legs;
mod pristine;
mod readme;
mod server;

use crate::child::{NPM, run, run_looking, split};
use crate::files;
use crate::machine::Machine;
use crate::setup::{self, Consent};
use anyhow::{Context, Result, bail};
use legs::Legs;
use readme::Phase;
use server::Server;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::time::Instant;
use zip::ZipArchive;

/// One command of the run.
struct Check {
    /// Where it runs, relative to the clone; empty for its root.
    folder: &'static str,
    /// The command, word by word.
    words: &'static str,
    /// Whether its tests compare numbers with PyTorch's, each backend reporting a leg.
    reports_legs: bool,
}

/// In the order in which they run, after the README's first commands: what answers soonest first.
const CHECKS: [Check; 13] = [
    at_root("cargo fmt --all --check"),
    within("web", "npm run lint"),
    within("web", "npm run typecheck"),
    within("web", "npm test"),
    within("web", "npm run sizes"),
    within("tests/e2e", "npm run typecheck"),
    // The bench's own arithmetic; it needs no packages, and measures nothing.
    within("tests/bench", "npm test"),
    // In release like all that is built here, so that build scripts and macros are compiled once.
    at_root("cargo clippy --release --workspace --exclude wasm-bindgen-tools --all-targets"),
    at_root(
        "cargo clippy --release -p sbert-kernels -p sbert -p sbert-lab -p sbert-page --target wasm32-unknown-unknown --all-targets",
    ),
    // Both show what passing tests print: the one when a program's tests are done, so that lines of tests that run at
    // the same time don't mix, the other through the browser's console. wasm-pack takes the first `--` for itself; it
    // tests the release build, of which the page is made too.
    // In release, as the terminal's program is built, so that burn is compiled once for both; our arithmetic checks for
    // overflow there too, and what asserts more in the dev profile, the kernels, is tested in that as well.
    at_root("cargo test -p sbert-kernels"),
    at_root("cargo test --release --workspace --exclude wasm-bindgen-tools -- --show-output").with_legs(),
    at_root("wasm-pack test --headless --chrome --release -- -- --nocapture").with_legs(),
    // These drive the page that the README's commands have built.
    within("tests/e2e", "npm test"),
];

/// Where the page is served when `cargo xtask serve` is tried, so that one at the usual port isn't in the way.
const PORT: u16 = 46_175;
/// Where Trunk serves unless told otherwise.
const TRUNK_PORT: u16 = 8080;

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

    /// Runs it. A terminal is its own, unless it reports legs; elsewhere `last_lines` keeps the end of what it printed.
    fn run(&self, machine: &Machine, legs: &mut Legs, last_lines: &mut LastLines) -> Result<()> {
        let mut command = split(machine, self.words);
        command.current_dir(machine.root.join(self.folder));
        // Another compiler, tried on purpose, may know more warnings.
        if self.words.starts_with("cargo clippy") && machine.has_pinned_compiler()? {
            command.args(["--", "-D", "warnings"]);
        }
        // The end-to-end tests drive the browser that the set-up found.
        if let Some(browser) = setup::browser_path(machine) {
            command.env("CHROME", browser);
        }
        if !self.reports_legs && io::stdout().is_terminal() {
            return run(&mut command);
        }
        run_looking(&mut command, |line| {
            legs.look_at(line);
            last_lines.push(line);
        })?;
        if self.reports_legs { legs.require_any(&self.title()) } else { Ok(()) }
    }
}

/// The end of what a check printed, for whoever reads a log from its end.
#[derive(Default)]
struct LastLines(VecDeque<String>);

impl LastLines {
    /// Enough for what Playwright or libtest say of a failed test.
    const MAX: usize = 60;

    fn push(&mut self, line: &str) {
        if self.0.len() == Self::MAX {
            self.0.pop_front();
        }
        self.0.push_back(line.trim_end().to_owned());
    }
}

/// Sets up what is missing and runs every check; stops at the first that fails.
pub fn test(machine: &Machine, consent: Consent) -> Result<()> {
    let mut report = Report::default();
    let copy = report.step("a pristine copy of this folder", || pristine::copy(machine));
    let copied = match &copy {
        Some(copy) => Some(machine.at(copy.folder.clone())?),
        None => None,
    };
    let at = |work: &mut dyn FnMut(&Machine) -> Result<()>| copied.as_ref().map_or(Ok(()), work);

    report.step("set-up: what drives the page", || {
        at(&mut |machine| setup::set_up(machine, &setup::steps_for_driving(consent)))
    });
    let commands = report.step("the README's commands", || readme::commands(&machine.root)).unwrap_or_default();
    let run_those_of = |report: &mut Report, phase: Phase| {
        for command in commands.iter().filter(|command| command.phase == phase) {
            report.step(&format!("README: {}", command.words), || {
                at(&mut |machine| run_as_typed(machine, &command.words))
            });
        }
    };
    run_those_of(&mut report, Phase::FreshClone);
    report.step("set-up: the rest", || {
        at(&mut |machine| setup::set_up(machine, &setup::all_steps(consent)))?;
        // What follows runs on the copy; this folder is set up too, for whoever goes on working in it.
        setup::set_up(machine, &setup::all_steps(consent))
    });
    let (mut legs, mut last_lines) = (Vec::new(), LastLines::default());
    for check in &CHECKS {
        let (mut its_legs, mut its_lines) = (Legs::default(), LastLines::default());
        report.step(&check.title(), || at(&mut |machine| check.run(machine, &mut its_legs, &mut its_lines)));
        legs.extend(its_legs.into_lines());
        // What isn't run after a failure prints nothing.
        if report.failure.is_some() && !its_lines.0.is_empty() {
            last_lines = its_lines;
        }
    }
    report.step("what the page exported, under the README's names", || at(&mut unpack_exports));
    run_those_of(&mut report, Phase::AfterExports);
    if let Some(copied) = &copied {
        for folder in ["dist", "tests/e2e/output"] {
            pristine::copy_folder(&copied.root.join(folder), &machine.root.join(folder))?;
        }
    }

    if !legs.is_empty() {
        println!("\n── numbers against PyTorch ──\n{}", legs.join("\n"));
    }
    println!("\n── summary ──\n{}", summary(&report.lines));
    if !last_lines.0.is_empty() {
        println!("\n── the last lines of what failed ──\n{}", Vec::from(last_lines.0).join("\n"));
    }
    report.failure.map_or(Ok(()), |error| bail!(error))
}

/// Runs a command of the README. The first that serves the page is left once a visit to it has gone well; `trunk serve`,
/// which that command has become, once it answers.
fn run_as_typed(machine: &Machine, words: &str) -> Result<()> {
    let (words, port) = match words {
        // That is what is running.
        "cargo xtask test" => return Ok(()),
        "cargo xtask serve" => (format!("{words} --no-open --port {PORT}"), PORT),
        "trunk serve" => (words.to_owned(), TRUNK_PORT),
        _ => return run(machine.command("sh").args(["-c", words])),
    };
    let server = Server::start(machine, &words, port)?;
    if port == TRUNK_PORT {
        return Ok(());
    }
    let mut visit = machine.command(NPM);
    visit.args(["run", "first-visit"]).current_dir(machine.root.join("tests/e2e")).env("SITE_URL", &server.address);
    if let Some(browser) = setup::browser_path(machine) {
        visit.env("CHROME", browser);
    }
    run(&mut visit)
}

/// Puts the files that the page exported in the end-to-end tests where the README's commands look for them.
fn unpack_exports(machine: &Machine) -> Result<()> {
    let exports = machine.root.join("tests").join("e2e").join("output").join("interop");
    let model = exports.join("model.zip");
    fs::copy(&model, machine.root.join("trained.zip")).with_context(|| format!("cannot copy {}", model.display()))?;

    let recipe = exports.join("recipe.zip");
    let file = File::open(&recipe).with_context(|| format!("cannot open {}", recipe.display()))?;
    let mut archive = ZipArchive::new(file)?;
    let mut n_unpacked = 0;
    for idx in 0..archive.len() {
        let mut entry = archive.by_index(idx)?;
        // They lie in a folder that is named after the run.
        let name = entry.name()?.rsplit('/').next().unwrap_or_default().to_owned();
        if name == "pairs.jsonl" || name == "run.json" {
            files::write_whole(&machine.root.join(name), &mut entry)?;
            n_unpacked += 1;
        }
    }
    if n_unpacked != 2 {
        bail!("{} does not hold pairs.jsonl and run.json", recipe.display());
    }
    Ok(())
}

/// What became of each step, and the first failure, after which nothing more is run.
#[derive(Default)]
struct Report {
    lines: Vec<Line>,
    failure: Option<anyhow::Error>,
}

/// One line of the summary.
struct Line {
    title: String,
    /// `None` for what was not reached.
    result: Option<(bool, f64)>,
}

impl Report {
    /// Does one step, unless one before it failed.
    fn step<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        let title = title.to_owned();
        if self.failure.is_some() {
            self.lines.push(Line { title, result: None });
            return None;
        }
        println!("\n── {title} ──");
        let start = Instant::now();
        let result = work();
        let secs = start.elapsed().as_secs_f64();
        println!("── {} after {secs:.1} s ──", if result.is_ok() { "passed" } else { "FAILED" });
        self.lines.push(Line { title, result: Some((result.is_ok(), secs)) });
        result.map_err(|error| self.failure = Some(error)).ok()
    }
}

fn summary(lines: &[Line]) -> String {
    let whole: f64 = lines.iter().filter_map(|line| Some(line.result?.1)).sum();
    let rows = lines.iter().map(|line| match line.result {
        Some((true, secs)) => format!("passed   {secs:7.1} s  {}", line.title),
        Some((false, secs)) => format!("FAILED   {secs:7.1} s  {}", line.title),
        None => format!("not run            {}", line.title),
    });
    rows.chain([format!("in all   {whole:7.1} s")]).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_has_one_line_a_check() {
        let line = |title: &str, result| Line { title: title.to_owned(), result };
        let lines = [line("one", Some((true, 1.25))), line("two", Some((false, 100.0))), line("three", None)];
        let expect = "passed       1.2 s  one\nFAILED     100.0 s  two\nnot run            three\nin all     101.2 s";
        assert_eq!(summary(&lines), expect);
    }

    #[test]
    fn nothing_runs_after_a_failure() {
        let mut report = Report::default();
        assert_eq!(report.step("one", || Ok(1)), Some(1));
        assert_eq!(report.step::<()>("two", || bail!("broken")), None);
        assert_eq!(report.step("three", || -> Result<()> { unreachable!() }), None);
        assert_eq!(report.lines.iter().filter(|line| line.result.is_none()).count(), 1);
        assert_eq!(report.failure.unwrap().to_string(), "broken");
    }

    #[test]
    fn a_check_that_should_report_legs_fails_without() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::in_folder(folder.path());
        let run = |check: Check| check.run(&machine, &mut Legs::default(), &mut LastLines::default());
        run(at_root("cargo --version")).unwrap();
        let error = run(at_root("cargo --version").with_legs()).unwrap_err();
        assert!(format!("{error:#}").contains("no leg was reported by `cargo --version`"), "{error:#}");
    }

    #[test]
    fn of_what_was_printed_the_end_is_kept() {
        let mut last_lines = LastLines::default();
        (1..=LastLines::MAX + 2).for_each(|number| last_lines.push(&format!("{number}\n")));
        let lines = Vec::from(last_lines.0);
        assert_eq!((lines.len(), lines[0].as_str()), (LastLines::MAX, "3"));
    }

    #[test]
    fn a_runs_files_are_found_in_the_zips_folder() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::in_folder(folder.path());
        let exports = folder.path().join("tests/e2e/output/interop");
        files::write_whole(&exports.join("model.zip"), &mut &b"model"[..]).unwrap();
        let mut recipe = zip::ZipWriter::new(File::create(exports.join("recipe.zip")).unwrap());
        for name in ["run/README.md", "run/run.json", "run/pairs.jsonl"] {
            recipe.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        }
        recipe.finish().unwrap();
        unpack_exports(&machine).unwrap();
        assert!(["trained.zip", "run.json", "pairs.jsonl"].iter().all(|name| folder.path().join(name).is_file()));
        assert!(!folder.path().join("README.md").exists());
    }

    #[test]
    fn a_title_is_the_command_as_typed() {
        assert_eq!(CHECKS[0].title(), "cargo fmt --all --check");
        assert_eq!(CHECKS[1].title(), "npm run lint (in web)");
    }
}
