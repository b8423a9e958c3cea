//! A current `wasm-opt`, which trunk runs over the release build.

use super::{State, Step};
use crate::child::{NPM, capture, run};
use crate::files;
use crate::machine::Machine;
use crate::version::Version;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// Older ones refuse instructions that today's compiler emits; distributions still carry them.
const AT_LEAST: u64 = 120;

/// The npm package that holds `wasm-opt` as a program for Node, on every system alike.
const BINARYEN: &str = "132.0.0";

/// In every launcher of ours; what does not hold it belongs to somebody else.
const MARK: &str = "written by cargo xtask";

/// The step that finds `wasm-opt`, or fetches it and writes a launcher.
pub struct WasmOpt;

impl Step for WasmOpt {
    fn name(&self) -> String {
        "wasm-opt".to_owned()
    }

    fn reason(&self) -> &'static str {
        "it makes the release build smaller and faster"
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let Some(program) = machine.find_program("wasm-opt") else {
            return Ok(State::Missing("not installed".to_owned()));
        };
        // A launcher whose program is gone fails; then it is as good as missing.
        let Ok(line) = capture(machine.command(&program).arg("--version")) else {
            return Ok(State::Missing(format!("{} does not start", program.display())));
        };
        Ok(match Version::find_in(&line) {
            Some(version) if version.major() >= AT_LEAST => State::Present(format!("version {version}")),
            Some(version) => State::Missing(format!("version {version} is there, too old")),
            None => State::Missing(format!("{} names no version", program.display())),
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        let launcher = machine.cargo_bin().join(if cfg!(windows) { "wasm-opt.cmd" } else { "wasm-opt" });
        if launcher.exists() && !std::fs::read_to_string(&launcher).is_ok_and(|text| text.contains(MARK)) {
            bail!("{} is not ours to replace: remove or update it (`cargo uninstall wasm-opt`)", launcher.display());
        }
        let script = fetch_binaryen(machine)?;
        files::remove(&launcher)?;
        files::write_whole(&files::partial(&launcher), &mut launcher_text(&script, cfg!(windows)).as_bytes())?;
        make_executable(&files::partial(&launcher))?;
        files::rename(&files::partial(&launcher), &launcher)
    }
}

/// Puts the package into the user's cache, not into a clone: clones come and go, the launcher stays.
fn fetch_binaryen(machine: &Machine) -> Result<PathBuf> {
    let folder = machine.cache.join(format!("binaryen-{BINARYEN}"));
    let script = folder.join("node_modules").join("binaryen").join("bin").join("wasm-opt");
    if script.is_file() {
        return Ok(script);
    }
    let unfinished = files::partial(&folder);
    files::remove(&unfinished)?;
    files::create_folder(&unfinished)?;
    // In that folder, and with a manifest of its own, or npm looks for one above.
    files::write_whole(&unfinished.join("package.json"), &mut "{ \"private\": true }\n".as_bytes())?;
    run(machine
        .command(NPM)
        .current_dir(&unfinished)
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
        .arg(format!("binaryen@{BINARYEN}")))
    .context("remedy: run it again with network, or put a current wasm-opt (Binaryen) on the PATH")?;
    files::remove(&folder)?;
    files::rename(&unfinished, &folder)?;
    Ok(script)
}

/// The text of a program that runs `script` with Node.
fn launcher_text(script: &Path, windows: bool) -> String {
    let script = script.display();
    if windows {
        format!("@rem {MARK}\r\n@node \"{script}\" %*\r\n")
    } else {
        let quoted = script.to_string().replace('\'', "'\\''");
        format!("#!/bin/sh\n# {MARK}\nexec node '{quoted}' \"$@\"\n")
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, permissions).with_context(|| format!("cannot make {} executable", path.display()))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_launcher_names_the_script_whatever_is_in_its_path() {
        let unix = launcher_text(Path::new("/home/o'neil/my cache/wasm-opt"), false);
        assert_eq!(
            unix,
            "#!/bin/sh\n# written by cargo xtask\nexec node '/home/o'\\''neil/my cache/wasm-opt' \"$@\"\n"
        );
        let windows = launcher_text(Path::new("cache\\wasm-opt"), true);
        assert_eq!(windows, "@rem written by cargo xtask\r\n@node \"cache\\wasm-opt\" %*\r\n");
    }
}
