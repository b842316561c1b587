//! Files cut short and with wrong bytes: an error or a refusal, never a panic, never without end.

use std::path::Path;
use std::time::{Duration, Instant};

use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::check;
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::support;

/// Everything that is ever done with a file.
fn exercise(path: &Path, what: &str) {
    let start = Instant::now();
    if let Ok(binary) = Binary::open(path) {
        let (low, high) = binary.span();
        let _ = (binary.bytes_at(low, 16), binary.bytes_at(high.wrapping_sub(4), 16), binary.build_id_hex());
        for symbol in binary.symbols() {
            let _ = (
                binary.symbol_at(symbol.address),
                binary.object_at(symbol.address),
                binary.function_at(symbol.size),
            );
        }
        if let Ok(report) = scan(&binary, &ScanOptions::default()) {
            for contract in &report.contracts {
                let _ = (contract.to_toml(), check(contract, &binary));
            }
        }
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{what} took {:?}", start.elapsed());
}

/// A small generator of numbers: the same at every run, so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

/// Quick by default; with `CMP_BRIDGE_LONG=1` as many as it takes to reach every table.
fn rounds(quick: usize, long: usize) -> usize {
    if std::env::var_os("CMP_BRIDGE_LONG").is_some() { long } else { quick }
}

fn damage(case: &str) {
    let out = support::fresh(&format!("damage-{case}"));
    let path = support::build(case, &out, &[]);
    let whole = std::fs::read(&path).expect("the file");
    let binary = Binary::open(&path).expect("an ELF file");
    let debug: Vec<(usize, usize)> = binary
        .sections()
        .iter()
        .filter(|s| s.name.starts_with(".debug") || s.name == ".eh_frame" || s.name.starts_with(".dyn"))
        .map(|s| (s.file.0 as usize, s.file.1 as usize))
        .collect();
    let file = out.join("damaged");
    let mut numbers = Numbers(case.len() as u64);
    for round in 0..rounds(30, 2000) {
        let length = numbers.below(whole.len());
        std::fs::write(&file, &whole[..length]).expect("a file");
        exercise(&file, &format!("{case} cut to {length} (round {round})"));
    }
    for round in 0..rounds(150, 20_000) {
        let mut bytes = whole.clone();
        let mut changes = Vec::new();
        for _ in 0..=numbers.below(3) {
            let at = match round % 4 {
                // Headers, then the section table, then anywhere a table is.
                0 => numbers.below(0x400),
                1 => whole.len() - 1 - numbers.below(2400),
                _ => {
                    let (start, length) = debug[numbers.below(debug.len())];
                    start + numbers.below(length)
                }
            };
            let value = [0u8, 0xff, 0x7f, 0x80, numbers.below(256) as u8][numbers.below(5)];
            bytes[at] = value;
            changes.push((at, value));
        }
        std::fs::write(&file, &bytes).expect("a file");
        exercise(&file, &format!("{case} with {changes:x?} (round {round})"));
    }
}

#[test]
fn c_damaged() {
    damage("c_shapes");
}

#[test]
fn cpp_damaged() {
    damage("cpp_shapes");
}

#[test]
fn fortran_damaged() {
    damage("fortran_shapes");
}
