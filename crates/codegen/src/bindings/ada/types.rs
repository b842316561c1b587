//! Types: what Ada calls those of a contract, and the declarations that takes.

use super::names::{Scope, is_kept};
use super::{records, scalars};
use cmp_bridge_contract::model::{Contract, Extent, Index, Language, Type, TypeKind, Use};
use std::collections::{BTreeMap, BTreeSet};

/// Why something cannot be printed.
pub(super) type Fault = String;

/// The declarations of a package, as they are needed.
pub(super) struct Types<'a> {
    pub contract: &'a Contract,
    /// Names of the package.
    pub scope: Scope,
    /// Names of the contract's types, of all of them: a name does not depend on which routines are printed.
    pub named: BTreeMap<&'a str, String>,
    /// Literals and values of the enumerations declared, by the contract's name.
    pub literals: BTreeMap<String, Vec<(String, i64)>>,
    /// Some routine raises the package's exception.
    pub raises: bool,
    /// What is declared: its key, and its name.
    declared: BTreeMap<String, String>,
    /// Types under declaration.
    open: BTreeSet<String>,
    /// Declarations of the visible part, of the private part and of the body, in order.
    pub visible: Vec<String>,
    pub hidden: Vec<String>,
    pub inner: Vec<String>,
}

impl<'a> Types<'a> {
    /// Chooses the names of the contract's types.
    pub fn new(contract: &'a Contract, mut scope: Scope) -> Types<'a> {
        let name = |def: &'a cmp_bridge_contract::model::TypeDef| {
            let standard = scalars::standard(&def.name, &def.kind);
            (def.name.as_str(), standard.map_or_else(|| scope.take_type(&def.name), str::to_string))
        };
        let named = contract.types.iter().map(name).collect();
        Types {
            contract,
            scope,
            named,
            literals: BTreeMap::new(),
            raises: false,
            declared: BTreeMap::new(),
            open: BTreeSet::new(),
            visible: Vec::new(),
            hidden: Vec::new(),
            inner: Vec::new(),
        }
    }

    /// Declares something once: `text` gives its declaration when it is new.
    pub fn once(
        &mut self,
        key: String,
        name: String,
        text: impl FnOnce(&mut Types<'a>, &str) -> Result<(), Fault>,
    ) -> Result<String, Fault> {
        if let Some(name) = self.declared.get(&key) {
            return Ok(name.clone());
        }
        if !self.open.insert(key.clone()) {
            return Err(format!("`{name}` contains itself"));
        }
        let made = text(self, &name);
        self.open.remove(&key);
        made?;
        self.declared.insert(key, name.clone());
        Ok(name)
    }

    /// The same for what the contract does not name.
    pub fn derived(
        &mut self,
        wanted: &str,
        text: impl FnOnce(&mut Types<'a>, &str) -> Result<(), Fault>,
    ) -> Result<String, Fault> {
        let key = format!("derived {wanted}");
        if let Some(name) = self.declared.get(&key) {
            return Ok(name.clone());
        }
        let name = self.scope.take(wanted);
        self.once(key, name, text)
    }

    /// The subtype of a value in memory.
    pub fn stored(&mut self, ty: &Type) -> Result<String, Fault> {
        let plain = |name: &str| Ok(name.to_string());
        match ty {
            Type::Int(4, true) => plain("Integer"),
            Type::Int(bytes @ (1 | 2 | 4 | 8), signed) => {
                let kind = if *signed { "Integer" } else { "Unsigned" };
                Ok(format!("Interfaces.{kind}_{}", u32::from(*bytes) * 8))
            }
            Type::F32 => plain("Float"),
            Type::F64 => plain("Long_Float"),
            Type::F80 => plain("Long_Long_Float"),
            Type::ComplexF32 => plain("Ada.Numerics.Complex_Types.Complex"),
            Type::ComplexF64 => plain("Ada.Numerics.Long_Complex_Types.Complex"),
            Type::ComplexF80 => plain("Ada.Numerics.Long_Long_Complex_Types.Complex"),
            Type::Bool => plain("Boolean"),
            Type::Logical(bytes @ (1 | 2 | 4 | 8)) => self.logical(*bytes),
            Type::Char => plain("Character"),
            Type::Ptr | Type::Fn => plain("System.Address"),
            Type::Array(..) => self.constrained(ty),
            Type::Named(name) => self.definition(name),
            other => Err(format!("`{other}` is not printed in Ada")),
        }
    }

    /// A Fortran LOGICAL where it lies in memory.
    fn logical(&mut self, bytes: u8) -> Result<String, Fault> {
        let bits = u32::from(bytes) * 8;
        self.derived(&format!("Logical_{bits}"), |types, name| {
            types.visible.push(format!(
                "   --  LOGICAL*{bytes}\n   type {name} is new Boolean;\n   for {name}'Size use {bits};"
            ));
            Ok(())
        })
    }

    /// A definition under `[type.*]`.
    fn definition(&mut self, name: &str) -> Result<String, Fault> {
        let contract = self.contract;
        let def = contract.type_def(name).ok_or_else(|| format!("`{name}` is not defined under [type.*]"))?;
        let ada = self.named.get(name).cloned().unwrap_or_default();
        if scalars::standard(&def.name, &def.kind).is_some() {
            return Ok(ada);
        }
        self.once(format!("type {name}"), ada, |types, ada| match &def.kind {
            TypeKind::Struct(fields) if fields.iter().any(|field| field.when.is_some()) => {
                records::variant(types, def, fields, ada)
            }
            TypeKind::Struct(fields) => records::record(types, def, fields, ada),
            TypeKind::Union(fields) => records::union(types, def, fields, ada),
            TypeKind::Enum { repr, values } => scalars::enumeration(types, def, repr, values, ada),
            TypeKind::Range { repr, first, last } => scalars::range(types, repr, *first, *last, ada),
            TypeKind::Fixed { repr, small } => scalars::fixed(types, repr, *small, ada),
            TypeKind::Packed { element, bits, count } => {
                records::packed(types, def, element, *bits, *count, ada)
            }
            TypeKind::Function { params, returns } => {
                super::callback::access(types, def, params, returns, ada)
            }
            TypeKind::Opaque { of } => records::opaque(types, of.as_deref(), ada),
        })
    }

    /// The unconstrained array type with these elements, of that rank. Text is String.
    pub fn unconstrained(&mut self, element: &Type, rank: usize, index: Index) -> Result<String, Fault> {
        if *element == Type::Char && rank == 1 && index == Index::default() {
            return Ok("String".into());
        }
        let mark = self.stored(element)?;
        let bounds = self.stored(&Type::Int(index.size, index.signed))?;
        let by = if index == Index::default() { String::new() } else { format!("_By_{}", last(&bounds)) };
        let shape = match rank {
            1 => "Array".to_string(),
            2 => "Matrix".to_string(),
            rank => format!("Array_{rank}d"),
        };
        let fortran = rank > 1 && self.contract.component.language == Language::Fortran;
        self.derived(&format!("{}_{shape}{by}", short(&mark)), |types, name| {
            let ranges = vec![format!("{bounds} range <>"); rank];
            let head = super::text::call(3, &format!("type {name} is array"), &ranges, "");
            let mut text = format!("{head} of {mark};");
            if text.lines().any(|line| line.len() > super::text::WIDTH) {
                text = format!("{head}\n     of {mark};");
            }
            if fortran {
                text.push_str(&format!("\n   pragma Convention (Fortran, {name});"));
            }
            types.visible.push(text);
            Ok(())
        })
    }

    /// The subtype of an array of known extents.
    fn constrained(&mut self, ty: &Type) -> Result<String, Fault> {
        let (extents, element) = dimensions(ty);
        let constant = |extent: &&Extent| match extent {
            Extent::Expr(expr) => expr.constant().map(|count| count.max(0)),
            _ => None,
        };
        let counts: Option<Vec<i64>> = extents.iter().map(constant).collect();
        let mut counts = counts.ok_or_else(|| format!("`{ty}` has an extent that is not constant"))?;
        if counts.iter().any(|count| *count > i64::from(i32::MAX)) {
            return Err(format!("`{ty}` has more elements than Integer can count"));
        }
        if self.contract.component.language == Language::Fortran {
            counts.reverse();
        }
        let base = self.unconstrained(element, extents.len(), Index::default())?;
        let sizes: Vec<String> = counts.iter().map(i64::to_string).collect();
        self.derived(&format!("{base}_{}", sizes.join("_By_")), |types, name| {
            let first = types.first_index(&base);
            let ranges: Vec<String> =
                counts.iter().map(|count| format!("{first} .. {}", first + count - 1)).collect();
            types.visible.push(format!("   subtype {name} is {base} ({});", ranges.join(", ")));
            Ok(())
        })
    }

    /// The first index of an array of known extent: that of its language.
    fn first_index(&self, base: &str) -> i64 {
        let zero = matches!(self.contract.component.language, Language::C | Language::Cpp);
        if zero && base != "String" { 0 } else { 1 }
    }

    /// A general access type, for what may be absent.
    pub fn access(&mut self, mark: &str, usage: Use) -> Result<String, Fault> {
        let (kind, adjective) = if usage == Use::In { ("constant", "Constant_") } else { ("all", "") };
        self.derived(&format!("{}_{adjective}Access", short(mark)), |types, name| {
            let mut text = format!("   type {name} is access {kind} {mark};");
            // An access to an array of any bounds is two addresses, and no address of C.
            if !types.is_unconstrained(mark) {
                text.push_str(&format!("\n   pragma Convention (C, {name});"));
            }
            types.visible.push(text);
            Ok(())
        })
    }

    /// The name is that of an array type of any bounds.
    pub fn is_unconstrained(&self, mark: &str) -> bool {
        mark == "String"
            || ["_Array", "_Matrix"].iter().any(|tail| mark.ends_with(tail)) && !self.is_named(mark)
            || (3..=16).any(|rank| mark.ends_with(&format!("_Array_{rank}d")))
    }

    fn is_named(&self, mark: &str) -> bool {
        self.named.values().any(|name| name == mark)
    }

    /// A type of the body: what travels where Boolean would not say how.
    pub fn word(&mut self, bytes: u8, signed: bool) -> Result<String, Fault> {
        let bits = u32::from(bytes) * 8;
        let (wanted, is) = match (bytes, signed) {
            (1, false) => ("C_Bool".to_string(), "mod 2 ** 8".to_string()),
            _ => (format!("Word_{bits}"), format!("range -2 ** {} .. 2 ** {} - 1", bits - 1, bits - 1)),
        };
        self.derived(&wanted, |types, name| {
            types.inner.push(format!("   type {name} is {is};\n   for {name}'Size use {bits};"));
            Ok(())
        })
    }

    /// Names of a record's components, which must not hide the types.
    pub fn field_scope(&self) -> Scope {
        self.beside_types(Scope::of_record())
    }

    /// Names of a subprogram's parameters and objects, which must not hide the types either.
    pub fn parameter_scope(&self) -> Scope {
        self.beside_types(Scope::default())
    }

    fn beside_types(&self, mut scope: Scope) -> Scope {
        for name in self.named.values().filter(|name| !is_kept(name)) {
            scope.take(name);
        }
        scope
    }
}

/// The extents of an array, the slowest first, and its element. Text of known length is an element.
pub(super) fn dimensions(ty: &Type) -> (Vec<&Extent>, &Type) {
    let (mut extents, mut element) = (Vec::new(), ty);
    while let Type::Array(inner, extent) = element {
        if !extents.is_empty() && is_fixed_text(element) {
            break;
        }
        extents.push(extent);
        element = inner;
    }
    (extents, element)
}

/// `[char; 8]`
pub(super) fn is_fixed_text(ty: &Type) -> bool {
    match ty {
        Type::Array(inner, Extent::Expr(expr)) => **inner == Type::Char && expr.constant().is_some(),
        _ => false,
    }
}

/// The last part of a name.
fn last(mark: &str) -> &str {
    mark.rsplit('.').next().unwrap_or(mark)
}

/// What other names are made of.
fn short(mark: &str) -> &str {
    match mark {
        "Ada.Numerics.Long_Complex_Types.Complex" => "Long_Complex",
        "Ada.Numerics.Long_Long_Complex_Types.Complex" => "Long_Long_Complex",
        mark => last(mark),
    }
}
