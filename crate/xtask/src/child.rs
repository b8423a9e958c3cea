//! Running other programs, with errors that say what to do.

use crate::machine::Machine;
use anyhow::{Context, Result, bail};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::process::{Command, ExitStatus, Stdio};

/// Runs a command whose output belongs on the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    require_success(command, status)
}

/// Runs a command whose output belongs on the terminal, and looks at each line of its standard output as it comes.
pub fn run_looking(command: &mut Command, look_at: impl FnMut(&str)) -> Result<()> {
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    let shown_whole = match child.stdout.take() {
        Some(output) => pass_lines(BufReader::new(output), &mut io::stdout(), look_at),
        None => Ok(()),
    };
    // Waited for in any case: it has closed its output, or meets a closed one and ends.
    let status = child.wait().with_context(|| format!("cannot wait for `{}`", shown(command)))?;
    shown_whole.with_context(|| format!("cannot pass on what `{}` prints", shown(command)))?;
    require_success(command, status)
}

/// Copies line by line. What is not UTF-8 is replaced: Windows refuses to show it.
fn pass_lines(mut output: impl BufRead, terminal: &mut dyn Write, mut look_at: impl FnMut(&str)) -> io::Result<()> {
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        terminal.write_all(text.as_bytes())?;
        terminal.flush()?;
        look_at(&text);
        line.clear();
    }
    Ok(())
}

pub fn require_success(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a command for what it prints on standard output.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), output.status, last_lines(&complaint, 4));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the error means that there is no such program.
pub fn is_missing_program(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|e| e.kind() == ErrorKind::NotFound)
}

/// The whole error for a reader: what failed and why, then on lines of their own what to do about it.
pub fn explained(error: &anyhow::Error) -> String {
    let (remedies, causes): (Vec<String>, Vec<String>) =
        error.chain().map(ToString::to_string).partition(|message| message.starts_with("remedy: "));
    std::iter::once(format!("error: {}", causes.join(": "))).chain(remedies).collect::<Vec<_>>().join("\n")
}

/// The command that a line of words stands for; its words hold no spaces.
pub fn split(machine: &Machine, words: &str) -> Command {
    let mut words = words.split(' ');
    let program = words.next().unwrap_or_default();
    let mut command = machine.command(if program == "npm" { NPM } else { program });
    command.args(words);
    command
}

/// Becomes the command, so that whoever ends this process ends it; where that can't be, waits for it.
pub fn become_command(command: &mut Command) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        let error = command.exec();
        Err(error).with_context(|| cannot_start(command))
    }
    #[cfg(not(unix))]
    run(command)
}

/// npm's name as a program: on Windows it is a script.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Python's name as a program.
pub const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn cannot_start(command: &Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    if let Some(folder) = command.get_current_dir().filter(|folder| !folder.is_dir()) {
        return format!("cannot start `{program}`: there is no folder {}", folder.display());
    }
    match how_to_get(&program) {
        Some(remedy) => format!("cannot start `{program}`: {remedy}"),
        None => format!("cannot start `{program}`"),
    }
}

/// Where to get a program that the set-up does not bring itself.
fn how_to_get(program: &str) -> Option<&'static str> {
    match program {
        "cargo" | "rustc" | "rustup" => Some("install Rust with rustup, see rust-lang.org/tools/install"),
        "node" | NPM => Some("install Node.js 20 or newer, see nodejs.org"),
        PYTHON => Some("install Python 3.9 or newer with pip, see python.org"),
        "apt-get" | "apt-cache" | "dpkg-deb" => Some("it belongs to Debian's package manager"),
        _ => None,
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(is_missing_program(&error));
        assert!(format!("{error:#}").contains("`no-such-program-here`"), "{error:#}");
    }

    #[test]
    fn a_failed_command_is_shown_as_typed() {
        let error = run(Command::new("cargo").arg("no-such-subcommand")).unwrap_err();
        assert!(!is_missing_program(&error));
        assert!(format!("{error:#}").contains("`cargo no-such-subcommand` failed"), "{error:#}");
    }

    #[test]
    fn each_line_is_passed_on_and_looked_at() {
        let (mut terminal, mut lines) = (Vec::new(), Vec::new());
        pass_lines(&b"one\r\n\xff two\n\nend"[..], &mut terminal, |line| lines.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["one\r\n", "\u{fffd} two\n", "\n", "end"]);
        assert_eq!(terminal, lines.concat().as_bytes());
    }

    #[test]
    fn a_command_that_is_looked_at_can_fail_too() {
        let mut n_lines = 0;
        run_looking(Command::new("cargo").arg("--version"), |_| n_lines += 1).unwrap();
        assert_eq!(n_lines, 1);
        let error = run_looking(Command::new("cargo").arg("no-such-subcommand"), |_| {}).unwrap_err();
        assert!(format!("{error:#}").contains("`cargo no-such-subcommand` failed"), "{error:#}");
    }

    #[test]
    fn the_remedy_comes_last() {
        let error = anyhow::anyhow!("no route").context("remedy: plug it in").context("setting up x");
        assert_eq!(explained(&error), "error: setting up x: no route\nremedy: plug it in");
    }

    #[test]
    fn only_the_end_of_a_complaint_is_kept() {
        assert_eq!(last_lines("a\n\nb\nc\n", 2), "b\n  c");
        assert_eq!(last_lines("", 2), "");
    }
}
