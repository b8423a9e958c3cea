//! A copy of the clone with the files that git has or would add, and nothing that a build or the set-up has made.
//!
//! It lies at the same place for all clones of a user: what is compiled of it is found again by the next run, whichever
//! clone that is in. A file that is the same there already keeps its time, by which cargo knows that it is unchanged.

use crate::child::capture;
use crate::files;
use crate::machine::Machine;
use anyhow::{Context, Result};
use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A copy that no other run changes until this is dropped.
pub struct PristineCopy {
    pub folder: PathBuf,
    _lock: File,
}

/// Makes the copy, or brings the one there up to date.
pub fn copy(machine: &Machine) -> Result<PristineCopy> {
    let folder = machine.cache.join("pristine");
    files::create_folder(&folder)?;
    let lock_path = machine.cache.join("pristine.lock");
    let lock = File::create(&lock_path).with_context(|| format!("cannot create {}", lock_path.display()))?;
    lock.lock().context("remedy: wait until the other `cargo xtask test` has ended")?;

    let listed = capture(machine.command("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))
        .context("remedy: the tests run on a copy of what git knows: clone the repository with git")?;
    // What is listed and not there was deleted and not committed.
    let paths: HashSet<PathBuf> = listed
        .split_terminator('\0')
        .map(PathBuf::from)
        .filter(|path| machine.root.join(path).symlink_metadata().is_ok())
        .collect();
    remove_others(&folder, Path::new(""), &paths)?;
    for path in &paths {
        copy_file(&machine.root.join(path), &folder.join(path))?;
    }
    println!("{} files in {}", paths.len(), folder.display());
    Ok(PristineCopy { folder, _lock: lock })
}

/// Removes every file that isn't listed, and folders without one.
fn remove_others(root: &Path, folder: &Path, paths: &HashSet<PathBuf>) -> Result<()> {
    let absolute = root.join(folder);
    for entry in fs::read_dir(&absolute).with_context(|| format!("cannot list {}", absolute.display()))? {
        let entry = entry.with_context(|| format!("cannot list {}", absolute.display()))?;
        let path = folder.join(entry.file_name());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && paths.iter().any(|listed| listed.starts_with(&path)) {
            remove_others(root, &path, paths)?;
        } else if is_folder || !paths.contains(&path) {
            files::remove(&root.join(path))?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let content = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    files::write_whole(to, &mut content.as_slice())
}

/// Replaces a folder by a copy of another, if that is there.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    files::remove(to)?;
    files::create_folder(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let path = entry.with_context(|| format!("cannot list {}", from.display()))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child::run;

    #[test]
    fn only_what_git_knows_is_there_and_what_is_the_same_keeps_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let clone = folder.path().join("clone");
        let write = |path: &str, text: &str| files::write_whole(&clone.join(path), &mut text.as_bytes()).unwrap();
        write(".gitignore", "/build\n");
        write("src/main.rs", "fn main() {}\n");
        write("new.txt", "not added yet");
        write("build/made.js", "");
        let mut machine = Machine::in_folder(folder.path());
        machine.root = clone.clone();
        run(machine.command("git").args(["init", "--quiet"])).unwrap();
        run(machine.command("git").args(["add", ".gitignore", "src"])).unwrap();

        let first = copy(&machine).unwrap().folder;
        let is_there = |path: &str| first.join(path).exists();
        assert!(is_there("src/main.rs") && is_there("new.txt") && !is_there("build") && !is_there(".git"));
        let time = || fs::metadata(first.join("src/main.rs")).unwrap().modified().unwrap();
        let before = time();
        write("src/main.rs", "fn main() {}\n");
        files::write_whole(&first.join("web/made/file"), &mut &b""[..]).unwrap();
        files::remove(&clone.join("new.txt")).unwrap();
        copy(&machine).unwrap();
        assert_eq!(time(), before);
        assert!(!is_there("web") && !is_there("new.txt"));
    }

    #[test]
    fn a_folder_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["from/a/b.txt", "to/old.txt"] {
            files::write_whole(&path(name), &mut name.as_bytes()).unwrap();
        }
        copy_folder(&path("from"), &path("to")).unwrap();
        assert_eq!(fs::read_to_string(path("to/a/b.txt")).unwrap(), "from/a/b.txt");
        assert!(!path("to/old.txt").exists());
        copy_folder(&path("absent"), &path("to")).unwrap();
        assert!(path("to").exists());
    }
}
