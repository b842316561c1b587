//! Types of C++ as types of a contract: classes with their bases, and how a class travels.
//!
//! - A base class is a field, `base_` and its name. Where something else stands in its tail padding, its own fields stand
//!   in its place. Empty classes are left out: they have no bytes.
//! - A class with a virtual base has parts at places only its vtable knows: it is opaque. So are the classes of the
//!   standard library that own something (`std::string`, `std::vector<double>`).
//! - A reference inside a class is an address; a pointer to a member is an offset (8 bytes) or, to a member function, a
//!   record of two words.

use std::collections::HashMap;

use cmp_bridge_contract::model::{Field, Type, TypeDef, TypeKind, Use};
use gimli::AttributeValue;
use gimli::constants::*;

use super::cpp_names::{bare, identifier, simple, snake};
use super::refusal::{Problem, Reason};
use super::types::{Draft, first_bit, unique};
use crate::dwarf::{DebugInfo, Die, DieRef, Language, flag, integer};

/// How many classes inside each other are looked into.
const MAX_DEPTH: u32 = 32;
/// Classes of one name that are compared.
const MAX_NAMESAKES: usize = 256;
/// Most rounds of putting a base's fields in its place.
const MAX_ROUNDS: usize = 64;

/// How a class travels when it is passed by value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Travel {
    /// Its bits, as a C record: it is trivial for the purposes of calls.
    Bits,
    /// The address of a copy.
    Address,
    /// The address of the object itself: it can be neither copied nor moved.
    Uncopied,
    /// On the stack whatever its size: g++ does this with what cannot be copied because a part of it cannot.
    Stack,
    /// The debug information does not say.
    Unknown,
}

/// What is known of C++ types beside their definition.
#[derive(Default)]
pub(crate) struct Classes {
    travels: HashMap<DieRef, Travel>,
    /// Namespaces and classes around each type, by unit.
    parents: HashMap<usize, HashMap<usize, usize>>,
    /// Definitions of classes by their own name, of all units. Made when first needed.
    definitions: Option<HashMap<String, Vec<DieRef>>>,
    /// Names of definitions with a member that may be `mutable`.
    mutable: Vec<String>,
    /// Names of definitions of classes with virtual functions.
    polymorphic: Vec<String>,
}

impl Classes {
    /// What does not depend on the definitions of one draft, taken out of it.
    pub(crate) fn of_every_draft(&mut self) -> Classes {
        let (travels, parents) = (std::mem::take(&mut self.travels), std::mem::take(&mut self.parents));
        Classes { travels, parents, definitions: self.definitions.take(), ..Classes::default() }
    }

    pub(crate) fn is_mutable(&self, ty: &Type) -> bool {
        match ty {
            Type::Array(element, _) => self.is_mutable(element),
            Type::Named(name) => self.mutable.contains(name),
            _ => false,
        }
    }

    pub(crate) fn is_polymorphic(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named(name) if self.polymorphic.contains(name))
    }
}

impl<'s> Draft<'_, 's> {
    /// A class, structure or union. `None` when it is only declared.
    pub(super) fn class(
        &mut self,
        die: &Die<'s>,
        alias: Option<String>,
        hint: &str,
        depth: u32,
    ) -> Result<Type, Problem> {
        if let Some(known) = self.known.get(&die.at) {
            return Ok(known.clone());
        }
        if flag(die, DW_AT_declaration) {
            if let Some(definition) = self.definition(die) {
                let ty = self.class(&definition, alias, hint, depth)?;
                self.known.insert(die.at, ty.clone());
                return Ok(ty);
            }
            let name = self.type_name(die, alias, hint);
            return Err(Problem::new(Reason::Type, format!("{name} is only declared here")));
        }
        let (name, of) = (self.type_name(die, alias, hint), self.qualified(die));
        let size = self.byte_size(die).filter(|s| *s > 0 && *s <= cmp_bridge_contract::layout::MAX_SIZE);
        let size = size.ok_or_else(|| Problem::new(Reason::Type, format!("{name} has no size")))?;
        if !self.open.insert(die.at) {
            return Err(Problem::new(Reason::Damaged, format!("{name} contains itself")));
        }
        let travel = self.travel(die.at);
        let inside = match self.is_hidden(die, &of, travel) {
            Ok(true) => Ok(None),
            Ok(false) => self.class_fields(die, &name, depth),
            Err(problem) => Err(problem),
        };
        self.open.remove(&die.at);
        let inside = match inside {
            Err(problem) if problem.reason == Reason::Type => {
                self.notes.push(format!("{name}: its inside is not described: {}", problem.detail));
                None
            }
            other => other.map_err(|p| p.within(&name))?,
        };
        let (kind, align) = match inside {
            Some(fields) => self.class_kind(die, fields, size, &name)?,
            None => (TypeKind::Opaque { of: Some(of) }, opaque_align(size)),
        };
        let (mutable, virtuals) = (self.has_mutable(die, false, 0)?, self.has_virtuals(die.at, 0)?);
        let def = TypeDef { trivial: travel == Travel::Bits, ..TypeDef::new(name, kind, size, align) };
        let ty = self.define(def);
        if let Type::Named(name) = &ty {
            for (list, holds) in
                [(&mut self.classes.mutable, mutable), (&mut self.classes.polymorphic, virtuals)]
            {
                if holds && !list.contains(name) {
                    list.push(name.clone());
                }
            }
        }
        self.known.insert(die.at, ty.clone());
        Ok(ty)
    }

    /// The definition of a class whose fields are known.
    fn class_kind(
        &self,
        die: &Die<'s>,
        fields: Vec<Field>,
        size: u64,
        name: &str,
    ) -> Result<(TypeKind, u64), Problem> {
        let declared = die.entry.attr_value(DW_AT_alignment).as_ref().and_then(integer);
        let align = match declared.and_then(|a| u64::try_from(a).ok()).filter(|a| a.is_power_of_two()) {
            Some(align) => align,
            None => self.natural_align(&fields, size),
        };
        for field in &fields {
            let end = self.contract.size_align(&field.ty).and_then(|(s, _)| field.offset.checked_add(s));
            if field.bits.is_none() && end.is_none_or(|end| end > size) {
                let text = format!("{name}.{} ends outside {name}", field.name);
                return Err(Problem::new(Reason::Damaged, text));
            }
        }
        Ok(match die.tag() {
            DW_TAG_union_type => (TypeKind::Union(fields), align),
            _ => (TypeKind::Struct(fields), align),
        })
    }

    /// A class of which only the address means something.
    fn is_hidden(&mut self, die: &Die<'s>, of: &str, travel: Travel) -> Result<bool, Problem> {
        let library = ["std::", "__gnu_cxx::", "__cxxabiv1::"].iter().any(|prefix| of.starts_with(prefix));
        Ok((library && travel != Travel::Bits) || self.has_virtual_base(die.at, 0)?)
    }

    /// Bases and members. `None` when two of them share bytes in a way that fields cannot.
    fn class_fields(
        &mut self,
        die: &Die<'s>,
        record: &str,
        depth: u32,
    ) -> Result<Option<Vec<Field>>, Problem> {
        let mut fields: Vec<Field> = Vec::new();
        for member in self.info.children(die.at)? {
            let name = match member.tag() {
                DW_TAG_inheritance => self.base_name(&member)?,
                DW_TAG_member if flag(&member, DW_AT_external) || flag(&member, DW_AT_declaration) => {
                    continue;
                }
                DW_TAG_member => match self.info.name(&member) {
                    Some(name) if name.starts_with("_vptr") => "vptr".to_string(),
                    Some(name) => super::names::identifier(&name, &format!("unnamed_{}", fields.len())),
                    None => format!("unnamed_{}", fields.len()),
                },
                _ => continue,
            };
            let name = unique(name, &fields);
            match self.field(&member, name.clone(), record, depth) {
                Ok(Some(field)) if self.is_empty(&field.ty) => {}
                Ok(Some(field)) => fields.push(field),
                Ok(None) => self.notes.push(format!("{record}.{name}: a flexible array member is left out")),
                Err(problem) => return Err(problem.within(&name)),
            }
        }
        if die.tag() == DW_TAG_union_type {
            return Ok(Some(fields));
        }
        for _ in 0..MAX_ROUNDS {
            fields.sort_by_key(first_bit);
            let Some(at) = self.shared(&fields) else {
                return Ok(Some(fields));
            };
            let outer = fields.remove(at);
            let Some(inner) = self.inner(&outer) else {
                return Ok(None);
            };
            for field in inner {
                let name = unique(field.name, &fields);
                fields.push(Field { name, offset: field.offset + outer.offset, ..field });
            }
        }
        Ok(None)
    }

    /// The first field whose bytes the next one uses, too: its tail padding.
    fn shared(&self, fields: &[Field]) -> Option<usize> {
        let bits = |f: &Field| match f.bits {
            Some((_, count)) => u64::from(count),
            None => self.contract.size_align(&f.ty).map_or(0, |(size, _)| size.saturating_mul(8)),
        };
        let overlap =
            |pair: &[Field]| first_bit(&pair[0]).saturating_add(bits(&pair[0])) > first_bit(&pair[1]);
        let first = fields.windows(2).position(overlap)?;
        // A bit field in another one's tail: the record is the one to open.
        match self.inner(&fields[first]) {
            Some(_) => Some(first),
            None => Some(first + 1),
        }
    }

    /// The fields of a field that is a record.
    fn inner(&self, field: &Field) -> Option<Vec<Field>> {
        let Type::Named(name) = &field.ty else { return None };
        match &self.contract.type_def(name)?.kind {
            TypeKind::Struct(fields) => Some(fields.clone()),
            _ => None,
        }
    }

    /// A class without bytes, or an array of them.
    pub(super) fn is_empty(&self, ty: &Type) -> bool {
        match ty {
            Type::Array(element, _) => self.is_empty(element),
            Type::Named(name) => self
                .contract
                .type_def(name)
                .is_some_and(|def| matches!(&def.kind, TypeKind::Struct(fields) if fields.is_empty())),
            _ => false,
        }
    }

    fn base_name(&self, inheritance: &Die<'s>) -> Result<String, Problem> {
        let base = self.plain(self.info.reference(inheritance, DW_AT_type)?)?;
        let name = base.and_then(|b| self.info.name(&b.die)).unwrap_or_default();
        Ok(identifier(&format!("base_{}", snake(bare(&name)))))
    }

    /// A pointer to a member: an offset, or for a member function its address or vtable offset, and what to add to `this`.
    pub(super) fn member_pointer(&mut self, die: &Die<'s>) -> Result<Type, Problem> {
        let target = self.plain(self.info.reference(die, DW_AT_type)?)?;
        if target.is_none_or(|t| t.die.tag() != DW_TAG_subroutine_type) {
            return Ok(Type::Int(8, true));
        }
        let address = Field { usage: Use::Ignored, ..Field::new("code", Type::Ptr, 0) };
        let fields = vec![address, Field::new("adjustment", Type::Int(8, true), 8)];
        self.made_up.push("member_function".into());
        Ok(self.define(TypeDef::new("member_function", TypeKind::Struct(fields), 16, 8)))
    }

    /// How a class travels by value.
    pub(super) fn travel(&mut self, at: DieRef) -> Travel {
        if let Some(known) = self.classes.travels.get(&at) {
            return *known;
        }
        // A damaged class that contains itself ends here.
        self.classes.travels.insert(at, Travel::Unknown);
        let travel = self.find_travel(at).unwrap_or(Travel::Unknown);
        self.classes.travels.insert(at, travel);
        travel
    }

    fn find_travel(&mut self, at: DieRef) -> Result<Travel, Problem> {
        let die = self.info.die(at)?;
        match die.entry.attr_value(DW_AT_calling_convention) {
            Some(AttributeValue::CallingConvention(DW_CC_pass_by_reference)) => return Ok(Travel::Address),
            Some(AttributeValue::CallingConvention(DW_CC_pass_by_value)) => return Ok(Travel::Bits),
            _ => {}
        }
        if flag(&die, DW_AT_declaration) {
            let definition = self.definition(&die);
            return Ok(definition.map_or(Travel::Unknown, |definition| self.travel(definition.at)));
        }
        let class = self.info.name(&die).unwrap_or_default();
        let mut copies = Copies::default();
        let mut travels = Vec::new();
        for child in self.info.children(at)? {
            travels.push(match child.tag() {
                DW_TAG_inheritance | DW_TAG_subprogram if is_virtual(&child) => Travel::Address,
                DW_TAG_inheritance => self.travel_inside(&child)?,
                DW_TAG_member if flag(&child, DW_AT_external) || flag(&child, DW_AT_declaration) => continue,
                DW_TAG_member if self.info.name(&child).is_some_and(|n| n.starts_with("_vptr")) => {
                    Travel::Address
                }
                DW_TAG_member => self.travel_inside(&child)?,
                DW_TAG_subprogram => match self.special(&child, &class, at)? {
                    Some(special) => self.travel_with(&child, special, &mut copies),
                    None => continue,
                },
                _ => continue,
            });
        }
        let any = |travel| travels.contains(&travel);
        let inside = any(Travel::Uncopied) || any(Travel::Stack);
        Ok(match () {
            () if any(Travel::Address) => Travel::Address,
            () if any(Travel::Unknown) => Travel::Unknown,
            // What is declared, though it cannot be used, takes the place of the implicit ones.
            () if copies.declared && (inside || !copies.usable) => Travel::Uncopied,
            () if inside => Travel::Stack,
            () => Travel::Bits,
        })
    }

    /// How a class with this special member travels, as far as it decides.
    fn travel_with(&self, die: &Die<'s>, special: Special, copies: &mut Copies) -> Travel {
        let deleted = flag(die, DW_AT_deleted);
        match special {
            Special::Destructor if deleted => Travel::Address,
            Special::Destructor => self.provided(die),
            Special::Assignment => {
                copies.declared |= !flag(die, DW_AT_artificial);
                Travel::Bits
            }
            Special::Unclear => Travel::Unknown,
            Special::Copy => {
                copies.declared |= !flag(die, DW_AT_artificial);
                copies.usable |= !deleted;
                if deleted { Travel::Bits } else { self.provided(die) }
            }
        }
    }

    /// How the class of a member or base travels.
    fn travel_inside(&mut self, member: &Die<'s>) -> Result<Travel, Problem> {
        let mut next = self.info.reference(member, DW_AT_type)?;
        for _ in 0..MAX_DEPTH {
            let Some(plain) = self.plain(next)? else {
                return Ok(Travel::Bits);
            };
            match plain.die.tag() {
                DW_TAG_array_type => next = self.info.reference(&plain.die, DW_AT_type)?,
                DW_TAG_class_type | DW_TAG_structure_type | DW_TAG_union_type => {
                    return Ok(self.travel(plain.die.at));
                }
                _ => return Ok(Travel::Bits),
            }
        }
        Ok(Travel::Unknown)
    }

    /// The special member functions that decide how a class travels.
    fn special(&self, die: &Die<'s>, class: &str, at: DieRef) -> Result<Option<Special>, Problem> {
        let name = self.info.name(die).unwrap_or_default();
        if name.starts_with('~') {
            return Ok(Some(Special::Destructor));
        }
        let assignment = name == "operator=";
        if (bare(&name) != bare(class) && !assignment) || name.is_empty() {
            return Ok(None);
        }
        let children = self.info.children(die.at)?;
        let params =
            children.iter().filter(|c| c.tag() == DW_TAG_formal_parameter && !flag(c, DW_AT_artificial));
        let params: Vec<_> = params.collect();
        let Some(first) = params.first() else {
            return Ok(None);
        };
        let Some(passed) = self.plain(self.info.reference(first, DW_AT_type)?)? else {
            return Ok(None);
        };
        if !matches!(passed.die.tag(), DW_TAG_reference_type | DW_TAG_rvalue_reference_type) {
            return Ok(None);
        }
        let target = self.plain(self.info.reference(&passed.die, DW_AT_type)?)?;
        let moves = passed.die.tag() == DW_TAG_rvalue_reference_type;
        // Before version 4, both kinds of reference are one.
        let unclear = self.version(at.unit) < 4 && !self.is_old(at.unit);
        let unclear = unclear && target.as_ref().is_some_and(|t| !t.is_const);
        let special = match (assignment, params.len()) {
            (true, _) if moves => Special::Assignment,
            (true, _) if unclear => Special::Unclear,
            (true, _) => return Ok(None),
            (false, 1) => Special::Copy,
            (false, _) => Special::Unclear,
        };
        Ok(target.filter(|t| t.die.at == at).map(|_| special))
    }

    /// How a class with this special member travels.
    fn provided(&self, die: &Die<'s>) -> Travel {
        // Implicitly declared: as trivial as the members are, which are looked at anyway.
        if flag(die, DW_AT_artificial) {
            return Travel::Bits;
        }
        match die.entry.attr_value(DW_AT_defaulted).as_ref().and_then(defaulted) {
            Some(1) => Travel::Bits,
            Some(_) => Travel::Address,
            None if !self.says_defaulted(die.at.unit) => Travel::Unknown,
            None => Travel::Address,
        }
    }

    /// Before C++11, which has neither `= default` nor references to temporaries.
    fn is_old(&self, unit: usize) -> bool {
        ["GNU C++98", "GNU C++03"].iter().any(|old| self.info.producer(unit).starts_with(old))
    }

    /// Version of the debug information of a unit.
    fn version(&self, unit: usize) -> u16 {
        self.info.opened(unit).map_or(0, |opened| opened.unit.header.version())
    }

    /// Whether `= default` would be said: by g++ since version 8, and before C++11 there is nothing to say.
    fn says_defaulted(&self, unit: usize) -> bool {
        if self.is_old(unit) {
            return true;
        }
        let producer = self.info.producer(unit);
        let mut words = producer.strip_prefix("GNU C++").unwrap_or_default().split_whitespace().skip(1);
        let major = words.next().and_then(|v| v.split('.').next()).and_then(|v| v.parse::<u32>().ok());
        // Strict DWARF says it from version 5 on.
        let strict = producer.contains("-gstrict-dwarf") && self.version(unit) < 5;
        major.is_some_and(|major| major >= 8) && !strict
    }

    fn has_virtual_base(&mut self, at: DieRef, depth: u32) -> Result<bool, Problem> {
        if depth > MAX_DEPTH {
            return Ok(true);
        }
        for child in self.info.children(at)? {
            if child.tag() != DW_TAG_inheritance {
                continue;
            }
            if is_virtual(&child) {
                return Ok(true);
            }
            if let Some(base) = self.base(&child)?
                && self.has_virtual_base(base.at, depth + 1)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn has_virtuals(&mut self, at: DieRef, depth: u32) -> Result<bool, Problem> {
        if depth > MAX_DEPTH {
            return Ok(true);
        }
        for child in self.info.children(at)? {
            let holds = match child.tag() {
                DW_TAG_subprogram => is_virtual(&child),
                DW_TAG_inheritance if is_virtual(&child) => true,
                DW_TAG_inheritance => match self.base(&child)? {
                    Some(base) => self.has_virtuals(base.at, depth + 1)?,
                    None => false,
                },
                _ => false,
            };
            if holds {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The class that a base is of.
    fn base(&mut self, inheritance: &Die<'s>) -> Result<Option<Die<'s>>, Problem> {
        let base = self.plain(self.info.reference(inheritance, DW_AT_type)?)?.map(|plain| plain.die);
        Ok(match base {
            Some(base) if flag(&base, DW_AT_declaration) => self.definition(&base),
            other => other,
        })
    }

    /// The definition of a class that is only declared in this unit: g++ describes a class with virtual functions in the
    /// unit of its vtable alone.
    pub(super) fn definition(&mut self, declared: &Die<'s>) -> Option<Die<'s>> {
        let info = self.info;
        let name = info.name(declared)?;
        let wanted = self.qualified(declared);
        let definitions = self.classes.definitions.get_or_insert_with(|| definitions(info));
        let candidates = definitions.get(&name)?.clone();
        let mut found: Option<(Die<'s>, Option<u64>)> = None;
        for candidate in candidates {
            let die = info.die(candidate).ok()?;
            if self.qualified(&die) != wanted || wanted.contains("(anonymous)") {
                continue;
            }
            let size = self.byte_size(&die);
            match &found {
                // Two classes of one name: which is meant is not known.
                Some((_, earlier)) if *earlier != size => return None,
                Some(_) => {}
                None => found = Some((die, size)),
            }
        }
        found.map(|(die, _)| die)
    }

    /// A member that may change in a `const` object, here or in a member that is a class: one may be `mutable` unless it is a
    /// reference or `const` itself, or captured by a lambda, and debug information says no more. So does what is too deep
    /// to see.
    pub(super) fn has_mutable(&self, die: &Die<'s>, closure: bool, depth: u32) -> Result<bool, Problem> {
        if depth > MAX_DEPTH || flag(die, DW_AT_declaration) {
            return Ok(true);
        }
        for child in self.info.children(die.at)? {
            let own = child.tag() == DW_TAG_member;
            // A member that is external is one for all objects.
            if !(own || child.tag() == DW_TAG_inheritance) || flag(&child, DW_AT_external) {
                continue;
            }
            let mut inner = self.plain(self.info.reference(&child, DW_AT_type)?)?;
            let mut fixed = false;
            for _ in 0..MAX_DEPTH {
                fixed |= inner.as_ref().is_some_and(|plain| plain.is_const);
                match &inner {
                    Some(array) if array.die.tag() == DW_TAG_array_type => {
                        inner = self.plain(self.info.reference(&array.die, DW_AT_type)?)?;
                    }
                    _ => break,
                }
            }
            let tag = inner.as_ref().map(|plain| plain.die.tag());
            fixed |= matches!(tag, Some(DW_TAG_reference_type | DW_TAG_rvalue_reference_type));
            if own && !fixed && !closure && !flag(&child, DW_AT_artificial) {
                return Ok(true);
            }
            let class = matches!(tag, Some(DW_TAG_class_type | DW_TAG_structure_type | DW_TAG_union_type));
            if let Some(inner) = inner.filter(|_| class) {
                // The inside of a class that is opaque here is still looked at.
                let inside = match self.known.get(&inner.die.at) {
                    Some(ty) => self.classes.is_mutable(ty),
                    None => self.has_mutable(&inner.die, false, depth + 1)?,
                };
                if inside {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// A type's name with its namespaces and classes, as a person writes it.
    pub(super) fn qualified(&mut self, die: &Die<'s>) -> String {
        let mut parts = self.around(die);
        parts.push(self.info.name(die).unwrap_or_default());
        simple(&parts.join("::"))
    }

    /// What a type is called in a contract: after its classes and itself; with `std` for the standard library.
    pub(super) fn cpp_name(&mut self, die: &Die<'s>, named: &str) -> String {
        let mut parts = vec![self.info.name(die).unwrap_or_else(|| named.to_string())];
        let mut at = die.at;
        for _ in 0..MAX_DEPTH {
            let Some((parent, outer)) = self.parent(at) else { break };
            let name = self.info.name(&outer).unwrap_or_default();
            if outer.tag() != DW_TAG_namespace || name == "std" {
                parts.push(name);
            }
            at = parent;
        }
        parts.reverse();
        match identifier(&simple(&parts.join("::"))) {
            name if name.is_empty() => "unnamed".to_string(),
            name => name,
        }
    }

    fn around(&mut self, die: &Die<'s>) -> Vec<String> {
        let mut parts = Vec::new();
        let mut at = die.at;
        for _ in 0..MAX_DEPTH {
            let Some((parent, outer)) = self.parent(at) else { break };
            parts.push(self.info.name(&outer).unwrap_or_else(|| "(anonymous)".to_string()));
            at = parent;
        }
        parts.reverse();
        parts
    }

    /// The namespace or class around a type.
    fn parent(&mut self, at: DieRef) -> Option<(DieRef, Die<'s>)> {
        let info = self.info;
        let parents = self.classes.parents.entry(at.unit).or_insert_with(|| parents(info, at.unit));
        let parent = DieRef { unit: at.unit, offset: *parents.get(&at.offset)? };
        Some((parent, info.die(parent).ok()?))
    }
}

/// Constructors that copy or move.
#[derive(Default)]
struct Copies {
    /// A person wrote one, or an assignment that takes its place.
    declared: bool,
    /// One can be called.
    usable: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Special {
    /// A constructor that copies or moves.
    Copy,
    /// A constructor from an object of the class and something else, which copies if that has default values; an
    /// assignment that may be one that moves.
    Unclear,
    /// An assignment that moves.
    Assignment,
    Destructor,
}

/// `DW_AT_defaulted`: 1 in the class, 2 outside of it.
fn defaulted(value: &AttributeValue<crate::dwarf::Bytes<'_>>) -> Option<u64> {
    match value {
        AttributeValue::Udata(value) => Some(*value),
        other => other.udata_value(),
    }
}

fn is_virtual(die: &Die<'_>) -> bool {
    match die.entry.attr_value(DW_AT_virtuality) {
        Some(AttributeValue::Virtuality(virtuality)) => virtuality != DW_VIRTUALITY_none,
        _ => false,
    }
}

/// The alignment that storage of this size may have: its inside would say it better.
fn opaque_align(size: u64) -> u64 {
    (1 << size.trailing_zeros()).min(8)
}

/// Classes that are defined, by name.
fn definitions(info: &DebugInfo<'_>) -> HashMap<String, Vec<DieRef>> {
    let mut found: HashMap<String, Vec<DieRef>> = HashMap::new();
    for unit in (0..info.units.len()).filter(|unit| info.language(*unit) == Language::Cpp) {
        let Ok(opened) = info.opened(unit) else { continue };
        let mut entries = opened.unit.entries();
        while let Ok(Some(entry)) = entries.next_dfs() {
            let class = matches!(entry.tag(), DW_TAG_class_type | DW_TAG_structure_type | DW_TAG_union_type);
            if !class || entry.has_attr(DW_AT_declaration) || entry.has_attr(DW_AT_signature) {
                continue;
            }
            let die = Die { at: DieRef { unit, offset: entry.offset().0 }, entry: entry.clone() };
            if let Some(name) = info.name(&die) {
                let list = found.entry(name).or_default();
                if list.len() < MAX_NAMESAKES {
                    list.push(die.at);
                }
            }
        }
    }
    found
}

/// The namespace or class around each type of a unit.
fn parents(info: &DebugInfo<'_>, unit: usize) -> HashMap<usize, usize> {
    let mut found = HashMap::new();
    let mut around: Vec<(isize, usize)> = Vec::new();
    let Ok(opened) = info.opened(unit) else { return found };
    let mut entries = opened.unit.entries();
    // A unit that cannot be read to its end was reported when its routines were listed.
    while let Ok(Some(entry)) = entries.next_dfs() {
        let (depth, offset) = (entry.depth(), entry.offset().0);
        while around.last().is_some_and(|(outer, _)| *outer >= depth) {
            around.pop();
        }
        let class = matches!(entry.tag(), DW_TAG_class_type | DW_TAG_structure_type | DW_TAG_union_type);
        let scope = class || entry.tag() == DW_TAG_namespace;
        if (scope || entry.tag() == DW_TAG_enumeration_type)
            && let Some((_, outer)) = around.last()
        {
            found.insert(offset, *outer);
        }
        if scope && entry.has_children() {
            around.push((depth, offset));
        }
    }
    found
}
