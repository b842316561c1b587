//! A call's values in memory.

/// A call's values as one machine lays them out: those of the contract's target. Made for one routine by
/// [`super::Converter::native`]; used for one call after the other, it keeps its memory.
#[derive(Debug)]
pub struct Native {
    values: Vec<Block>,
    areas: Vec<Block>,
    returned: Returned,
    limit: usize,
}

/// Where the returned value is.
#[derive(Debug)]
enum Returned {
    /// In this area, whose address the caller gives.
    Area(usize),
    /// In registers.
    Value(Block),
}

impl Native {
    /// `values`: bytes of each parameter by value, 0 for the others. `returned`: the area of the returned value, or its
    /// bytes.
    pub(super) fn new(values: &[usize], areas: usize, returned: Result<usize, usize>) -> Native {
        let sized = |length: &usize| {
            let mut block = Block::default();
            block.set(*length, true);
            block
        };
        Native {
            values: values.iter().map(sized).collect(),
            areas: (0..areas).map(|_| Block::default()).collect(),
            returned: match returned {
                Ok(area) => Returned::Area(area),
                Err(length) => Returned::Value(sized(&length)),
            },
            limit: room(crate::MESSAGE_LIMIT),
        }
    }

    /// Most bytes that the areas may have together. What a message asks beyond it is refused. Enough for messages of
    /// [`crate::MESSAGE_LIMIT`] where nothing else is said.
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Sets the limit to what messages of so many bytes need, and to no less than it is where nothing is said: a short message
    /// may stand for much memory, where little of a record travels. It is never more than `memory`.
    pub fn allow_messages(&mut self, bytes: usize, memory: usize) {
        self.limit = room(bytes.max(crate::MESSAGE_LIMIT)).min(memory);
    }

    /// The bytes of parameter `i`, if it is passed by value; else none.
    pub fn value(&self, i: usize) -> &[u8] {
        self.values.get(i).map_or(&[], Block::bytes)
    }

    /// Sets a parameter that is passed by value. Bytes too many are dropped; those that are missing stay.
    pub fn set_value(&mut self, i: usize, bytes: &[u8]) {
        let value = self.value_mut(i);
        let length = value.len().min(bytes.len());
        value[..length].copy_from_slice(&bytes[..length]);
    }

    /// The bytes of parameter `i`, if it is passed by value, to be written.
    pub fn value_mut(&mut self, i: usize) -> &mut [u8] {
        self.values.get_mut(i).map_or(&mut [], Block::bytes_mut)
    }

    /// Number of areas, as [`cmp_bridge_contract::areas::of`] counts them.
    pub fn areas(&self) -> usize {
        self.areas.len()
    }

    /// The memory of an area. `None`: its address is null.
    pub fn area(&self, index: usize) -> Option<&[u8]> {
        self.areas.get(index).filter(|area| area.present).map(Block::bytes)
    }

    /// The memory of an area, to be written.
    pub fn area_mut(&mut self, index: usize) -> Option<&mut [u8]> {
        self.areas.get_mut(index).filter(|area| area.present).map(Block::bytes_mut)
    }

    /// The address of an area, a multiple of 16; null where it is absent. It holds until the area is set again.
    pub fn area_pointer(&mut self, index: usize) -> *mut u8 {
        self.area_mut(index).map_or(std::ptr::null_mut(), |bytes| bytes.as_mut_ptr())
    }

    /// Sets an area. `None`: its address is null.
    pub fn set_area(&mut self, index: usize, bytes: Option<&[u8]>) {
        let Some(area) = self.areas.get_mut(index) else { return };
        match bytes {
            None => area.present = false,
            Some(bytes) => area.set(bytes.len(), false).copy_from_slice(bytes),
        }
    }

    /// The returned value: of no bytes where there is none.
    pub fn returned(&self) -> &[u8] {
        match &self.returned {
            Returned::Area(area) => self.area(*area).unwrap_or_default(),
            Returned::Value(block) => block.bytes(),
        }
    }

    /// The returned value, to be written.
    pub fn returned_mut(&mut self) -> &mut [u8] {
        match &mut self.returned {
            Returned::Area(area) => self.areas.get_mut(*area).map_or(&mut [], Block::bytes_mut),
            Returned::Value(block) => block.bytes_mut(),
        }
    }

    /// The area that holds the returned value, if that is in memory.
    pub fn returned_area(&self) -> Option<usize> {
        match &self.returned {
            Returned::Area(area) => Some(*area),
            Returned::Value(_) => None,
        }
    }

    /// Makes an area of `length` bytes, zeros if `zeros`, else anything. Too much: what there is already, and `None`.
    pub(super) fn make_area(&mut self, index: usize, length: usize, zeros: bool) -> Option<&mut [u8]> {
        let others = self.areas.iter().enumerate().filter(|(i, area)| *i != index && area.present);
        let total = others.fold(length, |total, (_, area)| total.saturating_add(area.length));
        let limit = self.limit;
        self.areas.get_mut(index).filter(|_| total <= limit).map(|area| area.set(length, zeros))
    }

    /// As before a call: values zero, areas absent, but for the one of the returned value.
    pub(super) fn reset(&mut self, returned: usize) {
        self.values.iter_mut().for_each(|value| value.bytes_mut().fill(0));
        self.areas.iter_mut().for_each(|area| area.present = false);
        match &mut self.returned {
            Returned::Area(area) => {
                if let Some(area) = self.areas.get_mut(*area) {
                    area.set(returned, true);
                }
            }
            Returned::Value(block) => block.bytes_mut().fill(0),
        }
    }

    /// Gives memory back that one long call needed. Areas keep `most` bytes each; one that has more is absent then.
    pub fn shrink_to(&mut self, most: usize) {
        self.areas.iter_mut().for_each(|area| area.shrink_to(most));
    }
}

/// Memory for the values of a message of so many bytes: records with padding and with fields that do not travel need more than
/// they take on the wire.
fn room(message: usize) -> usize {
    message.saturating_mul(4)
}

/// Bytes at an address that is a multiple of 16, as the memory of any type may need it.
#[derive(Debug, Default)]
struct Block {
    /// More than is needed, by what it takes to begin at such an address.
    bytes: Vec<u8>,
    start: usize,
    length: usize,
    present: bool,
}

/// The alignment of a block.
const ALIGN: usize = 16;

impl Block {
    /// Makes it present, with so many bytes: zeros, or anything.
    fn set(&mut self, length: usize, zeros: bool) -> &mut [u8] {
        if self.bytes.len() < length + ALIGN {
            // What was there is not kept: nothing is copied.
            self.bytes.clear();
            self.bytes.resize(length + ALIGN, 0);
        }
        self.align();
        (self.length, self.present) = (length, true);
        let bytes = self.bytes_mut();
        if zeros {
            bytes.fill(0);
        }
        bytes
    }

    /// Finds the first address of the vector that is aligned: at most 15 bytes in.
    fn align(&mut self) {
        self.start = self.bytes.as_ptr().align_offset(ALIGN).min(ALIGN);
    }

    fn shrink_to(&mut self, most: usize) {
        if self.length > most {
            *self = Block::default();
        } else if self.bytes.len() > most.saturating_add(ALIGN) {
            let kept = self.bytes().to_vec();
            let (length, present) = (self.length, self.present);
            *self = Block::default();
            self.set(length, false).copy_from_slice(&kept);
            self.present = present;
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..][..self.length]
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..][..self.length]
    }
}
