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

#[cfg(test)]
mod tests {
    use super::*;
    use cmp_bridge_wire::Converter;

    /// Fortran: addresses first, hidden lengths behind all arguments; a text that is returned is written where the caller says.
    #[test]
    fn hidden_lengths_and_addresses_go_where_gfortran_puts_them() {
        let text = "contract = 1\n[component]\nname = \"t\"\nlanguage = \"fortran\"\n\
            [state.zone]\nsymbol = \"zone_\"\nsize = 8\nkind = \"common\"\n\
            [routine.ecrit]\nsymbol = \"ecrit_\"\nparams = [\n\
            { name = \"n\", type = \"i32\", by = \"reference\", use = \"in\" },\n\
            { name = \"titre\", type = \"chars\", use = \"inout\" },\n\
            { name = \"noms\", type = \"[[char; 6]; n]\", use = \"in\" },\n\
            { name = \"code\", type = \"[char; 4]\", use = \"in\" },\n\
            { name = \"x\", type = \"f64\", by = \"value\", use = \"in\" },\n]\n\
            returns = { type = \"f64\" }\n\
            state = [{ area = \"zone\", view = \"f64\", use = \"inout\" }]\neffects = \"state\"\n";
        let contract = Contract::from_toml(text, "t.toml").unwrap_or_else(|error| panic!("{error}"));
        let routine = contract.routine("ecrit").expect("the routine");
        let converter = Converter::new(&contract, routine).unwrap_or_else(|missing| panic!("{missing:?}"));
        let layout = Layout::of(&contract, routine).expect("a layout");
        let mut native = converter.native();
        native.set_area(0, Some(&2_i32.to_le_bytes()));
        native.set_area(1, Some(b"bulletin"));
        native.set_area(2, Some(b"UN    DEUX  "));
        native.set_area(3, Some(b"ABCD"));
        native.set_value(4, &1.5_f64.to_le_bytes());
        native.set_area(4, Some(&2.5_f64.to_le_bytes()));
        let mut arguments = Arguments::default();
        layout.arguments(&mut native, &mut arguments);
        let address = |native: &mut Native, area| native.area_pointer(area) as u64;
        let addresses = [0, 1, 2, 3].map(|area| address(&mut native, area));
        assert!(addresses.iter().all(|address| *address != 0));
        assert_eq!(arguments.gpr[..4], addresses);
        // The lengths: of the text itself, of one of the names, of the code, which is on the stack.
        assert_eq!(arguments.gpr[4..], [8, 6]);
        assert_eq!(arguments.stack, 4_u64.to_le_bytes());
        assert_eq!(arguments.xmm[0], 1.5_f64.to_bits());
        let state: Vec<u64> = layout.state(&mut native).map(|address| address as u64).collect();
        assert_eq!(state, [address(&mut native, 4)]);
        // The way back.
        let returned = Returned { xmm: [0.25_f64.to_bits(), 0], ..Returned::default() };
        layout.give(&returned, &mut native);
        assert_eq!(native.returned(), 0.25_f64.to_le_bytes());
        assert_eq!((layout.returned(&native), layout.returns()), (returned, 4));
        assert_eq!(layout.before(&mut native).len(), 5);
        let after: Vec<u16> = layout.after(&mut native).iter().map(|captured| captured.area).collect();
        assert_eq!(after, [1, 4]);
        // What is absent is null.
        native.set_area(1, None);
        layout.arguments(&mut native, &mut arguments);
        assert_eq!((arguments.gpr[1], arguments.gpr[4]), (0, 0));
        assert_eq!(layout.before(&mut native)[1].completeness, Completeness::Null);
    }
}
