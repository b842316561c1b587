//! Errors of a contract file: all of them, each with where, what, expected, found and one hint.

use std::fmt;

/// One error in a contract file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1. 0 when there is no text to point at (a contract that was built, not read).
    pub line: usize,
    /// Column in characters, from 1; 0 like `line`.
    pub column: usize,
    /// Stable code, such as `C012`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: ", self.file)?,
            line => write!(out, "{}:{line}:{}: ", self.file, self.column)?,
        }
        writeln!(out, "error[{}]: {}", self.code, self.message)?;
        writeln!(out, "  expected {}", self.expected)?;
        writeln!(out, "  found {}", self.found)?;
        write!(out, "  hint: {}", self.hint)
    }
}

/// All errors of a contract file, in the order of their positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            write!(out, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
