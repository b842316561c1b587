//! Patterns such as `eck_*` or `*/telemetry/*.c`.

/// Whether `text` matches `pattern`: `*` stands for any characters, `?` for one.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to resume after the last `*`: one character of the text further at each mismatch.
    let mut resume: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                resume = Some((p + 1, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match resume {
                Some((after, from)) => {
                    resume = Some((after, from + 1));
                    p = after;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// Whether a source file's full path is meant by `pattern`: a pattern for the path, for its file name, or a folder
/// that contains it.
pub fn matches_path(pattern: &str, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder = pattern.trim_end_matches('/');
    matches(pattern, path)
        || matches(pattern, name)
        || matches(&format!("*/{folder}/*"), path)
        || matches(&format!("*/{folder}"), path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, word for word.
    fn naive(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => naive(rest, text) || (!text.is_empty() && naive(pattern, &text[1..])),
            (Some((p, rest)), Some((t, left))) => (*p == b'?' || p == t) && naive(rest, left),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,10}") {
            prop_assert_eq!(matches(&pattern, &text), naive(pattern.as_bytes(), text.as_bytes()));
        }
    }

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("eck_*", "eck_hec_", true),
            ("eck_*", "seck_", false),
            ("*_", "eck_hec_", true),
            ("?ck", "eck", true),
            ("?ck", "ck", false),
            ("*a*b*c", "xxaxbxbxc", true),
            ("*a*b*c", "xxaxbxbx", false),
            ("é*", "été", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(matches_path("telemetry", "/src/legacy/telemetry/tm.c"));
        assert!(matches_path("legacy/telemetry/", "/src/legacy/telemetry/tm.c"));
        assert!(matches_path("tm.c", "/src/legacy/telemetry/tm.c"));
        assert!(!matches_path("telemetr", "/src/legacy/telemetry/tm.c"));
    }
}
