//! Running location expressions where what they need is known: constants, and the bytes of a live or recorded object.
//!
//! [`super::location`] reads expressions as formulas over parameters; here they are run. An expression that needs a
//! register, a frame or memory that nobody has gives no result: what is unknown stays unknown.

use gimli::constants::*;
use gimli::{AttributeValue, EndianSlice, EvaluationResult, Location, Reader, UnitOffset, Value, ValueType};

use super::{Bytes, DebugInfo, Die, DieRef, integer};

/// Steps of one expression.
const MAX_STEPS: u32 = 2000;
/// Questions that one expression may ask.
const MAX_QUESTIONS: usize = 256;
/// How far one attribute may lead to another.
const MAX_DEPTH: u32 = 6;

/// The bytes of a live process, or of a recorded object.
pub trait Memory {
    /// Fills `bytes` with what is at `address`. False when that is not known.
    fn read(&self, address: u64, bytes: &mut [u8]) -> bool;

    /// What the loader added to the addresses in the file.
    fn bias(&self) -> u64 {
        0
    }
}

/// What an expression may look at.
#[derive(Clone, Copy)]
struct World<'m> {
    memory: Option<&'m dyn Memory>,
    object: Option<u64>,
}

impl<'s> DebugInfo<'s> {
    /// The value of an attribute that depends on nothing: a constant, an expression over constants, or a reference to
    /// an entry with a constant value. `None` when it depends on something, or cannot be read.
    pub fn evaluate_constant(&self, at: DieRef, attribute: gimli::DwAt) -> Option<i64> {
        self.value_of(&self.die(at).ok()?, attribute, World { memory: None, object: None }, 0)
    }

    /// The value of an attribute for the object at `object`, where there is one, in a memory. Of an attribute that is a
    /// place, this is its address (of a 32-bit target, its low 32 bits count); of a member, its offset in the record.
    pub fn evaluate_with(
        &self,
        at: DieRef,
        attribute: gimli::DwAt,
        memory: &dyn Memory,
        object: Option<u64>,
    ) -> Option<i64> {
        self.value_of(&self.die(at).ok()?, attribute, World { memory: Some(memory), object }, 0)
    }

    fn value_of(&self, die: &Die<'s>, attribute: gimli::DwAt, world: World<'_>, depth: u32) -> Option<i64> {
        if depth > MAX_DEPTH {
            return None;
        }
        let value = die.entry.attr_value(attribute)?;
        if let Some(constant) = integer(&value) {
            return Some(constant);
        }
        match value {
            AttributeValue::Exprloc(gimli::Expression(bytes)) | AttributeValue::Block(bytes) => {
                // Before DWARF 3, the place of a member is computed from the address of its record on the stack.
                let initial = (attribute == DW_AT_data_member_location).then_some(world.object.unwrap_or(0));
                let value = match self.run(die, bytes, initial, world, depth)? {
                    Found::Value(value) => value,
                    // Bounds and sizes are results of expressions, not places.
                    Found::Place(address) => address as i64,
                };
                Some(value.wrapping_sub(initial.unwrap_or(0) as i64))
            }
            AttributeValue::Addr(value) => Some(value as i64),
            other => {
                let target = self.resolve(die.at, &other).ok()??;
                self.value_at(&self.die(target).ok()?, world, depth + 1)
            }
        }
    }

    /// The value of the variable, member or constant that an entry describes.
    fn value_at(&self, die: &Die<'s>, world: World<'_>, depth: u32) -> Option<i64> {
        if die.entry.attr_value(DW_AT_const_value).is_some() {
            return self.value_of(die, DW_AT_const_value, world, depth);
        }
        let address = match die.tag() {
            DW_TAG_member => {
                let offset = self.value_of(die, DW_AT_data_member_location, world, depth)?;
                world.object?.wrapping_add_signed(offset)
            }
            _ => match die.entry.attr_value(DW_AT_location)? {
                AttributeValue::Exprloc(gimli::Expression(bytes)) | AttributeValue::Block(bytes) => {
                    match self.run(die, bytes, None, world, depth)? {
                        Found::Value(value) => return Some(value),
                        Found::Place(address) => address,
                    }
                }
                _ => return None,
            },
        };
        let kind = self.integer_type(self.reference(die, DW_AT_type).ok()??)?;
        to_integer(self.load(address, kind, world)?)
    }

    /// Size and sign of an integer type.
    fn integer_type(&self, mut at: DieRef) -> Option<ValueType> {
        let mut size = None;
        for _ in 0..16 {
            let die = self.die(at).ok()?;
            size = size.or_else(|| integer(&die.entry.attr_value(DW_AT_byte_size)?));
            let bytes = u64::try_from(size.unwrap_or(0)).ok()?;
            if let Some(AttributeValue::Encoding(encoding)) = die.entry.attr_value(DW_AT_encoding) {
                return ValueType::from_encoding(whole_number(encoding)?, bytes);
            }
            if die.tag() == DW_TAG_enumeration_type && die.entry.attr_value(DW_AT_type).is_none() {
                return ValueType::from_encoding(DW_ATE_unsigned, bytes);
            }
            at = self.reference(&die, DW_AT_type).ok()??;
        }
        None
    }

    fn load(&self, address: u64, kind: ValueType, world: World<'_>) -> Option<Value> {
        let size = usize::try_from(kind.bit_size(u64::MAX) / 8).ok()?.min(8);
        let mut bytes = [0u8; 8];
        let bytes = bytes.get_mut(..size)?;
        world.memory?.read(address, bytes).then_some(())?;
        Value::parse(kind, EndianSlice::new(bytes, self.endian())).ok()
    }

    /// Runs one expression.
    fn run(
        &self,
        die: &Die<'s>,
        bytes: Bytes<'s>,
        initial: Option<u64>,
        world: World<'_>,
        depth: u32,
    ) -> Option<Found> {
        let (dwarf, opened) = self.unit(die.at.unit)?;
        let encoding = opened.unit.encoding();
        let mut evaluation = gimli::Expression(bytes).evaluation(encoding);
        evaluation.set_max_iterations(MAX_STEPS);
        if let Some(object) = world.object {
            evaluation.set_object_address(object);
        }
        if let Some(initial) = initial {
            evaluation.set_initial_value(initial);
        }
        let mut state = evaluation.evaluate().ok()?;
        for _ in 0..MAX_QUESTIONS {
            state = match state {
                EvaluationResult::Complete => return found(&evaluation.result(), encoding.address_size),
                EvaluationResult::RequiresMemory { address, size, space: None, base_type } => {
                    let value = match base_type.0 {
                        0 => self.load_plain(address, size, world)?,
                        _ => self.load(address, self.base_type(die.at.unit, base_type)?, world)?,
                    };
                    evaluation.resume_with_memory(value).ok()?
                }
                EvaluationResult::RequiresRelocatedAddress(address) => {
                    let address = address.wrapping_add(world.memory?.bias());
                    evaluation.resume_with_relocated_address(address).ok()?
                }
                EvaluationResult::RequiresIndexedAddress { index, relocate } => {
                    let bias = if relocate { world.memory?.bias() } else { 0 };
                    let address = dwarf.address(&opened.unit, index).ok()?;
                    evaluation.resume_with_indexed_address(address.wrapping_add(bias)).ok()?
                }
                EvaluationResult::RequiresBaseType(offset) => {
                    let kind = self.base_type(die.at.unit, offset)?;
                    evaluation.resume_with_base_type(kind).ok()?
                }
                EvaluationResult::RequiresAtLocation(gimli::DieReference::UnitRef(offset))
                    if depth < MAX_DEPTH =>
                {
                    let target = self.die(DieRef { unit: die.at.unit, offset: offset.0 }).ok()?;
                    match target.entry.attr_value(DW_AT_location)? {
                        AttributeValue::Exprloc(gimli::Expression(bytes)) => {
                            evaluation.resume_with_at_location(bytes).ok()?
                        }
                        _ => return None,
                    }
                }
                // A register, a frame, thread-local storage, the state of a caller: nobody has them here.
                _ => return None,
            };
        }
        None
    }

    fn load_plain(&self, address: u64, size: u8, world: World<'_>) -> Option<Value> {
        let mut bytes = [0u8; 8];
        let bytes = bytes.get_mut(..usize::from(size))?;
        world.memory?.read(address, bytes).then_some(())?;
        EndianSlice::new(bytes, self.endian()).read_uint(bytes.len()).ok().map(Value::Generic)
    }

    fn base_type(&self, unit: usize, offset: UnitOffset) -> Option<ValueType> {
        if offset.0 == 0 {
            return Some(ValueType::Generic);
        }
        let die = self.die(DieRef { unit, offset: offset.0 }).ok()?;
        let size = integer(&die.entry.attr_value(DW_AT_byte_size)?)?;
        match die.entry.attr_value(DW_AT_encoding)? {
            AttributeValue::Encoding(encoding) => {
                let encoding = whole_number(encoding).unwrap_or(encoding);
                ValueType::from_encoding(encoding, u64::try_from(size).ok()?)
            }
            _ => None,
        }
    }

    fn endian(&self) -> gimli::RunTimeEndian {
        let reader = |f: &super::File<'s>| gimli::Section::reader(&f.dwarf.debug_info).endian();
        self.files.first().map_or(gimli::RunTimeEndian::Little, reader)
    }
}

/// What an expression came to.
enum Found {
    /// A value that is nowhere.
    Value(i64),
    /// What it left on the stack: the address of an object, or a result.
    Place(u64),
}

fn found(pieces: &[gimli::Piece<Bytes<'_>>], address_size: u8) -> Option<Found> {
    let [piece] = pieces else {
        return None;
    };
    match piece.location {
        Location::Address { address } => Some(Found::Place(sign_extended(address, address_size) as u64)),
        Location::Value { value: Value::Generic(value) } => {
            Some(Found::Value(sign_extended(value, address_size)))
        }
        Location::Value { value } => to_integer(value).map(Found::Value),
        _ => None,
    }
}

/// The generic type has the size of an address, and no sign of its own.
fn sign_extended(value: u64, size: u8) -> i64 {
    match size {
        1 => i64::from(value as i8),
        2 => i64::from(value as i16),
        4 => i64::from(value as i32),
        _ => value as i64,
    }
}

fn to_integer(value: Value) -> Option<i64> {
    Some(match value {
        Value::Generic(v) | Value::U64(v) => v as i64,
        Value::I8(v) => v.into(),
        Value::U8(v) => v.into(),
        Value::I16(v) => v.into(),
        Value::U16(v) => v.into(),
        Value::I32(v) => v.into(),
        Value::U32(v) => v.into(),
        Value::I64(v) => v,
        Value::F32(_) | Value::F64(_) => return None,
    })
}

/// The encodings that are integers, as the two that gimli computes with.
fn whole_number(encoding: gimli::DwAte) -> Option<gimli::DwAte> {
    match encoding {
        DW_ATE_signed | DW_ATE_signed_char => Some(DW_ATE_signed),
        DW_ATE_unsigned | DW_ATE_unsigned_char | DW_ATE_boolean | DW_ATE_UTF => Some(DW_ATE_unsigned),
        _ => None,
    }
}
