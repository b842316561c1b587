//! What a routine is, whether and how it can be replaced, and why: in words for a person who never saw this tool.
//!
//! A [`Survey`] reads an image once; [`Survey::subjects`] finds who is meant by a name, [`Survey::explain`] tells all
//! about one of them. Nothing here changes a file or runs the program.
//!
//! What cannot be seen in a file is said to be unseen: calls through pointers, callers in other images, what another
//! image does with the routine's address.

mod body;
mod calls;
mod codes;
mod facts;
mod known;
mod options;
mod subject;
mod verdict;
mod words;

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::binary::Binary;
use crate::code::{CodeMap, SlotAccess};
use crate::dwarf::DebugInfo;
use crate::inlined::{Known, Sources};
use crate::lines::Lines;
use crate::linkage::Linkage;
use crate::scan::{ScanReport, clone_suffix};

pub use crate::inlined::Copy;
pub use codes::{HazardCode, HazardFinding, MAX_PLACES};
pub use subject::Subject;
pub use verdict::{Holder, Means, RouteVerdict, Verdict, Way};

/// An image, read once.
pub struct Survey<'a, 's> {
    binary: &'a Binary,
    code: CodeMap,
    linkage: Linkage,
    /// Uses of the global offset table, ascending by instruction.
    slots_by_source: Vec<SlotAccess>,
    debug: Option<Debug<'a, 's>>,
    /// Positions of the symbols that the compiler made of another one, by the name of that one.
    made_of: HashMap<String, Vec<usize>>,
    /// Options that -frecord-gcc-switches left in the image.
    recorded: String,
    /// What a scan of the whole image says, once it is asked for.
    scanned: OnceCell<Result<ScanReport, String>>,
}

/// What debug information adds.
struct Debug<'a, 's> {
    info: &'a DebugInfo<'s>,
    sources: Sources,
    lines: Lines<'a, 's>,
}

/// All that is known about replacing one routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Who it is about.
    pub subject: Subject,
    /// Its language.
    pub language: String,
    /// Its signature, in the words of its language.
    pub signature: Option<String>,
    /// Bytes of its code.
    pub size: Option<u64>,
    /// What compiled it, with the options.
    pub producer: Option<String>,
    /// What is worth knowing, the gravest first.
    pub findings: Vec<HazardFinding>,
    /// How it can be replaced.
    pub ways: Vec<Way>,
    /// The routines that hold inlined copies of it.
    pub holders: Vec<Holder>,
    /// Which routes are open to it.
    pub routes: Vec<RouteVerdict>,
}

impl<'a, 's> Survey<'a, 's> {
    /// Reads an image, and its debug information if there is any.
    pub fn read(binary: &'a Binary, info: Option<&'a DebugInfo<'s>>) -> Survey<'a, 's> {
        let code = CodeMap::sweep(binary);
        let mut slots_by_source = code.slots().to_vec();
        slots_by_source.sort_unstable_by_key(|s| s.source);
        let switches = binary.section_bytes(".GCC.command.line").ok().flatten().unwrap_or_default();
        Survey {
            binary,
            code,
            linkage: Linkage::read(binary),
            slots_by_source,
            debug: info.map(|info| Debug { info, sources: Sources::read(info), lines: Lines::new(info) }),
            made_of: made_of(binary),
            recorded: options::recorded(&switches),
            scanned: OnceCell::new(),
        }
    }

    /// The image.
    pub fn binary(&self) -> &'a Binary {
        self.binary
    }

    /// Parts of the debug information that could not be read.
    pub fn problems(&self) -> &[String] {
        self.debug.as_ref().map_or(&[], |d| d.sources.problems.as_slice())
    }

    fn known(&self) -> &[Known] {
        self.debug.as_ref().map_or(&[], |d| d.sources.known.as_slice())
    }

    /// `file:line` of code and the routine it is in; without debug information `symbol+offset`.
    fn place(&self, address: u64) -> String {
        let within = self.binary.function_at(address).map(|function| {
            let symbol = function.symbols.first().and_then(|&i| self.binary.symbols().get(i));
            let name = symbol.map_or_else(|| format!("{:#x}", function.address), |s| s.name.clone());
            (name, address - function.address)
        });
        let line = self.debug.as_ref().and_then(|d| d.lines.at(address));
        match (line, within) {
            (Some(line), Some((name, _))) => format!("{line} ({name})"),
            (Some(line), None) => line,
            (None, Some((name, offset))) => format!("{name}+{offset:#x}"),
            (None, None) => format!("{address:#x}"),
        }
    }
}

/// `x.constprop.0` and `x.cold` are made of `x`.
fn made_of(binary: &Binary) -> HashMap<String, Vec<usize>> {
    let mut made: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, symbol) in binary.symbols().iter().enumerate().filter(|(_, s)| s.is_function()) {
        // A name may have dots of its own (`count.0`), so that all its beginnings are meant.
        if clone_suffix(&symbol.name).is_some() {
            for (at, _) in symbol.name.match_indices('.') {
                made.entry(symbol.name[..at].to_string()).or_default().push(i);
            }
        }
    }
    made
}
