//! The Fortran bindings: names, what is refused, twins of what is printed, and any contract at all.

use cmp_bridge_codegen::Error;
use cmp_bridge_codegen::bindings::{Bindings, File, Lang};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::process::Command;

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fortran-names").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Prints a contract given as text.
fn print(name: &str, lang: Lang, contract: &str) -> Result<Vec<File>, Error> {
    let file = scratch(name).join("contract.toml");
    std::fs::write(&file, contract).unwrap();
    Bindings::new(file).print(lang)
}

fn text<'a>(files: &'a [File], name: &str) -> &'a str {
    let found = files.iter().find(|file| file.name == name);
    &found.unwrap_or_else(|| panic!("{name} is not among {files:#?}")).text
}

/// What a compiler says of a text.
fn compile(name: &str, file: &str, text: &str, command: &[&str]) -> Result<(), String> {
    let folder = scratch(name);
    std::fs::write(folder.join(file), text).unwrap();
    let mut compiler = Command::new(command[0]);
    compiler.current_dir(&folder).env("LC_ALL", "C").args(&command[1..]).args(["-c", file]);
    let output = compiler.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

const C89: &[&str] = &["gcc", "-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror"];
const F77: &[&str] = &["gfortran", "-std=legacy", "-ffixed-form", "-Wall", "-Werror"];
const F2003: &[&str] = &["gfortran", "-std=f2003", "-Wall", "-Wextra", "-Werror"];
const F2008: &[&str] = &["gfortran", "-std=f2008", "-Wall", "-Wextra", "-Werror"];

/// The symbols that an object defines.
fn symbols(name: &str, object: &str) -> Vec<String> {
    let output =
        Command::new("nm").current_dir(scratch(name)).args(["-g", "--defined-only", object]).output();
    let text = String::from_utf8_lossy(&output.unwrap().stdout).into_owned();
    text.lines().filter_map(|line| line.split(' ').next_back()).map(str::to_string).collect()
}

fn refusal(name: &str, lang: Lang, contract: &str) -> String {
    match print(name, lang, contract) {
        Err(error) => error.to_string(),
        Ok(files) => panic!("it is printed: {files:#?}"),
    }
}

const HEAD: &str = "contract = 1\n[component]\nname = \"demo\"\n";

/// One routine of C with these parameters.
fn c(params: &str) -> String {
    format!(
        "{HEAD}language = \"c\"\n[routine.call]\nsymbol = \"demo_call\"\nparams = [{params}]\neffects = \"none\"\n"
    )
}

/// The module's own names for the check of a type's size are no enumerator's, no status code's and no routine's.
#[test]
fn the_names_of_a_size_check_are_nobody_elses() {
    let contract = format!(
        "{HEAD}language = \"c\"\n[type.rate]\nkind = \"struct\"\nsize = 8\nalign = 8\n\
         fields = [{{ name = \"x\", type = \"f64\", offset = 0 }}]\n\
         [type.pas]\nkind = \"struct\"\nsize = 8\nalign = 8\n\
         fields = [{{ name = \"x\", type = \"f64\", offset = 0 }}]\n\
         [type.mode]\nkind = \"enum\"\nrepr = \"i32\"\n\
         values = {{ rate_zero = 0, rate_has_8_bytes = 1, rate_low = 2 }}\n\
         [routine.call]\nsymbol = \"demo_call\"\nparams = [\n\
         {{ name = \"r\", type = \"rate\", by = \"reference\", use = \"in\" }},\n\
         {{ name = \"p\", type = \"pas\", by = \"reference\", use = \"in\" }},\n\
         {{ name = \"m\", type = \"mode\", use = \"in\" }}]\n\
         [routine.pas_zero]\nsymbol = \"pas_zero\"\nparams = [{{ name = \"x\", type = \"f64\", use = \"in\" }}]\n"
    );
    let files = print("companions", Lang::Fortran90, &contract).unwrap();
    let module = text(&files, "demo.f90");
    compile("companions", "demo.f90", module, F2008).unwrap_or_else(|said| panic!("{said}\n{module}"));
    assert!(module.contains(":: mode_rate_zero = 0"), "{module}");
}

/// What to do about a name that is too long can be done.
#[test]
fn a_name_that_is_too_long_is_said_with_what_helps() {
    let long = "x".repeat(70);
    let named = c("").replace("[routine.call]", &format!("[routine.{long}]"));
    let symbol = c("").replace("demo_call", &format!("{long}_")).replace("\"c\"", "\"fortran\"");
    for lang in [Lang::Fortran77, Lang::Fortran90] {
        assert!(refusal("long", lang, &symbol).contains("a routine of a shorter symbol around it"));
    }
    assert!(
        refusal("long", Lang::Fortran90, &named).contains("write [routine.SHORTER] instead of [routine.xxx")
    );
    let short = named.replace(&format!("[routine.{long}]"), "[routine.court]");
    print("long", Lang::Fortran90, &short).unwrap();
}

#[test]
fn words_of_c_and_fortran_are_names_all_the_same() {
    let params = r#"
        { name = "long", type = "f64", use = "in", unit = "m*/s ??/ \u00e9" },
        { name = "default", type = "cstr", use = "in" },
        { name = "size", type = "i32", use = "in" },
        { name = "end", type = "[f64; size]", use = "inout" },
        { name = "answer", type = "bool", by = "reference", use = "inout" },
        { name = "c_double", type = "[char; 8]", use = "inout" },
        { name = "Default", type = "f32", use = "in" },
        { name = "_x", type = "char", use = "in" },
    "#;
    let files = print("words", Lang::Fortran77, &c(params)).unwrap();
    compile("words", "demo_f77.c", text(&files, "demo_f77.c"), C89).unwrap();
    let host = format!("      PROGRAM P\n{}      END\n", text(&files, "demo.inc"));
    compile("words", "p.f", &host, F77).unwrap();
    let files = print("words", Lang::Fortran90, &c(params)).unwrap();
    compile("words", "demo.f90", text(&files, "demo.f90"), F2003).unwrap();
}

#[test]
fn both_spellings_of_each_symbol_are_there() {
    let by_value = c("{ name = \"x\", type = \"f64\", use = \"in\" }");
    let files = print("spellings", Lang::Fortran77, &by_value).unwrap();
    compile("spellings", "demo_f77.c", text(&files, "demo_f77.c"), C89).unwrap();
    let found = symbols("spellings", "demo_f77.o");
    // `demo_call` is the routine itself: a compiler that appends nothing has another name to call.
    assert_eq!(found, ["cmp_bridge_what_demo_f77", "demo_call_", "demo_call_f"]);
    assert!(text(&files, "demo.inc").contains("DEMO_CALL_F"));
    let fortran = format!(
        "{HEAD}language = \"fortran\"\n[routine.orbit]\nsymbol = \"orbit_\"\nparams = [\n\
         {{ name = \"t\", type = \"f64\", by = \"reference\", use = \"in\" }},\n\
         {{ name = \"name\", type = \"chars\", use = \"out\" }}]\neffects = \"none\"\n"
    );
    let files = print("spellings", Lang::Fortran77, &fortran).unwrap();
    compile("spellings", "demo_f77.c", text(&files, "demo_f77.c"), C89).unwrap();
    assert_eq!(symbols("spellings", "demo_f77.o"), ["cmp_bridge_what_demo_f77", "orbit"]);
}

#[test]
fn names_that_fortran_cannot_tell_apart_are_refused() {
    let routine =
        |name: &str| format!("[routine.{name}]\nsymbol = \"_q{name}\"\nparams = []\neffects = \"none\"\n");
    // Two routines whose names differ in case only are an error of the contract. A module has a name, too.
    let module = format!("{HEAD}language = \"c\"\n{}", routine("Demo"));
    let said = refusal("clash", Lang::Fortran90, &module);
    assert!(said.contains("routine `Demo`, its name:") && said.contains("does not tell case"), "{said}");
    assert!(print("clash", Lang::Fortran77, &module).is_ok());
    let long = format!("{HEAD}language = \"c\"\n{}", routine(&"a".repeat(64)));
    let said = refusal("long", Lang::Fortran90, &long);
    assert!(said.contains("has 64 characters, and Fortran takes 63"), "{said}");
    let long = format!("{HEAD}language = \"c\"\n{}", routine(&"a".repeat(32)));
    let said = refusal("long", Lang::Fortran77, &long);
    assert!(said.contains("has 32 characters, and compilers of Fortran 77 tell 31 apart"), "{said}");
    assert!(print("long", Lang::Fortran90, &long).is_ok());
}

#[test]
fn what_cannot_be_is_refused_with_its_reason() {
    for lang in [Lang::Fortran77, Lang::Fortran90] {
        let said = refusal("refused", lang, &c("{ name = \"t\", type = \"cstr\", use = \"out\" }"));
        assert!(
            said.contains("routine `call`, parameter `t`:") && said.contains("declare it `[char; n]`"),
            "{said}"
        );
    }
    let variable =
        c("{ name = \"n\", type = \"i32\", use = \"in\" }").replace("effects", "varargs = true\neffects");
    for lang in [Lang::Fortran77, Lang::Fortran90] {
        let said = refusal("varargs", lang, &variable);
        assert!(said.contains("variable arguments"), "{said}");
    }
}

const RECORD: &str = r#"contract = 1
[component]
name = "demo"
language = "c"
[type.date]
kind = "struct"
size = 16
align = 8
fields = [{ name = "day", type = "i32", offset = 0 }, { name = "sec", type = "f64", offset = 8 }]
[routine.later]
symbol = "demo_later"
params = [{ name = "d", type = "date", use = "in" }]
returns = { type = "date" }
effects = "none"
"#;

/// The compiler itself holds the size of a record: a twin of the module with one wrong component does not compile.
#[test]
fn a_record_of_another_size_does_not_compile() {
    let files = print("record", Lang::Fortran90, RECORD).unwrap();
    let right = text(&files, "demo.f90");
    compile("record", "demo.f90", right, F2003).unwrap();
    let wrong = right.replace("real(c_double) :: sec", "real(c_float) :: sec");
    let wrong = wrong.replace("iso_c_binding, only: ", "iso_c_binding, only: c_float, ");
    let said = compile("record", "demo.f90", &wrong, F2003).unwrap_err();
    assert!(said.contains("Division by zero"), "{said}");
}

/// A caller built against a contract with one changed fact does not compile.
#[test]
fn a_wrong_contract_does_not_compile() {
    let host = "program p\n  use demo\n  implicit none\n  type(date) :: d\n  d = later(date(1_4, 0.5_8))\n  \
                print *, d%day, d%sec\nend program p\n";
    let with = |contract: &str| {
        let files = print("wrong", Lang::Fortran90, contract).unwrap();
        compile("wrong", "demo.f90", text(&files, "demo.f90"), F2003).unwrap();
        compile("wrong", "p.f90", host, F2003)
    };
    with(RECORD).unwrap();
    for (from, to) in [
        ("{ name = \"d\", type = \"date\", use = \"in\" }", "{ name = \"d\", type = \"f64\", use = \"in\" }"),
        ("returns = { type = \"date\" }", "returns = { type = \"i32\" }"),
        ("name = \"sec\"", "name = \"seconds\""),
    ] {
        assert!(RECORD.contains(from));
        with(&RECORD.replace(from, to)).expect_err(to);
    }
}

/// Only what needs Fortran 2008 needs it: separate module procedures.
#[test]
fn the_other_reference_contracts_are_fortran_2003() {
    for component in ["telemetry", "planning"] {
        let contract =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../contracts/{component}.toml"));
        let files = Bindings::new(contract).print(Lang::Fortran90).unwrap();
        let file = format!("{component}.f90");
        compile("f2003", &file, text(&files, &file), F2003).unwrap();
        compile("f2008", &file, text(&files, &file), F2008).unwrap();
    }
}

/// A golden file, or with UPDATE_EXPECT=1 what becomes one.
fn expect(file: &File) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/fortran").join(&file.name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&golden, &file.text).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert!(expected == file.text, "{} differs from what is printed; see UPDATE_EXPECT=1", golden.display());
}

#[test]
fn three_contracts_print_as_agreed() {
    for shape in ["texts", "blocks", "modules"] {
        let contract =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix").join(shape).join("contract.toml");
        for lang in [Lang::Fortran77, Lang::Fortran90] {
            let files = Bindings::new(&contract).print(lang).unwrap();
            assert_eq!(files, Bindings::new(&contract).print(lang).unwrap());
            assert!(files.iter().all(|file| file.text.lines().next().unwrap().contains("@(#)")));
            files.iter().for_each(expect);
        }
    }
}

proptest! {
    /// Any names, units and extents: the lines fit their forms, and the text is ASCII.
    #[test]
    fn lines_fit_their_forms(
        names in proptest::collection::btree_set("[A-Za-z][A-Za-z0-9_]{0,45}", 1..12),
        unit in "\\PC{0,90}",
        extent in proptest::collection::vec(0..9i32, 1..20),
    ) {
        let unit = unit.replace(['\\', '"'], "'");
        let sum: Vec<String> = extent.iter().map(|k| format!("n*{k}")).collect();
        let mut params = String::from("{ name = \"n\", type = \"i32\", use = \"in\" },");
        for name in names.iter().filter(|name| *name != "n") {
            params += &format!("{{ name = \"{name}\", type = \"[f64; {}]\", use = \"in\", unit = \"{unit}\" }},", sum.join("+"));
        }
        let contract = c(&params);
        for lang in [Lang::Fortran77, Lang::Fortran90] {
            match print("lines", lang, &contract) {
                Err(Error::Unsupported(_) | Error::Contract(_)) => (),
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
                Ok(files) => {
                    for file in files {
                        let limit = if file.name.ends_with(".inc") { 72 } else if file.name.ends_with(".f90") { 132 } else { 4095 };
                        for line in file.text.lines() {
                            prop_assert!(line.is_ascii() && line.len() <= limit, "{}: {line}", file.name);
                        }
                    }
                }
            }
        }
    }
}
