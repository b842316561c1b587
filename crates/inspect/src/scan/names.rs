//! Names of the source as identifiers of a contract.

use cmp_bridge_contract::model::Routine;
use cmp_bridge_contract::names::rust_type_name;
use cmp_bridge_contract::syntax::is_identifier;

/// `name` as an identifier; `fallback` when nothing of it can be kept.
pub(crate) fn identifier(name: &str, fallback: &str) -> String {
    let kept: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(120).collect();
    let kept = match kept.chars().next() {
        Some(c) if c.is_ascii_digit() => format!("_{kept}"),
        _ => kept,
    };
    match is_identifier(&kept) && kept.chars().any(|c| c != '_') {
        true => kept,
        false => fallback.to_string(),
    }
}

/// The name of a routine: that of the source, with its module in front for a Fortran module procedure
/// (`__orbit_MOD_prop` is `orbit_prop`).
pub(crate) fn routine_name(name: &str, linkage_name: Option<&str>) -> String {
    let module = linkage_name.and_then(|l| l.strip_prefix("__")).and_then(|l| l.split_once("_MOD_"));
    match module {
        Some((module, procedure)) => identifier(&format!("{module}_{procedure}"), "routine"),
        None => identifier(name, "routine"),
    }
}

/// A name for one more routine: the wanted one, or with the first number that tells it from the others, in Rust, too.
pub(crate) fn routine_beside(routines: &[Routine], wanted: &str) -> String {
    let letters = |name: &str| {
        let kept: Vec<u8> = name.bytes().filter(|byte| *byte != b'_').collect();
        kept.to_ascii_lowercase()
    };
    let taken = |name: &str| {
        let plain = letters(name);
        let like = |other: &&Routine| {
            let mut rest = other.name.bytes().filter(|byte| *byte != b'_');
            plain.iter().all(|byte| rest.next().is_some_and(|b| b.eq_ignore_ascii_case(byte)))
        };
        routines.iter().filter(like).any(|other| rust_type_name(&other.name) == rust_type_name(name))
    };
    match taken(wanted) {
        false => wanted.to_owned(),
        true => (2..)
            .map(|number| format!("{wanted}_{number}"))
            .find(|name| !taken(name))
            .unwrap_or_else(|| wanted.to_owned()),
    }
}

/// The part of a symbol that says the compiler specialised it.
pub(crate) fn clone_suffix(symbol: &str) -> Option<&'static str> {
    ["constprop", "isra", "part", "cold", "simdclone", "localalias"]
        .into_iter()
        .find(|kind| symbol.split('.').skip(1).any(|part| part == *kind))
}

/// A copy that the compiler made of the routine `symbol` with code of its own. gcc marks a routine that it made one of as
/// inlined, so that this mark says nothing of such a routine.
pub(crate) fn is_copy_of(name: &str, symbol: &str) -> bool {
    name.strip_prefix(symbol).is_some_and(|rest| rest.starts_with('.'))
        && matches!(clone_suffix(name), Some("constprop" | "isra" | "part" | "simdclone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(routine_name("adder", Some("adder_")), "adder");
        assert_eq!(routine_name("prop", Some("__orbit_MOD_prop")), "orbit_prop");
        assert_eq!(routine_name("3 é", None), "_3__");
        assert_eq!(identifier("", "arg0"), "arg0");
        assert_eq!(identifier("__", "arg0"), "arg0");
        assert_eq!(clone_suffix("f.constprop.0"), Some("constprop"));
        assert_eq!(clone_suffix("f.part.0.isra.1"), Some("isra"));
        assert!(is_copy_of("f.part.0", "f") && !is_copy_of("f.cold", "f") && !is_copy_of("ff.part.0", "f"));
        assert_eq!(clone_suffix("count.0"), None);
        assert_eq!(clone_suffix("constprop"), None);
    }
}
