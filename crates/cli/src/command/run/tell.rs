//! What `run` says: before the program starts, and after it has ended.

use super::live::{Finished, build_id};
use super::prepare::Prepared;
use crate::evidence::Evidence;
use crate::output::Paint;
use crate::report::{self, Align, Report, Table, count};
use cmp_bridge::control::{AgentState, Route};
use cmp_bridge::plan::Routine;
use std::collections::BTreeMap;

/// Names listed in one line, where not all are asked for.
pub const NAMES: usize = 8;

/// What is not hooked and what to know, a line each, with at most eight names.
pub fn before(prepared: &Prepared) -> Vec<String> {
    remarks(prepared, NAMES)
}

/// Names apart by commas, and how many more there are than may be listed.
pub fn listed<S: AsRef<str>>(names: &[S], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn remarks(prepared: &Prepared, most: usize) -> Vec<String> {
    let paint = Paint::stderr();
    let outcome = &prepared.outcome;
    let mut lines = Vec::new();
    for (reason, names) in &prepared.unscanned {
        lines.push(format!("{} {}: {reason}", paint.doubtful("not hooked:"), listed(names, most)));
    }
    for reason in &prepared.contradicted {
        lines.push(format!("{} {reason}", paint.doubtful("not hooked:")));
    }
    for refusal in &outcome.refused {
        lines.push(format!("{} {refusal}", paint.doubtful("not hooked:")));
    }
    for (routine, caution) in &outcome.cautions {
        lines.push(format!("{} {}: `{routine}`: {caution}", paint.doubtful("note:"), caution.code()));
    }
    lines.extend(unconfirmed(&outcome.plan.routines, most));
    if let Some(refusal) = &outcome.no_safe_moment {
        lines.push(format!("{} no module can be used: {refusal}", paint.doubtful("note:")));
    }
    lines
}

/// The routines that the planner gave slack, because nothing but the contract says how they are called.
fn unconfirmed(routines: &[Routine], most: usize) -> Option<String> {
    let names: Vec<&str> = routines.iter().filter(|r| r.slack > 0).map(|r| r.name.as_str()).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{} signature of {} not confirmed by debug information: {}",
            Paint::stderr().doubtful("note:"),
            count(names.len() as u64, "routine"),
            listed(&names, most)
        )
    })
}

/// The plan, for a person.
pub fn explain(prepared: &Prepared) -> String {
    let outcome = &prepared.outcome;
    let mut table = Table::new(&[
        ("routine", Align::Left),
        ("route", Align::Left),
        ("possible routes", Align::Left),
        ("image", Align::Left),
        ("entry", Align::Right),
        ("bytes replaced", Align::Right),
        ("areas", Align::Right),
        ("module", Align::Left),
    ]);
    for routine in &outcome.plan.routines {
        table.row(explain_row(prepared, routine));
    }
    let mut out = format!("{} (build-id {})\n", prepared.header.executable, build_id(prepared));
    out += &table.render("  ");
    for withheld in outcome.withheld.iter().filter(|withheld| withheld.route == Route::Rust) {
        out += &format!("closed: `{}`: routes shadow and rust: {}\n", withheld.routine, withheld.why);
    }
    remarks(prepared, usize::MAX).iter().for_each(|line| out += &format!("{line}\n"));
    out += &format!("{}\n", tally(prepared));
    out
}

fn explain_row(prepared: &Prepared, routine: &Routine) -> Vec<String> {
    let possible: Vec<&str> =
        Route::ALL.into_iter().filter(|r| routine.allowed & r.bit() != 0).map(Route::name).collect();
    let image = prepared.outcome.plan.images.get(usize::from(routine.patch.image));
    let image = image.map(|image| image.name.clone()).filter(|name| !name.is_empty());
    let module = routine.module.and_then(|index| prepared.modules.get(usize::from(index)));
    vec![
        routine.name.clone(),
        Route::from_byte(routine.route).name().to_owned(),
        possible.join(" "),
        image.unwrap_or_else(|| prepared.header.executable.clone()),
        format!("{:#x}", routine.patch.entry),
        routine.patch.original.len().to_string(),
        routine.captures.len().to_string(),
        module.map_or_else(|| "-".to_owned(), |(name, _)| name.clone()),
    ]
}

/// `23 routines hooked, 4 refused (2 H205, ...)`.
fn tally(prepared: &Prepared) -> String {
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for refusal in &prepared.outcome.refused {
        *reasons.entry(refusal.hazard.code().to_owned()).or_default() += 1;
    }
    for (reason, names) in &prepared.unscanned {
        *reasons.entry(reason.clone()).or_default() += names.len() as u64;
    }
    for reason in &prepared.contradicted {
        let code = reason.split(':').next().unwrap_or_default();
        *reasons.entry(code.to_owned()).or_default() += 1;
    }
    let refused: u64 = reasons.values().sum();
    let hooked = count(prepared.outcome.plan.routines.len() as u64, "routine");
    let reasons: Vec<String> = reasons.iter().map(|(reason, number)| format!("{number} {reason}")).collect();
    match reasons.is_empty() {
        true => format!("{hooked} hooked, none refused"),
        false => format!("{hooked} hooked, {refused} refused ({})", reasons.join("; ")),
    }
}

/// What came of the run. With `quiet` only what is wrong.
pub fn after(prepared: &Prepared, finished: &Finished, quiet: bool) -> Vec<String> {
    let paint = Paint::stderr();
    let mut lines = Vec::new();
    match &finished.state {
        AgentState::Refused(reason) => {
            lines.push(format!("{} the program ran without hooks: {reason}", paint.bad("error:")))
        }
        AgentState::Waiting => lines.push(format!(
            "{} the program ran without hooks: the agent never spoke; --agent may not be the agent of this build, or \
             the program was not started through the loader",
            paint.bad("error:")
        )),
        AgentState::Installed | AgentState::Worker => {}
    }
    if let Some(error) = &finished.ring_failure {
        lines.push(format!("{} some calls could not be read: {error}", paint.bad("error:")));
    }
    if let (Some(error), Some((path, length))) = (&finished.journal_failure, &finished.journal) {
        lines.push(format!(
            "{} {}: {error}; the program went on, and the journal ends with its last whole block ({})",
            paint.bad("warning:"),
            path.display(),
            size(*length)
        ));
    }
    if finished.status.code() == Some(0) && finished.failed() {
        lines.push(
            "  the program itself ended well; exit status 2 says that this run is no evidence".to_owned(),
        );
    }
    if quiet {
        return lines;
    }
    if let Some(shadow) = &finished.shadow {
        lines.extend(shadow_lines(prepared, shadow, finished.dropped));
    }
    let mut summary = format!(
        "cmp-bridge: {}; {} recorded, {} dropped",
        tally(prepared),
        count(finished.recorded, "call"),
        finished.dropped
    );
    if let Some((path, length)) = &finished.journal {
        summary += &format!("; journal {} ({})", path.display(), size(*length));
    }
    if let crate::error::Ending::Signal(signal) = finished.ending() {
        summary += &format!("; the program was killed by {}", cmp_bridge_harness::death::signal_name(signal));
    }
    lines.push(summary);
    if finished.dropped > 0 {
        lines.push(
            "  some calls came faster than they could be fetched (--ring-mib gives them more room), or had too little of their stack left".to_owned(),
        );
    }
    lines
}

/// The evidence of route `shadow`, as replay would print it.
fn shadow_lines(prepared: &Prepared, shadow: &Evidence, dropped: u64) -> Vec<String> {
    let journal = prepared.journal.as_ref();
    let report = Report {
        journal: journal.map_or_else(|| "(no journal)".to_owned(), |path| path.display().to_string()),
        executable: prepared.header.executable.clone(),
        build_id: build_id(prepared),
        target: prepared.header.target.clone(),
        contracts: Vec::new(),
        recorded: shadow.totals().calls,
        dropped,
        damage: Vec::new(),
        date: None,
        version: env!("CARGO_PKG_VERSION"),
        subjects: vec![shadow.clone()],
    };
    // Its first line speaks of a whole journal.
    report::text(&report, 3, Paint::stderr()).lines().skip(1).map(str::to_owned).collect()
}

/// `1.5 MiB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, listed};

    #[test]
    fn a_long_list_of_names_is_cut_and_says_so() {
        let names: Vec<String> = (0..320).map(|i| format!("r{i}")).collect();
        assert_eq!(listed(&names[..8], NAMES), "r0, r1, r2, r3, r4, r5, r6, r7");
        assert_eq!(listed(&names, NAMES), "r0, r1, r2, r3, r4, r5, r6, r7 and 312 more");
        assert!(listed(&names, usize::MAX).ends_with(", r318, r319"));
        assert_eq!(listed(&names[..0], NAMES), "");
    }
}
