//! The libraries of this machine: nearly all their functions must be movable.

use std::path::PathBuf;
use std::time::Instant;

use cmp_bridge_inspect::binary::SymbolKind;
use cmp_bridge_inspect::code::CodeMap;
use cmp_bridge_inspect::hazard::hookable;

use crate::same;
use crate::support::{open, output, run};

#[test]
fn nine_in_ten_functions_of_real_libraries_can_be_moved() {
    for name in ["libc.so.6", "libgfortran.so.5", "libstdc++.so.6"] {
        let path =
            PathBuf::from(run("gcc", &[&format!("-print-file-name={name}")], &output("statistics")).trim());
        assert!(path.is_absolute(), "{name} is not installed");
        let binary = open(&path);
        let start = Instant::now();
        let code = CodeMap::sweep(&binary);
        let seconds = start.elapsed().as_secs_f64();
        let mut refused = std::collections::BTreeMap::new();
        let (mut all, mut moved) = (0, 0);
        for symbol in binary.symbols().iter().filter(|s| s.kind == SymbolKind::Function) {
            all += 1;
            match hookable(&binary, &code, &symbol.name, None) {
                Ok(hook) => {
                    moved += 1;
                    same::check(&hook.original, hook.entry, &hook.relocated)
                        .unwrap_or_else(|e| panic!("{name}: {}: {e}", symbol.name));
                }
                Err(hazard) => *refused.entry(hazard.code()).or_insert(0) += 1,
            }
        }
        let percent = 100.0 * f64::from(moved) / f64::from(all);
        println!("{name}: {moved} of {all} ({percent:.1} %), sweep {seconds:.2} s, refused {refused:?}");
        assert!(percent >= 90.0, "{name}: {percent:.1} %: {refused:?}");
    }
}
