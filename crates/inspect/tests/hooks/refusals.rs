//! Every case against its expectation, and objdump as the oracle for instruction boundaries.

use std::collections::BTreeSet;

use cmp_bridge_inspect::code::CodeMap;
use cmp_bridge_inspect::hazard::{Caution, Hazard, hookable};
use cmp_bridge_inspect::prologue::PATCH_BYTES;

use crate::same;
use crate::support::{Expected, build, case_names, objdump, open};

#[test]
fn every_case_is_as_expected() {
    let mut codes = BTreeSet::new();
    let mut wrong = Vec::new();
    for name in case_names() {
        let case = build(&name, "refusals");
        let binary = open(&case.library);
        let code = CodeMap::sweep(&binary);
        for (symbol, expected) in &case.expected {
            let found = hookable(&binary, &code, symbol, None);
            let as_expected = match (&found, expected) {
                (Ok(hook), Expected::Moved(len)) => len.is_none_or(|len| len == hook.original.len()),
                (Err(hazard), Expected::Refused(code)) => hazard.code() == code,
                _ => false,
            };
            if !as_expected {
                let found = found.map(|h| h.original.len()).map_err(|h| format!("{}: {h}", h.code()));
                wrong.push(format!("{name}/{symbol}: expected {expected:?}, found {found:?}"));
            } else if let Err(hazard) = found {
                codes.insert(hazard.code());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The codes between need a contract: `plan.rs` has them.
    let all: BTreeSet<String> = (201..=212).chain([222]).map(|n| format!("H{n}")).collect();
    assert_eq!(codes.iter().map(|c| c.to_string()).collect::<BTreeSet<_>>(), all);
}

#[test]
fn moved_instructions_are_those_objdump_sees() {
    let mut seen = 0;
    for name in case_names() {
        let case = build(&name, "objdump");
        let binary = open(&case.library);
        let code = CodeMap::sweep(&binary);
        let listing = objdump(&case.library);
        for function in binary.functions() {
            let Some(symbol) = function.symbols.first().map(|&i| &binary.symbols()[i]) else { continue };
            let Ok(hook) = hookable(&binary, &code, &symbol.name, symbol.file.as_deref()) else { continue };
            for row in &hook.relocated.rows {
                let address = hook.entry + u64::from(row.original);
                assert!(listing.contains_key(&address), "{name}/{}: {address:#x} is inside", symbol.name);
            }
            // Between the entry and its end objdump sees as many instructions as were moved (padding aside).
            let originals: BTreeSet<u16> = hook.relocated.rows.iter().map(|r| r.original).collect();
            let last = hook.entry + u64::from(originals.iter().copied().max().unwrap_or(0));
            let between = listing.range(hook.entry..=last).count();
            assert_eq!(between, originals.len(), "{name}/{}", symbol.name);
            same::check(&hook.original, hook.entry, &hook.relocated).unwrap_or_else(|e| panic!("{e}"));
            assert!(hook.original.len() >= PATCH_BYTES);
            seen += 1;
        }
    }
    assert!(seen > 60, "only {seen} routines");
}

#[test]
fn refusals_name_the_place_and_the_reason() {
    let case = build("refused", "messages");
    let binary = open(&case.library);
    let code = CodeMap::sweep(&binary);
    let message = |symbol: &str, file: Option<&str>| match hookable(&binary, &code, symbol, file) {
        Ok(_) => panic!("{symbol} was expected to be refused"),
        Err(hazard) => hazard.to_string(),
    };
    assert_eq!(
        message("entered_by_jump", None),
        "the jump at somebody+0x6 leads to +2, into its first 6 bytes"
    );
    assert_eq!(
        message("entered_by_call", None),
        "the call at somebody+0x8 leads to +2, into its first 6 bytes"
    );
    assert!(
        message("entered_by_table", None).starts_with("the jump table of the jump at entered_by_table+0x")
    );
    assert!(message("looping_from_cold", None).contains("looping_from_cold.cold+0x3 goes back to its entry"));
    assert_eq!(message("outer", None), "it overlaps `inner`");
    assert_eq!(message("inner", None), "it overlaps `outer`");
    assert_eq!(
        message("in_writable", None),
        "its entry is not in a section of plain code: .own_text is writable"
    );
    assert_eq!(
        message("only_copy", None),
        "refused.so defines no symbol `only_copy`: only the compiler's own copies only_copy.isra.0 exist"
    );
    assert_eq!(
        message("Too_Short_", None),
        "refused.so defines no symbol `Too_Short_`; is `too_short` meant?"
    );
    assert!(message("local_twin", None).starts_with("2 functions are named `local_twin`: "));
    assert!(hookable(&binary, &code, "local_twin", Some("elsewhere/second.s")).is_ok());
    assert!(matches!(
        hookable(&binary, &code, "m_call_returns_inside", None),
        Err(Hazard::Immovable(obstacle)) if obstacle.to_string() == "the call at +0 returns to +2, inside the bytes to replace"
    ));
}

#[test]
fn aliases_and_copies_are_cautions() {
    let case = build("refused", "cautions");
    let binary = open(&case.library);
    let code = CodeMap::sweep(&binary);
    let hook = hookable(&binary, &code, "alias_one", None).expect("an alias may be hooked");
    let aliases = Caution::Aliases(vec!["alias_two".to_string()]);
    let copies = Caution::Copies(vec!["alias_one.constprop.0".to_string()]);
    assert_eq!(hook.cautions, [aliases, copies]);
    let plain = hookable(&binary, &code, "tail_called", None).expect("an ordinary routine");
    assert!(plain.cautions.is_empty());
}
