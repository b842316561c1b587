//! Definitions under `[type.*]` become definitions of the model.

use super::read::{param, returns, tolerance, type_at};
use super::section::{Reader, Section};
use crate::model::*;

const WHEN_FORM: &str = "a condition such as \"kind = 1\", \"kind 1..3 | = 5\" or \"kind not = 1\"";
const SMALL_FORM: &str = "the value of the last bit, such as \"1/16\"";

/// Kinds of definition under `[type.*]`.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Struct,
    Union,
    Enum,
    Function,
    Range,
    Fixed,
    Packed,
    Opaque,
}

impl crate::syntax::Word for Kind {
    const WORDS: &'static [(&'static str, Kind)] = &[
        ("struct", Kind::Struct),
        ("union", Kind::Union),
        ("enum", Kind::Enum),
        ("function", Kind::Function),
        ("range", Kind::Range),
        ("fixed", Kind::Fixed),
        ("packed", Kind::Packed),
        ("opaque", Kind::Opaque),
    ];
}

impl Kind {
    /// The keys that belong to it, beside `kind`.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Kind::Struct | Kind::Union => &["size", "align", "trivial", "fields"],
            Kind::Enum => &["repr", "values"],
            Kind::Function => &["params", "returns", "user-data", "stop"],
            Kind::Range => &["repr", "first", "last"],
            Kind::Fixed => &["repr", "small"],
            Kind::Packed => &["size", "align", "element", "bits", "count"],
            Kind::Opaque => &["size", "align", "trivial", "of", "release"],
        }
    }
}

pub(super) fn type_def(reader: &mut Reader, name: String, section: &Section) -> TypeDef {
    let every =
        [Kind::Struct, Kind::Enum, Kind::Function, Kind::Range, Kind::Fixed, Kind::Packed, Kind::Opaque];
    let mut known = vec!["kind"];
    for key in every.iter().flat_map(|kind| kind.keys()) {
        if !known.contains(key) {
            known.push(key);
        }
    }
    reader.keys(section, &known);
    let kind = match reader.word(section, "kind") {
        Some(kind) => kind,
        None if section.has("values") || section.has("repr") => Kind::Enum,
        None => Kind::Struct,
    };
    let belongs = |key: &&str| *key == "kind" || kind.keys().contains(key);
    for key in known.iter().filter(|key| section.has(key) && !belongs(key)) {
        let message = format!("`{key}` does not belong to this kind of type");
        let expected = crate::toml::section::list(kind.keys().iter().copied());
        let hint = "remove it, or correct `kind`";
        reader.error(&section.at(key), "C011", message, expected, format!("`{key}`"), hint);
    }
    let def = |kind, (size, align)| TypeDef::new(name.clone(), kind, size, align);
    let under = |repr: &Type| crate::layout::scalar_size_align(repr).unwrap_or((4, 4));
    match kind {
        Kind::Struct | Kind::Union => {
            let layout = size_align(reader, section);
            let fields = reader.tables(section, "fields");
            let fields = fields.iter().map(|section| field(reader, section)).collect();
            let inside = if kind == Kind::Union { TypeKind::Union(fields) } else { TypeKind::Struct(fields) };
            TypeDef { trivial: reader.boolean(section, "trivial").unwrap_or(true), ..def(inside, layout) }
        }
        Kind::Opaque => {
            let layout = size_align(reader, section);
            let inside = TypeKind::Opaque { of: reader.string(section, "of") };
            let trivial = reader.boolean(section, "trivial").unwrap_or(true);
            TypeDef { trivial, release: reader.string(section, "release"), ..def(inside, layout) }
        }
        Kind::Enum => {
            let repr = repr(reader, section, "\"u32\"");
            let values = reader.table(section, "values");
            let values = reader.required(section, "values", "{ NOMINAL = 0 }", values);
            let values = values.map(|values| reader.integers(&values)).unwrap_or_default();
            let layout = under(&repr);
            def(TypeKind::Enum { repr, values }, layout)
        }
        Kind::Range => {
            let repr = repr(reader, section, "\"i32\"");
            let (first, last) = (integer(reader, section, "first"), integer(reader, section, "last"));
            let layout = under(&repr);
            def(TypeKind::Range { repr, first, last }, layout)
        }
        Kind::Fixed => {
            let repr = repr(reader, section, "\"i32\"");
            let small = reader.parsed(section, "small", "C012", SMALL_FORM, ratio);
            let small = reader.required(section, "small", "\"1/16\"", small).unwrap_or((1, 1));
            let layout = under(&repr);
            def(TypeKind::Fixed { repr, small }, layout)
        }
        Kind::Packed => {
            let layout = size_align(reader, section);
            let element = type_at(reader, section, "element");
            let element = reader.required(section, "element", "\"bool\"", element).unwrap_or(Type::Bool);
            let bits = integer(reader, section, "bits");
            let count = integer(reader, section, "count");
            // What is out of range becomes 0, which validation refuses.
            let (bits, count) = (u32::try_from(bits).unwrap_or(0), u64::try_from(count).unwrap_or(0));
            def(TypeKind::Packed { element, bits, count }, layout)
        }
        Kind::Function => {
            let params = reader.tables(section, "params");
            let params = params.iter().map(|section| param(reader, section)).collect();
            let inside = TypeKind::Function { params, returns: returns(reader, section) };
            let (user_data, stop) = (reader.string(section, "user-data"), reader.integer(section, "stop"));
            TypeDef { user_data, stop, ..def(inside, (8, 8)) }
        }
    }
}

fn size_align(reader: &mut Reader, section: &Section) -> (u64, u64) {
    let size = reader.count(section, "size");
    let size = reader.required(section, "size", "8", size).unwrap_or(1);
    let align = reader.count(section, "align");
    (size, reader.required(section, "align", "8", align).unwrap_or(1))
}

fn repr(reader: &mut Reader, section: &Section, example: &str) -> Type {
    let repr = type_at(reader, section, "repr");
    reader.required(section, "repr", example, repr).unwrap_or(Type::Int(4, false))
}

fn integer(reader: &mut Reader, section: &Section, key: &str) -> i64 {
    let value = reader.integer(section, key);
    reader.required(section, key, "1", value).unwrap_or(0)
}

/// `1/16` as numerator and denominator.
fn ratio(text: &str) -> Result<(u64, u64), String> {
    let error = || format!("`{text}` is not a ratio of two whole numbers");
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let number = |part: &str| part.trim().parse().map_err(|_| error());
    Ok((number(numerator)?, number(denominator)?))
}

fn field(reader: &mut Reader, section: &Section) -> Field {
    reader.keys(section, &["name", "type", "offset", "bits", "use", "when", "unit", "tolerance"]);
    let name = reader.string(section, "name");
    let ty = type_at(reader, section, "type");
    let offset = reader.count(section, "offset");
    Field {
        name: reader.required(section, "name", "\"a\"", name).unwrap_or_default(),
        ty: reader.required(section, "type", "\"f64\"", ty).unwrap_or(Type::Char),
        offset: reader.required(section, "offset", "0", offset).unwrap_or(0),
        bits: reader.pair(section, "bits"),
        usage: reader.word(section, "use").unwrap_or(Use::InOut),
        when: reader.parsed(section, "when", "C008", WHEN_FORM, When::parse),
        unit: reader.string(section, "unit"),
        tolerance: tolerance(reader, section),
    }
}
