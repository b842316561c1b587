//! From a message to memory as the contract's target lays it out, and back.
//!
//! A [`Converter`] is made once a routine: it follows the types once, and leaves a list of runs of equal numbers, so that a
//! record of thirty doubles is one loop, and an array of them, too.

mod compile;
mod native;
mod run;

pub use native::Native;

use crate::xdr::{DecodeError, Decoder, Encoder};
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::model::{Contract, Routine};
use cmp_bridge_contract::readiness::Missing;
use compile::{Item, Place, What};
use run::{Machine, Unfit};

/// Why values do not become a message, or a message does not become values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    /// The message is not well formed.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// An address that may not be null is.
    #[error("`{name}` is absent: its address is null, which the contract does not allow")]
    Null {
        /// The value.
        name: String,
    },
    /// Memory that has another size than the contract says.
    #[error("`{name}` has {found} bytes in memory, where the contract says {expected}")]
    Size {
        /// The value.
        name: String,
        /// Bytes by the contract.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// A number of elements that is not the contract's.
    #[error("`{name}` has {found} elements, where the contract's extent is {expected}")]
    Count {
        /// The value.
        name: String,
        /// Elements by the contract.
        expected: String,
        /// Elements there are.
        found: u64,
    },
    /// An integer that its type in memory cannot hold.
    #[error("`{name}`: {found} does not fit into {bits} bits")]
    DoesNotFit {
        /// The value, or the one it is in.
        name: String,
        /// The integer.
        found: i64,
        /// Bits of its type.
        bits: u32,
    },
    /// A text with a NUL inside, or one in memory without the NUL at its end.
    #[error("`{name}`: a text ends with its only NUL")]
    Nul {
        /// The value.
        name: String,
    },
    /// A value that was present before the call is absent after it, or the other way.
    #[error("`{name}` is present on one side of the call only")]
    Presence {
        /// The value.
        name: String,
    },
    /// More memory than is allowed, or a value that is longer than a message can be.
    #[error("`{name}` needs {bytes} bytes of memory, with the others more than are allowed")]
    TooLarge {
        /// The value.
        name: String,
        /// Its bytes.
        bytes: u64,
    },
}

/// What makes messages of a routine's calls, and calls of messages.
#[derive(Debug)]
pub struct Converter {
    inputs: Vec<Item>,
    outputs: Vec<Item>,
    machine: Machine,
    values: Vec<usize>,
    owners: Vec<Owner>,
    /// The area of the returned value, or nothing; and its bytes.
    returned: (Option<usize>, usize),
}

impl Converter {
    /// For calls of a routine, in the layout of the contract's target; or all the reasons why they do not travel.
    pub fn new(contract: &Contract, routine: &Routine) -> Result<Converter, Vec<Missing>> {
        compile::converter(contract, routine)
    }

    /// Whose the areas of a [`Native`] are, in their order: that of [`cmp_bridge_contract::areas::of`], where that knows how
    /// the target's calls are made. Elsewhere the returned value is no area.
    pub fn owners(&self) -> &[Owner] {
        &self.owners
    }

    /// Memory for a call, with all areas absent and all values zero.
    pub fn native(&self) -> Native {
        let mut native = Native::new(&self.values, self.owners.len(), self.returned.0.ok_or(self.returned.1));
        native.reset(self.returned.1);
        native
    }

    /// Makes memory as it is before a call: values zero, areas absent, but for the one of the returned value.
    pub fn reset(&self, native: &mut Native) {
        native.reset(self.returned.1);
    }

    /// Writes what a call sends.
    pub fn encode_inputs(&self, native: &Native, out: &mut Encoder) -> Result<(), ConvertError> {
        self.inputs.iter().try_for_each(|item| self.encode(item, native, out, true))
    }

    /// Reads what a call sends. What does not travel is zero; ignored addresses are null.
    pub fn decode_inputs(&self, input: &mut Decoder<'_>, native: &mut Native) -> Result<(), ConvertError> {
        native.reset(self.returned.1);
        for item in &self.inputs {
            self.decode_input(item, input, native)?;
        }
        // A count may stand behind the array it counts.
        self.inputs.iter().try_for_each(|item| counted(item, native))
    }

    /// Writes what comes back of a call.
    pub fn encode_outputs(&self, native: &Native, out: &mut Encoder) -> Result<(), ConvertError> {
        self.outputs.iter().try_for_each(|item| self.encode(item, native, out, false))
    }

    /// Reads what comes back of a call into the memory that it was made with. Only what differs is stored: an element whose
    /// bytes would travel as those that came keeps its own.
    pub fn decode_outputs(&self, input: &mut Decoder<'_>, native: &mut Native) -> Result<(), ConvertError> {
        self.outputs.iter().try_for_each(|item| self.decode_output(item, input, native))
    }

    /// `before`: sizes are held against the contract. After the call its counts may have been overwritten; the sizes have
    /// not changed.
    fn encode(
        &self,
        item: &Item,
        native: &Native,
        out: &mut Encoder,
        before: bool,
    ) -> Result<(), ConvertError> {
        let Some(memory) = memory(item, native) else {
            if !item.optional {
                return Err(ConvertError::Null { name: item.name.clone() });
            }
            out.u32(0);
            return Ok(());
        };
        if item.optional {
            out.u32(1);
        }
        if before {
            counted(item, native)?;
        }
        match &item.what {
            What::Fixed(element) => {
                let memory = exactly(item, memory, element.memory)?;
                self.machine.encode(element, memory, out.room(element.wire));
            }
            What::Counted(element, _) => {
                let count = elements(item, memory, element.memory)?;
                let (count, bytes) = length(item, count, element.wire)?;
                out.u32(count);
                self.machine.encode(element, memory, out.room(bytes));
            }
            What::Bytes(_) => {
                length(item, memory.len(), 1)?;
                out.opaque(memory);
            }
            What::Text => {
                let end = memory.iter().position(|byte| *byte == 0);
                let end = end.ok_or_else(|| ConvertError::Nul { name: item.name.clone() })?;
                length(item, end, 1)?;
                out.opaque(&memory[..end]);
            }
        }
        Ok(())
    }

    fn decode_input(
        &self,
        item: &Item,
        input: &mut Decoder<'_>,
        native: &mut Native,
    ) -> Result<(), ConvertError> {
        if item.optional && !input.bool()? {
            return Ok(());
        }
        match &item.what {
            What::Fixed(element) => {
                let wire = input.take(element.wire)?;
                let memory = room(item, native, element.memory, !element.dense)?;
                self.store::<false>(item, element, wire, memory, input.position())
            }
            What::Counted(element, _) => {
                let count = input.length(u32::MAX, element.wire)?;
                // No more than are left of the message.
                let wire = input.take(count * element.wire)?;
                let bytes = (count as u64).saturating_mul(element.memory as u64);
                let bytes = usize::try_from(bytes)
                    .map_err(|_| ConvertError::TooLarge { name: item.name.clone(), bytes })?;
                let memory = room(item, native, bytes, !element.dense)?;
                self.store::<false>(item, element, wire, memory, input.position())
            }
            What::Bytes(_) => {
                let text = input.opaque(u32::MAX)?;
                room(item, native, text.len(), false)?.copy_from_slice(text);
                Ok(())
            }
            What::Text => {
                let text = input.opaque(u32::MAX)?;
                if text.contains(&0) {
                    return Err(ConvertError::Nul { name: item.name.clone() });
                }
                room(item, native, text.len() + 1, true)?[..text.len()].copy_from_slice(text);
                Ok(())
            }
        }
    }

    fn decode_output(
        &self,
        item: &Item,
        input: &mut Decoder<'_>,
        native: &mut Native,
    ) -> Result<(), ConvertError> {
        let present = !item.optional || input.bool()?;
        let memory = match memory_mut(item, native) {
            Some(memory) if present => memory,
            None if !present => return Ok(()),
            None if !item.optional => return Err(ConvertError::Null { name: item.name.clone() }),
            _ => return Err(ConvertError::Presence { name: item.name.clone() }),
        };
        match &item.what {
            What::Fixed(element) => {
                exactly(item, memory, element.memory)?;
                let wire = input.take(element.wire)?;
                self.store::<true>(item, element, wire, memory, input.position())
            }
            What::Counted(element, _) => {
                let count = elements(item, memory, element.memory)?;
                let found = input.length(u32::MAX, element.wire)?;
                same_count(item, count, found)?;
                let wire = input.take(count * element.wire)?;
                self.store::<true>(item, element, wire, memory, input.position())
            }
            What::Bytes(_) | What::Text => {
                let text = input.opaque(u32::MAX)?;
                same_count(item, memory.len(), text.len())?;
                memory.copy_from_slice(text);
                Ok(())
            }
        }
    }

    fn store<const KEEP: bool>(
        &self,
        item: &Item,
        element: &run::Element,
        wire: &[u8],
        memory: &mut [u8],
        end: usize,
    ) -> Result<(), ConvertError> {
        self.machine.decode::<KEEP>(element, wire, memory).map_err(|unfit| match unfit {
            Unfit::Integer { found, bits } => {
                ConvertError::DoesNotFit { name: item.name.clone(), found, bits }
            }
            // `end` is behind the value.
            Unfit::Padding { left } => DecodeError::Padding { at: end - left }.into(),
        })
    }
}

fn memory<'n>(item: &Item, native: &'n Native) -> Option<&'n [u8]> {
    match item.place {
        Place::Value(i) => Some(native.value(i)),
        Place::Area(i) => native.area(i),
        Place::Returned => Some(native.returned()),
    }
}

fn memory_mut<'n>(item: &Item, native: &'n mut Native) -> Option<&'n mut [u8]> {
    match item.place {
        Place::Value(i) => Some(native.value_mut(i)),
        Place::Area(i) => native.area_mut(i),
        Place::Returned => Some(native.returned_mut()),
    }
}

/// Memory for a value that comes.
fn room<'n>(
    item: &Item,
    native: &'n mut Native,
    bytes: usize,
    zeros: bool,
) -> Result<&'n mut [u8], ConvertError> {
    let too_large = || ConvertError::TooLarge { name: item.name.clone(), bytes: bytes as u64 };
    match item.place {
        Place::Value(i) => Ok(native.value_mut(i)),
        Place::Area(i) => native.make_area(i, bytes, zeros).ok_or_else(too_large),
        Place::Returned => Ok(native.returned_mut()),
    }
}

fn exactly<'m>(item: &Item, memory: &'m [u8], expected: usize) -> Result<&'m [u8], ConvertError> {
    match memory.len() == expected {
        true => Ok(memory),
        false => Err(size_error(item, expected as u64, memory.len())),
    }
}

fn size_error(item: &Item, expected: u64, found: usize) -> ConvertError {
    ConvertError::Size { name: item.name.clone(), expected, found: found as u64 }
}

/// Number of whole elements in memory.
fn elements(item: &Item, memory: &[u8], element: usize) -> Result<usize, ConvertError> {
    match memory.len().checked_rem(element) {
        Some(0) => Ok(memory.len() / element),
        _ => Err(size_error(item, (memory.len() - memory.len() % element.max(1)) as u64, memory.len())),
    }
}

/// A length as it travels, and the bytes it makes.
fn length(item: &Item, count: usize, wire: usize) -> Result<(u32, usize), ConvertError> {
    let bytes = count.checked_mul(wire);
    match (u32::try_from(count), bytes) {
        (Ok(count), Some(bytes)) if bytes <= u32::MAX as usize => Ok((count, bytes)),
        _ => {
            Err(ConvertError::TooLarge { name: item.name.clone(), bytes: bytes.unwrap_or(usize::MAX) as u64 })
        }
    }
}

fn same_count(item: &Item, expected: usize, found: usize) -> Result<(), ConvertError> {
    match expected == found {
        true => Ok(()),
        false => Err(ConvertError::Count {
            name: item.name.clone(),
            expected: expected.to_string(),
            found: found as u64,
        }),
    }
}

/// The number of elements in memory is that of the contract.
fn counted(item: &Item, native: &Native) -> Result<(), ConvertError> {
    let Some((counter, element)) = item.what.counter() else { return Ok(()) };
    let Some(memory) = memory(item, native) else { return Ok(()) };
    let found = elements(item, memory, element)?;
    let expected = counter.evaluate(native);
    match expected {
        Some(expected) if usize::try_from(expected.max(0)) == Ok(found) => Ok(()),
        _ => Err(ConvertError::Count {
            name: item.name.clone(),
            expected: expected.map_or("not known".to_string(), |count| count.max(0).to_string()),
            found: found as u64,
        }),
    }
}
