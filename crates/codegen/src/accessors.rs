//! Functions that read and store what a type keeps as bytes: the fields of a union, of a record with variants, and the elements
//! of a packed array.

use crate::names;
use crate::page::Page;
use crate::shape::stored;
use crate::types::{bit_access, documentation};
use cmp_bridge_contract::model::{Condition, Contract, Field, Type, When};

/// Prints the functions of a type that is kept as bytes.
pub(crate) fn fields(
    contract: &Contract,
    name: &str,
    fields: &[Field],
    page: &mut Page,
) -> Result<(), String> {
    page.open(&format!("impl {name} {{"));
    let mut taken: Vec<String> = Vec::new();
    for (i, field) in fields.iter().enumerate() {
        let getter = names::field(&field.name);
        if taken.contains(&getter) {
            return Err(format!("the field name `{getter}` is taken"));
        }
        if i > 0 {
            page.gap();
        }
        one(contract, fields, field, &getter, page)?;
        taken.push(getter);
    }
    page.close("}");
    page.gap();
    Ok(())
}

fn one(
    contract: &Contract,
    all: &[Field],
    field: &Field,
    getter: &str,
    page: &mut Page,
) -> Result<(), String> {
    let access = match field.bits {
        Some((first, count)) => {
            let bytes = format!("self.bytes[{}..]", field.offset);
            let access = bit_access(contract, field, &bytes, first, count)?;
            Access { ty: access.shown, read: access.read, store: access.store }
        }
        None => whole(contract, field)?,
    };
    let absent = match &field.when {
        None => None,
        Some(when) => {
            let discriminant = all.iter().find(|other| other.name == when.field);
            let discriminant = discriminant.ok_or_else(|| format!("`{}` is no field", when.field))?;
            Some(absence(contract, discriminant, when))
        }
    };
    match absent {
        None => {
            page.comment("///", &documentation(field));
            page.open(&format!("pub fn {getter}(&self) -> {} {{", access.ty));
            access.read.iter().for_each(|line| page.line(line));
        }
        Some(absent) => {
            let when = field.when.as_ref().map_or(String::new(), ToString::to_string);
            let text = format!("{} `None` unless `{when}`.", documentation(field));
            page.comment("///", &text);
            page.open(&format!("pub fn {getter}(&self) -> Option<{}> {{", access.ty));
            page.line(&format!("if {absent} {{"));
            page.line("    return None;");
            page.line("}");
            let (last, before) = access.read.split_last().ok_or("nothing to read")?;
            before.iter().for_each(|line| page.line(line));
            page.line(&format!("Some({last})"));
        }
    }
    page.close("}");
    page.gap();
    page.comment("///", &format!("Stores `{}`.", field.name));
    page.open(&format!("pub fn set_{}(&mut self, value: {}) {{", getter.trim_end_matches('_'), access.ty));
    access.store.iter().for_each(|line| page.line(line));
    page.close("}");
    Ok(())
}

/// How something is read and stored, in a function with `self` and, to store, `value`.
struct Access {
    ty: String,
    /// Lines, the last of which is the value.
    read: Vec<String>,
    store: Vec<String>,
}

fn whole(contract: &Contract, field: &Field) -> Result<Access, String> {
    let ty = stored(contract, &field.ty)?;
    let size = contract.size_align(&field.ty).map_or(0, |(size, _)| size);
    let (from, to) = (field.offset, field.offset + size);
    Ok(Access {
        read: vec![
            "// SAFETY: plain data, valid whatever its bits.".into(),
            format!("unsafe {{ support::load::<{ty}>(&self.bytes[{from}..{to}]) }}"),
        ],
        store: vec![format!("support::store(&mut self.bytes[{from}..{to}], &value);")],
        ty,
    })
}

/// Whether the discriminant says that the field is not there.
fn absence(contract: &Contract, discriminant: &Field, when: &When) -> String {
    let size = contract.size_align(&discriminant.ty).map_or(1, |(size, _)| size);
    let signed = !matches!(
        contract.scalar(&discriminant.ty),
        Type::Int(_, false) | Type::Bool | Type::Char | Type::Logical(_)
    );
    let (first, count) = discriminant.bits.unwrap_or((0, 8 * size as u32));
    let read = if signed { "signed_bits" } else { "bits" };
    let cast = if signed { "" } else { " as i64" };
    let bits = format!("support::{read}(&self.bytes[{}..], {first}, {count}){cast}", discriminant.offset);
    let one = |condition: &Condition| match condition {
        Condition::Less(n) => format!("..{n}"),
        Condition::LessOrEqual(n) => format!("..={n}"),
        Condition::Greater(n) => format!("{}..", n.saturating_add(1)),
        Condition::GreaterOrEqual(n) => format!("{n}.."),
        Condition::Equal(n) => n.to_string(),
        Condition::NotEqual(n) => format!("..{n} | {}..", n.saturating_add(1)),
        Condition::Between(a, b) => format!("{a}..={b}"),
    };
    let patterns: Vec<String> = runs(&when.any_of).iter().map(one).collect();
    format!("{}matches!({bits}, {})", if when.negated { "" } else { "!" }, patterns.join(" | "))
}

/// The same conditions, with values that follow each other as one range.
fn runs(conditions: &[Condition]) -> Vec<Condition> {
    let mut joined: Vec<Condition> = Vec::new();
    for condition in conditions {
        let range = match (joined.last(), condition) {
            (Some(Condition::Equal(first) | Condition::Between(first, _)), Condition::Equal(value))
                if last(joined.last()).and_then(|last| last.checked_add(1)) == Some(*value) =>
            {
                Some(Condition::Between(*first, *value))
            }
            _ => None,
        };
        if range.is_some() {
            joined.pop();
        }
        joined.push(range.unwrap_or(*condition));
    }
    joined
}

/// The greatest value of a condition that is one value or a range.
fn last(condition: Option<&Condition>) -> Option<i64> {
    match condition {
        Some(Condition::Equal(value) | Condition::Between(_, value)) => Some(*value),
        _ => None,
    }
}

/// Prints the functions of a packed array.
pub(crate) fn packed(
    contract: &Contract,
    name: &str,
    element: &Type,
    bits: u32,
    count: u64,
    page: &mut Page,
) -> Result<(), String> {
    let mut field = Field::new("element", element.clone(), 0);
    field.bits = Some((0, bits));
    let access = bit_access(contract, &field, "self.bytes", 0, bits)?;
    let first = if bits == 1 { "index as u32".to_owned() } else { format!("index as u32 * {bits}") };
    let place = |line: &String| line.replace(&format!(", 0, {bits}"), &format!(", {first}, {bits}"));
    page.open(&format!("impl {name} {{"));
    page.line("/// Number of elements.");
    page.line(&format!("pub const COUNT: usize = {count};"));
    page.gap();
    page.line("/// An element, the first of which is 0.");
    page.line("///");
    page.line("/// # Panics");
    page.line("/// When there is none of that index.");
    page.open(&format!("pub fn get(&self, index: usize) -> {} {{", access.shown));
    page.line("assert!(index < Self::COUNT, \"element {index} of {}\", Self::COUNT);");
    access.read.iter().map(place).for_each(|line| page.line(&line));
    page.close("}");
    page.gap();
    page.line("/// Stores an element, the first of which is 0.");
    page.line("///");
    page.line("/// # Panics");
    page.line("/// When there is none of that index.");
    page.open(&format!("pub fn set(&mut self, index: usize, value: {}) {{", access.shown));
    page.line("assert!(index < Self::COUNT, \"element {index} of {}\", Self::COUNT);");
    access.store.iter().map(place).for_each(|line| page.line(&line));
    page.close("}");
    page.close("}");
    page.gap();
    Ok(())
}

/// Prints a range: an integer of which only some values are of the type.
pub(crate) fn range(name: &str, of: &str, repr: &str, first: i64, last: i64, page: &mut Page) {
    let text = format!(
        "`{of}`: an integer from {first} to {last}. Legacy code may hold others, so it is checked when read."
    );
    newtype(name, repr, &text, page);
    page.open(&format!("impl {name} {{"));
    page.line("/// The value 0, of the type or not.");
    page.line("pub const ZERO: Self = Self(0);");
    if first <= last {
        page.line("/// The least value.");
        page.line(&format!("pub const FIRST: Self = Self({first});"));
        page.line("/// The greatest value.");
        page.line(&format!("pub const LAST: Self = Self({last});"));
    }
    page.gap();
    page.line("/// A value of the type; `None` for any other.");
    page.open(&format!("pub fn new(value: {repr}) -> Option<Self> {{"));
    page.line("Self(value).get().map(Self)");
    page.close("}");
    page.gap();
    page.line("/// What is stored, if it is a value of the type.");
    page.open(&format!("pub fn get(self) -> Option<{repr}> {{"));
    page.line(&format!("({first}..={last}).contains(&i128::from(self.0)).then_some(self.0)"));
    page.close("}");
    page.close("}");
    page.gap();
    converted(name, repr, page);
}

/// Prints a fixed-point type: an integer number of its smallest steps.
pub(crate) fn fixed(name: &str, of: &str, repr: &str, (numerator, denominator): (u64, u64), page: &mut Page) {
    newtype(name, repr, &format!("`{of}`: so many times {numerator}/{denominator}."), page);
    let small = format!("{numerator}.0 / {denominator}.0");
    page.open(&format!("impl {name} {{"));
    page.line("/// The value 0.");
    page.line("pub const ZERO: Self = Self(0);");
    page.line("/// The value of the last bit.");
    page.line(&format!("pub const SMALL: f64 = {small};"));
    page.gap();
    page.line("/// The number.");
    page.open("pub fn value(self) -> f64 {");
    page.line("self.0 as f64 * Self::SMALL");
    page.close("}");
    page.gap();
    page.line("/// The nearest number of the type; `None` if it is too large, or none.");
    page.open("pub fn nearest(value: f64) -> Option<Self> {");
    page.line("let steps = (value / Self::SMALL).round();");
    page.line(&format!("let fits = steps >= {repr}::MIN as f64 && steps < {repr}::MAX as f64 + 1.0;"));
    page.line(&format!("fits.then_some(Self(steps as {repr}))"));
    page.close("}");
    page.close("}");
    page.gap();
    converted(name, repr, page);
}

fn newtype(name: &str, repr: &str, text: &str, page: &mut Page) {
    page.comment("///", text);
    page.line("#[repr(transparent)]");
    page.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]");
    page.line(&format!("pub struct {name}(pub {repr});"));
    page.gap();
}

/// Conversions that extents need: any integer that is read, and the length of a slice.
fn converted(name: &str, repr: &str, page: &mut Page) {
    page.open(&format!("impl From<{name}> for i128 {{"));
    page.open(&format!("fn from(number: {name}) -> i128 {{"));
    page.line("number.0.into()");
    page.close("}");
    page.close("}");
    page.gap();
    page.open(&format!("impl TryFrom<usize> for {name} {{"));
    page.line(&format!("type Error = <{repr} as TryFrom<usize>>::Error;"));
    page.gap();
    page.open("fn try_from(count: usize) -> Result<Self, Self::Error> {");
    page.line(&format!("{repr}::try_from(count).map(Self)"));
    page.close("}");
    page.close("}");
    page.gap();
}
