//! The standard library for WebAssembly, which rustup brings.

use super::{State, Step};
use crate::child::{capture, run};
use crate::files;
use crate::machine::Machine;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds the library from Debian's source package, for machines on which rustup has no network.
const FROM_DEBIAN: &str = include_str!("../../assets/wasm_std_from_debian.sh");

/// The step that brings `std` and, for the browser tests, `test`.
pub struct WasmStd;

impl Step for WasmStd {
    fn name(&self) -> String {
        format!("standard library for {TARGET}")
    }

    fn reason(&self) -> &'static str {
        "the page is Rust compiled to WebAssembly"
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let compiler = capture(machine.command("rustc").arg("--version"))?.trim().to_owned();
        Ok(state_of(&library_folder(machine)?, compiler))
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        let Err(error) = run(machine.command("rustup").args(["target", "add", TARGET])) else { return Ok(()) };
        let remedy = format!(
            "remedy: with network, `rustup target add {TARGET}`; without rustup, your system's package of it \
             (Debian: libstd-rust-dev-wasm32)"
        );
        if machine.find_program("dpkg-deb").is_none() {
            return Err(error.context(remedy));
        }
        println!("  rustup cannot bring it ({error:#}); building it from Debian's source, about two minutes");
        let script = machine.cache.join("wasm-std").join("build.sh");
        files::write_whole(&script, &mut FROM_DEBIAN.as_bytes())?;
        run(machine.command("sh").arg(&script).arg(library_folder(machine)?)).context(remedy)
    }
}

/// Where the active compiler looks for it.
fn library_folder(machine: &Machine) -> Result<PathBuf> {
    let folder = capture(machine.command("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    Ok(PathBuf::from(folder.trim()))
}

fn state_of(folder: &Path, compiler: String) -> State {
    let names: Vec<String> = fs::read_dir(folder).map_or_else(
        |_| Vec::new(),
        |entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect(),
    );
    let has = |start: &str| names.iter().any(|name| name.starts_with(start) && name.ends_with(".rlib"));
    match (has("libstd-"), has("libtest-")) {
        (true, true) => State::Present(compiler),
        (true, false) => State::Missing("it lacks `test`".to_owned()),
        (false, _) => State::Missing("not installed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_without_tests_is_not_enough() {
        let folder = tempfile::tempdir().unwrap();
        let is_present = || matches!(state_of(folder.path(), String::new()), State::Present(_));
        assert!(!is_present());
        for name in ["libstd-1.rlib", "libstd_detect-1.rlib", "libtest-1.rmeta"] {
            fs::write(folder.path().join(name), "").unwrap();
            assert!(!is_present(), "{name}");
        }
        fs::write(folder.path().join("libtest-1.rlib"), "").unwrap();
        assert!(is_present());
    }
}
