//! Types of a header as types of a contract.

use std::collections::{BTreeSet, HashMap};

use clang::{Entity, EntityKind, TypeKind as Kind};
use cmp_bridge_contract::expr::Expr;
pub(super) use cmp_bridge_contract::model::By;
use cmp_bridge_contract::model::{Contract, Extent, Field, Param, Returns, Type, TypeDef, TypeKind, Use};

use crate::scan::{OPAQUE, Problem, Reason, identifier};

/// How many typedefs, qualifiers and array levels are followed.
const MAX_DEPTH: u32 = 48;
/// Most fields of a record.
const MAX_FIELDS: usize = 8192;

/// A type with typedefs and qualifiers removed.
struct Plain<'tu> {
    ty: clang::Type<'tu>,
    /// Name of the innermost typedef on the way.
    alias: Option<String>,
    is_const: bool,
}

/// The contract that grows while prototypes are read into it.
pub(super) struct Draft {
    pub contract: Contract,
    /// Facts that a contract cannot hold.
    pub notes: Vec<String>,
    /// Type names that are not those of the source.
    pub made_up: Vec<String>,
    /// By the compiler's own identity of a declaration.
    known: HashMap<String, Type>,
    /// Signatures that are being read.
    open: Vec<String>,
}

/// `file:line` of a declaration.
pub(super) fn place(entity: Entity<'_>) -> Option<String> {
    let location = entity.get_location()?.get_file_location();
    let file = location.file?.get_path();
    Some(format!("{}:{}", file.file_name()?.to_string_lossy(), location.line))
}

fn unsupported(what: impl Into<String>) -> Problem {
    Problem::new(Reason::Type, what)
}

fn plain(ty: clang::Type<'_>) -> Result<Plain<'_>, Problem> {
    let mut plain = Plain { ty, alias: None, is_const: false };
    for _ in 0..MAX_DEPTH {
        plain.is_const |= plain.ty.is_const_qualified();
        let next = match plain.ty.get_kind() {
            Kind::Typedef => {
                let declaration = plain.ty.get_declaration();
                plain.alias = declaration.and_then(|d| d.get_name());
                declaration.and_then(|d| d.get_typedef_underlying_type())
            }
            Kind::Elaborated => plain.ty.get_elaborated_type(),
            Kind::Unexposed | Kind::Auto => {
                let canonical = plain.ty.get_canonical_type();
                // What this version does not tell apart is seen by its name, or refused.
                if canonical == plain.ty {
                    return Ok(plain);
                }
                Some(canonical)
            }
            _ => return Ok(plain),
        };
        plain.ty = next.ok_or_else(|| unsupported(plain.ty.get_display_name()))?;
    }
    Err(unsupported("typedefs without end"))
}

impl Draft {
    pub fn new(contract: Contract) -> Draft {
        Draft { contract, notes: Vec::new(), made_up: Vec::new(), known: HashMap::new(), open: Vec::new() }
    }

    /// A parameter: its type, how it travels, and what `const` says of its direction.
    pub fn param(&mut self, ty: clang::Type<'_>, name: &str) -> Result<(Type, By, Use), Problem> {
        let whole = ty;
        let Plain { ty, is_const, .. } = plain(ty)?;
        match ty.get_kind() {
            // An array parameter is an address; the extent is what the header's author meant.
            Kind::ConstantArray | Kind::IncompleteArray | Kind::VariableArray => {
                let element = ty.get_element_type().ok_or_else(|| unsupported("array"))?;
                let extent = match ty.get_kind() {
                    Kind::ConstantArray => ty.get_size(),
                    _ => None,
                };
                let extent = extent.map_or(Extent::Unknown, constant);
                self.pointee(element, name, is_const, extent)
            }
            Kind::Pointer if is_code(ty)? => Ok((self.convert(whole, name, 0)?, By::Value, Use::In)),
            Kind::Pointer => {
                let target = ty.get_pointee_type().ok_or_else(|| unsupported("pointer"))?;
                self.pointee(target, name, false, Extent::Unknown)
            }
            Kind::LValueReference | Kind::RValueReference => {
                let target = ty.get_pointee_type().ok_or_else(|| unsupported("reference"))?;
                let is_const = plain(target)?.is_const;
                let ty = self.value(target, name)?.ok_or_else(|| unsupported("void"))?;
                Ok((ty, By::Reference, if is_const { Use::In } else { Use::Unknown }))
            }
            _ => {
                let ty = self.value(whole, name)?.ok_or_else(|| unsupported("void"))?;
                Ok((ty, By::Value, Use::In))
            }
        }
    }

    /// What an address leads to.
    fn pointee(
        &mut self,
        target: clang::Type<'_>,
        name: &str,
        outer_const: bool,
        extent: Extent,
    ) -> Result<(Type, By, Use), Problem> {
        let Plain { ty, mut is_const, .. } = plain(target)?;
        is_const |= outer_const;
        let opaque = Ok((Type::Ptr, By::Value, Use::Unknown));
        match ty.get_kind() {
            // An array of addresses is no more than an address to a caller.
            Kind::Void | Kind::Pointer => return opaque,
            Kind::Record => {
                let name = ty.get_declaration().and_then(|d| d.get_name()).unwrap_or_default();
                if ty.get_sizeof().is_err() || OPAQUE.contains(&name.as_str()) {
                    return opaque;
                }
            }
            Kind::ConstantArray => {
                is_const |= ty.get_element_type().map(plain).transpose()?.is_some_and(|e| e.is_const);
            }
            _ => {}
        }
        match self.convert(target, name, 0) {
            Ok(ty) => {
                let usage = if is_const { Use::In } else { Use::Unknown };
                Ok((Type::Array(Box::new(ty), extent), By::Reference, usage))
            }
            Err(problem) => {
                self.notes
                    .push(format!("{name}: the target of the address is not described: {}", problem.detail));
                opaque
            }
        }
    }

    /// A type by value; `None` for `void`.
    pub fn value(&mut self, ty: clang::Type<'_>, hint: &str) -> Result<Option<Type>, Problem> {
        match plain(ty)?.ty.get_kind() {
            Kind::Void => Ok(None),
            _ => self.convert(ty, hint, 0).map(Some),
        }
    }

    fn convert(&mut self, ty: clang::Type<'_>, hint: &str, depth: u32) -> Result<Type, Problem> {
        if depth > MAX_DEPTH {
            return Err(unsupported("a type without end"));
        }
        let Plain { ty, alias, .. } = plain(ty)?;
        let text = || unsupported(ty.get_display_name());
        match ty.get_kind() {
            Kind::Pointer | Kind::LValueReference | Kind::RValueReference => {
                let target = ty.get_pointee_type().ok_or_else(text)?;
                let target = plain(target)?;
                match target.ty.get_kind() {
                    Kind::FunctionPrototype | Kind::FunctionNoPrototype => {
                        Ok(self.function(target.ty, alias.or(target.alias), hint, depth))
                    }
                    _ => Ok(Type::Ptr),
                }
            }
            Kind::ConstantArray => {
                let element = self.convert(ty.get_element_type().ok_or_else(text)?, hint, depth + 1)?;
                Ok(Type::Array(Box::new(element), constant(ty.get_size().ok_or_else(text)?)))
            }
            Kind::IncompleteArray | Kind::VariableArray => {
                let element = self.convert(ty.get_element_type().ok_or_else(text)?, hint, depth + 1)?;
                Ok(Type::Array(Box::new(element), Extent::Unknown))
            }
            Kind::Record => self.record(ty, alias, hint, depth),
            Kind::Enum => self.enumeration(ty, alias, hint),
            _ => scalar(ty),
        }
    }

    /// The address of a routine, with its signature where that can be described.
    fn function(&mut self, ty: clang::Type<'_>, alias: Option<String>, hint: &str, depth: u32) -> Type {
        // A callback that receives a record that holds this callback.
        let key = ty.get_display_name();
        if depth > MAX_DEPTH / 2 || self.open.contains(&key) {
            return Type::Fn;
        }
        let name = self.named(alias, &format!("{hint}_fn"));
        self.open.push(key);
        let kind = self.signature(ty, &name);
        self.open.pop();
        match kind {
            Ok(kind) => self.define(TypeDef::new(name, kind, 8, 8)),
            Err(problem) => {
                self.notes.push(format!("{name}: its signature is not described: {}", problem.text()));
                Type::Fn
            }
        }
    }

    fn signature(&mut self, ty: clang::Type<'_>, name: &str) -> Result<TypeKind, Problem> {
        match ty.get_kind() {
            Kind::FunctionNoPrototype => return Err(Problem::new(Reason::NoPrototype, "")),
            Kind::FunctionPrototype if ty.is_variadic() => return Err(Problem::new(Reason::Varargs, "")),
            _ => {}
        }
        let mut params = Vec::new();
        for (i, argument) in ty.get_argument_types().unwrap_or_default().into_iter().enumerate() {
            let own = format!("arg{}", i + 1);
            let (ty, by, usage) = self.param(argument, &format!("{name}_{own}"))?;
            params.push(Param::new(own, ty, by, usage));
        }
        let result = ty.get_result_type().ok_or_else(|| unsupported(name))?;
        let returns = self.value(result, &format!("{name}_result"))?.map(|ty| Returns::new(ty, Use::Out));
        Ok(TypeKind::Function { params, returns })
    }

    /// The name a record or enumeration goes by.
    fn type_name(&mut self, declaration: Entity<'_>, alias: Option<String>, hint: &str) -> String {
        // Newer versions make up a name with a place in it.
        let own = declaration.get_name().filter(|name| !name.is_empty() && !name.contains(['(', ' ']));
        self.named(own.or(alias), hint)
    }

    fn named(&mut self, named: Option<String>, hint: &str) -> String {
        let name = identifier(named.as_deref().unwrap_or(hint), "unnamed");
        let name = match Type::parse(&name) {
            Ok(Type::Named(_)) => name,
            _ => format!("{name}_t"),
        };
        if named.as_deref() != Some(name.as_str()) {
            self.made_up.push(name.clone());
        }
        name
    }

    fn define(&mut self, mut def: TypeDef) -> Type {
        let base = def.name.clone();
        for number in 2.. {
            match self.contract.type_def(&def.name) {
                Some(earlier) if *earlier == def => break,
                Some(_) => def.name = format!("{base}_{number}"),
                None => {
                    self.contract.types.push(def.clone());
                    break;
                }
            }
        }
        Type::Named(def.name)
    }

    fn enumeration(
        &mut self,
        ty: clang::Type<'_>,
        alias: Option<String>,
        hint: &str,
    ) -> Result<Type, Problem> {
        let declaration = ty.get_declaration().ok_or_else(|| unsupported(ty.get_display_name()))?;
        let key = identity(declaration);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let name = self.type_name(declaration, alias, hint);
        let underlying = declaration.get_enum_underlying_type();
        let repr =
            scalar(plain(underlying.ok_or_else(|| unsupported(format!("enum {name} without type")))?)?.ty)?;
        let Type::Int(size, signed) = repr else {
            return Err(unsupported(format!("enum {name} of {repr}")));
        };
        let constants = declaration.get_definition().unwrap_or(declaration).get_children();
        let values = constants.into_iter().filter(|c| c.get_kind() == EntityKind::EnumConstantDecl);
        let values = values.filter_map(|c| {
            let (as_signed, as_unsigned) = c.get_enum_constant_value()?;
            Some((c.get_name()?, if signed { as_signed } else { as_unsigned as i64 }))
        });
        let kind = TypeKind::Enum { repr: Type::Int(size, signed), values: values.collect() };
        let (size, align) = (u64::from(size), u64::from(size));
        let ty = self.define(TypeDef::new(name, kind, size, align));
        self.known.insert(key, ty.clone());
        Ok(ty)
    }

    fn record(
        &mut self,
        ty: clang::Type<'_>,
        alias: Option<String>,
        hint: &str,
        depth: u32,
    ) -> Result<Type, Problem> {
        let declaration = ty.get_declaration().ok_or_else(|| unsupported(ty.get_display_name()))?;
        let key = identity(declaration);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let name = self.type_name(declaration, alias, hint);
        let number = |n: Option<usize>| n.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0);
        let size = number(ty.get_sizeof().ok());
        let size = size.ok_or_else(|| unsupported(format!("{name} is only declared here, or empty")))?;
        let align = number(ty.get_alignof().ok()).filter(|a| a.is_power_of_two());
        let align = align.ok_or_else(|| unsupported(format!("{name} has no alignment")))?;
        if declaration.get_kind() == EntityKind::ClassDecl || !ty.is_pod() {
            return Err(unsupported(format!("{name} is a C++ class")));
        }
        let union = declaration.get_kind() == EntityKind::UnionDecl;
        let fields = self.fields(ty, &name, depth).map_err(|p| p.within(&name))?;
        let kind = if union { TypeKind::Union(fields) } else { TypeKind::Struct(fields) };
        let defined = self.define(TypeDef::new(name, kind, size, align));
        self.known.insert(key, defined.clone());
        Ok(defined)
    }

    fn fields(&mut self, record: clang::Type<'_>, name: &str, depth: u32) -> Result<Vec<Field>, Problem> {
        let mut fields: Vec<Field> = Vec::new();
        let members = record.get_fields().ok_or_else(|| unsupported("fields"))?;
        if members.len() > MAX_FIELDS {
            return Err(unsupported(format!("more than {MAX_FIELDS} fields")));
        }
        for member in members {
            // An unnamed bit field is padding.
            let unnamed_bits = member.is_bit_field() && member.get_name().is_none_or(|n| n.is_empty());
            if unnamed_bits {
                continue;
            }
            let unnamed = format!("unnamed_{}", fields.len());
            let own = member.get_name().filter(|n| !n.contains(['(', ' '])).unwrap_or_default();
            let base = identifier(&own, &unnamed);
            let taken = |name: &str| fields.iter().any(|f: &Field| f.name == name);
            let field_name = match taken(&base) {
                true => (2..).map(|n| format!("{base}_{n}")).find(|n| !taken(n)).unwrap_or(unnamed),
                false => base,
            };
            match self.field(member, &field_name, name, depth) {
                Ok(Some(field)) => fields.push(field),
                Ok(None) => {
                    self.notes.push(format!("{name}.{field_name}: a flexible array member is left out"));
                }
                Err(problem) => return Err(problem.within(&field_name)),
            }
        }
        Ok(fields)
    }

    /// An address, or an array of addresses: different at every run.
    fn is_address(&self, ty: &Type) -> bool {
        match self.contract.scalar(ty) {
            Type::Ptr | Type::Fn => true,
            Type::Array(element, _) => self.is_address(element),
            _ => false,
        }
    }

    /// One field; `None` for a flexible array member.
    fn field(
        &mut self,
        member: Entity<'_>,
        name: &str,
        record: &str,
        depth: u32,
    ) -> Result<Option<Field>, Problem> {
        let ty = member.get_type().ok_or_else(|| unsupported(name))?;
        let ty = self.convert(ty, &format!("{record}_{name}"), depth + 1)?;
        if let Type::Array(_, Extent::Unknown | Extent::Expr(Expr::Const(..=0))) = ty {
            return Ok(None);
        }
        let (size, _) = self.contract.size_align(&ty).ok_or_else(|| unsupported("no size"))?;
        let bit = member.get_offset_of_field().map_err(|_| unsupported("no offset"))? as u64;
        let count = member.get_bit_field_width().and_then(|n| u32::try_from(n).ok());
        let (offset, bits) = match count {
            Some(count) => bit_place(bit, count, size.max(1)),
            None => (bit / 8, None),
        };
        let usage = if self.is_address(&ty) { Use::Ignored } else { Use::InOut };
        Ok(Some(Field { bits, usage, ..Field::new(name, ty, offset) }))
    }
}

/// The address of a routine.
fn is_code(ty: clang::Type<'_>) -> Result<bool, Problem> {
    let target = ty.get_pointee_type().map(plain).transpose()?;
    Ok(target.is_some_and(|t| matches!(t.ty.get_kind(), Kind::FunctionPrototype | Kind::FunctionNoPrototype)))
}

/// Where a bit field is: in a storage unit of its type or, packed across two units, counted from its own first byte.
fn bit_place(bit: u64, count: u32, unit: u64) -> (u64, Option<(u32, u32)>) {
    let start = bit / (unit * 8) * unit;
    let first = bit - start * 8;
    match first + u64::from(count) <= unit * 8 {
        true => (start, Some((first as u32, count))),
        false => (bit / 8, Some(((bit % 8) as u32, count))),
    }
}

fn scalar(ty: clang::Type<'_>) -> Result<Type, Problem> {
    let text = || unsupported(ty.get_display_name());
    let size = ty.get_sizeof().ok().and_then(|s| u8::try_from(s).ok()).ok_or_else(text)?;
    Ok(match (ty.get_kind(), size) {
        (Kind::Bool, 1) => Type::Bool,
        (Kind::CharS | Kind::CharU, 1) => Type::Char,
        (Kind::SChar | Kind::Short | Kind::Int | Kind::Long | Kind::LongLong, 1 | 2 | 4 | 8) => {
            Type::Int(size, true)
        }
        (
            Kind::UChar
            | Kind::UShort
            | Kind::UInt
            | Kind::ULong
            | Kind::ULongLong
            | Kind::Char16
            | Kind::Char32,
            1 | 2 | 4 | 8,
        ) => Type::Int(size, false),
        // wchar_t is an int on Linux.
        (Kind::WChar, 4) => Type::Int(4, true),
        (Kind::Float, 4) => Type::F32,
        (Kind::Double | Kind::LongDouble, 8) => Type::F64,
        (Kind::LongDouble, 16) => Type::F80,
        (Kind::Complex | Kind::Unexposed, 8) if spelled(ty, "_Complex float") => Type::ComplexF32,
        (Kind::Complex | Kind::Unexposed, 16) if spelled(ty, "_Complex double") => Type::ComplexF64,
        (Kind::Complex | Kind::Unexposed, 32) if spelled(ty, "_Complex long double") => Type::ComplexF80,
        _ => return Err(text()),
    })
}

/// The element of a complex type can only be told by its name.
fn spelled(ty: clang::Type<'_>, name: &str) -> bool {
    ty.get_canonical_type().get_display_name().trim_start_matches("const ") == name
}

fn identity(declaration: Entity<'_>) -> String {
    let place = declaration.get_location().map(|location| {
        let location = location.get_file_location();
        (location.file.map(|f| f.get_path()), location.offset)
    });
    format!("{:?} {place:?}", declaration.get_usr())
}

fn constant(count: usize) -> Extent {
    Extent::Expr(Expr::Const(i64::try_from(count).unwrap_or(i64::MAX)))
}

/// Removes the definitions that no routine leads to.
pub(super) fn drop_unused(contract: &mut Contract) {
    let mut used = BTreeSet::new();
    for routine in &contract.routines {
        let returns = routine.returns.iter().map(|r| &r.ty);
        for ty in routine.params.iter().map(|p| &p.ty).chain(returns) {
            crate::check::reach(contract, ty, &mut used);
        }
    }
    contract.types.retain(|def| used.contains(&def.name));
}
