//! The types of a contract in C: how they are spelled, defined, and held against their layout.

use super::c_names::{Names, plain};
use super::c_page::Page;
use super::c_record::{self, Record};
use super::signature;
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::model::{
    By, Contract, Extent, Param, Returns, Routine, Type, TypeDef, TypeKind, Use,
};

/// The types that some routines reach.
pub(crate) struct Types<'a> {
    pub contract: &'a Contract,
    pub names: Names<'a>,
    /// The component's name, before helper names.
    pub prefix: String,
    /// Each after those that it holds by value.
    order: Vec<&'a str>,
}

impl<'a> Types<'a> {
    /// Collects the types and chooses their names.
    pub fn new(contract: &'a Contract, routines: &[&'a Routine]) -> Result<Types<'a>, Vec<Unsupported>> {
        let order = signature::reached(contract, routines);
        let names = Names::new(contract, routines, &order)?;
        Ok(Types { contract, names, prefix: plain(&contract.component.name), order })
    }

    /// The definitions, in an order that C accepts.
    pub fn definitions(&self) -> impl Iterator<Item = &'a TypeDef> + '_ {
        self.order.iter().filter_map(|name| self.contract.type_def(name))
    }

    /// C's spelling of a value in memory: what stands before the name, and the dimensions behind it.
    pub fn stored(&self, ty: &Type) -> Result<(String, String), String> {
        let plain = |text: &str| Ok((text.to_string(), String::new()));
        match ty {
            Type::Int(size @ (1 | 2 | 4 | 8), signed) => Ok((
                format!("cmp_{}{}", if *signed { 'i' } else { 'u' }, 8 * u32::from(*size)),
                String::new(),
            )),
            Type::Logical(size @ (1 | 2 | 4 | 8)) => {
                Ok((format!("cmp_logical{}", 8 * u32::from(*size)), String::new()))
            }
            Type::Int(..) | Type::Logical(_) => Err(format!("C has no `{ty}`")),
            Type::F32 => plain("float"),
            Type::F64 => plain("double"),
            Type::F80 => plain("long double"),
            Type::ComplexF32 => plain("cmp_complex_f32"),
            Type::ComplexF64 => plain("cmp_complex_f64"),
            Type::ComplexF80 => plain("cmp_complex_f80"),
            Type::Bool => plain("cmp_bool"),
            Type::Char | Type::Chars | Type::Cstr => plain("char"),
            Type::Ptr => plain("void *"),
            Type::Fn => plain("cmp_fn"),
            Type::Named(name) => Ok((self.names.ty(name), String::new())),
            Type::Array(element, extent) => {
                let count = constant(extent).ok_or_else(|| format!("`{ty}` has no size that is known"))?;
                if count == 0 {
                    return Err("C has no array without elements".into());
                }
                let (base, dims) = self.stored(element)?;
                Ok((base, format!("[{count}]{dims}")))
            }
        }
    }

    /// A parameter as it is declared. `flat`: arrays as plain addresses, for places where their elements are not defined yet.
    pub fn param(&self, param: &Param, name: &str, flat: bool) -> Result<String, String> {
        match param.by {
            By::Value => Ok(spaced(&self.stored(&param.ty)?.0, name)),
            By::Descriptor => self.descriptor(&param.ty, name),
            By::Reference => {
                self.address(&param.ty, param.usage == Use::In, param.nullable || flat, name, flat)
            }
        }
    }

    /// The address of something: `const double *elt`, `double pos[3]`, `double (*m)[3]`.
    pub fn address(
        &self,
        ty: &Type,
        read_only: bool,
        null: bool,
        name: &str,
        flat: bool,
    ) -> Result<String, String> {
        let Type::Array(element, extent) = ty else {
            return Ok(pointer(&self.stored(ty)?.0, read_only, name));
        };
        match (&**element, constant(extent)) {
            (Type::Array(..), _) => match self.stored(element) {
                // C takes no `double (*)[3]` where a `const double (*)[3]` is wanted: no `const` here.
                Ok((base, dims)) if !flat => Ok(format!("{} (*{name}){dims}", base)),
                _ => self.address(innermost(element), read_only, true, name, flat),
            },
            (scalar, Some(count)) if count > 0 && !null => {
                let (base, _) = self.stored(scalar)?;
                Ok(format!("{}[{count}]", spaced(&qualified(&base, read_only), name)))
            }
            (scalar, _) => Ok(pointer(&self.stored(scalar)?.0, read_only, name)),
        }
    }

    /// An array that travels with its bounds.
    fn descriptor(&self, ty: &Type, name: &str) -> Result<String, String> {
        use cmp_bridge_contract::model::Language;
        if self.contract.component.language == Language::Fortran {
            let rank = rank(ty);
            return Ok(format!("cmp_array_{rank} *{name}"));
        }
        Ok(format!("{} {name}", self.fat_pointer(ty)?))
    }

    /// The name of the record that stands for an Ada fat pointer.
    pub fn fat_pointer(&self, ty: &Type) -> Result<String, String> {
        let (element, rank, index) = signature::carried(ty)
            .ok_or("its bounds are not of one integer type, and C has no way to say that yet".to_string())?;
        let word = match element {
            Type::Named(name) => self.names.ty(name),
            Type::Array(..) => return Err("its elements are arrays, which C has no way to say yet".into()),
            scalar => scalar.to_string(),
        };
        let index = Type::Int(index.size, index.signed).to_string();
        let mut name = format!("{}_{word}_array", self.prefix);
        if rank > 1 {
            name.push_str(&format!("_{rank}"));
        }
        if index != "i32" {
            name.push_str(&format!("_by_{index}"));
        }
        Ok(name)
    }

    /// Bounds of an integer's subtype, for a remark.
    pub fn range(&self, ty: &Type) -> Option<String> {
        let Type::Named(name) = ty else { return None };
        match &self.contract.type_def(name)?.kind {
            TypeKind::Range { first, last, .. } => Some(format!("{first} to {last}")),
            TypeKind::Fixed { small: (n, d), .. } => Some(format!("times {n}/{d}")),
            _ => None,
        }
    }

    /// Passed and returned by value as C would: not a record that is printed as bytes.
    pub fn by_value(&self, ty: &Type) -> Result<(), String> {
        let Type::Named(name) = ty else { return Ok(()) };
        let Some(def) = self.contract.type_def(name) else { return Ok(()) };
        match &def.kind {
            TypeKind::Struct(_) | TypeKind::Union(_) if def.size <= 16 => match c_record::declare(self, def)?
            {
                Record::Bytes => Err(format!(
                    "`{name}` has members that share storage: C would pass it in other registers"
                )),
                Record::Members { .. } => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// A constant extent.
pub(crate) fn constant(extent: &Extent) -> Option<i64> {
    match extent {
        Extent::Expr(expr) => expr.constant(),
        _ => None,
    }
}

/// The element of an array of arrays.
pub(crate) fn innermost(ty: &Type) -> &Type {
    match ty {
        Type::Array(element, _) => innermost(element),
        other => other,
    }
}

/// Number of dimensions of an array that carries its bounds. A text of unknown length is an element.
pub(crate) fn rank(ty: &Type) -> u32 {
    match ty {
        Type::Array(element, Extent::Unknown) if **element == Type::Char => 0,
        Type::Array(element, Extent::Carried(_) | Extent::Unknown) => 1 + rank(element),
        _ => 0,
    }
}

/// A type that may be read only.
pub(crate) fn qualified(base: &str, read_only: bool) -> String {
    match (read_only, base.ends_with('*')) {
        (false, _) => base.to_string(),
        (true, true) => format!("{base}const"),
        (true, false) => format!("const {base}"),
    }
}

fn pointer(base: &str, read_only: bool, name: &str) -> String {
    let base = qualified(base, read_only);
    if base.ends_with('*') { format!("{base}*{name}") } else { format!("{base} *{name}") }
}

/// `double x`, `void *p`.
fn spaced(base: &str, name: &str) -> String {
    if base.ends_with('*') { format!("{base}{name}") } else { format!("{base} {name}") }
}

/// Prints every definition.
pub(crate) fn print(types: &Types, page: &mut Page) -> Result<(), (String, String)> {
    let records: Vec<&TypeDef> = types.definitions().filter(|def| is_record(def)).collect();
    for def in &records {
        let word = if matches!(def.kind, TypeKind::Union(_)) { "union" } else { "struct" };
        let name = types.names.ty(&def.name);
        page.line(&format!("typedef {word} {name} {name};"));
    }
    if !records.is_empty() {
        page.gap();
    }
    // Addresses of routines and integers need no record's inside; records may hold any of them.
    for records in [false, true] {
        for def in types.definitions().filter(|def| is_record(def) == records) {
            define(types, def, page).map_err(|reason| (def.name.clone(), reason))?;
        }
    }
    Ok(())
}

/// It is a struct or a union in C.
pub(crate) fn is_record(def: &TypeDef) -> bool {
    matches!(
        def.kind,
        TypeKind::Struct(_) | TypeKind::Union(_) | TypeKind::Packed { .. } | TypeKind::Opaque { .. }
    )
}

fn define(types: &Types, def: &TypeDef, page: &mut Page) -> Result<(), String> {
    let name = types.names.ty(&def.name);
    match &def.kind {
        TypeKind::Enum { repr, values } => enumeration(types, def, repr, values, page)?,
        TypeKind::Range { repr, first, last } => {
            page.line(&format!("typedef {} {name}; /* {first} to {last} */", types.stored(repr)?.0));
            page.gap();
        }
        TypeKind::Fixed { repr, small: (n, d) } => {
            page.comment(&[format!("Fixed point: this integer times {n}/{d}.")]);
            page.line(&format!("typedef {} {name};", types.stored(repr)?.0));
            if let Some(value) = small(*n, *d) {
                page.line(&format!("#define {}_SMALL {value}", name.to_ascii_uppercase()));
            }
            page.gap();
        }
        TypeKind::Function { params, returns } => function(types, def, params, returns, page)?,
        TypeKind::Packed { element, bits, count } => {
            let text = format!("{count} times {bits} bits of `{element}`, the first in the lowest bits.");
            page.comment(&[text]);
            bytes(def, &name, page);
            layout(def, &name, &[], page);
        }
        TypeKind::Opaque { of } => {
            let what = of.as_deref().unwrap_or("not described");
            page.comment(&[format!("Its inside ({what}) is for its owner only.")]);
            bytes(def, &name, page);
            layout(def, &name, &[], page);
        }
        TypeKind::Struct(_) | TypeKind::Union(_) => record(types, def, &name, page)?,
    }
    Ok(())
}

/// The value of the last bit, where a `double` says it.
fn small(n: u64, d: u64) -> Option<String> {
    let limit = 1 << 53;
    (n < limit && d < limit && d > 0).then(|| format!("({n}.0 / {d}.0)"))
}

fn enumeration(
    types: &Types,
    def: &TypeDef,
    repr: &Type,
    values: &[(String, i64)],
    page: &mut Page,
) -> Result<(), String> {
    let name = types.names.ty(&def.name);
    page.comment(&[format!("Enumeration `{}`. Other values may come from elsewhere.", def.name)]);
    page.line(&format!("typedef {} {name};", types.stored(repr)?.0));
    let (small, large): (Vec<_>, Vec<_>) =
        values.iter().partition(|(_, value)| i32::try_from(*value).is_ok());
    if !small.is_empty() {
        page.open("enum {");
        for (i, (value_name, value)) in small.iter().enumerate() {
            let comma = if i + 1 == small.len() { "" } else { "," };
            let literal =
                if *value == i64::from(i32::MIN) { "-2147483647 - 1".into() } else { value.to_string() };
            page.line(&format!("{} = {literal}{comma}", types.names.value(&def.name, value_name)));
        }
        page.close("};");
    }
    for (value_name, value) in large {
        let literal = match value {
            &i64::MIN => "(-9223372036854775807L - 1)".to_string(),
            value if *value < 0 => format!("({value}L)"),
            value => format!("{value}UL"),
        };
        page.line(&format!("#define {} (({name}){literal})", types.names.value(&def.name, value_name)));
    }
    page.gap();
    Ok(())
}

fn function(
    types: &Types,
    def: &TypeDef,
    params: &[Param],
    returns: &Option<Returns>,
    page: &mut Page,
) -> Result<(), String> {
    let name = types.names.ty(&def.name);
    let mut list = Vec::new();
    let mut text = vec![format!("The address of a routine `{}`.", def.name)];
    for param in params {
        if param.by == By::Descriptor || matches!(param.ty, Type::Chars) {
            return Err("its parameters have hidden parts, which callbacks cannot say yet".into());
        }
        list.push(types.param(param, &types.names.param(&param.name), true)?);
        text.push(format!("    {}  {}", param.name, words::param(param)));
    }
    let answer = match returns {
        None => "void ".to_string(),
        Some(returns) if returns.by == By::Value => spaced(&types.stored(&returns.ty)?.0, ""),
        Some(returns) if returns.by == By::Reference => pointer(&types.stored(&returns.ty)?.0, false, ""),
        Some(_) => return Err("it returns an array with its bounds, which callbacks cannot say yet".into()),
    };
    if list.is_empty() {
        list.push("void".into());
    }
    page.comment(&text);
    page.list(&format!("typedef {answer}(*{name})("), &list, ");");
    page.gap();
    Ok(())
}

/// A record of bytes, aligned as it must be.
fn bytes(def: &TypeDef, name: &str, page: &mut Page) {
    let size = def.size;
    match c_record::aligning(def.align).filter(|_| c_record::fits_aligning(def)) {
        Some(scalar) => {
            page.open(&format!("struct {name} {{"));
            page.open("union {");
            page.line(&format!("cmp_u8 bytes[{size}];"));
            page.line(&format!("{scalar} aligned;"));
            page.close("} all;");
            page.close("};");
        }
        None => {
            page.open(&format!("struct {name} {{"));
            page.line(&format!("struct {{ cmp_u8 bytes[{size}]; }} all;"));
            page.close(&if def.align > 1 { format!("}} CMP_ALIGNED({});", def.align) } else { "};".into() });
        }
    }
}

fn record(types: &Types, def: &TypeDef, name: &str, page: &mut Page) -> Result<(), String> {
    let (word, fields) = match &def.kind {
        TypeKind::Union(fields) => ("union", fields),
        TypeKind::Struct(fields) => ("struct", fields),
        _ => return Ok(()),
    };
    match c_record::declare(types, def)? {
        Record::Bytes => {
            page.comment(&[format!("`{}` has members that share storage: one macro a member.", def.name)]);
            shared(def, name, page);
            for field in fields.iter().filter(|field| field.bits.is_none()) {
                accessor(types, name, field, page)?;
            }
            layout(def, name, &[], page);
        }
        Record::Members { lines, packed, aligned } => {
            if packed {
                page.line("#pragma pack(1)");
            }
            page.open(&format!("{word} {name} {{"));
            lines.iter().for_each(|line| page.line(line));
            page.close(&match aligned {
                Some(align) => format!("}} CMP_ALIGNED({align});"),
                None => "};".to_string(),
            });
            if packed {
                page.line("#pragma pack()");
            }
            let offsets: Vec<(String, u64)> = fields
                .iter()
                .filter(|field| field.bits.is_none())
                .map(|field| (plain(&field.name), field.offset))
                .collect();
            layout(def, name, &offsets, page);
        }
    }
    Ok(())
}

/// The storage of a record whose members are reached by macros.
fn shared(def: &TypeDef, name: &str, page: &mut Page) {
    if !matches!(def.kind, TypeKind::Union(_)) {
        return bytes(def, name, page);
    }
    page.open(&format!("union {name} {{"));
    page.line(&format!("struct {{ cmp_u8 bytes[{}]; }} all;", def.size));
    let scalar = c_record::aligning(def.align).filter(|_| c_record::fits_aligning(def));
    page.lines(&scalar.map_or(String::new(), |scalar| format!("{scalar} aligned;")));
    let aligned = scalar.is_some() || def.align == 1;
    page.close(&if aligned { "};".into() } else { format!("}} CMP_ALIGNED({});", def.align) });
}

fn accessor(
    types: &Types,
    name: &str,
    field: &cmp_bridge_contract::model::Field,
    page: &mut Page,
) -> Result<(), String> {
    let (base, dims) = types.stored(&field.ty)?;
    let when = field.when.as_ref().map_or(String::new(), |when| format!(" /* where {when} */"));
    // An array's macro is its first element, so that it is used as an array is.
    let element = pointer(&base, false, "");
    let star = if dims.is_empty() { "*" } else { "" };
    page.line(&format!(
        "#define {}_{}(record) ({star}({element})(void *)((record)->all.bytes + {})){when}",
        name.to_ascii_uppercase(),
        field.name.to_ascii_uppercase(),
        field.offset
    ));
    Ok(())
}

/// The assertions that hold a type against the contract.
fn layout(def: &TypeDef, name: &str, offsets: &[(String, u64)], page: &mut Page) {
    page.line(&format!("CMP_LAYOUT(size_of_{name}, sizeof({name}) == {});", def.size));
    page.line(&format!("struct align_of_{name} {{ char first; {name} second; }};"));
    page.line(&format!(
        "CMP_LAYOUT(alignment_of_{name}, offsetof(struct align_of_{name}, second) == {});",
        def.align
    ));
    for (field, offset) in offsets {
        page.line(&format!("CMP_LAYOUT(offset_of_{name}_{field}, offsetof({name}, {field}) == {offset});"));
    }
    page.gap();
}
