//! What debug information shows only in part, or what travels in another way, is refused; its twin is described.

use std::path::Path;

use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{Reason, ScanOptions, ScanReport, scan};

use crate::support;

/// Compiles a source and scans it.
fn scanned(folder: &Path, compiler: &str, (file, source): (&str, &str), flags: &[&str]) -> ScanReport {
    std::fs::write(folder.join(file), source).expect("a source");
    let mut arguments = vec!["-g", "-w", "-shared", "-fPIC", file, "-o", "out.so"];
    arguments.extend(flags);
    support::run(compiler, &arguments, folder);
    let binary = Binary::open(folder.join("out.so")).expect("a binary");
    scan(&binary, &ScanOptions::default()).expect("a scan")
}

/// Numbers of parameters of the described routines, and reasons of the others.
fn outcome(report: &ScanReport, name: &str) -> Result<usize, Reason> {
    let refused = report.refused.iter().find(|r| r.name.split('<').next() == Some(name));
    let routine = report.contracts.iter().flat_map(|c| &c.routines).find(|r| r.name == name);
    match (refused, routine) {
        (Some(refused), _) => Err(refused.reason),
        (None, Some(routine)) => Ok(routine.params.len()),
        (None, None) => panic!("{name} is neither described nor refused"),
    }
}

const CPP: &str = r"
template<class... T> __attribute__((noinline)) double sum(int n, T... t) { return n + (double(t) + ... + 0); }
struct Gap { int : 32; float f; }; Gap gap(Gap g, int k) { g.f += k; return g; }
struct Whole { int i; float f; }; Whole whole(Whole g, int k) { g.f += k; return g; }
struct Empty { float f; int z[0]; }; float empty(Empty e, float k) { return e.f + k; }
__attribute__((ms_abi)) int other(int a, double b, int c) { return a + (int)b + c; }
__attribute__((sysv_abi)) int usual(int a, double b, int c) { return a + (int)b + c; }
double use() { return sum(1, 2, 3.5, 'c'); }
";

#[test]
fn parts_that_decide_how_values_travel() {
    for level in ["-O0", "-O2"] {
        let folder = support::fresh(&format!("convention{level}"));
        let report = scanned(&folder, "g++", ("a.cpp", CPP), &[level]);
        let of = |name| outcome(&report, name);
        assert_eq!(of("sum"), Ok(4), "{level}");
        assert_eq!((of("gap"), of("whole")), (Err(Reason::Type), Ok(2)), "{level}");
        assert_eq!(of("empty"), Err(Reason::Type), "{level}");
        assert_eq!((of("other"), of("usual")), (Err(Reason::PassingUnknown), Ok(3)), "{level}");
    }
}

#[test]
fn alignments_that_are_not_said() {
    let source = "struct s { int a; } __attribute__((aligned(64)));\nint over(struct s x, int h) { return x.a + h; }\n";
    let folder = support::fresh("convention-alignment");
    let said = scanned(&folder, "gcc", ("a.c", source), &["-gdwarf-5"]);
    assert_eq!(outcome(&said, "over"), Ok(2));
    let unsaid = scanned(&folder, "gcc", ("a.c", source), &["-gdwarf-4", "-gstrict-dwarf"]);
    assert_eq!(outcome(&unsaid, "over"), Err(Reason::Type));
}

#[test]
fn options_of_the_compiler() {
    let folder = support::fresh("convention-options");
    let c = ("a.c", "struct s { int a, b; }; struct s pair(int a) { struct s r = {a, a}; return r; }\n");
    assert_eq!(outcome(&scanned(&folder, "gcc", c, &[]), "pair"), Ok(1));
    let structures = scanned(&folder, "gcc", c, &["-fpcc-struct-return"]);
    assert_eq!(outcome(&structures, "pair"), Err(Reason::CallingConvention));
    let fortran = ("a.f", "      complex function cf(x)\n      real x\n      cf = cmplx(x, x)\n      end\n");
    assert_eq!(outcome(&scanned(&folder, "gfortran", fortran, &[]), "cf"), Ok(1));
    let f2c = scanned(&folder, "gfortran", fortran, &["-ff2c"]);
    assert_eq!(outcome(&f2c, "cf"), Err(Reason::CallingConvention));
}
