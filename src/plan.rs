//! The compiled plan: all that the agent needs to know, computed beforehand by `cmp-bridge-inspect`.
//!
//! The agent never sees DWARF, TOML or a disassembler. A plan holds bytes to replace (compared first, refused if
//! different), relocated prologues with their fix-ups, unwind rows, and what to capture of each call. Addresses are
//! link-time virtual addresses of an image; the agent adds the load bias.

mod codec;
use crate::control::Route;
pub use codec::PlanError;

/// Deepest stack a length program may need.
pub const STACK_DEPTH: usize = 16;

/// A whole plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The images that hold hooked routines or state. Index 0 is the executable.
    pub images: Vec<Image>,
    /// The routines to hook. The position is the routine's index in the control page and in the journal.
    pub routines: Vec<Routine>,
    /// Paths of the modules to load.
    pub modules: Vec<String>,
    /// Address in image 0 of the routine at whose entry foreign calls become safe: `main`, `MAIN__` or `_ada_<main>`.
    pub safe_moment: Option<Patch>,
    /// Image and address of `adainit`, where the program's own main is to call it: at the safe moment it has not yet.
    pub elaborate: Option<(u16, u64)>,
    /// A routine of which so many calls were recorded is recorded no more; 0: no limit.
    pub most_calls: u64,
}

impl Plan {
    /// Whether calls may have to be written down: not in a patch, in which the candidate answers or the legacy code does.
    pub fn observes(&self) -> bool {
        let observed = Route::Record.bit() | Route::Shadow.bit();
        self.routines.iter().any(|routine| routine.allowed & observed != 0)
    }
}

/// A loaded ELF image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// File name without folders; empty for the executable.
    pub name: String,
    /// GNU build-id; compared with the loaded image's note.
    pub build_id: Vec<u8>,
    /// Lowest and one-past-highest virtual address of its PT_LOAD segments.
    pub span: (u64, u64),
    /// Widest vector registers its code uses: what a hook must preserve (`-fipa-ra`).
    pub vector: Vector,
}

/// Vector registers in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Vector {
    /// xmm only.
    Xmm = 0,
    /// ymm.
    Ymm = 1,
    /// zmm, or xmm16..31, or mask registers.
    Zmm = 2,
}

/// A redirection of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Index of the image.
    pub image: u16,
    /// Virtual address of the entry; an `endbr64` there is replaced like any other instruction.
    pub entry: u64,
    /// The bytes expected at `entry`: whole instructions, at least 5 bytes, and possibly padding after a short routine.
    pub original: Vec<u8>,
    /// The relocated instructions followed by a jump back to `entry + original instructions' length` (unless the last one
    /// never falls through). At most 255 bytes.
    pub code: Vec<u8>,
    /// Places in `code` to complete once its address is known.
    pub fixups: Vec<Fixup>,
    /// One row for each instruction of `code`, ascending by `code`, the first being (0, 0): a fault or an unwinder at that
    /// instruction is as if at the original one.
    pub rows: Vec<Row>,
}

/// A place inside relocated code to complete once the address of the code and the image's bias are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixup {
    /// What to write there.
    pub kind: FixupKind,
    /// Offset of the four or eight bytes in the code.
    pub at: u16,
    /// Offset in the code of the end of the instruction that holds it: what a relative displacement counts from.
    /// For an absolute address the end of the eight bytes.
    pub end: u16,
    /// Virtual address in the patch's image that it must reach.
    pub target: u64,
}

/// How a [`Fixup`] is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum FixupKind {
    /// Four bytes: `target + bias - (address of the code + end)`.
    Relative32 = 0,
    /// Eight bytes: `target + bias`. The return address of a relocated `call`, pushed from a literal after the code.
    Absolute64 = 1,
}

/// Offset in relocated code, and the offset from the entry of the original instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// In the relocated code.
    pub code: u16,
    /// In the routine.
    pub original: u16,
}

/// A hooked routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routine {
    /// Name in the contract, or the symbol for one hooked by `--record`.
    pub name: String,
    /// The redirection.
    pub patch: Patch,
    /// Bytes of stack arguments.
    pub stack_bytes: u32,
    /// Bytes above them that are passed on as well: where nothing confirms the contract's signature, a stack argument that it
    /// does not know must still arrive. A multiple of 8.
    pub slack: u32,
    /// Which registers carry the return value: bits 0 rax, 1 rdx, 2 xmm0, 3 xmm1, 4 st0, 5 st1.
    pub returns: u8,
    /// What to capture, in the order of the contract's areas.
    pub captures: Vec<Capture>,
    /// Hash of the part of the contract that speaks of this routine.
    pub contract_hash: u64,
    /// Route at start (see [`crate::control::Route`]).
    pub route: u8,
    /// Routes allowed, as a bit set `1 << route`; the others are refused by `cmp-bridge route`.
    pub allowed: u8,
    /// Index of the module that holds the candidate.
    pub module: Option<u16>,
}

/// One area of memory to capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// Where its address comes from.
    pub address: Address,
    /// How many bytes.
    pub length: Length,
    /// Captured after the call, too.
    pub written: bool,
    /// Required alignment of the address.
    pub align: u16,
}

/// Where an argument is on entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// rdi, rsi, rdx, rcx, r8, r9.
    Gpr(u8),
    /// xmm0 ... xmm7.
    Xmm(u8),
    /// Offset from the first stack argument.
    Stack(u32),
}

/// Where an area is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// At the address passed in this argument.
    Argument(Place),
    /// At the address that stands at an offset in what this argument leads to: the data of an array descriptor.
    Through(Place, u16),
    /// At a fixed virtual address of an image.
    Image(u16, u64),
}

/// The number of bytes of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Length {
    /// As many.
    Fixed(u64),
    /// `element` times the result of a program for a stack machine; negative or overflowing counts as 0.
    Counted {
        /// Bytes of one element.
        element: u64,
        /// The program, in postfix order.
        program: Vec<Op>,
    },
    /// Up to and including the first NUL.
    ToNul,
    /// Not known: `element` bytes are captured and the capture is marked.
    Unknown {
        /// Bytes of one element.
        element: u64,
    },
}

/// An instruction of a length program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Push a constant.
    Const(i64),
    /// Push an integer argument.
    Argument {
        /// Where it is.
        place: Place,
        /// The place holds its address.
        by_reference: bool,
        /// Size in bytes: 1, 2, 4 or 8.
        size: u8,
        /// Sign-extended.
        signed: bool,
    },
    /// Push an integer that stands at an offset in what an argument leads to: the bounds of an array.
    Load {
        /// The argument.
        place: Place,
        /// Offset in bytes.
        offset: u16,
        /// Size in bytes: 1, 2, 4 or 8.
        size: u8,
        /// Sign-extended.
        signed: bool,
    },
    /// Pop one, push it or 0 if it is negative: the extent of an empty array.
    Clamp,
    /// Leave the number if it is not negative; otherwise the program has no result, and the extent is not known.
    Require,
    /// Pop two, push the sum.
    Add,
    /// Pop two, push the difference.
    Sub,
    /// Pop two, push the product.
    Mul,
}
