//! What is read of an ELF file, against `nm`, `readelf` and the compiler's own options; and every refusal.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use cmp_bridge_inspect::binary::{Binary, BinaryError, Kind};

use crate::support;

const SOURCE: &str = "int table[5] = {1, 2, 3, 4, 5};\n\
    static int hidden(int x) { return x + table[x & 3]; }\n\
    int twice(int x) { return hidden(x) * 2; }\n\
    int main(int argc, char **argv) { return twice(argc); }\n";

fn source(folder: &Path) {
    std::fs::write(folder.join("small.c"), SOURCE).expect("a source");
}

fn compile(folder: &Path, name: &str, options: &[&str]) -> PathBuf {
    let mut arguments = vec!["-g", "-O1", "-fno-inline", "small.c", "-o", name];
    arguments.extend(options);
    support::run("gcc", &arguments, folder);
    folder.join(name)
}

#[test]
fn kinds_of_images() {
    let out = support::fresh("binary-kinds");
    source(&out);
    for (name, options, kind, linking) in [
        ("pie", &["-fPIE", "-pie"][..], Kind::PieExecutable, None),
        ("fixed", &["-no-pie", "-fno-pie"], Kind::Executable, None),
        ("static", &["-static"], Kind::Executable, Some("-static")),
        ("static_pie", &["-static-pie", "-fPIE"], Kind::PieExecutable, Some("-static-pie")),
        ("lib.so", &["-shared", "-fPIC"], Kind::SharedLibrary, None),
    ] {
        let binary = Binary::open(compile(&out, name, options)).expect(name);
        assert_eq!(binary.kind(), kind, "{name}");
        assert_eq!(binary.static_linking(), linking, "{name}");
        assert_eq!(binary.is_pie(), kind == Kind::PieExecutable, "{name}");
        assert_eq!(
            binary.interpreter().is_some(),
            linking.is_none() && kind != Kind::SharedLibrary,
            "{name}"
        );
        assert_eq!(binary.file_name(), name);
        let main = binary.symbol("main").expect("main");
        let (low, high) = binary.span();
        assert!(low <= main.address && main.address < high, "{name}");
        assert!(
            binary.is_code(main.address) && !binary.is_code(binary.symbol("table").expect("table").address)
        );
        assert!(binary.build_id().is_some_and(|id| id.len() == 20), "{name}");
    }
    // libc.so.6 can be run, has an interpreter, and is a library all the same.
    let libc = support::run("gcc", &["-print-file-name=libc.so.6"], &out);
    let libc = Binary::open(libc.trim()).expect("libc");
    assert_eq!((libc.kind(), libc.soname()), (Kind::SharedLibrary, Some("libc.so.6")));
}

#[test]
fn dynamic_facts() {
    let out = support::fresh("binary-dynamic");
    source(&out);
    compile(&out, "libsmall.so", &["-shared", "-fPIC", "-Wl,-soname,libsmall.so.3"]);
    let library = Binary::open(out.join("libsmall.so")).expect("a library");
    assert_eq!((library.soname(), library.is_symbolic()), (Some("libsmall.so.3"), false));
    let options =
        ["-L.", "-lsmall", "-Wl,--no-as-needed", "-Wl,-rpath,$ORIGIN/lib", "-Wl,--enable-new-dtags"];
    std::fs::write(out.join("use.c"), "int main(void) { return 0; }").expect("a source");
    support::run("gcc", &[&["use.c", "-o", "use", "-Wl,--no-as-needed"][..], &options].concat(), &out);
    let program = Binary::open(out.join("use")).expect("a program");
    assert_eq!(program.needed(), ["libsmall.so.3", "libc.so.6"]);
    assert_eq!((program.runpath(), program.rpath()), (Some("$ORIGIN/lib"), None));
    let symbolic =
        Binary::open(compile(&out, "sym.so", &["-shared", "-fPIC", "-Wl,-Bsymbolic"])).expect("a library");
    assert!(symbolic.is_symbolic());
}

/// `nm` and `readelf` are the oracles.
#[test]
fn symbols_and_frames() {
    let out = support::fresh("binary-symbols");
    source(&out);
    let path = compile(&out, "program", &["-fPIE", "-pie"]);
    let binary = Binary::open(&path).expect("a program");
    for line in support::run("nm", &["-S", "--defined-only", "program"], &out).lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [address, size, kind, name] = words[..] else {
            continue;
        };
        let number = |text: &str| u64::from_str_radix(text, 16).expect("hex");
        let symbols: Vec<_> = binary.symbols_named(name).collect();
        assert!(symbols.iter().any(|s| (s.address, s.size) == (number(address), number(size))), "{line}");
        if matches!(kind, "T" | "t") {
            let found = binary.symbol_at(number(address) + number(size) - 1).expect(name);
            assert_eq!(found.address, number(address), "{line}");
        }
    }
    let hidden = binary.symbol("hidden").expect("hidden");
    assert_eq!(hidden.file.as_deref(), Some("small.c"));
    let table = binary.symbol("table").expect("table");
    assert_eq!(binary.object_at(table.address + 7).map(|s| s.name.as_str()), Some("table"));
    assert_ne!(binary.object_at(table.address + 20).map(|s| s.name.as_str()), Some("table"));
    assert_eq!(binary.bytes_at(table.address, 8), Some(&[1, 0, 0, 0, 2, 0, 0, 0][..]));
    assert_eq!(binary.bytes_at(binary.span().1, 1), None);
    assert_eq!(binary.bytes_at(table.address, usize::MAX), None);

    let frames = support::run("readelf", &["--debug-dump=frames", "program"], &out);
    let expected: Vec<(u64, u64)> = frames
        .lines()
        .filter_map(|line| line.split_once("pc=")?.1.split_once(".."))
        .map(|(a, b)| {
            (u64::from_str_radix(a, 16).expect("hex"), u64::from_str_radix(b.trim(), 16).expect("hex"))
        })
        .collect();
    let mut expected: Vec<(u64, u64)> = expected;
    expected.sort_unstable();
    assert_eq!(binary.frames(), expected);

    // Without symbols, the unwind table still knows where functions are.
    support::run("strip", &["program", "-o", "stripped"], &out);
    let stripped = Binary::open(out.join("stripped")).expect("a program");
    assert!(stripped.stripped() && !binary.stripped());
    let twice = binary.symbol("twice").expect("twice");
    let function = stripped.function_at(twice.address + 1).expect("a function");
    assert_eq!((function.address, function.size, function.symbols.len()), (twice.address, twice.size, 0));
    assert!(binary.functions().windows(2).all(|w| w[0].address < w[1].address));
}

#[test]
fn privileges() {
    let out = support::fresh("binary-privileges");
    source(&out);
    let path = compile(&out, "program", &[]);
    assert!(!Binary::open(&path).expect("a program").privileges().any());
    for (mode, setuid, setgid) in [(0o4755, true, false), (0o2755, false, true)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let privileges = Binary::open(&path).expect("a program").privileges();
        assert_eq!((privileges.setuid, privileges.setgid), (setuid, setgid));
    }
}

#[test]
fn other_files_are_refused_by_name() {
    let out = support::fresh("binary-refused");
    source(&out);
    let elf = std::fs::read(compile(&out, "program", &[])).expect("a program");
    compile(&out, "small.o", &["-c"]);
    support::run("gcc", &["-m32", "-c", "small.c", "-o", "small32.o"], &out);
    support::run("ar", &["rc", "libsmall.a", "small.o"], &out);
    let changed = |at: usize, bytes: &[u8]| {
        let mut copy = elf.clone();
        copy[at..at + bytes.len()].copy_from_slice(bytes);
        copy
    };
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("script", b"#!/bin/sh\nexec true\n".to_vec()),
        ("text", b"hello".to_vec()),
        ("magic", elf[..3].to_vec()),
        ("header", elf[..40].to_vec()),
        ("half", elf[..elf.len() / 2].to_vec()),
        ("cut", elf[..elf.len() - 1].to_vec()),
        ("big", changed(5, &[2])),
        ("arm", changed(18, &[183, 0])),
        ("hppa", changed(18, &[15, 0])),
        ("core", changed(16, &[4, 0])),
        ("odd", changed(16, &[99, 0])),
    ] {
        std::fs::write(out.join(name), bytes).expect("a file");
    }
    std::fs::create_dir(out.join("folder")).expect("a folder");
    for (name, words) in [
        ("missing", "cannot be read"),
        ("folder", "is a directory"),
        ("empty", "is empty"),
        ("script", "but a script"),
        ("text", "not an ELF file"),
        ("magic", "but its first bytes"),
        ("libsmall.a", "static library"),
        ("header", "truncated: the ELF header"),
        ("half", "truncated"),
        ("cut", "truncated: the section table"),
        ("small32.o", "32-bit"),
        ("big", "big-endian"),
        ("arm", "AArch64"),
        ("hppa", "PA-RISC"),
        ("core", "core file"),
        ("odd", "type 99"),
        ("small.o", "relocatable object"),
        ("/dev/null", "a device"),
    ] {
        let error: BinaryError = Binary::open(out.join(name)).expect_err(name);
        assert!(error.to_string().contains(words), "{name}: {error}");
        assert!(error.to_string().contains(name), "{error} does not name the file");
    }
}
