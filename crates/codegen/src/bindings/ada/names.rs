//! Names in Ada: `Mixed_Case`, no reserved word, nothing declared twice whatever the case of its letters.

use std::collections::BTreeSet;

/// Words that some Ada from 1983 to 2022 reserves.
const RESERVED: &[&str] = &[
    "abort",
    "abs",
    "abstract",
    "accept",
    "access",
    "aliased",
    "all",
    "and",
    "array",
    "at",
    "begin",
    "body",
    "case",
    "constant",
    "declare",
    "delay",
    "delta",
    "digits",
    "do",
    "else",
    "elsif",
    "end",
    "entry",
    "exception",
    "exit",
    "for",
    "function",
    "generic",
    "goto",
    "if",
    "in",
    "interface",
    "is",
    "limited",
    "loop",
    "mod",
    "new",
    "not",
    "null",
    "of",
    "or",
    "others",
    "out",
    "overriding",
    "package",
    "parallel",
    "pragma",
    "private",
    "procedure",
    "protected",
    "raise",
    "range",
    "record",
    "rem",
    "renames",
    "requeue",
    "return",
    "reverse",
    "select",
    "separate",
    "some",
    "subtype",
    "synchronized",
    "tagged",
    "task",
    "terminate",
    "then",
    "type",
    "until",
    "use",
    "when",
    "while",
    "with",
    "xor",
];

/// What printed text names without saying where it comes from: library units and what Standard declares.
const VISIBLE: &[&str] = &[
    "ada",
    "ascii",
    "boolean",
    "character",
    "constraint_error",
    "duration",
    "false",
    "float",
    "gnat",
    "integer",
    "interfaces",
    "long_float",
    "long_integer",
    "long_long_float",
    "long_long_integer",
    "natural",
    "numeric_error",
    "positive",
    "program_error",
    "short_float",
    "short_integer",
    "short_short_integer",
    "standard",
    "storage_error",
    "string",
    "system",
    "tasking_error",
    "true",
    "wide_character",
    "wide_string",
];

/// What every printed package declares itself, and what its bodies call.
const OWN: &[&str] = &[
    "address_of",
    "attach",
    "back",
    "call",
    "check",
    "code",
    "error",
    "identification",
    "is_null",
    "raise_error",
    "result",
    "status",
];

/// A contract's name as Ada people write it: `TM_FRAME` and `tmFrame` become `Tm_Frame`.
pub(super) fn mixed(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut before = ' ';
        for c in part.chars() {
            let starts = before == ' ' || (before.is_ascii_lowercase() && c.is_ascii_uppercase());
            match words.last_mut().filter(|_| !starts) {
                Some(word) => word.push(c.to_ascii_lowercase()),
                None => words.push(c.to_ascii_uppercase().to_string()),
            }
            before = c;
        }
    }
    if words.first().is_none_or(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
        words.insert(0, "The".to_string());
    }
    words.join("_")
}

/// The name cannot be declared in a printed package.
pub(super) fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [RESERVED, VISIBLE, OWN].iter().any(|list| list.contains(&name.as_str()))
}

/// The names declared in one place.
#[derive(Clone, Default)]
pub(super) struct Scope {
    taken: BTreeSet<String>,
    /// It is a record's: what the package declares and calls is not in the way there.
    record: bool,
    /// Literals of enumerations may share a name with each other, and with nothing else.
    literals: BTreeSet<String>,
}

impl Scope {
    /// Names of the components of a record.
    pub fn of_record() -> Scope {
        Scope { record: true, ..Scope::default() }
    }

    /// The name is declared, or kept for something else.
    fn is_taken(&self, name: &str) -> bool {
        let kept = is_kept(name) && !(self.record && OWN.contains(&name.to_ascii_lowercase().as_str()));
        kept || self.taken.contains(&name.to_ascii_lowercase())
    }

    fn free(&self, wanted: &str, taken: &dyn Fn(&str) -> bool) -> String {
        if !taken(wanted) {
            return wanted.to_string();
        }
        let article = format!("The_{wanted}");
        let numbered = (2_u32..).map(|n| format!("{wanted}_{n}"));
        std::iter::once(article).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
    }

    /// Declares a contract's name, or one like it.
    pub fn take(&mut self, name: &str) -> String {
        let taken = |name: &str| self.is_taken(name) || self.literals.contains(&name.to_ascii_lowercase());
        let name = self.free(&mixed(name), &taken);
        self.taken.insert(name.to_ascii_lowercase());
        name
    }

    /// Declares a type: its name says so where it has to differ.
    pub fn take_type(&mut self, name: &str) -> String {
        let mixed = mixed(name);
        if is_kept(&mixed) { self.take(&format!("{mixed}_Type")) } else { self.take(name) }
    }

    /// Declares a literal of an enumeration whose other literals are `beside`.
    pub fn take_literal(&mut self, name: &str, beside: &[String]) -> String {
        let taken =
            |name: &str| self.is_taken(name) || beside.iter().any(|other| other.eq_ignore_ascii_case(name));
        let name = self.free(&mixed(name), &taken);
        self.literals.insert(name.to_ascii_lowercase());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_ada_people_write() {
        for (name, expected) in [
            ("eck_hec", "Eck_Hec"),
            ("TM_FRAME_t", "Tm_Frame_T"),
            ("OmbreCylindrique", "Ombre_Cylindrique"),
            ("pkg__name__2", "Pkg_Name_2"),
            ("_2x_", "The_2x"),
            ("__", "The"),
        ] {
            assert_eq!(mixed(name), expected);
        }
    }

    #[test]
    fn nothing_is_declared_twice() {
        let mut scope = Scope::default();
        assert_eq!(scope.take("date"), "Date");
        assert_eq!(scope.take("DATE"), "The_Date");
        assert_eq!(scope.take("Date"), "Date_2");
        assert_eq!(scope.take("type"), "The_Type");
        assert_eq!(scope.take_type("integer"), "Integer_Type");
        assert_eq!(scope.take_literal("ok", &[]), "Ok");
        assert_eq!(scope.take_literal("ok", &[]), "Ok");
        assert_eq!(scope.take_literal("OK", &["Ok".into()]), "The_Ok");
        assert_eq!(scope.take("ok"), "Ok_2");
        assert_eq!(scope.take_literal("date", &[]), "Date_3");
    }
}
