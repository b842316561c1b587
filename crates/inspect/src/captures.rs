//! What the agent captures of a call: the contract's areas, lowered to places, addresses and length programs.

use cmp_bridge::plan::{Address, Capture, Length, Op, Place, STACK_DEPTH};
use cmp_bridge_contract::abi::{self, Lowered, ReturnPlace, Role};
use cmp_bridge_contract::areas::{self, Area, Bytes, Owner};
use cmp_bridge_contract::expr::{Expr, Step};
use cmp_bridge_contract::model::{By, Contract, Index, Language, Routine, Type};

use crate::hazard::Hazard;

// What a plan holds; its decoder refuses more.
const MAX_CAPTURES: u64 = 255;
const MAX_STACK_BYTES: u64 = 4096;
const MAX_PROGRAM: u64 = 64;

/// Finds the address of a state area, by its position in the routine's list.
pub(crate) type Locate<'a> = dyn FnMut(usize) -> Result<Address, Hazard> + 'a;

/// A signature as the agent needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) stack_bytes: u32,
    pub(crate) returns: u8,
    pub(crate) captures: Vec<Capture>,
}

/// Lowers the signature of `routine`.
pub(crate) fn lower(
    contract: &Contract,
    routine: &Routine,
    locate: &mut Locate,
) -> Result<Signature, Hazard> {
    let lowered = abi::lower(contract, routine).map_err(Hazard::Signature)?;
    let lowering = Lowering { contract, routine, lowered: &lowered };
    let areas = areas::of(contract, routine).map_err(Hazard::Signature)?;
    let captures = areas.iter().map(|area| lowering.capture(area, locate)).collect::<Result<_, _>>()?;
    let limit = |what, found: usize, limit: u64| match found as u64 > limit {
        true => Err(Hazard::TooLarge { what, limit }),
        false => Ok(()),
    };
    limit("the number of its areas", areas.len(), MAX_CAPTURES)?;
    limit("the size of its stack arguments", lowered.stack_bytes as usize, MAX_STACK_BYTES)?;
    Ok(Signature { stack_bytes: lowered.stack_bytes, returns: return_bits(&lowered), captures })
}

/// The registers that carry the answer. The address of a record in memory comes back in rax.
fn return_bits(lowered: &Lowered) -> u8 {
    let in_memory = lowered.arguments.iter().any(|a| a.role == Role::ReturnAddress);
    let bit = |place: &ReturnPlace| match place {
        ReturnPlace::Gpr(n) => 1 << (n & 1),
        ReturnPlace::Xmm(n) => 4 << (n & 1),
        ReturnPlace::X87(n) => 16 << (n & 1),
    };
    lowered.returns.iter().fold(u8::from(in_memory), |bits, (place, ..)| bits | bit(place))
}

struct Lowering<'a> {
    contract: &'a Contract,
    routine: &'a Routine,
    lowered: &'a Lowered,
}

impl Lowering<'_> {
    fn capture(&self, area: &Area, locate: &mut Locate) -> Result<Capture, Hazard> {
        let address = match area.owner {
            // gfortran's descriptor begins with the address of the data.
            Owner::Param(i) if self.is_fortran_descriptor(i) => {
                Address::Through(self.place(Role::Param(i), 0, || self.area_name(area))?, 0)
            }
            Owner::Param(i) => Address::Argument(self.place(Role::Param(i), 0, || self.area_name(area))?),
            Owner::Bounds(i) => Address::Argument(self.bounds(i)?),
            Owner::Return => Address::Argument(self.place(Role::ReturnAddress, 0, || self.area_name(area))?),
            Owner::State(i) => locate(i)?,
        };
        let length = self.length(area)?;
        let align = u16::try_from(area.align)
            .map_err(|_| Hazard::TooLarge { what: "an alignment", limit: u64::from(u16::MAX) })?;
        Ok(Capture { address, length, written: area.written, align })
    }

    fn length(&self, area: &Area) -> Result<Length, Hazard> {
        Ok(match &area.bytes {
            Bytes::Fixed(size) => Length::Fixed(*size),
            Bytes::ToNul => Length::ToNul,
            Bytes::Unknown { element } => Length::Unknown { element: *element },
            Bytes::Carried { element, extents } => self.carried(area, *element, extents)?,
            Bytes::Counted { element, count } => {
                Length::Counted { element: *element, program: self.program(area, count)? }
            }
            Bytes::HiddenLength => {
                let role = match area.owner {
                    Owner::Param(i) => Role::Length(i),
                    Owner::Return => Role::ReturnLength,
                    Owner::State(_) | Owner::Bounds(_) => return Err(self.extent(area, "its length")),
                };
                let place = self.place(role, 0, || self.area_name(area))?;
                let length = Op::Argument { place, by_reference: false, size: 8, signed: true };
                Length::Counted { element: 1, program: vec![length] }
            }
        })
    }

    fn program(&self, area: &Area, count: &Expr) -> Result<Vec<Op>, Hazard> {
        let op = |step: Step| {
            Ok(match step {
                Step::Const(value) => Op::Const(value),
                Step::Add => Op::Add,
                Step::Sub => Op::Sub,
                Step::Mul => Op::Mul,
                Step::Clamp => Op::Clamp,
                Step::Param(name) => self.integer(area, name)?,
            })
        };
        let steps = count.postfix();
        if steps.len() as u64 > MAX_PROGRAM {
            return Err(Hazard::TooLarge { what: "an extent", limit: MAX_PROGRAM });
        }
        let mut depth = 0usize;
        for step in &steps {
            match step {
                Step::Const(_) | Step::Param(_) => depth += 1,
                Step::Clamp => {}
                Step::Add | Step::Sub | Step::Mul => depth = depth.saturating_sub(1),
            }
            if depth > STACK_DEPTH {
                return Err(Hazard::TooLarge { what: "the nesting of an extent", limit: STACK_DEPTH as u64 });
            }
        }
        steps.into_iter().map(op).collect()
    }

    /// Reads an integer parameter on entry.
    fn integer(&self, area: &Area, name: &str) -> Result<Op, Hazard> {
        let refused = || self.extent(area, name);
        let index = self.routine.params.iter().position(|p| p.name == name).ok_or_else(refused)?;
        let param = &self.routine.params[index];
        let &Type::Int(size, signed) = self.contract.scalar(&param.ty) else { return Err(refused()) };
        let place = self.place(Role::Param(index), 0, || name.to_string())?;
        Ok(Op::Argument { place, by_reference: param.by == By::Reference, size, signed })
    }

    fn is_fortran_descriptor(&self, param: usize) -> bool {
        self.contract.component.language == Language::Fortran
            && self.routine.params.get(param).is_some_and(|param| param.by == By::Descriptor)
    }

    /// The argument that leads to the bounds of a parameter: the descriptor, or the second word of a fat pointer.
    fn bounds(&self, param: usize) -> Result<Place, Hazard> {
        let word = if self.is_fortran_descriptor(param) { 0 } else { 1 };
        self.place(Role::Param(param), word, || self.param_name(param))
    }

    /// The bytes of an array that carries its bounds.
    fn carried(&self, area: &Area, element: u64, extents: &[Index]) -> Result<Length, Hazard> {
        let Owner::Param(i) = area.owner else { return Err(self.extent(area, "its bounds")) };
        let place = self.bounds(i)?;
        let program = match self.is_fortran_descriptor(i) {
            true => fortran_count(place, extents.len()),
            false => ada_count(place, extents),
        };
        Ok(match program.len() as u64 <= MAX_PROGRAM {
            true => Length::Counted { element, program },
            // More dimensions than a program has room for.
            false => Length::Unknown { element },
        })
    }

    /// Where a word of an address or an integer is.
    fn place(&self, role: Role, word: u32, name: impl Fn() -> String) -> Result<Place, Hazard> {
        match self.lowered.word(role, word) {
            Some(abi::Place::Gpr(n)) => Ok(Place::Gpr(n)),
            Some(abi::Place::Xmm(n)) => Ok(Place::Xmm(n)),
            Some(abi::Place::Stack(offset)) => Ok(Place::Stack(offset)),
            None => Err(Hazard::Signature(abi::AbiError::Inconsistent(name()))),
        }
    }

    fn extent(&self, area: &Area, parameter: &str) -> Hazard {
        Hazard::Extent {
            area: self.area_name(area),
            ty: area.ty.to_string(),
            parameter: parameter.to_string(),
        }
    }

    fn area_name(&self, area: &Area) -> String {
        match area.owner {
            Owner::Param(i) => self.param_name(i),
            Owner::Bounds(i) => format!("bounds of {}", self.param_name(i)),
            Owner::State(i) => self.routine.state.get(i).map_or(String::new(), |s| s.area.clone()),
            Owner::Return => "the returned value".to_string(),
        }
    }

    fn param_name(&self, i: usize) -> String {
        self.routine.params.get(i).map_or(String::new(), |p| p.name.clone())
    }
}

/// Number of elements of an Ada array: `last - first + 1` for each dimension, of bounds that stand one after the other.
fn ada_count(place: Place, extents: &[Index]) -> Vec<Op> {
    let mut program = Vec::new();
    for (dimension, Index { size, signed }) in extents.iter().copied().enumerate() {
        let offset = 2 * u16::from(size) * dimension as u16;
        let load = |offset| Op::Load { place, offset, size, signed };
        program.extend([
            load(offset + u16::from(size)),
            load(offset),
            Op::Sub,
            Op::Const(1),
            Op::Add,
            Op::Clamp,
        ]);
        if dimension > 0 {
            program.push(Op::Mul);
        }
    }
    program
}

/// Elements from the first to the last of a Fortran array, those between its own included: one more than the sum of
/// `(last - first) * stride`. An array that runs backwards has no extent that is known here. The other words of a descriptor
/// are not set where the compiler knows that nobody reads them.
fn fortran_count(place: Place, rank: usize) -> Vec<Op> {
    let load = |offset| Op::Load { place, offset, size: 8, signed: true };
    let mut program = vec![Op::Const(1)];
    for dimension in 0..rank as u16 {
        let at = 40 + 24 * dimension;
        program.extend([load(at + 16), load(at + 8), Op::Sub, load(at), Op::Require, Op::Mul, Op::Add]);
    }
    program
}
