//! Whether a built file runs on an older machine: what it asks for, held against what that machine offers.

mod facts;
mod identification;
mod paths;
pub mod target;

pub use facts::{Facts, Hash, Relro, Wanted};
pub use identification::{identifications, identifications_in};

use crate::binary::{Binary, BinaryError, Kind};
use crate::finding::Severity;
use std::fmt;
use target::{Has, Known, System, numbers, series};

/// The loader of every 64-bit Red Hat system.
const INTERPRETER: &str = "/lib64/ld-linux-x86-64.so.2";
/// What makes a library ask for less.
const OLD_SYSROOT: &str =
    "link it against an old C library: `scripts/old-glibc.sh` does it for the agent and for modules";

/// Declares the codes once: number, name, severity and title cannot drift apart.
macro_rules! codes {
    ($($name:ident = $code:literal, $severity:ident, $title:literal;)*) => {
        /// What a finding is about. The text of a code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $title] $name,)* }

        impl Code {
            /// Every code, ascending.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The stable text, such as `D102`.
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
    Machine = "D101", Error, "the file is for another machine";
    SymbolVersion = "D102", Error, "the file needs a newer version of a library";
    PrivateVersion = "D103", Error, "the file needs symbols that belong to one build of a library";
    OtherLibrary = "D104", Error, "the file needs a library that the system does not have";
    UnknownLibrary = "D105", Warning, "the file needs a library of which nothing is known";
    SearchPath = "D106", Error, "libraries are looked for in a place that others may fill";
    BuildPath = "D107", Warning, "libraries are looked for in a fixed place";
    ExecutableStack = "D108", Error, "the file makes the stack executable";
    TextRelocations = "D109", Error, "the loader must write into the code";
    HashStyle = "D110", Error, "the loader finds no table of symbols";
    Interpreter = "D111", Error, "the file names another loader";
    PackedRelocations = "D112", Error, "the relocations are packed in a way that the loader does not know";
    StaticTls = "D113", Warning, "thread-local storage must be there from the start";
    Cpu = "D114", Error, "the file needs a newer processor";
    Relro = "D115", Warning, "what the loader relocates stays writable";
    LazyBinding = "D116", Note, "symbols are bound at their first use";
    Kernel = "D117", Error, "the file needs a newer kernel";
    NoIdentification = "D118", Warning, "the file has no @(#) identification";
    NoBuildId = "D119", Warning, "the file has no build-id";
    VersionsUnknown = "D120", Warning, "the versions that the file needs cannot be read";
    WeakVersion = "D121", Note, "the file does without a newer symbol where it is missing";
    UnknownVersion = "D122", Warning, "it is not known whether the system has a version that the file needs";
    Package = "D123", Note, "the file needs a package that not every installation has";
}

/// Something that stands in the way, or that one should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// What the system offers, or what should be.
    pub expected: String,
    /// What the file asks for.
    pub found: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code;
        writeln!(f, "{}[{}]: {}", code.severity().name(), code.text(), code.title())?;
        writeln!(f, "  expected: {}", self.expected)?;
        writeln!(f, "  found:    {}", self.found)?;
        write!(f, "  hint:     {}", self.hint)
    }
}

/// Holds a file against a system.
pub fn diagnose(binary: &Binary, facts: &Facts, system: &System) -> Vec<Finding> {
    let mut doctor = Doctor { binary, facts, system, findings: Vec::new() };
    if !binary.target().is_x86_64() {
        doctor.machine();
        return doctor.findings;
    }
    doctor.versions();
    doctor.libraries();
    doctor.search_paths();
    doctor.loader();
    doctor.protection();
    doctor.machine_level();
    doctor.identity();
    doctor.findings
}

/// Opens what can be diagnosed: an executable or a shared library of any machine.
pub fn open(path: &std::path::Path) -> Result<Binary, BinaryError> {
    let binary = Binary::open_to_read(path)?;
    if binary.kind() == Kind::Object {
        let hint = "it asks for nothing before it is linked: name the executable or the library made of it";
        return Err(BinaryError::OtherKind {
            path: path.to_owned(),
            what: "a relocatable file".into(),
            hint,
        });
    }
    Ok(binary)
}

struct Doctor<'a> {
    binary: &'a Binary,
    facts: &'a Facts,
    system: &'a System,
    findings: Vec<Finding>,
}

impl Doctor<'_> {
    fn find(&mut self, code: Code, expected: impl Into<String>, found: impl Into<String>, hint: &str) {
        let (expected, found, hint) = (expected.into(), found.into(), hint.to_owned());
        self.findings.push(Finding { code, expected, found, hint });
    }

    fn machine(&mut self) {
        let target = self.binary.target();
        let hint = match target.bits {
            32 => {
                "no agent and no module can enter a 32-bit process. Relinked with a stub (`cmp-bridge generate --lang c89`, \
                 docs/hpux.md) its calls are answered by Rust in another one. Its layouts can be read (`cmp-bridge scan`, \
                 `check A --layout B`); a module runs in a 64-bit build of the program"
            }
            _ => "build it for x86_64-unknown-linux-gnu",
        };
        self.find(Code::Machine, "64-bit little-endian x86-64", target.name(), hint);
    }

    fn versions(&mut self) {
        if !self.facts.versions_known {
            let hint = "its section headers were removed; look at the file before they were";
            self.find(Code::VersionsUnknown, "section headers", "none", hint);
        }
        let facts = self.facts;
        for wanted in &facts.wanted {
            let from = match wanted.symbols.is_empty() {
                true => wanted.library.clone(),
                false => format!("{}: {}", wanted.library, wanted.symbols.join(", ")),
            };
            let found = format!("{} ({from})", wanted.version);
            if wanted.version.contains("_PRIVATE") {
                let hint = "the next update of the system may change them without notice; do without";
                self.find(Code::PrivateVersion, "public symbols", found, hint);
            } else if wanted.version != "GLIBC_ABI_DT_RELR" {
                // That one is told with the packed relocations themselves.
                self.version(wanted, found);
            }
        }
    }

    /// Whether the system's library has a version. Of a library that it does not have, [`Doctor::libraries`] says so.
    fn version(&mut self, wanted: &Wanted, found: String) {
        let title = self.system.title;
        if !matches!(self.system.has(&wanted.library), Has::Yes | Has::Packaged(_)) {
            return;
        }
        let (series, version) = series(&wanted.version);
        let (known, beyond, expected) = match self.system.known(&wanted.library, series) {
            Some(Known::UpTo(highest)) => (true, highest, format!("at most {series}_{highest} on {title}")),
            Some(Known::AtLeast(highest)) => {
                (false, highest, format!("{series}_{highest}, which every {title} has"))
            }
            Some(Known::Whole) => return,
            Some(Known::Missing) => (true, "", format!("no {series} on {title}")),
            None => (false, "", format!("a version that {} is known to have on {title}", wanted.library)),
        };
        if !beyond.is_empty() && numbers(version) <= numbers(beyond) {
            return;
        }
        let (code, hint) = match (wanted.weak, known) {
            (true, _) => (Code::WeakVersion, "nothing to do: all of these symbols are weak"),
            (_, true) => (Code::SymbolVersion, OLD_SYSROOT),
            (_, false) => (Code::UnknownVersion, "see what `objdump -p` shows of the library there"),
        };
        self.find(code, expected, found, hint);
    }

    fn libraries(&mut self) {
        let (binary, title) = (self.binary, self.system.title);
        for library in binary.needed() {
            match self.system.has(library) {
                Has::Yes => {}
                Has::Packaged(package) => {
                    let expected = format!("{library} on {title}: package {package}");
                    self.find(
                        Code::Package,
                        expected,
                        library.clone(),
                        "make sure that it is installed there",
                    );
                }
                Has::Instead(other, package) => {
                    let mut hint =
                        "build it with the system's own compiler, or deliver that library with it".to_owned();
                    if let Some(package) = package {
                        hint += &format!("; package {package} brings it, where it may be installed");
                    }
                    self.find(Code::OtherLibrary, other, library.clone(), &hint);
                }
                Has::Unknown => {
                    let expected = format!("a library that {title} is known to have");
                    let hint = "see whether a package that is installed there has it, with all versions that the file needs";
                    self.find(Code::UnknownLibrary, expected, library.clone(), hint);
                }
            }
        }
    }

    fn search_paths(&mut self) {
        let binary = self.binary;
        for (tag, path) in [("RPATH", binary.rpath()), ("RUNPATH", binary.runpath())] {
            let Some(path) = path else { continue };
            for part in path.split(':') {
                let found = format!("{tag} {path}");
                match paths::judge(part) {
                    paths::Place::Known => {}
                    paths::Place::Open => {
                        let hint = "link it without -rpath, or with '$ORIGIN'; an empty or relative part is the current folder";
                        self.find(Code::SearchPath, "no part that others may write to", found, hint);
                    }
                    paths::Place::Elsewhere => {
                        let hint = "such a folder of the machine it was built on may not exist elsewhere, or hold something \
                                    else: link without -rpath, or with '$ORIGIN'";
                        self.find(Code::BuildPath, "none, or $ORIGIN", found, hint);
                    }
                }
            }
        }
    }

    fn loader(&mut self) {
        if let Some(interpreter) = self.binary.interpreter().filter(|name| *name != INTERPRETER) {
            let hint = "link it with the gcc of the system, or with -Wl,--dynamic-linker";
            self.find(Code::Interpreter, INTERPRETER, interpreter, hint);
        }
        if self.facts.dynamic && self.facts.hash == Hash::default() {
            let hint = "link it with -Wl,--hash-style=gnu or both";
            self.find(Code::HashStyle, "DT_GNU_HASH or DT_HASH", "neither", hint);
        }
        if self.facts.packed_relocations {
            let hint = "link it without -z pack-relative-relocs";
            self.find(Code::PackedRelocations, "none: DT_RELR came with glibc 2.36", "DT_RELR", hint);
        }
        if self.facts.static_tls && !self.binary.is_executable() && !self.facts.initfirst {
            let hint = "compile it without -ftls-model=initial-exec; loaded later than the program, it gets such storage only \
                        while a small reserve lasts";
            self.find(Code::StaticTls, "the dynamic model, in what is loaded later", "DF_STATIC_TLS", hint);
        }
    }

    fn protection(&mut self) {
        if self.facts.executable_stack {
            let hint = "an assembler file without .note.GNU-stack, or a nested function whose address is taken, asks for it; \
                        SELinux refuses it";
            self.find(Code::ExecutableStack, "PT_GNU_STACK without execution", "an executable stack", hint);
        }
        if self.facts.text_relocations {
            self.find(
                Code::TextRelocations,
                "none",
                "DT_TEXTREL",
                "compile every object with -fPIC; SELinux refuses it",
            );
        }
        if !self.facts.dynamic {
            return;
        }
        match self.facts.relro {
            Relro::None => self.find(Code::Relro, "PT_GNU_RELRO", "none", "link it with -z relro -z now"),
            Relro::Partial => {
                self.find(Code::LazyBinding, "full protection", "partial", "link it with -z now as well")
            }
            Relro::Full => {}
        }
    }

    fn machine_level(&mut self) {
        let level = self.facts.cpu_needed.map_or(0, |bits| 32 - bits.leading_zeros());
        if level > u32::from(self.system.cpu_level) {
            let expected = format!("at most x86-64-v{}", self.system.cpu_level);
            let hint = "compile it without -march; the loader refuses it on an older processor";
            self.find(Code::Cpu, expected, format!("x86-64-v{level}"), hint);
        }
        if let Some(kernel) = self.facts.kernel.filter(|kernel| *kernel > self.system.kernel()) {
            let text = |(a, b, c): (u32, u32, u32)| format!("Linux {a}.{b}.{c}");
            let expected = format!("at most {}", text(self.system.kernel()));
            self.find(Code::Kernel, expected, text(kernel), OLD_SYSROOT);
        }
    }

    fn identity(&mut self) {
        if self.facts.what.is_empty() {
            let hint = "a module has one by `module!`; in C: static const char what[] = \"@(#)name version\"";
            self.find(Code::NoIdentification, "a text behind @(#)", "none", hint);
        }
        if self.binary.build_id().is_none() {
            let hint = "link it with -Wl,--build-id: contracts, plans and patches are tied to it";
            self.find(Code::NoBuildId, "a GNU build-id", "none", hint);
        }
    }
}
