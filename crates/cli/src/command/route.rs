//! `cmp-bridge route`: says who answers a routine, in a running program, from its next call on.

use super::status;
use crate::error::{Ending, Explain};
use crate::names::{did_you_mean, matches};
use crate::output::print;
use cmp_bridge::control::{ControlPage, NotAllowed, Route};
use std::io;

/// Switches routines of a running program, from the next call on
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge route 4711 ehposv=rust    # Rust answers
  cmp-bridge route 4711 ehposv=legacy  # roll back
  cmp-bridge route 4711 'eh*=shadow' tm_crc16=record

Nothing is switched unless every route asked for is possible.")]
pub struct Args {
    /// Process id of the program, or of its `cmp-bridge run`
    pid: u32,
    /// Routine or pattern, and one of legacy, record, shadow, rust
    #[arg(required = true, value_name = "ROUTINE=ROUTE", value_parser = parse)]
    routes: Vec<(String, Route)>,
}

fn parse(text: &str) -> Result<(String, Route), String> {
    let (routine, route) = text.split_once('=').ok_or("write ROUTINE=ROUTE, such as eck_hec=rust")?;
    let names = Route::ALL.map(Route::name);
    let found = Route::from_name(route)
        .ok_or_else(|| format!("`{route}` is not a route: write one of {}", names.join(", ")))?;
    Ok((routine.to_owned(), found))
}

/// Why nothing was switched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such process.
    #[error(transparent)]
    Status(#[from] status::Error),
    /// No routine of that name is hooked.
    #[error("no hooked routine of process {pid} matches `{pattern}`; nothing was switched")]
    Routine {
        /// The process.
        pid: u32,
        /// What was asked for.
        pattern: String,
        /// What there is.
        hint: String,
    },
    /// The plan forbids it.
    #[error("nothing was switched")]
    NotAllowed {
        /// Which, and why.
        #[from]
        source: NotAllowed,
    },
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::Status(error) => error.hint(),
            Error::Routine { hint, .. } => Some(hint.clone()),
            Error::NotAllowed { .. } => Some(
                "name the module in bridge.toml, and let `cmp-bridge check` say which facts are missing"
                    .to_owned(),
            ),
            Error::Output(_) => None,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let page = status::page_of(args.pid)?;
    let mut changes = Vec::new();
    for (pattern, route) in &args.routes {
        let indices: Vec<usize> =
            (0..page.routine_count()).filter(|i| matches(pattern, page.name(*i))).collect();
        if indices.is_empty() {
            return Err(unknown(&page, args.pid, pattern));
        }
        changes.extend(indices.into_iter().map(|index| (index, *route)));
    }
    // All or nothing: a refusal half way would leave a mixture nobody asked for.
    if let Some((index, route)) = changes.iter().find(|(index, route)| !page.allows(*index, *route)) {
        page.set_route(*index, *route)?;
    }
    let mut told = String::new();
    for (index, route) in changes {
        let before = page.route(index);
        page.set_route(index, route)?;
        told += &format!("{}: {} -> {}\n", page.name(index), before.name(), route.name());
    }
    print(&told)?;
    Ok(Ending::Good)
}

fn unknown(page: &ControlPage, pid: u32, pattern: &str) -> Error {
    let names: Vec<&str> = (0..page.routine_count()).map(|index| page.name(index)).collect();
    let near = did_you_mean(pattern, names.iter().copied());
    let hint =
        if near.is_empty() { format!("`cmp-bridge status {pid}` lists the hooked routines") } else { near };
    Error::Routine { pid, pattern: pattern.to_owned(), hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read() {
        assert_eq!(parse("a*=rust"), Ok(("a*".to_owned(), Route::Rust)));
        assert!(parse("rust").expect_err("no routine").contains("ROUTINE=ROUTE"));
        assert!(parse("a=lead").expect_err("no such route").contains("legacy, record, shadow, rust"));
    }
}
