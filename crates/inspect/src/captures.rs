//! What the agent captures of a call: the contract's areas, lowered to places, addresses and length programs.

use cmp_bridge::plan::{Address, Capture, Length, Op, Place, STACK_DEPTH};
use cmp_bridge_contract::abi::{self, Lowered, ReturnPlace, Role};
use cmp_bridge_contract::areas::{self, Area, Bytes, Owner};
use cmp_bridge_contract::expr::{Expr, Step};
use cmp_bridge_contract::model::{By, Contract, Routine, Type};

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
            Owner::Param(i) => Address::Argument(self.place(Role::Param(i), || self.area_name(area))?),
            Owner::Return => Address::Argument(self.place(Role::ReturnAddress, || self.area_name(area))?),
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
            Bytes::Counted { element, count } => {
                Length::Counted { element: *element, program: self.program(area, count)? }
            }
            Bytes::HiddenLength => {
                let role = match area.owner {
                    Owner::Param(i) => Role::Length(i),
                    Owner::Return => Role::ReturnLength,
                    Owner::State(_) => return Err(self.extent(area, "its length")),
                };
                let place = self.place(role, || self.area_name(area))?;
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
        let place = self.place(Role::Param(index), || name.to_string())?;
        Ok(Op::Argument { place, by_reference: param.by == By::Reference, size, signed })
    }

    /// Where the one piece of an address or an integer is.
    fn place(&self, role: Role, name: impl Fn() -> String) -> Result<Place, Hazard> {
        let argument = self.lowered.arguments.iter().find(|a| a.role == role);
        match argument.and_then(|a| a.pieces.first()).map(|piece| piece.place) {
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
            Owner::Param(i) => self.routine.params.get(i).map(|p| p.name.clone()),
            Owner::State(i) => self.routine.state.get(i).map(|s| s.area.clone()),
            Owner::Return => None,
        }
        .unwrap_or_else(|| "the returned value".to_string())
    }
}
