//! What the command writes, and in which colours.

use std::io::{self, IsTerminal, Write};

/// Colours, or none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint(bool);

impl Paint {
    /// No colours.
    pub const PLAIN: Paint = Paint(false);

    /// Colours where standard output is a terminal and `NO_COLOR` is not set.
    pub fn stdout() -> Paint {
        Paint(wanted() && io::stdout().is_terminal())
    }

    /// The same for standard error.
    pub fn stderr() -> Paint {
        Paint(wanted() && io::stderr().is_terminal())
    }

    /// What is as it should be.
    pub fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// What is wrong.
    pub fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// What deserves a look.
    pub fn doubtful(self, text: &str) -> String {
        self.with("33", text)
    }

    /// A heading.
    pub fn title(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes to standard output, at once.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes a line to standard error. Nobody is told if that fails: there is nowhere left to tell it.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
