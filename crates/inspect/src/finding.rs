//! What `check` has to say: one [`Finding`] for each disagreement.

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// The contract may hold, but something escapes it or cannot be verified.
    Warning,
    /// Contract and binary contradict each other.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Declares the codes once: number, name, severity and title cannot drift apart.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident, $title:literal;)*) => {
        /// What a finding is about. The text of a code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, ascending.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The stable text, such as `B101`.
            pub fn text(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// What it says, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// The contract is pinned to another build.
    BuildId = "B101", Error, "the binary is another build";
    /// No such symbol.
    SymbolMissing = "B102", Error, "the symbol is not in the binary";
    /// The symbol is data.
    NotAFunction = "B103", Error, "the symbol is not a routine";
    /// Several local symbols have the routine's name.
    SymbolAmbiguous = "B104", Error, "several routines have this symbol";
    /// Nothing to compare with.
    NoDebugInformation = "B105", Warning, "no debug information: signature not verified";
    /// The debug information says something a contract cannot.
    NotDescribable = "B106", Error, "the binary's routine cannot be described by a contract";
    /// Another source language.
    Language = "B107", Error, "the language differs";
    /// Variable arguments.
    Varargs = "B108", Error, "the routine takes variable arguments";
    /// Too many or too few parameters.
    ParameterCount = "B109", Error, "the number of parameters differs";
    /// Another type.
    ParameterType = "B110", Error, "the type of a parameter differs";
    /// By value or by reference.
    Passing = "B111", Error, "a parameter travels differently";
    /// CHARACTER length arguments.
    HiddenLength = "B112", Error, "the hidden CHARACTER length differs";
    /// A constant extent larger than the array.
    Extent = "B113", Error, "the extent contradicts the declared bounds";
    /// A constant extent smaller than the array.
    ExtentShorter = "B114", Note, "the extent is shorter than the declared bounds";
    /// Another returned value.
    Returns = "B115", Error, "the returned value differs";
    /// Size of a record.
    TypeSize = "B116", Error, "the size of a type differs";
    /// Struct, union or enumeration.
    TypeKind = "B117", Error, "the kind of a type differs";
    /// A field elsewhere.
    FieldOffset = "B118", Error, "the place of a field differs";
    /// A field of another type.
    FieldType = "B119", Error, "the type of a field differs";
    /// A field the contract leaves out.
    FieldMissing = "B120", Error, "a field is missing in the contract";
    /// A field the binary does not have.
    FieldExtra = "B121", Error, "a field is not in the binary";
    /// An enumeration value.
    EnumValue = "B122", Error, "the values of an enumeration differ";
    /// A state area without symbol.
    StateMissing = "B123", Error, "the state's symbol is not in the binary";
    /// A state area larger than its storage.
    StateSize = "B124", Error, "the state is larger than its storage";
    /// A COMMON block or static variable the routine has and the contract does not mention.
    StateUndeclared = "B125", Warning, "the routine has state the contract does not mention";
    /// Copies that an entry hook does not see.
    Inlined = "B126", Warning, "copies of the routine are inlined elsewhere";
    /// Several names of one place.
    SharedAddress = "B127", Warning, "several symbols share the routine's address";
    /// Compiler-made variants of the routine.
    Clone = "B128", Warning, "the compiler made specialised copies of the routine";
    /// Spelling.
    Name = "B129", Note, "a name differs";
    /// Floating-point options that rustc does not have.
    FloatingPoint = "B130", Warning, "compiled with relaxed or fused floating point";
}

/// One disagreement between a contract and a binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// Name of the routine in the contract; `None` when it concerns the whole component.
    pub routine: Option<String>,
    /// The place in the contract, such as `routine.eck_hec.params.elt.type`.
    pub declared: String,
    /// The place in the source of the binary, `file:line`, or an address.
    pub found_at: Option<String>,
    /// What the contract says.
    pub expected: String,
    /// What the binary says.
    pub found: String,
    /// What to do about it.
    pub hint: String,
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}[{}]: {}", self.severity().name(), self.code.text(), self.code.title())?;
        writeln!(f, "  declared: {}", self.declared)?;
        if let Some(at) = &self.found_at {
            writeln!(f, "  found at: {at}")?;
        }
        writeln!(f, "  expected: {}", self.expected)?;
        writeln!(f, "  found:    {}", self.found)?;
        write!(f, "  hint:     {}", self.hint)
    }
}
