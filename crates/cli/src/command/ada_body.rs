//! An empty body for an Ada package specification, so that a compiler writes debug information for its subprograms.

/// The text of a body in which every subprogram raises Program_Error. An error says which declaration needs a real body.
pub fn empty_body(spec: &str) -> Result<String, String> {
    let words = words(spec);
    let start = words.iter().position(|word| word.is("package")).ok_or("it declares no package")?;
    if words[..start].iter().any(|word| word.is("generic")) {
        return Err("it is generic, and has no code before it is instantiated".into());
    }
    let is = words[start..].iter().position(|word| word.is("is")).ok_or("`is` is missing")? + start;
    let name = &spec[words[start + 1].end_of_previous(&words, start)..words[is].start];
    let name = name.trim();
    let mut bodies = String::new();
    let imported = imported(&words);
    let mut at = is + 1;
    while at < words.len() {
        let end = declaration_end(&words, at);
        let declaration = &words[at..end];
        let first = declaration.first().map_or("", |word| word.text);
        match first.to_ascii_lowercase().as_str() {
            "end" => return Ok(format!("package body {name} is\n{bodies}end {name};\n")),
            "private" => {
                at += 1;
                continue;
            }
            "task" | "protected" | "generic" => {
                return Err(format!("`{first} {}` needs a body", declaration.get(1).map_or("", |w| w.text)));
            }
            "package" if !declaration.iter().any(|w| w.is("renames") || w.is("new")) => {
                return Err("it holds another package".into());
            }
            "procedure" | "function" | "overriding" | "not" if needs_body(declaration, &imported) => {
                let profile = &spec[declaration[0].start..words[end.min(words.len() - 1)].start];
                let profile = without_aspects(profile, declaration);
                let function = declaration.iter().any(|word| word.is("function"));
                // A function needs a `return`, and nobody has a value.
                let statement = if function { "return raise Program_Error" } else { "raise Program_Error" };
                bodies += &format!("   {} is\n   begin\n      {statement};\n   end;\n", profile.trim());
            }
            _ => {}
        }
        at = end + 1;
    }
    Err("its `end` is missing".into())
}

/// A word or a sign of the text.
#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    start: usize,
}

impl Word<'_> {
    fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    /// Where the word before this one ends.
    fn end_of_previous(&self, words: &[Word<'_>], previous: usize) -> usize {
        words.get(previous).map_or(0, |word| word.start + word.text.len())
    }
}

/// Words, numbers and single signs, without comments. A string or character literal is one word.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let after = &text[start + c.len_utf8()..];
        let length = match c {
            '-' if after.starts_with('-') => {
                while rest.next_if(|(_, c)| *c != '\n').is_some() {}
                continue;
            }
            '"' => after.find('"').map_or(text.len() - start, |end| end + 2),
            // An attribute's apostrophe follows a word; a character literal does not.
            '\'' if after.chars().nth(1) == Some('\'') && !words.last().is_some_and(|w| is_name(w.text)) => {
                after.char_indices().nth(2).map_or(text.len(), |(end, _)| start + 1 + end) - start
            }
            c if is_letter(c) => text[start..].find(|c| !is_letter(c)).unwrap_or(text.len() - start),
            c => c.len_utf8(),
        };
        words.push(Word { text: &text[start..start + length], start });
        while rest.next_if(|(at, _)| *at < start + length).is_some() {}
    }
    words
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

fn is_name(text: &str) -> bool {
    text.chars().all(is_letter) || text == ")"
}

/// Index of the `;` that ends the declaration at `at`: records and parameter lists hold others.
fn declaration_end(words: &[Word<'_>], at: usize) -> usize {
    let (mut parentheses, mut records) = (0i32, 0i32);
    for (i, word) in words.iter().enumerate().skip(at) {
        let previous = i.checked_sub(1).map_or("", |i| words[i].text);
        match word.text.to_ascii_lowercase().as_str() {
            "(" => parentheses += 1,
            ")" => parentheses -= 1,
            "record" if previous.eq_ignore_ascii_case("end") => records -= 1,
            "record" if !previous.eq_ignore_ascii_case("null") => records += 1,
            ";" if parentheses == 0 && records <= 0 => return i,
            _ => {}
        }
    }
    words.len()
}

/// Names that a `pragma Import` speaks of.
fn imported<'t>(words: &[Word<'t>]) -> Vec<&'t str> {
    let pragmas =
        words.windows(6).filter(|w| w[0].is("pragma") && (w[1].is("import") || w[1].is("interface")));
    // pragma Import (C, Name, ...): the fifth word after the comma.
    pragmas.filter_map(|w| (w[2].text == "(" && w[4].text == ",").then_some(w[5].text)).collect()
}

fn needs_body(declaration: &[Word<'_>], imported: &[&str]) -> bool {
    let subprogram = declaration.iter().position(|w| w.is("procedure") || w.is("function"));
    let name = subprogram.and_then(|at| declaration.get(at + 1)).map_or("", |word| word.text);
    // `is abstract`, `is null`, `is new`, an expression function, a renaming, an imported one.
    let complete = declaration.iter().any(|w| w.is("renames") || w.is("is"));
    let aspect = declaration.iter().any(|w| w.is("import"));
    !complete && !aspect && !imported.iter().any(|import| import.eq_ignore_ascii_case(name))
}

/// The profile without `with Aspect => ...`, which belongs to the declaration only.
fn without_aspects<'t>(profile: &'t str, declaration: &[Word<'t>]) -> &'t str {
    let start = declaration[0].start;
    match declaration.iter().find(|word| word.is("with")) {
        Some(with) => profile.get(..with.start - start).unwrap_or(profile),
        None => profile,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn subprograms_get_bodies() {
        let spec = "with Interfaces; -- package body;\npackage Ccs.Limites is\n   type T is record\n      A : Integer := Character'Pos (';');\n   end record;\n   procedure Check (X : in out T; Y : Float := 1.0); -- one\n   function \"+\" (L, R : T) return T;\n   function Old return T renames Other;\n   procedure Empty is null;\n   procedure Ext (N : Integer);\n   pragma Import (C, Ext, \"ext\");\n   procedure Aspect with Import, Convention => C;\n   procedure Inl (A : T) with Inline;\nprivate\n   procedure Hidden;\nend Ccs.Limites;\n";
        let body = empty_body(spec).expect("a body");
        assert!(
            body.starts_with("package body Ccs.Limites is\n") && body.ends_with("end Ccs.Limites;\n"),
            "{body}"
        );
        for profile in [
            "procedure Check (X : in out T; Y : Float := 1.0) is",
            "function \"+\" (L, R : T) return T is",
            "procedure Inl (A : T) is",
            "procedure Hidden is",
        ] {
            assert!(body.contains(profile), "{profile} in\n{body}");
        }
        assert_eq!(body.matches("raise").count(), 4, "{body}");
    }

    #[test]
    fn what_needs_a_real_body_is_named() {
        for (spec, what) in [
            ("package P is task Veille; end P;", "task Veille"),
            ("generic type T is private; package P is end P;", "generic"),
            ("package P is package Q is end Q; end P;", "another package"),
            ("procedure X;", "no package"),
            ("package P is X : Integer;", "`end` is missing"),
        ] {
            let error = empty_body(spec).expect_err(spec);
            assert!(error.contains(what), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(package |is |end |procedure |\\(|\\)|;|'|\"|--|\n|X|record |é){0,40}") {
            let _ = empty_body(&text);
        }
    }
}
