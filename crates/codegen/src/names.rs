//! Names: from a contract's identifiers to Rust's conventions.

/// Names that the printed functions use themselves.
const USED: &[&str] = &[
    "answer", "before", "call", "code", "done", "frame", "legacy", "lent", "result", "stack", "state",
    "user", "value",
];

/// Words that are keywords in some edition.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Names of modules that printed code relies on.
pub(crate) const RESERVED_MODULES: &[&str] = &["alloc", "cmp_bridge", "core", "std", "support"];

/// Types and traits that every Rust file knows, and printed code relies on.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "TryFrom",
    "TryInto",
    "Vec",
];

/// No crate that uses this library can have the name.
pub(crate) fn is_taken(krate: &str) -> bool {
    const CRATES: [&str; 5] = ["cc", "cmp_bridge_codegen", "proc_macro", "self", "test"];
    let name = krate.replace('-', "_");
    let name = name.as_str();
    KEYWORDS.contains(&name)
        || CRATES.contains(&name)
        || (RESERVED_MODULES.contains(&name) && name != "support")
}

/// A variable, function or module: `lower_case`, never a keyword nor a name that the printed functions use.
pub(crate) fn variable(name: &str) -> String {
    let name = field(name);
    if USED.contains(&name.as_str()) { name + "_" } else { name }
}

/// A field: `lower_case`, never a keyword.
pub(crate) fn field(name: &str) -> String {
    let mut words: Vec<String> =
        name.split('_').filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    if words.is_empty() || words[0].starts_with(|c: char| c.is_ascii_digit()) {
        words.insert(0, "the".to_string());
    }
    let joined = words.join("_");
    if KEYWORDS.contains(&joined.as_str()) { joined + "_" } else { joined }
}

/// A type or trait: `UpperCamelCase`.
pub(crate) fn type_name(name: &str) -> String {
    let joined: String = name
        .split('_')
        .filter(|word| !word.is_empty())
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
        })
        .collect();
    if joined.is_empty()
        || joined.starts_with(|c: char| c.is_ascii_digit())
        || PRELUDE.contains(&joined.as_str())
    {
        format!("The{joined}")
    } else {
        joined
    }
}

/// A constant: `UPPER_CASE`.
pub(crate) fn constant(name: &str) -> String {
    let name = variable(name);
    name.trim_end_matches('_').to_ascii_uppercase()
}

/// A Rust integer type.
pub(crate) fn is_integer(ty: &str) -> bool {
    ty.starts_with(['i', 'u']) && ty[1..].chars().all(|c| c.is_ascii_digit())
}

/// A Rust string literal.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}

/// Text for a documentation comment: one line, nothing that rustdoc would read as markup.
pub(crate) fn doc(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .flat_map(|c| if "[]<>*_`\\#".contains(c) { vec!['\\', c] } else { vec![c] })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_rust_conventions() {
        assert_eq!(variable("JJ_CAL"), "jj_cal");
        assert_eq!(variable("pkg__name"), "pkg_name");
        assert_eq!(variable("Type"), "type_");
        assert_eq!((variable("code"), field("code")), ("code_".into(), "code".into()));
        assert_eq!(variable("_2x"), "the_2x");
        assert_eq!(type_name("eck_hec"), "EckHec");
        assert_eq!(type_name("TM_FRAME_t"), "TmFrameT");
        assert_eq!(constant("type"), "TYPE");
        assert_eq!(doc("a[n] <b>"), r"a\[n\] \<b\>");
    }
}
