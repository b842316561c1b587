//! Names in a C89 stub: what the program has, its own routines, storage, types and parameters, is never hidden by what is ours.
//!
//! All that is printed beside them begins with `cmpb_`, `CMPB_`, `cmp_` or `CMP_`, in every scope, and no name of a contract may.

use super::c_names::plain;
use super::c_types::Types;
use cmp_bridge_contract::model::{Contract, Language, StateArea, StateKind};

/// A Fortran symbol as a compiler writes it that adds no underscore.
pub(crate) fn without_underscore(contract: &Contract, symbol: &str) -> Option<String> {
    let plain = symbol.strip_suffix('_').filter(|plain| !plain.is_empty() && !plain.ends_with('_'))?;
    (contract.component.language == Language::Fortran && !plain.starts_with('_')).then(|| plain.to_string())
}

/// Names without a prefix that a stub uses: those of C, and what programs call the component by.
fn used(contract: &Contract) -> [String; 3] {
    ["size_t".into(), "memset".into(), format!("{}_stub", plain(&contract.component.name))]
}

/// A name that is the stub's own, at file scope or in some function.
pub(crate) fn is_ours(contract: &Contract, name: &str) -> bool {
    let prefixed = ["cmpb_", "CMPB_", "cmp_", "CMP_"].iter().any(|prefix| name.starts_with(prefix));
    let legacy = |symbol: &str| name.strip_prefix("legacy_") == Some(symbol);
    prefixed
        || used(contract).iter().any(|own| own == name)
        || contract.routines.iter().any(|routine| legacy(&routine.symbol))
}

/// The name of a parameter: in the struct of arguments, and in the routine.
pub(crate) fn argument(types: &Types, name: &str) -> String {
    let name = types.names.param(name);
    if is_ours(types.contract, &name) { name + "_" } else { name }
}

/// The contract with the names taken that its symbols have where Fortran adds no underscore, and those of the stub.
pub(crate) fn widened(contract: &Contract) -> Contract {
    let mut contract = contract.clone();
    let symbols = contract.routines.iter().map(|routine| &routine.symbol);
    let legacy = symbols.clone().map(|symbol| format!("legacy_{symbol}"));
    let all: Vec<String> = symbols
        .chain(contract.state.iter().map(|area| &area.symbol))
        .filter_map(|symbol| without_underscore(&contract, symbol))
        .chain(legacy)
        .chain(used(&contract))
        .collect();
    contract.state.extend(all.into_iter().map(|symbol| StateArea {
        // No identifier: nobody refers to it.
        name: format!("plain {symbol}"),
        symbol,
        file: None,
        size: 1,
        kind: StateKind::Global,
    }));
    contract
}
