//! Debug information that is not in the file: wherever it was moved to, the contract is the one read from the whole file.
//! Each way has its wrong twin: the file of another build, or none.

use std::path::{Path, PathBuf};

use cmp_bridge_inspect::binary::{Binary, Kind};
use cmp_bridge_inspect::dwarf::{DwarfError, Sections};
use cmp_bridge_inspect::scan::{ScanOptions, ScanReport, scan};

use crate::support::{self, run};

/// What a scan found, without what differs between files of the same routines.
fn facts(binary: &Binary) -> String {
    let options = ScanOptions { component: Some("same".into()), ..ScanOptions::default() };
    text(scan(binary, &options).unwrap_or_else(|e| panic!("{e}")))
}

fn text(mut report: ScanReport) -> String {
    let mut text = String::new();
    for contract in &mut report.contracts {
        (contract.component.build_id, contract.component.binary) = (None, None);
        text.push_str(&contract.to_toml());
    }
    report.refused.iter().for_each(|r| text.push_str(&format!("{r:?}\n")));
    report.notes.iter().for_each(|n| text.push_str(&format!("{n}\n")));
    text
}

fn open(path: impl AsRef<Path>) -> Binary {
    Binary::open(path).unwrap_or_else(|e| panic!("{e}"))
}

fn same(found: &str, expected: &str, what: &str) {
    let differs = found.lines().zip(expected.lines()).find(|(f, e)| f != e);
    assert!(found == expected, "{what}: {differs:?}");
}

/// A library with a build-id, its debug file, and the contract of the whole.
fn stripped(name: &str, case: &str) -> (PathBuf, String, String) {
    let out = support::fresh(name);
    let path = support::build(case, &out, &["-Wl,--build-id"]);
    let expected = facts(&open(&path));
    let file = path.file_name().expect("a name").to_string_lossy().into_owned();
    run("objcopy", &["--only-keep-debug", &file, "whole.debug"], &out);
    run("objcopy", &["--strip-all", &file], &out);
    (path, expected, file)
}

#[test]
fn debug_link() {
    for case in ["c_shapes", "fortran_module"] {
        let (path, expected, file) = stripped(&format!("link-{case}"), case);
        let out = path.parent().expect("a folder");
        run("objcopy", &["--add-gnu-debuglink=whole.debug", &file], out);
        same(&facts(&open(&path)), &expected, "beside the file");
        std::fs::create_dir(out.join(".debug")).expect("a folder");
        std::fs::rename(out.join("whole.debug"), out.join(".debug/whole.debug")).expect("moved");
        same(&facts(&open(&path)), &expected, "in .debug");
        let real = std::fs::canonicalize(out).expect("a path");
        let root = out.join("root");
        let below = root.join(real.strip_prefix("/").expect("an absolute path"));
        std::fs::create_dir_all(&below).expect("folders");
        std::fs::rename(out.join(".debug/whole.debug"), below.join("whole.debug")).expect("moved");
        same(&facts(&open(&path).with_debug_root(&root)), &expected, "below the root");
    }
}

#[test]
fn build_id() {
    let (path, expected, _) = stripped("build-id", "fortran_shapes");
    let out = path.parent().expect("a folder");
    let id = open(&path).build_id_hex().expect("a build-id");
    let folder = out.join("root/.build-id").join(&id[..2]);
    std::fs::create_dir_all(&folder).expect("folders");
    let debug = folder.join(format!("{}.debug", &id[2..]));
    std::fs::rename(out.join("whole.debug"), &debug).expect("moved");
    let found = open(&path).with_debug_root(out.join("root"));
    same(&facts(&found), &expected, "by build-id");
    let sections = Sections::load(&found).expect("debug information");
    assert_eq!(sections.found_in(), debug);
}

/// The debug file of another build is refused, and the message says where was looked and what was there.
#[test]
fn another_build_is_refused() {
    let (path, _, file) = stripped("another", "c_shapes");
    let out = path.parent().expect("a folder");
    run("objcopy", &["--add-gnu-debuglink=whole.debug", &file], out);
    let other = support::build("copies", &support::fresh("another-other"), &["-Wl,--build-id"]);
    std::fs::copy(&other, out.join("whole.debug")).expect("copied");
    let error = scan(&open(&path), &ScanOptions::default()).expect_err("of another build").to_string();
    let id = open(&path).build_id_hex().expect("a build-id");
    for words in
        ["has no debug information", "whole.debug: of another build", ".build-id", &id[2..], "not there"]
    {
        assert!(error.contains(words), "{words}: {error}");
    }
    // Without build-ids, the checksum decides.
    let out = support::fresh("another-checksum");
    let path = support::build("c_shapes", &out, &["-Wl,--build-id=none"]);
    let file = path.file_name().expect("a name").to_string_lossy().into_owned();
    run("objcopy", &["--only-keep-debug", &file, "whole.debug"], &out);
    run("objcopy", &["--strip-debug", "--add-gnu-debuglink=whole.debug", &file], &out);
    assert!(scan(&open(&path), &ScanOptions::default()).is_ok(), "the right checksum");
    let mut bytes = std::fs::read(out.join("whole.debug")).expect("a file");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(out.join("whole.debug"), bytes).expect("a file");
    let error = scan(&open(&path), &ScanOptions::default()).expect_err("one bit off").to_string();
    assert!(error.contains("whole.debug: of another build: checksum"), "{error}");
}

/// dwz moves what two libraries share into a third file.
#[test]
fn supplementary_file() {
    for (number, version) in ["-gdwarf-4", "-gdwarf-5"].into_iter().enumerate() {
        let out = support::fresh(&format!("dwz-{number}"));
        let mut expected = Vec::new();
        for name in ["one", "two"] {
            let folder = out.join(name);
            std::fs::create_dir(&folder).expect("a folder");
            let path =
                support::build("c_shapes", &folder, &["-Wl,--build-id", version, &format!("-D{name}")]);
            expected.push(facts(&open(&path)));
            std::fs::rename(path, out.join(format!("{name}.so"))).expect("moved");
        }
        let shared = out.join("shared.debug").to_string_lossy().into_owned();
        let format: &[&str] = if number == 0 { &[] } else { &["--dwarf-5"] };
        let words = [format, &["-m", &shared, "one.so", "two.so"]].concat();
        run("dwz", &words, &out);
        let headers = run("readelf", &["-SW", "one.so"], &out);
        assert!(headers.contains(".gnu_debugaltlink") || headers.contains(".debug_sup"), "{headers}");
        for (name, expected) in ["one", "two"].iter().zip(&expected) {
            same(&facts(&open(out.join(format!("{name}.so")))), expected, &format!("{name} {version}"));
        }
        std::fs::rename(&shared, out.join("elsewhere")).expect("moved");
        let binary = open(out.join("one.so"));
        let error = scan(&binary, &ScanOptions::default()).expect_err("its supplement is missing");
        assert!(matches!(error, DwarfError::Supplementary { .. }), "{error}");
        assert!(error.to_string().contains("shared.debug: not there"), "{error}");
    }
}

#[test]
fn compressed() {
    let out = support::fresh("compressed");
    let path = support::build("c_shapes", &out, &[]);
    let expected = facts(&open(&path));
    for kind in ["zlib", "zlib-gnu", "zlib-gabi", "zstd"] {
        let option = format!("--compress-debug-sections={kind}");
        let source = path.to_string_lossy().into_owned();
        run("objcopy", &[&option, &source, kind], &out);
        same(&facts(&open(out.join(kind))), &expected, kind);
    }
}

/// The entries in `.dwo` files, in a `.dwp` package, and nowhere.
#[test]
fn split() {
    for (number, version) in ["-gdwarf-4", "-gdwarf-5"].into_iter().enumerate() {
        let out = support::fresh(&format!("split-{number}"));
        let source = support::case("c_shapes").join("shapes.c").to_string_lossy().into_owned();
        let build = |words: &[&str]| {
            let words = [&["-O2", version, "-fPIC", "-c", &source, "-o", "shapes.o"], words].concat();
            run("gcc", &words, &out);
            run("gcc", &["-shared", "shapes.o", "-o", "shapes.so"], &out);
            open(out.join("shapes.so"))
        };
        let expected = facts(&build(&["-g"]));
        let binary = build(&["-g", "-gsplit-dwarf"]);
        assert!(out.join("shapes.dwo").exists());
        same(&facts(&binary), &expected, &format!("{version} .dwo"));
        // The packer of binutils knows DWARF 4 only.
        if number == 0 {
            run("dwp", &["-e", "shapes.so", "-o", "shapes.so.dwp"], &out);
        }
        std::fs::remove_file(out.join("shapes.dwo")).expect("removed");
        if number == 0 {
            same(&facts(&binary), &expected, &format!("{version} .dwp"));
            std::fs::remove_file(out.join("shapes.so.dwp")).expect("removed");
        }
        let report = scan(&binary, &ScanOptions::default()).expect("skeletons");
        assert!(report.contracts.is_empty());
        let missing = report.notes.iter().any(|n| n.contains("shapes.dwo") && n.contains("not there"));
        assert!(missing, "{:?}", report.notes);
    }
}

/// Relocatable files and members of archives: types and signatures are those of the linked library.
#[test]
fn objects_and_archives() {
    for (case, compiler, source) in
        [("c_shapes", "gcc", "shapes.c"), ("fortran_shapes", "gfortran", "shapes.f")]
    {
        let out = support::fresh(&format!("objects-{case}"));
        let source = support::case(case).join(source).to_string_lossy().into_owned();
        for form in [
            &[][..],
            &["-gdwarf-4"],
            &["-gdwarf-4", "-fdebug-types-section"],
            &["-gdwarf-5", "-fdebug-types-section"],
            &["-ffunction-sections", "-fdata-sections"],
            &["-gz=zlib"],
        ] {
            let words = [&["-g", "-O2", "-fPIC", "-c", &source, "-o", "shapes.o"], form].concat();
            run(compiler, &words, &out);
            run(compiler, &["-shared", "shapes.o", "-o", "shapes.so"], &out);
            let linked = facts(&open(out.join("shapes.so")));
            let object = Binary::open_to_read(out.join("shapes.o")).expect("an object file");
            assert_eq!(object.kind(), Kind::Object);
            same(&facts(&object), &linked, &format!("{case} {form:?} .o"));
            std::fs::copy(out.join("shapes.o"), out.join("a_rather_long_name_of_shapes.o")).expect("copied");
            for (name, kind) in [("libshapes.a", "rc"), ("libthin.a", "rcT")] {
                let _ = std::fs::remove_file(out.join(name));
                run("ar", &[kind, name, "shapes.o", "a_rather_long_name_of_shapes.o"], &out);
                let members = Binary::members(out.join(name)).expect("an archive");
                assert_eq!(members.len(), 2, "{members:?}");
                for member in members {
                    let member = Binary::open_to_read(&member).unwrap_or_else(|e| panic!("{e}"));
                    same(&facts(&member), &linked, &format!("{case} {form:?} {}", member.path().display()));
                }
            }
        }
        assert!(Binary::open_to_scan(out.join("shapes.o")).is_ok());
        assert!(Binary::open_to_scan(out.join("libshapes.a(shapes.o)")).is_ok());
        assert!(Binary::open(out.join("shapes.o")).is_err(), "nothing can be hooked in it");
        std::fs::write(out.join("narrow.c"), "int one(void) { return 1; }\n").expect("a source");
        run("gcc", &["-m32", "-c", "narrow.c"], &out);
        let error = Binary::open_to_scan(out.join("narrow.o")).expect_err("of another machine").to_string();
        assert!(error.contains("32-bit little-endian i386; only layouts"), "{error}");
        let error = Binary::open_to_read(out.join("libshapes.a")).expect_err("which member?").to_string();
        assert!(error.contains("shapes.o") && error.contains("name one member"), "{error}");
        let error = Binary::open_to_read(out.join("libshapes.a(no.o)")).expect_err("not there").to_string();
        assert!(error.contains("has no member no.o"), "{error}");
    }
}

/// A routine asked for by its symbol is read without the index of the whole, and is the same.
#[test]
fn one_routine() {
    for (case, extra) in
        [("c_shapes", &[][..]), ("copies", &[]), ("fortran_shapes", &["-flto"]), ("fortran_module", &[])]
    {
        let out = support::fresh(&format!("one-{case}"));
        let binary = open(support::build(case, &out, extra));
        let symbols: Vec<String> =
            binary.symbols().iter().filter(|s| s.is_function()).map(|s| s.name.clone()).collect();
        assert!(symbols.len() > 3);
        for symbol in symbols {
            let ask = |patterns: &[&str]| {
                let patterns = patterns.iter().map(|p| p.to_string()).collect();
                text(
                    scan(&binary, &ScanOptions { patterns, ..ScanOptions::default() })
                        .expect("debug information"),
                )
            };
            // A pattern that nothing matches, and that takes the whole index.
            same(&ask(&[&symbol]), &ask(&[&symbol, "no such*"]), &format!("{case} {symbol}"));
        }
    }
}
