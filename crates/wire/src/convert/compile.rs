//! Types become runs, once a routine.

use super::Converter;
use super::native::Native;
use super::run::{Element, Kind, Machine, Run};
use cmp_bridge_contract::areas::{self, Owner};
use cmp_bridge_contract::expr::{Expr, Step};
use cmp_bridge_contract::model::{By, Contract, Returns, Routine, Target, Type};
use cmp_bridge_contract::readiness::Missing;
use cmp_bridge_contract::wire::{self, Count, Source, Xdr};

/// Most runs of one routine.
const MAX_RUNS: usize = 1 << 16;

/// One value of a message.
#[derive(Debug)]
pub(super) struct Item {
    pub name: String,
    pub place: Place,
    pub optional: bool,
    pub what: What,
}

/// Where its memory is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Value(usize),
    Area(usize),
    Returned,
}

/// How it travels.
#[derive(Debug)]
pub(super) enum What {
    /// Without a length.
    Fixed(Element),
    /// A number of elements, and each.
    Counted(Element, Counter),
    /// A number of bytes, and these. Without a counter the number is the hidden length of a text.
    Bytes(Option<Counter>),
    /// Text up to the NUL that ends it in memory.
    Text,
}

impl What {
    /// What counts it, and bytes of one element in memory.
    pub fn counter(&self) -> Option<(&Counter, usize)> {
        match self {
            What::Counted(element, counter) => Some((counter, element.memory)),
            What::Bytes(Some(counter)) => Some((counter, 1)),
            _ => None,
        }
    }
}

/// The number of elements, from the integer parameters.
#[derive(Debug)]
pub(super) struct Counter {
    steps: Vec<Operation>,
    machine: Machine,
}

#[derive(Debug, Clone, Copy)]
enum Operation {
    Const(i64),
    Integer { place: Place, bits: u32, signed: bool },
    Add,
    Sub,
    Mul,
    Clamp,
}

impl Counter {
    /// Its value. `None`: a parameter it needs is absent, or it overflows.
    pub fn evaluate(&self, native: &Native) -> Option<i64> {
        let mut stack: Vec<i64> = Vec::new();
        for step in &self.steps {
            let number = match *step {
                Operation::Const(number) => number,
                Operation::Integer { place, bits, signed } => {
                    let memory = match place {
                        Place::Value(i) => native.value(i),
                        Place::Area(i) => native.area(i)?,
                        Place::Returned => return None,
                    };
                    let number = self.machine.integer(memory, bits, signed, 0);
                    if signed { number as i64 } else { i64::try_from(number).ok()? }
                }
                Operation::Clamp => stack.pop()?.max(0),
                Operation::Add | Operation::Sub | Operation::Mul => {
                    let (right, left): (i64, i64) = (stack.pop()?, stack.pop()?);
                    match step {
                        Operation::Add => left.checked_add(right)?,
                        Operation::Sub => left.checked_sub(right)?,
                        _ => left.checked_mul(right)?,
                    }
                }
            };
            stack.push(number);
        }
        stack.pop()
    }
}

pub(super) fn converter(contract: &Contract, routine: &Routine) -> Result<Converter, Vec<Missing>> {
    let shape = wire::shape(contract, routine)?;
    let whole = format!("routine.{}", routine.name);
    let refuse = |path: String, message: String| vec![Missing { path, message }];
    let owners = owners(contract, routine).map_err(|message| refuse(whole.clone(), message))?;
    let mut compiler = Compiler { contract, routine, owners, runs: 0 };
    let mut items = |list: &[wire::Item]| -> Result<Vec<Item>, Vec<Missing>> {
        let compiled = list.iter().map(|item| {
            compiler.item(item).ok_or_else(|| {
                let message = format!("`{}`: more different values than can be converted", item.name);
                refuse(whole.clone(), message)
            })
        });
        compiled.collect()
    };
    let (inputs, outputs) = (items(&shape.inputs)?, items(&shape.outputs)?);
    let size = |ty: &Type| contract.size_align(ty).and_then(|(size, _)| usize::try_from(size).ok());
    let value = |by: By, ty: &Type| if by == By::Value { size(ty).unwrap_or(0) } else { 0 };
    let pointer = contract.component.target.pointer_size() as usize;
    let returned = |returns: &Returns| {
        if returns.by == By::Value { size(&returns.ty).unwrap_or(0) } else { pointer }
    };
    let in_memory = compiler.owners.iter().position(|owner| *owner == Owner::Return);
    Ok(Converter {
        inputs,
        outputs,
        machine: Machine::of(contract.component.target),
        values: routine.params.iter().map(|param| value(param.by, &param.ty)).collect(),
        owners: compiler.owners,
        returned: (in_memory, routine.returns.as_ref().map_or(0, returned)),
    })
}

/// Whose the areas are. How a value is returned is known of x86-64 only; elsewhere it is no area.
fn owners(contract: &Contract, routine: &Routine) -> Result<Vec<Owner>, String> {
    let areas = match contract.component.target {
        Target::X86_64 => areas::of(contract, routine),
        _ => areas::of(contract, &Routine { returns: None, ..routine.clone() }),
    };
    let areas = areas.map_err(|error| error.to_string())?;
    Ok(areas.into_iter().map(|area| area.owner).collect())
}

struct Compiler<'a> {
    contract: &'a Contract,
    routine: &'a Routine,
    owners: Vec<Owner>,
    runs: usize,
}

impl Compiler<'_> {
    fn item(&mut self, item: &wire::Item) -> Option<Item> {
        let (place, ty) = match item.source {
            Source::Return => (Place::Returned, &self.routine.returns.as_ref()?.ty),
            Source::Param(i) => (self.param(i)?, &self.routine.params.get(i)?.ty),
            Source::State(i) => (self.area(Owner::State(i))?, &self.routine.state.get(i)?.view),
        };
        let what = match &item.ty {
            Xdr::String => What::Text,
            Xdr::Opaque(Count::Length) => What::Bytes(None),
            Xdr::Opaque(Count::Expr(count)) => What::Bytes(Some(self.counter(count)?)),
            Xdr::Array(element, Count::Expr(count)) => {
                let counter = self.counter(count)?;
                // An element of which nothing travels would make a message of no length many.
                let element = self.element(innermost(ty), element).filter(|element| element.wire > 0)?;
                What::Counted(element, counter)
            }
            fixed => What::Fixed(self.element(ty, fixed)?),
        };
        Some(Item { name: item.name.clone(), place, optional: item.optional, what })
    }

    fn param(&self, i: usize) -> Option<Place> {
        match self.routine.params.get(i)?.by {
            By::Value => Some(Place::Value(i)),
            _ => self.area(Owner::Param(i)),
        }
    }

    fn area(&self, owner: Owner) -> Option<Place> {
        self.owners.iter().position(|known| *known == owner).map(Place::Area)
    }

    fn counter(&self, count: &Expr) -> Option<Counter> {
        let steps = count.postfix().into_iter().map(|step| {
            Some(match step {
                Step::Const(number) => Operation::Const(number),
                Step::Param(name) => {
                    let i = self.routine.params.iter().position(|param| param.name == name)?;
                    let Type::Int(size, signed) = *self.contract.scalar(&self.routine.params[i].ty) else {
                        return None;
                    };
                    Operation::Integer { place: self.param(i)?, bits: 8 * u32::from(size), signed }
                }
                Step::Add => Operation::Add,
                Step::Sub => Operation::Sub,
                Step::Mul => Operation::Mul,
                Step::Clamp => Operation::Clamp,
            })
        });
        let machine = Machine::of(self.contract.component.target);
        Some(Counter { steps: steps.collect::<Option<_>>()?, machine })
    }

    fn element(&mut self, ty: &Type, xdr: &Xdr) -> Option<Element> {
        let memory = usize::try_from(self.contract.size_align(ty)?.0).ok()?;
        let mut runs = Vec::new();
        self.push(ty, xdr, 0, &mut runs)?;
        let wire = runs.iter().try_fold(0usize, |sum, run| sum.checked_add(run.wire()?))?;
        let whole = runs.iter().try_fold(0usize, |sum, run| sum.checked_add(run.memory()?))?;
        let dense = whole == memory && runs.iter().all(Run::is_dense);
        Some(Element { memory, wire, dense, runs })
    }

    /// Adds the runs of a value at an offset.
    fn push(&mut self, ty: &Type, xdr: &Xdr, at: usize, runs: &mut Vec<Run>) -> Option<()> {
        let (kind, count) = match xdr {
            Xdr::Int | Xdr::UnsignedInt | Xdr::Hyper | Xdr::UnsignedHyper => {
                let size = u8::try_from(self.contract.size_align(ty)?.0).ok()?;
                let (signed, wide) = integer(xdr);
                (Kind::Int { size, signed, wide }, 1)
            }
            Xdr::Float => (Kind::F32, 1),
            Xdr::Double => (Kind::F64, 1),
            Xdr::ComplexFloat => (Kind::F32, 2),
            Xdr::ComplexDouble => (Kind::F64, 2),
            Xdr::Opaque(Count::Fixed(count)) => (Kind::Bytes, usize::try_from(*count).ok()?),
            Xdr::Array(element, Count::Fixed(count)) => {
                let (element, count) = (self.element(innermost(ty), element)?, usize::try_from(*count).ok()?);
                match &element.runs[..] {
                    [run] if element.is_one_run() => (run.kind.clone(), run.count.checked_mul(count)?),
                    _ => (Kind::Elements(Box::new(element)), count),
                }
            }
            Xdr::Struct(name) => {
                for (field, xdr) in wire::fields(self.contract, name)? {
                    let at = at.checked_add(usize::try_from(field.offset).ok()?)?;
                    match field.bits {
                        Some(bits) => self.add(
                            bit_field(&xdr, bits, at, self.contract.component.target.is_big_endian())?,
                            runs,
                        )?,
                        None => self.push(&field.ty, &xdr, at, runs)?,
                    }
                }
                return Some(());
            }
            // They are no part of a value of fixed size.
            Xdr::String | Xdr::Opaque(_) | Xdr::Array(..) => return None,
        };
        self.add(Run { at, count, kind }, runs)
    }

    /// Adds a run, or makes the last one longer.
    fn add(&mut self, run: Run, runs: &mut Vec<Run>) -> Option<()> {
        if run.count == 0 {
            return Some(());
        }
        if let Some(last) = runs.last_mut()
            && last.kind.continues(&run.kind)
            && last.memory().and_then(|memory| last.at.checked_add(memory)) == Some(run.at)
        {
            last.count = last.count.checked_add(run.count)?;
            return Some(());
        }
        self.runs += 1;
        runs.push(run);
        (self.runs <= MAX_RUNS).then_some(())
    }
}

fn bit_field(xdr: &Xdr, (first, bits): (u32, u32), at: usize, big: bool) -> Option<Run> {
    let (signed, wide) = integer(xdr);
    let end = first.checked_add(bits)?;
    let unit = end.div_ceil(8) as usize;
    // Bits are counted from the other end there.
    let first = if big { end.next_multiple_of(8) - end } else { first };
    let possible = (1..=64).contains(&bits) && unit <= 16;
    possible.then_some(Run { at, count: 1, kind: Kind::Bits { unit, first, bits, signed, wide } })
}

/// Signed, and of eight bytes.
fn integer(xdr: &Xdr) -> (bool, bool) {
    (matches!(xdr, Xdr::Int | Xdr::Hyper), matches!(xdr, Xdr::Hyper | Xdr::UnsignedHyper))
}

/// The element of an array of any number of dimensions.
fn innermost(ty: &Type) -> &Type {
    let mut ty = ty;
    while let Type::Array(element, _) = ty {
        ty = element;
    }
    ty
}
