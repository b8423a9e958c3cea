//! Debian's packages, where rustup cannot reach its own: the standard library's source, and apt in general.

use crate::child::{capture, run};
use crate::files;
use crate::machine::Machine;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// Suites that carry a current `rust-src`, tried in this order.
const SUITES: [&str; 2] = ["trixie-backports", "sid"];

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Fetches the source of exactly the compiler's own standard library. The system's apt configuration is read for the
/// repository's address and not changed: lists, cache and package lie in our own folder.
pub fn fetch_library_source(machine: &Machine, release: &str, destination: &Path) -> Result<()> {
    if machine.find_program("apt-get").is_none() {
        bail!("the source of the standard library is not there, and only Debian's apt-get could bring it");
    }
    let targets = capture(machine.command("apt-get").args([
        "indextargets",
        "--format",
        "$(ORIGIN)|$(LABEL)|$(REPO_URI)",
        "Created-By: Packages",
    ]))?;
    let repository = debian_repository(&targets).context("apt is not configured for a Debian repository")?;
    let mut failures = Vec::new();
    for suite in SUITES {
        println!("  looking for rust-src {release} in {suite}");
        match fetch_from_suite(machine, repository, suite, release, destination) {
            Ok(()) => return Ok(()),
            Err(error) => failures.push(format!("{suite}: {error:#}")),
        }
    }
    bail!("Debian does not bring rust-src {release} ({})", failures.join("; "))
}

fn fetch_from_suite(machine: &Machine, repository: &str, suite: &str, release: &str, destination: &Path) -> Result<()> {
    let folder = machine.cache.join("rust-src").join(suite);
    let package_folder = folder.join("package");
    files::remove(&package_folder)?;
    files::create_folder(&package_folder)?;
    files::create_folder(&folder.join("lists").join("partial"))?;
    let signed_by = if Path::new(KEYRING).exists() { format!("[signed-by={KEYRING}] ") } else { String::new() };
    let sources = folder.join("source.list");
    let line = format!("deb {signed_by}{repository} {suite} main\n");
    files::write_whole(&sources, &mut line.as_bytes())?;

    let apt = |program: &str| {
        let mut command = machine.command(program);
        command.current_dir(&package_folder);
        let ours: [(&str, &Path); 4] = [
            ("Dir::Etc::sourcelist=", &sources),
            ("Dir::Etc::sourceparts=", Path::new("-")),
            ("Dir::State::Lists=", &folder.join("lists")),
            ("Dir::Cache=", &folder),
        ];
        for (option, path) in ours {
            let mut word = OsString::from(option);
            word.push(path);
            command.arg("-o").arg(word);
        }
        // The unprivileged user of apt may not write into a user's cache folder.
        command.args(["-o", "APT::Sandbox::User=root"]);
        command
    };
    capture(apt("apt-get").arg("update"))?;
    let offered = capture(apt("apt-cache").args(["madison", "rust-src"]))?;
    let version = package_version(&offered, release).with_context(|| format!("no rust-src {release} there"))?;
    run(apt("apt-get").arg("download").arg(format!("rust-src={version}")))?;

    let package = fs::read_dir(&package_folder)?.flatten().map(|entry| entry.path());
    let package =
        package.into_iter().find(|path| path.extension().is_some_and(|e| e == "deb")).context("no package came")?;
    let tree = folder.join("tree");
    files::remove(&tree)?;
    run(machine.command("dpkg-deb").arg("-x").args([&package, &tree]))?;
    let library = tree.join("usr").join("src").join(format!("rustc-{release}")).join("library");
    let unfinished = files::partial(destination);
    files::remove(&unfinished)?;
    files::create_parent(destination)?;
    run(machine.command("cp").arg("-a").args([&library, &unfinished]))?;
    files::remove(destination)?;
    files::rename(&unfinished, destination)?;
    files::remove(&folder)
}

/// The main Debian repository among apt's index targets, each `origin|label|address`.
fn debian_repository(targets: &str) -> Option<&str> {
    let entries = || targets.lines().map(|line| line.splitn(3, '|').collect::<Vec<_>>());
    let known = entries().find(|entry| matches!(entry[..], ["Debian", "Debian", _]));
    // Before the first `apt-get update` origin and label are unknown.
    let likely =
        || entries().find(|entry| entry.get(2).is_some_and(|uri| uri.trim_end_matches('/').ends_with("/debian")));
    known.or_else(likely)?.get(2).copied()
}

/// The version of the package for this release in what `apt-cache madison` prints.
fn package_version<'a>(madison: &'a str, release: &str) -> Option<&'a str> {
    madison
        .lines()
        .filter_map(|line| line.split('|').nth(1))
        .map(str::trim)
        .find(|version| version.strip_prefix(release).is_some_and(|rest| rest.starts_with(['+', '-', '~'])))
}

/// Installs Debian packages system-wide, as root or through a `sudo` that asks nothing.
pub fn install_packages(machine: &Machine, packages: &[&str]) -> Result<()> {
    if machine.find_program("apt-get").is_none() {
        bail!("there is no apt-get here");
    }
    let is_root = capture(machine.command("id").arg("-u"))?.trim() == "0";
    if !is_root && capture(machine.command("sudo").args(["-n", "true"])).is_err() {
        bail!("apt-get needs root, and `sudo` asks for a password");
    }
    let apt = || {
        let mut command = machine.command(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt().args(["-q", "update"]))?;
    run(apt().args(["-q", "install", "-y", "--no-install-recommends"]).args(packages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_repository_is_chosen() {
        let targets =
            "Debian|Debian-Security|http://a/debian-security/\nDebian|Debian|http://a/debian/\nX|Y|http://b/\n";
        assert_eq!(debian_repository(targets), Some("http://a/debian/"));
        assert_eq!(debian_repository("||http://a/debian-security/\n||http://a/debian/\n"), Some("http://a/debian/"));
        assert_eq!(debian_repository("Ubuntu|Ubuntu|http://a/ubuntu/\n"), None);
        assert_eq!(debian_repository(""), None);
    }

    #[test]
    fn the_package_is_of_the_same_release() {
        let madison = "  rust-src | 1.95.1+dfsg1-1 | x Packages\n  rust-src | 1.95.0+dfsg1-2~bpo13+1 | x Packages\n";
        assert_eq!(package_version(madison, "1.95.0"), Some("1.95.0+dfsg1-2~bpo13+1"));
        assert_eq!(package_version(madison, "1.95"), None);
    }
}
