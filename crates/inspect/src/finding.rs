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
    ($($(#[doc = $help:literal])* $name:ident = $code:literal, $severity:ident, $title:literal;)*) => {
        /// What a finding is about. The text of a code never changes its meaning.
        ///
        /// `B`: contract against binary (and header). `H`: header. `M`: module. `A`: what changed in the ABI between two
        /// releases. `L`: layout between two targets.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $help])* $name,)* }

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

            /// What it means and what to do about it: the documentation of the code.
            pub fn help(self) -> &'static str {
                match self { $(Code::$name => concat!($($help),*).trim_ascii_start(),)* }
            }
        }
    };
}

codes! {
    /// The contract is pinned by its build-id, and this file has another one: nothing says that the facts still hold.
    BuildId = "B101", Error, "the binary is another build";
    /// No such symbol: the routine was renamed, inlined everywhere or stripped, or the file is the wrong one.
    SymbolMissing = "B102", Error, "the symbol is not in the binary";
    /// The symbol is data. Data belongs under `[state.*]`.
    NotAFunction = "B103", Error, "the symbol is not a routine";
    /// Several local routines have this symbol, and nothing tells them apart.
    SymbolAmbiguous = "B104", Error, "several routines have this symbol";
    /// Nothing to compare the signature with. Rebuild the source with `-g`.
    NoDebugInformation = "B105", Warning, "no debug information: signature not verified";
    /// The source says something of the routine that a contract cannot.
    NotDescribable = "B106", Error, "the binary's routine cannot be described by a contract";
    /// The source is of another language, whose calling convention has other hidden parts.
    Language = "B107", Error, "the language differs";
    /// The routine takes variable arguments, which no route can capture. Wrap it in a routine with fixed ones.
    Varargs = "B108", Error, "the routine takes variable arguments";
    /// Too many or too few parameters: everything behind the first difference is read from the wrong place.
    ParameterCount = "B109", Error, "the number of parameters differs";
    /// Another type: another register, or another number of bytes.
    ParameterType = "B110", Error, "the type of a parameter differs";
    /// One side passes a value, the other an address.
    Passing = "B111", Error, "a parameter travels differently";
    /// A CHARACTER argument has a hidden length behind the others; one side has it, the other has not.
    HiddenLength = "B112", Error, "the hidden CHARACTER length differs";
    /// A constant extent is larger than the array, or is part of the layout of one of several dimensions.
    Extent = "B113", Error, "the extent contradicts the declared bounds";
    /// A constant extent is smaller than the array: fine when the routine uses no more than that.
    ExtentShorter = "B114", Note, "the extent is shorter than the declared bounds";
    /// What a routine returns decides which registers it writes.
    Returns = "B115", Error, "the returned value differs";
    /// The size or the alignment of a record, or the integer under an enumeration.
    TypeSize = "B116", Error, "the size of a type differs";
    /// Struct, union and enumeration are passed and compared differently.
    TypeKind = "B117", Error, "the kind of a type differs";
    /// The field is elsewhere: the bytes that are read there belong to another.
    FieldOffset = "B118", Error, "the place of a field differs";
    /// The field has another type.
    FieldType = "B119", Error, "the type of a field differs";
    /// The record has a field that the contract leaves out.
    FieldMissing = "B120", Error, "a field is missing in the contract";
    /// The contract has a field that the record does not have.
    FieldExtra = "B121", Error, "the contract has a field too many";
    /// A name has another value, or is only on one side.
    EnumValue = "B122", Error, "the values of an enumeration differ";
    /// No data symbol of that name, or several.
    StateMissing = "B123", Error, "the state's symbol is not in the binary";
    /// The area is larger than its storage: what lies behind belongs to somebody else.
    StateSize = "B124", Error, "the state is larger than its storage";
    /// A COMMON block or static variable that the routine has and the contract does not mention.
    StateUndeclared = "B125", Warning, "the routine has state the contract does not mention";
    /// Copies that a hook at the entry does not see.
    Inlined = "B126", Warning, "copies of the routine are inlined elsewhere";
    /// Several names of one place: a hook there answers for all of them.
    SharedAddress = "B127", Warning, "several symbols share the routine's address";
    /// Compiler-made variants of the routine, whose calls do not pass its entry.
    Clone = "B128", Warning, "the compiler made specialised copies of the routine";
    /// Another spelling. Harmless; the source's own name is easier to find.
    Name = "B129", Note, "a name differs";
    /// Options that let the compiler reorder or fuse arithmetic, which rustc does not do: declare a tolerance.
    FloatingPoint = "B130", Warning, "compiled with relaxed or fused floating point";

    /// The prototype is not there: a routine of its file alone, another name, or the wrong header.
    HeaderMissing = "H101", Warning, "the header does not declare the routine";
    /// The header passes it as `const`, the contract lets it be written. One of them is wrong, or C callers pass constants.
    HeaderConst = "H102", Warning, "the header promises not to write what the contract calls an output";
    /// `int f();` says nothing of the parameters: only what is returned was compared.
    HeaderPrototype = "H103", Warning, "the header declares the routine without its parameters";

    /// Not a module, or its descriptor cannot be read from the file. Is the export macro missing?
    ModuleDescriptor = "M101", Error, "the module's descriptor cannot be read";
    /// The descriptor has another layout. Rebuild the module with this cmp-bridge.
    ModuleAbi = "M102", Error, "the module was built for another module boundary";
    /// The module has no candidate of these routines: only the routes legacy and record are possible for them.
    CandidateMissing = "M103", Note, "the module has no candidate of some routines";
    /// The module answers for a routine that none of the contracts has: nobody will ever call it.
    CandidateUnknown = "M104", Warning, "the module has a candidate of an unknown routine";
    /// The candidate was generated from another contract: it would read arguments that are not there. It is refused at start.
    CandidateHash = "M105", Error, "the candidate was generated from another contract";
    /// Two candidates of one routine: which one answers is left to chance.
    CandidateTwice = "M106", Error, "the module has two candidates of the routine";
    /// The candidate expects another number of state areas than the contract gives it.
    CandidateState = "M107", Error, "the candidate expects another number of state areas";
    /// The candidate calls a legacy routine by another contract, or one that no contract has: it stays unbound, and the call fails.
    ControlUnbound = "M108", Warning, "the candidate calls a legacy routine that stays unbound";
    /// A panic would end the legacy process: candidates must be built with `panic = "unwind"`.
    ModulePanic = "M109", Error, "the module is built with panic = \"abort\"";
    /// The loader would look for the symbol in the legacy executable and fail, or bind to the legacy routine itself.
    ModuleUndefined = "M110", Error, "the module needs a symbol that nobody gives it";
    /// An exported symbol stands in front of one of the same name, or behind it: the legacy one would answer instead.
    ModuleExports = "M111", Warning, "the module exports more than its descriptor";

    /// Breaking: callers of it no longer link.
    RoutineRemoved = "A101", Error, "a routine was removed";
    /// Compatible: nobody calls it yet.
    RoutineAdded = "A102", Note, "a routine was added";
    /// Breaking: callers of the old symbol no longer link, and hooks no longer find it.
    SymbolRenamed = "A103", Error, "the symbol of a routine was renamed";
    /// Compatible for callers: the symbol is the same.
    RoutineRenamed = "A104", Note, "a routine was renamed, its symbol was not";
    /// Breaking: callers do not pass it.
    ParameterAdded = "A105", Error, "a parameter was added";
    /// Breaking: callers still pass it, and what follows it moves.
    ParameterRemoved = "A106", Error, "a parameter was removed";
    /// Breaking: callers pass the same arguments in another order.
    ParametersReordered = "A107", Error, "parameters were reordered";
    /// Compatible: names are not passed.
    ParameterRenamed = "A108", Note, "a parameter was renamed";
    /// Breaking: another register, another number of bytes, or another meaning of them.
    ParameterChanged = "A109", Error, "the type of a parameter changed";
    /// Breaking: a value where an address was, or the other way round.
    PassingChanged = "A110", Error, "a parameter travels differently";
    /// Breaking: the hidden CHARACTER length came or went, and what follows it moves.
    LengthChanged = "A111", Error, "the hidden length of a parameter came or went";
    /// Breaking: callers allocate fewer elements than the routine uses, or rows of another length.
    ExtentGrown = "A112", Error, "an array parameter has more elements";
    /// Compatible: callers allocate more than the routine uses.
    ExtentShrunk = "A113", Note, "an array parameter has fewer elements";
    /// What was only read is written now, or the other way round: callers may rely on either.
    DirectionChanged = "A114", Warning, "the direction of a parameter changed";
    /// Breaking: callers look for the result elsewhere.
    ReturnsChanged = "A115", Error, "the returned value changed";
    /// Callers decide by these codes.
    StatusChanged = "A116", Warning, "the status convention changed";
    /// Breaking: arrays of it, records around it and their callers' storage change with it.
    RecordSize = "A117", Error, "the size or alignment of a type changed";
    /// Breaking: callers read it where it was.
    FieldMoved = "A118", Error, "a field moved";
    /// Breaking: callers read it as what it was.
    FieldChanged = "A119", Error, "the type of a field changed";
    /// Compatible by itself: what moves or grows because of it is reported beside it.
    FieldAdded = "A120", Note, "a field was added";
    /// Breaking: callers still read it.
    FieldRemoved = "A121", Error, "a field was removed";
    /// Compatible: names are not stored.
    FieldRenamed = "A122", Note, "a field was renamed";
    /// Breaking: callers still send and expect the old number.
    EnumChanged = "A123", Error, "an enumeration value changed or was removed";
    /// Compatible, if callers do not take the list for complete.
    EnumAdded = "A124", Note, "an enumeration value was added";
    /// Breaking: struct, union and enumeration are passed differently.
    KindChanged = "A125", Error, "the kind of a type changed";
    /// Breaking for those who share the storage.
    StateRemoved = "A126", Error, "a state area was removed or its symbol renamed";
    /// Compatible: nobody shares it yet.
    StateAdded = "A127", Note, "a state area was added";
    /// Breaking: the linker gives all who share it one size, and each its own idea of it.
    StateResized = "A128", Error, "the size of a state area changed";
    /// Breaking for every other routine that shares the storage.
    ViewChanged = "A129", Error, "a routine's view of its state changed";
    /// A candidate gets other areas: its module is stale. Callers do not see it.
    StateUseChanged = "A130", Warning, "a routine uses other state";
    /// Breaking: the calling convention's hidden parts follow the language.
    LanguageChanged = "A131", Error, "the language of the component changed";
    /// Breaking: variable arguments need a register that callers of fixed ones do not set, a nested routine its frame link.
    ConventionChanged = "A132", Error, "the way the routine is called changed";
    /// Callers that know of no exception do not catch it.
    ExceptionsChanged = "A133", Warning, "whether an exception may come out changed";
    /// The routine is in both releases, and one of them does not describe it: nothing is known of what changed. Rebuild its
    /// source with `-g`, or compare it by hand.
    RoutineUncompared = "A134", Error, "a routine cannot be compared";

    /// Every scalar wider than a byte must be swapped on the way.
    LayoutEndian = "L101", Note, "the byte order differs";
    /// Addresses and `long` have other sizes: what holds them moves.
    LayoutWords = "L102", Note, "the size of addresses or of long differs";
    /// The record is only in one of the contracts.
    LayoutMissing = "L103", Warning, "a type is only on one side";
    /// Struct on one side, union or enumeration on the other.
    LayoutKind = "L104", Error, "the kind of a type differs";
    /// Copying the bytes of one into the other reads or writes beyond the end.
    LayoutSize = "L105", Error, "the size of a type differs";
    /// Offsets are what counts; the alignment moves what stands behind.
    LayoutAlign = "L106", Note, "the alignment of a type differs";
    /// The field is elsewhere.
    LayoutOffset = "L107", Error, "the offset of a field differs";
    /// The field has another number of bytes.
    LayoutWidth = "L108", Error, "the size of a field differs";
    /// The field is of another kind: integer, floating point, text, record.
    LayoutType = "L109", Error, "the type of a field differs";
    /// The field is only on one side.
    LayoutField = "L110", Error, "a field is only on one side";
    /// An address means nothing on the other machine.
    LayoutAddress = "L111", Warning, "a field holds an address";
    /// A name has another number.
    LayoutValue = "L112", Error, "the values of an enumeration differ";
}

/// One disagreement between a contract and what it was held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// Name of the routine in the contract; `None` when it concerns the whole component.
    pub routine: Option<String>,
    /// The place in the contract, such as `routine.eck_hec.params.elt.type`.
    pub declared: String,
    /// The place on the other side: `file:line` of a source, an address, or a place in the other contract.
    pub found_at: Option<String>,
    /// What the contract says.
    pub expected: String,
    /// What the other side says.
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
