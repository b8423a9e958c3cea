//! Where things are on this machine, and the environment child processes get.

use crate::child::capture;
use crate::version::version_in;
use anyhow::{Context, Result};
use serde_json::Value;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders everything else is relative to.
pub struct Machine {
    /// The clone: where the root `Cargo.toml` is.
    pub root: PathBuf,
    /// What is fetched or built once for all clones of one user.
    pub cache: PathBuf,
    /// `$CARGO_HOME`, whose `bin` folder takes the tools.
    pub cargo_home: PathBuf,
    /// Where the children's cargo builds to; unset, cargo decides.
    pub target: Option<PathBuf>,
}

impl Machine {
    /// Finds the folders; creates none of them.
    pub fn find() -> Result<Self> {
        let home = env::home_dir().context("the home folder is unknown: set the variable HOME")?;
        // Asked at run time first: a target folder shared by two clones holds one xtask program for both.
        let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package).ancestors().nth(2).context("crate/xtask is not inside a clone")?.to_path_buf();
        let cargo_home = absolute_variable("CARGO_HOME").unwrap_or_else(|| home.join(".cargo"));
        Ok(Self { root, cache: user_cache(&home).join("sbert-lab"), cargo_home, target: None })
    }

    /// The same machine with another folder for the clone, which builds to this clone's target folder.
    pub fn at(&self, root: PathBuf) -> Result<Self> {
        let target = Some(self.target_folder()?);
        Ok(Self { root, cache: self.cache.clone(), cargo_home: self.cargo_home.clone(), target })
    }

    /// Where cargo builds to, which the environment or a configuration may have moved.
    pub fn target_folder(&self) -> Result<PathBuf> {
        let arguments = ["metadata", "--no-deps", "--format-version", "1"];
        let metadata: Value = serde_json::from_str(&capture(self.command("cargo").args(arguments))?)
            .context("`cargo metadata` printed no JSON")?;
        let folder = metadata["target_directory"].as_str().context("`cargo metadata` names no target folder")?;
        Ok(PathBuf::from(folder))
    }

    /// Whether the compiler is the one that rust-toolchain.toml names, and not another that was asked for on purpose.
    pub fn has_pinned_compiler(&self) -> Result<bool> {
        let path = self.root.join("rust-toolchain.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let (_, rest) = text.split_once("channel = \"").context("rust-toolchain.toml names no channel")?;
        let pinned = rest.split_once('"').map(|(channel, _)| channel).unwrap_or_default();
        let active = version_in(&capture(self.command("rustc").arg("--version"))?);
        Ok(active.is_some_and(|version| version.to_string() == pinned))
    }

    /// The processor cores that builds may use.
    pub fn n_cores() -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    /// Where `cargo install` puts programs.
    pub fn cargo_bin(&self) -> PathBuf {
        self.cargo_home.join("bin")
    }

    /// Target folder of the tools' builds: kept, so that an interrupted install goes on.
    pub fn tools_target(&self) -> PathBuf {
        self.cache.join("tools-target")
    }

    /// A command that runs in the clone, finds the installed tools, and is not disturbed by the cargo around us.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.search_path());
        if let Some(target) = &self.target {
            command.env("CARGO_TARGET_DIR", target);
        }
        for (name, _) in env::vars_os() {
            if is_from_outer_cargo(&name.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        command
    }

    /// The program `name` on the children's search path.
    pub fn find_program(&self, name: &str) -> Option<PathBuf> {
        let names: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
        env::split_paths(&self.search_path())
            .flat_map(|folder| names.iter().map(move |suffix| folder.join(format!("{name}{suffix}"))))
            .find(|path| path.is_file())
    }

    /// `PATH` with cargo's `bin` folder in front: a Rust from a distribution does not put it there.
    fn search_path(&self) -> OsString {
        let old = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.cargo_bin()).chain(env::split_paths(&old));
        env::join_paths(folders).unwrap_or(old)
    }
}

/// Variables that `cargo run` sets for us and that would mislead another cargo, and those that would replace the
/// compiler flags in `.cargo/config.toml`, without which the page does not build.
fn is_from_outer_cargo(name: &str) -> bool {
    const PREFIXES: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_BUILD_"];
    const NAMES: [&str; 5] =
        ["CARGO", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The user's cache folder by the system's convention.
fn user_cache(home: &Path) -> PathBuf {
    if let Some(folder) = absolute_variable("XDG_CACHE_HOME") {
        folder
    } else if cfg!(windows) {
        absolute_variable("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData").join("Local"))
    } else if cfg!(target_os = "macos") {
        home.join("Library").join("Caches")
    } else {
        home.join(".cache")
    }
}

/// A variable that names a folder; a relative one counts as unset.
fn absolute_variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
}

#[cfg(test)]
impl Machine {
    /// With all folders in one that a test has made.
    pub fn in_folder(folder: &Path) -> Self {
        let [root, cache, cargo_home] = std::array::from_fn(|_| folder.to_owned());
        Self { root, cache, cargo_home, target: None }
    }
}

#[cfg(test)]
mod tests {
    use super::is_from_outer_cargo;

    #[test]
    fn only_misleading_variables_are_taken_away() {
        for name in ["CARGO", "RUSTFLAGS", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_BUILD_TARGET"] {
            assert!(is_from_outer_cargo(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE", "RUSTUP_TOOLCHAIN", "PATH"] {
            assert!(!is_from_outer_cargo(name), "{name}");
        }
    }
}
