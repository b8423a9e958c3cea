//! How far a long command is, and about how long it will still take.

use crate::child::{require_success, shown};
use crate::machine::Machine;
use anyhow::{Context, Result};
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Between two lines where the output is kept in a file: often enough to see that something happens.
const BETWEEN_LINES: Duration = Duration::from_secs(30);
/// Between two states of the one line on a terminal.
const BETWEEN_STATES: Duration = Duration::from_millis(500);

/// Runs a cargo command that compiles, and shows how many of its crates are compiled and how long the rest takes.
///
/// `core_secs`: what compiling all of them was seen to take on one core. The estimate scales with the cores here and with
/// what is compiled already.
pub fn compile(command: &mut Command, core_secs: u64) -> Result<()> {
    // cargo's own bar knows how far it is; its width is fixed, so that the numbers are never cut off.
    command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "80").stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", shown(command)))?;
    let mut meter = Meter::new(Duration::from_secs(core_secs / Machine::n_cores() as u64));
    if let Some(output) = child.stderr.take() {
        pass_on(BufReader::new(output), &mut meter).context("cannot show what cargo prints")?;
    }
    let status = child.wait().with_context(|| format!("cannot wait for `{}`", shown(command)))?;
    meter.end();
    require_success(command, status)
}

/// Takes the numbers out of cargo's bar, drops its lists of crates, and passes everything else on.
fn pass_on(output: impl BufRead, meter: &mut Meter) -> io::Result<()> {
    let mut line = Vec::new();
    for byte in output.bytes() {
        let byte = byte?;
        if byte != b'\n' && byte != b'\r' {
            line.push(byte);
            continue;
        }
        let text = String::from_utf8_lossy(&line).into_owned();
        match meaning(&text) {
            Line::Progress(n_done, n_all) => meter.show(n_done, n_all),
            Line::Crate => {}
            Line::Other => meter.interrupt(&text),
        }
        line.clear();
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Line {
    /// So many crates of so many are compiled.
    Progress(usize, usize),
    /// One crate is begun.
    Crate,
    /// A warning, an error, or what else a person wants to see.
    Other,
}

fn meaning(line: &str) -> Line {
    // What erases the bar on a terminal.
    let text = line.replace("\u{1b}[K", "");
    let text = text.trim();
    if text.starts_with("Building [") {
        let counts = text.split_once("] ").and_then(|(_, rest)| rest.split([':', ' ']).next()?.split_once('/'));
        if let Some((Ok(n_done), Ok(n_all))) = counts.map(|(done, all)| (done.parse(), all.parse())) {
            return Line::Progress(n_done, n_all);
        }
    }
    let of_a_crate = ["Compiling ", "Checking ", "Downloaded ", "Downloading ", "Building [", "Fetch ["];
    if text.is_empty() || of_a_crate.iter().any(|start| text.starts_with(start)) { Line::Crate } else { Line::Other }
}

/// One line on a terminal, or a line now and then elsewhere.
struct Meter {
    estimate: Duration,
    start: Instant,
    shown_at: Option<Instant>,
    /// Crates that were compiled already.
    n_fresh: Option<usize>,
    on_terminal: bool,
}

impl Meter {
    fn new(estimate: Duration) -> Self {
        Self { estimate, start: Instant::now(), shown_at: None, n_fresh: None, on_terminal: io::stderr().is_terminal() }
    }

    fn show(&mut self, n_done: usize, n_all: usize) {
        let elapsed = self.start.elapsed();
        let n_fresh = *self.n_fresh.get_or_insert(n_done);
        let between = if self.on_terminal { BETWEEN_STATES } else { BETWEEN_LINES };
        if self.shown_at.unwrap_or(self.start).elapsed() < between {
            return;
        }
        self.shown_at = Some(Instant::now());
        let left = left(self.estimate, elapsed, n_fresh, n_done, n_all);
        let text = format!("{n_done} of {n_all} crates, {} so far, about {} left", minutes(elapsed), minutes(left));
        let (before, after) = if self.on_terminal { ("\r\u{1b}[K  ", "") } else { ("  ", "\n") };
        eprint!("{before}{text}{after}");
        let _ = io::stderr().flush();
    }

    fn interrupt(&self, line: &str) {
        eprintln!("{}{line}", if self.on_terminal { "\r\u{1b}[K" } else { "" });
    }

    fn end(&self) {
        if self.on_terminal {
            eprint!("\r\u{1b}[K");
        }
    }
}

/// What is left of the estimate, or what the crates that are left would take if all were alike, whichever is longer: the
/// crates at the end take longest, and machines differ.
fn left(estimate: Duration, elapsed: Duration, n_fresh: usize, n_done: usize, n_all: usize) -> Duration {
    let share = |n: usize| n as f64 / n_all.max(1) as f64;
    let expected = estimate.mul_f64(share(n_all.saturating_sub(n_fresh)));
    expected.saturating_sub(elapsed).max(estimate.mul_f64(share(n_all.saturating_sub(n_done))))
}

/// A duration in words: seconds up to a minute and a half, minutes and seconds from there.
pub fn minutes(duration: Duration) -> String {
    let secs = duration.as_secs();
    if secs < 90 { format!("{secs} s") } else { format!("{} min {:02} s", secs / 60, secs % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_cargos_bar() {
        let bar = "\u{1b}[K    Building [=====>              ] 118/420: burn-flex, gemm-f32";
        assert_eq!(meaning(bar), Line::Progress(118, 420));
        assert_eq!(meaning("    Building [                    ] 0/3"), Line::Progress(0, 3));
        assert_eq!(meaning("   Compiling burn-flex v0.22.1"), Line::Crate);
        assert_eq!(meaning("       Fetch [====>     ] 406 complete; 3 pending"), Line::Crate);
        assert_eq!(meaning("warning: unused variable"), Line::Other);
        assert_eq!(meaning("    Finished `release` profile"), Line::Other);
    }

    #[test]
    fn the_estimate_follows_what_is_there_and_never_ends_early() {
        let secs = Duration::from_secs;
        assert_eq!(left(secs(600), secs(0), 0, 0, 100), secs(600));
        // Half was there already.
        assert_eq!(left(secs(600), secs(0), 50, 50, 100), secs(300));
        // Small crates come first.
        assert_eq!(left(secs(600), secs(60), 0, 50, 100), secs(540));
        // A slower machine.
        assert_eq!(left(secs(600), secs(900), 0, 75, 100), secs(150));
    }

    #[test]
    fn durations_are_read_at_a_glance() {
        assert_eq!(minutes(Duration::from_secs(89)), "89 s");
        assert_eq!(minutes(Duration::from_secs(605)), "10 min 05 s");
    }
}
