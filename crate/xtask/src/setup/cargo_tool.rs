//! Programs that `cargo install` brings: wasm-bindgen, trunk, wasm-pack.

use super::{State, Step};
use crate::child::{capture, is_missing_program, run};
use crate::machine::Machine;
use crate::progress::compile;
use crate::version::{locked_version, version_in};
use anyhow::{Context, Result};
use semver::Version;
use std::fs;
use std::process::Command;

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
        let tools = machine.root.join("crate").join("xtask").join("tools");
        // By the project's own lock file. `--force`, because another version's programs may lie there, by another name.
        build(
            machine,
            machine.command("cargo").args(["install", "--force", "--path"]).arg(tools),
            "1",
            self.core_secs(),
        )
    }

    fn core_secs(&self) -> u64 {
        160
    }
}

/// A program of which any recent enough version will do.
pub struct CargoTool {
    name: &'static str,
    reason: &'static str,
    /// Accepted from this version on.
    at_least: Version,
    /// Installed where none is accepted.
    version: &'static str,
    /// What building it was seen to take on one core.
    core_secs: u64,
}

/// Builds the page.
pub const TRUNK: CargoTool = CargoTool {
    name: "trunk",
    reason: "it builds and serves the page",
    at_least: Version::new(0, 21, 0),
    version: "0.21.14",
    core_secs: 280,
};

/// Runs the browser tests.
pub const WASM_PACK: CargoTool = CargoTool {
    name: "wasm-pack",
    reason: "it runs the WebAssembly tests in a browser",
    at_least: Version::new(0, 13, 0),
    version: "0.15.1",
    core_secs: 100,
};

impl Step for CargoTool {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn reason(&self) -> &'static str {
        self.reason
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        Ok(match installed_version(machine, self.name)? {
            Some(version) if version >= self.at_least => State::Present(version.to_string()),
            Some(version) => State::Missing(format!("{version} is there, too old")),
            None => State::Missing("not installed".to_owned()),
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        install(machine, self.name, self.version, self.core_secs)
    }

    fn core_secs(&self) -> u64 {
        self.core_secs
    }
}

/// What `PROGRAM --version` says; `None` without such a program.
fn installed_version(machine: &Machine, program: &str) -> Result<Option<Version>> {
    match capture(machine.command(program).arg("--version")) {
        Ok(line) => Ok(version_in(&line)),
        Err(error) if is_missing_program(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Installs into cargo's `bin`: a prebuilt program where cargo-binstall is there to fetch it, otherwise built from source.
fn install(machine: &Machine, package: &str, version: &str, core_secs: u64) -> Result<()> {
    if machine.find_program("cargo-binstall").is_some() {
        println!("  with cargo-binstall, as a prebuilt program");
        let arguments = ["binstall", "--no-confirm", "--disable-strategies", "compile", "--root"];
        let mut binstall = machine.command("cargo");
        binstall.args(arguments).arg(&machine.cargo_home).arg(format!("{package}@{version}"));
        match run(&mut binstall) {
            Ok(()) => return Ok(()),
            Err(error) => println!("  that failed ({error:#}); building it from source"),
        }
    }
    // Its commands wait for other programs.
    build(machine, machine.command("cargo").args(["install", package, "--version", version]), "0", core_secs)
}

/// Builds a program with little optimisation: it runs for seconds, and the minutes to optimise it would never be won back.
fn build(machine: &Machine, command: &mut Command, opt_level: &str, core_secs: u64) -> Result<()> {
    command
        .args(["--locked", "--root"])
        .arg(&machine.cargo_home)
        // Trunk hashes every file that it serves.
        .args(["--config", "profile.release.package.sha2.opt-level=3"])
        // Kept, so that an interrupted build continues, and shared by the tools.
        .env("CARGO_TARGET_DIR", machine.tools_target())
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    compile(command, core_secs)
        .context("remedy: if a download failed, run it again; if a build failed, report the compiler's message")
}
