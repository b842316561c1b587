//! What location expressions say of a routine's entry: how a parameter arrives, where static storage is, and what an
//! array bound was computed from.

use cmp_bridge_contract::expr::Expr;
use gimli::{AttributeValue, Operation};

use super::{Bytes, DebugInfo, Die};

/// Operations of one expression that are looked at; longer ones prove nothing.
const MAX_OPERATIONS: usize = 64;
/// Entries of one location list that are looked at.
const MAX_RANGES: usize = 256;

/// How a parameter arrives, as far as its location tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// Its address arrives.
    Reference,
    /// Its bits arrive.
    Value,
    /// Optimised out, or written in a way that does not tell.
    Unknown,
}

/// Where eight bytes are at the entry of a routine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Home {
    /// DWARF register number.
    Register(u16),
    /// Offset from the canonical frame address: 0 is the first stack argument.
    Stack(i64),
}

/// A parameter's home at the entry, and whether an address is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub name: String,
    pub home: Home,
    pub passing: Passing,
    /// Size of the integer it is; `None` when it is not an integer.
    pub integer_size: Option<u8>,
}

/// One expression, and whether it holds at the routine's first instruction.
struct Located<'s> {
    expression: gimli::Expression<Bytes<'s>>,
    at_entry: bool,
}

impl<'s> DebugInfo<'s> {
    /// The expressions of a location attribute.
    fn located(&self, die: &Die<'s>, attribute: gimli::DwAt, entry: u64) -> Vec<Located<'s>> {
        let Some((dwarf, opened)) = self.unit(die.at.unit) else {
            return Vec::new();
        };
        match die.entry.attr_value(attribute) {
            Some(AttributeValue::Exprloc(expression)) => vec![Located { expression, at_entry: true }],
            Some(AttributeValue::Block(bytes)) => {
                vec![Located { expression: gimli::Expression(bytes), at_entry: true }]
            }
            Some(value) => {
                let Ok(Some(mut list)) = dwarf.attr_locations(&opened.unit, value) else {
                    return Vec::new();
                };
                let mut all = Vec::new();
                while let Ok(Some(item)) = list.next() {
                    let at_entry = item.range.begin <= entry && entry < item.range.end;
                    all.push(Located { expression: item.data, at_entry });
                    if all.len() >= MAX_RANGES {
                        break;
                    }
                }
                all
            }
            None => Vec::new(),
        }
    }

    fn operations(
        &self,
        die: &Die<'s>,
        expression: gimli::Expression<Bytes<'s>>,
    ) -> Vec<Operation<Bytes<'s>>> {
        let Some((_, opened)) = self.unit(die.at.unit) else {
            return Vec::new();
        };
        let mut operations = expression.operations(opened.unit.encoding());
        let mut all = Vec::new();
        while let Ok(Some(operation)) = operations.next() {
            all.push(operation);
            if all.len() > MAX_OPERATIONS {
                return Vec::new();
            }
        }
        all
    }

    /// How a parameter arrives. The location of a variable passed by reference is the address that arrived; of one
    /// passed by value, the register or stack slot itself. Debug information says it nowhere else.
    pub(crate) fn passing(&self, die: &Die<'s>, entry: u64) -> Passing {
        let mut found = Passing::Unknown;
        // The first instruction says it best; a later place is as good when the first is not described.
        let mut located = self.located(die, gimli::DW_AT_location, entry);
        located.sort_by_key(|l| !l.at_entry);
        for located in located {
            found = classify(&self.operations(die, located.expression));
            if found != Passing::Unknown {
                break;
            }
        }
        found
    }

    /// Where a parameter is at the routine's first instruction, when that is a single place.
    pub(crate) fn home(&self, die: &Die<'s>, entry: u64) -> Option<(Home, Passing)> {
        let located = self.located(die, gimli::DW_AT_location, entry);
        let at_entry = located.into_iter().find(|l| l.at_entry)?;
        match self.operations(die, at_entry.expression).as_slice() {
            [Operation::Register { register }] => Some((Home::Register(register.0), Passing::Value)),
            [Operation::RegisterOffset { register, offset: 0, .. }] => {
                Some((Home::Register(register.0), Passing::Reference))
            }
            [Operation::FrameOffset { offset }] if *offset >= 0 => {
                Some((Home::Stack(*offset), Passing::Value))
            }
            [Operation::FrameOffset { offset }, Operation::Deref { size: 8, .. }] if *offset >= 0 => {
                Some((Home::Stack(*offset), Passing::Reference))
            }
            _ => None,
        }
    }

    /// The offset from the frame base of a variable that lives in the frame of its own routine.
    pub(crate) fn frame_slot(&self, die: &Die<'s>, entry: u64) -> Option<i64> {
        let located = self.located(die, gimli::DW_AT_location, entry);
        let at_entry = located.into_iter().find(|l| l.at_entry)?;
        match self.operations(die, at_entry.expression).as_slice() {
            [Operation::FrameOffset { offset }] if *offset < 0 => Some(*offset),
            _ => None,
        }
    }

    /// The same for an argument, or for the address that arrived in its place.
    pub(crate) fn argument_slot(&self, die: &Die<'s>, entry: u64) -> Option<i64> {
        let located = self.located(die, gimli::DW_AT_location, entry);
        let at_entry = located.into_iter().find(|l| l.at_entry)?;
        match self.operations(die, at_entry.expression).as_slice() {
            [Operation::FrameOffset { offset }]
            | [Operation::FrameOffset { offset }, Operation::Deref { size: 8, .. }]
                if *offset < 0 =>
            {
                Some(*offset)
            }
            _ => None,
        }
    }

    /// The frame base of a routine is its canonical frame address.
    pub(crate) fn frame_is_cfa(&self, die: &Die<'s>) -> bool {
        let located = self.located(die, gimli::DW_AT_frame_base, 0);
        let [only] = located.as_slice() else {
            return false;
        };
        matches!(self.operations(die, only.expression).as_slice(), [Operation::CallFrameCFA])
    }

    /// The fixed address of a variable, when its location is nothing else.
    pub(crate) fn static_address(&self, die: &Die<'s>) -> Option<u64> {
        let expression = match die.entry.attr_value(gimli::DW_AT_location)? {
            AttributeValue::Exprloc(expression) => expression,
            AttributeValue::Block(bytes) => gimli::Expression(bytes),
            _ => return None,
        };
        let (dwarf, opened) = self.unit(die.at.unit)?;
        match self.operations(die, expression).as_slice() {
            [Operation::Address { address }] => Some(*address),
            [Operation::AddressIndex { index }] => dwarf.address(&opened.unit, *index).ok(),
            [Operation::Address { address }, Operation::PlusConstant { value }] => {
                address.checked_add(*value)
            }
            _ => None,
        }
    }

    /// The variable is another one in each thread.
    pub(crate) fn is_thread_local(&self, die: &Die<'s>) -> bool {
        let expression = match die.entry.attr_value(gimli::DW_AT_location) {
            Some(AttributeValue::Exprloc(expression)) => expression,
            Some(AttributeValue::Block(bytes)) => gimli::Expression(bytes),
            _ => return false,
        };
        self.operations(die, expression).iter().any(|o| matches!(o, Operation::TLS))
    }

    /// What a bound's value was at the entry, as an expression over parameters. `None` unless every description of it
    /// that can be read as one agrees.
    pub(crate) fn value_at_entry(
        &self,
        die: &Die<'s>,
        attribute: gimli::DwAt,
        entry: u64,
        arrivals: &[Arrival],
    ) -> Option<Expr> {
        let mut agreed: Option<Expr> = None;
        for located in self.located(die, attribute, entry) {
            let operations = self.operations(die, located.expression);
            // A bound is the result itself; a location is where the result is.
            let is_value = attribute != gimli::DW_AT_location;
            let Some(term) = self.evaluate(die, &operations, located.at_entry, is_value, 0) else {
                continue;
            };
            let Some(expression) = to_expression(&term, arrivals, 0) else {
                continue;
            };
            match &agreed {
                Some(earlier) if *earlier != expression => return None,
                _ => agreed = Some(expression),
            }
        }
        agreed
    }

    /// Runs an expression on symbols. Registers and the frame mean their contents at the entry; `at_entry` says
    /// whether they may be read now, or only inside `DW_OP_entry_value`.
    fn evaluate(
        &self,
        die: &Die<'s>,
        operations: &[Operation<Bytes<'s>>],
        at_entry: bool,
        mut is_value: bool,
        depth: u32,
    ) -> Option<Term> {
        if depth > 4 {
            return None;
        }
        let mut stack: Vec<Term> = Vec::new();
        for operation in operations {
            match operation {
                Operation::Register { register } if at_entry && operations.len() == 1 => {
                    return Some(Term::Entry(Home::Register(register.0)));
                }
                Operation::RegisterOffset { register, offset, .. } if at_entry => {
                    let base = Term::Entry(Home::Register(register.0));
                    stack.push(Term::add(base, Term::Const(*offset)));
                }
                Operation::FrameOffset { offset } if at_entry => stack.push(Term::Slot(*offset)),
                Operation::EntryValue { expression } => {
                    let inner = self.operations(die, gimli::Expression(*expression));
                    stack.push(self.evaluate(die, &inner, true, true, depth + 1)?);
                    is_value = true;
                }
                Operation::StackValue => is_value = true,
                other => step(&mut stack, other)?,
            }
        }
        // Without DW_OP_stack_value the result is the address of the value, not the value.
        (stack.len() == 1 && is_value).then(|| stack.pop())?
    }
}

/// The operations that need nothing but the stack.
fn step(stack: &mut Vec<Term>, operation: &Operation<Bytes<'_>>) -> Option<()> {
    let mut binary = |make: fn(Box<Term>, Box<Term>) -> Term| {
        let (right, left) = (stack.pop()?, stack.pop()?);
        stack.push(make(Box::new(left), Box::new(right)));
        Some(())
    };
    match operation {
        Operation::UnsignedConstant { value } => stack.push(Term::Const(i64::try_from(*value).ok()?)),
        Operation::SignedConstant { value } => stack.push(Term::Const(*value)),
        Operation::PlusConstant { value } => {
            let top = stack.pop()?;
            stack.push(Term::add(top, Term::Const(i64::try_from(*value).ok()?)));
        }
        Operation::Deref { size, .. } => {
            let loaded = match stack.pop()? {
                Term::Slot(offset) if offset >= 0 && *size == 8 => Term::Entry(Home::Stack(offset)),
                Term::Entry(home) => Term::Load(home, *size),
                _ => return None,
            };
            stack.push(loaded);
        }
        Operation::Plus => binary(Term::Add)?,
        Operation::Minus => binary(Term::Sub)?,
        Operation::Mul => binary(Term::Mul)?,
        Operation::Shl => binary(Term::Shl)?,
        Operation::Shra | Operation::Shr => {
            // Shift left and back by the same number: a narrower integer, extended.
            let (count, value) = (stack.pop()?, stack.pop()?);
            match value {
                Term::Shl(inner, left) if *left == count => stack.push(*inner),
                _ => return None,
            }
        }
        Operation::Neg => {
            let top = stack.pop()?;
            stack.push(Term::Sub(Box::new(Term::Const(0)), Box::new(top)));
        }
        // Conversions between integer types: an extent is far from their limits.
        Operation::Convert { .. } | Operation::Nop => {}
        _ => return None,
    }
    Some(())
}

/// Whether an expression describes the bits, or the place an address leads to.
fn classify(operations: &[Operation<Bytes<'_>>]) -> Passing {
    match operations {
        [Operation::RegisterOffset { register, .. }] => match register.0 {
            // rbp and rsp: a stack slot of the routine itself.
            6 | 7 => Passing::Value,
            _ => Passing::Reference,
        },
        [Operation::FrameOffset { .. } | Operation::Register { .. }] => Passing::Value,
        [Operation::EntryValue { .. }] => Passing::Reference,
        [.., Operation::Deref { size: 8, .. }] => Passing::Reference,
        [.., Operation::StackValue | Operation::Piece { .. }] => match operations {
            [Operation::ImplicitPointer { .. }, ..] => Passing::Unknown,
            // A constant the compiler propagated says nothing of how the argument arrives.
            [Operation::UnsignedConstant { .. } | Operation::SignedConstant { .. }, ..] => Passing::Unknown,
            _ if operations.iter().any(|o| matches!(o, Operation::Deref { .. })) => Passing::Unknown,
            _ => Passing::Value,
        },
        _ => Passing::Unknown,
    }
}

/// A value computed from what a routine received.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Const(i64),
    /// The eight bytes at a place, at the entry.
    Entry(Home),
    /// The address CFA + offset.
    Slot(i64),
    /// As many bytes at the address that was at a place.
    Load(Home, u8),
    Add(Box<Term>, Box<Term>),
    Sub(Box<Term>, Box<Term>),
    Mul(Box<Term>, Box<Term>),
    Shl(Box<Term>, Box<Term>),
}

impl Term {
    fn add(left: Term, right: Term) -> Term {
        match (left, right) {
            (Term::Slot(a), Term::Const(b)) => Term::Slot(a.saturating_add(b)),
            (left, Term::Const(0)) => left,
            (left, right) => Term::Add(Box::new(left), Box::new(right)),
        }
    }
}

/// Names the parameters in a term. `None` when part of it is no integer parameter.
fn to_expression(term: &Term, arrivals: &[Arrival], depth: u32) -> Option<Expr> {
    if depth > 16 {
        return None;
    }
    let part = |t: &Term| Some(Box::new(to_expression(t, arrivals, depth + 1)?));
    let named = |home: &Home, passing: Passing, size: Option<u8>| {
        let found = arrivals.iter().find(|a| a.home == *home && a.passing == passing)?;
        let integer = found.integer_size?;
        (size.is_none() || size == Some(integer)).then(|| Expr::Param(found.name.clone()))
    };
    Some(match term {
        Term::Const(value) => Expr::Const(*value),
        Term::Entry(home) => named(home, Passing::Value, None)?,
        Term::Load(home, size) => named(home, Passing::Reference, Some(*size))?,
        Term::Slot(_) => return None,
        Term::Add(a, b) => match (part(a)?, part(b)?) {
            (a, b) if matches!(*b, Expr::Const(c) if c < 0 && c != i64::MIN) => match *b {
                Expr::Const(c) => Expr::Sub(a, Box::new(Expr::Const(-c))),
                _ => return None,
            },
            (a, b) => Expr::Add(a, b),
        },
        Term::Sub(a, b) => Expr::Sub(part(a)?, part(b)?),
        Term::Mul(a, b) => Expr::Mul(part(a)?, part(b)?),
        Term::Shl(a, b) => match **b {
            Term::Const(count @ 0..=30) => Expr::Mul(Box::new(Expr::Const(1 << count)), part(a)?),
            _ => return None,
        },
    })
}

/// `upper - lower + 1`, written as a person would.
pub(crate) fn extent(upper: Expr, lower: Expr) -> Expr {
    match (upper, lower) {
        (Expr::Const(u), Expr::Const(l)) => Expr::Const(u.saturating_sub(l).saturating_add(1)),
        (upper, Expr::Const(l)) => plus(upper, 1i64.saturating_sub(l)),
        (upper, lower) => plus(Expr::Sub(Box::new(upper), Box::new(lower)), 1),
    }
}

/// Adds a constant, folding it into one that is already there.
fn plus(expression: Expr, constant: i64) -> Expr {
    match (expression, constant) {
        (expression, 0) => expression,
        (Expr::Add(inner, last), c) if matches!(*last, Expr::Const(_)) => match *last {
            Expr::Const(d) => plus(*inner, c.saturating_add(d)),
            _ => *inner,
        },
        (Expr::Sub(inner, last), c) if matches!(*last, Expr::Const(_)) => match *last {
            Expr::Const(d) => plus(*inner, c.saturating_sub(d)),
            _ => *inner,
        },
        (expression, c) if c < 0 => {
            Expr::Sub(Box::new(expression), Box::new(Expr::Const(c.saturating_neg())))
        }
        (expression, c) => Expr::Add(Box::new(expression), Box::new(Expr::Const(c))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn arrivals() -> Vec<Arrival> {
        let arrival = |name: &str, register, passing| Arrival {
            name: name.into(),
            home: Home::Register(register),
            passing,
            integer_size: Some(4),
        };
        vec![arrival("n", 5, Passing::Reference), arrival("m", 4, Passing::Value)]
    }

    fn constant(value: i64) -> Box<Term> {
        Box::new(Term::Const(value))
    }

    #[test]
    fn terms_are_written_with_the_names_of_parameters() {
        let n = || Box::new(Term::Load(Home::Register(5), 4));
        for (term, expected) in [
            (*n(), Some("n")),
            (Term::Entry(Home::Register(4)), Some("m")),
            (Term::Sub(Box::new(Term::Shl(n(), constant(1))), constant(1)), Some("2*n-1")),
            (Term::Add(n(), constant(-3)), Some("n-3")),
            (Term::Mul(n(), Box::new(Term::Entry(Home::Register(4)))), Some("n*m")),
            // The address instead of what it leads to, another size, a register without parameter, a wild shift.
            (Term::Entry(Home::Register(5)), None),
            (Term::Load(Home::Register(5), 8), None),
            (Term::Load(Home::Register(2), 4), None),
            (Term::Shl(n(), constant(40)), None),
            (Term::Slot(8), None),
        ] {
            let found = to_expression(&term, &arrivals(), 0).map(|e| e.to_string());
            assert_eq!(found.as_deref(), expected, "{term:?}");
        }
    }

    proptest! {
        #[test]
        fn an_extent_counts_from_lower_to_upper(
            scale in 1i64..9, add in -9i64..9, lower in -9i64..9, twice in any::<bool>(), n in -50i64..50,
        ) {
            let scaled = Expr::Mul(Box::new(Expr::Const(scale)), Box::new(Expr::Param("n".into())));
            let mut upper = Expr::Add(Box::new(scaled), Box::new(Expr::Const(add)));
            if twice {
                upper = Expr::Sub(Box::new(upper), Box::new(Expr::Const(add)));
            }
            let value = |e: &Expr| e.evaluate(&|_| Some(n)).expect("a number");
            let expected = value(&upper) - lower + 1;
            prop_assert_eq!(value(&extent(upper, Expr::Const(lower))), expected);
        }
    }
}
