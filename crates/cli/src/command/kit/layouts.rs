//! The program of the kit that says how the records of a contract lie where it is compiled.

use std::fmt::Write;

/// A stub proves its records on the machine of the contract, by lines such as
/// `CMP_LAYOUT(offset_of_bulletin_sec, offsetof(bulletin, sec) == 16);`. Elsewhere the same expressions are compared when the
/// program runs: a record may lie in another way there, as its values travel by name.
pub fn program(name: &str, stub: &str) -> String {
    let long = format!("CMPB_{}_LONG", name.to_ascii_uppercase());
    let mut text = format!(
        "/* @(#) layouts_{name}.c acceptance kit of cmp-bridge: the records of `{name}`, as the local compiler lays them out */\n\
         #define CMPB_WITHOUT_LEGACY 1\n#ifndef {long}\n#define {long} 4\n#define KIT_LONG \"long, of 4 bytes where it has those\"\n\
         #else\n#define KIT_LONG \"what CFLAGS says\"\n#endif\n#include \"{name}_stub.c\"\n#include \"kit.h\"\n#include <stdio.h>\n\n"
    );
    for symbol in areas(stub) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "char {symbol}[1];");
    }
    text += LAYOUT;
    text += "int main(void)\n{\n    kit_check(\"its stub compiles\", 1, \"\", \"\");\n";
    if stub.contains(&long) {
        text += "    kit_fact(\"its 64-bit integers are taken to be\", KIT_LONG);\n";
    }
    let facts = facts(stub);
    for Fact { expression, value, home } in &facts {
        let line = format!("    layout(\"{expression}\", {value}L, (long)({expression}));\n");
        text += &if *home { format!("#if CMPB_HOME\n{line}#endif\n") } else { line };
    }
    let _ = write!(
        text,
        "    kit_number(\"records and fields looked at\", {}L);\n    kit_number(\"of them moved\", moved);\n    \
         return kit_end(\"layouts_{name}\");\n}}\n",
        facts.len()
    );
    text
}

const LAYOUT: &str = "
static long moved = 0;

static void layout(const char *what, long contract, long here)
{
    char line[160];
    if (contract == here)
        return;
    moved++;
    sprintf(line, \"%ld here, %ld in the contract (its values travel by name)\", here, contract);
    kit_fact(what, line);
}

";

struct Fact {
    expression: String,
    value: String,
    /// The type is known on the contract's own machine only.
    home: bool,
}

fn facts(stub: &str) -> Vec<Fact> {
    let (mut found, mut inside, mut home) = (Vec::new(), false, false);
    for line in stub.lines().map(str::trim) {
        if line == "#if CMPB_HOME" {
            (inside, home) = (true, false);
        } else if line.starts_with("#endif") {
            inside = false;
        } else if inside && line.starts_with("typedef") {
            home = true;
        }
        let Some(fact) = line.strip_prefix("CMP_LAYOUT(").and_then(|rest| rest.strip_suffix(");")) else {
            continue;
        };
        if let Some((expression, value)) =
            fact.split_once(", ").and_then(|(_, test)| test.rsplit_once(" == "))
        {
            found.push(Fact { expression: expression.to_owned(), value: value.to_owned(), home });
        }
    }
    found
}

/// COMMON blocks and globals: the program that is compiled here has none of them.
fn areas(stub: &str) -> Vec<&str> {
    let lines = stub.lines().map(str::trim);
    lines
        .filter_map(|line| line.strip_prefix("extern char ")?.split_once('[').map(|(name, _)| name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proofs_of_a_stub_become_questions() {
        let stub = "extern char cst_[] CMPB_WEAK;\n\ntypedef struct a {\n    double x;\n} a;\n#if CMPB_HOME\n\
                    CMP_LAYOUT(size_of_a, sizeof(a) == 8);\n#endif\n\n#if CMPB_HOME\ntypedef struct b {\n    char c;\n} b;\n\
                    CMP_LAYOUT(offset_of_b_c, offsetof(b, c) == 0);\n#endif\n";
        let text = program("essai", stub);
        assert!(text.contains("char cst_[1];\n"), "{text}");
        assert!(text.contains("    layout(\"sizeof(a)\", 8L, (long)(sizeof(a)));\n"), "{text}");
        let guarded = "#if CMPB_HOME\n    layout(\"offsetof(b, c)\", 0L, (long)(offsetof(b, c)));\n#endif\n";
        assert!(text.contains(guarded), "{text}");
        assert!(text.contains("looked at\", 2L"), "{text}");
    }
}
