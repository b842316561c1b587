//! From an address to the unit whose code is there, without opening the others.

use std::collections::HashSet;

use super::DebugInfo;

/// Ranges of one unit that are looked at where the table of addresses does not speak of it.
const MAX_RANGES: usize = 1 << 16;

/// `.debug_aranges`, by address, and the units it speaks of.
pub(super) struct Aranges {
    /// First address, one past the last, unit; ascending.
    ranges: Vec<(u64, u64, usize)>,
    covered: HashSet<usize>,
}

impl DebugInfo<'_> {
    /// The units that can have code: not those of types, of what other units share, and skeletons whose unit is here.
    pub(super) fn units_with_code(&self) -> impl Iterator<Item = usize> {
        (0..self.units.len()).filter(|&unit| {
            let found = &self.units[unit];
            Some(found.file) != self.supplementary
                && found.split.is_none()
                && found.type_signature().is_none()
        })
    }

    /// The unit with the code at an address.
    pub(super) fn unit_at(&self, address: u64) -> Option<usize> {
        let aranges = self.aranges.get_or_init(|| self.read_aranges());
        let after = aranges.ranges.partition_point(|(start, _, _)| *start <= address);
        let found = aranges.ranges[..after].last().filter(|(_, end, _)| address < *end);
        let unit = match found {
            Some((_, _, unit)) => *unit,
            // Not every compiler writes the table, and assemblers of old did not.
            None => {
                let mut others = (0..self.units.len()).filter(|unit| !aranges.covered.contains(unit));
                others.find(|unit| self.covers(*unit, address))?
            }
        };
        Some(self.units.get(unit)?.split.unwrap_or(unit))
    }

    fn read_aranges(&self) -> Aranges {
        let mut aranges = Aranges { ranges: Vec::new(), covered: HashSet::new() };
        let Some(file) = self.files.first() else {
            return aranges;
        };
        let mut headers = file.dwarf.debug_aranges.headers();
        // A table that cannot be read says nothing of the units after the damage.
        while let Ok(Some(header)) = headers.next() {
            let Some(at) = self.at_offset(0, header.debug_info_offset().0) else {
                continue;
            };
            let mut entries = header.entries();
            let mut whole = false;
            while let Ok(Some(entry)) = entries.next() {
                whole = true;
                let range = entry.range();
                aranges.ranges.push((range.begin, range.end, at.unit));
            }
            if whole {
                aranges.covered.insert(at.unit);
            }
        }
        aranges.ranges.sort_unstable();
        aranges
    }

    fn covers(&self, unit: usize, address: u64) -> bool {
        if self.units[unit].type_signature().is_some() || Some(self.units[unit].file) == self.supplementary {
            return false;
        }
        let Some((dwarf, opened)) = self.unit(unit) else {
            return false;
        };
        let Ok(mut ranges) = dwarf.unit_ranges(&opened.unit) else {
            return false;
        };
        for _ in 0..MAX_RANGES {
            match ranges.next() {
                Ok(Some(range)) if range.begin <= address && address < range.end => return true,
                Ok(Some(_)) => {}
                _ => return false,
            }
        }
        false
    }
}
