//! Debian's packages.

use crate::child::{capture, run};
use crate::machine::Machine;
use anyhow::{Result, bail};

/// Whether packages can be installed with apt.
pub fn has_apt(machine: &Machine) -> bool {
    machine.find_program("apt-get").is_some()
}

/// Whether we run as root; `false` where there is no such thing.
pub fn is_root(machine: &Machine) -> bool {
    capture(machine.command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs packages for the whole system, as root or through a `sudo` that asks nothing.
pub fn install_packages(machine: &Machine, packages: &[&str]) -> Result<()> {
    let is_root = is_root(machine);
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
