//! What is printed, and what is refused.

use cmp_bridge_codegen::{Error, Generated, Module};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::process::Command;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generate").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compares with a golden file; UPDATE_EXPECT=1 writes it anew.
fn expect(name: &str, found: &str) {
    let file = golden(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == found, "{} differs from what is printed; see UPDATE_EXPECT=1", file.display());
}

/// Generates from a contract given as text.
fn generate(name: &str, contract: &str) -> Result<Generated, Error> {
    let folder = scratch(name);
    let file = folder.join("contract.toml");
    std::fs::write(&file, contract).unwrap();
    Module::new(file).generate(folder)
}

/// Compiles a C proof; the compiler's messages if it fails.
fn prove(proof: &Path) -> Result<(), String> {
    let mut gcc = Command::new("gcc");
    gcc.env("LC_ALL", "C").args(["-Wall", "-Wextra", "-Werror", "-c", "-o"]).arg(proof.with_extension("o"));
    let output = gcc.arg(proof).output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(messages) }
}

/// The sample's proof against another header.
fn prove_against(name: &str, header: &str) -> Result<(), String> {
    let folder = scratch(name);
    let file = folder.join("sample.h");
    std::fs::write(&file, header).unwrap();
    let module = Module::new(golden("sample.toml")).proof_header(file);
    prove(&module.generate(folder).map_err(|error| error.to_string())?.proof.unwrap())
}

#[test]
fn the_sample_prints_as_agreed() {
    let folder = scratch("sample");
    let module = Module::new(golden("sample.toml")).proof_header(golden("sample.h"));
    let generated = module.generate(folder).unwrap();
    let rust = std::fs::read_to_string(&generated.rust).unwrap();
    assert!(rust.starts_with("// @(#) sample contract "));
    expect("sample.rs", &rust);
    let proof = generated.proof.as_ref().unwrap();
    let text = std::fs::read_to_string(proof).unwrap();
    let header = std::fs::canonicalize(golden("sample.h")).unwrap();
    expect("sample_proof.c", &text.replace(header.to_str().unwrap(), "sample.h"));
    prove(proof).unwrap();
    let lines = generated.cargo_lines();
    assert!(
        lines.contains("cargo:rerun-if-changed=")
            && lines.contains("sample.toml")
            && lines.contains("sample.h")
    );
}

#[test]
fn a_prototype_that_differs_is_the_c_compilers_own_error() {
    let header = std::fs::read_to_string(golden("sample.h")).unwrap();
    prove_against("same", &header).unwrap();
    let twins = [
        ("const double *dt", "const float *dt"),
        ("const double *dt", "double dt"),
        ("int *ier, size_t l", "size_t l, int *ier"),
        ("int *ier, size_t l", "int *ier"),
        ("double jj_cal_", "float jj_cal_"),
        ("int *lbis", "long *lbis"),
        ("int *lbis)", "int *lbis, int extra)"),
    ];
    for (i, (from, to)) in twins.into_iter().enumerate() {
        let messages = prove_against(&format!("twin{i}"), &header.replace(from, to)).unwrap_err();
        assert!(messages.contains("conflicting types"), "{from} -> {to}\n{messages}");
    }
    // A routine that the header does not declare proves nothing.
    let messages = prove_against("undeclared", &header.replace("jj_cal_", "jj_cal2_")).unwrap_err();
    assert!(messages.contains("routine `jj_cal`, its symbol"), "{messages}");
}

#[test]
fn a_record_that_differs_does_not_compile() {
    let contract = r#"
contract = 1
[component]
name = "records"
language = "c"
[type.point]
kind = "struct"
size = 16
align = 8
fields = [{ name = "x", type = "f64", offset = 0 }, { name = "y", type = "f64", offset = 8 }]
[routine.norm]
symbol = "norm"
params = [{ name = "p", type = "point", use = "in" }]
returns = { type = "f64" }
effects = "none"
"#;
    let prove_with = |name: &str, header: &str| {
        let folder = scratch(name);
        std::fs::write(folder.join("contract.toml"), contract).unwrap();
        std::fs::write(folder.join("records.h"), header).unwrap();
        let module = Module::new(folder.join("contract.toml")).proof_header(folder.join("records.h"));
        prove(&module.generate(&folder).unwrap().proof.unwrap())
    };
    prove_with("record", "struct point { double x, y; }; double norm(struct point p);").unwrap();
    for header in [
        "struct point { double y, x; }; double norm(struct point p);",
        "struct point { float x; double y; }; double norm(struct point p);",
        "struct point { double x, y, z; }; double norm(struct point p);",
    ] {
        let messages = prove_with("record_wrong", header).unwrap_err();
        assert!(messages.contains("_point"), "{messages}");
    }
}

/// One routine with these parameters; the refusal, if there is one.
fn refusal(rest: &str) -> Option<String> {
    let contract = format!(
        "contract = 1\n[component]\nname = \"x\"\nlanguage = \"c\"\n[type.w]\nkind = \"union\"\nsize = 8\nalign = 8\n\
         fields = [{{ name = \"f\", type = \"f64\", offset = 0 }}]\n[routine.probe]\nsymbol = \"probe\"\neffects = \"none\"\n{rest}\n"
    );
    match generate("refused", &contract) {
        Ok(_) => None,
        Err(error @ (Error::Unsupported(_) | Error::Contract(_))) => Some(error.to_string()),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn shapes_that_are_not_supported_are_named() {
    let cases = [
        (
            r#"params = [{ name = "f", type = "fn", use = "in" }]"#,
            "parameter `f`: what it calls back is not known",
        ),
        (r#"params = [{ name = "x", type = "f80", use = "in" }]"#, "parameter `x`: a long double"),
        (
            r#"params = [{ name = "x", type = "w", use = "in" }]"#,
            "parameter `x`: a long double, or a floating-point number in a union",
        ),
        (r#"returns = { type = "f80" }"#, "the returned value: a long double"),
        (r#"params = [{ name = "s", type = "cstr", use = "out" }]"#, "parameter `s`: the room behind"),
        (
            r#"params = [{ name = "x", type = "[f64; ?]", use = "in" }]"#,
            "parameter `x`: its extent is not known",
        ),
        (
            r#"params = [{ name = "x", type = "f64", by = "reference", use = "unknown" }]"#,
            "its direction is not known",
        ),
        (
            r#"params = [{ name = "n", type = "i32", by = "reference", use = "out" },
                         { name = "x", type = "[f64; n]", use = "in" }]"#,
            "no value when the routine is entered",
        ),
    ];
    for (routine, message) in cases {
        let found = refusal(routine).unwrap_or_default();
        assert!(found.contains(message) || found.contains("`n`"), "{routine}\n{found}");
    }
    assert_eq!(refusal(r#"params = [{ name = "x", type = "f64", use = "in" }]"#), None);
}

#[test]
fn languages_with_exceptions_give_results() {
    for (language, raiser) in [("c++", "__throw_out_of_range"), ("ada", "__gnat_raise_exception")] {
        let text = contract(&[], &["x".into()], "f64", false, language);
        let file = generate("language", &text).unwrap().rust;
        let rust = std::fs::read_to_string(file).unwrap();
        assert!(rust.contains("-> Result<f64, Exception>") && rust.contains("self::caught("), "{rust}");
        assert!(rust.contains(raiser), "{rust}");
        let none = text.replace("params = ", "exceptions = \"none\"\nparams = ");
        let file = generate("language", &none).unwrap().rust;
        assert!(!std::fs::read_to_string(file).unwrap().contains("Exception"));
    }
}

#[test]
fn every_refusal_is_listed_at_once() {
    let found = refusal(
        r#"params = [{ name = "f", type = "fn", use = "in" }, { name = "x", type = "f80", use = "in" }]"#,
    );
    assert_eq!(found.unwrap_or_default().lines().count(), 2);
}

#[test]
fn an_unknown_routine_is_named_with_those_there_are() {
    let error =
        Module::new(golden("sample.toml")).routines(["jjcal"]).generate(scratch("unknown")).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("no routine `jjcal`") && message.contains("eck_hec, jj_cal"), "{message}");
    let missing = Module::new("no such contract.toml").generate(scratch("unknown")).unwrap_err();
    assert!(missing.to_string().starts_with("cannot read no such contract.toml"), "{missing}");
}

#[test]
fn names_that_clash_are_refused() {
    let message = refusal(
        "params = [{ name = \"x\", type = \"text\", use = \"in\" }]\n[type.text]\nkind = \"struct\"\nsize = 4\nalign = 4\n\
         fields = [{ name = \"a\", type = \"i32\", offset = 0 }]",
    );
    assert!(message.unwrap_or_default().contains("its Rust name `Text` is taken"));
}

/// A build with `panic = "abort"` must fail, and say why.
#[test]
fn a_module_that_aborts_on_panic_does_not_compile() {
    let folder = scratch("abort");
    std::fs::create_dir_all(folder.join("src")).unwrap();
    Module::new(golden("sample.toml")).generate(folder.join("src")).unwrap();
    let bridge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = format!(
        "[package]\nname = \"abort\"\nedition = \"2024\"\n[features]\nrelink = []\n[lib]\ncrate-type = [\"cdylib\"]\n\
         [dependencies]\ncmp-bridge = {{ path = {bridge:?} }}\n[workspace]\n"
    );
    std::fs::write(folder.join("src/lib.rs"), "pub mod sample { include!(\"sample.rs\"); }\n").unwrap();
    std::fs::copy(bridge.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let check = |profile: &str| {
        std::fs::write(folder.join("Cargo.toml"), format!("{manifest}{profile}")).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&folder).args(["check", "--offline", "--quiet", "--target-dir"]);
        cargo
            .arg(scratch("abort-target"))
            .env_remove("RUSTFLAGS")
            .env("RUSTFLAGS", "-Dwarnings")
            .output()
            .unwrap()
    };
    let unwind = check("");
    assert!(unwind.status.success(), "{}", String::from_utf8_lossy(&unwind.stderr));
    let abort = check("[profile.dev]\npanic = \"abort\"\n");
    let messages = String::from_utf8_lossy(&abort.stderr);
    assert!(
        !abort.status.success() && messages.contains("build the module with panic = unwind"),
        "{messages}"
    );
}

/// Parameters whose extents may name the earlier integers.
fn parameter() -> impl Strategy<Value = (String, &'static str, &'static str)> {
    let by_value = prop::sample::select(vec![
        "i8",
        "u16",
        "i32",
        "u64",
        "f32",
        "f64",
        "complex_f64",
        "bool",
        "ptr",
        "rec",
        "en",
    ]);
    let by_address = prop::sample::select(vec![
        "i32",
        "f64",
        "logical32",
        "complex_f32",
        "f80",
        "rec",
        "en",
        "un",
        "[f64; 3]",
        "[[f32; 3]; n]",
        "[rec; n]",
        "[f64; 2*n-1]",
        "[[f64; n]; m]",
        "[char; n]",
        "[i64; (n-1)*m+n]",
    ]);
    let usage = prop::sample::select(vec!["in", "out", "inout"]);
    prop_oneof![
        by_value.prop_map(|ty| (ty.to_string(), "value", "in")),
        (by_address, usage).prop_map(|(ty, usage)| (ty.to_string(), "reference", usage)),
    ]
}

fn contract(
    params: &[(String, &str, &str)],
    names: &[String],
    returns: &str,
    status: bool,
    language: &str,
) -> String {
    let mut text = format!(
        "contract = 1\n[component]\nname = \"random\"\nlanguage = \"{language}\"\n\
         [type.en]\nkind = \"enum\"\nrepr = \"i32\"\nvalues = {{ A = 0, B = -5 }}\n\
         [type.un]\nkind = \"union\"\nsize = 8\nalign = 8\nfields = [{{ name = \"f\", type = \"f64\", offset = 0 }}]\n\
         [type.rec]\nkind = \"struct\"\nsize = 24\nalign = 8\nfields = [\n\
         {{ name = \"a\", type = \"i16\", offset = 0 }}, {{ name = \"b\", type = \"u32\", offset = 4, bits = [3, 7] }},\n\
         {{ name = \"type\", type = \"f64\", offset = 8 }}, {{ name = \"p\", type = \"ptr\", offset = 16 }}]\n\
         [state.s]\nsymbol = \"s_\"\nsize = 24\nkind = \"common\"\n\
         [routine.random]\nsymbol = \"random_\"\neffects = \"state\"\nstate = [{{ area = \"s\", view = \"rec\", use = \"inout\" }}]\n"
    );
    if status {
        text.push_str("status = { ok = 0, warning = \"1..9\", error = \"< 0\" }\n");
    }
    if !returns.is_empty() {
        text.push_str(&format!("returns = {{ type = \"{returns}\" }}\n"));
    }
    text.push_str("params = [\n  { name = \"n\", type = \"i32\", use = \"in\" }, { name = \"m\", type = \"u16\", use = \"in\" },\n");
    for (i, (ty, by, usage)) in params.iter().enumerate() {
        let name = &names[i % names.len()];
        let by = if ty.starts_with('[') { String::new() } else { format!("by = \"{by}\", ") };
        text.push_str(&format!("  {{ name = \"{name}_{i}\", type = \"{ty}\", {by}use = \"{usage}\" }},\n"));
    }
    if status {
        text.push_str("  { name = \"ier\", type = \"i32\", by = \"reference\", use = \"status\" },\n");
    }
    text + "]\n"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever a contract says, it is refused with a reason or becomes Rust that parses.
    #[test]
    fn a_contract_becomes_rust_or_a_reason(
        params in prop::collection::vec(parameter(), 0..9),
        names in prop::collection::vec("[a-zA-Z][a-zA-Z0-9_]{0,9}", 1..4),
        returns in prop::sample::select(vec!["", "f64", "bool", "rec", "en", "complex_f32", "f80", "i8"]),
        status in any::<bool>(),
        language in prop::sample::select(vec!["c", "fortran"]),
    ) {
        let text = contract(&params, &names, returns, status, language);
        match generate("random", &text) {
            Ok(generated) => {
                let rust = std::fs::read_to_string(generated.rust).unwrap();
                prop_assert!(syn::parse_file(&rust).is_ok(), "{text}\n{rust}");
            }
            Err(error @ Error::Contract(_)) => prop_assert!(false, "the test's own contract is wrong: {error}\n{text}"),
            Err(error) => prop_assert!(matches!(error, Error::Unsupported(_)), "{error}"),
        }
    }
}

/// A header may keep what is behind an address to itself.
#[test]
fn a_type_that_a_header_does_not_complete_is_proved_by_its_routines() {
    let text = "contract = 1\n[component]\nname = \"agenda\"\nlanguage = \"c\"\n\
        [type.tm_flux]\nkind = \"opaque\"\nsize = 16\nalign = 8\nrelease = \"fermer\"\n\
        [routine.ouvrir]\nsymbol = \"ouvrir\"\nparams = []\nreturns = { type = \"tm_flux\", by = \"reference\" }\n\
        [routine.fermer]\nsymbol = \"fermer\"\nparams = [{ name = \"f\", type = \"tm_flux\", by = \"reference\", use = \"inout\" }]\n";
    let proof = |header: &str| {
        let folder = scratch("incomplete");
        std::fs::create_dir_all(&folder).unwrap();
        let (contract, file) = (folder.join("agenda.toml"), folder.join("agenda.h"));
        std::fs::write(&contract, text).unwrap();
        std::fs::write(&file, header).unwrap();
        let proof = Module::new(contract).proof_header(file).generate(&folder).unwrap().proof.unwrap();
        let gcc = std::process::Command::new("gcc")
            .args(["-Wall", "-Werror", "-c", "-o", "/dev/null"])
            .arg(proof)
            .output();
        gcc.unwrap().status.success()
    };
    let routines = "tm_flux *ouvrir(void); void fermer(tm_flux *f);\n";
    assert!(proof(&format!("typedef struct tm_flux tm_flux;\n{routines}")));
    assert!(proof(&format!("typedef struct flux tm_flux;\n{routines}")));
    assert!(proof(&format!("typedef struct {{ long a, b; }} tm_flux;\n{routines}")));
    // Wrong twins: another type, another size where there is one.
    assert!(!proof("typedef struct tm_flux tm_flux;\ntm_flux *ouvrir(void); void fermer(tm_flux f);\n"));
    assert!(!proof(&format!("typedef struct flux {{ long a, b, c; }} tm_flux;\n{routines}")));
    assert!(!proof(&format!("struct flux {{ long a, b, c; }};\ntypedef struct flux tm_flux;\n{routines}")));
}

/// The fields of records are held against the header by type, as `cmp-bridge check --header` does: what has the same size is
/// not the same.
#[test]
fn a_header_is_proved_by_the_types_of_its_fields() {
    let text = "contract = 1\n[component]\nname = \"champs\"\nlanguage = \"c\"\n\
        [type.lvl]\nkind = \"enum\"\nrepr = \"i32\"\nvalues = { LOW = -5, TOP = 7 }\n\
        [type.inner]\nkind = \"struct\"\nsize = 8\nalign = 4\n\
        fields = [{ name = \"a\", type = \"i32\", offset = 0 }, { name = \"b\", type = \"f32\", offset = 4 }]\n\
        [type.rec]\nkind = \"struct\"\nsize = 80\nalign = 8\nfields = [\n\
        { name = \"name\", type = \"[char; 6]\", offset = 0 },\n\
        { name = \"on\", type = \"bool\", offset = 6 },\n\
        { name = \"stamp\", type = \"i64\", offset = 8 },\n\
        { name = \"gain\", type = \"[[f32; 3]; 2]\", offset = 16 },\n\
        { name = \"level\", type = \"lvl\", offset = 40 },\n\
        { name = \"n\", type = \"i32\", offset = 44 },\n\
        { name = \"in\", type = \"inner\", offset = 48 },\n\
        { name = \"next\", type = \"ptr\", offset = 56 },\n\
        { name = \"call\", type = \"fn\", offset = 64 },\n\
        { name = \"rest\", type = \"f64\", offset = 72, use = \"ignored\" }]\n\
        [routine.f]\nsymbol = \"f\"\nparams = [{ name = \"r\", type = \"rec\", by = \"reference\", use = \"inout\" }]\n";
    let good = "#include <stdint.h>\n#include <stdbool.h>\ntypedef enum { LOW = -5, TOP = 7 } lvl;\n\
        enum other { RED = -1, BLUE };\n\
        typedef struct { char name[6]; bool on; int64_t stamp; float gain[2][3]; lvl level; int32_t n;\n\
        struct { int32_t a; float b; } in; void *next; int (*call)(double); double rest; } rec;\nvoid f(rec *r);\n";
    let folder = scratch("fields");
    std::fs::create_dir_all(&folder).unwrap();
    let (contract, file) = (folder.join("champs.toml"), folder.join("champs.h"));
    std::fs::write(&contract, text).unwrap();
    let proof = |old: &str, new: &str| {
        assert!(good.contains(old), "{old}");
        std::fs::write(&file, good.replace(old, new)).unwrap();
        let proof = Module::new(&contract).proof_header(&file).generate(&folder).unwrap().proof.unwrap();
        let mut gcc = std::process::Command::new("gcc");
        let output = gcc.args(["-Wall", "-Werror", "-c", "-o", "/dev/null"]).arg(proof).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    // What says the same in other words.
    for (old, new) in [
        ("", ""),
        ("int64_t stamp", "long long stamp"),
        ("int64_t stamp", "volatile long stamp"),
        ("char name[6]", "unsigned char name[6]"),
        ("lvl level", "int level"),
        ("int32_t n;", "enum other n;"),
        ("void *next", "const char *next"),
        ("void *next", "struct hidden *next"),
        ("void *next", "volatile void *next"),
        ("void *next", "int (*next)[3]"),
        ("double rest", "char rest[8]"),
    ] {
        let (proved, said) = proof(old, new);
        assert!(proved, "`{new}` is refused: {said}");
    }
    // Wrong twins of the same size.
    for (old, new) in [
        ("int64_t stamp", "double stamp"),
        ("int64_t stamp", "uint64_t stamp"),
        ("int64_t stamp", "void *stamp"),
        ("gain[2][3]", "gain[3][2]"),
        ("gain[2][3]", "gain[6]"),
        ("bool on", "uint8_t on"),
        ("lvl level", "unsigned level"),
        ("lvl level", "enum other level"),
        ("int32_t n;", "float n;"),
        ("float b; }", "int32_t b; }"),
        ("void *next", "long next"),
        ("void *next", "int (*next)(void)"),
        ("int (*call)(double)", "char *call"),
    ] {
        assert!(!proof(old, new).0, "`{new}` passes for `{old}`");
    }
}
