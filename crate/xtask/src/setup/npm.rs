//! The npm packages that the lock files name.

use super::{State, Step};
use crate::child::{NPM, run};
use crate::machine::Machine;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// The packages of one folder with a `package-lock.json`.
pub struct Packages {
    /// Relative to the clone.
    pub folder: &'static str,
    /// What they are for.
    pub reason: &'static str,
}

impl Step for Packages {
    fn name(&self) -> String {
        format!("npm packages of {}", self.folder)
    }

    fn reason(&self) -> &'static str {
        self.reason
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let folder = machine.root.join(self.folder);
        let lock = modified(&folder.join("package-lock.json"))?;
        // npm writes this one last.
        Ok(match modified(&folder.join("node_modules").join(".package-lock.json")) {
            Ok(installed) if installed >= lock => State::Present("as locked".to_owned()),
            Ok(_) => State::Missing("older than the lock file".to_owned()),
            Err(_) => State::Missing("not installed".to_owned()),
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        // Install scripts download what packages do not carry; ours carry what they need.
        run(machine.command(NPM).current_dir(machine.root.join(self.folder)).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ]))
        .context("remedy: if a download failed, run it again; npm keeps what it has")
    }
}

fn modified(path: &Path) -> Result<SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).with_context(|| format!("cannot read {}", path.display()))
}
