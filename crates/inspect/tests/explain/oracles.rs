//! Counts on the tests' own images, counted again by other tools.

use std::collections::BTreeMap;
use std::path::Path;

use cmp_bridge_inspect::explain::Explanation;

use crate::support::{build, cases_folder, fresh, run, survey};

fn all(image: &Path) -> Vec<Explanation> {
    survey(image, |survey| {
        survey.scan_all();
        survey.subjects("*", None).iter().map(|subject| survey.explain(subject, None)).collect()
    })
}

fn image_of(case: &str, test: &str) -> std::path::PathBuf {
    build(&cases_folder().join(case), &fresh(&format!("{test}-{case}")))
}

/// Inlined copies, as readelf lists them.
#[test]
fn inlined_copies_are_those_readelf_lists() {
    for case in ["shared", "optimized", "program", "virtual", "ada", "fortran", "link_time"] {
        let image = image_of(case, "readelf");
        let dump = run("readelf", &["--debug-dump=info", &image.display().to_string()], Path::new("/"));
        let listed = dump.lines().filter(|l| l.contains("(DW_TAG_inlined_subroutine)")).count();
        let all = all(&image);
        let inlined = all.iter().flat_map(|e| &e.findings).filter(|f| f.code == "H304" || f.code == "H305");
        // A clone's original and what is left of it share their copies: each origin once.
        let found: usize = inlined.map(|f| f.count).sum();
        assert_eq!(found, listed, "{case}");
    }
}

/// Several names of one address, and clones, as nm lists them.
#[test]
fn aliases_and_clones_are_those_nm_lists() {
    for case in ["shared", "optimized", "folded", "program"] {
        let image = image_of(case, "nm");
        let listing = run("nm", &[&image.display().to_string()], Path::new("/"));
        let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in listing.lines() {
            if let [address, "t" | "T" | "W", name] = line.split_whitespace().collect::<Vec<_>>()[..]
                && !name.starts_with('_')
            {
                names.entry(address).or_default().push(name);
            }
        }
        let shared = names.values().filter(|n| n.len() > 1).count();
        let clones = names.values().flatten().filter(|n| n.contains(".constprop.")).count();
        let all = all(&image);
        let places = |code: &str| -> usize {
            all.iter().flat_map(|e| &e.findings).filter(|f| f.code == code).map(|f| f.places.len()).sum()
        };
        assert_eq!(places("H302") + places("H306"), clones, "{case}");
        let mut entries: Vec<u64> = all
            .iter()
            .filter(|e| e.findings.iter().any(|f| f.code == "H301"))
            .filter_map(|e| e.subject.entry)
            .collect();
        entries.dedup();
        let named = entries.iter().filter(|e| names.contains_key(format!("{e:016x}").as_str())).count();
        assert_eq!(named, shared, "{case}: {entries:x?}");
    }
}

/// Callers of each routine of the program, as objdump shows them.
#[test]
fn callers_are_those_objdump_shows() {
    let image = image_of("program", "objdump");
    let text = run("objdump", &["-d", "--no-show-raw-insn", &image.display().to_string()], Path::new("/"));
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines().filter(|l| l.contains("call ")) {
        if let Some((_, target)) = line.split_once('<') {
            *calls.entry(target.trim_end_matches('>').to_string()).or_default() += 1;
        }
    }
    let mut compared = 0;
    for explanation in all(&image) {
        let Some(symbol) = &explanation.subject.symbol else { continue };
        let Some(expected) = calls.get(symbol) else { continue };
        let callers = explanation.findings.iter().filter(|f| f.code == "H310" || f.code == "H314");
        let jumps = explanation.findings.iter().find(|f| f.code == "H308").map_or(0, |f| f.count);
        let found = callers.map(|f| f.count).sum::<usize>() - jumps;
        if explanation.subject.at.is_some() {
            assert_eq!(found, *expected, "{symbol}");
            compared += 1;
        }
    }
    assert!(compared > 15, "{compared} routines");
}
