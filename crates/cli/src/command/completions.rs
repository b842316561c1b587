//! `cmp-bridge completions`: what a shell needs to complete our command lines.

use crate::error::{Ending, Explain};
use crate::output::print;
use clap_complete::Shell;
use std::io;

/// Prints a script with which a shell completes subcommands and options
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge completions bash > ~/.local/share/bash-completion/completions/cmp-bridge
  cmp-bridge completions zsh  > ~/.zfunc/_cmp-bridge
  cmp-bridge completions fish > ~/.config/fish/completions/cmp-bridge.fish

`make install` does it for these three.

Exit status: 0, or 2 where standard output cannot be written.")]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written")]
pub struct Error(#[from] io::Error);

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        None
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::grammar(), "cmp-bridge", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if args.shell == Shell::Bash {
        // clap_complete writes the name of a command with a hyphen in two ways: the one that is set is never found.
        script = script.replace("cmp__subcmd__bridge", "cmp__bridge");
    }
    print(&script)?;
    Ok(Ending::Good)
}
