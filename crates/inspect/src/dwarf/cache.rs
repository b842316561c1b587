//! The index of a binary, kept on disk so that the second question is answered at once.
//!
//! The file says what it was made from: the build-id and the sizes of what was read. It is taken only if that is still
//! so, its checksum is right, and every place in it exists; any doubt means that it is built again. It is never more than
//! a copy of what the binary says itself.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::routines::{Copy, Index, Inlined, Subprogram};
use super::separate::hex;
use super::{DebugInfo, DieRef};
use crate::binary::Binary;

const MAGIC: &[u8; 8] = b"cmpindex";
/// Raised with every change of what is kept, or of how the index is made.
const VERSION: u32 = 1;

/// What became of the file with the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It was read.
    Loaded,
    /// The index was built, for the reason given, and written.
    Built(String),
    /// The index was built and could not be written, for the reason given.
    NotWritten(String),
}

impl Index {
    /// The index of a binary from the file that an earlier call left in `folder`, or built now and left there.
    pub fn load_or_build(folder: &Path, info: &DebugInfo<'_>, binary: &Binary) -> (Index, Kept) {
        let key = key(info, binary);
        let path = folder.join(format!("{}.index", name(info, binary)));
        let reason = match std::fs::read(&path) {
            Ok(bytes) => match decode(&bytes, &key, info) {
                Ok(index) => return (index, Kept::Loaded),
                Err(reason) => reason.to_string(),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "there was none".into(),
            Err(error) => error.to_string(),
        };
        let index = Index::build(info);
        let kept = match write(&path, &encode(&index, &key)) {
            Ok(()) => Kept::Built(reason),
            Err(error) => Kept::NotWritten(format!("{}: {error}", path.display())),
        };
        (index, kept)
    }
}

/// The file is named after the build; without a build-id, after the bytes of the debug information.
fn name(info: &DebugInfo<'_>, binary: &Binary) -> String {
    match binary.build_id() {
        Some(id) if !id.is_empty() => hex(id),
        _ => format!("{:08x}", checksum(info)),
    }
}

fn checksum(info: &DebugInfo<'_>) -> u32 {
    info.section_bytes()
        .fold(crc32fast::Hasher::new(), |mut hasher, bytes| {
            hasher.update(bytes);
            hasher
        })
        .finalize()
}

/// What the index was made from.
fn key(info: &DebugInfo<'_>, binary: &Binary) -> Vec<u8> {
    let mut key = Encoder::default();
    key.bytes.extend_from_slice(MAGIC);
    key.number(VERSION.into());
    let id = binary.build_id().unwrap_or_default();
    key.text(&hex(id));
    key.number(if id.is_empty() { checksum(info).into() } else { 0 });
    key.number(info.units.len() as u64);
    info.section_bytes().for_each(|bytes| key.number(bytes.len() as u64));
    key.bytes
}

/// Beside the old file first, then in its place: a reader never sees half of it.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let new = PathBuf::from(format!("{}.{}", path.display(), std::process::id()));
    let written = std::fs::File::create(&new).and_then(|mut file| file.write_all(bytes));
    let moved = written.and_then(|()| std::fs::rename(&new, path));
    if moved.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    moved
}

#[derive(Default)]
struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn place(&mut self, at: DieRef) {
        self.number(at.unit as u64);
        self.number(at.offset as u64);
    }
}

/// Each text once: thousands of routines are declared in one header.
#[derive(Default)]
struct Pool<'a> {
    numbers: HashMap<&'a str, u64>,
    texts: Encoder,
}

impl<'a> Pool<'a> {
    /// 0 for no text, else its number.
    fn number(&mut self, text: Option<&'a str>) -> u64 {
        let Some(text) = text else {
            return 0;
        };
        let next = self.numbers.len() as u64 + 1;
        let texts = &mut self.texts;
        *self.numbers.entry(text).or_insert_with(|| {
            texts.text(text);
            next
        })
    }
}

fn encode(index: &Index, key: &[u8]) -> Vec<u8> {
    let (mut pool, mut body) = (Pool::default(), Encoder::default());
    body.number(index.subprograms.len() as u64);
    for s in &index.subprograms {
        body.place(s.die);
        body.place(s.origin);
        for text in [&s.name, &s.linkage_name, &s.at, &s.source] {
            body.number(pool.number(text.as_deref()));
        }
        body.number(s.address);
        let flags = [s.external, s.prototyped, s.artificial, s.main, s.nested];
        body.number(flags.iter().enumerate().map(|(bit, &set)| u64::from(set) << bit).sum());
        body.number(s.ranges.len() as u64);
        s.ranges.iter().for_each(|&(start, end)| {
            body.number(start);
            body.number(end.wrapping_sub(start));
        });
    }
    let mut inlined: Vec<_> = index.inlined.iter().collect();
    inlined.sort_by_key(|(origin, _)| **origin);
    body.number(inlined.len() as u64);
    for (origin, copies) in inlined {
        body.place(*origin);
        body.number(copies.count as u64);
        body.number(copies.copies.len() as u64);
        for copy in &copies.copies {
            body.place(copy.die);
            body.number(copy.within.map_or(0, |w| w as u64 + 1));
        }
    }
    body.number(index.problems.len() as u64);
    index.problems.iter().for_each(|p| body.number(pool.number(Some(p))));
    let mut payload = Encoder::default();
    payload.number(pool.numbers.len() as u64);
    payload.bytes.extend_from_slice(&pool.texts.bytes);
    payload.bytes.extend_from_slice(&body.bytes);
    let sum = crc32fast::hash(&payload.bytes).to_le_bytes();
    [key, &sum, &payload.bytes].concat()
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Doubt {
    #[error("it was made from another build, or by another version")]
    Other,
    #[error("its checksum is wrong")]
    Checksum,
    #[error("it contradicts itself, or the binary")]
    Contradiction,
}

struct Decoder<'b> {
    rest: &'b [u8],
}

impl<'b> Decoder<'b> {
    fn number(&mut self) -> Result<u64, Doubt> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(Doubt::Contradiction)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Doubt::Contradiction)
    }

    fn size(&mut self) -> Result<usize, Doubt> {
        usize::try_from(self.number()?).map_err(|_| Doubt::Contradiction)
    }

    /// A number of things of which each takes a byte at least, so that none is made room for that is not there.
    fn count(&mut self) -> Result<usize, Doubt> {
        self.size().and_then(|n| if n <= self.rest.len() { Ok(n) } else { Err(Doubt::Contradiction) })
    }

    fn text(&mut self) -> Result<&'b str, Doubt> {
        let length = self.count()?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| Doubt::Contradiction)
    }

    fn place(&mut self, info: &DebugInfo<'_>) -> Result<DieRef, Doubt> {
        let at = DieRef { unit: self.size()?, offset: self.size()? };
        let unit = info.units.get(at.unit).ok_or(Doubt::Contradiction)?;
        if at.offset < unit.end() - unit.start { Ok(at) } else { Err(Doubt::Contradiction) }
    }
}

fn decode(bytes: &[u8], key: &[u8], info: &DebugInfo<'_>) -> Result<Index, Doubt> {
    let rest = bytes.strip_prefix(key).ok_or(Doubt::Other)?;
    let (sum, payload) = rest.split_at_checked(4).ok_or(Doubt::Checksum)?;
    if crc32fast::hash(payload).to_le_bytes() != *sum {
        return Err(Doubt::Checksum);
    }
    let mut from = Decoder { rest: payload };
    let texts = (0..from.count()?).map(|_| from.text()).collect::<Result<Vec<_>, _>>()?;
    let text = |from: &mut Decoder<'_>| match from.size()? {
        0 => Ok(None),
        number => texts.get(number - 1).map(|t| Some(t.to_string())).ok_or(Doubt::Contradiction),
    };
    let subprograms =
        (0..from.count()?).map(|_| subprogram(&mut from, info, text)).collect::<Result<Vec<_>, _>>()?;
    let inlined = (0..from.count()?)
        .map(|_| Ok((from.place(info)?, copies(&mut from, info, subprograms.len())?)))
        .collect::<Result<HashMap<_, _>, Doubt>>()?;
    let problems = (0..from.count()?)
        .map(|_| Ok(text(&mut from)?.unwrap_or_default()))
        .collect::<Result<Vec<_>, Doubt>>()?;
    match from.rest {
        [] => Ok(Index::from_parts(subprograms, inlined, problems)),
        _ => Err(Doubt::Contradiction),
    }
}

fn subprogram(
    from: &mut Decoder<'_>,
    info: &DebugInfo<'_>,
    text: impl Fn(&mut Decoder<'_>) -> Result<Option<String>, Doubt>,
) -> Result<Subprogram, Doubt> {
    let (die, origin) = (from.place(info)?, from.place(info)?);
    let (name, linkage_name) = (text(from)?, text(from)?);
    let (at, source) = (text(from)?, text(from)?);
    let (address, flags) = (from.number()?, from.number()?);
    let ranges = (0..from.count()?).map(|_| {
        let start = from.number()?;
        Ok((start, start.wrapping_add(from.number()?)))
    });
    let ranges = ranges.collect::<Result<Vec<_>, Doubt>>()?;
    let flag = |bit: u32| flags >> bit & 1 == 1;
    Ok(Subprogram {
        die,
        origin,
        name,
        linkage_name,
        address,
        ranges,
        at,
        source,
        external: flag(0),
        prototyped: flag(1),
        artificial: flag(2),
        main: flag(3),
        nested: flag(4),
    })
}

fn copies(from: &mut Decoder<'_>, info: &DebugInfo<'_>, subprograms: usize) -> Result<Inlined, Doubt> {
    let count = from.size()?;
    let copies = (0..from.count()?).map(|_| {
        let (die, within) = (from.place(info)?, from.size()?);
        if within > subprograms {
            return Err(Doubt::Contradiction);
        }
        Ok(Copy { die, within: within.checked_sub(1) })
    });
    let copies = copies.collect::<Result<Vec<_>, Doubt>>()?;
    if copies.len() <= count { Ok(Inlined { count, copies }) } else { Err(Doubt::Contradiction) }
}
