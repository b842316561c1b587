//! Any bytes as an ELF file with debug information: errors and findings, never a panic, a hang or much memory.
#![no_main]

use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::dwarf::survey::survey;
use cmp_bridge_inspect::dwarf::{DebugInfo, Search, Sections};
use cmp_bridge_inspect::scan::{ScanOptions, scan};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(binary) = Binary::from_bytes("/nowhere/fuzzed", data.to_vec()) else {
        return;
    };
    let _ = (binary.functions(), binary.symbol("main"), binary.frames());
    let nowhere = Search { roots: Vec::new() };
    if let Ok(sections) = Sections::load_with(&binary, &nowhere) {
        survey(&DebugInfo::read(&sections));
        let _ = scan(&binary, &ScanOptions::default());
    }
});
