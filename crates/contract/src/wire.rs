//! How calls of a component's routines travel to another machine: as XDR (RFC 4506) in ONC RPC (RFC 5531).
//!
//! A [`Shape`] says, in order, what a call sends and what comes back, in the types of XDR, whatever the two machines
//! make of them in memory. Records travel field by field, by name; ignored fields and padding do not travel. Every area that
//! the routine may write is sent before the call, too, as a routine may leave an output as it was. So both messages have the
//! rule of [`crate::areas`]: all areas before, the written ones after.
//!
//! [`Shape::hash`] is what both ends compare. It does not depend on a machine's layouts, so that contracts scanned from
//! builds for two machines meet if their values are the same.

use crate::expr::Expr;
use crate::model::{
    By, Contract, Effects, Extent, Field, Param, Routine, StateKind, Status, Type, TypeDef, TypeKind, Use,
};
use crate::readiness::{self, Missing, Purpose};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Version of the program: of these rules, not of a contract.
pub const VERSION: u32 = 1;
/// Number of the program that every server has: of its procedures only those that need no contract, null and status. No
/// component's program has it.
pub const SERVER: u32 = 0x2000_0000;
/// Procedure that says nothing and answers nothing (RFC 5531).
pub const PROCEDURE_NULL: u32 = 0;
/// Procedure of the first exchange: who calls, and which routines by which hash.
pub const PROCEDURE_HELLO: u32 = 1;
/// Procedure that answers with counts, for operators.
pub const PROCEDURE_STATUS: u32 = 2;
/// Procedure by which a recorder says how many calls it has told nobody of, when no call is to come that could say it. No answer
/// is sent.
pub const PROCEDURE_LOST: u32 = 3;
/// The first routine's. Routine `i` of the contract has this plus `2*i` to be called, and the next one to be told of a call
/// that was made elsewhere.
pub const PROCEDURE_FIRST: u32 = 16;

/// Longest text by which an end says what it is: `string what<256>`.
pub const MAX_WHAT: u32 = 256;
/// Most routines of a HELLO. A connection says as many HELLOs as it needs.
pub const MAX_ROUTINES: u32 = 1024;
/// Longest name of a component or of a routine in a HELLO: as long as an identifier of a contract may be.
pub const MAX_NAME: u32 = 255;
/// Longest reason, and longest text of an exception: `string<1024>`.
pub const MAX_REASON: u32 = 1024;

/// The number of a component's RPC program, among those that RFC 5531 leaves to users: `0x20000000` to `0x3fffffff`.
pub fn program(contract: &Contract) -> u32 {
    let digest = Sha256::digest(contract.component.name.as_bytes());
    let number = digest.iter().take(4).fold(0, |number, byte| (number << 8) | u32::from(*byte));
    // The first is that of every server.
    SERVER | (number & 0x1fff_ffff).max(1)
}

/// The procedure by which a routine is called, by its position in the contract.
pub fn call_procedure(contract: &Contract, routine: &Routine) -> Option<u32> {
    let position = contract.routines.iter().position(|known| known.name == routine.name)?;
    Some(PROCEDURE_FIRST + 2 * u32::try_from(position).ok()?)
}

/// The procedure by which a call made elsewhere is told, with its outcome.
pub fn seen_procedure(contract: &Contract, routine: &Routine) -> Option<u32> {
    Some(call_procedure(contract, routine)? + 1)
}

/// What a call of one routine sends, and what comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// What is sent: parameters in order, then state, each as it is before the call.
    pub inputs: Vec<Item>,
    /// What comes back when the routine returned: the value, written parameters in order, written state.
    pub outputs: Vec<Item>,
}

/// One value of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its name: the parameter's, `result`, or the state area's behind `state_`.
    pub name: String,
    /// What it is in the contract.
    pub source: Source,
    /// Its type.
    pub ty: Xdr,
    /// It may be absent (XDR optional-data): the address was null.
    pub optional: bool,
}

/// What a value of a message is in the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Parameter `i`.
    Param(usize),
    /// The returned value.
    Return,
    /// Entry `i` of the routine's `state`.
    State(usize),
}

/// A type of XDR. Integers travel as 4 or 8 bytes whatever their size in memory; enumerations, LOGICALs and `bool`s as
/// integers, because uninitialised ones hold anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Xdr {
    /// `int`.
    Int,
    /// `unsigned int`.
    UnsignedInt,
    /// `hyper`.
    Hyper,
    /// `unsigned hyper`.
    UnsignedHyper,
    /// `float`.
    Float,
    /// `double`.
    Double,
    /// Two `float`s.
    ComplexFloat,
    /// Two `double`s.
    ComplexDouble,
    /// `string<>`: text up to a NUL, which does not travel.
    String,
    /// `opaque[n]` or `opaque<>`: bytes and text.
    Opaque(Count),
    /// `T[n]` or `T<>`: elements in storage order, whatever the number of dimensions.
    Array(Box<Xdr>, Count),
    /// The record of this name in the contract: its [`fields`].
    Struct(String),
}

/// Number of elements.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Count {
    /// As many; the number does not travel.
    Fixed(u64),
    /// The value of the expression, which both ends know from the integer parameters (negative counts as 0). It travels,
    /// and a message in which it is another one is refused.
    Expr(Expr),
    /// The hidden length of the `chars` parameter. It travels.
    Length,
}

/// What travels of a call of `routine`, or all the reasons why it cannot.
pub fn shape(contract: &Contract, routine: &Routine) -> Result<Shape, Vec<Missing>> {
    let mut work = Work::new(contract, format!("routine.{}", routine.name));
    work.missing = readiness::missing(contract, routine, Purpose::Rust);
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    if let Some(returns) = routine.returns.as_ref().filter(|returns| returns.usage != Use::Ignored) {
        if returns.by != By::Value {
            work.add("returns.by", "a returned address does not travel".into());
        }
        if returns.ty == Type::Chars {
            work.add("returns.type", "how long the returned text may be does not travel".into());
        } else if let Some(ty) = work.value("returns.type", "the returned value", &returns.ty) {
            outputs.push(Item { name: "result".into(), source: Source::Return, ty, optional: false });
        }
    }
    for (i, param) in routine.params.iter().enumerate() {
        let Some(item) = work.param(i, param) else { continue };
        if matches!(param.usage, Use::Out | Use::InOut | Use::Status) && param.by != By::Value {
            outputs.push(item.clone());
        }
        inputs.push(item);
    }
    for (i, entry) in routine.state.iter().enumerate() {
        let Some(item) = work.state(i, &entry.area, &entry.view) else { continue };
        if matches!(entry.usage, Use::Out | Use::InOut) {
            outputs.push(item.clone());
        }
        inputs.push(item);
    }
    work.finish(Shape { inputs, outputs })
}

/// The fields of a record that travel, with their types. `None` if there is no such record, or not all of it can.
pub fn fields<'a>(contract: &'a Contract, name: &str) -> Option<Vec<(&'a Field, Xdr)>> {
    let TypeKind::Struct(fields) = &contract.type_def(name)?.kind else { return None };
    let mut work = Work::new(contract, String::new());
    let known = fields.iter().filter(|field| field.usage != Use::Ignored);
    known.map(|field| Some((field, work.value("", &field.name, &field.ty)?))).collect()
}

/// How deep records may contain each other.
const MAX_DEPTH: u32 = 64;
/// Most parts of a routine's values that are looked at.
const MAX_VISITS: u32 = 1 << 16;

struct Work<'a> {
    contract: &'a Contract,
    path: String,
    missing: Vec<Missing>,
    depth: u32,
    visits: u32,
}

impl Work<'_> {
    fn new(contract: &Contract, path: String) -> Work<'_> {
        Work { contract, path, missing: Vec::new(), depth: 0, visits: 0 }
    }

    fn add(&mut self, key: &str, message: String) {
        let path = format!("{}.{key}", self.path);
        // One reason a place: what readiness said of it is enough.
        if !self.missing.iter().any(|known| known.path == path) {
            self.missing.push(Missing { path, message });
        }
    }

    fn finish(self, shape: Shape) -> Result<Shape, Vec<Missing>> {
        if self.missing.is_empty() { Ok(shape) } else { Err(self.missing) }
    }

    fn param(&mut self, i: usize, param: &Param) -> Option<Item> {
        if param.usage == Use::Ignored {
            return None;
        }
        let (what, path) = (format!("parameter `{}`", param.name), format!("params.{i}.type"));
        if param.by == By::Descriptor {
            self.add(
                &format!("params.{i}.by"),
                format!("{what}: an array with its bounds does not travel yet"),
            );
            return None;
        }
        let ty = self.value(&path, &what, &param.ty)?;
        let optional = param.nullable && param.by == By::Reference;
        Some(Item { name: param.name.clone(), source: Source::Param(i), ty, optional })
    }

    fn state(&mut self, i: usize, name: &str, view: &Type) -> Option<Item> {
        let area = self.contract.state_area(name)?;
        if !matches!(area.kind, StateKind::Common | StateKind::Global) {
            let message =
                format!("state `{name}` has no global name: what is called from elsewhere cannot reach it");
            self.add(&format!("state.{i}.area"), message);
            return None;
        }
        let ty = self.value(&format!("state.{i}.view"), &format!("state `{name}`"), view)?;
        Some(Item { name: format!("state_{name}"), source: Source::State(i), ty, optional: false })
    }

    fn value(&mut self, path: &str, what: &str, ty: &Type) -> Option<Xdr> {
        let refused = match ty {
            Type::Int(8, true) | Type::Logical(8) => return Some(Xdr::Hyper),
            Type::Int(8, false) => return Some(Xdr::UnsignedHyper),
            Type::Int(_, true) | Type::Logical(_) => return Some(Xdr::Int),
            Type::Int(_, false) | Type::Bool | Type::Char => return Some(Xdr::UnsignedInt),
            Type::F32 => return Some(Xdr::Float),
            Type::F64 => return Some(Xdr::Double),
            Type::ComplexF32 => return Some(Xdr::ComplexFloat),
            Type::ComplexF64 => return Some(Xdr::ComplexDouble),
            Type::Chars => return Some(Xdr::Opaque(Count::Length)),
            Type::Cstr => return Some(Xdr::String),
            Type::Array(..) => return self.array(path, what, ty),
            Type::Named(name) => return self.named(path, what, name),
            Type::F80 | Type::ComplexF80 => "an x87 long double has no equal on other machines",
            Type::Ptr | Type::Fn => "an address does not travel",
        };
        self.add(path, format!("{what}: {refused}"));
        None
    }

    fn array(&mut self, path: &str, what: &str, array: &Type) -> Option<Xdr> {
        let (mut element, mut fixed, mut counts) = (array, 1u64, Vec::new());
        while let Type::Array(inner, extent) = element {
            match extent {
                Extent::Expr(expr) => match expr.constant() {
                    Some(times) => fixed = fixed.checked_mul(u64::try_from(times).unwrap_or(0))?,
                    None => counts.push(expr.clone()),
                },
                Extent::Unknown | Extent::Carried(_) => {
                    self.add(path, format!("{what}: how many elements there are is not known"));
                    return None;
                }
            }
            element = inner;
        }
        if fixed == 0 {
            self.add(path, format!("{what}: an array of no elements; write `use = \"ignored\"` there"));
            return None;
        }
        let count = match Expr::product(counts) {
            None => Count::Fixed(fixed),
            Some(expr) if fixed == 1 => Count::Expr(expr),
            Some(expr) => {
                let fixed = Expr::Const(i64::try_from(fixed).ok()?);
                Count::Expr(Expr::Mul(Box::new(expr), Box::new(fixed)))
            }
        };
        match element {
            Type::Char | Type::Int(1, _) => Some(Xdr::Opaque(count)),
            Type::Chars | Type::Cstr => {
                self.add(path, format!("{what}: a list of texts does not travel"));
                None
            }
            _ => Some(Xdr::Array(Box::new(self.value(path, what, element)?), count)),
        }
    }

    fn named(&mut self, path: &str, what: &str, name: &str) -> Option<Xdr> {
        let refused = match self.contract.type_def(name).map(|def| &def.kind) {
            Some(
                TypeKind::Enum { repr, .. } | TypeKind::Range { repr, .. } | TypeKind::Fixed { repr, .. },
            ) => {
                return self.value(path, what, repr);
            }
            Some(TypeKind::Struct(fields)) => return self.record(path, what, name, fields),
            Some(TypeKind::Union(_)) => "which of a union's fields holds is not known",
            Some(TypeKind::Packed { .. }) => "elements of a number of bits do not travel yet",
            Some(TypeKind::Function { .. }) => "a routine to call back does not travel",
            Some(TypeKind::Opaque { .. }) => "its inside is not described",
            None => "its type is not defined",
        };
        self.add(path, format!("{what}: {refused}"));
        None
    }

    fn record(&mut self, path: &str, what: &str, name: &str, fields: &[Field]) -> Option<Xdr> {
        let known = || fields.iter().filter(|field| field.usage != Use::Ignored);
        self.visits += 1;
        let refused = if known().next().is_none() {
            "nothing of this record travels; write `use = \"ignored\"` where it stands"
        } else if self.depth >= MAX_DEPTH || self.visits > MAX_VISITS {
            "more values than can travel"
        } else {
            ""
        };
        if !refused.is_empty() {
            self.add(path, format!("{what}: {refused}"));
            return None;
        }
        self.depth += 1;
        let mut all = true;
        for field in known() {
            let what = format!("{what}, field `{}`", field.name);
            if field.when.is_some() {
                self.add(path, format!("{what}: components of variants do not travel yet"));
                all = false;
            }
            // One reason is enough, and a record may be seen many times.
            all = all && self.value(path, &what, &field.ty).is_some();
        }
        self.depth -= 1;
        all.then(|| Xdr::Struct(name.to_string()))
    }
}

impl Shape {
    /// Hash of everything that both ends must agree on to understand each other: names, order and types of what travels, what
    /// its integers stand for, directions, status codes. The same for every machine.
    pub fn hash(&self, contract: &Contract, routine: &Routine) -> u64 {
        let mut text = format!("{VERSION} {} {:?}\n", contract.component.name, routine.name);
        let mut records = BTreeSet::new();
        for (list, items) in [("in", &self.inputs), ("out", &self.outputs)] {
            for item in items {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{list} {:?} {:?} {}", item.name, item.ty, item.optional);
                reach(contract, &item.ty, &mut records);
                if let Some(ty) = source_type(routine, item.source) {
                    meaning(contract, ty, &mut text);
                }
            }
        }
        for name in &records {
            for (field, ty) in fields(contract, name).unwrap_or_default() {
                let _ = writeln!(text, "field {name:?} {:?} {ty:?}", field.name);
                meaning(contract, &field.ty, &mut text);
            }
        }
        let _ =
            writeln!(text, "{:?} {:?}", routine.status.as_ref().map(codes), routine.effects == Effects::Io);
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
    }

    /// The records that travel in it, each behind those it contains.
    pub fn records<'a>(&self, contract: &'a Contract) -> Vec<&'a TypeDef> {
        let mut names = Vec::new();
        self.inputs.iter().chain(&self.outputs).for_each(|item| order(contract, &item.ty, &mut names));
        names.iter().filter_map(|name| contract.type_def(name)).collect()
    }
}

/// What a value is in the contract.
fn source_type(routine: &Routine, source: Source) -> Option<&Type> {
    match source {
        Source::Param(i) => routine.params.get(i).map(|param| &param.ty),
        Source::Return => routine.returns.as_ref().map(|returns| &returns.ty),
        Source::State(i) => routine.state.get(i).map(|entry| &entry.view),
    }
}

/// What the types of XDR do not say of a value: which dimension is which, and what an integer stands for.
fn meaning(contract: &Contract, ty: &Type, text: &mut String) {
    let (mut element, mut extents) = (ty, Vec::new());
    while let Type::Array(inner, extent) = element {
        extents.push(extent);
        element = inner;
    }
    if extents.len() > 1 {
        let extents = extents.iter().map(|extent| match extent {
            Extent::Expr(expr) => expr.to_string(),
            Extent::Unknown | Extent::Carried(_) => "?".to_owned(),
        });
        let _ = writeln!(text, "dimensions {}", extents.collect::<Vec<_>>().join(" "));
    }
    let name = match element {
        Type::Named(name) => name,
        Type::Logical(_) => return text.push_str("logical\n"),
        _ => return,
    };
    // Writing to a String cannot fail.
    let _ = match contract.type_def(name).map(|def| &def.kind) {
        Some(TypeKind::Fixed { small: (n, d), .. }) => writeln!(text, "fixed {n}/{d}"),
        Some(TypeKind::Enum { values, .. }) => {
            let mut values: Vec<_> = values.iter().map(|(name, value)| (value, name)).collect();
            values.sort();
            writeln!(text, "values {values:?}")
        }
        _ => Ok(()),
    };
}

/// What a status code means, as text.
fn codes(status: &Status) -> String {
    format!("{} {:?} {:?} {:?}", status.ok, status.warning, status.error, status.panic)
}

fn reach(contract: &Contract, ty: &Xdr, names: &mut BTreeSet<String>) {
    let mut list = Vec::new();
    order(contract, ty, &mut list);
    names.extend(list);
}

fn order(contract: &Contract, ty: &Xdr, names: &mut Vec<String>) {
    match ty {
        Xdr::Array(element, _) => order(contract, element, names),
        Xdr::Struct(name) if !names.contains(name) => {
            fields(contract, name).unwrap_or_default().iter().for_each(|(_, ty)| order(contract, ty, names));
            names.push(name.clone());
        }
        _ => (),
    }
}
