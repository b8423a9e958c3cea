//! The commands in the README's code blocks, so that they are run as they stand there.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// Begins a comment of the README, on the line before a block, that says why the block is not run here.
const NOT_RUN: &str = "<!-- not run by `cargo xtask test`";

/// When a command can be run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    /// First, on a copy of the clone in which nothing has been made yet.
    FreshClone,
    /// Once the end-to-end tests have left the files that the page exports.
    AfterExports,
}

/// One command as typed, on one line and without its comment.
#[derive(Debug, PartialEq)]
pub struct ReadmeCommand {
    pub words: String,
    pub phase: Phase,
}

/// The commands that are to be run, in the README's order.
pub fn commands(root: &Path) -> Result<Vec<ReadmeCommand>> {
    let path = root.join("README.md");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Vec<ReadmeCommand>> {
    let mut commands = Vec::new();
    let mut before = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            if !before.contains(NOT_RUN) {
                for words in joined(&block) {
                    commands.push(ReadmeCommand { phase: phase_of(&words)?, words });
                }
            }
            before = "";
        } else if !line.trim().is_empty() {
            before = line;
        }
    }
    Ok(commands)
}

/// The block's lines, those that end in a backslash put together with the next, without comments and empty ones.
fn joined(block: &[&str]) -> Vec<String> {
    let mut commands = vec![String::new()];
    for line in block {
        let line = line.split_once(" #").map_or(*line, |(command, _)| command).trim();
        let (part, goes_on) = line.strip_suffix('\\').map_or((line, false), |part| (part.trim_end(), true));
        if let Some(command) = commands.last_mut() {
            command.push_str(if command.is_empty() { "" } else { " " });
            command.push_str(part);
        }
        if !goes_on {
            commands.push(String::new());
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

fn phase_of(words: &str) -> Result<Phase> {
    match words.split(' ').next().unwrap_or_default() {
        "cargo" if words.starts_with("cargo run ") => Ok(Phase::AfterExports),
        "printf" => Ok(Phase::AfterExports),
        "cargo" | "trunk" => Ok(Phase::FreshClone),
        _ => bail!(
            "the README has the command `{words}`, which no leg runs: give it a phase in crate/xtask/src/test/readme.rs, \
             or say why it isn't run in a comment before its block, `{NOT_RUN}: … -->`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, Phase)]) {
        let found = parse(text).unwrap();
        let found: Vec<(&str, Phase)> = found.iter().map(|command| (command.words.as_str(), command.phase)).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn commands_are_taken_as_they_stand() {
        check(
            "Text\n\n```\ncargo xtask serve     # builds\ntrunk build --release\n```\n",
            &[("cargo xtask serve", Phase::FreshClone), ("trunk build --release", Phase::FreshClone)],
        );
        check(
            "```\ncargo run -p sbert-cli -- train \\\n    --out a\n```",
            &[("cargo run -p sbert-cli -- train --out a", Phase::AfterExports)],
        );
    }

    #[test]
    fn a_block_says_that_it_is_not_run() {
        let block = "```\ncargo xtask bench\n```\n";
        check(&format!("<!-- not run by `cargo xtask test`: it takes half an hour -->\n{block}"), &[]);
        check(
            &format!("<!-- not run by `cargo xtask test`: why -->\nText\n\n{block}"),
            &[("cargo xtask bench", Phase::FreshClone)],
        );
    }

    #[test]
    fn a_command_that_no_leg_runs_is_named() {
        let error = parse("```\nmake install\n```").unwrap_err();
        assert!(error.to_string().contains("`make install`, which no leg runs"), "{error}");
    }

    #[test]
    fn both_phases_have_commands_in_the_readme() {
        let found = commands(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap();
        let has = |words: &str| found.iter().any(|command| command.words == words);
        assert!(has("cargo xtask serve") && has("cargo xtask test") && has("trunk serve"), "{found:?}");
        assert!(found.iter().any(|command| command.phase == Phase::AfterExports), "{found:?}");
    }
}
