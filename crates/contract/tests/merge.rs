//! A re-scan: the binary's facts are new, a person's words and comments stay.

mod support;

use cmp_bridge_contract::model::*;
use cmp_bridge_contract::toml::merge_into;
use support::FULL;

fn full() -> Contract {
    Contract::from_toml(FULL, "full.toml").unwrap()
}

/// What a scan would say of the same binary: nothing that a binary does not say.
fn scanned() -> Contract {
    let mut contract = full();
    for def in &mut contract.types {
        if let TypeKind::Struct(fields) | TypeKind::Union(fields) = &mut def.kind {
            for field in fields {
                (field.unit, field.tolerance, field.usage) = (None, None, Use::InOut);
            }
        }
    }
    for routine in &mut contract.routines {
        for param in &mut routine.params {
            (param.unit, param.tolerance, param.usage, param.nullable) = (None, None, Use::Unknown, false);
            if matches!(&param.ty, Type::Array(_, Extent::Expr(extent)) if extent.constant().is_none()) {
                let Type::Array(element, _) = &param.ty else { unreachable!() };
                param.ty = Type::Array(element.clone(), Extent::Unknown);
            }
        }
        for entry in &mut routine.state {
            entry.usage = Use::Unknown;
        }
        (routine.status, routine.effects, routine.remote) = (None, Effects::Unknown, Remote::default());
        if let Some(returns) = &mut routine.returns {
            (returns.usage, returns.tolerance) = (Use::Unknown, None);
        }
    }
    contract
}

fn merged(text: &str, new: &Contract) -> String {
    merge_into(text, "full.toml", new).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Lines that one text has and the other has not.
fn changes(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let missing = |from: &str, other: &str| {
        let other: Vec<&str> = other.lines().collect();
        from.lines().filter(|line| !other.contains(line)).map(str::to_string).collect()
    };
    (missing(before, after), missing(after, before))
}

#[test]
fn what_people_wrote_stays() {
    let text = merged(FULL, &scanned());
    let (gone, come) = changes(FULL, &text);
    assert_eq!(gone, ["# @(#) flight_dynamics contract 0000000000000000"]);
    assert_eq!(come.len(), 1);
    assert!(come[0].starts_with("# @(#) flight_dynamics contract "), "{come:?}");
    assert_eq!(Contract::from_toml(&text, "x").unwrap(), full());
}

#[test]
fn facts_follow_the_binary() {
    let mut new = scanned();
    new.component.build_id = Some("ffff".into());
    new.state[0].size = 56;
    new.types[0].size = 64;
    new.routines[0].at = Some("eckhec.f:43".into());
    new.routines[0].params[2].ty = Type::F32;
    let TypeKind::Struct(fields) = &mut new.types[0].kind else { unreachable!() };
    fields[5].offset = 32;
    let (gone, come) = changes(FULL, &merged(FULL, &new));
    assert_eq!(gone.len(), come.len());
    let come: Vec<&str> = come.iter().skip(1).map(String::as_str).collect();
    assert_eq!(
        come,
        [
            "binary = { file = \"cmp_day\", build-id = \"ffff\" }",
            "size = 64",
            "  { name = \"pv\",    type = \"[f64; 2*2]\", offset = 32 },",
            "size = 56",
            "at = \"eckhec.f:43\"",
            "  { name = \"dt\",  type = \"f32\", by = \"reference\", use = \"in\", unit = \"s\" },",
        ]
        .into_iter()
        .filter(|line| !FULL.lines().any(|known| known == *line))
        .collect::<Vec<_>>()
    );
}

#[test]
fn new_parameters_take_their_place_and_comments_stay_where_they_belong() {
    let mut new = scanned();
    let fresh = Param { name: "fresh".into(), ..new.routines[0].params[2].clone() };
    new.routines[0].params.insert(1, fresh);
    new.routines[0].params.remove(4);
    let text = merged(FULL, &new);
    let (gone, come) = changes(FULL, &text);
    assert_eq!(gone.len(), 2, "{gone:?}");
    assert!(gone[1].contains("\"pos\""));
    let lines: Vec<&str> = text.lines().collect();
    let n = lines.iter().position(|line| line.contains("name = \"n\"")).unwrap();
    assert!(lines[n].ends_with("# how many"), "{}", lines[n]);
    assert!(lines[n + 1].starts_with("  { name = \"fresh\", "), "{}", lines[n + 1]);
    assert_eq!(lines[n + 3], "  # seconds, not days");
    assert!(come.iter().any(|line| line.contains("fresh")));
}

#[test]
fn a_scan_of_one_routine_leaves_the_others() {
    let mut new = scanned();
    new.routines = vec![Routine { name: "fresh".into(), symbol: "fresh_".into(), ..new.routines[1].clone() }];
    new.types.clear();
    new.state.clear();
    let text = merged(FULL, &new);
    let (gone, _) = changes(FULL, &text);
    assert_eq!(gone.len(), 1);
    assert!(text.ends_with("threads = \"serial\"\n"));
    let names: Vec<String> =
        Contract::from_toml(&text, "x").unwrap().routines.into_iter().map(|r| r.name).collect();
    assert_eq!(names, ["eck_hec", "kepler", "limits", "last_bulletin", "fresh"]);
}

#[test]
fn completed_types_stay_and_contradicted_ones_go() {
    let scan_says = |old: &str, by: &str, new: &str, new_by: By| {
        let by = if by.is_empty() { String::new() } else { format!(", by = \"{by}\"") };
        let head = "contract = 1\n[component]\nname = \"c\"\nlanguage = \"c\"\n[routine.r]\nsymbol = \"r\"\n";
        let text = format!(
            "{head}params = [ {{ name = \"n\", type = \"i32\", use = \"in\" }}, {{ name = \"p\", type = \"{old}\"{by}, use = \"in\" }} ]\n"
        );
        let mut new_contract = Contract::from_toml(&text, "x").unwrap();
        let param = &mut new_contract.routines[0].params[1];
        (param.ty, param.by) = (Type::parse(new).unwrap(), new_by);
        let merged = Contract::from_toml(&merged(&text, &new_contract), "x").unwrap();
        merged.routines[0].params[1].ty.to_string()
    };
    use By::{Reference, Value};
    for (old, by, new, new_by, expected) in [
        ("[f64; 2*n-1]", "", "[f64; ?]", Reference, "[f64; 2*n-1]"),
        ("[f64; n]", "", "f64", Reference, "[f64; n]"),
        ("[f64; n]", "", "[f64; 100000]", Reference, "[f64; n]"),
        ("[f64; n]", "", "[f32; ?]", Reference, "[f32; ?]"),
        ("[f64; 3]", "", "[f64; 4]", Reference, "[f64; 4]"),
        ("[[f64; 3]; n]", "", "[[f64; 3]; ?]", Reference, "[[f64; 3]; n]"),
        ("cstr", "", "[char; ?]", Reference, "cstr"),
        ("cstr", "", "char", Reference, "cstr"),
        ("cstr", "", "[f64; ?]", Reference, "[f64; ?]"),
        ("[u8; n]", "", "ptr", Value, "[u8; n]"),
        ("f64", "reference", "ptr", Value, "f64"),
        ("ptr", "", "f64", Reference, "f64"),
        ("i64", "", "i32", Value, "i32"),
        ("[f64; ?]", "", "[f64; 8]", Reference, "[f64; 8]"),
    ] {
        assert_eq!(scan_says(old, by, new, new_by), expected, "{old} {new}");
    }
}

#[test]
fn what_cannot_be_read_is_not_merged() {
    let errors = merge_into("contract = 1\nnonsense", "x.toml", &full()).unwrap_err();
    assert_eq!(errors.0[0].code, "C001");
    let errors =
        merge_into(&FULL.replace("use = \"status\"", "use = \"stat\""), "x.toml", &full()).unwrap_err();
    assert_eq!(errors.0[0].code, "C006");
}

#[test]
fn written_out_defaults_stay() {
    let text = FULL
        .replace(
            "{ name = \"e\", type = \"f64\",",
            "{ name = \"e\", type = \"f64\", by = \"value\", nullable = false,",
        )
        .replace("type = \"[f64; n]\",", "type = \"[ f64;n ]\", by = \"reference\",")
        .replace(
            "deadline = \"200 ms\", fallback = \"status\" }",
            "deadline = \"1000 ms\", fallback = \"legacy\" }",
        )
        .replace("symbol = \"kepler_\"", "symbol = \"kepler_\"\nremote = { deadline = \"1 s\" } # as ever");
    let (gone, _) = changes(&text, &merged(&text, &scanned()));
    assert_eq!(gone.len(), 1, "{gone:?}");
}

#[test]
fn printed_as_in_the_manual() {
    let text = full().to_toml();
    assert!(text.starts_with("# @(#) flight_dynamics contract "));
    let expected = r#"
[routine.eck_hec]
symbol = "eck_hec_"
at = "eckhec.f:41"
params = [
  { name = "n",   type = "i32",               by = "reference", use = "in" },
  { name = "elt", type = "[f64; n]",                            use = "in" },
  { name = "dt",  type = "f64",               by = "reference", use = "in",     unit = "s" },
  { name = "pos", type = "[[f64; 3]; 2*n-1]",                   use = "out",    unit = "m", tolerance = { absolute = 1e-6 } },
  { name = "bul", type = "bulletin",          by = "reference", use = "inout",  nullable = true },
  { name = "tag", type = "chars",                               use = "in" },
  { name = "ier", type = "i32",               by = "reference", use = "status" },
]
status = { ok = 0, warning = "> 0", error = "< 0", panic = -99 }
state = [
  { area = "cst",   view = "cst_view", use = "in" },
  { area = "count", view = "i32",      use = "inout" },
]
effects = "state"
threads = "serial"
remote = { idempotent = true, deadline = "200 ms", fallback = "status" }
"#;
    assert!(text.contains(expected), "{text}");
    // Printing is a fixed point.
    assert_eq!(Contract::from_toml(&text, "x").unwrap().to_toml(), text);
}

#[test]
fn a_first_line_of_ones_own_stays() {
    let own = FULL.replace("contract 0000000000000000", "contract, completed by hand");
    let once = merged(&own, &scanned());
    let lines: Vec<&str> = once.lines().collect();
    assert!(lines[0].starts_with("# @(#) flight_dynamics contract "), "{}", lines[0]);
    assert_eq!(lines[1], "# @(#) flight_dynamics contract, completed by hand");
    assert_eq!(merged(&once, &scanned()), once);
}
