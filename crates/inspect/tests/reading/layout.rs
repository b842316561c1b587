//! For each code of `check --layout`, records that differ in that one way on two machines.

use std::collections::BTreeSet;

use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use cmp_bridge_contract::model::*;
use cmp_bridge_inspect::check::check_layout;
use cmp_bridge_inspect::finding::{Code, Finding};

use crate::support;

fn contract(target: &str, pointer: u64) -> Contract {
    let text = format!(
        "contract = 1\n[component]\nname = \"c\"\nlanguage = \"c\"\ntarget = \"{target}\"\n\
         [type.mode]\nkind = \"enum\"\nrepr = \"u32\"\nvalues = {{ ON = 1 }}\n\
         [type.link]\nsize = {}\nalign = {pointer}\nfields = [\n\
         {{ name = \"next\", type = \"ptr\", offset = 0, use = \"ignored\" }},\n\
         {{ name = \"mode\", type = \"mode\", offset = {pointer} }},\n]\n\
         [type.frame]\nsize = 24\nalign = 8\nfields = [\n\
         {{ name = \"id\", type = \"i32\", offset = 0 }},\n\
         {{ name = \"flags\", type = \"u32\", offset = 4, bits = [0, 3] }},\n\
         {{ name = \"value\", type = \"f64\", offset = 8 }},\n\
         {{ name = \"text\", type = \"[char; 8]\", offset = 16 }},\n]\n",
        pointer * 2
    );
    Contract::from_toml(&text, "layout.toml").unwrap_or_else(|e| panic!("{e}"))
}

fn def<'c>(contract: &'c mut Contract, name: &str) -> &'c mut TypeDef {
    contract.types.iter_mut().find(|t| t.name == name).expect(name)
}

fn field<'c>(contract: &'c mut Contract, name: &str) -> &'c mut Field {
    match &mut def(contract, "frame").kind {
        TypeKind::Struct(fields) => fields.iter_mut().find(|f| f.name == name).expect(name),
        other => panic!("{other:?}"),
    }
}

fn text(findings: &[Finding]) -> String {
    findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
}

type Twin = (Code, &'static str, &'static dyn Fn(&mut Contract));

const TWINS: &[Twin] = &[
    (Code::LayoutMissing, "a type less", &|c| c.types.retain(|t| t.name != "link")),
    (Code::LayoutKind, "a union", &|c| {
        let TypeKind::Struct(fields) = def(c, "frame").kind.clone() else { panic!("no struct") };
        def(c, "frame").kind = TypeKind::Union(fields);
    }),
    (Code::LayoutSize, "padding", &|c| def(c, "frame").size = 32),
    (Code::LayoutAlign, "less aligned", &|c| def(c, "frame").align = 4),
    (Code::LayoutOffset, "closer", &|c| field(c, "value").offset = 4),
    (Code::LayoutOffset, "another bit", &|c| field(c, "flags").bits = Some((29, 3))),
    (Code::LayoutWidth, "long", &|c| field(c, "id").ty = Type::Int(8, true)),
    (Code::LayoutWidth, "more bits", &|c| field(c, "flags").bits = Some((0, 4))),
    (Code::LayoutType, "real for integer", &|c| field(c, "id").ty = Type::F32),
    (Code::LayoutField, "a field less", &|c| match &mut def(c, "frame").kind {
        TypeKind::Struct(fields) => drop(fields.pop()),
        other => panic!("{other:?}"),
    }),
    (Code::LayoutValue, "another number", &|c| match &mut def(c, "mode").kind {
        TypeKind::Enum { values, .. } => values[0].1 = 2,
        other => panic!("{other:?}"),
    }),
];

#[test]
fn every_code_has_a_wrong_twin() {
    let a = contract("x86-64", 8);
    assert_eq!(text(&check_layout(&a, &a)), "");
    let mut covered = BTreeSet::new();
    for (code, what, change) in TWINS {
        let mut b = a.clone();
        change(&mut b);
        for findings in [check_layout(&a, &b), check_layout(&b, &a)] {
            let codes: BTreeSet<Code> = findings.iter().map(|f| f.code).collect();
            assert_eq!(codes, BTreeSet::from([*code]), "{what}:\n{}", text(&findings));
        }
        covered.insert(*code);
    }
    covered.extend([Code::LayoutEndian, Code::LayoutWords, Code::LayoutAddress]);
    let all: BTreeSet<Code> = Code::ALL.iter().copied().filter(|c| c.text().starts_with('L')).collect();
    assert_eq!(covered, all, "codes without a wrong twin");
}

#[test]
fn byte_order_is_told_once_and_bits_are_not_counted_across_it() {
    let little = contract("32-bit-little", 4);
    let mut big = contract("32-bit-big", 4);
    field(&mut big, "flags").bits = Some((29, 3));
    let findings = check_layout(&little, &big);
    assert_eq!(findings.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::LayoutEndian]);
}

#[test]
fn another_size_of_addresses_is_told_once_and_moves_what_stands_behind() {
    let found = check_layout(&contract("x86-64", 8), &contract("i386", 4));
    let codes: Vec<(Code, &str)> = found.iter().map(|f| (f.code, f.declared.as_str())).collect();
    let expected = [
        (Code::LayoutWords, "component"),
        (Code::LayoutSize, "type.link"),
        (Code::LayoutAlign, "type.link"),
        (Code::LayoutWidth, "type.link.next"),
        (Code::LayoutOffset, "type.link.mode"),
    ];
    assert_eq!(codes, expected, "{}", text(&found));
    assert_eq!(found[1].expected, "x86-64: 16 bytes");
    assert_eq!(found[1].found, "i386: 8 bytes");
}

#[test]
fn an_address_is_ignored_or_reported() {
    let mut a = contract("x86-64", 8);
    let TypeKind::Struct(fields) = &mut def(&mut a, "link").kind else { panic!("no struct") };
    fields[0].usage = Use::InOut;
    let findings = check_layout(&a, &a);
    assert_eq!(findings.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::LayoutAddress]);
}

const SOURCE: &str = "typedef struct link { struct link *next; long count; short s; double d; unsigned a : 3, b : 7; } link;\n\
    typedef struct { char c; link inner; long long w; void (*f)(int); float v[3]; } frame;\n\
    int use(frame *f, link *l) { return f->c + (int)l->count; }\n";

/// One source, compiled for three machines; each compiler confirms what was read of its own object.
#[test]
fn objects_of_other_machines() {
    let out = support::fresh("layout-machines");
    std::fs::write(out.join("frame.c"), SOURCE).expect("a source");
    let of = |compiler: &str, option: &str| {
        support::run(compiler, &[option, "-g", "-c", "frame.c", "-o", "frame.o"], &out);
        let binary = Binary::open_to_read(out.join("frame.o")).expect("an object");
        let contract = scan(&binary, &ScanOptions::default()).expect("debug information").contracts.remove(0);
        std::fs::write(out.join("proof.c"), support::layout_proof("frame.c", &contract)).expect("a source");
        support::run(compiler, &[option, "-c", "proof.c", "-o", "proof.o"], &out);
        contract
    };
    let here = of("gcc", "-m64");
    let (i386, hppa) = (of("gcc", "-m32"), of("hppa-linux-gnu-gcc", "-O1"));
    assert_eq!(here.component.target, Target::X86_64);
    assert_eq!((i386.component.target, hppa.component.target), (Target::I386, Target::PaRisc));
    let codes = |a: &Contract, b: &Contract| -> BTreeSet<Code> {
        check_layout(a, b).iter().map(|f| f.code).collect()
    };
    let moved = [Code::LayoutSize, Code::LayoutOffset, Code::LayoutWidth];
    assert!(codes(&here, &i386).is_superset(&moved.into()), "{:?}", codes(&here, &i386));
    assert!(codes(&here, &hppa).is_superset(&moved.into()), "{:?}", codes(&here, &hppa));
    assert!(
        codes(&here, &hppa).contains(&Code::LayoutEndian)
            && !codes(&here, &i386).contains(&Code::LayoutEndian)
    );
    // Of the same size: PA-RISC aligns a double to eight bytes, i386 to four.
    assert!(
        codes(&i386, &hppa).contains(&Code::LayoutOffset)
            && !codes(&i386, &hppa).contains(&Code::LayoutWords)
    );
}
