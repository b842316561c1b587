//! The `cmp-bridge` command. One file a subcommand, in [`command`]; what several of them share stands beside it.
#![deny(missing_docs)]

mod agent;
mod carried;
pub mod command;
mod config;
pub mod error;
pub mod evidence;
mod help;
mod names;
mod output;
pub mod report;
mod show;
mod signals;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use error::{Ending, Explain};
use std::process::ExitCode;

/// Keeps a legacy executable running while its routines are rewritten in Rust, one at a time.
#[derive(Debug, Parser)]
#[command(name = "cmp-bridge", version, after_help = EXIT_CODES, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str =
    "Exit status: 0 as it should be, 1 findings or mismatches, 2 an error. `run` ends like the program.";

#[derive(Debug, Subcommand)]
enum Command {
    Scan(command::scan::Args),
    Check(command::check::Args),
    Explain(command::explain::Args),
    Schema(command::schema::Args),
    Generate(command::generate::Args),
    New(command::new::Args),
    Run(command::run::Args),
    Serve(command::serve::Args),
    Status(command::status::Args),
    Route(command::route::Args),
    Replay(command::replay::Args),
    Call(command::call::Args),
    Journal(command::journal::Args),
    Learn(command::learn::Args),
    Calibrate(command::calibrate::Args),
    Accept(command::accept::Args),
    Doctor(command::doctor::Args),
    What(command::what::Args),
    Man(command::man::Args),
    Completions(command::completions::Args),
    LinkPlan(command::link_plan::Args),
    Patch(command::patch::Args),
    Kit(command::kit::Args),
}

/// What `replay` starts: no subcommand that a person would want to see or complete.
#[derive(Debug, Parser)]
#[command(name = "cmp-bridge worker")]
struct Worker {
    #[command(flatten)]
    args: command::worker::Args,
}

/// Subcommands, options and their texts: for the command line itself, manual pages and shells.
fn grammar() -> clap::Command {
    help::laid_out(Cli::command())
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|word| word == "worker") {
        return match Worker::try_parse_from(std::env::args_os().skip(1)) {
            Ok(worker) => end(command::worker::run(&worker.args)),
            Err(error) => told(&error),
        };
    }
    match grammar().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => run(cli.command),
        Err(error) => told(&error),
    }
}

/// Prints a text that was asked for, or what is wrong with the command line.
fn told(error: &clap::Error) -> ExitCode {
    use std::io::Write;
    match error.print().and_then(|()| std::io::stdout().flush()) {
        Ok(()) => ExitCode::from(error.exit_code() as u8),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::from(128 + libc::SIGPIPE as u8)
        }
        Err(error) => {
            error::tell(&Unwritable(error), None);
            ExitCode::from(2)
        }
    }
}

/// A help text that did not arrive.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written")]
struct Unwritable(#[source] std::io::Error);

fn run(command: Command) -> ExitCode {
    match command {
        Command::Scan(args) => end(command::scan::run(&args)),
        Command::Check(args) => end(command::check::run(&args)),
        Command::Explain(args) => end(command::explain::run(&args)),
        Command::Schema(args) => end(command::schema::run(&args)),
        Command::Generate(args) => end(command::generate::run(&args)),
        Command::New(args) => end(command::new::run(&args)),
        Command::Run(args) => end(command::run::run(&args)),
        Command::Serve(args) => end(command::serve::run(&args)),
        Command::Status(args) => end(command::status::run(&args)),
        Command::Route(args) => end(command::route::run(&args)),
        Command::Call(args) => end(command::call::run(&args)),
        Command::Replay(args) => end(command::replay::run(&args)),
        Command::Journal(args) => end(command::journal::run(&args)),
        Command::Learn(args) => end(command::learn::run(&args)),
        Command::Calibrate(args) => end(command::calibrate::run(&args)),
        Command::Accept(args) => end(command::accept::run(&args)),
        Command::Doctor(args) => end(command::doctor::run(&args)),
        Command::What(args) => end(command::what::run(&args)),
        Command::Man(args) => end(command::man::run(&args)),
        Command::Completions(args) => end(command::completions::run(&args)),
        Command::LinkPlan(args) => end(command::link_plan::run(&args)),
        Command::Patch(args) => end(command::patch::run(&args)),
        Command::Kit(args) => end(command::kit::run(&args)),
    }
}

fn end<E: Explain + 'static>(result: Result<Ending, E>) -> ExitCode {
    match result {
        Ok(Ending::Good) => ExitCode::SUCCESS,
        Ok(Ending::Findings) => ExitCode::FAILURE,
        Ok(Ending::Status(status)) => ExitCode::from(status),
        Ok(Ending::Signal(signal)) => {
            signals::die_of(signal);
            // Not reached, unless the system would not let us.
            ExitCode::from(128u8.wrapping_add(signal as u8))
        }
        // The reader of our output has seen enough: what a program that SIGPIPE kills looks like to a shell.
        Err(error) if error::is_broken_pipe(&error) => ExitCode::from(128 + libc::SIGPIPE as u8),
        Err(error) => {
            error::tell(&error, error.hint());
            ExitCode::from(2)
        }
    }
}
