//! Where exceptions land: the call-site tables (LSDA) that the unwind rows of `.eh_frame` lead to.
//!
//! Layout as GCC and LLVM emit it: an optional base, an optional type table, then call sites of (start, length, pad,
//! action), where a pad of 0 means none. A damaged table yields what was read before the damage.

use gimli::{EhFrame, LittleEndian, Pointer, UnwindSection};

use crate::binary::Binary;

/// Landing pads of all functions: (address of the pad, address of the code it belongs to).
pub(crate) fn pads(binary: &Binary) -> Vec<(u64, u64)> {
    let Ok(Some(data)) = binary.section_bytes(".eh_frame") else { return Vec::new() };
    let address_of = |name: &str| binary.section(name).map_or(0, |s| s.address);
    let bases = gimli::BaseAddresses::default()
        .set_eh_frame(address_of(".eh_frame"))
        .set_eh_frame_hdr(address_of(".eh_frame_hdr"))
        .set_text(address_of(".text"))
        .set_got(address_of(".got"));
    let frame = EhFrame::new(&data, LittleEndian);
    let mut entries = frame.entries(&bases);
    let mut pads = Vec::new();
    while let Ok(Some(entry)) = entries.next() {
        let gimli::CieOrFde::Fde(partial) = entry else { continue };
        let Ok(fde) = partial.parse(EhFrame::cie_from_offset) else { continue };
        if let Some(Pointer::Direct(table)) = fde.lsda()
            && table != 0
        {
            read_table(binary, table, fde.initial_address(), &mut pads);
        }
    }
    pads
}

/// Reads one table, as far as it can be read.
fn read_table(binary: &Binary, table: u64, function: u64, pads: &mut Vec<(u64, u64)>) -> Option<()> {
    const OMITTED: u8 = 0xff;
    let mut reader = Reader { binary, at: table };
    let base = match reader.byte()? {
        OMITTED => function,
        encoding => reader.fixed(encoding)?,
    };
    if reader.byte()? != OMITTED {
        reader.uleb()?; // distance to the type table
    }
    let encoding = reader.byte()?;
    let length = reader.uleb()?;
    let end = reader.at.checked_add(length)?;
    while reader.at < end {
        let start = reader.number(encoding)?;
        reader.number(encoding)?; // length
        let pad = reader.number(encoding)?;
        reader.uleb()?; // action
        if pad != 0 {
            pads.push((base.wrapping_add(pad), function.wrapping_add(start)));
        }
    }
    Some(())
}

struct Reader<'a> {
    binary: &'a Binary,
    at: u64,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.binary.bytes_at(self.at, N)?.try_into().ok()?;
        self.at = self.at.checked_add(N as u64)?;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[b]| b)
    }

    fn uleb(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A number of a call site: an offset, so that the way it is applied does not matter.
    fn number(&mut self, encoding: u8) -> Option<u64> {
        match encoding & 0x0f {
            0x01 => self.uleb(),
            0x02 => self.take().map(|b| u64::from(u16::from_le_bytes(b))),
            0x03 => self.take().map(|b| u64::from(u32::from_le_bytes(b))),
            0x0b => self.take().map(|b| i64::from(i32::from_le_bytes(b)) as u64),
            0x00 | 0x04 | 0x0c => self.take().map(u64::from_le_bytes),
            _ => None,
        }
    }

    /// An address: absolute or relative to its own place.
    fn fixed(&mut self, encoding: u8) -> Option<u64> {
        let place = self.at;
        let value = self.number(encoding)?;
        match encoding & 0x70 {
            0x00 => Some(value),
            0x10 => Some(place.wrapping_add(value)),
            _ => None,
        }
    }
}
