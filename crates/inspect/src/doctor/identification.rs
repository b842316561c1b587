//! `@(#)` identification, as the Unix command `what` finds it in any file.

/// What marks it.
const MARK: &[u8] = b"@(#)";
/// Longest text that is shown of one.
const LONGEST: usize = 4096;

/// Every text that follows `@(#)`, up to the first quote, `>`, backslash, line end or NUL, in the order of the file.
///
/// What is not UTF-8 is read as ISO-8859-1, in which legacy sources are written.
pub fn identifications(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(mark) = memchr(&bytes[at..]) {
        let rest = &bytes[at + mark + MARK.len()..];
        let length = rest.iter().take(LONGEST).take_while(|byte| !ends(**byte)).count();
        found.push(text(&rest[..length]));
        at += mark + MARK.len() + length;
    }
    found
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
    use super::identifications;
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
    }
}
