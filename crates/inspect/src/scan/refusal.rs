//! Why a routine has no place in a contract.

use std::fmt;

/// A reason, stable for scripts; [`Refusal::detail`] completes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Written in a language the bridge does not speak.
    OtherLanguage,
    /// No debug information for a symbol that was asked for.
    NoDebugInformation,
    /// Its code is chosen when the program is loaded.
    IndirectFunction,
    /// Debug information, but no symbol at its address.
    NoSymbol,
    /// Declared in a header, and the binary has no such routine.
    NotLinked,
    /// Several local symbols have its name.
    AmbiguousSymbol,
    /// `main`, or the main program.
    ProgramEntry,
    /// Made by the compiler.
    CompilerGenerated,
    /// Made by the binder of Ada programs.
    Binder,
    /// The body of an Ada task.
    TaskBody,
    /// A specialised copy: its parameters are not those of the source.
    Clone,
    /// A specialised copy of a routine that is there itself.
    Copy,
    /// Takes variable arguments.
    Varargs,
    /// Declared as `int f();`, which says nothing of its parameters.
    NoPrototype,
    /// An assumed-shape, allocatable or pointer array: passed as a descriptor.
    ArrayDescriptor,
    /// A polymorphic (CLASS) argument: passed as a descriptor.
    Polymorphic,
    /// A hidden argument that a contract cannot express.
    HiddenArgument,
    /// The debug information does not say how a parameter arrives.
    PassingUnknown,
    /// Compiled for, or declared with, another calling convention than that of System V.
    CallingConvention,
    /// The symbol and the debug information count the parameters differently.
    ParameterCount,
    /// Whether a C++ class travels as its bits or as the address of a copy is not said.
    ClassPassing,
    /// The symbol and the debug information call it differently.
    NameDiffers,
    /// Adjusts `this` and goes on to a virtual function.
    Thunk,
    /// A type a contract cannot express.
    Type,
    /// The debug information contradicts itself.
    Damaged,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 25] = [
        Reason::OtherLanguage,
        Reason::NoDebugInformation,
        Reason::IndirectFunction,
        Reason::NoSymbol,
        Reason::NotLinked,
        Reason::AmbiguousSymbol,
        Reason::ProgramEntry,
        Reason::CompilerGenerated,
        Reason::Binder,
        Reason::TaskBody,
        Reason::Clone,
        Reason::Copy,
        Reason::Varargs,
        Reason::NoPrototype,
        Reason::ArrayDescriptor,
        Reason::Polymorphic,
        Reason::HiddenArgument,
        Reason::PassingUnknown,
        Reason::CallingConvention,
        Reason::ParameterCount,
        Reason::ClassPassing,
        Reason::NameDiffers,
        Reason::Thunk,
        Reason::Type,
        Reason::Damaged,
    ];

    /// A word for scripts.
    pub fn name(self) -> &'static str {
        match self {
            Reason::OtherLanguage => "other-language",
            Reason::NoDebugInformation => "no-debug-information",
            Reason::IndirectFunction => "indirect-function",
            Reason::NoSymbol => "no-symbol",
            Reason::NotLinked => "not-linked",
            Reason::AmbiguousSymbol => "ambiguous-symbol",
            Reason::ProgramEntry => "program-entry",
            Reason::CompilerGenerated => "compiler-generated",
            Reason::Binder => "binder",
            Reason::TaskBody => "task-body",
            Reason::Clone => "clone",
            Reason::Copy => "copy",
            Reason::Varargs => "varargs",
            Reason::NoPrototype => "no-prototype",
            Reason::ArrayDescriptor => "array-descriptor",
            Reason::Polymorphic => "polymorphic",
            Reason::HiddenArgument => "hidden-argument",
            Reason::PassingUnknown => "passing-unknown",
            Reason::CallingConvention => "calling-convention",
            Reason::ParameterCount => "parameter-count",
            Reason::ClassPassing => "class-passing",
            Reason::NameDiffers => "name-differs",
            Reason::Thunk => "thunk",
            Reason::Type => "type",
            Reason::Damaged => "damaged",
        }
    }

    /// A sentence for people.
    pub fn text(self) -> &'static str {
        match self {
            Reason::OtherLanguage => "not one of the languages that are read",
            Reason::NoDebugInformation => "no debug information: rebuild its source with -g",
            Reason::IndirectFunction => {
                "its code is chosen by a resolver when the program is loaded: scan the versions by their own names"
            }
            Reason::NoSymbol => "no symbol at its address: the binary is stripped",
            Reason::NotLinked => "declared in the header, and not in the binary",
            Reason::AmbiguousSymbol => "several local routines have this symbol",
            Reason::ProgramEntry => "the program's entry is not a routine to replace",
            Reason::CompilerGenerated => "made by the compiler",
            Reason::Binder => "made by gnatbind: elaborates and finalizes the program",
            Reason::TaskBody => {
                "the body of a task: called by the run-time system, once, for as long as the task lives"
            }
            Reason::Clone => {
                "exists only as a specialised copy, whose parameters are not those of the source"
            }
            Reason::Copy => "a specialised copy of a routine that is there itself",
            Reason::NoPrototype => {
                "its declaration does not say its parameters: write a prototype, `int f(void);`"
            }
            Reason::Varargs => "takes variable arguments: wrap it in a routine with fixed ones",
            Reason::ArrayDescriptor => "an array descriptor that the debug information does not describe",
            Reason::Polymorphic => "polymorphic (CLASS) descriptor",
            Reason::HiddenArgument => "a hidden argument that a contract cannot express",
            Reason::PassingUnknown => "the debug information does not say how a parameter arrives",
            Reason::CallingConvention => "another calling convention than that of the System V ABI",
            Reason::ParameterCount => {
                "the symbol and the debug information do not have the same number of parameters"
            }
            Reason::ClassPassing => {
                "the debug information does not say whether a class travels as its bits or by address"
            }
            Reason::NameDiffers => "the symbol and the debug information call it differently",
            Reason::Thunk => "an entry of a virtual function that only adjusts `this`",
            Reason::Type => "a type that a contract cannot express",
            Reason::Damaged => "damaged debug information",
        }
    }
}

/// Why a routine, or a part of it, cannot be described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub reason: Reason,
    /// Which parameter, field or type; empty for the whole routine.
    pub detail: String,
}

impl Problem {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Problem {
        Problem { reason, detail: detail.into() }
    }

    /// Says whose part had the problem.
    pub(crate) fn within(self, outer: &str) -> Problem {
        let detail = match self.detail.is_empty() {
            true => outer.to_string(),
            false => format!("{outer}: {}", self.detail),
        };
        Problem { detail, ..self }
    }
}

impl Problem {
    /// The reason and what it concerns, in words.
    pub(crate) fn text(&self) -> String {
        match self.detail.is_empty() {
            true => self.reason.text().to_string(),
            false => format!("{} ({})", self.reason.text(), self.detail),
        }
    }
}

impl From<crate::dwarf::DwarfError> for Problem {
    fn from(error: crate::dwarf::DwarfError) -> Problem {
        Problem::new(Reason::Damaged, error.to_string())
    }
}

/// A routine that was found and not described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Name in the source, or the symbol where there is none.
    pub name: String,
    /// Linker symbol, if there is one.
    pub symbol: Option<String>,
    /// Source language.
    pub language: String,
    /// `file:line` of its declaration.
    pub at: Option<String>,
    /// Why.
    pub reason: Reason,
    /// Which part of it; may be empty.
    pub detail: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.name, self.language)?;
        if let Some(at) = &self.at {
            write!(f, ", {at}")?;
        }
        write!(f, "): {}", self.reason.text())?;
        match self.detail.is_empty() {
            true => Ok(()),
            false => write!(f, " ({})", self.detail),
        }
    }
}
