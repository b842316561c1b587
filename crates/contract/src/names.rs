//! Names: what they become in Rust, and which one was probably meant.

/// Words that Rust reserves, in any edition up to 2024.
const KEYWORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// The name of a routine, parameter, field or module in Rust: the same, with an underscore after a keyword.
pub fn rust_name(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_string() }
}

/// The name of a type or trait in Rust: `orbit_bulletin` becomes `OrbitBulletin`.
pub fn rust_type_name(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    for part in name.split('_') {
        let mut chars = part.chars();
        if let Some(first) = chars.next() {
            // Two digits that an underscore kept apart must stay apart: `a_1_2` and `a_12` are different types.
            let digits = |c: char| c.is_ascii_digit();
            if digits(first) && camel.ends_with(digits) {
                camel.push('_');
            }
            camel.push(first.to_ascii_uppercase());
            camel.push_str(chars.as_str());
        }
    }
    if camel.starts_with(|c: char| c.is_ascii_digit()) || camel.is_empty() {
        camel.insert(0, 'T');
    }
    rust_name(&camel)
}

/// The name among `known` that is most like `word`, if one is near enough to have been meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A hostile word of a megabyte has no near name, and need not be measured.
    if word.len() > 64 {
        return None;
    }
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= 64)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len().max(word.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Number of bytes to insert, remove or replace to make one word of the other, whatever their case.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(!a.eq_ignore_ascii_case(&b));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_rust() {
        assert_eq!(rust_name("type"), "type_");
        assert_eq!(rust_name("n"), "n");
        for (name, expected) in [
            ("orbit_bulletin", "OrbitBulletin"),
            ("cst", "Cst"),
            ("TM_frame", "TMFrame"),
            ("a_1_2", "A1_2"),
            ("a_12", "A12"),
            ("_1x", "T1x"),
            ("self", "Self_"),
            ("__", "T"),
        ] {
            assert_eq!(rust_type_name(name), expected);
        }
    }

    #[test]
    fn the_nearest_name() {
        let known = ["name", "type", "tolerance"];
        assert_eq!(nearest("tolerence", known), Some("tolerance"));
        assert_eq!(nearest("Name", known), Some("name"));
        assert_eq!(nearest("zzzz", known), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), known), None);
    }
}
