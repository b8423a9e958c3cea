//! The legs: for each backend, how far its numbers are from PyTorch's, picked out of what the tests print.

use anyhow::{Result, anyhow};

/// What a line of a test's output holds that reports a leg; the leg follows.
const MARKER: &str = "oracle leg: ";

/// The legs that one check reports, in the order in which they come.
#[derive(Default)]
pub struct Legs {
    found: Vec<String>,
}

impl Legs {
    /// Takes the leg out of a line of output, if it is there. A test that fails has its output shown once more, so a
    /// second copy is dropped.
    pub fn look_at(&mut self, line: &str) {
        let Some((_, leg)) = line.split_once(MARKER) else { return };
        let leg = leg.trim();
        if !leg.is_empty() && !self.found.iter().any(|known| known == leg) {
            self.found.push(leg.to_owned());
        }
    }

    /// An error unless there is one: tests that compare nothing pass too.
    pub fn require_any(&self, check: &str) -> Result<()> {
        if !self.found.is_empty() {
            return Ok(());
        }
        let remedy = format!("remedy: a test in it must print a line with `{MARKER}`, and its output must be shown");
        Err(anyhow!("no leg was reported by `{check}`").context(remedy))
    }

    /// One a line of the summary.
    pub fn into_lines(self) -> Vec<String> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, expect: &[&str]) {
        let mut legs = Legs::default();
        output.lines().for_each(|line| legs.look_at(line));
        assert_eq!(legs.require_any("cargo test").is_ok(), !expect.is_empty());
        assert_eq!(legs.into_lines(), expect, "{output}");
    }

    #[test]
    fn legs_are_what_follows_the_marker() {
        check(
            "running 2 tests\noracle leg: ndarray: forward 2.1e-7 (all: loss)\n",
            &["ndarray: forward 2.1e-7 (all: loss)"],
        );
        check("test a ... oracle leg: flex: forward 1e-6\r\nok\n", &["flex: forward 1e-6"]);
        check("oracle leg: b\noracle leg: a\n", &["b", "a"]);
    }

    #[test]
    fn a_leg_shown_twice_is_one() {
        check("oracle leg: a\nfailures:\n    oracle leg: a\noracle leg: b\n", &["a", "b"]);
    }

    #[test]
    fn what_reports_nothing_is_no_leg() {
        check("", &[]);
        check("test oracle ... ok\noracle legs: 3\noracle leg:\noracle leg:  \n", &[]);
    }

    #[test]
    fn a_silent_check_is_named() {
        let error = Legs::default().require_any("cargo test").unwrap_err();
        assert!(crate::child::explained(&error).starts_with("error: no leg was reported by `cargo test`\nremedy: "));
    }
}
