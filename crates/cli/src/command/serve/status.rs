//! What `serve` says of itself: as JSON over the wire, and that as a table.

use super::answering::what;
use super::seens::Seens;
use super::service::{Routine, Service};
use crate::report::{Align, Table, count};
use serde_json::{Value, json};
use std::time::Instant;

/// What happened, beside calls.
#[derive(Debug)]
pub struct Vitals {
    /// When it began.
    pub since: Instant,
    /// Where it listens.
    pub listening: Vec<String>,
    /// Connections that are open.
    pub open: usize,
    /// Most that may be.
    pub limit: usize,
    /// Connections accepted so far.
    pub accepted: u64,
    /// From addresses that may not call.
    pub strangers: u64,
    /// Beyond the limit.
    pub too_many: u64,
    /// Closed because a message did not come to its end in time, or answers were not read in time.
    pub too_slow: u64,
    /// Closed because of a message that is too long, or of what waits being too much.
    pub too_large: u64,
    /// Closed because of what is no call.
    pub no_calls: u64,
    /// Calls by whom no rule allows.
    pub unauthenticated: u64,
    /// HELLOs that were refused.
    pub hellos_refused: u64,
    /// Bytes of messages and answers that wait.
    pub waiting: usize,
    /// Reloads that went well, and those that did not.
    pub reloads: (u64, u64),
    /// Why the last reload did not.
    pub reload_failure: Option<String>,
}

impl Vitals {
    /// As it begins.
    pub fn new(listening: Vec<String>, limit: usize) -> Vitals {
        Vitals {
            since: Instant::now(),
            listening,
            open: 0,
            limit,
            accepted: 0,
            strangers: 0,
            too_many: 0,
            too_slow: 0,
            too_large: 0,
            no_calls: 0,
            unauthenticated: 0,
            hellos_refused: 0,
            waiting: 0,
            reloads: (0, 0),
            reload_failure: None,
        }
    }
}

/// Everything, as JSON.
pub fn json(service: &Service, vitals: &Vitals, seens: &Seens) -> Value {
    let sums = seens.sums();
    let unreadable = sums.all_unreadable();
    let modules = service
        .modules
        .iter()
        .map(|loaded| json!({ "file": loaded.path.display().to_string(), "what": loaded.module.what() }));
    let programs = service.programs.iter().enumerate().map(|(p, program)| {
        let routines = program.routines.iter().enumerate();
        let routines = routines.map(|(r, routine)| {
            let mut about = routine_json(routine, sums.unreadable.get(&(p, r)).copied().unwrap_or(0));
            if let Some(totals) = sums.totals.get(&(p, r)) {
                about["compared"] = json!(totals);
            }
            about
        });
        json!({
            "component": program.contract.component.name, "program": program.number,
            "routines": routines.collect::<Vec<_>>(),
        })
    });
    json!({
        "what": what(), "pid": std::process::id(), "seconds": vitals.since.elapsed().as_secs(),
        "listening": vitals.listening,
        "connections": {
            "open": vitals.open, "limit": vitals.limit, "accepted": vitals.accepted,
            "not_allowed": vitals.strangers, "too_many": vitals.too_many, "too_slow": vitals.too_slow,
            "too_large": vitals.too_large, "no_calls": vitals.no_calls, "waiting_bytes": vitals.waiting,
        },
        "unauthenticated": vitals.unauthenticated, "hellos_refused": vitals.hellos_refused,
        "modules": modules.collect::<Vec<_>>(),
        "reloads": { "good": vitals.reloads.0, "failed": vitals.reloads.1, "last_failure": vitals.reload_failure },
        "journal": sums.journal.map(|(path, length)| json!({
            "file": path.display().to_string(), "bytes": length, "calls": sums.recorded,
            "not_recorded": sums.unrecorded, "failure": sums.failure,
        })),
        "seens_not_readable": unreadable,
        "programs": programs.collect::<Vec<_>>(),
    })
}

fn routine_json(routine: &Routine, unreadable: u64) -> Value {
    let counts = &routine.counts;
    let answers = match (&routine.way, &routine.candidate) {
        (Err(why), _) => format!("does not travel: {why}"),
        (Ok(_), Some(_)) => "candidate".to_owned(),
        (Ok(_), None) => "nobody".to_owned(),
    };
    json!({
        "routine": routine.name, "answers": answers,
        "calls": counts.calls, "answered": counts.answered, "declined": counts.declined,
        "exceptions": counts.exceptions, "refused": counts.refused, "garbage": counts.garbage + unreadable,
        "seen": counts.seen, "untold": counts.untold,
        "p50_us": counts.percentile(0.5), "p99_us": counts.percentile(0.99), "max_us": counts.percentile(1.0),
    })
}

/// The same for a person. What an older or newer server does not say is left out.
pub fn text(server: &str, status: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let connections = &status["connections"];
    let mut out = format!(
        "{server}: {}, process {}, for {} s; {} of {} open, {} waiting\n",
        status["what"].as_str().unwrap_or("?").trim_start_matches("@(#)"),
        number(&status["pid"]),
        number(&status["seconds"]),
        count(number(&connections["open"]), "connection"),
        number(&connections["limit"]),
        count(number(&connections["waiting_bytes"]), "byte"),
    );
    let closed = ["not_allowed", "too_many", "too_slow", "too_large", "no_calls"];
    let mut closed: Vec<String> = closed
        .iter()
        .filter(|key| number(&connections[**key]) > 0)
        .map(|key| format!("{} {}", number(&connections[*key]), key.replace('_', " ")))
        .collect();
    for key in ["unauthenticated", "hellos_refused"] {
        if number(&status[key]) > 0 {
            closed.push(format!("{} {}", number(&status[key]), key.replace('_', " ")));
        }
    }
    if !closed.is_empty() {
        out += &format!("refused: {}\n", closed.join(", "));
    }
    for module in status["modules"].as_array().into_iter().flatten() {
        let part = |key: &str| module[key].as_str().unwrap_or("?");
        let what = part("what").trim_start_matches("@(#)").trim();
        out += &format!("module: {} ({what})\n", part("file"));
    }
    if let Some(failure) = status["reloads"]["last_failure"].as_str() {
        out += &format!("the last reload failed: {failure}\n");
    }
    if number(&status["seens_not_readable"]) > 0 {
        let calls = count(number(&status["seens_not_readable"]), "call");
        out += &format!("made elsewhere and not readable: {calls}\n");
    }
    if let Some(file) = status["journal"]["file"].as_str() {
        let lost = count(number(&status["journal"]["not_recorded"]), "call");
        let failure = status["journal"]["failure"]
            .as_str()
            .map(|why| format!("; {lost} after that are not in it: {why}"));
        let calls = count(number(&status["journal"]["calls"]), "call");
        out += &format!("journal: {file}, {calls}{}\n", failure.unwrap_or_default());
    }
    out + &table(status).render("  ")
}

fn table(status: &Value) -> Table {
    use Align::{Left, Right};
    let columns =
        ["calls", "answered", "declined", "exceptions", "refused", "garbage", "seen", "equal", "mismatched"];
    let mut heads = vec![("routine", Left), ("answers", Left)];
    heads.extend(columns.iter().map(|name| (*name, Right)));
    heads.extend([("p50 us", Right), ("p99 us", Right)]);
    let mut table = Table::new(&heads);
    for program in status["programs"].as_array().into_iter().flatten() {
        for routine in program["routines"].as_array().into_iter().flatten() {
            let answers = routine["answers"].as_str().unwrap_or("?");
            // Why it does not travel is said in the JSON, and by `generate`.
            let answers = answers.split(':').next().unwrap_or_default();
            let mut row = vec![routine["routine"].as_str().unwrap_or("?").to_owned(), answers.to_owned()];
            let within = ["equal", "within"].map(|key| routine["compared"][key].as_u64().unwrap_or(0));
            row.extend(columns.iter().map(|key| {
                match *key {
                    "equal" => within.iter().sum::<u64>().to_string(),
                    "mismatched" => ["mismatched", "crashed"]
                        .iter()
                        .map(|key| routine["compared"][*key].as_u64().unwrap_or(0))
                        .sum::<u64>()
                        .to_string(),
                    key => routine[key].as_u64().unwrap_or(0).to_string(),
                }
            }));
            let time =
                |key: &str| routine[key].as_f64().map_or_else(|| "-".to_owned(), |us| format!("{us:.1}"));
            row.extend([time("p50_us"), time("p99_us")]);
            table.row(row);
        }
    }
    table
}
