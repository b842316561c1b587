//! Control against candidate, field by field.
//!
//! Equal bits are equal. Otherwise, for floating point: a quiet NaN equals any quiet NaN, a signalling one any signalling
//! one, and neither equals anything else; infinities equal only themselves; zeros of different sign are equal if the
//! contract gives a tolerance and does not say `signed-zero`; and any one of the tolerances that is kept is enough. All
//! else must be equal bit for bit. Padding and ignored fields are not looked at. A union is bytes.

use crate::float::{Float, FloatClass};
use crate::layout::scalar_size_align;
use crate::lift::{self, Endian};
use crate::model::{Contract, Field, Tolerance, Type, TypeKind, Use};
use std::collections::BTreeMap;

/// Most mismatches that one comparison returns; the tally counts all of them.
pub const MAX_MISMATCHES: usize = 256;

/// A field in which control and candidate differ by more than the contract tolerates.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The field: `pos[2]`, `bulletin.mu`, `state.cst.mu`, `return`.
    pub path: String,
    /// The control's value.
    pub control: String,
    /// The candidate's value.
    pub candidate: String,
    /// Absolute distance, for numbers that have one.
    pub absolute: Option<f64>,
    /// Distance relative to the control's magnitude, for floating point.
    pub relative: Option<f64>,
    /// Distance in units in the last place, for floating point.
    pub ulp: Option<u64>,
    /// The tolerance that was exceeded.
    pub tolerance: Option<Tolerance>,
}

/// What was seen of one field over many comparisons, equal bits apart.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FieldTally {
    /// Values that differed within the rules.
    pub within: u64,
    /// Mismatches.
    pub mismatched: u64,
    /// Worst absolute distance.
    pub absolute: f64,
    /// Worst relative distance.
    pub relative: f64,
    /// Worst distance in units in the last place.
    pub ulp: u64,
}

impl FieldTally {
    /// Adds what was seen elsewhere.
    pub fn add(&mut self, other: &FieldTally) {
        self.within += other.within;
        self.mismatched += other.mismatched;
        self.absolute = self.absolute.max(other.absolute);
        self.relative = self.relative.max(other.relative);
        self.ulp = self.ulp.max(other.ulp);
    }
}

/// Statistics of many comparisons, by field (paths without array indices). Fields that never differed are absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    /// By path, such as `pos[]`.
    pub fields: BTreeMap<String, FieldTally>,
}

impl Tally {
    /// Adds what was seen elsewhere.
    pub fn add(&mut self, other: &Tally) {
        for (path, seen) in &other.fields {
            self.fields.entry(path.clone()).or_default().add(seen);
        }
    }
}

/// Compares two values of type `ty`, byte images in little-endian order. `path` names the value.
pub fn compare(
    contract: &Contract,
    path: &str,
    ty: &Type,
    tolerance: Option<&Tolerance>,
    control: &[u8],
    candidate: &[u8],
) -> Vec<Mismatch> {
    Comparer::new(contract).compare(path, ty, tolerance, control, candidate)
}

/// Compares many values and keeps statistics.
#[derive(Debug, Clone)]
pub struct Comparer<'a> {
    contract: &'a Contract,
    endian: Endian,
    /// The statistics so far.
    pub tally: Tally,
}

impl<'a> Comparer<'a> {
    /// A comparer for values of this contract, in little-endian order.
    pub fn new(contract: &'a Contract) -> Comparer<'a> {
        Comparer { contract, endian: Endian::Little, tally: Tally::default() }
    }

    /// The same for values in that byte order.
    pub fn with_endian(mut self, endian: Endian) -> Comparer<'a> {
        self.endian = endian;
        self
    }

    /// Compares two values of type `ty`. `path` names the value. At most [`MAX_MISMATCHES`] are returned.
    pub fn compare(
        &mut self,
        path: &str,
        ty: &Type,
        tolerance: Option<&Tolerance>,
        control: &[u8],
        candidate: &[u8],
    ) -> Vec<Mismatch> {
        let mut walk = Walk { comparer: self, path: path.to_string(), found: Vec::new() };
        walk.value(ty, tolerance, control, candidate, 0);
        walk.found
    }
}

/// One comparison on its way through a value.
struct Walk<'a, 'c> {
    comparer: &'a mut Comparer<'c>,
    path: String,
    found: Vec<Mismatch>,
}

impl Walk<'_, '_> {
    fn value(
        &mut self,
        ty: &Type,
        tolerance: Option<&Tolerance>,
        control: &[u8],
        candidate: &[u8],
        depth: u32,
    ) {
        if control == candidate {
            return;
        }
        let contract = self.comparer.contract;
        match ty {
            Type::Cstr => self.text(lift::until_nul(control), lift::until_nul(candidate)),
            Type::Chars | Type::Char => self.text(control, candidate),
            Type::Array(element, _) if **element == Type::Char => self.text(control, candidate),
            Type::Array(element, _) => match lift::element_size(contract, element) {
                Some((element, size)) if depth < lift::MAX_DEPTH => {
                    self.array(element, size, tolerance, control, candidate, depth);
                }
                _ => self.bytes(control, candidate),
            },
            Type::Named(name) => match contract.type_def(name) {
                Some(def) => match &def.kind {
                    TypeKind::Struct(fields) if depth < lift::MAX_DEPTH => {
                        self.record(fields, def.size, tolerance, control, candidate, depth);
                    }
                    TypeKind::Range { .. } | TypeKind::Fixed { .. } | TypeKind::Function { .. } => {
                        self.scalar(contract.scalar(ty), tolerance, control, candidate);
                    }
                    TypeKind::Opaque { .. } => (),
                    TypeKind::Enum { repr, values } => self.enumeration(repr, values, control, candidate),
                    _ => self.bytes(control, candidate),
                },
                None => self.bytes(control, candidate),
            },
            scalar => self.scalar(scalar, tolerance, control, candidate),
        }
    }

    fn array(
        &mut self,
        element: &Type,
        size: usize,
        tolerance: Option<&Tolerance>,
        control: &[u8],
        candidate: &[u8],
        depth: u32,
    ) {
        let mut elements = 0;
        for (i, (control, candidate)) in
            control.chunks_exact(size).zip(candidate.chunks_exact(size)).enumerate()
        {
            elements = i + 1;
            if control != candidate {
                self.at(&format!("[{i}]"), |walk| {
                    walk.value(element, tolerance, control, candidate, depth + 1)
                });
            }
        }
        // What is left over is part of an element, or missing on one side.
        let rest = |bytes: &'_ [u8]| bytes.get(elements * size..).map(<[u8]>::to_vec).unwrap_or_default();
        let (control, candidate) = (rest(control), rest(candidate));
        if control != candidate {
            self.at(&format!("[{elements}]"), |walk| walk.bytes(&control, &candidate));
        }
    }

    fn record(
        &mut self,
        fields: &[Field],
        size: u64,
        tolerance: Option<&Tolerance>,
        control: &[u8],
        candidate: &[u8],
        depth: u32,
    ) {
        let endian = self.comparer.endian;
        let whole = lift::slice(control, 0, size).zip(lift::slice(candidate, 0, size));
        let Some((control_record, candidate_record)) = whole else {
            // Cut short: without all of its bytes it is no record.
            return self.bytes(control, candidate);
        };
        let contract = self.comparer.contract;
        let there = |field: &Field| {
            let there = |record| lift::is_there(contract, fields, field, record, endian);
            field.usage != Use::Ignored && there(control_record) && there(candidate_record)
        };
        for field in fields.iter().filter(|field| there(field)) {
            let tolerance = field.tolerance.as_ref().or(tolerance);
            let step = format!(".{}", field.name);
            if let Some(bits) = field.bits {
                let signed = lift::is_signed(self.comparer.contract.scalar(&field.ty));
                let read = |record| lift::bit_field(record, field.offset, bits, signed, endian);
                let (control, candidate) = (read(control_record), read(candidate_record));
                self.at(&step, |walk| walk.integers(control, candidate, i128::to_string));
                continue;
            }
            let size = self.comparer.contract.size_align(&field.ty).map_or(0, |(size, _)| size);
            let read = |record| lift::slice(record, field.offset, size).unwrap_or_default();
            let (control, candidate) = (read(control_record), read(candidate_record));
            self.at(&step, |walk| walk.value(&field.ty, tolerance, control, candidate, depth + 1));
        }
        let size = size as usize;
        if control[size..] != candidate[size..] {
            self.at(&format!("+{size}"), |walk| walk.bytes(&control[size..], &candidate[size..]));
        }
    }

    fn enumeration(&mut self, repr: &Type, values: &[(String, i64)], control: &[u8], candidate: &[u8]) {
        let size = scalar_size_align(repr).map_or(0, |(size, _)| size as usize);
        if control.len() != size || candidate.len() != size {
            return self.bytes(control, candidate);
        }
        let read = |bytes| lift::integer(bytes, lift::is_signed(repr), self.comparer.endian);
        self.integers(read(control), read(candidate), |value| {
            match values.iter().find(|(_, known)| i128::from(*known) == *value) {
                Some((name, _)) => format!("{name} ({value})"),
                None => value.to_string(),
            }
        });
    }

    fn scalar(&mut self, ty: &Type, tolerance: Option<&Tolerance>, control: &[u8], candidate: &[u8]) {
        let endian = self.comparer.endian;
        let size = scalar_size_align(ty).map_or(0, |(size, _)| size as usize);
        if control.len() != size || candidate.len() != size {
            return self.bytes(control, candidate);
        }
        match ty {
            Type::F32 | Type::F64 | Type::F80 => {
                let read = |bytes| lift::float(ty, bytes, endian);
                self.floats(read(control), read(candidate), tolerance);
            }
            Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => {
                let (control, candidate) =
                    (lift::complex(ty, control, endian), lift::complex(ty, candidate, endian));
                self.at(".re", |walk| walk.floats(control.0, candidate.0, tolerance));
                self.at(".im", |walk| walk.floats(control.1, candidate.1, tolerance));
            }
            _ => {
                let read = |bytes| lift::integer(bytes, lift::is_signed(ty), endian);
                let show: fn(&i128) -> String = match ty {
                    Type::Ptr | Type::Fn => |value| format!("{value:#x}"),
                    Type::Bool => |value| match value {
                        0 => "false".to_string(),
                        1 => "true".to_string(),
                        other => format!("neither false nor true ({other})"),
                    },
                    _ => i128::to_string,
                };
                self.integers(read(control), read(candidate), show);
            }
        }
    }

    fn integers(&mut self, control: i128, candidate: i128, show: impl Fn(&i128) -> String) {
        if control != candidate {
            let absolute = control.abs_diff(candidate) as f64;
            let seen = FieldTally { mismatched: 1, absolute, ..FieldTally::default() };
            self.mismatch(seen, show(&control), show(&candidate), |mismatch| {
                mismatch.absolute = Some(absolute)
            });
        }
    }

    fn floats(&mut self, control: Float, candidate: Float, tolerance: Option<&Tolerance>) {
        if control == candidate {
            return;
        }
        let distances = control.distances(candidate);
        let mut seen = FieldTally::default();
        if let Some(distances) = distances {
            seen.absolute = distances.absolute;
            seen.relative = distances.relative;
            seen.ulp = distances.ulp;
        }
        if is_within(control, candidate, tolerance) {
            seen.within = 1;
            return self.note(seen);
        }
        seen.mismatched = 1;
        self.mismatch(seen, control.to_string(), candidate.to_string(), |mismatch| {
            mismatch.absolute = distances.map(|d| d.absolute);
            mismatch.relative = distances.map(|d| d.relative);
            mismatch.ulp = distances.map(|d| d.ulp);
            mismatch.tolerance = tolerance.copied();
        });
    }

    fn text(&mut self, control: &[u8], candidate: &[u8]) {
        if control != candidate {
            let (control, candidate) = excerpts(control, candidate, text_excerpt);
            self.mismatch(FieldTally { mismatched: 1, ..FieldTally::default() }, control, candidate, |_| ());
        }
    }

    fn bytes(&mut self, control: &[u8], candidate: &[u8]) {
        if control != candidate {
            let (control, candidate) = excerpts(control, candidate, byte_excerpt);
            self.mismatch(FieldTally { mismatched: 1, ..FieldTally::default() }, control, candidate, |_| ());
        }
    }

    fn mismatch(
        &mut self,
        seen: FieldTally,
        control: String,
        candidate: String,
        complete: impl FnOnce(&mut Mismatch),
    ) {
        self.note(seen);
        if self.found.len() < MAX_MISMATCHES {
            let path = self.path.clone();
            let mut mismatch = Mismatch {
                path,
                control,
                candidate,
                absolute: None,
                relative: None,
                ulp: None,
                tolerance: None,
            };
            complete(&mut mismatch);
            self.found.push(mismatch);
        }
    }

    fn note(&mut self, seen: FieldTally) {
        let field = without_indices(&self.path);
        self.comparer.tally.fields.entry(field).or_default().add(&seen);
    }

    fn at(&mut self, step: &str, compare: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        compare(self);
        self.path.truncate(length);
    }
}

/// Different bits that count as equal.
fn is_within(control: Float, candidate: Float, tolerance: Option<&Tolerance>) -> bool {
    use FloatClass::{Infinite, QuietNan, SignallingNan, Zero};
    match (control.class(), candidate.class()) {
        (QuietNan, QuietNan) | (SignallingNan, SignallingNan) => return true,
        (QuietNan | SignallingNan | Infinite, _) | (_, QuietNan | SignallingNan | Infinite) => return false,
        (Zero, Zero) => return tolerance.is_some_and(|tolerance| !tolerance.signed_zero),
        _ => (),
    }
    let (Some(distances), Some(tolerance)) = (control.distances(candidate), tolerance) else { return false };
    tolerance.absolute.is_some_and(|most| distances.absolute <= most)
        || tolerance.relative.is_some_and(|most| distances.relative <= most)
        || tolerance.ulp.is_some_and(|most| distances.ulp <= most)
}

/// `pos[2]` becomes `pos[]`.
fn without_indices(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        inside = (inside || c == '[') && c != ']';
        if !inside || c == '[' {
            out.push(c);
        }
    }
    out
}

/// Both sides around the first byte that differs.
fn excerpts(control: &[u8], candidate: &[u8], show: fn(&[u8], usize) -> String) -> (String, String) {
    let differs = control.iter().zip(candidate).position(|(a, b)| a != b);
    let first = differs.unwrap_or(control.len().min(candidate.len()));
    (show(control, first), show(candidate, first))
}

/// Bytes of an excerpt, and how many of them stand before the first difference.
const EXCERPT: (usize, usize) = (48, 16);

fn window(bytes: &[u8], first: usize) -> (&'static str, &[u8], &'static str) {
    let start = if bytes.len() <= EXCERPT.0 { 0 } else { first.saturating_sub(EXCERPT.1).min(bytes.len()) };
    let end = (start + EXCERPT.0).min(bytes.len());
    (if start > 0 { "..." } else { "" }, &bytes[start..end], if end < bytes.len() { "..." } else { "" })
}

fn text_excerpt(bytes: &[u8], first: usize) -> String {
    let (before, shown, after) = window(bytes, first);
    // ISO-8859-1: each byte is the code point of the same number.
    let text: String = shown.iter().flat_map(|byte| char::from(*byte).escape_debug()).collect();
    format!("{before}\"{text}\"{after} ({} bytes)", bytes.len())
}

fn byte_excerpt(bytes: &[u8], first: usize) -> String {
    let (before, shown, after) = window(bytes, first);
    let digits: String = shown.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{before}{digits}{after} ({} bytes, first difference at {first})", bytes.len())
}
