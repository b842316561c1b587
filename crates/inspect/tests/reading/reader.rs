//! Small real files of all four languages, cut short and with wrong bytes, given to the reader of debug information:
//! errors and findings, never a panic, a hang or much memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::dwarf::routines::Index;
use cmp_bridge_inspect::dwarf::survey::{Survey, survey};
use cmp_bridge_inspect::dwarf::{DebugInfo, Search, Sections};
use cmp_bridge_inspect::scan::{ScanOptions, scan};
use proptest::prelude::*;

use crate::support::{self, run};

/// A source file: name and text.
type Text = (&'static str, &'static str);

/// Language, compiler, and the source files, the one that is compiled last.
const SOURCES: [(&str, &str, &[Text]); 4] = [
    (
        "c",
        "gcc",
        &[(
            "s.c",
            "struct s { int n; double v[3]; enum { A, B } e; }; static int sq(int n) { return n * n; }\n\
        int f(struct s *p, int (*g)(char)) { return sq(p->n) + g(p->e) + sq(p->n + 1); }\n",
        )],
    ),
    (
        "cpp",
        "g++",
        &[(
            "s.cpp",
            "#include <vector>\nnamespace n { template <class T> struct V { std::vector<T> v; virtual ~V(); T sum() const; };\n\
        template <class T> V<T>::~V() {} template <class T> T V<T>::sum() const { T t{}; for (auto x : v) t += x; return t; } }\n\
        double use(n::V<double> &v, n::V<int> *w) { auto f = [&] { return v.sum() + w->sum(); }; return f(); }\n",
        )],
    ),
    (
        "fortran",
        "gfortran",
        &[(
            "s.f90",
            "module m\n real(8), save :: total\ncontains\nsubroutine add(a, n, t)\n integer, intent(in) :: n\n\
        real(8), intent(in) :: a(:, :)\n character(*), intent(in) :: t\n if (len(t) > n) total = total + sum(a)\nend subroutine\n\
        end module\nsubroutine old(x, k)\n real x(k)\n common /c/ y\n y = x(k)\nend\n",
        )],
    ),
    (
        "ada",
        "gcc",
        &[
            (
                "s.ads",
                "package S is\n type R (N : Positive) is record\n D : String (1 .. N);\n end record;\n\
        type E is (A, B);\n procedure Put (X : in out R; Y : out E);\nend S;\n",
            ),
            (
                "s.adb",
                "package body S is\n procedure Put (X : in out R; Y : out E) is\n procedure In_It is\n begin\n X.D := (others => 'x');\n\
        end In_It;\n begin\n In_It;\n Y := B;\n end Put;\nend S;\n",
            ),
        ],
    ),
];

fn object(language: usize, version: &str) -> Vec<u8> {
    let (name, compiler, sources) = SOURCES[language];
    // Several tests, in threads or processes of their own, make the same object at the same time.
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let (process, number) = (std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let out = support::fresh(&format!("reader-{name}{version}-{process}-{number}"));
    for (file, text) in sources {
        std::fs::write(out.join(file), text).expect("a source");
    }
    let source = sources.last().expect("a source").0;
    run(compiler, &["-g", "-O2", version, "-c", source], &out);
    std::fs::read(out.join("s.o")).expect("an object file")
}

fn exercise(bytes: Vec<u8>) -> Survey {
    let start = Instant::now();
    let Ok(binary) = Binary::from_bytes("/nowhere/damaged", bytes) else {
        return Survey::default();
    };
    let _ = (binary.functions(), binary.frames(), binary.symbol("main"));
    let found = match Sections::load_with(&binary, &Search { roots: Vec::new() }) {
        Ok(sections) => survey(&DebugInfo::read(&sections)),
        Err(_) => Survey::default(),
    };
    let _ = scan(&binary, &ScanOptions::default());
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    found
}

/// The whole files first: all of them can be read to their end.
#[test]
fn whole_files_have_no_errors() {
    for language in 0..SOURCES.len() {
        for version in ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"] {
            let found = exercise(object(language, version));
            assert!(found.errors == 0 && found.entries > 20 && found.answers > 100, "{version} {found:?}");
        }
    }
}

/// Routines with code and inlined copies, counted in what readelf prints.
fn counted(text: &str) -> (usize, usize) {
    let (mut routines, mut copies, mut tag, mut code) = (0, 0, "", false);
    let mut close = |tag: &str, code: bool| match tag {
        "(DW_TAG_subprogram)" => routines += usize::from(code),
        "(DW_TAG_inlined_subroutine)" => copies += 1,
        _ => {}
    };
    for line in text.lines() {
        if line.contains("Abbrev Number:") {
            close(tag, code);
            (tag, code) = (line.rsplit(' ').next().unwrap_or_default(), false);
        }
        code |= line.contains(" DW_AT_low_pc ") || line.contains(" DW_AT_ranges ");
    }
    close(tag, code);
    (routines, copies)
}

/// Stepping over types loses no routine: not the members of classes inside functions, nor lambdas, nor what is nested.
#[test]
fn readelf_counts_the_same() {
    let out = support::fresh("reader-counts");
    let local = "#include <algorithm>\n#include <string>\n#include <vector>\nstruct B { virtual int f(int) = 0; virtual ~B() {} };\n\
        B *make(int k) { struct L : B { int k; struct In { int g() { return 3; } } in; L(int k) : k(k) {}\n\
        int f(int n) override { auto h = [this, n](int m) { return m + n + k + in.g(); }; return h(n); } }; return new L(k); }\n\
        int sorted(std::vector<std::string> &v) { struct Less { bool operator()(const std::string &a, const std::string &b) const\n\
        { return a.size() < b.size(); } }; std::sort(v.begin(), v.end(), Less()); return v.size(); }\n";
    std::fs::write(out.join("local.cpp"), local).expect("a source");
    let mut files: Vec<std::path::PathBuf> = Vec::new();
    for (number, level) in ["-O0", "-O2"].into_iter().enumerate() {
        for (kind, more) in [("plain", "-gdwarf-5"), ("types", "-fdebug-types-section")] {
            let name = format!("local-{number}-{kind}.o");
            run("g++", &["-g", level, more, "-c", "local.cpp", "-o", &name], &out);
            files.push(out.join(name));
        }
    }
    for language in 0..SOURCES.len() {
        let file = out.join(format!("{language}.o"));
        std::fs::write(&file, object(language, "-gdwarf-5")).expect("a copy");
        files.push(file);
    }
    for file in files {
        let name = file.to_string_lossy().into_owned();
        let expected = counted(&run("readelf", &["--debug-dump=info", "-W", &name], &out));
        let binary = Binary::open_to_read(&file).expect("an object file");
        let sections = Sections::load(&binary).expect("debug information");
        let index = Index::build(&DebugInfo::read(&sections));
        let copies = index.inlined.values().map(|i| i.count).sum();
        assert_eq!((index.subprograms.len(), copies), expected, "{name}");
        assert!(expected.0 > 0);
    }
}

fn cases() -> u32 {
    if std::env::var_os("CMP_BRIDGE_LONG").is_some() { 20_000 } else { 300 }
}

fn damaged(language: usize) {
    let wholes = ["-gdwarf-4", "-gdwarf-5"].map(|version| object(language, version));
    let change = (
        any::<prop::sample::Index>(),
        prop_oneof![Just(0u8), Just(0xff), Just(0x7f), Just(0x80), any::<u8>()],
    );
    let strategy = (
        0..2usize,
        prop::collection::vec(change, 1..4),
        prop::option::weighted(0.2, any::<prop::sample::Index>()),
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let result = runner.run(&strategy, |(which, changes, cut)| {
        let mut bytes = wholes[which].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        exercise(bytes);
        Ok(())
    });
    result.unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn damaged_c() {
    damaged(0);
}

#[test]
fn damaged_cpp() {
    damaged(1);
}

#[test]
fn damaged_fortran() {
    damaged(2);
}

#[test]
fn damaged_ada() {
    damaged(3);
}
