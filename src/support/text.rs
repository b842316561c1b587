//! Text in ISO-8859-1, blank padded, as Fortran keeps it.

use std::fmt;

/// A run of ISO-8859-1 bytes of fixed length: a Fortran CHARACTER argument.
///
/// It is to `[u8]` what `str` is, without an encoding to violate.
#[derive(PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Text([u8]);

/// A character that ISO-8859-1 does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no character of ISO-8859-1")]
pub struct NotLatin1(pub char);

impl Text {
    /// The bytes as text.
    #[inline]
    pub fn new(bytes: &[u8]) -> &Text {
        // SAFETY: `Text` is a transparent `[u8]`.
        unsafe { &*(bytes as *const [u8] as *const Text) }
    }

    /// The bytes as text that can be changed.
    #[inline]
    pub fn new_mut(bytes: &mut [u8]) -> &mut Text {
        // SAFETY: `Text` is a transparent `[u8]`.
        unsafe { &mut *(bytes as *mut [u8] as *mut Text) }
    }

    /// All bytes, padding included.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// All bytes, to be changed.
    #[inline]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// A Rust string in ISO-8859-1, for `Text::new`, [`Text::assign`] or a `CString`. UTF-8 is not what legacy code shows.
    ///
    /// ```
    /// use cmp_bridge::support::Text;
    ///
    /// assert_eq!(Text::latin1("Période")?, b"P\xe9riode");
    /// assert_eq!(Text::latin1("5 €").unwrap_err().to_string(), "`€` is no character of ISO-8859-1");
    /// # Ok::<(), cmp_bridge::support::NotLatin1>(())
    /// ```
    pub fn latin1(text: &str) -> Result<Vec<u8>, NotLatin1> {
        text.chars().map(|c| u8::try_from(c).map_err(|_| NotLatin1(c))).collect()
    }

    /// Declared length in bytes.
    #[inline]
    #[allow(clippy::len_without_is_empty, reason = "the declared length of a CHARACTER is never a question")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The bytes without the blanks at the end: what LEN_TRIM counts.
    pub fn trimmed(&self) -> &[u8] {
        let end = self.0.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
        &self.0[..end]
    }

    /// Fortran assignment: copies what fits, pads with blanks. `false` when something was cut off.
    pub fn assign(&mut self, text: &[u8]) -> bool {
        let kept = text.len().min(self.0.len());
        self.0[..kept].copy_from_slice(&text[..kept]);
        self.0[kept..].fill(b' ');
        kept == text.len()
    }

    /// Fortran comparison: blanks at the end do not count.
    pub fn is(&self, text: &[u8]) -> bool {
        self.trimmed() == Text::new(text).trimmed()
    }
}

impl fmt::Display for Text {
    /// The trimmed text, each byte as the character ISO-8859-1 gives it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        self.trimmed().iter().try_for_each(|byte| f.write_char(char::from(*byte)))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignment_pads_and_cuts_like_fortran() {
        let mut bytes = *b"????????";
        let text = Text::new_mut(&mut bytes);
        assert!(text.assign(b"SPOT5"));
        assert_eq!(text.bytes(), b"SPOT5   ");
        assert!(text.is(b"SPOT5 ") && !text.is(b"SPOT"));
        assert!(!text.assign(b"STATION AUSSAGUEL"));
        assert_eq!(text.bytes(), b"STATION ");
        assert_eq!(text.len(), 8);
    }

    #[test]
    fn latin_1_is_shown_as_such() {
        assert_eq!(Text::new(b"P\xe9riode  ").to_string(), "Période");
        assert_eq!(format!("{:?}", Text::new(b"\xe9 ")), r#""\xe9 ""#);
        assert_eq!(Text::latin1(&Text::new(b"P\xe9riode").to_string()), Ok(b"P\xe9riode".to_vec()));
        assert_eq!(Text::latin1("œ"), Err(NotLatin1('œ')));
    }
}
