//! Layout of Ada text: profiles, calls, comments, lines of at most 79 characters.

/// Longest line.
pub(super) const WIDTH: usize = 79;

/// One parameter of a printed subprogram.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub name: String,
    pub mode: Mode,
    pub ty: String,
    /// The value it has when the caller gives none.
    pub default: Option<&'static str>,
    /// It is an array with its bounds, which is passed by reference whatever its mode.
    pub is_array: bool,
}

/// Direction of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    In,
    Out,
    InOut,
}

impl Mode {
    fn columns(self) -> &'static str {
        match self {
            Mode::In => "in    ",
            Mode::Out => "   out",
            Mode::InOut => "in out",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Mode::In => "",
            Mode::Out => "out ",
            Mode::InOut => "in out ",
        }
    }
}

/// `procedure Name (X : in Integer)` or `function Name (X : Integer) return Integer`, without what follows.
pub(super) fn profile(
    indent: usize,
    name: &str,
    parameters: &[Parameter],
    result: Option<&str>,
    end: &str,
) -> String {
    let kind = if result.is_some() { "function" } else { "procedure" };
    headed(indent, &format!("{kind} {name}"), parameters, result, end)
}

/// The same after any head.
pub(super) fn headed(
    indent: usize,
    head: &str,
    parameters: &[Parameter],
    result: Option<&str>,
    end: &str,
) -> String {
    let tail = result.map_or(String::new(), |result| format!(" return {result}"));
    let blank = " ".repeat(indent);
    let head = format!("{blank}{head}");
    let one = |p: &Parameter| {
        let default = p.default.map_or(String::new(), |value| format!(" := {value}"));
        format!("{} : {}{}{default}", p.name, p.mode.words(), p.ty)
    };
    let list = match parameters {
        [] => String::new(),
        more => format!(" ({})", more.iter().map(one).collect::<Vec<_>>().join("; ")),
    };
    let line = format!("{head}{list}{tail}{end}");
    if line.len() <= WIDTH {
        return line;
    }
    let width = parameters.iter().map(|p| p.name.len()).max().unwrap_or(0);
    let modes = parameters.iter().any(|p| p.mode != Mode::In);
    let column = |p: &Parameter| {
        let mode = if modes { format!("{} ", p.mode.columns()) } else { String::new() };
        let default = p.default.map_or(String::new(), |value| format!(" := {value}"));
        format!("{:width$} : {mode}{}{default}", p.name, p.ty)
    };
    let lines: Vec<String> = parameters.iter().map(column).collect();
    let list = match lines.as_slice() {
        [] => String::new(),
        lines => format!("\n{blank}  ({})", lines.join(&format!(";\n{blank}   "))),
    };
    let tail = match result {
        Some(result) => format!("\n{blank}  return {result}"),
        None => String::new(),
    };
    format!("{head}{list}{tail}{end}")
}

/// `head (item, item)tail`, broken between items.
pub(super) fn call(indent: usize, head: &str, items: &[String], tail: &str) -> String {
    let blank = " ".repeat(indent);
    if items.is_empty() {
        return format!("{blank}{head}{tail}");
    }
    let line = format!("{blank}{head} ({}){tail}", items.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    let mut lines = vec![format!("{blank}{head}")];
    let mut current = format!("{blank}  (");
    for (i, item) in items.iter().enumerate() {
        let last = i + 1 == items.len();
        let end = if last { format!("){tail}") } else { ",".to_string() };
        let empty = current.trim_start().len() <= 1;
        if !empty && current.len() + 1 + item.len() + end.len() > WIDTH {
            lines.push(std::mem::replace(&mut current, format!("{blank}   ")));
        } else if !empty {
            current.push(' ');
        }
        current.push_str(item);
        current.push_str(&end);
    }
    lines.push(current);
    lines.join("\n")
}

/// Comment lines, broken between words.
pub(super) fn comment(indent: usize, text: &str) -> String {
    let head = format!("{}--", " ".repeat(indent));
    let (mut lines, mut line) = (Vec::new(), head.clone() + " ");
    for word in harmless(text).split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH && line.len() > head.len() + 1 {
            lines.push(std::mem::replace(&mut line, head.clone() + " "));
        }
        line.push(' ');
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

/// Foreign text that ends neither a comment nor a line.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() {
                ' '
            } else if c.is_ascii() {
                c
            } else {
                '?'
            }
        })
        .collect()
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", harmless(text).replace('"', "\"\""))
}

/// Breaks the lines that are still too long, between words; those with comments or literals stay as they are.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for line in text.lines() {
        let mut rest = line.to_string();
        while rest.len() > WIDTH && !rest.contains('"') && !rest.contains("--") {
            let indent = rest.len() - rest.trim_start().len();
            let Some(at) = rest[..=WIDTH].rfind(' ').filter(|at| *at > indent) else { break };
            folded.push_str(&format!("{}\n", &rest[..at]));
            rest = format!("{}{}", " ".repeat(indent + 2), rest[at..].trim_start());
        }
        folded.push_str(&rest);
        folded.push('\n');
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_calls_are_broken_between_items() {
        let items: Vec<String> = (0..30).map(|n| format!("Item_{n}")).collect();
        let text = call(6, "Call", &items, ";");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(
            text.starts_with("      Call\n        (Item_0, Item_1,") && text.ends_with("Item_29);"),
            "{text}"
        );
        assert_eq!(call(0, "Call", &[], ";"), "Call;");
    }

    #[test]
    fn long_lines_are_folded() {
        let line = format!("   {}", "word ".repeat(40).trim_end());
        let folded = fold(&line);
        assert!(folded.lines().all(|line| line.len() <= WIDTH) && folded.lines().count() == 3, "{folded}");
        assert_eq!(fold(&"x".repeat(200)), "x".repeat(200) + "\n");
    }

    #[test]
    fn comments_end_where_they_should() {
        assert_eq!(comment(3, "a\nb \u{e9}"), "   --  a b ?");
        assert!(comment(3, &"word ".repeat(40)).lines().all(|line| line.starts_with("   --  word")));
    }
}
