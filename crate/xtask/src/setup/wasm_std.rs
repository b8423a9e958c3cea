//! The standard library for WebAssembly: by rustup, or built from source where rustup cannot bring it.

use super::{State, Step, debian};
use crate::child::{capture, run};
use crate::files;
use crate::machine::Machine;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

const TARGET: &str = "wasm32-unknown-unknown";

/// Beside a library that we built: the compiler it is for. rustup, which updates what it installed itself, leaves ours.
const MARKER: &str = "built-by-xtask";

/// Name of the empty crate whose dependencies are the standard library.
const PROBE: &str = "standard_library_probe";

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
        let sysroot = Sysroot::find(machine)?;
        Ok(state_of(&sysroot.target_folder().join("lib"), &sysroot.compiler))
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        let sysroot = Sysroot::find(machine)?;
        // Whatever lies there is incomplete, for another compiler, or two libraries on top of each other. rustup would
        // add its own files beside it, and a second `std` breaks every build.
        let _ = capture(machine.command("rustup").args(["target", "remove", TARGET]));
        files::remove(&sysroot.target_folder())?;
        forget_stale_builds(machine)?;
        let Err(error) = run(machine.command("rustup").args(["target", "add", TARGET])) else {
            return Ok(());
        };
        println!("  rustup cannot bring it ({error:#}); building it from source, about a minute");
        build_from_source(machine, &sysroot).with_context(|| {
            format!(
                "remedy: with network, `rustup target add {TARGET}`; \
                 with Debian's own Rust, install its package libstd-rust-dev-wasm32"
            )
        })
    }
}

/// The active toolchain's folder and its compiler.
struct Sysroot {
    folder: PathBuf,
    /// The line that `rustc --version` prints.
    compiler: String,
}

impl Sysroot {
    fn find(machine: &Machine) -> Result<Self> {
        let folder = capture(machine.command("rustc").args(["--print", "sysroot"]))?.trim().into();
        let compiler = capture(machine.command("rustc").arg("--version"))?.trim().to_owned();
        Ok(Self { folder, compiler })
    }

    fn target_folder(&self) -> PathBuf {
        self.folder.join("lib").join("rustlib").join(TARGET)
    }

    fn source_folder(&self) -> PathBuf {
        self.folder.join("lib").join("rustlib").join("src").join("rust").join("library")
    }

    /// `1.95.0` of `rustc 1.95.0 (59807616e 2026-04-14)`.
    fn release(&self) -> Result<&str> {
        self.compiler.split_whitespace().nth(1).with_context(|| format!("no version in `{}`", self.compiler))
    }
}

/// Whether the folder holds exactly one library, for this compiler.
fn state_of(lib_folder: &Path, compiler: &str) -> State {
    let names: Vec<String> = fs::read_dir(lib_folder).map_or_else(
        |_| Vec::new(),
        |entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect(),
    );
    let count = |start: &str| names.iter().filter(|name| name.starts_with(start) && name.ends_with(".rlib")).count();
    match (count("libstd-"), count("libtest-")) {
        (1, 1) => match fs::read_to_string(lib_folder.join(MARKER)) {
            Ok(built_for) if built_for.trim() != compiler => {
                State::Missing(format!("the one there is for {}", built_for.trim()))
            }
            Ok(_) => State::Present(format!("built from source for {compiler}")),
            Err(_) => State::Present(compiler.to_owned()),
        },
        (0, _) => State::Missing("not installed".to_owned()),
        (1, 0) => State::Missing("it lacks `test`".to_owned()),
        (n_std, _) => State::Missing(format!("{n_std} libraries lie on top of each other")),
    }
}

fn build_from_source(machine: &Machine, sysroot: &Sysroot) -> Result<()> {
    let source = sysroot.source_folder();
    if !source_fits(&source, &sysroot.compiler) {
        debian::fetch_library_source(machine, sysroot.release()?, &source)?;
        fs::write(source.join(MARKER), &sysroot.compiler).context("cannot mark the library's source")?;
    }
    // A folder for each compiler: files of two would be copied together.
    let folder = machine.cache.join("wasm-std").join(sysroot.release()?);
    write_probe(&folder)?;
    let target = folder.join("target");
    run(machine
        .command("cargo")
        .current_dir(&folder)
        .args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,test", "--target-dir"])
        .arg(&target)
        // `-Z` on a stable compiler; it is that compiler's own library.
        .env("RUSTC_BOOTSTRAP", "1")
        // Without bitcode a build with fat LTO cannot use the library.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes"))?;
    install_libraries(&target.join(TARGET).join("release").join("deps"), sysroot)?;
    files::remove(&folder)
}

/// Source that rustup installed is updated with the compiler; source that we fetched says for which one.
fn source_fits(source: &Path, compiler: &str) -> bool {
    source.join("std").is_dir()
        && fs::read_to_string(source.join(MARKER)).map_or(true, |fetched_for| fetched_for.trim() == compiler)
}

fn write_probe(folder: &Path) -> Result<()> {
    let manifest = format!("[package]\nname = \"{PROBE}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n");
    files::write_whole(&folder.join("Cargo.toml"), &mut manifest.as_bytes())?;
    files::write_whole(&folder.join("src").join("lib.rs"), &mut "#![no_std]\n".as_bytes())
}

/// Copies the built libraries beside their place, then gives the whole folder its name.
fn install_libraries(built: &Path, sysroot: &Sysroot) -> Result<()> {
    let target_folder = sysroot.target_folder();
    let unfinished = files::partial(&target_folder);
    files::remove(&unfinished)?;
    let lib = unfinished.join("lib");
    files::create_folder(&lib)?;
    let probe = format!("lib{PROBE}");
    for entry in fs::read_dir(built).with_context(|| format!("cannot list {}", built.display()))? {
        let path = entry.with_context(|| format!("cannot list {}", built.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with(&probe) {
            fs::copy(&path, lib.join(&name)).with_context(|| format!("cannot copy {name} to {}", lib.display()))?;
        }
    }
    fs::write(lib.join(MARKER), &sysroot.compiler).context("cannot mark the built library")?;
    if let State::Missing(why) = state_of(&lib, &sysroot.compiler) {
        bail!("the library built in {} is not whole: {why}", built.display());
    }
    files::remove(&target_folder)?;
    files::rename(&unfinished, &target_folder)
}

/// Results built with an earlier library do not fit a new one, and say so only by odd E0463 errors.
fn forget_stale_builds(machine: &Machine) -> Result<()> {
    let metadata =
        capture(machine.command("cargo").args(["metadata", "--no-deps", "--format-version", "1", "--offline"]))?;
    let Some((_, rest)) = metadata.split_once("\"target_directory\":\"") else { return Ok(()) };
    let Some((folder, _)) = rest.split_once('"') else { return Ok(()) };
    files::remove(&Path::new(&folder.replace("\\\\", "\\")).join(TARGET))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], marker: Option<&str>, expect_present: bool) {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            fs::write(folder.path().join(name), "").unwrap();
        }
        if let Some(compiler) = marker {
            fs::write(folder.path().join(MARKER), compiler).unwrap();
        }
        let state = state_of(folder.path(), "rustc 1.95.0");
        assert_eq!(matches!(state, State::Present(_)), expect_present, "{names:?} {marker:?}: {state:?}");
    }

    #[test]
    fn only_one_whole_library_for_this_compiler_counts() {
        let whole = ["libstd-1.rlib", "libtest-1.rlib", "libstd_detect-1.rlib", "libcore-1.rlib"];
        check(&whole, None, true);
        check(&whole, Some("rustc 1.95.0\n"), true);
        check(&whole, Some("rustc 1.94.0"), false);
        check(&[], None, false);
        check(&["libstd-1.rlib"], None, false);
        check(&["libstd-1.rmeta", "libtest-1.rmeta"], None, false);
        check(&["libstd-1.rlib", "libstd-2.rlib", "libtest-1.rlib", "libtest-2.rlib"], None, false);
    }
}
