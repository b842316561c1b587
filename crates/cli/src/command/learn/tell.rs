//! What `learn` says.

use super::{Args, Error, RoutineLearnt};
use crate::command::accept;
use crate::output::{Paint, note, print};
use crate::report::count;
use cmp_bridge_contract::model::Proposal;

/// Tells what was learnt.
pub(super) fn tell(args: &Args, learnt: &[RoutineLearnt], standing: &[Proposal]) -> Result<(), Error> {
    if let Some(path) = &args.json {
        let text =
            serde_json::to_string_pretty(&json(learnt, standing)).map_err(std::io::Error::other)? + "\n";
        if path.as_os_str() == "-" {
            print(&text)?;
        } else {
            std::fs::write(path, text).map_err(crate::error::FileError::new(path, "written"))?;
        }
    }
    let paint = Paint::stderr();
    for routine in learnt {
        let mine = |p: &&Proposal| p.routine.as_deref() == Some(routine.name.as_str()) && p.by == "learn";
        let proposals: Vec<&Proposal> = standing.iter().filter(mine).collect();
        let quiet = proposals.is_empty() && !args.verbose;
        if quiet || (routine.calls == 0 && !args.verbose) {
            continue;
        }
        note(&paint.title(&format!(
            "{}: {}, {} watched",
            routine.name,
            count(routine.calls, "call"),
            routine.watched
        )));
        for proposal in proposals {
            note(&format!("  {}", accept::line(proposal, paint).trim_end().replace('\n', "\n  ")));
        }
        if args.verbose {
            for (what, why) in &routine.learnt.silent {
                note(&format!("  {} {what}: {why}", paint.doubtful("cannot tell:")));
            }
            routine.learnt.notes.iter().for_each(|text| note(&format!("  note: {text}")));
        }
        for (why, calls) in &routine.unfit {
            note(&format!("  {} {} left out: {why}", paint.doubtful("note:"), count(*calls, "call")));
        }
    }
    note(&summary(args, learnt, standing));
    Ok(())
}

fn summary(args: &Args, learnt: &[RoutineLearnt], standing: &[Proposal]) -> String {
    let called = learnt.iter().filter(|routine| routine.calls > 0).count();
    let conflicts = standing.iter().filter(|proposal| proposal.conflict.is_some()).count();
    let silent: usize = learnt.iter().map(|routine| routine.learnt.silent.len()).sum();
    let where_to =
        if args.dry_run { "not written (--dry-run)" } else { "`cmp-bridge accept` makes them facts" };
    format!(
        "cmp-bridge: {called} of {} called; {}, {conflicts} of them conflicts: {where_to}; {} cannot be told{}",
        count(learnt.len() as u64, "routine"),
        count(standing.len() as u64, "proposal"),
        count(silent as u64, "fact"),
        if args.verbose { "" } else { " (--verbose says why)" },
    )
}

fn json(learnt: &[RoutineLearnt], standing: &[Proposal]) -> serde_json::Value {
    let routines: Vec<_> = learnt
        .iter()
        .map(|routine| {
            let silent = routine.learnt.silent.iter();
            let silent: Vec<_> =
                silent.map(|(what, why)| serde_json::json!({ "what": what, "why": why })).collect();
            serde_json::json!({
                "routine": routine.name, "calls": routine.calls, "watched": routine.watched,
                "left_out": routine.unfit, "silent": silent, "notes": routine.learnt.notes,
            })
        })
        .collect();
    let proposals: Vec<_> = standing.iter().map(accept::json).collect();
    serde_json::json!({ "routines": routines, "proposals": proposals })
}
