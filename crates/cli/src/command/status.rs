//! `cmp-bridge status`: who answers what, in the processes that run.

mod remote;

use crate::error::{Ending, Explain};
use crate::output::print;
use crate::report::{Align, Table};
use cmp_bridge::control::{AgentState, ControlPage};
use cmp_bridge::session::{Session, sessions_directory};
use cmp_bridge::shared::SharedError;
use serde_json::json;
use std::io;
use std::path::Path;

/// Shows routes and counters of running programs
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge status
  cmp-bridge status 4711
  cmp-bridge status 4711 --json
  cmp-bridge status --server localhost:7117  # a `cmp-bridge serve`

Exit status: 0, or 2 where there is no such process or server.")]
pub struct Args {
    /// Process id of the program, or of its `cmp-bridge run`; all programs of this user if it is left out
    #[arg(conflicts_with = "server")]
    pid: Option<u32>,
    /// A `cmp-bridge serve`: what it answers, how often, and how fast
    #[arg(long, value_name = "HOST:PORT")]
    server: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No session of that process.
    #[error("process {pid} was not started by `cmp-bridge run`, or it has ended")]
    NoSession {
        /// The process asked for.
        pid: u32,
        /// The processes there are.
        hint: String,
    },
    /// The control page is refused.
    #[error(transparent)]
    Page(#[from] SharedError),
    /// The server.
    #[error(transparent)]
    Server(#[from] remote::Error),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::NoSession { hint, .. } => Some(hint.clone()),
            Error::Page(_) => Some(format!(
                "the control page belongs to a session below {}; if nothing runs, remove that session",
                sessions_directory().display()
            )),
            Error::Server(error) => Some(error.hint()),
            Error::Output(_) => None,
        }
    }
}

/// The control page of a process.
pub fn page_of(pid: u32) -> Result<ControlPage, Error> {
    Ok(ControlPage::open(&session_of(pid)?.control())?)
}

fn session_of(pid: u32) -> Result<Session, Error> {
    Session::find(pid).ok_or_else(|| {
        let open =
            |session: &Session| ControlPage::open(&session.control()).ok().map(|page| page.pid().to_string());
        let pids: Vec<String> = Session::list().iter().filter_map(open).collect();
        let hint = match pids.is_empty() {
            true => "no program runs under cmp-bridge now".to_owned(),
            false => format!("these do: {}", pids.join(", ")),
        };
        Error::NoSession { pid, hint }
    })
}

/// The `cmp-bridge run` of a session, where it is no more: its program goes on, and nobody fetches its calls.
fn lost_recorder(session: &Session) -> Option<u32> {
    // Started by a patch, the program has none.
    if !session.rings().exists() {
        return None;
    }
    let name = session.directory().file_name()?.to_str()?;
    let pid = name.split_once('-')?.0.parse::<u32>().ok()?;
    (!Path::new(&format!("/proc/{pid}")).exists()).then_some(pid)
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    if let Some(server) = &args.server {
        let status = remote::status(server)?;
        match args.json {
            true => print(&format!("{status:#}\n"))?,
            false => print(&super::serve::status::text(server, &status))?,
        }
        return Ok(Ending::Good);
    }
    let open = |session: Session| Some((ControlPage::open(&session.control()).ok()?, session));
    let pages = match args.pid {
        Some(pid) => vec![(page_of(pid)?, session_of(pid)?)],
        None => Session::list().into_iter().filter_map(open).collect(),
    };
    if args.json {
        let pages: Vec<_> = pages.iter().map(|(page, session)| json_page(page, session)).collect();
        print(&format!("{:#}\n", serde_json::Value::from(pages)))?;
    } else if pages.is_empty() {
        print("no program runs under cmp-bridge\n")?;
    } else {
        let pages: Vec<_> = pages.iter().map(|(page, session)| text_page(page, session)).collect();
        print(&pages.join("\n"))?;
    }
    Ok(Ending::Good)
}

fn state(page: &ControlPage) -> String {
    match page.state() {
        AgentState::Waiting => "the agent has not spoken yet".to_owned(),
        AgentState::Installed if page.remarked().is_empty() => "hooks are in place".to_owned(),
        AgentState::Installed => format!("hooks are in place, but: {}", page.remarked()),
        AgentState::Refused(reason) => format!("not hooked: {reason}"),
        AgentState::Worker => "serves a replay".to_owned(),
    }
}

fn text_page(page: &ControlPage, session: &Session) -> String {
    use Align::{Left, Right};
    let mut table = Table::new(&[
        ("routine", Left),
        ("route", Left),
        ("recorded", Right),
        ("dropped", Right),
        ("shadowed", Right),
        ("answered", Right),
        ("declined", Right),
        ("panicked", Right),
    ]);
    for index in 0..page.routine_count() {
        let counts = page.counts(index);
        let mut row = vec![page.name(index).to_owned(), page.route(index).name().to_owned()];
        let numbers = [
            counts.recorded,
            counts.dropped,
            counts.shadowed,
            counts.answered,
            counts.declined,
            counts.panicked,
        ];
        row.extend(numbers.iter().map(u64::to_string));
        table.row(row);
    }
    let recorder = lost_recorder(session).map_or_else(String::new, |pid| {
        format!("; its `cmp-bridge run` ({pid}) is gone: no call is recorded any more")
    });
    format!("process {}: {}{recorder}\n{}", page.pid(), state(page), table.render("  "))
}

fn json_page(page: &ControlPage, session: &Session) -> serde_json::Value {
    let routines: Vec<_> = (0..page.routine_count())
        .map(|index| {
            let counts = page.counts(index);
            json!({
                "routine": page.name(index), "route": page.route(index).name(),
                "recorded": counts.recorded, "dropped": counts.dropped, "shadowed": counts.shadowed,
                "answered": counts.answered, "declined": counts.declined, "panicked": counts.panicked,
            })
        })
        .collect();
    let alive = lost_recorder(session).is_none();
    json!({ "pid": page.pid(), "state": state(page), "recorder": alive, "routines": routines })
}
