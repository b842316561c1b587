//! Proposals: put at the end of a file, accepted into it, and no part of any fact before.

use cmp_bridge_contract::hash::contract_hash;
use cmp_bridge_contract::model::{Contract, Proposal, Use};
use cmp_bridge_contract::toml::{AcceptError, Choice, accept, merge_into, propose};

const TEXT: &str = r#"# completed by hand
contract = 1

[component]
name = "flight"
language = "fortran"

[routine.eck] # Eckstein-Hechler
symbol = "eck_"
params = [
  { name = "n", type = "i32", by = "reference", use = "in" }, # how many
  # the elements
  { name = "elt", type = "[f64; ?]", use = "unknown" },
  { name = "ier", type = "i32", by = "reference", use = "unknown" },
]
effects = "unknown" # not yet

[routine.jj]
symbol = "jj_"
params = []
"#;

fn proposal(set: &str, value: &str) -> Proposal {
    Proposal {
        routine: Some("eck".into()),
        set: set.into(),
        value: value.into(),
        calls: 12,
        by: "learn".into(),
        why: "seen".into(),
        ..Proposal::default()
    }
}

fn all() -> Vec<Proposal> {
    vec![
        proposal("params.elt.use", "\"in\""),
        proposal("params.elt.type", "\"[f64; n]\""),
        proposal("params.n.use", "\"out\""),
        proposal("status", "{ carrier = \"ier\", ok = 0, error = \"< 0\" }"),
        proposal("effects", "\"state\""),
        proposal(
            "state.cst",
            "{ view = \"[u8; 64]\", use = \"inout\", symbol = \"cst_\", size = 64, kind = \"common\" }",
        ),
    ]
}

fn proposed() -> String {
    propose(TEXT, "t.toml", "learn", &|_| true, &all()).expect("a contract").0
}

#[test]
fn a_file_with_proposals_says_the_same_as_without() {
    let text = proposed();
    assert!(text.starts_with(TEXT), "{text}");
    let (with, without) =
        (Contract::from_toml(&text, "t").expect("read"), Contract::from_toml(TEXT, "t").expect("read"));
    assert_eq!(contract_hash(&with), contract_hash(&without));
    assert_eq!(with.proposals.len(), 6);
    assert_eq!(with.proposals[2].conflict.as_deref(), Some("the contract says \"in\""));
    // Written and read again, and through a re-scan.
    assert_eq!(Contract::from_toml(&with.to_toml(), "t").expect("read"), with);
    let merged = merge_into(&text, "t", &without).expect("merged");
    assert_eq!(Contract::from_toml(&merged, "t").expect("read").proposals, with.proposals);
}

#[test]
fn proposing_again_updates_and_never_repeats() {
    let once = proposed();
    let (twice, _) = propose(&once, "t", "learn", &|_| true, &all()).expect("a contract");
    assert_eq!(once, twice);
    let (fewer, left) = propose(&once, "t", "learn", &|_| true, &all()[..1]).expect("a contract");
    assert_eq!((left.len(), Contract::from_toml(&fewer, "t").expect("read").proposals.len()), (1, 1));
    // Another's proposals, and those about other routines, stay.
    assert_eq!(propose(&once, "t", "calibrate", &|_| true, &[]).expect("a contract").0, once);
    assert_eq!(propose(&once, "t", "learn", &|name| name == Some("jj"), &[]).expect("a contract").0, once);
    assert_eq!(
        propose(&once, "t", "learn", &|_| true, &[]).expect("a contract").0.trim_end(),
        TEXT.trim_end()
    );
}

#[test]
fn accepted_proposals_are_facts_and_comments_stay() {
    let text = proposed();
    let choose = |p: &Proposal| if p.conflict.is_none() { Choice::Accept } else { Choice::Leave };
    let outcome = accept(&text, "t.toml", &choose).expect("accepted");
    let expected = TEXT
        .replace("\"[f64; ?]\", use = \"unknown\"", "\"[f64; n]\", use = \"in\"")
        .replace("by = \"reference\", use = \"unknown\"", "by = \"reference\", use = \"status\"")
        .replace("effects = \"unknown\" # not yet", "effects = \"state\" # not yet");
    for line in expected.lines() {
        assert!(outcome.text.contains(line), "{line}\n--- not in ---\n{}", outcome.text);
    }
    let contract = Contract::from_toml(&outcome.text, "t.toml").expect("a contract");
    let routine = contract.routine("eck").expect("the routine");
    assert_eq!(routine.params[2].usage, Use::Status);
    assert_eq!((routine.state[0].area.as_str(), routine.state[0].usage), ("cst", Use::InOut));
    assert_eq!(contract.state[0].size, 64);
    assert_eq!((outcome.accepted.len(), outcome.left.len(), contract.proposals.len()), (5, 1, 1));
}

#[test]
fn rejected_proposals_do_not_come_back() {
    let outcome = accept(&proposed(), "t", &|_| Choice::Reject).expect("rejected");
    let (again, standing) = propose(&outcome.text, "t", "learn", &|_| true, &all()).expect("a contract");
    assert_eq!(again, outcome.text);
    assert!(standing.iter().all(|proposal| proposal.rejected));
}

#[test]
fn what_has_no_place_or_makes_no_contract_changes_nothing() {
    for (set, value) in [("params.nobody.use", "\"in\""), ("state.x", "1"), ("nonsense", "2")] {
        let mut text = TEXT.to_string();
        text += &format!(
            "[[proposal]]\nroutine = \"eck\"\nset = \"{set}\"\nvalue = {value}\ncalls = 1\nby = \"learn\"\nwhy = \"\"\n"
        );
        let refused = accept(&text, "t", &|_| Choice::Accept);
        assert!(matches!(refused, Err(AcceptError::Misplaced { .. })), "{set}: {refused:?}");
    }
    // A direction that cannot be: the error has a line of the file.
    let (text, _) = propose(TEXT, "t", "learn", &|_| true, &[proposal("params.elt.type", "\"[f64; zz]\"")])
        .expect("read");
    let refused = accept(&text, "t", &|_| Choice::Accept);
    assert!(matches!(&refused, Err(AcceptError::Contract(all)) if all.0[0].line > 0), "{refused:?}");
}

proptest::proptest! {
    /// Any value in a proposal is read, accepted or refused: never a panic.
    #[test]
    fn any_proposal_is_survived(set in "[a-z.]{0,20}", value in "\\PC{0,20}", routine in "(eck|jj|no)") {
        let text = format!("{TEXT}\n[[proposal]]\nroutine = \"{routine}\"\nset = \"{set}\"\nvalue = {value}\n");
        let _ = accept(&text, "t", &|_| Choice::Accept);
        let mut odd = proposal(&set, &value);
        odd.routine = Some(routine);
        let _ = propose(TEXT, "t", "learn", &|_| true, &[odd]).map(|(text, _)| accept(&text, "t", &|_| Choice::Accept));
    }
}
