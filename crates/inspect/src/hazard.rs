//! May the entry of this routine be replaced by a jump?
//!
//! Every answer "no" is a [`Refusal`] with a stable code and a sentence that names the routine and the reason. What is
//! allowed but worth knowing is a [`Caution`].

use std::fmt;

use iced_x86::{
    Decoder, DecoderOptions, FlowControl, InstructionInfoFactory, Mnemonic, OpAccess, Register, UsedRegister,
};

use crate::binary::{Binary, Function, Symbol, SymbolKind};
use crate::code::{Branch, CodeMap, Via, code_ranges};
use crate::planner::Closed;
use crate::prologue::{Obstacle, Relocated, relocate};
use crate::storage::StateHazard;

/// An entry that can be hooked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hookable {
    /// Virtual address of the entry.
    pub entry: u64,
    /// The bytes to replace.
    pub original: Vec<u8>,
    /// The moved start of the routine.
    pub relocated: Relocated,
    /// What to know about it.
    pub cautions: Vec<Caution>,
}

/// A routine that cannot be hooked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: `{routine}` cannot be hooked: {hazard}", code = hazard.code())]
pub struct Refusal {
    /// Name of the routine: in the contract, or its symbol.
    pub routine: String,
    /// Why.
    pub hazard: Hazard,
}

/// Why a routine cannot be hooked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Hazard {
    /// H201
    #[error("{image} defines no symbol `{symbol}`{hint}")]
    NoSuchSymbol {
        /// The symbol looked for.
        symbol: String,
        /// File name of the image.
        image: String,
        /// What is there instead, or why it may be missing.
        hint: String,
    },
    /// H202
    #[error("the symbol `{symbol}` is {kind}, not a function")]
    NotAFunction {
        /// The symbol.
        symbol: String,
        /// What it is.
        kind: &'static str,
    },
    /// H203
    #[error(
        "`{symbol}` is chosen among several versions by a resolver when the program is loaded (ifunc); hook those, each by its own name"
    )]
    IndirectFunction {
        /// The symbol.
        symbol: String,
    },
    /// H204
    #[error("neither its symbol nor an unwind row says where it ends")]
    UnknownSize,
    /// H205
    #[error("{0}")]
    TooShort(Obstacle),
    /// H206
    #[error("the {via} at {from} leads to +{offset}, into its first {len} bytes")]
    BranchInside {
        /// `jump`, `call`, ...
        via: &'static str,
        /// Where from.
        from: String,
        /// Where to, from the entry.
        offset: u64,
        /// Bytes the hook replaces.
        len: usize,
    },
    /// H207
    #[error("the jump at {from} goes back to its entry, so each turn of that loop would be taken for a call")]
    Loop {
        /// Where from.
        from: String,
    },
    /// H208
    #[error("it overlaps `{other}`")]
    Overlap {
        /// The other function.
        other: String,
    },
    /// H209
    #[error("its entry is not in a section of plain code: {why}")]
    NotPlainCode {
        /// What the section is.
        why: String,
    },
    /// H210
    #[error("{why}")]
    Special {
        /// What it is.
        why: &'static str,
    },
    /// H211
    #[error("{0}")]
    Immovable(Obstacle),
    /// H212
    #[error("{count} functions are named `{symbol}`: {places}; say which by the `at` of its contract")]
    Ambiguous {
        /// The symbol.
        symbol: String,
        /// How many there are.
        count: usize,
        /// Their source files or addresses.
        places: String,
    },
    /// H213
    #[error("`{other}` is at the same address and already hooked")]
    SharedEntry {
        /// The routine hooked there.
        other: String,
    },
    /// H214
    #[error("its entry is where the bridge waits for the start of the program (`{symbol}`)")]
    SafeMoment {
        /// The symbol.
        symbol: String,
    },
    /// H215
    #[error("its signature cannot be carried: {0}")]
    Signature(cmp_bridge_contract::abi::AbiError),
    /// H216
    #[error("state `{area}`: {why}")]
    State {
        /// Name of the state area.
        area: String,
        /// What is wrong with it.
        why: StateHazard,
    },
    /// H217
    #[error("the extent of `{area}` ({ty}) needs `{parameter}`, which is not an integer parameter")]
    Extent {
        /// What the extent belongs to.
        area: String,
        /// Its type.
        ty: String,
        /// The name it needs.
        parameter: String,
    },
    /// H218
    #[error("none of the program's images ({images}) defines `{symbol}`")]
    NowhereDefined {
        /// The symbol looked for.
        symbol: String,
        /// File names of the images.
        images: String,
    },
    /// H219
    #[error("{what} is more than a plan can hold ({limit})")]
    TooLarge {
        /// What is.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// H220
    #[error(
        "another routine of that name is hooked, and names must be unique in a run; its symbol is {symbol}"
    )]
    SharedName {
        /// The symbol of the one that is not hooked.
        symbol: String,
    },
    /// H221
    #[error("route `{route}` is not open to it: {why}")]
    Route {
        /// The route asked for.
        route: &'static str,
        /// Why not.
        why: Closed,
    },
    /// H222
    #[error("it is variadic: how many arguments a call has is not known")]
    Variadic,
}

impl Hazard {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Hazard::NoSuchSymbol { .. } => "H201",
            Hazard::NotAFunction { .. } => "H202",
            Hazard::IndirectFunction { .. } => "H203",
            Hazard::UnknownSize => "H204",
            Hazard::TooShort(_) => "H205",
            Hazard::BranchInside { .. } => "H206",
            Hazard::Loop { .. } => "H207",
            Hazard::Overlap { .. } => "H208",
            Hazard::NotPlainCode { .. } => "H209",
            Hazard::Special { .. } => "H210",
            Hazard::Immovable(_) => "H211",
            Hazard::Ambiguous { .. } => "H212",
            Hazard::SharedEntry { .. } => "H213",
            Hazard::SafeMoment { .. } => "H214",
            Hazard::Signature(_) => "H215",
            Hazard::State { .. } => "H216",
            Hazard::Extent { .. } => "H217",
            Hazard::NowhereDefined { .. } => "H218",
            Hazard::TooLarge { .. } => "H219",
            Hazard::SharedName { .. } => "H220",
            Hazard::Route { .. } => "H221",
            Hazard::Variadic => "H222",
        }
    }
}

/// Something to know about a hooked routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caution {
    /// H301: other symbols at the same address (aliases, or identical code folded): their calls are caught too.
    Aliases(Vec<String>),
    /// H302: the compiler made copies of (parts of) it, which the hook does not see.
    Copies(Vec<String>),
}

impl Caution {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Caution::Aliases(_) => "H301",
            Caution::Copies(_) => "H302",
        }
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Caution::Aliases(names) => write!(out, "calls of {} arrive at the same code", names.join(", ")),
            Caution::Copies(names) => {
                write!(out, "calls of the compiler's own copies {} are not seen", names.join(", "))
            }
        }
    }
}

/// Decides whether the routine named `symbol` can be hooked, and how.
///
/// `file` is the source file it is declared in, to tell local symbols of one name apart.
pub fn hookable(
    binary: &Binary,
    code: &CodeMap,
    symbol: &str,
    file: Option<&str>,
) -> Result<Hookable, Hazard> {
    let symbol = find_function(binary, Some(code), symbol, file)?;
    let function = check_place(binary, symbol)?;
    let entry = symbol.address;
    let bytes = bytes_up_to_foreign_code(binary, function)?;
    let relocated = relocate(bytes, entry).map_err(|obstacle| match obstacle {
        Obstacle::TooShort { .. } => Hazard::TooShort(obstacle),
        Obstacle::Loop { offset, .. } => Hazard::Loop { from: place(binary, entry + offset as u64) },
        _ => Hazard::Immovable(obstacle),
    })?;
    if reads_vector_count(bytes) {
        return Err(Hazard::Variadic);
    }
    let end = entry + relocated.original_len as u64;
    check_overlap(binary, function, end)?;
    check_branches(binary, code, function, end)?;
    let original = bytes[..relocated.original_len].to_vec();
    Ok(Hookable { entry, original, relocated, cautions: cautions(binary, code, symbol) })
}

/// The entry of a routine that is only to be called. Nothing is moved: the bytes to replace are those that are there.
pub(crate) fn callable(binary: &Binary, symbol: &str, file: Option<&str>) -> Result<Hookable, Hazard> {
    const LEAST: usize = 5;
    let symbol = find_function(binary, None, symbol, file)?;
    if let Some(why) = special(&symbol.name) {
        return Err(Hazard::Special { why });
    }
    if !binary.is_code(symbol.address) {
        return Err(Hazard::NotPlainCode { why: "no executable segment holds it".to_string() });
    }
    let original = binary.bytes_at(symbol.address, LEAST).map_or_else(|| vec![0; LEAST], <[u8]>::to_vec);
    Ok(Hookable { entry: symbol.address, original, relocated: Relocated::nothing(), cautions: Vec::new() })
}

/// The one function of that name; of several, the only global one or the one from `file`.
fn find_function<'a>(
    binary: &'a Binary,
    code: Option<&CodeMap>,
    name: &str,
    file: Option<&str>,
) -> Result<&'a Symbol, Hazard> {
    let mut named: Vec<&Symbol> = binary.symbols_named(name).collect();
    if named.is_empty() {
        let (symbol, image) = (name.to_string(), binary.file_name());
        return Err(Hazard::NoSuchSymbol { symbol, image, hint: missing_hint(binary, code, name) });
    }
    if named.iter().any(|s| s.is_function()) {
        named.retain(|s| s.is_function());
    }
    let places = named.clone();
    crate::names::narrow(&mut named, file);
    let [symbol] = named[..] else {
        let symbol = name.to_string();
        return Err(Hazard::Ambiguous { symbol, count: places.len(), places: crate::names::places(&places) });
    };
    let symbol_name = || name.to_string();
    let kind = match symbol.kind {
        SymbolKind::Function => return Ok(symbol),
        SymbolKind::IndirectFunction => return Err(Hazard::IndirectFunction { symbol: symbol_name() }),
        SymbolKind::Object => "data",
        SymbolKind::ThreadLocal => "a thread-local variable",
        SymbolKind::Untyped => "a label without type",
    };
    Err(Hazard::NotAFunction { symbol: symbol_name(), kind })
}

/// What could be meant by a name that is not there.
fn missing_hint(binary: &Binary, code: Option<&CodeMap>, name: &str) -> String {
    let copies = code.map(|code| code.copies_of(name)).unwrap_or_default();
    if !copies.is_empty() {
        return format!(": only the compiler's own copies {} exist", copies.join(", "));
    }
    let bare = |n: &str| n.trim_matches('_').to_lowercase();
    let mut functions = binary.symbols().iter().filter(|s| s.is_function());
    if let Some(near) = functions.find(|s| bare(&s.name) == bare(name)) {
        return format!("; is `{}` meant?", near.name);
    }
    if binary.stripped() { "; it is stripped".to_string() } else { "; it may have been inlined".to_string() }
}

fn cautions(binary: &Binary, code: &CodeMap, symbol: &Symbol) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let others = binary.symbols_at(symbol.address).filter(|s| s.is_function() && s.name != symbol.name);
    let mut aliases: Vec<String> = others.map(|s| s.name.clone()).collect();
    aliases.dedup();
    if !aliases.is_empty() {
        cautions.push(Caution::Aliases(aliases));
    }
    let copies = code.copies_of(&symbol.name);
    if !copies.is_empty() {
        cautions.push(Caution::Copies(copies.to_vec()));
    }
    cautions
}

/// The function at the symbol, if it is ordinary code of known size.
fn check_place<'a>(binary: &'a Binary, symbol: &Symbol) -> Result<&'a Function, Hazard> {
    if let Some(why) = special(&symbol.name) {
        return Err(Hazard::Special { why });
    }
    let inside = |start: u64, size: u64| symbol.address >= start && symbol.address - start < size;
    if let Some(section) = binary.sections().iter().find(|s| s.address != 0 && inside(s.address, s.size)) {
        let why = match section.name.as_str() {
            name if name.starts_with(".plt") => "it is a stub of the dynamic linker".to_string(),
            ".init" | ".fini" => "it is start-up code".to_string(),
            name if section.writable => format!("{name} is writable"),
            name if !section.executable => format!("{name} is not executable"),
            _ => String::new(),
        };
        if !why.is_empty() {
            return Err(Hazard::NotPlainCode { why });
        }
    } else if !binary.is_code(symbol.address) {
        return Err(Hazard::NotPlainCode { why: "no executable segment holds it".to_string() });
    }
    let functions = binary.functions();
    let found = functions.binary_search_by_key(&symbol.address, |f| f.address);
    match found.map(|at| &functions[at]) {
        Ok(function) if function.size != 0 => Ok(function),
        _ => Err(Hazard::UnknownSize),
    }
}

/// Functions that are no routines: they run before or outside the program, or do not return once for each call.
fn special(name: &str) -> Option<&'static str> {
    const START_UP: [&str; 8] = [
        "_start",
        "_init",
        "_fini",
        "deregister_tm_clones",
        "register_tm_clones",
        "__do_global_dtors_aux",
        "frame_dummy",
        "_dl_relocate_static_pie",
    ];
    const TWICE: [&str; 8] =
        ["setjmp", "_setjmp", "__sigsetjmp", "sigsetjmp", "getcontext", "swapcontext", "vfork", "__vfork"];
    const NO_RETURN_ADDRESS: [&str; 6] =
        ["longjmp", "siglongjmp", "__longjmp_chk", "__fentry__", "mcount", "_mcount"];
    if START_UP.contains(&name) || name.starts_with("__libc_") {
        return Some("it is start-up code, which runs before or behind the program");
    }
    if TWICE.contains(&name) {
        return Some("it may return more than once");
    }
    NO_RETURN_ADDRESS.contains(&name).then_some("it does not return like a routine")
}

/// The code from the entry to the next function that is not inside this one, or to the end of the section.
fn bytes_up_to_foreign_code<'a>(binary: &'a Binary, function: &Function) -> Result<&'a [u8], Hazard> {
    /// Enough to move five of the longest instructions, and to look at what a prologue does.
    const ENOUGH: u64 = 160;
    let entry = function.address;
    let own_end = entry.saturating_add(function.size);
    let next = binary.functions().partition_point(|f| f.address < own_end);
    let mut end = entry.saturating_add(ENOUGH);
    if let Some(next) = binary.functions().get(next) {
        end = end.min(next.address);
    }
    let ranges = code_ranges(binary);
    let section = ranges.iter().find(|r| r.contains(&entry));
    end = end.min(section.map_or(entry, |r| r.end));
    binary
        .bytes_at(entry, (end - entry) as usize)
        .ok_or_else(|| Hazard::NotPlainCode { why: "its bytes are not in the file".to_string() })
}

/// How many functions inside others are looked through for one that runs into an entry.
const NESTING: usize = 16;

/// The caller of a variadic routine leaves the number of vector registers in `al`; nothing else ever reads it on entry.
/// Routines without floating-point arguments may not look: debug information tells those.
fn reads_vector_count(bytes: &[u8]) -> bool {
    let mut info = InstructionInfoFactory::new();
    for instruction in Decoder::new(64, bytes, DecoderOptions::NONE).iter() {
        let both_al =
            instruction.op0_register() == Register::AL && instruction.op1_register() == Register::AL;
        if instruction.mnemonic() == Mnemonic::Test && both_al {
            return true;
        }
        let writes_rax = |r: &UsedRegister| {
            r.register().full_register() == Register::RAX
                && !matches!(r.access(), OpAccess::Read | OpAccess::CondRead)
        };
        if instruction.is_invalid()
            || instruction.flow_control() != FlowControl::Next
            || info.info(&instruction).used_registers().iter().any(writes_rax)
        {
            return false;
        }
    }
    false
}

/// No other function may begin in the bytes to replace, nor run through the entry from before.
fn check_overlap(binary: &Binary, function: &Function, end: u64) -> Result<(), Hazard> {
    let functions = binary.functions();
    let at = functions.partition_point(|f| f.address < function.address);
    let covers = |f: &&Function| function.address - f.address < f.size;
    let before = functions[..at].iter().rev().take(NESTING).find(covers);
    let after = functions.get(at + 1).filter(|f| f.address < end);
    match before.or(after) {
        Some(other) => Err(Hazard::Overlap { other: function_name(binary, other) }),
        None => Ok(()),
    }
}

fn check_branches(binary: &Binary, code: &CodeMap, function: &Function, end: u64) -> Result<(), Hazard> {
    let entry = function.address;
    for branch in code.branches_into(entry..end) {
        if branch.target != entry {
            let via = match branch.via {
                Via::Jump => "jump",
                Via::Call => "call",
                Via::Table => "jump table of the jump",
                Via::Exception => "exception handling of the code",
            };
            let len = (end - entry) as usize;
            let offset = branch.target - entry;
            return Err(Hazard::BranchInside { via, from: place(binary, branch.source), offset, len });
        }
        if is_loop(binary, function, branch) {
            return Err(Hazard::Loop { from: place(binary, branch.source) });
        }
    }
    Ok(())
}

/// A jump to the entry from the routine itself, or from the part of it that was moved out (`x.cold`). From elsewhere it
/// is a tail call, and a real call.
fn is_loop(binary: &Binary, function: &Function, branch: &Branch) -> bool {
    if branch.via == Via::Call {
        return false;
    }
    if branch.source >= function.address && branch.source - function.address < function.size {
        return true;
    }
    let Some(from) = binary.symbol_at(branch.source) else { return false };
    let Some(parent) = from.name.find(".cold").map(|at| &from.name[..at]) else { return false };
    binary.symbols_at(function.address).any(|s| s.name == parent)
}

fn function_name(binary: &Binary, function: &Function) -> String {
    let symbol = function.symbols.first().and_then(|&i| binary.symbols().get(i));
    symbol.map_or_else(|| format!("{:#x}", function.address), |s| s.name.clone())
}

/// An address as `symbol+offset`.
fn place(binary: &Binary, address: u64) -> String {
    match binary.function_at(address) {
        Some(function) => format!("{}+{:#x}", function_name(binary, function), address - function.address),
        None => format!("{address:#x}"),
    }
}
