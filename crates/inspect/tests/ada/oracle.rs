//! `gnatmake -gnatR3j` says how each type of a package is laid out: sizes, positions, variants. What `scan` says of the
//! same types must agree.

use std::collections::BTreeMap;
use std::path::Path;

use cmp_bridge_contract::model::{Contract, Field, Type, TypeDef, TypeKind};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::json::{Json, parse};
use crate::support::{fresh, run};

/// A component in the words of the oracle: first bit and number of bits.
type Component = (String, i64, i64);

/// The components of a record, those of variants included, as far as their places are constants.
fn components(record: &Json, found: &mut Vec<Component>) {
    for component in record.get("record").list() {
        let name = component.get("name").text().to_lowercase();
        let numbers = ["Position", "First_Bit", "Size"].map(|key| component.get(key).number());
        if let [Some(position), Some(first), Some(size)] = numbers {
            found.push((name, position * 8 + first, size));
        }
    }
    for variant in record.get("variant").list() {
        components(variant, found);
    }
}

fn bits(contract: &Contract, field: &Field) -> (i64, i64) {
    match field.bits {
        Some((first, count)) => (field.offset as i64 * 8 + i64::from(first), i64::from(count)),
        None => {
            let (size, _) = contract.size_align(&field.ty).expect("a size");
            (field.offset as i64 * 8, size as i64 * 8)
        }
    }
}

/// Disagreements about one type.
fn compare(contract: &Contract, def: &TypeDef, said: &Json) -> Vec<String> {
    let mut wrong = Vec::new();
    let size = said.get("Object_Size").number().or(said.get("Size").number());
    if let (Some(size), false) = (size, matches!(def.kind, TypeKind::Opaque { .. })) {
        let (found, _) = contract.size_align(&Type::Named(def.name.clone())).expect("a size");
        if found as i64 * 8 != size {
            wrong.push(format!("{}: {} bits, gnat says {size}", def.name, found * 8));
        }
    }
    match &def.kind {
        TypeKind::Struct(fields) if !said.get("record").list().is_empty() => {
            let mut components_said = Vec::new();
            components(said, &mut components_said);
            for (name, first, size) in &components_said {
                let field = fields.iter().find(|f| f.name == *name);
                let found = field.map(|f| bits(contract, f));
                // A packed array has bits of its own: its storage is counted in bytes.
                let close = found.is_some_and(|(f, s)| {
                    f == *first && (s == *size || (s > *size && s - size < 64 && is_packed(contract, field)))
                });
                if !close {
                    wrong.push(format!("{}.{name}: {found:?}, gnat says {first} and {size} bits", def.name));
                }
            }
            if fields.len() != components_said.len() {
                wrong.push(format!(
                    "{}: {} fields, gnat says {}",
                    def.name,
                    fields.len(),
                    components_said.len()
                ));
            }
        }
        TypeKind::Packed { bits, .. } if said.get("Component_Size").number() != Some(i64::from(*bits)) => {
            wrong.push(format!("{}: {bits} bits an element", def.name));
        }
        TypeKind::Fixed { small, .. } => {
            if let Some(said) = small_of(said.get("Small")) {
                let found = small.0 as f64 / small.1 as f64;
                if (found - said).abs() > said * 1e-12 {
                    wrong.push(format!("{}: small {found}, gnat says {said}", def.name));
                }
            }
        }
        _ => {}
    }
    wrong
}

fn is_packed(contract: &Contract, field: Option<&Field>) -> bool {
    let Some(Type::Named(name)) = field.map(|f| &f.ty) else { return false };
    matches!(contract.type_def(name).map(|d| &d.kind), Some(TypeKind::Packed { .. }))
}

fn small_of(small: &Json) -> Option<f64> {
    match small {
        Json::Number(number) => Some(*number),
        Json::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn contract_and_oracle() -> (Contract, BTreeMap<String, Json>) {
    let folder = fresh("ada-oracle");
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ada");
    for file in ["prelude.ads", "layouts.ads", "layouts.adb"] {
        std::fs::copy(here.join(file), folder.join(file)).expect("a source");
    }
    let text =
        run("gnatmake", &["-q", "-c", "-g", "-O2", "-fPIC", "-gnatR3j", "-gnatws", "layouts.adb"], &folder);
    run("gcc", &["-shared", "layouts.o", "-o", "liblayouts.so", "-lgnat"], &folder);
    let binary = Binary::open(folder.join("liblayouts.so")).expect("a library");
    let report = scan(&binary, &ScanOptions::default()).expect("debug information");
    assert!(report.refused.is_empty(), "{}", report.refused[0]);
    let contract = report.contracts.into_iter().next().expect("a contract");
    // One list a unit.
    let mut said = BTreeMap::new();
    for list in text.split("\n[").map(|part| format!("[{}", part.trim_start_matches('['))) {
        for entity in parse(&list).unwrap_or_else(|| panic!("JSON: {list}")).list() {
            let name = entity.get("name").text().to_lowercase().replace('.', "__");
            said.insert(name, entity.clone());
        }
    }
    (contract, said)
}

#[test]
fn layouts_are_those_gnat_prints() {
    let (contract, said) = contract_and_oracle();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for def in &contract.types {
        if let Some(said) = said.get(&def.name) {
            compared += 1;
            wrong.extend(compare(&contract, def, said));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= 25, "{compared} types compared");
}

/// Layouts that are wrong in one place are seen.
#[test]
fn wrong_layouts_are_seen() {
    let (mut contract, said) = contract_and_oracle();
    let mut twins = 0;
    for at in 0..contract.types.len() {
        let def = contract.types[at].clone();
        let Some(said) = said.get(&def.name) else { continue };
        let mut twin = def.clone();
        match &mut twin.kind {
            TypeKind::Struct(fields) if fields.len() > 1 => fields[1].offset += 1,
            TypeKind::Packed { bits, .. } => *bits += 1,
            TypeKind::Enum { repr, .. } | TypeKind::Range { repr, .. } => {
                *repr = if *repr == Type::Int(8, true) { Type::Int(4, true) } else { Type::Int(8, true) };
            }
            _ => continue,
        }
        twins += 1;
        contract.types[at] = twin.clone();
        assert!(!compare(&contract, &twin, said).is_empty(), "{} is not seen", twin.name);
        contract.types[at] = def;
    }
    assert!(twins > 15, "{twins} twins");
}
