//! The Fortran bindings where a caller errs or a component is odd: contract, component and host, compiled, run, watched by
//! valgrind. What cannot be called right ends the program with its reason, or is refused in words when it is printed.

use cmp_bridge_codegen::Error;
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fortran_odd")
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fortran-odd").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(folder: &Path, command: &[&str]) -> Output {
    let mut child = Command::new("timeout");
    child.current_dir(folder).env("LC_ALL", "C").arg("60").args(command).output().unwrap()
}

fn ran(folder: &Path, command: &[&str]) -> String {
    let output = run(folder, command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} in {}: {said}", folder.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn print(folder: &Path, lang: Lang, contract: &str) -> Result<(), Error> {
    let file = folder.join("contract.toml");
    std::fs::write(&file, contract).unwrap();
    for file in Bindings::new(file).print(lang)? {
        std::fs::write(folder.join(file.name), file.text).unwrap();
    }
    Ok(())
}

fn refusal(name: &str, lang: Lang, contract: &str) -> String {
    print(&scratch(name), lang, contract).expect_err("it is printed").to_string()
}

/// The bindings of the odd component and itself, compiled.
fn built(name: &str, lang: Lang) -> PathBuf {
    let folder = scratch(name);
    print(&folder, lang, &std::fs::read_to_string(sources().join("odd.toml")).unwrap()).unwrap();
    std::fs::copy(sources().join("odd.c"), folder.join("odd.c")).unwrap();
    ran(&folder, &["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-g", "-c", "odd.c"]);
    if lang == Lang::Fortran90 {
        let standard =
            ["gfortran", "-std=f2003", "-Wall", "-Wextra", "-Werror", "-g", "-c", "odd.f90", "-o", "f.o"];
        ran(&folder, &standard);
    } else {
        let standard = [
            "gcc",
            "-std=c89",
            "-pedantic",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-g",
            "-c",
            "odd_f77.c",
            "-o",
            "f.o",
        ];
        ran(&folder, &standard);
    }
    folder
}

/// Compiles and runs a host, by itself and watched: every access and every block given back.
fn host(folder: &Path, file: &str, text: &str) -> String {
    std::fs::write(folder.join(file), text).unwrap();
    ran(folder, &["gfortran", "-Wall", "-Werror", "-g", file, "f.o", "odd.o", "-o", "host"]);
    let alone = ran(folder, &["./host"]);
    let watched = ran(folder, &["valgrind", "-q", "--error-exitcode=9", "--leak-check=full", "./host"]);
    assert_eq!(alone, watched);
    alone
}

#[test]
fn fortran_90_gets_what_c_says() {
    let folder = built("said-90", Lang::Fortran90);
    let said = host(&folder, "host.f90", &std::fs::read_to_string(sources().join("host.f90")).unwrap());
    let expected = std::fs::read_to_string(sources().join("expected.f90.txt")).unwrap();
    assert_eq!(said, expected);
}

#[test]
fn fortran_77_gets_what_c_says() {
    let folder = built("said-77", Lang::Fortran77);
    let said = host(&folder, "host.f", &std::fs::read_to_string(sources().join("host.f")).unwrap());
    assert_eq!(said, "T T\npointing  \nxyz \n   5.0\n T F  -56\n");
    let include = std::fs::read_to_string(folder.join("odd.inc")).unwrap();
    assert!(include.contains("BLUE is 200, unsigned") && include.contains("in, unsigned"), "{include}");
}

/// A call that the component could not take ends the program with status 1 and the reason, before the component is called.
#[test]
fn what_disagrees_stops_the_program() {
    let folder = built("stops", Lang::Fortran90);
    let disagree = "the extents of its arrays do not agree";
    for (statement, reason) in [
        ("s = dot(a(1:5), b(1:3))", format!("dot: {disagree}")),
        ("s = dot(a(1:3), b(1:5))", format!("dot: {disagree}")),
        ("call add(a(1:5), b(1:4))", format!("add: {disagree}")),
        ("call row_sums(m, b(1:2))", format!("row_sums: {disagree}")),
        ("call row_sums(m(1:2, :), b(1:4))", format!("row_sums: {disagree}")),
        ("i = crc(bytes)", "crc: its array has more elements than `n` can count".into()),
        ("i = sum16(words)", "sum16: its array has more elements than `n` can count".into()),
    ] {
        let text = format!(
            "program host\n  use, intrinsic :: iso_c_binding\n  use odd\n  implicit none\n  real(c_double) :: s, a(9), b(9), \
             m(3, 4)\n  integer(c_int8_t) :: bytes(300)\n  integer(c_int32_t) :: words(40000), i\n  a = 1\n  b = 1\n  m = 1\n  \
             bytes = 1\n  words = 1\n  s = 0\n  i = 0\n  {statement}\n  print *, 'called', s, i, b, a, m, bytes(1), words(1)\nend program host\n"
        );
        std::fs::write(folder.join("host.f90"), text).unwrap();
        ran(&folder, &["gfortran", "-Wall", "-Werror", "host.f90", "f.o", "odd.o", "-o", "host"]);
        let output = run(&folder, &["./host"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{statement}: {said}");
        assert!(said.contains(&reason) && output.stdout.is_empty(), "{statement}: {said}");
    }
}

/// A packed record of few bytes goes in memory, where Fortran puts what it has no type for in registers.
#[test]
fn small_packed_records_by_value_are_refused() {
    let contract = r#"
contract = 1
[component]
name = "demo"
language = "c"
[type.pk]
kind = "struct"
size = 15
align = 1
fields = [
  { name = "k", type = "char", offset = 0 },
  { name = "v", type = "i32",  offset = 1 },
  { name = "d", type = "f64",  offset = 5 },
  { name = "s", type = "i16",  offset = 13 },
]
[routine.other]
symbol = "other"
params = []
effects = "none"
[routine.pass]
symbol = "pass"
params = [{ name = "x", type = "pk", USE }]
effects = "none"
"#;
    for lang in [Lang::Fortran77, Lang::Fortran90] {
        let said = refusal("packed", lang, &contract.replace("USE", "use = \"in\""));
        assert!(said.contains("routine `pass`") && said.contains("it is packed"), "{said}");
        let by_reference = contract.replace("USE", "by = \"reference\", use = \"inout\"");
        print(&scratch("packed"), lang, &by_reference).unwrap();
    }
    // A type that cannot be is the fault of the routine that needs it.
    let wide = contract.replace("align = 1", "align = 32").replace("size = 15", "size = 32");
    let said = refusal("wide", Lang::Fortran90, &wide.replace("USE", "by = \"reference\", use = \"inout\""));
    assert!(said.contains("routine `pass`, type `pk`"), "{said}");
}

/// Beside a routine of Fortran's stands no checked procedure that the compiler could not tell from it.
#[test]
fn a_routine_with_optional_arguments_is_not_ambiguous() {
    let folder = scratch("ambiguous");
    let contract = r#"
contract = 1
[component]
name = "amb"
language = "fortran"
[routine.sub]
symbol = "sub_"
params = [
  { name = "x", type = "[f64; n]", use = "in" },
  { name = "n", type = "i32", by = "reference", use = "in" },
  { name = "k", type = "i32", by = "reference", use = "in", nullable = true },
]
effects = "none"
"#;
    print(&folder, Lang::Fortran90, contract).unwrap();
    ran(&folder, &["gfortran", "-std=f2003", "-Wall", "-Wextra", "-Werror", "-c", "amb.f90"]);
}

/// Ada's arrays: what the callee does not write stays, and bounds that its index does not have are not cut.
#[test]
fn bounds_of_ada_are_held() {
    let contract = r#"
contract = 1
[component]
name = "lin"
language = "ada"
[routine.get]
symbol = "lines__get"
params = [{ name = "s", type = "[char; :]", by = "descriptor", use = "out" }]
effects = "none"
[routine.take]
symbol = "lines__take"
params = [{ name = "v", type = "[i32; :i8]", by = "descriptor", use = "out" }]
effects = "none"
"#;
    let callee = "struct fat { void *data, *bounds; };\nvoid lines__get(struct fat s) { *(char *)s.data = 'x'; }\n\
                  void lines__take(struct fat v) { *(int *)v.data = ((signed char *)v.bounds)[1]; }\n";
    let folder = scratch("ada");
    print(&folder, Lang::Fortran90, contract).unwrap();
    std::fs::write(folder.join("odd.c"), callee).unwrap();
    ran(&folder, &["gcc", "-Wall", "-Werror", "-c", "odd.c"]);
    ran(&folder, &["gfortran", "-std=f2003", "-Wall", "-Wextra", "-Werror", "-c", "lin.f90", "-o", "f.o"]);
    let text = "program host\n  use lin\n  character(len=8) :: s = '........'\n  integer :: v(6) = 3\n  call get(s)\n  \
                call take(v(1:6:2), FIRST)\n  print '(a,6i4)', s, v\nend program host\n";
    let said = host(&folder, "host.f90", &text.replace("FIRST", "125"));
    assert_eq!(said, "x....... 127   3   3   3   3   3\n");
    std::fs::write(folder.join("host.f90"), text.replace("FIRST", "126")).unwrap();
    ran(&folder, &["gfortran", "host.f90", "f.o", "odd.o", "-o", "host"]);
    let output = run(&folder, &["./host"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("take: an index is outside"), "{said}");

    let folder = scratch("ada-77");
    print(&folder, Lang::Fortran77, contract).unwrap();
    std::fs::write(folder.join("odd.c"), callee).unwrap();
    ran(&folder, &["gcc", "-Wall", "-Werror", "-c", "odd.c"]);
    let adapter =
        ["gcc", "-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", "-c", "lin_f77.c", "-o", "f.o"];
    ran(&folder, &adapter);
    let text = "      PROGRAM HOST\n      INCLUDE 'lin.inc'\n      INTEGER*4 V(3)\n      V(2) = 3\n      CALL LINES__TAKE(V, \
                125, LAST)\n      PRINT '(2I4)', V(1), V(2)\n      END\n";
    assert_eq!(host(&folder, "host.f", &text.replace("LAST", "127")), " 127   3\n");
    std::fs::write(folder.join("host.f"), text.replace("LAST", "128")).unwrap();
    ran(&folder, &["gfortran", "host.f", "f.o", "odd.o", "-o", "host"]);
    let output = run(&folder, &["./host"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("an index is outside"), "{said}");
}

/// One parameter of any kind, of a routine of C's that also has `n` and `m`.
fn param() -> impl Strategy<Value = String> {
    let ty = prop_oneof![
        prop_oneof![
            Just("u8"),
            Just("i64"),
            Just("f32"),
            Just("bool"),
            Just("char"),
            Just("cstr"),
            Just("ptr")
        ],
        prop_oneof![Just("complex_f64"), Just("logical32"), Just("rec"), Just("pk"), Just("colour")],
        prop_oneof![Just("[f64; n]"), Just("[u8; n*m+1]"), Just("[[i16; 3]; n]"), Just("[[rec; n]; m]")],
        prop_oneof![Just("[char; n]"), Just("[char; 8]"), Just("[[char; 8]; n]"), Just("[[char; m]; n]")],
        prop_oneof![Just("[bool; n]"), Just("[i32; ?]"), Just("[[f64; ?]; n]"), Just("[f64; 4]")],
    ];
    let usage = prop_oneof![Just("in"), Just("out"), Just("inout"), Just("unknown")];
    (ty, usage, any::<(bool, bool)>()).prop_map(|(ty, usage, (reference, nullable))| {
        let nullable = nullable && (reference || ty.starts_with('[') || ty == "cstr");
        let by = if reference && !ty.starts_with('[') && ty != "cstr" { ", by = \"reference\"" } else { "" };
        let usage = if by.is_empty() && !ty.starts_with('[') && ty != "cstr" { "in" } else { usage };
        format!("type = \"{ty}\", use = \"{usage}\"{by}{}", if nullable { ", nullable = true" } else { "" })
    })
}

const TYPES: &str = r#"
[type.rec]
kind = "struct"
size = 16
align = 8
fields = [{ name = "id", type = "i32", offset = 0 }, { name = "w", type = "f64", offset = 8 }]
[type.pk]
kind = "struct"
size = 5
align = 1
fields = [{ name = "k", type = "i8", offset = 0 }, { name = "v", type = "i32", offset = 1 }]
[type.colour]
kind = "enum"
repr = "u8"
values = { red = 1, BLUE = 200 }
"#;

/// The routines that can be printed are, and compile; of the others it is said why. The number of them.
fn compiles(lang: Lang, contract: &str, mut names: Vec<String>) -> Result<usize, String> {
    let folder = scratch(&format!("any-{}", lang.name()));
    let file = folder.join("contract.toml");
    std::fs::write(&file, contract).unwrap();
    let files = match Bindings::new(&file).print(lang) {
        Ok(files) => files,
        Err(Error::Unsupported(list)) => {
            names.retain(|name| !list.iter().any(|fault| fault.routine == *name));
            if names.is_empty() {
                return Ok(0);
            }
            Bindings::new(&file).routines(names.clone()).print(lang).map_err(|error| error.to_string())?
        }
        Err(error) => return Err(error.to_string()),
    };
    for file in files {
        std::fs::write(folder.join(file.name), file.text).unwrap();
    }
    let command: &[&str] = match lang {
        Lang::Fortran90 => &["gfortran", "-std=f2003", "-Wall", "-Wextra", "-Werror", "-c", "any.f90"],
        _ => &["gcc", "-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", "-c", "any_f77.c"],
    };
    let output = run(&folder, command);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(names.len()) } else { Err(format!("{said}\n{contract}")) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Any routine becomes Fortran that compiles, or a reason.
    #[test]
    fn a_routine_compiles_or_is_refused(
        routines in proptest::collection::vec(proptest::collection::vec(param(), 0..4), 1..8),
        counts in (prop_oneof![Just("u8"), Just("i32"), Just("i64")], prop_oneof![Just("u16"), Just("i16")]),
    ) {
        let mut contract =
            format!("contract = 1\n[component]\nname = \"any\"\nlanguage = \"c\"\n{TYPES}");
        let mut names = Vec::new();
        for (i, params) in routines.iter().enumerate() {
            let mut list = format!("{{ name = \"n\", type = \"{}\", use = \"in\" }}, ", counts.0);
            list += &format!("{{ name = \"m\", type = \"{}\", use = \"in\" }}, ", counts.1);
            for (k, param) in params.iter().enumerate() {
                list += &format!("{{ name = \"p{k}\", {param} }}, ");
            }
            names.push(format!("r{i}"));
            contract += &format!("[routine.r{i}]\nsymbol = \"any_r{i}\"\nparams = [{list}]\neffects = \"none\"\n");
        }
        for lang in [Lang::Fortran77, Lang::Fortran90] {
            compiles(lang, &contract, names.clone()).map_err(TestCaseError::fail)?;
        }
    }
}
