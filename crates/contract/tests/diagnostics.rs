//! Every diagnostic code has a wrong twin: a contract with one thing wrong, reported by that code, at that place, and alone.

mod support;

use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::validate::CODES;
use std::collections::BTreeSet;
use support::FULL;

/// What is replaced in the full contract, by what, the code, and a text on the line it must point at.
type Twin = (&'static str, &'static str, &'static str, &'static str);

const READING: [Twin; 27] = [
    ("\"200 ms\"", "\"200\"", "C013", "\"200\""),
    ("fallback = \"status\"", "fallback = \"rust\"", "C006", "\"rust\""),
    ("idempotent = true", "idempotent = \"yes\"", "C005", "\"yes\""),
    ("small = \"1/16\"", "small = \"1 over 16\"", "C012", "1 over 16"),
    ("when = \"form = 1 | 5..9\"", "when = \"form == 1\"", "C008", "form == 1"),
    ("trivial = false", "trivial = false\nof = \"string\"", "C011", "of = \"string\""),
    ("contract = 1", "contract = ", "C001", "contract ="),
    ("[state.cst]", "[routine.eck_hec]", "C001", "[routine.eck_hec]"),
    ("contract = 1", "contract = 2", "C002", "contract = 2"),
    ("at = \"eckhec", "att = \"eckhec", "C003", "att = "),
    ("unit = \"s\"", "units = \"s\"", "C003", "units"),
    ("absolute = 1e-6 }", "absolut = 1e-6 }", "C003", "absolut "),
    ("symbol = \"kepler_\"\n", "", "C004", "[routine.kepler]"),
    ("contract = 1\n", "", "C004", "# @(#)"),
    (", use = \"in\" }, # how many", " }, # how many", "C004", "# how many"),
    ("size = 56", "size = \"56\"", "C005", "size = \"56\""),
    ("params = [\n  { name = \"e\"", "params = [\n  3, { name = \"e\"", "C005", "3, {"),
    ("effects = \"state\"", "effects = \"stat\"", "C006", "\"stat\""),
    ("by = \"reference\", use = \"in\" }, # how", "by = \"ref\", use = \"in\" }, # how", "C006", "\"ref\""),
    ("language = \"fortran\"", "language = \"cobol\"", "C006", "cobol"),
    ("\"[f64; n]\"", "\"[f64, n]\"", "C007", "[f64, n]"),
    ("\"[[f64; 3]; 2*n-1]\"", "\"[[f64; 3]; 2*n-]\"", "C007", "2*n-]"),
    ("\"< 0\"", "\"<> 0\"", "C008", "<> 0"),
    ("offset = 8 }", "offset = -8 }", "C009", "offset = -8"),
    ("bits = [0, 3]", "bits = [0]", "C010", "bits = [0]"),
    ("repr = \"u32\"", "repr = \"u32\"\nsize = 4", "C011", "size = 4"),
    ("size = 8\nalign = 8", "size = 8\nalign = 8\nrepr = \"u8\"", "C011", "repr = \"u8\""),
];

const MEANING: [Twin; 62] = [
    ("name = \"flight_dynamics\"", "name = \"flight dynamics\"", "C101", "name = \"flight dynamics\""),
    ("name = \"dt\"", "name = \"d't\"", "C101", "d't"),
    (
        "[state.count]",
        "[state.\"count 0\"]\nsymbol = \"x\"\nsize = 4\nkind = \"save\"\n[state.count]",
        "C101",
        "count 0",
    ),
    ("name = \"elt\"", "name = \"dt\"", "C102", "\"dt\",  type = \"f64\""),
    ("name = \"pv\"", "name = \"mode\"", "C102", "\"[f64; 2*2]\""),
    ("area = \"count\", view = \"i32\"", "area = \"cst\", view = \"i32\"", "C102", "view = \"i32\""),
    ("name = \"elt\"", "name = \"type\"", "", ""),
    (
        "name = \"elt\", type = \"[f64; n]\", use = \"in\" },",
        "name = \"type\", type = \"f64\", use = \"in\" }, { name = \"type_\", type = \"f64\", use = \"in\" },",
        "C103",
        "\"type_\"",
    ),
    ("[routine.kepler]", "[routine.EckHec]", "C103", "[routine.EckHec]"),
    ("SAFE = 1", "SAFE = 1, SA_FE = 2", "", ""),
    ("[type.word]", "[type.u16]", "C104", "[type.u16]"),
    ("type = \"mode_t\"", "type = \"mode\"", "C105", "\"mode\","),
    ("view = \"cst_view\"", "view = \"cst_vieww\"", "C105", "cst_vieww"),
    ("\"[f64; n]\"", "\"[f46; n]\"", "C105", "f46"),
    (
        "{ name = \"i\", type = \"i64\", offset = 0 }",
        "{ name = \"i\", type = \"word\", offset = 0 }",
        "C106",
        "[type.word]",
    ),
    (
        "align = 8\nfields = [\n  { name = \"mu\"",
        "align = 3\nfields = [\n  { name = \"mu\"",
        "C107",
        "align = 3",
    ),
    ("size = 24", "size = 28", "C107", "size = 28"),
    ("size = 24\nalign = 8", "size = 2199023255552\nalign = 8", "C107", "size = 2199023255552"),
    ("size = 24", "size = 16", "C108", "\"cn0\""),
    (
        "type = \"[f64; 2]\", offset = 8",
        "type = \"[f64; 2]\", offset = 9223372036854775807",
        "C108",
        "\"cn0\"",
    ),
    ("type = \"[f64; 2]\", offset = 8", "type = \"[f64; 2]\", offset = 4", "C109", "\"cn0\""),
    ("bits = [3, 29]", "bits = [2, 29]", "C109", "[2, 29]"),
    (
        "{ name = \"mu\", type = \"f64\", offset = 0 }",
        "{ name = \"mu\", type = \"f64\", offset = 16 }",
        "C109",
        "\"cn0\"",
    ),
    (
        "offset = 0 },\n  { name = \"cn0\", type = \"[f64; 2]\", offset = 8",
        "offset = 16 },\n  { name = \"cn0\", type = \"[f64; 2]\", offset = 0",
        "C110",
        "\"cn0\"",
    ),
    ("bits = [3, 29]", "bits = [3, 0]", "C111", "[3, 0]"),
    ("bits = [3, 29]", "bits = [3, 33]", "C111", "[3, 33]"),
    ("offset = 12, bits = [0, 3]", "offset = 12, bits = [4294967295, 3]", "C111", "4294967295"),
    ("\"[f64; n]\"", "\"[f64; m]\"", "C112", "[f64; m]"),
    ("\"[f64; n]\"", "\"[f64; dt]\"", "C113", "[f64; dt]"),
    ("\"[f64; n]\"", "\"[f64; ier+pos]\"", "C113", "[f64; ier+pos]"),
    (
        "type = \"i32\", by = \"reference\", use = \"in\" }",
        "type = \"i32\", by = \"reference\", use = \"in\", nullable = true }",
        "C113",
        "",
    ),
    ("type = \"[f64; 2]\"", "type = \"[f64; n]\"", "C114", "\"cn0\""),
    ("type = \"[f64; 2]\"", "type = \"[f64; ?]\"", "C114", "\"cn0\""),
    ("language = \"fortran\"", "language = \"ada\"", "C115", "\"chars\""),
    ("type = \"[f64; 2*2]\"", "type = \"cstr\"", "C116", "\"cstr\""),
    (
        "returns = { type = \"f64\", use = \"out\", tolerance = { ulp = 2 } }",
        "returns = { type = \"cstr\" }",
        "C116",
        "returns",
    ),
    ("\"[f64; n]\"", "\"[chars; n]\"", "C116", "[chars; n]"),
    ("\"[f64; n]\", use", "\"[f64; n]\", by = \"value\", use", "C117", "by = \"value\""),
    (
        "returns = { type = \"f64\", use = \"out\"",
        "returns = { type = \"[f64; 2]\", use = \"out\"",
        "C117",
        "returns",
    ),
    (
        "name = \"e\", type = \"f64\", use = \"in\"",
        "name = \"e\", type = \"f64\", use = \"out\"",
        "C118",
        "name = \"e\"",
    ),
    (
        "name = \"n\",   type = \"i32\", by = \"reference\", use = \"in\"",
        "name = \"n\",   type = \"i32\", by = \"reference\", use = \"status\"",
        "C119",
        "\"ier\"",
    ),
    ("returns = {", "status = { ok = 0 }\nreturns = {", "C120", "status = { ok = 0 }"),
    ("status = { ok = 0, warning = \"> 0\", error = \"< 0\", panic = -99 }\n", "", "C121", "\"ier\""),
    ("name = \"ier\", type = \"i32\"", "name = \"ier\", type = \"f64\"", "C122", "\"ier\""),
    ("panic = -99", "panic = 99", "C123", "panic = 99"),
    (", error = \"< 0\"", "", "C123", "panic = -99"),
    ("warning = \"> 0\"", "warning = \">= 0\"", "C124", "warning"),
    ("warning = \"> 0\"", "warning = \"!= 0\"", "C124", "warning"),
    ("panic = -99", "panic = -9999999999", "C125", "panic"),
    ("area = \"count\"", "area = \"cuont\"", "C126", "cuont"),
    ("size = 48", "size = 16", "C127", "view = \"cst_view\""),
    ("use = \"status\" }", "use = \"status\", tolerance = { ulp = 1 } }", "C128", "\"ier\""),
    ("tolerance = { ulp = 2 }", "tolerance = { absolute = -1.0 }", "C129", "-1.0"),
    ("tolerance = { ulp = 2 }", "tolerance = { relative = nan }", "C129", "nan"),
    ("use = \"ignored\" }", "use = \"in\" }", "C130", "\"next\""),
    (
        "area = \"cst\", view = \"cst_view\", use = \"in\"",
        "area = \"cst\", view = \"cst_view\", use = \"status\"",
        "C130",
        "cst_view",
    ),
    ("SAFE = 1", "SAFE = -1", "C131", "SAFE = -1"),
    ("size = 48", "size = 0", "C133", "size = 0"),
    ("\"[f64; n]\"", "\"[f64; 1000000000000]\"", "C134", "1000000000000"),
    ("symbol = \"cst_\"", "symbol = \"\"", "C135", "symbol = \"\""),
    ("symbol = \"kepler_\"", "symbol = \"eck_hec_\"", "C136", "symbol = \"eck_hec_\""),
    ("build-id = \"9c1e0a\"", "build-id = \"9C1E\"", "C137", "9C1E"),
];

const LAST: [Twin; 26] = [
    ("\"[f64; n]\"", "\"[f64; :]\"", "C142", "[f64; :]"),
    ("\"[f32; 3+1]\"", "\"[f32; :]\"", "C142", "[f32; :]"),
    ("type = \"law\", use", "type = \"law\", by = \"descriptor\", use", "C143", "type = \"law\""),
    ("when = \"form = 1 | 5..9\"", "when = \"sides = 1\"", "C144", "sides = 1"),
    ("small = \"1/16\"", "small = \"0/16\"", "C145", "0/16"),
    ("last = 100", "last = 256", "C145", "last = 256"),
    ("count = 12", "count = 17", "C145", "bits = 1"),
    ("bits = 1\n", "bits = 65\n", "C145", "bits = 65"),
    ("repr = \"i16\"", "repr = \"f64\"", "C145", "repr = \"f64\""),
    ("name = \"table\",", "name = \"t\",", "C102", "\"[f64; ?]\""),
    ("release = \"last_bulletin\"", "release = \"last\"", "C146", "release = \"last\""),
    ("release = \"free\"", "release = \"fre\"", "C146", "release = \"fre\""),
    ("by = \"reference\", use = \"out\", release", "use = \"out\", release", "C146", "release = \"free\""),
    ("user-data = \"own\"", "user-data = \"t\"", "C147", "user-data = \"t\""),
    ("user-data = \"data\",", "user-data = \"law\",", "C147", "user-data = \"law\""),
    ("stop = -1", "stop = 40000", "C147", "stop = 40000"),
    ("\"200 ms\"", "\"0 ms\"", "C149", "\"0 ms\""),
    ("\"200 ms\"", "\"61 min\"", "C149", "\"61 min\""),
    (", panic = -99 }", " }", "C150", "fallback = \"status\""),
    ("effects = \"state\"", "effects = \"io\"", "C151", "idempotent = true"),
    (
        "name = \"data\",   type = \"ptr\", use = \"ignored\"",
        "name = \"data\",   type = \"ptr\", use = \"ignored\", kept = true",
        "C147",
        "kept = true",
    ),
    (
        "effects = \"state\"\nthreads = \"serial\"",
        "effects = \"state\"\nthreads = \"free\"",
        "C148",
        "threads = \"free\"",
    ),
    ("effects = \"state\"", "effects = \"none\"", "C138", "effects = \"none\""),
    (
        "name = \"e\", type = \"f64\", use = \"in\"",
        "name = \"e\", type = \"f64\", use = \"in\", nullable = true",
        "C141",
        "name = \"e\"",
    ),
    ("name = \"e\", type = \"f64\"", "name = \"e\", type = \"big\"", "C140", "name = \"e\""),
    (
        "returns = { type = \"f64\", use = \"out\"",
        "returns = { type = \"f64\", use = \"in\"",
        "C130",
        "returns",
    ),
];

fn twins() -> impl Iterator<Item = Twin> {
    READING.into_iter().chain(MEANING).chain(LAST)
}

/// The full contract, and a large record for the one twin that needs it.
fn base() -> String {
    let big = "[type.big]\nkind = \"struct\"\nsize = 2097152\nalign = 1\nfields = [{ name = \"b\", type = \"[u8; 2097152]\", offset = 0 }]\n";
    FULL.replace("[state.cst]", &format!("{big}\n[state.cst]"))
}

#[test]
fn the_full_contract_is_right() {
    if let Err(errors) = Contract::from_toml(&base(), "full.toml") {
        panic!("{errors}");
    }
}

#[test]
fn every_wrong_twin_is_found() {
    let mut failures = Vec::new();
    for (right, wrong, code, line) in twins() {
        let text = base();
        let text = text.replacen(right, wrong, 1);
        let errors = match (Contract::from_toml(&text, "twin.toml"), code) {
            (Ok(_), "") => continue,
            (Ok(_), _) => {
                failures.push(format!("{code} {wrong}: nothing found"));
                continue;
            }
            (Err(errors), _) => errors,
        };
        let codes: BTreeSet<&str> = errors.0.iter().map(|error| error.code).collect();
        let at = errors.0[0].line;
        let found = text.lines().nth(at - 1).unwrap_or_default();
        if codes != BTreeSet::from([code]) || !found.contains(line) {
            failures.push(format!("{code} {wrong}: at {found:?}\n{errors}"));
        }
        for error in &errors.0 {
            assert!(error.line >= 1 && error.column >= 1, "{errors}");
            assert!(
                ![&error.message, &error.expected, &error.found, &error.hint].iter().any(|s| s.is_empty()),
                "{errors}"
            );
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_replacement_is_in_the_contract() {
    for (right, ..) in twins() {
        assert!(base().contains(right), "{right}");
    }
}

#[test]
fn every_code_has_a_twin() {
    // C132 needs a large file and C139 cannot be written: they have tests of their own below.
    let tested: BTreeSet<&str> =
        twins().map(|(_, _, code, _)| code).filter(|code| !code.is_empty()).chain(["C132", "C139"]).collect();
    let known: BTreeSet<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert_eq!(tested, known);
    assert_eq!(known.len(), CODES.len());
}

#[test]
fn too_many_parameters() {
    let params: Vec<String> =
        (0..256).map(|i| format!("{{ name = \"p{i}\", type = \"f64\", use = \"in\" }}")).collect();
    let text = format!(
        "contract = 1\n[component]\nname = \"c\"\nlanguage = \"c\"\n[routine.r]\nsymbol = \"r\"\nparams = [{}]\n",
        params.join(", ")
    );
    let errors = Contract::from_toml(&text, "many.toml").unwrap_err();
    assert_eq!(errors.0.iter().map(|e| (e.code, e.line)).collect::<Vec<_>>(), [("C132", 7)]);
}

#[test]
fn sizes_that_no_compiler_has() {
    use cmp_bridge_contract::model::Type;
    let mut contract = Contract::from_toml(FULL, "full.toml").unwrap();
    contract.routines[1].params[0].ty = Type::Int(16, true);
    let issues = cmp_bridge_contract::validate::validate(&contract);
    assert_eq!(issues.iter().map(|issue| issue.code).collect::<Vec<_>>(), ["C139"]);
}

#[test]
fn all_errors_at_once_in_the_order_of_the_text() {
    let text = base()
        .replace("size = 56", "size = \"56\"")
        .replace("name = \"dt\"", "name = \"d't\"")
        .replace("kind = \"save\"", "kind = \"saved\"")
        .replace("symbol = \"kepler_\"", "symbol = \"\"");
    let errors = Contract::from_toml(&text, "all.toml").unwrap_err();
    let codes: Vec<&str> = errors.0.iter().map(|error| error.code).collect();
    assert_eq!(codes, ["C005", "C006", "C101", "C135"], "{errors}");
}

#[test]
fn the_printed_form() {
    let text = base().replace("tolerance = { ulp = 2 }", "tolerence = { ulp = 2 }");
    let errors = Contract::from_toml(&text, "fd.toml").unwrap_err();
    let line = text.lines().position(|line| line.contains("tolerence")).unwrap() + 1;
    let shown = text.lines().nth(line - 1).unwrap();
    let blank = " ".repeat(line.to_string().len());
    let expected = format!(
        "fd.toml:{line}:40: error[C003]: unknown key `tolerence`\n  {line} | {shown}\n  {blank} |                                        ^^^^^^^^^\n  expected one of `type`, `by`, `use`, `release`, `unit`, `tolerance`\n  found tolerence\n  hint: did you mean `tolerance`?"
    );
    assert_eq!(errors.to_string(), expected);
}

#[test]
fn where_to_complete_a_line() {
    let (line, column) = cmp_bridge_contract::toml::locate(FULL, "routine.kepler.params.1.use");
    let text = FULL.lines().nth(line - 1).unwrap();
    assert_eq!(&text[column - 1..column + 8], "\"unknown\"");
}
