//! A Chromium and the driver of the same version, for the tests that run in a browser.

use super::{State, Step, debian};
use crate::child::capture;
use crate::machine::Machine;
use crate::version::version_in;
use anyhow::{Context, Result, anyhow};
use semver::Version;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Names under which the browser is found on the `PATH`.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Where macOS keeps it.
const ON_MACOS: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// Whether packages of the system may be installed.
#[derive(Clone, Copy)]
pub enum Consent {
    /// It was given on the command line, or this is CI as root, where nobody can be asked.
    Given,
    /// Whoever sits at the terminal is asked.
    Ask,
}

impl Consent {
    /// By the flag `--yes` and the environment.
    pub fn find(yes: bool, machine: &Machine) -> Self {
        let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        if yes || (is_ci && debian::is_root(machine)) { Self::Given } else { Self::Ask }
    }

    fn is_given(self, question: &str) -> Result<bool> {
        if matches!(self, Self::Given) || !io::stdin().is_terminal() {
            return Ok(matches!(self, Self::Given));
        }
        print!("{question} [y/N] ");
        io::stdout().flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }
}

/// The step that finds both, or installs Debian's.
pub struct Browser {
    pub consent: Consent,
    /// Where the page is only served, `wasm-pack test` alone needs them.
    pub is_optional: bool,
}

impl Step for Browser {
    fn name(&self) -> String {
        "Chromium and chromedriver".to_owned()
    }

    fn reason(&self) -> &'static str {
        "the browser tests run in them"
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let Some(browser) = browser_path(machine) else {
            return Ok(State::Missing("no browser".to_owned()));
        };
        let Some(driver) = machine.find_program("chromedriver") else {
            return Ok(State::Missing("no chromedriver".to_owned()));
        };
        let (browser, driver) = (version_of(machine, &browser)?, version_of(machine, &driver)?);
        Ok(if browser.major == driver.major {
            State::Present(browser.to_string())
        } else {
            State::Missing(format!("the browser is {browser}, the driver {driver}"))
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        if !debian::has_apt(machine) {
            return Err(anyhow!("there is no apt-get here, which could bring them").context(REMEDY));
        }
        let packages = PACKAGES.join(" and ");
        let question = format!("  Install the system packages {packages} with apt-get?");
        if !self.consent.is_given(&question)? {
            let remedy = "remedy: `apt-get install chromium chromium-driver` as root, or `cargo xtask setup --yes`";
            return Err(
                anyhow!("the system packages {packages} are not installed without your consent").context(remedy)
            );
        }
        println!("  installing the system packages {packages} with apt-get");
        debian::install_packages(machine, &PACKAGES).context(REMEDY)
    }

    fn core_secs(&self) -> u64 {
        80
    }

    fn is_optional(&self) -> bool {
        self.is_optional
    }
}

/// `CHROME` from the environment, or the first browser on the `PATH`.
pub fn browser_path(machine: &Machine) -> Option<PathBuf> {
    let named = std::env::var_os("CHROME").map(PathBuf::from).filter(|path| path.is_file());
    let usual = Path::new(ON_MACOS);
    named
        .or_else(|| NAMES.iter().find_map(|name| machine.find_program(name)))
        .or_else(|| usual.is_file().then(|| usual.to_path_buf()))
}

fn version_of(machine: &Machine, program: &Path) -> Result<Version> {
    let line = capture(machine.command(program).arg("--version"))?;
    version_in(&line).with_context(|| format!("`{} --version` names no version: {line}", program.display()))
}

/// What to do where we cannot install it.
const REMEDY: &str = if cfg!(target_os = "macos") {
    "remedy: install Google Chrome and its driver of the same version (`brew install --cask google-chrome chromedriver`)"
} else if cfg!(windows) {
    "remedy: put a Chromium whose `--version` answers, and the chromedriver.exe of the same version, on the PATH, and \
     name the browser in the variable CHROME; or run the tests in WSL"
} else {
    "remedy: install Chromium and its driver of the same version (Debian: `apt install chromium chromium-driver`; \
     Fedora: `dnf install chromium chromedriver`; Arch: `pacman -S chromium`), or put `chromedriver` on the PATH and \
     name the browser in the variable CHROME"
};
