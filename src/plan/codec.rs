//! The plan as bytes: little-endian, length-prefixed, closed by a checksum.

use super::*;
use crate::control::Route;

const MAGIC: &[u8; 8] = b"CMPPLAN1";

/// Why a plan is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The first bytes are not a plan's, or another version's.
    #[error("not a plan of this version")]
    Magic,
    /// The checksum differs.
    #[error("the plan is truncated or damaged")]
    Damaged,
    /// A field is out of range.
    #[error("a field of the plan is out of range: {0}")]
    Field(&'static str),
}

/// FNV-1a: enough against truncation and damage; a plan stands in a directory only its user can write.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl Plan {
    /// The plan as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Encoder(MAGIC.to_vec());
        out.list(&self.images, |out, image| {
            out.bytes(image.name.as_bytes());
            out.bytes(&image.build_id);
            out.u64(image.span.0);
            out.u64(image.span.1);
            out.u8(image.vector as u8);
        });
        out.list(&self.routines, Encoder::routine);
        out.list(&self.modules, |out, path| out.bytes(path.as_bytes()));
        let safe: Vec<&Patch> = self.safe_moment.iter().collect();
        out.list(&safe, |out, patch| out.patch(patch));
        let elaborate: Vec<_> = self.elaborate.iter().collect();
        out.list(&elaborate, |out, (image, address)| {
            out.u16(*image);
            out.u64(*address);
        });
        out.u64(self.most_calls);
        let sum = checksum(&out.0);
        out.u64(sum);
        out.0
    }

    /// Reads a plan back; every index and size in it is checked.
    pub fn decode(bytes: &[u8]) -> Result<Plan, PlanError> {
        if bytes.get(..8) != Some(MAGIC.as_slice()) {
            return Err(PlanError::Magic);
        }
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or(PlanError::Damaged)?;
        if checksum(body) != u64::from_le_bytes(*sum) {
            return Err(PlanError::Damaged);
        }
        let mut input = Decoder(body.get(8..).ok_or(PlanError::Damaged)?);
        let plan = Plan {
            images: input.list(Decoder::image)?,
            routines: input.list(Decoder::routine)?,
            modules: input.list(Decoder::text)?,
            safe_moment: input.list(Decoder::patch)?.into_iter().next(),
            elaborate: input.list(|input| Ok((input.u16()?, input.u64()?)))?.into_iter().next(),
            most_calls: input.u64()?,
        };
        if !input.0.is_empty() {
            return Err(PlanError::Damaged);
        }
        plan.validate()?;
        Ok(plan)
    }

    fn validate(&self) -> Result<(), PlanError> {
        let patches = self.routines.iter().map(|r| &r.patch).chain(&self.safe_moment);
        for patch in patches {
            patch.validate(&self.images)?;
        }
        let inside = |(image, address): &(u16, u64)| {
            let image = self.images.get(usize::from(*image));
            image.is_some_and(|image| (image.span.0..image.span.1).contains(address))
        };
        if !self.elaborate.iter().all(inside) {
            return Err(PlanError::Field("elaboration"));
        }
        if self.routines.len() > usize::from(u16::MAX) {
            return Err(PlanError::Field("number of routines"));
        }
        for routine in &self.routines {
            if routine.route as usize >= Route::ALL.len() || routine.allowed & 1 << routine.route == 0 {
                return Err(PlanError::Field("route"));
            }
            if routine.module.is_some_and(|m| usize::from(m) >= self.modules.len()) {
                return Err(PlanError::Field("module"));
            }
            if routine.captures.len() > 255 || routine.stack_bytes > 4096 || routine.stack_bytes % 8 != 0 {
                return Err(PlanError::Field("captures or stack arguments"));
            }
            if routine.slack > 1024 || routine.slack % 8 != 0 {
                return Err(PlanError::Field("slack"));
            }
            for capture in &routine.captures {
                capture.validate(&self.images, routine.stack_bytes)?;
            }
        }
        Ok(())
    }
}

impl Patch {
    fn validate(&self, images: &[Image]) -> Result<(), PlanError> {
        let image = images.get(usize::from(self.image)).ok_or(PlanError::Field("image"))?;
        let end = self.entry.checked_add(self.original.len() as u64).ok_or(PlanError::Field("entry"))?;
        if self.entry < image.span.0 || end > image.span.1 {
            return Err(PlanError::Field("entry outside its image"));
        }
        if !(5..=32).contains(&self.original.len()) || self.code.is_empty() || self.code.len() > 255 {
            return Err(PlanError::Field("length of a patch"));
        }
        let width = |fixup: &Fixup| if fixup.kind == FixupKind::Relative32 { 4 } else { 8 };
        let inside = |fixup: &Fixup| usize::from(fixup.at) + width(fixup) <= self.code.len();
        if !self.fixups.iter().all(inside) {
            return Err(PlanError::Field("fix-up"));
        }
        let ascending = self.rows.windows(2).all(|pair| pair[0].code < pair[1].code);
        let starts = self.rows.first() == Some(&Row { code: 0, original: 0 });
        if !starts || !ascending || self.rows.iter().any(|row| usize::from(row.code) >= self.code.len()) {
            return Err(PlanError::Field("unwind rows"));
        }
        Ok(())
    }
}

impl Capture {
    fn validate(&self, images: &[Image], stack_bytes: u32) -> Result<(), PlanError> {
        let place = |place: Place| match place {
            Place::Gpr(i) => i < 6,
            Place::Xmm(i) => i < 8,
            Place::Stack(offset) => {
                offset % 8 == 0 && offset.checked_add(8).is_some_and(|end| end <= stack_bytes)
            }
        };
        let address = match self.address {
            Address::Argument(at) | Address::Through(at, _) => place(at),
            Address::Image(image, _) => usize::from(image) < images.len(),
        };
        let program = match &self.length {
            Length::Counted { program, .. } => {
                let mut depth = 0i32;
                program.len() <= 64
                    && program.iter().all(|op| {
                        depth += match op {
                            Op::Const(_) | Op::Argument { .. } | Op::Load { .. } => 1,
                            Op::Clamp | Op::Require => 0,
                            Op::Add | Op::Sub | Op::Mul => -1,
                        };
                        let sound = match op {
                            Op::Argument { place: at, size, .. } | Op::Load { place: at, size, .. } => {
                                place(*at) && matches!(size, 1 | 2 | 4 | 8)
                            }
                            _ => true,
                        };
                        (1..=STACK_DEPTH as i32).contains(&depth) && sound
                    })
                    && depth == 1
            }
            _ => true,
        };
        if address && program { Ok(()) } else { Err(PlanError::Field("capture")) }
    }
}

struct Encoder(Vec<u8>);

impl Encoder {
    fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    fn u16(&mut self, value: u16) {
        self.0.extend(value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    fn bytes(&mut self, value: &[u8]) {
        self.u32(value.len() as u32);
        self.0.extend_from_slice(value);
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.u32(items.len() as u32);
        for item in items {
            each(self, item);
        }
    }

    fn patch(&mut self, patch: &Patch) {
        self.u16(patch.image);
        self.u64(patch.entry);
        self.bytes(&patch.original);
        self.bytes(&patch.code);
        self.list(&patch.fixups, |out, fixup| {
            out.u8(fixup.kind as u8);
            out.u16(fixup.at);
            out.u16(fixup.end);
            out.u64(fixup.target);
        });
        self.list(&patch.rows, |out, row| {
            out.u16(row.code);
            out.u16(row.original);
        });
    }

    fn routine(&mut self, routine: &Routine) {
        self.bytes(routine.name.as_bytes());
        self.patch(&routine.patch);
        self.u32(routine.stack_bytes);
        self.u32(routine.slack);
        self.u8(routine.returns);
        self.list(&routine.captures, Encoder::capture);
        self.u64(routine.contract_hash);
        self.u8(routine.route);
        self.u8(routine.allowed);
        self.u32(routine.module.map_or(u32::MAX, u32::from));
    }

    fn place(&mut self, place: Place) {
        let (kind, value) = match place {
            Place::Gpr(i) => (0, u32::from(i)),
            Place::Xmm(i) => (1, u32::from(i)),
            Place::Stack(offset) => (2, offset),
        };
        self.u8(kind);
        self.u32(value);
    }

    fn capture(&mut self, capture: &Capture) {
        match capture.address {
            Address::Argument(place) => {
                self.u8(0);
                self.place(place);
            }
            Address::Image(image, address) => {
                self.u8(1);
                self.u16(image);
                self.u64(address);
            }
            Address::Through(place, offset) => {
                self.u8(2);
                self.place(place);
                self.u16(offset);
            }
        }
        let (kind, size) = match &capture.length {
            Length::Fixed(size) => (0, *size),
            Length::Counted { element, .. } => (1, *element),
            Length::ToNul => (2, 0),
            Length::Unknown { element } => (3, *element),
        };
        self.u8(kind);
        self.u64(size);
        if let Length::Counted { program, .. } = &capture.length {
            self.list(program, |out, op| out.op(*op));
        }
        self.u8(u8::from(capture.written));
        self.u16(capture.align);
    }

    fn op(&mut self, op: Op) {
        match op {
            Op::Const(value) => {
                self.u8(0);
                self.u64(value as u64);
            }
            Op::Argument { place, by_reference, size, signed } => {
                self.u8(1);
                self.place(place);
                self.u8(u8::from(by_reference));
                self.u8(size);
                self.u8(u8::from(signed));
            }
            Op::Add => self.u8(2),
            Op::Sub => self.u8(3),
            Op::Mul => self.u8(4),
            Op::Load { place, offset, size, signed } => {
                self.u8(5);
                self.place(place);
                self.u16(offset);
                self.u8(size);
                self.u8(u8::from(signed));
            }
            Op::Clamp => self.u8(6),
            Op::Require => self.u8(7),
        }
    }
}

struct Decoder<'a>(&'a [u8]);

impl Decoder<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], PlanError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(PlanError::Damaged)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u8(&mut self) -> Result<u8, PlanError> {
        Ok(self.array::<1>()?[0])
    }

    fn u16(&mut self) -> Result<u16, PlanError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, PlanError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, PlanError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn bool(&mut self) -> Result<bool, PlanError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(PlanError::Field("flag")),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, PlanError> {
        let length = self.u32()? as usize;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(PlanError::Damaged)?;
        self.0 = rest;
        Ok(taken.to_vec())
    }

    fn text(&mut self) -> Result<String, PlanError> {
        String::from_utf8(self.bytes()?).map_err(|_| PlanError::Field("text"))
    }

    fn list<T>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<T, PlanError>,
    ) -> Result<Vec<T>, PlanError> {
        // Not reserved beforehand: a hostile count ends at the last byte, not in an allocation.
        (0..self.u32()?).map(|_| each(self)).collect()
    }

    fn image(&mut self) -> Result<Image, PlanError> {
        Ok(Image {
            name: self.text()?,
            build_id: self.bytes()?,
            span: (self.u64()?, self.u64()?),
            vector: match self.u8()? {
                0 => Vector::Xmm,
                1 => Vector::Ymm,
                2 => Vector::Zmm,
                _ => return Err(PlanError::Field("vector width")),
            },
        })
    }

    fn patch(&mut self) -> Result<Patch, PlanError> {
        Ok(Patch {
            image: self.u16()?,
            entry: self.u64()?,
            original: self.bytes()?,
            code: self.bytes()?,
            fixups: self.list(|input| {
                let kind = match input.u8()? {
                    0 => FixupKind::Relative32,
                    1 => FixupKind::Absolute64,
                    _ => return Err(PlanError::Field("fix-up")),
                };
                Ok(Fixup { kind, at: input.u16()?, end: input.u16()?, target: input.u64()? })
            })?,
            rows: self.list(|input| Ok(Row { code: input.u16()?, original: input.u16()? }))?,
        })
    }

    fn routine(&mut self) -> Result<Routine, PlanError> {
        Ok(Routine {
            name: self.text()?,
            patch: self.patch()?,
            stack_bytes: self.u32()?,
            slack: self.u32()?,
            returns: self.u8()?,
            captures: self.list(Decoder::capture)?,
            contract_hash: self.u64()?,
            route: self.u8()?,
            allowed: self.u8()?,
            module: match self.u32()? {
                u32::MAX => None,
                index => Some(u16::try_from(index).map_err(|_| PlanError::Field("module"))?),
            },
        })
    }

    fn place(&mut self) -> Result<Place, PlanError> {
        let (kind, value) = (self.u8()?, self.u32()?);
        let small = || u8::try_from(value).map_err(|_| PlanError::Field("place"));
        match kind {
            0 => Ok(Place::Gpr(small()?)),
            1 => Ok(Place::Xmm(small()?)),
            2 => Ok(Place::Stack(value)),
            _ => Err(PlanError::Field("place")),
        }
    }

    fn capture(&mut self) -> Result<Capture, PlanError> {
        let address = match self.u8()? {
            0 => Address::Argument(self.place()?),
            1 => Address::Image(self.u16()?, self.u64()?),
            2 => Address::Through(self.place()?, self.u16()?),
            _ => return Err(PlanError::Field("address")),
        };
        let (kind, size) = (self.u8()?, self.u64()?);
        let length = match kind {
            0 => Length::Fixed(size),
            1 => Length::Counted { element: size, program: self.list(Decoder::op)? },
            2 => Length::ToNul,
            3 => Length::Unknown { element: size },
            _ => return Err(PlanError::Field("length")),
        };
        Ok(Capture { address, length, written: self.bool()?, align: self.u16()? })
    }

    fn op(&mut self) -> Result<Op, PlanError> {
        Ok(match self.u8()? {
            0 => Op::Const(self.u64()? as i64),
            1 => Op::Argument {
                place: self.place()?,
                by_reference: self.bool()?,
                size: self.u8()?,
                signed: self.bool()?,
            },
            2 => Op::Add,
            3 => Op::Sub,
            4 => Op::Mul,
            5 => {
                Op::Load { place: self.place()?, offset: self.u16()?, size: self.u8()?, signed: self.bool()? }
            }
            6 => Op::Clamp,
            7 => Op::Require,
            _ => return Err(PlanError::Field("operation")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Plan {
        let patch = Patch {
            image: 0,
            entry: 0x1100,
            original: vec![0x55, 0x48, 0x89, 0xe5, 0x90],
            code: vec![0x55, 0x48, 0x89, 0xe5, 0x90, 0xe9, 0, 0, 0, 0],
            fixups: vec![Fixup { kind: FixupKind::Relative32, at: 6, end: 10, target: 0x1105 }],
            rows: vec![Row { code: 0, original: 0 }, Row { code: 1, original: 1 }],
        };
        let place = Place::Gpr(1);
        let program =
            vec![Op::Const(2), Op::Argument { place, by_reference: true, size: 4, signed: true }, Op::Mul];
        let capture = |length| Capture { address: Address::Argument(place), length, written: true, align: 8 };
        Plan {
            images: vec![Image {
                name: String::new(),
                build_id: vec![7; 20],
                span: (0x1000, 0x9000),
                vector: Vector::Ymm,
            }],
            routines: vec![Routine {
                name: "eck_hec".into(),
                patch: patch.clone(),
                stack_bytes: 16,
                slack: 128,
                returns: 1,
                captures: vec![
                    capture(Length::Counted { element: 8, program }),
                    capture(Length::ToNul),
                    capture(Length::Unknown { element: 8 }),
                    Capture {
                        address: Address::Image(0, 0x8000),
                        length: Length::Fixed(24),
                        written: false,
                        align: 8,
                    },
                ],
                contract_hash: 42,
                route: 1,
                allowed: 3,
                module: None,
            }],
            modules: vec!["m.so".into()],
            safe_moment: Some(patch),
            elaborate: Some((0, 0x1040)),
            most_calls: 4000,
        }
    }

    #[test]
    fn a_plan_survives_the_round_trip() {
        assert_eq!(Plan::decode(&sample().encode()), Ok(sample()));
    }

    #[test]
    fn every_truncation_and_every_flipped_byte_is_refused() {
        let bytes = sample().encode();
        for end in 0..bytes.len() {
            assert!(Plan::decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(Plan::decode(&damaged).is_err(), "flipped at {at}");
        }
    }

    #[test]
    fn a_field_out_of_range_is_refused_even_with_a_sound_checksum() {
        type Wrong = fn(&mut Plan);
        let wrong: [(&str, Wrong); 8] = [
            ("route", |p| p.routines[0].route = 9),
            ("route not allowed", |p| p.routines[0].route = 3),
            ("module", |p| p.routines[0].module = Some(1)),
            ("image", |p| p.routines[0].patch.image = 1),
            ("entry", |p| p.routines[0].patch.entry = 0x8fff),
            ("fix-up", |p| p.routines[0].patch.fixups[0].at = 7),
            ("rows", |p| p.routines[0].patch.rows[1].code = 0),
            ("register", |p| p.routines[0].captures[0].address = Address::Argument(Place::Gpr(6))),
        ];
        for (what, change) in wrong {
            let mut plan = sample();
            change(&mut plan);
            assert!(Plan::decode(&plan.encode()).is_err(), "{what}");
        }
    }
}
