//! Telling symbols of one name apart.

use std::path::Path;

use crate::binary::{Binding, Symbol};

/// Reduces `named` to the symbols that can be meant: those from `file` if there are any, else the global ones if there are
/// any. Several names of one place count once.
pub(crate) fn narrow(named: &mut Vec<&Symbol>, file: Option<&str>) {
    named.sort_by_key(|s| (s.address, s.binding));
    named.dedup_by_key(|s| s.address);
    if named.len() < 2 {
        return;
    }
    let from_file = |s: &&Symbol| file.is_some() && s.file.as_deref().map(base_name) == file.map(base_name);
    let global = |s: &&Symbol| s.binding != Binding::Local;
    if named.iter().any(from_file) {
        named.retain(from_file);
    } else if named.iter().any(global) {
        named.retain(global);
    }
}

/// Where symbols are, for a message: at most eight of them.
pub(crate) fn places(symbols: &[&Symbol]) -> String {
    let place = |s: &&Symbol| match &s.file {
        Some(file) => format!("{file} ({:#x})", s.address),
        None => format!("{:#x}", s.address),
    };
    let mut places: Vec<String> = symbols.iter().take(8).map(place).collect();
    if symbols.len() > 8 {
        places.push("...".to_string());
    }
    places.join(", ")
}

fn base_name(path: &str) -> &str {
    Path::new(path).file_name().and_then(|n| n.to_str()).unwrap_or(path)
}
