//! A call that came over the wire, as registers and memory: what a candidate is called with, and what a journal holds.

use cmp_bridge::entry::{Completeness, Returned};
use cmp_bridge_contract::abi::{self, AbiError, Place, ReturnPlace, Role};
use cmp_bridge_contract::areas::{self, Owner};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{By, Contract, Extent, Routine, Type};
use cmp_bridge_journal::{Call, Captured, Outcome};
use cmp_bridge_wire::message::Ending;
use cmp_bridge_wire::{ConvertError, Converter, Decoder, Native};

/// Where the values of a routine's calls go. Made once a routine.
#[derive(Debug, Clone)]
pub struct Layout {
    fills: Vec<(Place, Fill)>,
    stack_bytes: usize,
    /// Areas of the state, in the order of the contract.
    state: Vec<usize>,
    /// Whether each area may be written.
    written: Vec<bool>,
    returns: Vec<(ReturnPlace, u32, u32)>,
    /// The integers that extents are made of: name, where, whether they are signed.
    integers: Vec<(String, Source, bool)>,
}

/// What is in a register, or in some bytes of the stack.
#[derive(Debug, Clone)]
enum Fill {
    /// Bytes of a parameter that is passed by value: which, from where, how many.
    Value(usize, usize, usize),
    /// The address of an area.
    Address(usize),
    /// The bytes of an area: the hidden length of a text.
    LengthOf(usize),
    /// The hidden length of texts whose length the contract says.
    Length(Expr),
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Value(usize),
    Area(usize),
}

/// The arguments of one call.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    /// rdi, rsi, rdx, rcx, r8, r9.
    pub gpr: [u64; 6],
    /// Low 8 bytes of xmm0 ... xmm7.
    pub xmm: [u64; 8],
    /// Arguments on the stack.
    pub stack: Vec<u8>,
}

impl Layout {
    /// That of a routine. Its calls travel, so nothing of it is passed with its bounds.
    pub fn of(contract: &Contract, routine: &Routine) -> Result<Layout, AbiError> {
        let lowered = abi::lower(contract, routine)?;
        let areas = areas::of(contract, routine)?;
        let area = |owner| areas.iter().position(|area| area.owner == owner);
        let mut fills = Vec::new();
        for argument in &lowered.arguments {
            for piece in &argument.pieces {
                let (offset, size) = (piece.offset as usize, piece.size as usize);
                let fill = match argument.role {
                    Role::Param(i) if routine.params[i].by == By::Value => Some(Fill::Value(i, offset, size)),
                    Role::Param(i) => area(Owner::Param(i)).map(Fill::Address),
                    Role::ReturnAddress => area(Owner::Return).map(Fill::Address),
                    Role::ReturnLength => area(Owner::Return).map(Fill::LengthOf),
                    Role::Length(i) => length(&routine.params[i].ty)
                        .map(Fill::Length)
                        .or_else(|| area(Owner::Param(i)).map(Fill::LengthOf)),
                };
                // What nobody looks at, and what is not described, is null.
                fills.extend(fill.map(|fill| (piece.place, fill)));
            }
        }
        let integers = routine.params.iter().enumerate().filter_map(|(i, param)| {
            let Type::Int(_, signed) = contract.scalar(&param.ty) else { return None };
            let source = match param.by {
                By::Value => Source::Value(i),
                _ => Source::Area(area(Owner::Param(i))?),
            };
            Some((param.name.clone(), source, *signed))
        });
        Ok(Layout {
            fills,
            stack_bytes: lowered.stack_bytes as usize,
            state: (0..routine.state.len()).filter_map(|i| area(Owner::State(i))).collect(),
            written: areas.iter().map(|area| area.written).collect(),
            integers: integers.collect(),
            returns: lowered.returns,
        })
    }

    /// The arguments of a call. The addresses among them are those of `native`, and hold until it is changed.
    pub fn arguments(&self, native: &mut Native, to: &mut Arguments) {
        (to.gpr, to.xmm) = ([0; 6], [0; 8]);
        to.stack.clear();
        to.stack.resize(self.stack_bytes, 0);
        for (place, fill) in &self.fills {
            let word;
            let bytes: &[u8] = match fill {
                Fill::Value(i, offset, size) => native.value(*i).get(*offset..offset + size).unwrap_or(&[]),
                Fill::Address(area) => {
                    word = (native.area_pointer(*area) as u64).to_le_bytes();
                    &word
                }
                Fill::LengthOf(area) => {
                    word = (native.area(*area).map_or(0, <[u8]>::len) as u64).to_le_bytes();
                    &word
                }
                Fill::Length(length) => {
                    word =
                        length.evaluate(&|name| self.integer(native, name)).unwrap_or(0).max(0).to_le_bytes();
                    &word
                }
            };
            put(to, *place, bytes);
        }
    }

    /// The addresses of the state, in the order of the contract.
    pub fn state<'n>(&'n self, native: &'n mut Native) -> impl Iterator<Item = *mut u8> + 'n {
        self.state.iter().map(move |area| native.area_pointer(*area))
    }

    /// Puts what came back in registers where the answer is made of.
    pub fn give(&self, returned: &Returned, native: &mut Native) {
        let value = native.returned_mut();
        for (place, offset, size) in &self.returns {
            let register = register(returned, *place);
            let (offset, size) = (*offset as usize, (*size as usize).min(register.len()));
            if let Some(to) = value.get_mut(offset..offset + size) {
                to.copy_from_slice(&register[..size]);
            }
        }
    }

    /// The registers in which this would have come back.
    pub fn returned(&self, native: &Native) -> Returned {
        let (mut returned, value) = (Returned::default(), native.returned());
        for (place, offset, size) in &self.returns {
            let from = value.get(*offset as usize..(*offset + *size) as usize).unwrap_or(&[]);
            let mut word = [0; 16];
            let length = from.len().min(word.len());
            word[..length].copy_from_slice(&from[..length]);
            let low = u64::from_le_bytes(std::array::from_fn(|i| word[i]));
            match place {
                ReturnPlace::Gpr(i) => returned.gpr[usize::from(*i) & 1] = low,
                ReturnPlace::Xmm(i) => returned.xmm[usize::from(*i) & 1] = low,
                ReturnPlace::X87(i) => returned.x87[usize::from(*i) & 1] = word,
            }
        }
        returned
    }

    /// The return registers in use, as the plan has them.
    pub fn returns(&self) -> u8 {
        self.returns.iter().fold(0, |bits, (place, ..)| {
            bits | match place {
                ReturnPlace::Gpr(i) => 1 << (i & 1),
                ReturnPlace::Xmm(i) => 4 << (i & 1),
                ReturnPlace::X87(i) => 16 << (i & 1),
            }
        })
    }

    /// Every area as it is now.
    pub fn before(&self, native: &mut Native) -> Vec<Captured> {
        (0..self.written.len()).map(|area| captured(native, area)).collect()
    }

    /// The areas that may be written, as they are now.
    pub fn after(&self, native: &mut Native) -> Vec<Captured> {
        let written = self.written.iter().enumerate().filter(|(_, written)| **written);
        written.map(|(area, _)| captured(native, area)).collect()
    }

    /// A call made elsewhere, of what is told of it behind the head of a SEEN: inputs, ending, outputs. Of which routine it is,
    /// and its number, the caller knows.
    pub fn told(
        &self,
        converter: &Converter,
        native: &mut Native,
        input: &mut Decoder<'_>,
    ) -> Result<Call, ConvertError> {
        converter.decode_inputs(input, native)?;
        let mut arguments = Arguments::default();
        self.arguments(native, &mut arguments);
        let before = self.before(native);
        let outcome = match Ending::decode(input)? {
            Ending::Exception => Outcome::Abandoned,
            Ending::Returned => {
                converter.decode_outputs(input, native)?;
                Outcome::Returned { returned: self.returned(native), after: self.after(native) }
            }
        };
        input.finish()?;
        Ok(Call {
            thread: 0,
            number: 0,
            depth: 0,
            routine: 0,
            gpr: arguments.gpr,
            xmm: arguments.xmm,
            stack: arguments.stack,
            // As a process of this machine begins.
            mxcsr: 0x1f80,
            x87_control: 0x37f,
            before,
            outcome,
            candidate: None,
        })
    }

    fn integer(&self, native: &Native, name: &str) -> Option<i64> {
        let (_, source, signed) = self.integers.iter().find(|(known, ..)| known == name)?;
        let bytes = match source {
            Source::Value(i) => native.value(*i),
            Source::Area(i) => native.area(*i)?,
        };
        let negative = *signed && bytes.last().is_some_and(|last| last & 0x80 != 0);
        let mut word = [if negative { 0xff } else { 0 }; 8];
        word.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(i64::from_le_bytes(word))
    }
}

/// The length of each text of an array of texts, where the type says it.
fn length(ty: &Type) -> Option<Expr> {
    match ty {
        Type::Char => Some(Expr::Const(1)),
        Type::Array(element, Extent::Expr(extent)) if **element == Type::Char => Some(extent.clone()),
        Type::Array(element, _) => length(element),
        _ => None,
    }
}

fn put(to: &mut Arguments, place: Place, bytes: &[u8]) {
    let word = || {
        let mut word = [0; 8];
        let length = bytes.len().min(8);
        word[..length].copy_from_slice(&bytes[..length]);
        u64::from_le_bytes(word)
    };
    match place {
        Place::Gpr(i) => to.gpr[usize::from(i) % 6] = word(),
        Place::Xmm(i) => to.xmm[usize::from(i) % 8] = word(),
        Place::Stack(at) => {
            if let Some(to) = to.stack.get_mut(at as usize..at as usize + bytes.len()) {
                to.copy_from_slice(bytes);
            }
        }
    }
}

fn register(returned: &Returned, place: ReturnPlace) -> [u8; 16] {
    let wide = |word: u64| {
        let word = word.to_le_bytes();
        std::array::from_fn(|i| word.get(i).copied().unwrap_or(0))
    };
    match place {
        ReturnPlace::Gpr(i) => wide(returned.gpr[usize::from(i) & 1]),
        ReturnPlace::Xmm(i) => wide(returned.xmm[usize::from(i) & 1]),
        ReturnPlace::X87(i) => returned.x87[usize::from(i) & 1],
    }
}

fn captured(native: &mut Native, area: usize) -> Captured {
    let address = native.area_pointer(area) as u64;
    let (completeness, bytes) = match native.area(area) {
        Some(bytes) => (Completeness::Full, bytes.to_vec()),
        None => (Completeness::Null, Vec::new()),
    };
    Captured { area: area as u16, address, completeness, bytes }
}
