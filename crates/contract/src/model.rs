//! The contract model: what is known of the routines of one component, neutral of language.
//!
//! Every fact is in ABI order and can be held against the binary it was read from. What a binary cannot say is
//! [`Use::Unknown`], [`Extent::Unknown`] or [`Effects::Unknown`], and is never guessed.

use crate::expr::Expr;
pub use crate::proposal::Proposal;
pub use crate::remote::{Fallback, Remote};

/// The contract of one component: one TOML file.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Whose routines these are.
    pub component: Component,
    /// Records, unions and enumerations, in the order of the file.
    pub types: Vec<TypeDef>,
    /// Named storage that outlives a call: COMMON blocks, SAVE and static variables, globals.
    pub state: Vec<StateArea>,
    /// The routines, in the order of the file.
    pub routines: Vec<Routine>,
    /// What `learn` and `calibrate` propose, and nobody has accepted yet. No fact, and no part of any hash.
    pub proposals: Vec<Proposal>,
}

impl Contract {
    /// A contract in which nothing stands yet.
    pub fn new(component: Component) -> Contract {
        Contract {
            component,
            types: Vec::new(),
            state: Vec::new(),
            routines: Vec::new(),
            proposals: Vec::new(),
        }
    }
}

/// The component a contract speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// A Rust and C identifier, such as `flight_dynamics`.
    pub name: String,
    /// The source language, which decides the calling convention's hidden parts.
    pub language: Language,
    /// File name of the executable or library the facts were read from.
    pub binary: Option<String>,
    /// Its GNU build-id in lower-case hex. `None`: the contract is not pinned to one build.
    pub build_id: Option<String>,
    /// The machine whose layouts these are.
    pub target: Target,
}

impl Component {
    /// A component on x86-64, tied to no binary.
    pub fn new(name: impl Into<String>, language: Language) -> Component {
        Component { name: name.into(), language, binary: None, build_id: None, target: Target::X86_64 }
    }
}

/// A machine whose layouts a contract may hold. Calls are lowered for x86-64 only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Target {
    /// x86-64 (LP64, little-endian).
    #[default]
    X86_64,
    /// 32-bit x86 (ILP32, little-endian).
    I386,
    /// 32-bit PA-RISC (ILP32, big-endian).
    PaRisc,
    /// Another 64-bit little-endian machine.
    Other64Little,
    /// Another 64-bit big-endian machine.
    Other64Big,
    /// Another 32-bit little-endian machine.
    Other32Little,
    /// Another 32-bit big-endian machine.
    Other32Big,
}

impl Target {
    /// Size of an address in bytes.
    pub fn pointer_size(self) -> u64 {
        match self {
            Target::X86_64 | Target::Other64Little | Target::Other64Big => 8,
            Target::I386 | Target::PaRisc | Target::Other32Little | Target::Other32Big => 4,
        }
    }

    /// The most significant byte comes first.
    pub fn is_big_endian(self) -> bool {
        matches!(self, Target::PaRisc | Target::Other64Big | Target::Other32Big)
    }
}

/// Source language of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// C.
    C,
    /// C++.
    Cpp,
    /// Fortran 77 and later.
    Fortran,
    /// Ada (GNAT).
    Ada,
}

/// One entry of a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Routine {
    /// The name used in Rust, in `bridge.toml` and on the command line: an identifier.
    pub name: String,
    /// The linkage name in the symbol table, such as `eck_hec_`.
    pub symbol: String,
    /// Its name in the words of its language, where that says more than `name`: `plan::Agenda::ajouter(plan::Lieu const&)`.
    pub source: Option<String>,
    /// `file:line` of the declaration.
    pub at: Option<String>,
    /// Parameters in source order, without hidden ones (those follow from the types).
    pub params: Vec<Param>,
    /// The returned value, if there is one.
    pub returns: Option<Returns>,
    /// How the routine says that it failed.
    pub status: Option<Status>,
    /// Storage outside the parameters that the routine reads or writes.
    pub state: Vec<StateUse>,
    /// What else it does.
    pub effects: Effects,
    /// Who may call it at the same time.
    pub threads: Threads,
    /// Whether an exception may come out of it.
    pub exceptions: Exceptions,
    /// What is agreed on calls that another machine answers.
    pub remote: Remote,
    /// It takes more arguments than its parameters say (C `...`): it can be described, and not hooked.
    pub varargs: bool,
    /// It receives a hidden address of its enclosing routine's frame, in r10: it can be recorded, and not called.
    pub static_link: bool,
}

impl Routine {
    /// A routine of which nothing but the name is known.
    pub fn new(name: impl Into<String>, symbol: impl Into<String>, language: Language) -> Routine {
        Routine {
            name: name.into(),
            symbol: symbol.into(),
            source: None,
            at: None,
            params: Vec::new(),
            returns: None,
            status: None,
            state: Vec::new(),
            effects: Effects::Unknown,
            threads: Threads::Serial,
            exceptions: Exceptions::of(language),
            remote: Remote::default(),
            varargs: false,
            static_link: false,
        }
    }
}

/// Whether an exception may come out of a routine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exceptions {
    /// Never.
    None,
    /// It may.
    Possible,
}

impl Exceptions {
    /// What must be assumed of a language's routines: an exception may come out of C++ and Ada.
    pub fn of(language: Language) -> Exceptions {
        match language {
            Language::C | Language::Fortran => Exceptions::None,
            Language::Cpp | Language::Ada => Exceptions::Possible,
        }
    }
}

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name: an identifier, unique in the list.
    pub name: String,
    /// The type of what is passed, or of what the address leads to when `by` is [`By::Reference`].
    pub ty: Type,
    /// By value or by address. Arrays and strings are always by reference.
    pub by: By,
    /// Its direction.
    pub usage: Use,
    /// The address may be null. Otherwise a null address makes the bridge step aside.
    pub nullable: bool,
    /// For the address of a routine to call back: the parameter whose address that routine is given each time.
    pub user_data: Option<String>,
    /// For the address of a routine to call back: whether it may be called after the routine has returned. `None`: not known.
    pub kept: Option<bool>,
    /// Physical unit, for the documentation.
    pub unit: Option<String>,
    /// How far control and candidate may differ.
    pub tolerance: Option<Tolerance>,
}

impl Param {
    /// A parameter of which nothing else is known.
    pub fn new(name: impl Into<String>, ty: Type, by: By, usage: Use) -> Param {
        let (user_data, kept, unit, tolerance) = (None, None, None, None);
        Param { name: name.into(), ty, by, usage, nullable: false, user_data, kept, unit, tolerance }
    }
}

/// The returned value.
#[derive(Debug, Clone, PartialEq)]
pub struct Returns {
    /// Its type.
    pub ty: Type,
    /// [`By::Reference`]: the routine returns an address of the value (a C++ reference, an Ada result on the secondary
    /// stack). [`By::Descriptor`]: an array with its bounds (Ada), or through a hidden descriptor (Fortran).
    pub by: By,
    /// [`Use::Out`] for a value, [`Use::Status`] for the status code, [`Use::Ignored`] when not compared.
    pub usage: Use,
    /// For an address: the routine that its receiver calls when done with what it leads to, or `free`. `None`: the routine
    /// keeps what it returned.
    pub release: Option<String>,
    /// Physical unit.
    pub unit: Option<String>,
    /// How far control and candidate may differ.
    pub tolerance: Option<Tolerance>,
}

impl Returns {
    /// A value returned, of which nothing else is known.
    pub fn new(ty: Type, usage: Use) -> Returns {
        Returns { ty, by: By::Value, usage, release: None, unit: None, tolerance: None }
    }
}

/// How an argument travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// The bits themselves.
    Value,
    /// An address.
    Reference,
    /// An array with its bounds. Fortran: the address of an array descriptor. Ada: a fat pointer, which is the address of the
    /// data and that of the bounds, in two words.
    Descriptor,
}

/// Direction of a parameter, a field or a state area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// Read only.
    In,
    /// Written, not read.
    Out,
    /// Read and written.
    InOut,
    /// Carries the status code (written).
    Status,
    /// Passed but never looked at, such as a user-data address; not compared.
    Ignored,
    /// Not known: enough for `legacy` and `record` only.
    Unknown,
}

/// Type of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// `i8` ... `i64`, `u8` ... `u64`: size in bytes, signedness.
    Int(u8, bool),
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// `f80`: x87 long double, 16 bytes of storage, 10 of them significant.
    F80,
    /// `complex_f32`: two consecutive `f32`.
    ComplexF32,
    /// `complex_f64`: two consecutive `f64`.
    ComplexF64,
    /// `complex_f80`: two consecutive `f80`.
    ComplexF80,
    /// `bool`: C and C++, one byte, 0 or 1.
    Bool,
    /// `logical8` ... `logical64`: Fortran LOGICAL; size in bytes. Only 0 and 1 are portable.
    Logical(u8),
    /// `char`: one byte of text (ISO-8859-1).
    Char,
    /// `chars`: Fortran CHARACTER*(*): blank padded text whose length is a hidden argument. By reference only.
    Chars,
    /// `cstr`: text up to and including a NUL. By reference only.
    Cstr,
    /// `ptr`: a data address whose target is not described.
    Ptr,
    /// `fn`: the address of code.
    Fn,
    /// `[T; extent]`. A Fortran `x(3,n)` is `[[f64; 3]; n]`: storage order, innermost last-varying first.
    Array(Box<Type>, Extent),
    /// A name defined under `[type.*]`.
    Named(String),
}

/// Number of elements of an array.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Extent {
    /// `?`: not known. Recording clamps to what is mapped; replay needs it filled in.
    Unknown,
    /// An integer expression over the routine's integer parameters, such as `2*m-1`.
    Expr(Expr),
    /// `:`: it travels with the array ([`By::Descriptor`]). `:u8`: the same, with bounds of that integer type (Ada index types;
    /// `:` alone stands for `i32` there).
    Carried(Index),
}

/// The integer type of the bounds of an array that carries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Index {
    /// Size in bytes: 1, 2, 4 or 8.
    pub size: u8,
    /// Whether it is signed.
    pub signed: bool,
}

impl Default for Index {
    fn default() -> Index {
        Index { size: 4, signed: true }
    }
}

/// A definition under `[type.*]`.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeDef {
    /// Its name: an identifier.
    pub name: String,
    /// What it is.
    pub kind: TypeKind,
    /// Size in bytes.
    pub size: u64,
    /// Alignment in bytes, a power of two.
    pub align: u64,
    /// False for a C++ class that is not trivial for the purposes of calls, and for a record of Ada that is volatile or has a
    /// size that varies: it is returned through a hidden address whatever its size, and what is passed "by value" is the
    /// address of a copy.
    pub trivial: bool,
    /// For storage whose inside is not described: the routine that ends the life of one, given its address. Which routines
    /// give one away, for the caller to release, they say themselves: [`Returns::release`].
    pub release: Option<String>,
    /// For the address of a routine: its parameter that carries the caller's own data back to it.
    pub user_data: Option<String>,
    /// For the address of a routine: what it returns to be called no more.
    pub stop: Option<i64>,
}

impl TypeDef {
    /// A trivial type.
    pub fn new(name: impl Into<String>, kind: TypeKind, size: u64, align: u64) -> TypeDef {
        let (release, user_data, stop) = (None, None, None);
        TypeDef { name: name.into(), kind, size, align, trivial: true, release, user_data, stop }
    }
}

/// The kinds of type definition.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// Fields at ascending offsets.
    Struct(Vec<Field>),
    /// Fields that share storage. Compared as bytes.
    Union(Vec<Field>),
    /// Named integers.
    Enum {
        /// The integer type underneath.
        repr: Type,
        /// Name and value, in the order of the file.
        values: Vec<(String, i64)>,
    },
    /// The address of a routine of this signature.
    Function {
        /// Its parameters.
        params: Vec<Param>,
        /// What it returns.
        returns: Option<Returns>,
    },
    /// Integers of a subtype.
    Range {
        /// The integer type underneath.
        repr: Type,
        /// Least value.
        first: i64,
        /// Greatest value.
        last: i64,
    },
    /// Fixed-point numbers: the integer times `small`.
    Fixed {
        /// The integer type underneath.
        repr: Type,
        /// Numerator and denominator of the value of the last bit.
        small: (u64, u64),
    },
    /// An array whose elements are a number of bits that is not whole bytes, the first in the lowest bits.
    Packed {
        /// What the bits of one element stand for.
        element: Type,
        /// Bits of one element, at most 64.
        bits: u32,
        /// Number of elements.
        count: u64,
    },
    /// Storage whose inside is not described, such as a class with hidden parts or a tagged type. Only its address means
    /// something: its bytes are neither compared nor given to a candidate.
    Opaque {
        /// What it is in the source, such as `std::string`, where that is recognised.
        of: Option<String>,
    },
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name: an identifier.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Offset in bytes (of the storage unit for a bit field).
    pub offset: u64,
    /// For a bit field: first bit and number of bits. On a little-endian target they are counted from the least significant
    /// bit at `offset`, on a big-endian one from the most significant.
    pub bits: Option<(u32, u32)>,
    /// [`Use::Ignored`] for addresses, handles and padding that differ at every run; else [`Use::InOut`].
    pub usage: Use,
    /// For a component of a variant: when it is there. Such fields may share storage.
    pub when: Option<When>,
    /// Physical unit.
    pub unit: Option<String>,
    /// How far control and candidate may differ.
    pub tolerance: Option<Tolerance>,
}

impl Field {
    /// A field of which nothing else is known.
    pub fn new(name: impl Into<String>, ty: Type, offset: u64) -> Field {
        let (bits, usage, when) = (None, Use::InOut, None);
        Field { name: name.into(), ty, offset, bits, usage, when, unit: None, tolerance: None }
    }
}

/// The values of a discriminant for which a field is there, written `kind = 1`, `kind 1..3 | = 5` or, for the variant of all other
/// values, `kind not = 1 | = 2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct When {
    /// An integer field of the same record, before this one.
    pub field: String,
    /// The field is there for all other values.
    pub negated: bool,
    /// One of them must hold.
    pub any_of: Vec<Condition>,
}

impl When {
    /// The field is there for this value of the discriminant.
    pub fn holds(&self, value: i64) -> bool {
        self.any_of.iter().any(|condition| condition.holds(value)) != self.negated
    }
}

/// Storage that outlives a call.
#[derive(Debug, Clone, PartialEq)]
pub struct StateArea {
    /// Its name: an identifier.
    pub name: String,
    /// The symbol at its start, such as `cst_` or `tm_table`. Local symbols are allowed.
    pub symbol: String,
    /// Source file of a local symbol, to tell `count.0` of one unit from that of another.
    pub file: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// What it is in the source.
    pub kind: StateKind,
}

/// What a state area is in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateKind {
    /// Fortran COMMON block.
    Common,
    /// Fortran SAVE or C function-static variable.
    Save,
    /// File-local variable.
    Static,
    /// Global variable or Fortran module variable.
    Global,
}

/// A routine's use of a state area. A COMMON block is storage: each routine has its own view of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StateUse {
    /// Name of the [`StateArea`].
    pub area: String,
    /// The type this routine sees there; it may be shorter than the area.
    pub view: Type,
    /// Direction.
    pub usage: Use,
}

/// The routine's own way to say that it failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The code of success.
    pub ok: i64,
    /// Codes of warnings: answers that are still valid.
    pub warning: Option<Condition>,
    /// Codes of errors.
    pub error: Option<Condition>,
    /// The code a panic of the candidate becomes. Must be an error.
    pub panic: Option<i64>,
}

/// A set of integers, written `< 0`, `> 0`, `= 3`, `!= 0`, `>= 2`, `<= -2` or `1..9` (both ends included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// `< n`
    Less(i64),
    /// `<= n`
    LessOrEqual(i64),
    /// `> n`
    Greater(i64),
    /// `>= n`
    GreaterOrEqual(i64),
    /// `= n`
    Equal(i64),
    /// `!= n`
    NotEqual(i64),
    /// `a..b`, both included
    Between(i64, i64),
}

/// What a routine does beside its parameters and its declared state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effects {
    /// Nothing.
    None,
    /// It writes declared state only.
    State,
    /// Input or output, or calls of the operating system: never run twice.
    Io,
    /// Not known.
    Unknown,
}

/// Who may call a routine at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Threads {
    /// One thread at a time.
    Serial,
    /// Any number.
    Free,
}

/// How far a floating-point field may differ: any one of the declared distances is enough.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tolerance {
    /// Largest absolute distance, in the field's unit.
    pub absolute: Option<f64>,
    /// Largest distance relative to the control's magnitude.
    pub relative: Option<f64>,
    /// Largest distance in units in the last place.
    pub ulp: Option<u64>,
    /// +0 and -0 are told apart. By default they are equal.
    pub signed_zero: bool,
}
