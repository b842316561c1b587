//! Calls typed by the contract: the generated `Control` of a component, answered by a harness.
//!
//! `cmp_bridge_codegen` generates, for every routine, a trait and a `Control` that implements it by calling the legacy code.
//! In a module the agent says where that code is; here a thunk stands in for it, which carries the call to the process of
//! the harness, and the outputs and the state back.

use crate::error::Error;
use crate::harness::{Harness, Inner, Naming, lifted, passed};
use crate::request::{Arguments, Callee};
use crate::thunk;
use cmp_bridge::frame::Frame;
use cmp_bridge::module::ControlSlot;
use cmp_bridge::worker::{Reply, Request, RequestArea};
use cmp_bridge_contract::abi::{Place, ReturnPlace, Role};
use cmp_bridge_contract::areas::{Area, Bytes, Owner};
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::model::{By, Contract, Routine, Type};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// While it lives, the generated `Control` of the bound routines calls the process of its harness.
///
/// Generated code has one place for the address of each routine, so that one harness at a time is bound in a process:
/// tests that bind wait for each other.
#[must_use = "`Control` calls the harness as long as this lives"]
pub struct Bound {
    numbers: Vec<usize>,
    undo: Vec<(&'static AtomicPtr<c_void>, *mut c_void)>,
    undo_state: Vec<(&'static AtomicPtr<u8>, *mut u8)>,
    _turn: MutexGuard<'static, ()>,
}

/// A routine that a thunk stands in for.
struct Binding {
    harness: Arc<Mutex<Inner>>,
    naming: Naming,
    contract: Contract,
    routine: Routine,
    /// The state as `Control` lends it, one buffer for each entry of the routine's `state`.
    state: Vec<Box<[u64]>>,
}

/// One harness is bound at a time.
static TURN: Mutex<()> = Mutex::new(());
/// The bound routines, by the number of their thunk.
static BINDINGS: Mutex<BTreeMap<usize, Arc<Mutex<Binding>>>> = Mutex::new(BTreeMap::new());

fn bindings() -> MutexGuard<'static, BTreeMap<usize, Arc<Mutex<Binding>>>> {
    BINDINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Harness {
    /// Lets the generated `Control` of these routines call this harness: `harness.bind(&flight_dynamics::CONTROLS)`.
    /// A `Control` function panics where its routine does not return, and so fails the test.
    pub fn bind<'s>(&self, slots: impl IntoIterator<Item = &'s ControlSlot>) -> Result<Bound, Error> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bound = Bound { numbers: Vec::new(), undo: Vec::new(), undo_state: Vec::new(), _turn: turn };
        for slot in slots {
            self.bind_one(slot, &mut bound)?;
        }
        Ok(bound)
    }

    fn bind_one(&self, slot: &ControlSlot, bound: &mut Bound) -> Result<(), Error> {
        // SAFETY: a slot of generated code: its addresses are those of statics.
        let (name, address, states) = unsafe {
            let name = CStr::from_ptr(slot.routine).to_string_lossy().into_owned();
            let states = match slot.state_count {
                0 => &[],
                count => std::slice::from_raw_parts::<'static>(slot.state, count as usize),
            };
            (name, &*slot.address, states)
        };
        let contract = self.contract_of(&name)?;
        let refuse = |why: String| Error::NotCallable { routine: name.clone(), why };
        let routine =
            contract.routine(&name).ok_or_else(|| refuse("it is not in the contract".into()))?.clone();
        let found = routine_hash(&contract, &routine);
        if found != slot.contract_hash {
            let built = slot.contract_hash;
            return Err(refuse(format!(
                "`Control` was generated from contract hash {built:016x}, not {found:016x}"
            )));
        }
        let callee = Callee::of(&contract, &routine)?;
        let state = state_buffers(&callee);
        let unknown = |area: &Area| matches!(area.bytes, Bytes::Unknown { .. });
        if state.len() != states.len() || callee.areas.iter().any(unknown) {
            return Err(refuse("its contract does not say every extent".into()));
        }
        if routine.params.iter().any(|param| param.by == By::Descriptor) {
            return Err(refuse("an array travels with a descriptor".into()));
        }
        let number = bound.numbers.len();
        if number >= thunk::THUNKS {
            return Err(refuse(format!("at most {} routines can be bound", thunk::THUNKS)));
        }
        for (place, buffer) in states.iter().zip(&state) {
            let before = place.swap(buffer.as_ptr().cast_mut().cast(), Ordering::AcqRel);
            bound.undo_state.push((place, before));
        }
        let (harness, naming) = self.shared();
        let binding = Binding { harness, naming, contract, routine, state };
        bindings().insert(number, Arc::new(Mutex::new(binding)));
        bound.numbers.push(number);
        bound.undo.push((address, address.swap(thunk::address(number).cast(), Ordering::AcqRel)));
        Ok(())
    }
}

/// Room for the state of a routine, aligned like it.
fn state_buffers(callee: &Callee<'_>) -> Vec<Box<[u64]>> {
    let states = callee.areas.iter().filter(|area| matches!(area.owner, Owner::State(_)));
    states.map(|area| vec![0; Callee::state_bytes(area).div_ceil(8) + 1].into_boxed_slice()).collect()
}

impl Drop for Bound {
    fn drop(&mut self) {
        for (place, before) in &self.undo {
            place.store(*before, Ordering::Release);
        }
        for (place, before) in &self.undo_state {
            place.store(*before, Ordering::Release);
        }
        let mut bindings = bindings();
        self.numbers.iter().for_each(|number| drop(bindings.remove(number)));
    }
}

/// Answers the call in a frame: returns how many values are on the x87 stack.
///
/// # Safety
/// From the thunks only, with the frame of a call that generated code made of the routine bound to that number.
pub(crate) unsafe extern "C-unwind" fn answer(frame: *mut Frame, number: u64) -> u32 {
    let binding = bindings().get(&(number as usize)).cloned();
    let Some(binding) = binding else { panic!("`Control` was called after its harness was gone") };
    let mut binding = binding.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the caller's promise; nobody else has this frame.
    let outcome = unsafe { binding.call(&mut *frame) };
    drop(binding);
    match outcome {
        Ok(x87) => x87,
        Err(error) => panic!("{error}"),
    }
}

/// Arguments of a frame.
struct Taken<'a> {
    callee: &'a Callee<'a>,
    gpr: [u64; 6],
    xmm: [u64; 8],
    stack: Vec<u8>,
}

impl Binding {
    /// # Safety
    /// The frame of a call of this routine by generated code.
    unsafe fn call(&mut self, frame: &mut Frame) -> Result<u32, Error> {
        let callee = Callee::of(&self.contract, &self.routine)?;
        // SAFETY: the caller's promise.
        let taken = unsafe { Taken::of(&callee, frame) };
        let mut request =
            Request { gpr: taken.gpr, xmm: taken.xmm, stack: taken.stack.clone(), ..callee.request_frame() };
        let mut addresses = Vec::new();
        for (index, area) in callee.areas.iter().enumerate() {
            let (address, length) = match area.owner {
                Owner::State(i) => (self.state[i].as_ptr() as u64, Callee::state_bytes(area)),
                // Refused when it was bound.
                Owner::Bounds(_) => (0, 0),
                // SAFETY: as above.
                owner => unsafe { (taken.address(owner), taken.length(area)) },
            };
            // SAFETY: generated code passes null, or the address of as much as the contract says.
            let bytes = unsafe { copied(address, length) };
            let lead = callee.lead(area.owner, index)?;
            request.areas.push(RequestArea { lead, address, bytes, written: area.written, set: true });
            addresses.push((index, address, length));
        }
        let repeat = self.repeat(&callee, &request);
        let mut inner = self.harness.lock().unwrap_or_else(PoisonError::into_inner);
        inner.ensure(&self.routine.name)?;
        let (reply, ..) = inner.exchange(&self.routine.name, &request, &repeat)?;
        drop(inner);
        for (index, bytes) in &reply.after {
            let Some((_, address, length)) = addresses.get(usize::from(*index)) else { continue };
            if *address != 0 {
                let length = bytes.len().min(*length);
                // SAFETY: an area that the routine may write, of which generated code lent it so much.
                unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), *address as *mut u8, length) };
            }
        }
        let hidden = taken.address(Owner::Return);
        Ok(give_back(frame, &callee, &reply, hidden))
    }

    /// The command that repeats the call.
    fn repeat(&self, callee: &Callee<'_>, request: &Request) -> String {
        let mut arguments = Arguments::new();
        let mut state = Vec::new();
        for (area, sent) in callee.areas.iter().zip(&request.areas) {
            let value = match sent.address {
                0 => Literal::Null,
                _ => Literal::from(&lifted(&self.contract, &area.ty, &sent.bytes)),
            };
            match area.owner {
                Owner::Param(i) => drop(arguments.insert(self.routine.params[i].name.clone(), value)),
                Owner::State(i) => state.push((self.routine.state[i].area.clone(), value)),
                Owner::Return | Owner::Bounds(_) => {}
            }
        }
        for (i, param) in self.routine.params.iter().enumerate().filter(|(_, param)| param.by == By::Value) {
            let bytes = passed(callee, i, &param.ty, request);
            arguments.insert(param.name.clone(), Literal::from(&lifted(&self.contract, &param.ty, &bytes)));
        }
        self.naming.repeat(&self.routine.name, &arguments, &state)
    }
}

impl<'a> Taken<'a> {
    /// # Safety
    /// The frame of a call of this routine.
    unsafe fn of(callee: &'a Callee<'a>, frame: &Frame) -> Taken<'a> {
        let low = |register: &[u8; 16]| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&register[..8]);
            u64::from_le_bytes(bytes)
        };
        let length = callee.lowered.stack_bytes as usize;
        // SAFETY: the caller has put that many bytes of arguments there.
        let stack = unsafe { std::slice::from_raw_parts(frame.stack, length) }.to_vec();
        Taken { callee, gpr: frame.gpr, xmm: std::array::from_fn(|i| low(&frame.xmm[i])), stack }
    }

    fn word(&self, role: Role) -> Option<u64> {
        let argument = self.callee.lowered.arguments.iter().find(|argument| argument.role == role)?;
        match argument.pieces.first()?.place {
            Place::Gpr(i) => self.gpr.get(usize::from(i)).copied(),
            Place::Xmm(i) => self.xmm.get(usize::from(i)).copied(),
            Place::Stack(at) => {
                let bytes = self.stack.get(at as usize..at as usize + 8)?;
                Some(u64::from_le_bytes(bytes.try_into().ok()?))
            }
        }
    }

    fn address(&self, owner: Owner) -> u64 {
        let role = match owner {
            Owner::Param(i) => Role::Param(i),
            Owner::Return => Role::ReturnAddress,
            Owner::State(_) | Owner::Bounds(_) => return 0,
        };
        self.word(role).unwrap_or(0)
    }

    /// # Safety
    /// The arguments are those of generated code: integers by reference are readable.
    unsafe fn length(&self, area: &Area) -> usize {
        match &area.bytes {
            Bytes::Fixed(size) => *size as usize,
            Bytes::Counted { element, count } => {
                // SAFETY: the caller's promise.
                let count = count.evaluate(&|name| unsafe { self.integer(name) }).unwrap_or(0);
                usize::try_from(count).unwrap_or(0).saturating_mul(*element as usize)
            }
            Bytes::HiddenLength => {
                let length = match area.owner {
                    Owner::Param(i) => self.word(Role::Length(i)),
                    _ => self.word(Role::ReturnLength),
                };
                length.unwrap_or(0) as usize
            }
            Bytes::ToNul => match self.address(area.owner) {
                0 => 0,
                // SAFETY: generated code passes a CStr.
                address => unsafe { CStr::from_ptr(address as *const _) }.to_bytes_with_nul().len(),
            },
            Bytes::Unknown { .. } | Bytes::Carried { .. } => 0,
        }
    }

    /// # Safety
    /// As for `length`.
    unsafe fn integer(&self, name: &str) -> Option<i64> {
        let i = self.callee.routine.params.iter().position(|param| param.name == name)?;
        let param = &self.callee.routine.params[i];
        let Type::Int(size, signed) = self.callee.contract.scalar(&param.ty) else { return None };
        let word = self.word(Role::Param(i))?;
        let mut bytes = [0; 8];
        match param.by {
            By::Value => bytes = word.to_le_bytes(),
            // SAFETY: the caller's promise.
            _ => bytes[..usize::from(*size)].copy_from_slice(&unsafe { copied(word, usize::from(*size)) }),
        }
        let shift = 64 - 8 * u32::from(*size);
        let raw = u64::from_le_bytes(bytes) << shift;
        Some(if *signed { (raw as i64) >> shift } else { (raw >> shift) as i64 })
    }
}

/// # Safety
/// Null, or readable for so many bytes.
unsafe fn copied(address: u64, length: usize) -> Vec<u8> {
    if address == 0 {
        return Vec::new();
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(address as *const u8, length) }.to_vec()
}

/// Puts what was returned into the frame.
fn give_back(frame: &mut Frame, callee: &Callee<'_>, reply: &Reply, hidden: u64) -> u32 {
    frame.ret_gpr = reply.returned.gpr;
    // The worker's copy of a record in memory is elsewhere.
    if callee.lowered.arguments.iter().any(|argument| argument.role == Role::ReturnAddress) {
        frame.ret_gpr[0] = hidden;
    }
    for (register, value) in frame.ret_xmm.iter_mut().zip(reply.returned.xmm) {
        *register = [0; 16];
        register[..8].copy_from_slice(&value.to_le_bytes());
    }
    frame.ret_x87 = reply.returned.x87;
    let x87 = callee.lowered.returns.iter().filter(|(place, ..)| matches!(place, ReturnPlace::X87(_)));
    x87.count() as u32
}
