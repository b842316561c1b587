//! Declarations of records, variants, unions, packed arrays and opaque types, with the layout that the contract gives.

use super::names::Scope;
use super::scalars::literal;
use super::text::{Mode, Parameter, WIDTH, call, comment, harmless, profile};
use super::types::{Fault, Types};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{Condition, Extent, Field, Type, TypeDef, TypeKind, When};

/// A component of a record.
struct Component {
    name: String,
    mark: String,
    at: u64,
    bits: (u64, u64),
    unit: Option<String>,
}

impl Component {
    fn of(types: &mut Types<'_>, scope: &mut Scope, field: &Field) -> Result<Component, Fault> {
        let within = |fault: Fault| format!("field `{}`: {fault}", field.name);
        let ty = as_bytes(types, &field.ty);
        let (mark, bits) = match field.bits {
            Some((first, count)) => {
                let mark = few_bits(types, &ty, count).map_err(within)?;
                (mark, (u64::from(first), u64::from(first) + u64::from(count) - 1))
            }
            None => {
                let mark = types.stored(&ty).map_err(within)?;
                let size = types.contract.size_align(&ty).map_or(0, |(size, _)| size);
                if size == 0 {
                    return Err(within("it has no size".into()));
                }
                (mark, (0, 8 * size - 1))
            }
        };
        let name = scope.take(&field.name);
        Ok(Component { name, mark, at: field.offset, bits, unit: field.unit.clone() })
    }

    fn declaration(&self, indent: usize, width: usize) -> String {
        let line = format!("{}{:width$} : {};", " ".repeat(indent), self.name, self.mark);
        match &self.unit {
            None => line,
            Some(unit) if line.len() + 6 + unit.len() <= WIDTH => format!("{line}  --  {}", harmless(unit)),
            Some(unit) => format!("{line}\n{}", comment(indent, unit)),
        }
    }

    fn clause(&self, width: usize) -> String {
        let (first, last) = self.bits;
        format!("      {:width$} at {} range {first} .. {last};", self.name, self.at)
    }
}

/// A type whose inside is not described is the bytes it fills.
fn as_bytes(types: &Types<'_>, ty: &Type) -> Type {
    let opaque = |name: &String| {
        types.contract.type_def(name).filter(|def| match &def.kind {
            TypeKind::Opaque { .. } => true,
            TypeKind::Struct(fields) | TypeKind::Union(fields) => fields.is_empty(),
            _ => false,
        })
    };
    match ty {
        Type::Named(name) => match opaque(name) {
            Some(def) => {
                let count = Extent::Expr(Expr::Const(def.size as i64));
                Type::Array(Box::new(Type::Int(1, false)), count)
            }
            None => ty.clone(),
        },
        Type::Array(element, extent) => Type::Array(Box::new(as_bytes(types, element)), extent.clone()),
        other => other.clone(),
    }
}

/// A type that fits in so many bits.
fn few_bits(types: &mut Types<'_>, ty: &Type, count: u32) -> Result<String, Fault> {
    let contract = types.contract;
    let scalar = contract.scalar(ty);
    if count == 1 && matches!(scalar, Type::Bool | Type::Logical(_)) {
        return Ok("Boolean".into());
    }
    let needed = match ty {
        Type::Named(name) => match contract.type_def(name).map(|def| &def.kind) {
            Some(TypeKind::Enum { values, .. }) => values.iter().map(|(_, value)| width(*value)).max(),
            Some(TypeKind::Range { first, last, .. }) => Some(width(*first).max(width(*last))),
            _ => None,
        },
        _ => contract.size_align(ty).map(|(size, _)| 8 * size as u32),
    };
    if needed.is_some_and(|needed| needed <= count) {
        return types.stored(ty);
    }
    let signed = matches!(scalar, Type::Int(_, true));
    if count > 64 {
        return Err("more than 64 bits".into());
    }
    let kind = if signed { "Signed" } else { "Bits" };
    types.derived(&format!("{kind}_{count}"), |types, name| {
        let is = match signed {
            true => format!("range -2 ** {} .. 2 ** {} - 1", count - 1, count - 1),
            false => format!("mod 2 ** {count}"),
        };
        types.visible.push(format!("   type {name} is {is};"));
        Ok(())
    })
}

/// Bits of a value; of a negative one with its sign.
fn width(value: i64) -> u32 {
    if value < 0 { 65 - value.leading_ones() } else { (64 - value.leading_zeros()).max(1) }
}

/// The clauses that fix a layout.
fn clauses(def: &TypeDef, ada: &str, components: &[&Component]) -> String {
    let width = components.iter().map(|component| component.name.len()).max().unwrap_or(0);
    let mut text = format!("   for {ada} use record\n");
    for component in components {
        text.push_str(&format!("{}\n", component.clause(width)));
    }
    let (size, align) = (def.size, def.align);
    let sizes = format!("   for {ada}'Size use {size} * 8;\n   for {ada}'Alignment use {align};");
    let end = components.iter().map(|c| (8 * c.at + c.bits.1 + 1).div_ceil(8)).max().unwrap_or(0);
    text.push_str("   end record;\n");
    if end.next_multiple_of(align.max(1)) >= size {
        return text + &sizes;
    }
    // More room than alignment asks for: GNAT would say so of every such record.
    text + &format!(
        "   pragma Warnings (Off, \"*bits of*unused*\");\n{sizes}\n   pragma Warnings (On, \"*bits of*unused*\");"
    )
}

fn declarations(indent: usize, components: &[&Component]) -> String {
    let width = components.iter().map(|component| component.name.len()).max().unwrap_or(0);
    components.iter().map(|component| component.declaration(indent, width) + "\n").collect()
}

/// A record without variants.
pub(super) fn record(types: &mut Types<'_>, def: &TypeDef, fields: &[Field], ada: &str) -> Result<(), Fault> {
    let storage = Type::Array(
        Box::new(Type::Int(1, false)),
        Extent::Expr(Expr::Const(i64::try_from(def.size).unwrap_or(i64::MAX))),
    );
    let all = [Field::new("storage", storage, 0)];
    let fields = if fields.is_empty() { &all } else { fields };
    let mut scope = types.field_scope();
    let list: Vec<Component> =
        fields.iter().map(|field| Component::of(types, &mut scope, field)).collect::<Result<_, _>>()?;
    let list: Vec<&Component> = list.iter().collect();
    types.visible.push(format!(
        "   type {ada} is record\n{}   end record;\n{}\n   pragma Convention (C_Pass_By_Copy, {ada});",
        declarations(6, &list),
        clauses(def, ada, &list)
    ));
    Ok(())
}

/// A record whose components depend on a discriminant.
pub(super) fn variant(
    types: &mut Types<'_>,
    def: &TypeDef,
    fields: &[Field],
    ada: &str,
) -> Result<(), Fault> {
    let mut alternatives: Vec<(&When, Vec<&Field>)> = Vec::new();
    for field in fields {
        let Some(when) = &field.when else { continue };
        match alternatives.iter_mut().find(|(known, _)| *known == when) {
            Some((_, members)) => members.push(field),
            None => alternatives.push((when, vec![field])),
        }
    }
    let governor = alternatives.first().map(|(when, _)| when.field.clone()).unwrap_or_default();
    let discriminant = fields.iter().find(|field| field.name == governor && field.when.is_none());
    let (Some(discriminant), true) =
        (discriminant, alternatives.iter().all(|(when, _)| when.field == governor))
    else {
        return Err("its variants depend on more than one discriminant".into());
    };
    let mut scope = types.field_scope();
    let head = Component::of(types, &mut scope, discriminant)?;
    let fixed: Vec<&Field> =
        fields.iter().filter(|field| field.when.is_none() && field.name != governor).collect();
    let mut common = Vec::new();
    for field in fixed {
        common.push(Component::of(types, &mut scope, field)?);
    }
    let mut branches: Vec<(String, Vec<Component>)> = Vec::new();
    for (choice, members) in choices(types, (&discriminant.ty, &head.mark), &alternatives)? {
        let mut list = Vec::new();
        for field in members {
            list.push(Component::of(types, &mut scope, field)?);
        }
        branches.push((choice, list));
    }
    let mut text = governed(ada, &head.name, &head.mark, &first(types, &discriminant.ty, &head.mark));
    text.push_str(&declarations(6, &common.iter().collect::<Vec<_>>()));
    text.push_str(&format!("      case {} is\n", head.name));
    for (choice, list) in &branches {
        text.push_str(&format!("         when {choice} =>\n"));
        match list.as_slice() {
            [] => text.push_str("            null;\n"),
            list => text.push_str(&declarations(12, &list.iter().collect::<Vec<_>>())),
        }
    }
    text.push_str("      end case;\n   end record;\n");
    let inside = branches.iter().flat_map(|(_, list)| list);
    let list: Vec<&Component> = std::iter::once(&head).chain(&common).chain(inside).collect();
    text.push_str(&clauses(def, ada, &list));
    types.visible.push(text);
    Ok(())
}

/// The first line of a record with a discriminant.
fn governed(ada: &str, name: &str, mark: &str, first: &str) -> String {
    let line = format!("   type {ada} ({name} : {mark} := {first}) is record\n");
    if line.len() <= WIDTH + 1 {
        return line;
    }
    format!("   type {ada}\n     ({name} : {mark} := {first})\n   is record\n")
}

/// The first value of a discriminant.
fn first(types: &Types<'_>, ty: &Type, mark: &str) -> String {
    let literal = match ty {
        Type::Named(name) => types.literals.get(name.as_str()).and_then(|list| list.first()),
        _ => None,
    };
    literal.map_or_else(|| format!("{mark}'First"), |(name, _)| name.clone())
}

/// The branches of a case, in Ada's words: choices, and the fields of each.
fn choices<'f>(
    types: &Types<'_>,
    (ty, mark): (&Type, &str),
    alternatives: &[(&When, Vec<&'f Field>)],
) -> Result<Vec<(String, Vec<&'f Field>)>, Fault> {
    let literals: Option<Vec<(String, i64)>> = match types.contract.scalar(ty) {
        Type::Bool | Type::Logical(_) => Some(vec![("False".into(), 0), ("True".into(), 1)]),
        _ => match ty {
            Type::Named(name) => types.literals.get(name.as_str()).cloned(),
            _ => None,
        },
    };
    let mut branches = Vec::new();
    let Some(literals) = literals else {
        for (when, members) in alternatives.iter().filter(|(when, _)| !when.negated) {
            branches.push((ranges(&when.any_of, mark)?, members.clone()));
        }
        let mut rest = alternatives.iter().filter(|(when, _)| when.negated);
        return match (rest.next(), rest.next()) {
            (None, _) => Ok([branches, vec![("others".into(), Vec::new())]].concat()),
            (Some((when, members)), None) => {
                let covered = |condition: &&Condition| {
                    !alternatives.iter().any(|(other, _)| !other.negated && other.any_of.contains(condition))
                };
                let absent: Vec<Condition> = when.any_of.iter().filter(covered).copied().collect();
                if !absent.is_empty() {
                    branches.push((ranges(&absent, mark)?, Vec::new()));
                }
                Ok([branches, vec![("others".into(), members.clone())]].concat())
            }
            _ => Err("more than one variant is for all other values".into()),
        };
    };
    let mut left = literals.clone();
    for (when, members) in alternatives {
        let (held, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, value)| when.holds(*value));
        let wanted = literals.iter().filter(|(_, value)| when.holds(*value)).count();
        if held.is_empty() || held.len() != wanted {
            return Err(format!("the variant `{when}` is empty, or overlaps another"));
        }
        left = rest;
        branches.push((names(&held), members.clone()));
    }
    if !left.is_empty() {
        branches.push((names(&left), Vec::new()));
    }
    Ok(branches)
}

fn names(literals: &[(String, i64)]) -> String {
    literals.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" | ")
}

/// Integers as choices.
fn ranges(conditions: &[Condition], mark: &str) -> Result<String, Fault> {
    let words = conditions.iter().map(|condition| match condition {
        Condition::Equal(n) => Ok(literal(*n, mark)),
        Condition::Between(a, b) => Ok(format!("{} .. {}", literal(*a, mark), literal(*b, mark))),
        other => Err(format!("a variant for `{other}` of an integer is not printed in Ada")),
    });
    Ok(words.collect::<Result<Vec<String>, Fault>>()?.join(" | "))
}

/// Fields that share storage: a discriminant that is not stored says which is meant.
pub(super) fn union(types: &mut Types<'_>, def: &TypeDef, fields: &[Field], ada: &str) -> Result<(), Fault> {
    if fields.is_empty() {
        return record(types, def, fields, ada);
    }
    let mut scope = types.field_scope();
    let selector = scope.take("view");
    let mut list = Vec::new();
    for field in fields {
        list.push(Component::of(types, &mut scope, field)?);
    }
    let view = types.scope.take(&format!("{ada}_View"));
    let mut literals: Vec<String> = Vec::new();
    for field in fields {
        literals.push(types.scope.take_literal(&format!("as_{}", field.name), &literals));
    }
    let mut text = format!("{}\n", call(3, &format!("type {view} is"), &literals, ";"));
    text.push_str(&governed(ada, &selector, &view, &literals[0]));
    text.push_str(&format!("      case {selector} is\n"));
    for (literal, component) in literals.iter().zip(&list) {
        text.push_str(&format!("         when {literal} =>\n{}", declarations(12, &[component])));
    }
    text.push_str(&format!("      end case;\n   end record;\n   pragma Unchecked_Union ({ada});\n"));
    text.push_str(&clauses(def, ada, &list.iter().collect::<Vec<_>>()));
    text.push_str(&format!("\n   pragma Convention (C_Pass_By_Copy, {ada});"));
    types.visible.push(text);
    Ok(())
}

/// An array of elements that are no whole bytes.
pub(super) fn packed(
    types: &mut Types<'_>,
    def: &TypeDef,
    element: &Type,
    bits: u32,
    count: u64,
    ada: &str,
) -> Result<(), Fault> {
    let mark = few_bits(types, element, bits)?;
    let size = def.size;
    if count == 0 || u64::from(bits) * count > size * 8 || count > i32::MAX as u64 {
        return Err("its elements do not fill it".into());
    }
    types.visible.push(format!(
        "   type {ada} is array (0 .. {}) of {mark};\n   for {ada}'Component_Size use {bits};\n   \
         for {ada}'Size use {size} * 8;",
        count - 1
    ));
    Ok(())
}

/// What only has an address.
pub(super) fn opaque(types: &mut Types<'_>, of: Option<&str>, ada: &str) -> Result<(), Fault> {
    let parameter = |name: &str, mode: Mode, ty: &str| Parameter {
        name: name.to_string(),
        mode,
        ty: ty.to_string(),
        default: None,
        is_array: false,
    };
    let attach = [parameter("Object", Mode::InOut, ada), parameter("Where", Mode::In, "System.Address")];
    let object = [parameter("Object", Mode::In, ada)];
    let list = [
        ("Attach", &attach[..], None, "Object.Where := Where;"),
        ("Address_Of", &object[..], Some("System.Address"), "return Object.Where;"),
        ("Is_Null", &object[..], Some("Boolean"), "return Object.Where = System.Null_Address;"),
    ];
    let of = of.map_or(String::new(), |of| format!("{of}. "));
    let about =
        format!("{of}Its inside is not known here: an object is the address of one, null until it is given.");
    let mut visible = format!("{}\n   type {ada} is limited private;", comment(3, &about));
    let mut bodies = Vec::new();
    for (name, parameters, result, statement) in list {
        visible.push_str(&format!("\n{}", profile(3, name, parameters, result, ";")));
        let head = profile(3, name, parameters, result, " is");
        bodies.push(format!("{head}\n   begin\n      {statement}\n   end {name};"));
    }
    types.visible.push(visible);
    types.hidden.push(format!(
        "   type {ada} is record\n      Where : System.Address := System.Null_Address;\n   end record;"
    ));
    types.inner.push(bodies.join("\n\n"));
    Ok(())
}
