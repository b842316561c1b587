//! The proof of `learn`: what a person wrote of the reference CMP is taken out of its contracts, one day of calls is
//! watched, all that is proposed is accepted, and the result is held against what the person wrote.

use crate::legacy;
use crate::support::{Folder, run};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{By, Contract, Effects, Extent, Language, Param, Routine, Type, Use};
use std::collections::BTreeMap;
use std::process::Command;

const FILES: [&str; 2] = ["telemetry.toml", "flight_dynamics.toml"];

fn by_hand(file: &str) -> Contract {
    let text = std::fs::read_to_string(legacy::root().join("contracts").join(file)).expect("a contract");
    Contract::from_toml(&text, file).expect("a contract")
}

/// A contract as a scan would leave it: no directions, extents of C arrays, state, status and effects.
fn blank(mut contract: Contract) -> Contract {
    let is_c = contract.component.language == Language::C;
    for routine in &mut contract.routines {
        routine.status = None;
        routine.state.clear();
        routine.effects = Effects::Unknown;
        if let Some(returns) = routine.returns.as_mut().filter(|returns| returns.usage == Use::Status) {
            returns.usage = Use::Out;
        }
        for param in routine.params.iter_mut().filter(|param| param.by == By::Reference) {
            param.usage = Use::Unknown;
            param.nullable = false;
            param.tolerance = None;
            if is_c {
                param.ty = match &param.ty {
                    Type::Array(element, _) => Type::Array(element.clone(), Extent::Unknown),
                    Type::Cstr => Type::Array(Box::new(Type::Char), Extent::Unknown),
                    other => Type::Array(Box::new(other.clone()), Extent::Unknown),
                };
            }
        }
    }
    contract
}

/// How many facts of a kind are as a person wrote them, untold, or said otherwise.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Score {
    found: u32,
    silent: u32,
    /// Weaker and still right: `inout` for `out`, `out` for a status that never failed.
    weaker: u32,
}

struct Comparison {
    scores: BTreeMap<&'static str, Score>,
    wrong: Vec<String>,
}

impl Comparison {
    fn add(&mut self, kind: &'static str, verdict: Option<bool>, told: impl FnOnce() -> String) {
        let score = self.scores.entry(kind).or_default();
        match verdict {
            Some(true) => score.found += 1,
            None => score.silent += 1,
            Some(false) => self.wrong.push(told()),
        }
    }

    fn weaker(&mut self, kind: &'static str) {
        self.scores.entry(kind).or_default().weaker += 1;
    }

    fn param(&mut self, name: &str, hand: &Param, learnt: &Param) {
        let told = || {
            format!(
                "{name}.{}: {:?} {} by hand, {:?} {} learnt",
                hand.name, hand.usage, hand.ty, learnt.usage, learnt.ty
            )
        };
        match (hand.usage, learnt.usage) {
            (_, Use::Unknown) => self.add("direction", None, told),
            // Written in part, or with places that may read and did not run.
            (Use::Status, Use::Out | Use::InOut) | (Use::Out, Use::InOut) => self.weaker("direction"),
            (a, b) => self.add("direction", Some(a == b), told),
        }
        let unknown = matches!(learnt.ty, Type::Array(_, Extent::Unknown));
        if is_part(&learnt.ty, &hand.ty) {
            // Constant subscripts read the first elements of a table that a person knows to be larger.
            self.weaker("extent");
        } else if unknown || hand.ty != learnt.ty {
            self.add("extent", if unknown { None } else { Some(false) }, told);
        } else if matches!(&hand.ty, Type::Array(_, Extent::Expr(expr)) if !matches!(expr, Expr::Const(_)))
            || hand.ty == Type::Cstr
        {
            self.add("extent", Some(true), told);
        }
    }

    fn routine(&mut self, hand: &Routine, learnt: &Routine) {
        let name = &hand.name;
        for (hand, learnt) in
            hand.params.iter().zip(&learnt.params).filter(|(hand, _)| hand.by == By::Reference)
        {
            self.param(name, hand, learnt);
        }
        match (&hand.status, &learnt.status) {
            (Some(_), None) => self.add("status", None, String::new),
            (hand, Some(learnt)) => {
                let agrees = hand.as_ref().is_some_and(|hand| {
                    hand.ok == learnt.ok
                        && learnt.error.is_none_or(|error| Some(error) == hand.error)
                        && learnt.warning.is_none_or(|warning| Some(warning) == hand.warning)
                });
                self.add("status", Some(agrees), || {
                    format!("{name}: status {hand:?} by hand, {learnt:?} learnt")
                });
            }
            (None, None) => {}
        }
        for entry in &hand.state {
            match learnt.state.iter().find(|other| other.area == entry.area).map(|other| other.usage) {
                None => self.add("state", None, String::new),
                Some(Use::InOut) if entry.usage == Use::Out => self.weaker("state"),
                Some(usage) => self.add("state", Some(usage == entry.usage), || {
                    format!("{name}: state {} {:?} by hand, {usage:?} learnt", entry.area, entry.usage)
                }),
            }
        }
        for entry in
            learnt.state.iter().filter(|entry| !hand.state.iter().any(|other| other.area == entry.area))
        {
            self.wrong.push(format!("{name}: state {} {:?} learnt, none by hand", entry.area, entry.usage));
        }
        match learnt.effects {
            Effects::Unknown => self.add("effects", None, String::new),
            effects => self.add("effects", Some(effects == hand.effects), || {
                format!("{name}: effects {:?} by hand, {effects:?} learnt", hand.effects)
            }),
        }
    }
}

/// The first elements of a table of constant extent.
fn is_part(learnt: &Type, hand: &Type) -> bool {
    let table = |ty: &Type| match ty {
        Type::Array(element, Extent::Expr(Expr::Const(count))) => ((**element).clone(), *count),
        other => (other.clone(), 1),
    };
    let (learnt, hand) = (table(learnt), table(hand));
    learnt.0 == hand.0 && learnt.1 < hand.1
}

#[test]
fn what_is_learnt_of_the_reference_cmp_is_what_a_person_wrote() {
    let folder = Folder::new("learn");
    let program = legacy::built("pie").join("cmp_day");
    let data = legacy::root().join("legacy/data/spot5.day");
    let mut arguments = vec!["learn".to_owned()];
    for file in FILES {
        std::fs::write(folder.path(file), blank(by_hand(file)).to_toml()).expect("a contract");
        arguments.extend(["--contract".to_owned(), folder.path(file).display().to_string()]);
    }
    arguments.extend(["--".to_owned(), program.display().to_string(), data.display().to_string()]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let plain = run(Command::new(&program).arg(&data)).ended(0);
    let did = run(&mut folder.command(&arguments)).ended(0);
    assert!(did.out == plain.out, "the program printed something else");
    let mut comparison = Comparison { scores: BTreeMap::new(), wrong: Vec::new() };
    for file in FILES {
        let path = folder.path(file).display().to_string();
        run(&mut folder.command(&["accept", &path, "--all"])).ended(0);
        let text = std::fs::read_to_string(folder.path(file)).expect("a contract");
        let learnt = Contract::from_toml(&text, file).expect("a contract");
        for hand in &by_hand(file).routines {
            comparison.routine(hand, learnt.routine(&hand.name).expect("the routine"));
        }
    }
    println!("{:#?}", comparison.scores);
    assert!(comparison.wrong.is_empty(), "{:#?}\n{}", comparison.wrong, did.err);
    // What one day shows at the least, on a machine that loses calls; 61 of the 104 routines are called in it.
    for (kind, least) in [("direction", 40), ("extent", 8), ("status", 1), ("state", 18), ("effects", 20)] {
        let score = comparison.scores.get(kind).copied().unwrap_or_default();
        assert!(score.found >= least, "{kind}: {score:?}\n{}", did.err);
    }
}

#[test]
fn what_a_person_wrote_of_the_reference_cmp_is_not_contradicted() {
    let folder = Folder::new("learn-by-hand");
    let program = legacy::built("pie").join("cmp_day").display().to_string();
    let data = legacy::root().join("legacy/data/spot5.day").display().to_string();
    for file in FILES {
        std::fs::copy(legacy::root().join("contracts").join(file), folder.path(file)).expect("a contract");
    }
    let arguments =
        ["learn", "--dry-run", "--contract", FILES[0], "--contract", FILES[1], "--", &program, &data];
    run(&mut folder.command(&arguments)).ended(0).says(&["0 proposals, 0 of them conflicts"]);
}
