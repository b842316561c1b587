//! XDR (RFC 4506): big-endian, everything a multiple of four bytes.

/// The quiet NaN that stands for every NaN of a `double`.
pub const NAN_F64: u64 = 0x7ff8_0000_0000_0000;
/// The quiet NaN that stands for every NaN of a `float`.
pub const NAN_F32: u32 = 0x7fc0_0000;

/// The bits by which a `double` travels: any NaN is [`NAN_F64`]. Without a branch, so that loops of it become vector code.
#[inline]
pub fn canonical_f64(bits: u64) -> u64 {
    if bits << 1 > 0x7ff0_0000_0000_0000 << 1 { NAN_F64 } else { bits }
}

/// The bits by which a `float` travels: any NaN is [`NAN_F32`].
#[inline]
pub fn canonical_f32(bits: u32) -> u32 {
    if bits << 1 > 0x7f80_0000 << 1 { NAN_F32 } else { bits }
}

/// Bytes of zeros behind `length` bytes, to a multiple of four.
#[inline]
pub fn padding(length: usize) -> usize {
    length.wrapping_neg() & 3
}

/// Why a message cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It ends too early.
    #[error("at byte {at}: {wanted} bytes expected, {left} are left")]
    Short {
        /// Where in the message.
        at: usize,
        /// Bytes that were to come.
        wanted: u64,
        /// Bytes that are there.
        left: usize,
    },
    /// Something stands behind its end.
    #[error("at byte {at}: {left} bytes behind the end")]
    Trailing {
        /// Where in the message.
        at: usize,
        /// Bytes that are there.
        left: usize,
    },
    /// A `bool`, or an enumeration of this protocol, that is none.
    #[error("at byte {at}: expected {expected}, found {found}")]
    Word {
        /// Where in the message.
        at: usize,
        /// What may stand there.
        expected: &'static str,
        /// What stands there.
        found: u32,
    },
    /// A list, a text or an opaque that is longer than its declaration allows.
    #[error("at byte {at}: a length of {found}, where at most {limit} are allowed")]
    TooLong {
        /// Where in the message.
        at: usize,
        /// Longest allowed.
        limit: u32,
        /// Length that stands there.
        found: u32,
    },
    /// Bytes between an opaque and the next multiple of four that are not zero.
    #[error("at byte {at}: padding that is not zero")]
    Padding {
        /// Where in the message.
        at: usize,
    },
}

/// Writes XDR into a buffer that grows, and that is kept between messages.
#[derive(Debug, Default, Clone)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    /// An empty one.
    pub fn new() -> Encoder {
        Encoder::default()
    }

    /// What was written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What was written, as its own.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Number of bytes written.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Nothing was written.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Forgets what was written, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Forgets what was written behind the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
    }

    /// Gives memory back beyond `most` bytes, once a long message has gone.
    pub fn shrink_to(&mut self, most: usize) {
        self.bytes.shrink_to(most);
    }

    /// `unsigned int`.
    #[inline]
    pub fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// `int`.
    #[inline]
    pub fn i32(&mut self, value: i32) {
        self.u32(value as u32);
    }

    /// `unsigned hyper`.
    #[inline]
    pub fn u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// `hyper`.
    #[inline]
    pub fn i64(&mut self, value: i64) {
        self.u64(value as u64);
    }

    /// `bool`.
    #[inline]
    pub fn bool(&mut self, value: bool) {
        self.u32(u32::from(value));
    }

    /// `float`; a NaN loses its payload.
    #[inline]
    pub fn f32(&mut self, value: f32) {
        self.u32(canonical_f32(value.to_bits()));
    }

    /// `double`; a NaN loses its payload.
    #[inline]
    pub fn f64(&mut self, value: f64) {
        self.u64(canonical_f64(value.to_bits()));
    }

    /// `opaque[n]`: the bytes, padded.
    pub fn opaque_fixed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.bytes.len() + padding(bytes.len()), 0);
    }

    /// `opaque<>` or `string<>`: the length, the bytes, padded. A length that XDR cannot say is cut to what it can; no
    /// message is as long, so that [`crate::rpc::end_record`] refuses it.
    pub fn opaque(&mut self, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.u32(length);
        self.opaque_fixed(&bytes[..length as usize]);
    }

    /// `string<limit>`: as much of a text as is allowed, cut between characters.
    pub fn text(&mut self, text: &str, limit: u32) {
        let mut end = text.len().min(limit as usize);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.opaque(&text.as_bytes()[..end]);
    }

    /// `double<>`: the number, and each.
    pub fn doubles(&mut self, values: &[f64]) {
        self.u32(u32::try_from(values.len()).unwrap_or(u32::MAX));
        let room = self.room(8 * values.len());
        for (out, value) in room.chunks_exact_mut(8).zip(values) {
            out.copy_from_slice(&canonical_f64(value.to_bits()).to_be_bytes());
        }
    }

    /// The next `length` bytes, to be filled in: they are zeros. For what is converted in one go.
    #[inline]
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        let start = self.bytes.len();
        self.bytes.resize(start + length, 0);
        &mut self.bytes[start..]
    }

    /// Replaces the four bytes at `at`, for a length that is known later. Nothing happens if they were not written yet.
    pub fn set_u32(&mut self, at: usize, value: u32) {
        if let Some(bytes) = self.bytes.get_mut(at..).and_then(|bytes| bytes.get_mut(..4)) {
            bytes.copy_from_slice(&value.to_be_bytes());
        }
    }
}

/// Reads XDR out of one message. After an error nothing more should be read.
#[derive(Debug, Clone)]
pub struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Decoder<'a> {
    /// At the beginning of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Decoder<'a> {
        Decoder { bytes, at: 0 }
    }

    /// Where it is, in bytes from the beginning.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Bytes that are left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next bytes, whatever they mean.
    #[inline]
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        // A slice is never longer than half of the addresses, so that this cannot overflow once it fits.
        match self.bytes.get(self.at..).and_then(|rest| rest.get(..length)) {
            Some(bytes) => {
                self.at += length;
                Ok(bytes)
            }
            None => Err(self.short(length as u64)),
        }
    }

    #[cold]
    fn short(&self, wanted: u64) -> DecodeError {
        DecodeError::Short { at: self.at, wanted, left: self.left() }
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        match self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<N>()) {
            Some(bytes) => {
                self.at += N;
                Ok(*bytes)
            }
            None => Err(self.short(N as u64)),
        }
    }

    /// `unsigned int`.
    #[inline]
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    /// `int`.
    #[inline]
    pub fn i32(&mut self) -> Result<i32, DecodeError> {
        self.array().map(i32::from_be_bytes)
    }

    /// `unsigned hyper`.
    #[inline]
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_be_bytes)
    }

    /// `hyper`.
    #[inline]
    pub fn i64(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_be_bytes)
    }

    /// `float`. Any NaN becomes the canonical one.
    #[inline]
    pub fn f32(&mut self) -> Result<f32, DecodeError> {
        self.u32().map(|bits| f32::from_bits(canonical_f32(bits)))
    }

    /// `double`. Any NaN becomes the canonical one.
    #[inline]
    pub fn f64(&mut self) -> Result<f64, DecodeError> {
        self.u64().map(|bits| f64::from_bits(canonical_f64(bits)))
    }

    /// `bool`: 0 or 1.
    pub fn bool(&mut self) -> Result<bool, DecodeError> {
        let at = self.at;
        match self.u32()? {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(DecodeError::Word { at, expected: "0 or 1", found }),
        }
    }

    /// A length of at most `limit` elements, each of at least `element` bytes on the wire: no more than are left of the
    /// message. An element of no bytes counts as one.
    pub fn length(&mut self, limit: u32, element: usize) -> Result<usize, DecodeError> {
        let at = self.at;
        let found = self.u32()?;
        if found > limit {
            return Err(DecodeError::TooLong { at, limit, found });
        }
        let wanted = u64::from(found).saturating_mul(element.max(1) as u64);
        if wanted > self.left() as u64 {
            return Err(self.short(wanted));
        }
        // As many bytes are in memory.
        Ok(found as usize)
    }

    /// `opaque[n]`: the bytes. Their padding is looked at.
    pub fn opaque_fixed(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let bytes = self.take(length)?;
        let at = self.at;
        if self.take(padding(length))?.iter().any(|byte| *byte != 0) {
            return Err(DecodeError::Padding { at });
        }
        Ok(bytes)
    }

    /// `opaque<limit>` or `string<limit>`.
    pub fn opaque(&mut self, limit: u32) -> Result<&'a [u8], DecodeError> {
        let length = self.length(limit, 1)?;
        self.opaque_fixed(length)
    }

    /// `string<limit>` that people read. What is not UTF-8 is replaced.
    pub fn text(&mut self, limit: u32) -> Result<String, DecodeError> {
        self.opaque(limit).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// `double<limit>`, appended to `values`.
    pub fn doubles(&mut self, limit: u32, values: &mut Vec<f64>) -> Result<(), DecodeError> {
        let count = self.length(limit, 8)?;
        let bytes = self.take(8 * count)?;
        let (chunks, _) = bytes.as_chunks::<8>();
        values.extend(chunks.iter().map(|chunk| f64::from_bits(canonical_f64(u64::from_be_bytes(*chunk)))));
        Ok(())
    }

    /// Nothing is left.
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.left() {
            0 => Ok(()),
            left => Err(DecodeError::Trailing { at: self.at, left }),
        }
    }
}
