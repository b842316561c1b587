//! Where the System V x86-64 ABI puts each argument: the only place in the project that knows it.
//! (System V ABI, AMD64 supplement 1.0, section 3.2.3; gfortran and GNAT follow it for what a contract can say.)

use crate::layout::ScalarAt;
use crate::model::{By, Contract, Language, Returns, Routine, Target, Type, TypeKind};

/// Where eight bytes of an argument are on entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Integer register: 0 rdi, 1 rsi, 2 rdx, 3 rcx, 4 r8, 5 r9.
    Gpr(u8),
    /// Vector register xmm0 ... xmm7.
    Xmm(u8),
    /// Bytes above the return address: offset from the first stack argument.
    Stack(u32),
}

/// One piece of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Piece {
    /// Where it is.
    pub place: Place,
    /// Offset of the piece in the value.
    pub offset: u32,
    /// Its size in bytes: at most 8 in a register, any on the stack.
    pub size: u32,
}

/// What an argument stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Parameter `i` of the routine: its value, its address when it is by reference, its descriptor's address (Fortran) or its
    /// fat pointer, data first (Ada), when it is by descriptor.
    Param(usize),
    /// The hidden length (size_t) of the text parameter `i` (see [`has_hidden_length`]).
    Length(usize),
    /// The hidden address of the returned record or text, or of the descriptor of the returned array (Fortran).
    ReturnAddress,
    /// The hidden length (size_t) of returned text (Fortran).
    ReturnLength,
}

/// One argument, in ABI order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// What it stands for.
    pub role: Role,
    /// Its pieces.
    pub pieces: Vec<Piece>,
}

/// A register that carries (a piece of) the returned value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReturnPlace {
    /// rax (0) or rdx (1).
    Gpr(u8),
    /// xmm0 or xmm1.
    Xmm(u8),
    /// st0 (0) or st1 (1).
    X87(u8),
}

/// The lowered signature of a routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    /// Arguments in ABI order, hidden ones included.
    pub arguments: Vec<Argument>,
    /// Bytes of arguments on the stack, a multiple of 8.
    pub stack_bytes: u32,
    /// Pieces of the returned value: (register, offset in the value, size). Empty for none and for a record in memory
    /// (its address comes back in rax and is not part of the value).
    pub returns: Vec<(ReturnPlace, u32, u32)>,
}

impl Lowered {
    /// Where the `n`th eight bytes of an argument are: the second of a fat pointer are the address of its bounds.
    pub fn word(&self, role: Role, n: u32) -> Option<Place> {
        let argument = self.arguments.iter().find(|argument| argument.role == role)?;
        let holds = |piece: &&Piece| (piece.offset..piece.offset + piece.size).contains(&(8 * n));
        let piece = argument.pieces.iter().find(holds)?;
        Some(match piece.place {
            Place::Stack(at) => Place::Stack(at + 8 * n - piece.offset),
            register => register,
        })
    }
}

/// Why a signature cannot be lowered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AbiError {
    /// A type name without definition.
    #[error("`{0}` is not defined under [type.*]")]
    Undefined(String),
    /// A type that cannot be passed by value (array, string, unknown size).
    #[error("`{0}` cannot be passed or returned by value")]
    ByValue(String),
    /// A type whose definition contradicts itself (fields outside its size, itself as a member).
    #[error("`{0}` has a definition that contradicts itself")]
    Inconsistent(String),
    /// A size beyond what a contract may say.
    #[error("`{0}` is larger than a contract may describe")]
    TooLarge(String),
    /// A routine with variable arguments.
    #[error("it takes variable arguments, whose number is not known at its entry")]
    Varargs,
    /// A machine whose calls are not described here.
    #[error("calls are described for x86-64 only, not for {0}")]
    Target(Target),
    /// A state area without definition.
    #[error("state area `{0}` is not defined under [state.*]")]
    UndefinedState(String),
}

/// Where the ABI puts the arguments and the returned value of a routine.
pub fn lower(contract: &Contract, routine: &Routine) -> Result<Lowered, AbiError> {
    if routine.varargs {
        return Err(AbiError::Varargs);
    }
    if contract.component.target != Target::X86_64 {
        return Err(AbiError::Target(contract.component.target));
    }
    let language = contract.component.language;
    let mut cursor = Cursor::default();
    let mut arguments = Vec::new();
    let returns = match &routine.returns {
        None => Vec::new(),
        Some(returned) => lower_returned(contract, returned, &mut cursor, &mut arguments)?,
    };
    for (i, param) in routine.params.iter().enumerate() {
        let pieces = match param.by {
            By::Reference => cursor.words(&[Word::Integer], 8),
            // A fat pointer is a record of two addresses, and travels as one: never split.
            By::Descriptor if language == Language::Ada => cursor.words(&[Word::Integer, Word::Integer], 16),
            By::Descriptor => cursor.words(&[Word::Integer], 8),
            By::Value => {
                let (size, align) = contract.size_align(&param.ty).unwrap_or((8, 8));
                match classify(contract, &param.ty)? {
                    Class::Words { words, size } => cursor.words_aligned(&words, size, align),
                    Class::Memory | Class::X87 | Class::ComplexX87 => cursor.memory(size, align),
                }
            }
        };
        arguments.push(Argument { role: Role::Param(i), pieces });
    }
    for (i, param) in routine.params.iter().enumerate() {
        if param.by != By::Value && has_hidden_length(language, &param.ty) {
            arguments.push(Argument { role: Role::Length(i), pieces: cursor.words(&[Word::Integer], 8) });
        }
    }
    let stack_bytes = u32::try_from(cursor.stack).map_err(|_| AbiError::TooLarge(routine.name.clone()))?;
    Ok(Lowered { arguments, stack_bytes, returns })
}

/// The places of a returned value; what it needs of hidden arguments is added to `arguments`.
fn lower_returned(
    contract: &Contract,
    returned: &Returns,
    cursor: &mut Cursor,
    arguments: &mut Vec<Argument>,
) -> Result<Vec<(ReturnPlace, u32, u32)>, AbiError> {
    let language = contract.component.language;
    let mut hidden = |role| arguments.push(Argument { role, pieces: cursor.words(&[Word::Integer], 8) });
    match returned.by {
        By::Reference => return Ok(vec![(ReturnPlace::Gpr(0), 0, 8)]),
        By::Descriptor if language == Language::Ada => {
            return Ok(vec![(ReturnPlace::Gpr(0), 0, 8), (ReturnPlace::Gpr(1), 8, 8)]);
        }
        By::Descriptor => {
            hidden(Role::ReturnAddress);
            return Ok(Vec::new());
        }
        By::Value => (),
    }
    // gfortran: a CHARACTER result is written where the caller says, with the length the caller says.
    if language == Language::Fortran && is_text(&returned.ty) {
        hidden(Role::ReturnAddress);
        hidden(Role::ReturnLength);
        return Ok(Vec::new());
    }
    let class = match &returned.ty {
        Type::Named(name) if contract.type_def(name).is_some_and(|def| !def.trivial) => Class::Memory,
        ty => classify(contract, ty)?,
    };
    Ok(match class {
        Class::Memory => {
            hidden(Role::ReturnAddress);
            Vec::new()
        }
        Class::X87 => vec![(ReturnPlace::X87(0), 0, 16)],
        Class::ComplexX87 => vec![(ReturnPlace::X87(0), 0, 16), (ReturnPlace::X87(1), 16, 16)],
        Class::Words { words, size } => return_places(&words, size),
    })
}

/// Text of a length that is known, or that a hidden argument tells.
fn is_text(ty: &Type) -> bool {
    match ty {
        Type::Chars => true,
        Type::Array(element, _) => **element == Type::Char,
        _ => false,
    }
}

/// A parameter of this type has a hidden length: a Fortran CHARACTER of any form (`chars`, `char`, arrays of them). The
/// bytes of a `bind(C)` interface have none, and are described as `u8`.
pub fn has_hidden_length(language: Language, ty: &Type) -> bool {
    match ty {
        Type::Chars => true,
        Type::Char => language == Language::Fortran,
        Type::Array(element, _) => has_hidden_length(language, element),
        _ => false,
    }
}

/// The registers of a returned value: each class counts its own.
fn return_places(words: &[Word], size: u32) -> Vec<(ReturnPlace, u32, u32)> {
    let (mut gpr, mut xmm) = (0, 0);
    let mut places = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let offset = 8 * i as u32;
        let place = match word {
            Word::Nothing => continue,
            Word::Integer => {
                gpr += 1;
                ReturnPlace::Gpr(gpr - 1)
            }
            Word::Sse => {
                xmm += 1;
                ReturnPlace::Xmm(xmm - 1)
            }
        };
        places.push((place, offset, (size - offset).min(8)));
    }
    places
}

/// The next free registers and stack bytes.
#[derive(Default)]
struct Cursor {
    gpr: u8,
    xmm: u8,
    stack: u64,
}

impl Cursor {
    /// Places a value that may go to registers, aligned 8 on the stack.
    fn words(&mut self, words: &[Word], size: u32) -> Vec<Piece> {
        self.words_aligned(words, size, 8)
    }

    /// Places a value that may go to registers: whole, or not at all (it is never split).
    fn words_aligned(&mut self, words: &[Word], size: u32, align: u64) -> Vec<Piece> {
        let count = |class| words.iter().filter(|word| **word == class).count() as u8;
        if self.gpr + count(Word::Integer) > 6 || self.xmm + count(Word::Sse) > 8 {
            return self.memory(u64::from(size), align);
        }
        let mut pieces = Vec::new();
        for (i, word) in words.iter().enumerate() {
            let offset = 8 * i as u32;
            let place = match word {
                Word::Nothing => continue,
                Word::Integer => {
                    self.gpr += 1;
                    Place::Gpr(self.gpr - 1)
                }
                Word::Sse => {
                    self.xmm += 1;
                    Place::Xmm(self.xmm - 1)
                }
            };
            pieces.push(Piece { place, offset, size: (size - offset).min(8) });
        }
        pieces
    }

    /// Places a value on the stack.
    fn memory(&mut self, size: u64, align: u64) -> Vec<Piece> {
        // `classify` limits size and alignment; the sum is checked at the end, when these may have been cut.
        let at = self.stack.next_multiple_of(align.max(8));
        self.stack = at + size.next_multiple_of(8);
        vec![Piece { place: Place::Stack(at as u32), offset: 0, size: size as u32 }]
    }
}

/// Class of one eightbyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// NO_CLASS: padding only.
    Nothing,
    Integer,
    Sse,
}

/// Class of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Class {
    /// In registers, if enough are free.
    Words { words: Vec<Word>, size: u32 },
    /// On the stack; returned through a hidden address.
    Memory,
    /// On the stack; returned in st0.
    X87,
    /// On the stack; returned in st0 and st1.
    ComplexX87,
}

/// Bytes of arguments a single value may take by value: keeps stack offsets within 32 bits.
pub(crate) const MAX_BY_VALUE: u64 = 1 << 20;

fn classify(contract: &Contract, ty: &Type) -> Result<Class, AbiError> {
    let undefined = || AbiError::Undefined(ty.to_string());
    match contract.scalar(ty) {
        Type::Chars | Type::Cstr | Type::Array(..) => return Err(AbiError::ByValue(ty.to_string())),
        Type::F80 => return Ok(Class::X87),
        Type::ComplexF80 => return Ok(Class::ComplexX87),
        Type::Named(name) => {
            if matches!(contract.type_def(name).ok_or_else(undefined)?.kind, TypeKind::Enum { .. }) {
                return Err(AbiError::Inconsistent(name.clone()));
            }
        }
        _ => (),
    }
    let (size, align) = contract.size_align(ty).ok_or_else(|| AbiError::ByValue(ty.to_string()))?;
    if size > MAX_BY_VALUE || align > MAX_BY_VALUE {
        return Err(AbiError::TooLarge(ty.to_string()));
    }
    let opaque = |name| matches!(contract.type_def(name).map(|def| &def.kind), Some(TypeKind::Opaque { .. }));
    if size > 16 {
        return Ok(Class::Memory);
    }
    // What is inside decides where it travels.
    if matches!(ty, Type::Named(name) if opaque(name)) {
        return Err(AbiError::ByValue(ty.to_string()));
    }
    let mut merge =
        Merge { size, words: vec![None; (size as usize).div_ceil(8)], memory: false, outside: false };
    let walked = contract.each_scalar(ty, &mut |scalar| merge.add(&scalar));
    if merge.outside || (!walked && !merge.memory) {
        return Err(AbiError::Inconsistent(ty.to_string()));
    }
    Ok(merge.class(size as u32))
}

/// Classes of eightbytes while fields are merged into them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Merging {
    Integer,
    Sse,
    X87,
    X87Up,
}

struct Merge {
    size: u64,
    words: Vec<Option<Merging>>,
    memory: bool,
    outside: bool,
}

impl Merge {
    /// Merges a scalar. False once the whole value is known to go to memory.
    fn add(&mut self, scalar: &ScalarAt) -> bool {
        if let Some((first, count)) = scalar.bits {
            let first = scalar.offset.saturating_mul(8).saturating_add(u64::from(first));
            let last = first.saturating_add(u64::from(count.max(1)) - 1);
            return (first / 64..=last / 64).all(|word| self.merge(word, Merging::Integer));
        }
        if scalar.offset.saturating_add(scalar.size) > self.size {
            self.outside = true;
            return false;
        }
        if !scalar.offset.is_multiple_of(scalar.align) {
            self.memory = true;
            return false;
        }
        let word = scalar.offset / 8;
        match scalar.ty {
            Type::F32 | Type::F64 => self.merge(word, Merging::Sse),
            // Two floats: in one eightbyte, or straddling two.
            Type::ComplexF32 => {
                self.merge(word, Merging::Sse) && self.merge((scalar.offset + 4) / 8, Merging::Sse)
            }
            Type::ComplexF64 => self.merge(word, Merging::Sse) && self.merge(word + 1, Merging::Sse),
            Type::F80 => self.merge(word, Merging::X87) && self.merge(word + 1, Merging::X87Up),
            Type::ComplexF80 => {
                self.memory = true;
                false
            }
            _ => self.merge(word, Merging::Integer),
        }
    }

    fn merge(&mut self, word: u64, class: Merging) -> bool {
        let Some(slot) = self.words.get_mut(word as usize) else {
            self.outside = true;
            return false;
        };
        *slot = match (*slot, class) {
            (None, new) => Some(new),
            (Some(old), new) if old == new => Some(new),
            (Some(Merging::Integer), _) | (_, Merging::Integer) => Some(Merging::Integer),
            (Some(Merging::X87 | Merging::X87Up), _) | (_, Merging::X87 | Merging::X87Up) => {
                self.memory = true;
                return false;
            }
            (Some(Merging::Sse), Merging::Sse) => Some(Merging::Sse),
        };
        true
    }

    fn class(&self, size: u32) -> Class {
        match (self.memory, self.words.as_slice()) {
            (true, _) => return Class::Memory,
            (_, [Some(Merging::X87), Some(Merging::X87Up)]) => return Class::X87,
            _ => (),
        }
        // X87 in half of a value, the other half having merged to INTEGER: memory (post-merger cleanup).
        if self.words.iter().flatten().any(|word| matches!(word, Merging::X87 | Merging::X87Up)) {
            return Class::Memory;
        }
        let word = |word: &Option<Merging>| match word {
            None => Word::Nothing,
            Some(Merging::Sse) => Word::Sse,
            Some(_) => Word::Integer,
        };
        Class::Words { words: self.words.iter().map(word).collect(), size }
    }
}
