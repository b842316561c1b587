//! Scanned contracts against other tools: `pahole` for the places of fields, gfortran's own prototypes for parameters.

use std::collections::BTreeMap;

use cmp_bridge_contract::model::{By, Contract, Type, TypeKind};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::support;

fn scanned(case: &str, out: &std::path::Path) -> (std::path::PathBuf, Contract) {
    let path = support::build(case, out, &[]);
    let binary = Binary::open(&path).expect("an ELF file");
    let report = scan(&binary, &ScanOptions::default()).expect("debug information");
    (path, report.contracts.into_iter().next().expect("a contract"))
}

/// Offset of each member, and its bit.
pub type Members = BTreeMap<String, (u64, Option<u64>)>;

/// `pahole` prints `/* offset size */` or, for a bit field, `/* offset: bit size */` behind each member.
pub fn pahole_members(text: &str) -> (Members, Option<u64>) {
    let mut members = BTreeMap::new();
    let mut size = None;
    for line in text.lines() {
        if let Some(rest) = line.trim().strip_prefix("/* size: ") {
            size = rest.split([',', ' ']).next().and_then(|n| n.parse().ok());
        }
        // Members of inner records are indented further.
        let Some(line) = line.strip_prefix('\t').filter(|l| !l.starts_with(['\t', '/'])) else {
            continue;
        };
        let Some((declaration, comment)) = line.rsplit_once("/*") else {
            continue;
        };
        let declaration = declaration.trim().trim_end_matches(';');
        let declaration = declaration.split(':').next().unwrap_or(declaration);
        let name = match declaration.split_once("(*") {
            Some((_, rest)) => rest.split(')').next().unwrap_or(rest).to_string(),
            None => declaration
                .rsplit([' ', '*', '}'])
                .next()
                .unwrap_or("")
                .split('[')
                .next()
                .unwrap_or("")
                .into(),
        };
        let comment = comment.trim_end_matches("*/").trim();
        let (offset, rest) = comment.split_once([':', ' ']).unwrap_or((comment, ""));
        let bit = comment.contains(':').then(|| rest.split_whitespace().next()?.parse().ok()).flatten();
        if let Ok(offset) = offset.parse() {
            members.insert(name, (offset, bit));
        }
    }
    (members, size)
}

#[test]
fn pahole_agrees_on_offsets() {
    let out = support::fresh("oracle-pahole");
    let (path, contract) = scanned("c_shapes", &out);
    let mut compared = 0;
    for name in ["tm_frame", "tm_header", "point", "packed"] {
        let text = support::run("pahole", &["-C", name, path.to_str().expect("UTF-8")], &out);
        let (members, size) = pahole_members(&text);
        let def = contract.type_def(name).expect(name);
        assert_eq!(Some(def.size), size, "{name}\n{text}");
        let TypeKind::Struct(fields) = &def.kind else {
            panic!("{name} is no struct");
        };
        for field in fields {
            let Some(&(offset, bit)) = members.get(&field.name) else {
                panic!("{name}.{} is not in\n{text}", field.name);
            };
            let expected = offset * 8 + bit.unwrap_or(0);
            let found = field.offset * 8 + field.bits.map_or(0, |(first, _)| u64::from(first));
            assert_eq!(found, expected, "{name}.{}\n{text}", field.name);
            assert_eq!(field.bits.is_some(), bit.is_some(), "{name}.{}", field.name);
            compared += 1;
        }
    }
    assert!(compared >= 19, "{compared} fields compared");
}

/// The C type gfortran gives a parameter.
fn c_type(ty: &Type, by: By) -> Option<String> {
    let base = match ty {
        Type::Array(element, _) => return c_type(element, By::Reference),
        Type::Int(4, true) => "int",
        Type::Int(2, true) => "short",
        Type::Int(8, true) => "long",
        Type::F64 => "double",
        Type::F32 => "float",
        Type::ComplexF64 => "double _Complex",
        Type::ComplexF32 => "float _Complex",
        Type::Logical(4) => "int",
        Type::Chars | Type::Char => "char",
        _ => return None,
    };
    Some(if by == By::Reference { format!("{base} *") } else { base.to_string() })
}

#[test]
fn gfortran_agrees_on_prototypes() {
    let out = support::fresh("oracle-gfortran");
    let (_, contract) = scanned("fortran_shapes", &out);
    // gfortran 12 itself crashes on alternate returns and ENTRY here, and has no C type for a procedure: those units
    // are left out.
    let source =
        std::fs::read_to_string(support::case("fortran_shapes").join("shapes.f")).expect("the source");
    let odd = ["ENTRY", ", *, *", "EXTERNAL S"];
    let kept = source.split_inclusive("      END\n").filter(|unit| !odd.iter().any(|o| unit.contains(o)));
    std::fs::write(out.join("kept.f"), kept.collect::<String>()).expect("a source");
    let prototypes =
        support::run("gfortran", &["-fsyntax-only", "-w", "-fc-prototypes-external", "kept.f"], &out);
    let prototypes = prototypes.replace('\n', " ");
    let mut compared = 0;
    for routine in &contract.routines {
        let Some(start) = prototypes.find(&format!("{} (", routine.symbol)) else {
            continue;
        };
        let list =
            prototypes[start..].split_once('(').and_then(|(_, rest)| rest.split_once(';')).expect("a list").0;
        let list = list.trim().trim_end_matches(')');
        // gfortran -fsyntax-only knows nothing of a dummy procedure's parameters: such routines are left out.
        let expressible: Option<Vec<String>> = routine.params.iter().map(|p| c_type(&p.ty, p.by)).collect();
        let Some(mut expected) = expressible else {
            continue;
        };
        let hidden = |ty: &Type| cmp_bridge_contract::abi::has_hidden_length(contract.component.language, ty);
        match routine.returns.as_ref().map(|r| (&r.ty, r.by)) {
            // The result comes back through hidden arguments, which are the first.
            Some((Type::Chars, _)) => drop(expected.splice(0..0, ["char *".into(), "size_t".into()])),
            Some((_, By::Descriptor)) => continue,
            _ => {}
        }
        expected.extend(routine.params.iter().filter(|p| hidden(&p.ty)).map(|_| "size_t".to_string()));
        let plain = |text: &str| {
            let text =
                text.replace("__GFORTRAN_DOUBLE_COMPLEX", "double _Complex").replace("int_least32_t", "int");
            text.replace("__GFORTRAN_FLOAT_COMPLEX", "float _Complex")
        };
        let squeeze = |text: &str| plain(text).split_whitespace().collect::<String>();
        let found: Vec<String> = list.split(',').map(squeeze).collect();
        assert_eq!(found.len(), expected.len(), "{}: {list}", routine.name);
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                found.starts_with(&squeeze(expected)),
                "{}: {found} for {expected}\n{list}",
                routine.name
            );
        }
        compared += 1;
    }
    assert!(compared >= 5, "{compared} prototypes compared in\n{prototypes}");
}
