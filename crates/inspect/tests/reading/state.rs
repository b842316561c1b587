//! State of routines wherever the compiler describes it, and whether what is scanned can be read back.

use cmp_bridge_contract::model::{Contract, Type, TypeKind, Use};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{ScanOptions, ScanReport, scan};

use crate::support;

fn scan_case(name: &str, test: &str, extra: &[&str]) -> ScanReport {
    let out = support::fresh(&format!("state-{test}-{name}{}", extra.concat()));
    let binary = Binary::open(support::build(name, &out, extra)).expect("an ELF file");
    scan(&binary, &ScanOptions::default()).expect("debug information")
}

/// An area, and what is seen there.
type Seen = (String, Vec<(String, String, u64)>);

/// Area, and name, type and offset of each variable that the routine has there.
fn state(contract: &Contract, routine: &str) -> Vec<Seen> {
    let routine = contract.routine(routine).unwrap_or_else(|| panic!("{routine} is missing"));
    let fields = |view: &Type| match view {
        Type::Named(name) => match contract.type_def(name).map(|def| &def.kind) {
            Some(TypeKind::Struct(fields)) => {
                fields.iter().map(|f| (f.name.clone(), f.ty.to_string(), f.offset)).collect()
            }
            other => panic!("{name}: {other:?}"),
        },
        other => vec![(String::new(), other.to_string(), 0)],
    };
    let mut state: Vec<_> = routine.state.iter().map(|s| (s.area.clone(), fields(&s.view))).collect();
    state.sort();
    state
}

fn block(area: &str, fields: &[(&str, &str, u64)]) -> Seen {
    let fields = fields.iter().map(|(name, ty, offset)| (name.to_string(), ty.to_string(), *offset));
    (area.to_string(), fields.collect())
}

const LEVELS: [&str; 4] = ["-O0", "-O1", "-O2", "-O3"];

#[test]
fn what_is_inlined_has_its_state() {
    for level in LEVELS {
        let report = scan_case("fortran_state", "inlined", &[level]);
        let contract = &report.contracts[0];
        let cq = block("cq", &[("w", "f64", 0), ("k", "i32", 8)]);
        let own = block("tally_cnt", &[("", "i32", 0)]);
        assert_eq!(state(contract, "tally"), [cq.clone(), own], "{level}");
        assert_eq!(state(contract, "twice"), [cq], "{level}");
        // Never less than it has, and never at another place.
        let short = state(contract, "short");
        let bytes = block("cq", &[("bytes", "[u8; 16]", 0)]);
        assert!(short == [block("cq", &[("w", "f64", 0)])] || short == [bytes], "{level}: {short:?}");
    }
}

#[test]
fn entries_have_the_state_of_their_body() {
    for level in LEVELS {
        let report = scan_case("fortran_state", "entries", &[level]);
        let contract = &report.contracts[0];
        for entry in ["st", "st2", "st3"] {
            let state = state(contract, entry);
            let areas: Vec<&str> = state.iter().map(|(_, fields)| fields[0].0.as_str()).collect();
            assert_eq!(areas, ["", "x"], "{level} {entry}: {state:?}");
            assert_eq!(state[1], block("zz", &[("x", "f32", 0), ("y", "f32", 4)]), "{level} {entry}");
        }
        assert_eq!(state(contract, "fent").len(), 1, "{level}");
        // Optimised, nothing of the body is left in this entry.
        let noted = report.notes.iter().any(|n| n.starts_with("gent: an ENTRY"));
        assert!(noted || state(contract, "gent") == state(contract, "fent"), "{level}");
        for entry in ["setb", "getb"] {
            let blk = block("blk", &[("t", "f64", 0), ("k", "i32", 8)]);
            assert_eq!(state(contract, entry), [blk], "{level} {entry}");
        }
        // One area for all of them.
        let areas: Vec<&str> = contract.state.iter().map(|s| s.symbol.as_str()).collect();
        assert_eq!(areas.iter().filter(|s| s.starts_with("k.")).count(), 1, "{level}: {areas:?}");
    }
}

#[test]
fn entries_of_modules_and_variables_of_namelists_are_state() {
    for level in LEVELS {
        let report = scan_case("fortran_state", "parts", &[level]);
        let contract = &report.contracts[0];
        for entry in ["gauge_set_t", "gauge_get_t"] {
            let state = state(contract, entry);
            assert!(state.contains(&block("cg", &[("k", "i32", 0)])), "{level} {entry}: {state:?}");
            assert_eq!(state.len(), 2, "{level} {entry}: {state:?}");
        }
        assert_eq!(state(contract, "gauge_other"), [], "{level}");
        let par = block("par", &[("x", "[f64; 3]", 0), ("n", "i32", 24)]);
        assert_eq!(state(contract, "rdn"), [par, block("rdn_y", &[("", "f64", 0)])], "{level}");
        let mut types: Vec<String> = state(contract, "nml").into_iter().map(|s| s.1[0].1.clone()).collect();
        types.sort();
        assert_eq!(types, ["[f32; 2]", "i32"], "{level}");
    }
}

#[test]
fn static_variables_of_shared_routines_are_state() {
    for level in LEVELS {
        let report = scan_case("cpp_state", "shared", &[level]);
        let contract = &report.contracts[0];
        let symbols = |part: &str| -> Vec<&str> {
            let mut found =
                contract.routines.iter().filter(|r| r.source.as_deref().is_some_and(|s| s.contains(part)));
            let routine = found.next().unwrap_or_else(|| panic!("{level}: {part} is missing"));
            let area = |name: &String| contract.state_area(name).map_or("", |area| area.symbol.as_str());
            routine.state.iter().map(|s| area(&s.area)).collect()
        };
        assert_eq!(symbols("counted("), ["_ZZ7countediE3cnt"], "{level}");
        assert_eq!(symbols("summed<int>"), ["_ZZ6summedIiET_S0_E3acc"], "{level}");
        assert_eq!(symbols("summed<double>"), ["_ZZ6summedIdET_S0_E3acc"], "{level}");
        assert_eq!(symbols("S::called"), ["_ZZN1S6calledEiE5calls"], "{level}");
        assert_eq!(symbols("S::S"), ["_ZZN1SC4EiE4made"], "{level}");
        assert_eq!(symbols("lambda"), ["_ZZZ3alliENKUliE_clEiE3inl"], "{level}");
        assert_eq!(symbols("plain("), ["_ZZ5plainiE3own"], "{level}");
        assert_eq!(symbols("none("), [""; 0], "{level}");
    }
}

#[test]
fn blocks_of_a_block_data_are_nobodys() {
    for level in LEVELS {
        for extra in [&[level][..], &[level, "-gdwarf-4"], &[level, "-fno-inline"]] {
            let report = scan_case("fortran_block_data", "blocks", extra);
            let contract = &report.contracts[0];
            let areas = |routine: &str| -> Vec<String> {
                state(contract, routine).into_iter().map(|(area, _)| area).collect()
            };
            let expected: [(&str, &[&str]); 11] = [
                ("s0", &["w0"]),
                ("s1", &["ci"]),
                ("s2", &[]),
                ("s3", &[]),
                ("t1", &["cv"]),
                ("t2", &["cv"]),
                ("u1", &[]),
                ("u2", &["cr"]),
                ("u3", &["cr"]),
                ("u4", &["cr"]),
                ("v1", &["cr", "cz"]),
            ];
            for (routine, expected) in expected {
                assert_eq!(areas(routine), expected, "{extra:?} {routine}");
            }
        }
    }
}

#[test]
fn what_is_scanned_is_read_back() {
    for case in [
        "c_shapes",
        "c_threads",
        "copies",
        "fortran_block_data",
        "cpp_shapes",
        "cpp_directions",
        "cpp_state",
        "fortran_arguments",
        "fortran_module",
        "fortran_shapes",
        "fortran_state",
    ] {
        for level in ["-O0", "-O2"] {
            for contract in scan_case(case, "back", &[level]).contracts {
                let text = contract.to_toml();
                assert_eq!(Contract::from_toml(&text, case).as_ref(), Ok(&contract), "{case} {level}");
            }
        }
    }
}

#[test]
fn variables_of_threads_are_noted() {
    let report = scan_case("c_threads", "threads", &[]);
    let noted = |name: &str| report.notes.iter().any(|n| n.contains(name) && n.contains("each thread"));
    assert!(noted("kept"), "{:?}", report.notes);
    assert!(!noted("shared"), "{:?}", report.notes);
    let counts = report.contracts[0].routine("counts").expect("counts");
    assert_eq!(counts.state.len(), 1);
}

#[test]
fn members_of_packed_records_leave_their_siblings_alone() {
    let report = scan_case("c_threads", "packed", &[]);
    let align = |name: &str| report.contracts[0].type_def(name).map(|def| def.align);
    assert_eq!(align("hold"), Some(4));
    assert_eq!(align("tight"), Some(1));
}

#[test]
fn directions_of_classes_are_not_promised() {
    let report = scan_case("cpp_directions", "directions", &[]);
    let contract = &report.contracts[0];
    let usage = |part: &str, index: usize| {
        let mut found =
            contract.routines.iter().filter(|r| r.source.as_deref().is_some_and(|s| s.contains(part)));
        let routine = found.next().unwrap_or_else(|| panic!("{part} is missing"));
        routine.params[index].usage
    };
    assert_eq!(usage("takes(Owner)", 0), Use::Unknown);
    assert_eq!(usage("Owner::~Owner", 0), Use::Unknown);
    assert_eq!(usage("Owner::size() const", 0), Use::Unknown);
    assert_eq!(usage("Counter::read() const", 0), Use::Unknown);
    assert_eq!(usage("Holder::read() const", 0), Use::Unknown);
    let unknown = [
        "Cache::get() const",
        "Outer::get() const",
        "by_reference(",
        "by_pointer(",
        "enclosed(",
        "row(",
        "captured(int, Cache const&)::{lambda(int)#2}",
    ];
    for routine in unknown {
        assert_eq!(usage(routine, 0), Use::Unknown, "{routine}");
    }
    assert_eq!(usage("copied(", 0), Use::In);
    let known = ["Empty::get() const", "Fixed::get() const", "captured(int, Cache const&)::{lambda(int)#1}"];
    for routine in known {
        assert_eq!(usage(routine, 0), Use::In, "{routine}");
    }
    for index in 0..4 {
        assert_eq!(usage("numbers(", index), Use::In, "{index}");
    }
}
