//! For WebAssembly: compile the relaxed kernel, a module of its own (relaxed/kernel.rs), for the crate to embed; for the
//! bench also what it finds the processor's peak with.
#![allow(clippy::panic, reason = "a build script says what is wrong by panicking")]

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A module to build: its name, source and target features.
type Module = (&'static str, &'static str, &'static str);

const RELAXED: &str = "+simd128,+relaxed-simd";
const KERNEL: Module = ("relaxed_kernel", "relaxed/kernel.rs", RELAXED);
/// What the bench finds the processor's peak with.
const PEAKS: [Module; 2] =
    [("plain_peak", "relaxed/peak.rs", "+simd128"), ("relaxed_peak", "relaxed/peak.rs", RELAXED)];
/// What both sources include.
const INCLUDED: &str = "src/gemm/panel.rs";

fn main() {
    for source in [KERNEL.1, PEAKS[0].1, INCLUDED] {
        println!("cargo::rerun-if-changed={source}");
    }
    if variable("CARGO_CFG_TARGET_ARCH") != "wasm32" {
        return;
    }
    build(KERNEL);
    if env::var_os("CARGO_FEATURE_BENCH").is_some() {
        PEAKS.into_iter().for_each(build);
    }
}

fn build(module: Module) {
    let file = PathBuf::from(variable("OUT_DIR")).join(module.0).with_extension("wasm");
    compile(module, &file);
    let bytes = fs::read(&file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    check_sections(&bytes);
}

fn variable(name: &str) -> OsString {
    env::var_os(name).unwrap_or_else(|| panic!("cargo sets {name} for build scripts; run this through cargo"))
}

fn compile((name, source, features): Module, file: &Path) {
    let mut command = Command::new(variable("RUSTC"));
    command
        .args(["--edition", "2024", "--crate-name", name, "--crate-type", "cdylib"])
        .args(["--target", "wasm32-unknown-unknown", "-Copt-level=3", "-Cpanic=abort", "-Cstrip=symbols"])
        .arg(format!("-Ctarget-feature={features}"))
        // This pass of LLVM rewrites addresses so that none keeps the constant part which V8 adds for nothing. The
        // sums it makes need time and registers: 15 % of the product's speed.
        .arg("-Cllvm-args=-disable-lsr")
        // The memory is the loading module's: this one must neither bring its own nor lay a stack into that. An empty one
        // begins at 0, so that whatever was put on it would be out of bounds.
        .args(["-Clink-arg=--import-memory", "-Clink-arg=-zstack-size=0"])
        .arg("-o")
        .arg(file)
        .arg(source);
    match command.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!(
            "{source} doesn't compile. If it is the target that is missing, `cargo xtask setup` brings it.\n{}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => panic!("cannot start {command:?}: {error}"),
    }
}

/// A module that wrote data, or ran anything, when it is instantiated would do so in memory that is in use.
fn check_sections(module: &[u8]) {
    const START: u8 = 8;
    const DATA: u8 = 11;
    let (_magic_and_version, mut rest) = module.split_at(8);
    while let [id, sections @ ..] = rest {
        assert!(
            ![START, DATA].contains(id),
            "a kernel's module has data or a start function of its own: panics, constants and statics make data"
        );
        let (length, n_bytes) = unsigned(sections);
        rest = &sections[n_bytes + length..];
    }
}

/// A number in LEB128, and how many bytes it takes.
fn unsigned(bytes: &[u8]) -> (usize, usize) {
    let n_bytes = 1 + bytes.iter().take_while(|byte| **byte & 0x80 != 0).count();
    let digits = bytes[..n_bytes].iter().rev();
    (digits.fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f)), n_bytes)
}
