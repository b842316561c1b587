//! Proposals are put at the end of a contract file; nothing else of it changes.

use super::{read_unchecked, write};
use crate::diagnostics::Diagnostics;
use crate::model::Proposal;
use crate::proposal::Judgement;
use toml_edit::DocumentMut;

/// Replaces the proposals of `by` about the routines that `about` accepts with `new` ones. What the contract says already
/// is left out, what it contradicts is marked, what a person has rejected stays so. Returns the text, and the proposals
/// that stand in it now.
pub fn propose(
    existing: &str,
    file: &str,
    by: &str,
    about: &dyn Fn(Option<&str>) -> bool,
    new: &[Proposal],
) -> Result<(String, Vec<Proposal>), Diagnostics> {
    let contract = read_unchecked(existing, file)?;
    let same = |a: &Proposal, b: &Proposal| a.routine == b.routine && a.set == b.set;
    let obsolete = |old: &&Proposal| old.by == by && !old.rejected && about(old.routine.as_deref());
    let mut kept: Vec<Proposal> = contract.proposals.iter().filter(|old| !obsolete(old)).cloned().collect();
    for proposal in new {
        let conflict = match proposal.judge(&contract) {
            Judgement::New => None,
            Judgement::Conflict(said) => Some(said),
            Judgement::Known | Judgement::Nowhere => continue,
        };
        // The same fact may be proposed twice: the first to say it is not repeated, unless it says something else.
        let stands =
            kept.iter().any(|old| same(old, proposal) && (old.rejected || old.value == proposal.value));
        if !stands {
            kept.push(Proposal { conflict, ..proposal.clone() });
        }
    }
    Ok((with(existing, &kept), kept))
}

/// The text with these proposals instead of its own.
pub(super) fn with(existing: &str, proposals: &[Proposal]) -> String {
    let mut text = match existing.parse::<DocumentMut>() {
        Ok(mut document) => {
            document.remove("proposal");
            document.to_string()
        }
        Err(_) => existing.to_string(),
    };
    if !proposals.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    proposals.iter().for_each(|proposal| write::write_proposal(&mut text, proposal));
    text
}
