//! `cargo xtask serve`: the page in a browser, with one command.

use crate::child::run;
use crate::machine::Machine;
use crate::setup;
use anyhow::Result;
use clap::Args;

/// How to serve.
#[derive(Args)]
pub struct Options {
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    /// The port to listen on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Build without optimisation: sooner there, training is slower
    #[arg(long)]
    dev: bool,
}

/// Sets up what is missing and serves until it is interrupted.
pub fn serve(machine: &Machine, options: &Options) -> Result<()> {
    setup::set_up(machine, &setup::steps_for_serving())?;
    println!("\n── trunk serve: the page will be at http://localhost:{}/ ──", options.port);
    run(machine.command("trunk").args(trunk_arguments(options)))
}

fn trunk_arguments(options: &Options) -> Vec<String> {
    let mut arguments = vec!["serve".to_owned(), "--port".to_owned(), options.port.to_string()];
    if !options.dev {
        arguments.push("--release".to_owned());
    }
    if !options.no_open {
        arguments.push("--open".to_owned());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(options: &Options, expect: &str) {
        assert_eq!(trunk_arguments(options).join(" "), expect);
    }

    #[test]
    fn the_release_page_opens_unless_asked_otherwise() {
        check(&Options { no_open: false, port: 8080, dev: false }, "serve --port 8080 --release --open");
        check(&Options { no_open: true, port: 9000, dev: true }, "serve --port 9000");
    }
}
