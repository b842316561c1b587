//! `@(#)` identification, as the Unix command `what` finds it in any file.

use std::io::{self, Read};

/// What marks it.
const MARK: &[u8] = b"@(#)";
/// Longest text that is shown of one.
const LONGEST: usize = 4096;

/// Bytes read at once.
const CHUNK: usize = 1 << 16;

/// The first texts of a file, however long it is: what [`identifications`] finds in the whole of it.
pub fn identifications_in(mut file: impl Read, most: usize) -> io::Result<Vec<String>> {
    let (mut found, mut held) = (Vec::new(), Vec::new());
    let mut ended = false;
    while !ended && found.len() < most {
        ended = file.by_ref().take(CHUNK as u64).read_to_end(&mut held)? < CHUNK;
        // A mark whose text may go on behind what was read waits for the rest.
        let whole = if ended { held.len() } else { held.len().saturating_sub(LONGEST + MARK.len()) };
        let mut at = 0;
        while let Some(mark) = memchr(&held[at..]).filter(|mark| at + mark < whole) {
            let (text, length) = identification(&held[at + mark + MARK.len()..]);
            found.push(text);
            at += mark + MARK.len() + length;
        }
        held.drain(..at.max(whole).min(held.len()));
    }
    found.truncate(most);
    Ok(found)
}

/// Every text that follows `@(#)`, up to the first quote, `>`, backslash, line end or NUL, in the order of the file.
///
/// What is not UTF-8 is read as ISO-8859-1, in which legacy sources are written.
pub fn identifications(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(mark) = memchr(&bytes[at..]) {
        let (text, length) = identification(&bytes[at + mark + MARK.len()..]);
        found.push(text);
        at += mark + MARK.len() + length;
    }
    found
}

/// The text at the beginning of some bytes, and how many of them it takes.
fn identification(rest: &[u8]) -> (String, usize) {
    let length = rest.iter().take(LONGEST).take_while(|byte| !ends(**byte)).count();
    (text(&rest[..length]), length)
}

fn memchr(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == MARK[0]) {
        if bytes[from + at..].starts_with(MARK) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn ends(byte: u8) -> bool {
    matches!(byte, b'"' | b'>' | b'\\' | b'\n' | 0)
}

fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, LONGEST, identifications, identifications_in};
    use proptest::prelude::*;

    #[test]
    fn each_ends_where_what_ends_it() {
        let bytes = b"x@(#)one 1.2\0y@(#)two\"@(#)three>@(#)four\\@(#)five\n@(#)";
        assert_eq!(identifications(bytes), ["one 1.2", "two", "three", "four", "five", ""]);
        assert_eq!(identifications(b"@(#@(#)\xe9t\xe9 \r\n"), ["été \r"]);
        assert_eq!(identifications("@(#)été".as_bytes()), ["été"]);
        assert!(identifications(b"@(# no @(").is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(prop_oneof![Just(b'@'), Just(b'('), Just(b'#'), Just(b')'), any::<u8>()], 0..200)) {
            let found = identifications(&bytes);
            let marks = bytes.windows(4).filter(|w| *w == b"@(#)").count();
            // A mark inside the text of another is part of it.
            prop_assert!(found.len() <= marks);
            prop_assert_eq!(found.is_empty(), marks == 0);
        }

        /// Read in pieces, a file says what it says as a whole: marks lie on both sides of where pieces meet.
        #[test]
        fn pieces_say_what_the_whole_says(
            marks in proptest::collection::vec((0..3 * CHUNK, 0usize..10), 0..12),
            near in proptest::collection::vec((1usize..4, 0..LONGEST + 10, any::<bool>()), 0..6),
        ) {
            let mut bytes = vec![b'x'; 3 * CHUNK + 77];
            let near = near.into_iter().map(|(piece, back, _)| piece * CHUNK - back.min(CHUNK));
            for (index, at) in marks.iter().map(|(at, _)| *at).chain(near).enumerate() {
                bytes[at..at + 4].copy_from_slice(b"@(#)");
                if index % 3 > 0 {
                    bytes[at + 4 + 5 * (index % 3)] = 0;
                }
            }
            let all = identifications(&bytes);
            prop_assert_eq!(&identifications_in(&bytes[..], usize::MAX).unwrap(), &all);
            prop_assert_eq!(identifications_in(&bytes[..], 1).unwrap(), all.into_iter().take(1).collect::<Vec<_>>());
        }
    }
}
