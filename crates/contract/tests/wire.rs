//! What travels of a call: of every routine of the reference contracts, and what is refused, and what both ends compare.

use cmp_bridge_contract::model::{Contract, Effects, Routine};
use cmp_bridge_contract::remote;
use cmp_bridge_contract::wire::{self, Count, Item, Source, Xdr};
use std::fmt::Write;
use std::path::Path;

fn read(text: &str) -> Contract {
    Contract::from_toml(text, "wire.toml").unwrap_or_else(|errors| panic!("{errors}"))
}

/// The contracts of the reference CMP, with their names.
fn reference() -> Vec<Contract> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts");
    let names = ["ccs", "flight_dynamics", "planning", "telemetry"];
    let text = |name: &str| std::fs::read_to_string(folder.join(format!("{name}.toml"))).expect("a contract");
    names.iter().map(|name| read(&text(name))).collect()
}

/// A type as RFC 4506 writes it, near enough to be read.
fn shown(item: &Item) -> String {
    fn count(count: &Count) -> String {
        match count {
            Count::Fixed(n) => format!("[{n}]"),
            Count::Expr(expr) => format!("<{expr}>"),
            Count::Length => "<length>".into(),
        }
    }
    fn ty(xdr: &Xdr) -> String {
        match xdr {
            Xdr::Opaque(n) => format!("opaque{}", count(n)),
            Xdr::Array(element, n) => format!("{}{}", ty(element), count(n)),
            Xdr::Struct(name) => format!("struct {name}"),
            other => format!("{other:?}").to_lowercase(),
        }
    }
    format!("{}{} {}", if item.optional { "*" } else { "" }, ty(&item.ty), item.name)
}

fn line(contract: &Contract, routine: &Routine) -> String {
    let list = |items: &[Item]| items.iter().map(shown).collect::<Vec<_>>().join(", ");
    match wire::shape(contract, routine) {
        Ok(shape) => {
            let procedure = wire::call_procedure(contract, routine).expect("it is of the contract");
            assert_eq!(wire::seen_procedure(contract, routine), Some(procedure + 1));
            let hash = shape.hash(contract, routine);
            format!(
                "{} {procedure} {hash:016x} ({}) -> ({})",
                routine.name,
                list(&shape.inputs),
                list(&shape.outputs)
            )
        }
        Err(missing) => {
            let reasons: Vec<String> =
                missing.into_iter().map(|m| format!("{}: {}", m.path, m.message)).collect();
            format!("{} refused\n    {}", routine.name, reasons.join("\n    "))
        }
    }
}

/// Every routine of the reference CMP, its procedure, its hash and its values. Stubs in the field hold these hashes: a change
/// here is a change of what they understand.
#[test]
fn the_reference_contracts() {
    let mut text = String::new();
    for contract in reference() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "program {} {:#x}", contract.component.name, wire::program(&contract));
        for routine in &contract.routines {
            let _ = writeln!(text, "  {}", line(&contract, routine));
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/wire.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, &text).expect("a writable file");
    }
    let kept = std::fs::read_to_string(&file).expect("the list; UPDATE_EXPECT=1 writes it");
    assert_eq!(kept, text, "{} differs; UPDATE_EXPECT=1 writes it anew", file.display());
}

/// Nothing is said to be idempotent that has any state or effect.
#[test]
fn what_may_be_called_twice() {
    let mut marked = 0;
    for contract in reference() {
        for routine in contract.routines.iter().filter(|routine| routine.remote.idempotent) {
            assert_eq!(routine.effects, Effects::None, "{}", routine.name);
            assert!(routine.state.is_empty(), "{}", routine.name);
            assert!(remote::policy(routine).expect("a policy").again, "{}", routine.name);
            marked += 1;
        }
    }
    assert!(marked > 20, "{marked}");
}

/// One of everything that travels.
const SMALL: &str = r#"
contract = 1
[component]
name = "small"
language = "fortran"
target = "x86-64"
[type.point]
kind = "struct"
size = 24
align = 8
fields = [
  { name = "x", type = "f64", offset = 0 },
  { name = "own", type = "ptr", offset = 8, use = "ignored" },
  { name = "n", type = "i16", offset = 16 },
  { name = "b", type = "u32", offset = 20, bits = [0, 3] },
]
[state.cst]
symbol = "cst_"
size = 16
kind = "common"
[routine.r]
symbol = "r_"
params = [
  { name = "n", type = "i32", by = "reference", use = "in" },
  { name = "v", type = "[[f64; 3]; 2*n]", use = "inout" },
  { name = "p", type = "point", by = "reference", use = "out", nullable = true },
  { name = "t", type = "chars", use = "in" },
  { name = "w", type = "ptr", use = "ignored" },
  { name = "ier", type = "i32", by = "reference", use = "status" },
]
returns = { type = "f32", use = "out" }
status = { ok = 0, error = "< 0", panic = -9 }
state = [{ area = "cst", view = "[f64; 2]", use = "inout" }]
effects = "state"
"#;

fn hash(text: &str) -> u64 {
    let contract = read(text);
    let routine = &contract.routines[0];
    wire::shape(&contract, routine).expect("it travels").hash(&contract, routine)
}

#[test]
fn all_before_and_what_is_written_after() {
    let contract = read(SMALL);
    let shape = wire::shape(&contract, &contract.routines[0]).expect("it travels");
    let list = |items: &[Item]| items.iter().map(shown).collect::<Vec<_>>();
    assert_eq!(
        list(&shape.inputs),
        ["int n", "double<2*n*3> v", "*struct point p", "opaque<length> t", "int ier", "double[2] state_cst"]
    );
    assert_eq!(
        list(&shape.outputs),
        ["float result", "double<2*n*3> v", "*struct point p", "int ier", "double[2] state_cst"]
    );
    assert_eq!(shape.outputs[0].source, Source::Return);
    assert_eq!(shape.outputs[4].source, Source::State(0));
    let fields: Vec<_> = wire::fields(&contract, "point").expect("fields").into_iter().collect();
    let fields: Vec<_> = fields.iter().map(|(field, ty)| (field.name.as_str(), ty.clone())).collect();
    assert_eq!(fields, [("x", Xdr::Double), ("n", Xdr::Int), ("b", Xdr::UnsignedInt)]);
    assert_eq!(shape.records(&contract).iter().map(|def| def.name.as_str()).collect::<Vec<_>>(), ["point"]);
}

/// What is the same for both machines: their layouts are their own affair, and so is what each does without an answer.
#[test]
fn what_the_hash_does_not_hold() {
    assert_eq!(format!("{:016x}", hash(SMALL)), "78573c4f36a1a191");
    for (here, there) in [
        ("target = \"x86-64\"", "target = \"pa-risc\""),
        ("size = 24\nalign = 8", "size = 24\nalign = 4"),
        ("offset = 16", "offset = 18"),
        ("bits = [0, 3]", "bits = [29, 3]"),
        ("symbol = \"r_\"", "symbol = \"r\""),
        ("language = \"fortran\"", "language = \"fortran\" # another remark"),
        ("size = 16\nkind = \"common\"", "size = 32\nkind = \"global\""),
        ("effects = \"state\"", "effects = \"state\"\nremote = { idempotent = true, deadline = \"5 s\" }"),
        ("\"f32\", use = \"out\" }", "\"f32\", use = \"out\", unit = \"m\", tolerance = { ulp = 1 } }"),
        ("  { name = \"w\", type = \"ptr\", use = \"ignored\" },\n", ""),
        ("name = \"own\"", "name = \"other\""),
    ] {
        assert!(SMALL.contains(here), "{here}");
        assert_eq!(hash(&SMALL.replace(here, there)), hash(SMALL), "{there}");
    }
}

/// What both must agree on: each of these alone makes another hash.
#[test]
fn what_the_hash_holds() {
    let mut hashes = vec![hash(SMALL)];
    for (here, there) in [
        ("name = \"small\"", "name = \"smaller\""),
        ("[routine.r]", "[routine.s]"),
        ("name = \"t\"", "name = \"u\""),
        ("2*n]", "3*n]"),
        ("[[f64; 3]; 2*n]", "[[f32; 3]; 2*n]"),
        ("[[f64; 3]; 2*n]", "[[f64; 2*n]; 3]"),
        ("name = \"x\", type = \"f64\"", "name = \"y\", type = \"f64\""),
        ("name = \"x\", type = \"f64\"", "name = \"x\", type = \"i64\""),
        ("name = \"x\", type = \"f64\"", "name = \"x\", type = \"logical64\""),
        ("use = \"out\", nullable = true", "use = \"out\""),
        ("use = \"out\", nullable = true", "use = \"in\", nullable = true"),
        ("use = \"ignored\" },\n  { name = \"n\"", "use = \"ignored\" },\n  { name = \"m\""),
        ("error = \"< 0\"", "error = \"!= 0\""),
        ("panic = -9", "panic = -8"),
        ("view = \"[f64; 2]\"", "view = \"[f64; 1]\""),
        ("returns = { type = \"f32\", use = \"out\" }\n", ""),
        ("effects = \"state\"", "effects = \"io\""),
    ] {
        assert!(SMALL.contains(here), "{here}");
        let other = hash(&SMALL.replace(here, there));
        assert!(!hashes.contains(&other), "{there}");
        hashes.push(other);
    }
}

/// XDR has one integer for all of these.
#[test]
fn what_integers_stand_for_is_in_the_hash() {
    let of = |definition: &str| {
        hash(&format!(
            "contract = 1\n[component]\nname = \"small\"\nlanguage = \"ada\"\n[type.volts]\n{definition}\n\
             [routine.r]\nsymbol = \"r\"\nparams = [{{ name = \"v\", type = \"volts\", use = \"in\" }}]\neffects = \"none\"\n"
        ))
    };
    let fixed = |small: &str| of(&format!("kind = \"fixed\"\nrepr = \"i16\"\nsmall = \"{small}\""));
    let values = |values: &str| of(&format!("kind = \"enum\"\nrepr = \"u8\"\nvalues = {values}"));
    let all = [
        fixed("1/128"),
        fixed("1/256"),
        values("{ OFF = 0, ON = 1 }"),
        values("{ OFF = 1, ON = 0 }"),
        values("{ OFF = 0, ON = 2 }"),
    ];
    assert!(all.iter().enumerate().all(|(i, one)| !all[..i].contains(one)), "{all:x?}");
    assert_eq!(values("{ OFF = 0, ON = 1 }"), values("{ ON = 1, OFF = 0 }"));
}

/// One thing that does not travel each, and the reason given, alone.
#[test]
fn what_does_not_travel() {
    for (right, wrong, path, reason) in [
        ("type = \"f32\", use", "type = \"f80\", use", "returns.type", "long double"),
        ("type = \"f32\", use", "type = \"chars\", use", "returns.type", "how long"),
        ("type = \"f32\", use", "type = \"f32\", by = \"reference\", use", "returns.by", "captured"),
        (
            "\"ptr\", use = \"ignored\" },\n  { name = \"ier\"",
            "\"ptr\", use = \"in\" },\n  { name = \"ier\"",
            "params.4.type",
            "address",
        ),
        (
            "\"ptr\", use = \"ignored\" },\n  { name = \"ier\"",
            "\"fn\", use = \"in\" },\n  { name = \"ier\"",
            "params.4.type",
            "called back",
        ),
        ("2*n]", "?]", "params.1.type", "extent"),
        ("2*n]", "0]", "params.1.type", "no elements"),
        ("type = \"[[f64; 3]; 2*n]\"", "type = \"[f64; :]\", by = \"descriptor\"", "params.1.by", "bounds"),
        ("kind = \"struct\"", "kind = \"union\"", "params.2.type", "union"),
        ("name = \"x\", type = \"f64\"", "name = \"x\", type = \"f64\", use = \"ignored\"", "", ""),
        ("offset = 8, use = \"ignored\"", "offset = 8", "params.2.type", "`own`"),
        ("kind = \"common\"", "kind = \"save\"", "state.0.area", "no global name"),
        ("effects = \"state\"", "effects = \"unknown\"", "effects", "unknown"),
        ("effects = \"state\"", "effects = \"state\"\nvarargs = true", "varargs", "variable"),
        (
            "name = \"t\", type = \"chars\", use = \"in\"",
            "name = \"t\", type = \"cstr\", use = \"out\"",
            "params.3.type",
            "cstr",
        ),
        (
            "name = \"t\", type = \"chars\", use = \"in\"",
            "name = \"t\", type = \"chars\", use = \"unknown\"",
            "params.3.use",
            "unknown",
        ),
    ] {
        assert!(SMALL.contains(right), "{right}");
        let contract = read(&SMALL.replace(right, wrong));
        let routine = &contract.routines[0];
        let missing = wire::shape(&contract, routine).err().unwrap_or_default();
        let found: Vec<_> = missing.iter().map(|m| (m.path.as_str(), m.message.contains(reason))).collect();
        let path = format!("routine.r.{path}");
        let expected = if reason.is_empty() { vec![] } else { vec![(path.as_str(), true)] };
        assert_eq!(found, expected, "{wrong}: {missing:?}");
    }
}

/// A record of which nothing travels has no XDR, and would make long lists of nothing.
#[test]
fn records_without_values() {
    let empty = SMALL
        .replace("\"f64\", offset = 0 }", "\"f64\", offset = 0, use = \"ignored\" }")
        .replace("\"i16\", offset = 16 }", "\"i16\", offset = 16, use = \"ignored\" }")
        .replace("bits = [0, 3] }", "bits = [0, 3], use = \"ignored\" }");
    let contract = read(&empty);
    let missing = wire::shape(&contract, &contract.routines[0]).expect_err("nothing of it travels");
    assert!(missing[0].message.contains("nothing of this record travels"), "{missing:?}");
}

/// Records in records: a hundred million values behind eight definitions are refused, and soon.
#[test]
fn many_values_in_few_lines() {
    let mut text = String::from(
        "contract = 1\n[component]\nname = \"deep\"\nlanguage = \"c\"\n[type.t0]\nsize = 8\nalign = 8\nfields = [{ name = \"x\", type = \"f64\", offset = 0 }]\n",
    );
    let mut size = 8u64;
    for i in 1..9 {
        let fields: Vec<String> = (0..10)
            .map(|j| format!("{{ name = \"f{j}\", type = \"t{}\", offset = {} }}", i - 1, j * size))
            .collect();
        size *= 10;
        let _ = write!(text, "[type.t{i}]\nsize = {size}\nalign = 8\nfields = [{}]\n", fields.join(", "));
    }
    text.push_str("[routine.r]\nsymbol = \"r\"\nparams = [{ name = \"x\", type = \"t8\", by = \"reference\", use = \"in\" }]\neffects = \"none\"\n");
    let contract = read(&text);
    let began = std::time::Instant::now();
    let missing = wire::shape(&contract, &contract.routines[0]).expect_err("too many");
    assert!(missing.iter().any(|m| m.message.contains("more values than can travel")), "{missing:?}");
    assert!(began.elapsed().as_secs() < 5);
}
