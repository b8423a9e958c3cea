//! Programs that `cargo install` brings: wasm-bindgen, trunk, wasm-pack.

use super::{State, Step};
use crate::child::{capture, is_missing_program, run};
use crate::machine::Machine;
use crate::version::{Version, locked_version};
use anyhow::{Context, Result};
use std::fs;

/// The command line of wasm-bindgen, in exactly the version of the library in `Cargo.lock`: they speak a private format.
pub struct WasmBindgen;

impl WasmBindgen {
    fn locked(machine: &Machine) -> Result<String> {
        let path = machine.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}: `cargo generate-lockfile` makes it", path.display()))?;
        let version = locked_version(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
        Ok(version.to_owned())
    }
}

impl Step for WasmBindgen {
    fn name(&self) -> String {
        "wasm-bindgen".to_owned()
    }

    fn reason(&self) -> &'static str {
        "trunk and wasm-pack make the JavaScript around the WebAssembly with it"
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let locked = Self::locked(machine)?;
        Ok(match installed_version(machine, "wasm-bindgen")? {
            Some(version) if version.to_string() == locked => State::Present(locked),
            Some(version) => State::Missing(format!("{version} is there, Cargo.lock says {locked}")),
            None => State::Missing("not installed".to_owned()),
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        // Without `--locked`: its lock file may name versions that are gone from the registry.
        install(machine, &["wasm-bindgen-cli", "--version", &Self::locked(machine)?])
    }
}

/// A program of which any recent enough version will do.
pub struct CargoTool {
    name: &'static str,
    reason: &'static str,
    /// Accepted from this version on.
    at_least: &'static str,
    /// Installed where none is accepted.
    version: &'static str,
}

/// Builds the page.
pub const TRUNK: CargoTool = CargoTool {
    name: "trunk",
    reason: "it builds and serves the page; its build takes many minutes, once",
    at_least: "0.21",
    version: "0.21.14",
};

/// Runs the browser tests.
pub const WASM_PACK: CargoTool = CargoTool {
    name: "wasm-pack",
    reason: "it runs the WebAssembly tests in a browser; its build takes some minutes, once",
    at_least: "0.13",
    version: "0.15.1",
};

impl Step for CargoTool {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn reason(&self) -> &'static str {
        self.reason
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let at_least = Version::find_in(self.at_least);
        Ok(match installed_version(machine, self.name)? {
            Some(version) if Some(&version) >= at_least.as_ref() => State::Present(version.to_string()),
            Some(version) => State::Missing(format!("{version} is there, too old")),
            None => State::Missing("not installed".to_owned()),
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        install(machine, &[self.name, "--version", self.version, "--locked"])
    }
}

/// What `PROGRAM --version` says; `None` without such a program.
fn installed_version(machine: &Machine, program: &str) -> Result<Option<Version>> {
    match capture(machine.command(program).arg("--version")) {
        Ok(line) => Ok(Version::find_in(&line)),
        Err(error) if is_missing_program(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Installs into cargo's `bin`, with the build kept in the cache so that an interrupted one goes on.
fn install(machine: &Machine, arguments: &[&str]) -> Result<()> {
    run(machine
        .command("cargo")
        .arg("install")
        .args(arguments)
        .arg("--root")
        .arg(&machine.cargo_home)
        .env("CARGO_TARGET_DIR", machine.tools_target()))
    .context("remedy: if a download failed, run it again; if a build failed, update Rust with `rustup update`")
}
