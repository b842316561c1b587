//! The codes of what is worth knowing about a routine before it is replaced.
//!
//! H201 to H299 say why an entry cannot be hooked ([`crate::hazard::Hazard`]); H301 and up are here. A code never
//! changes its meaning.

use crate::finding::Severity;

/// Declares the codes once: number, name, severity and title cannot drift apart.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident, $title:literal;)*) => {
        /// What is worth knowing about a routine.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum HazardCode { $($(#[$doc])* $name,)* }

        impl HazardCode {
            /// Every code, ascending.
            pub const ALL: &'static [HazardCode] = &[$(HazardCode::$name,)*];

            /// The stable text, such as `H304`.
            pub fn text(self) -> &'static str {
                match self { $(HazardCode::$name => $code,)* }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(HazardCode::$name => Severity::$severity,)* }
            }

            /// What it says, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(HazardCode::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// Several symbols at one address.
    Aliases = "H301", Note, "it has other names";
    /// Specialised copies beside the routine.
    Copies = "H302", Warning, "the compiler made specialised copies of it";
    /// One address, several routines of the source.
    Folded = "H303", Warning, "its code is shared with other routines";
    /// Inlined copies.
    Inlined = "H304", Warning, "copies of it were inlined";
    /// No code of its own.
    OnlyInlined = "H305", Error, "it exists only as inlined copies";
    /// Only `x.constprop.0` and the like.
    OnlyCopies = "H306", Error, "it exists only as copies the compiler specialised";
    /// `x.cold`.
    Cold = "H307", Note, "its unlikely part stands elsewhere";
    /// `jmp` to its entry.
    TailCalled = "H308", Note, "other routines jump to it as their last act";
    /// Shorter than a patch.
    Short = "H309", Note, "it is shorter than the jump of a hook";
    /// Callers in its own unit.
    SameUnit = "H310", Note, "routines compiled with it call it directly";
    /// Its address is in code or data.
    AddressTaken = "H311", Note, "its address is taken";
    /// In a table of virtual functions.
    Virtual = "H312", Note, "it is called through a table of virtual functions";
    /// Called through the procedure linkage table.
    Linked = "H313", Note, "it is called through the dynamic linker";
    /// It calls itself.
    Recursive = "H314", Note, "it calls itself";
    /// Nobody in this image is seen to call it.
    Uncalled = "H315", Note, "no call of it is seen in this image";
    /// Run by the start-up or the end of the image.
    StartUp = "H316", Warning, "it runs before main or after it";
    /// Given to `signal` or `sigaction`.
    SignalHandler = "H317", Warning, "it is used as a signal handler";
    /// `setjmp`, `vfork`, `getcontext`.
    ReturnsTwice = "H318", Warning, "it calls a routine that returns twice";
    /// `longjmp`.
    Jumps = "H319", Warning, "it may leave by longjmp";
    /// `exit`, `abort`, STOP.
    Exits = "H320", Warning, "it may end the program";
    /// `__cxa_throw`, Ada `raise`.
    Raises = "H321", Note, "it may raise an exception";
    /// `strtok`, `localtime`, `rand`.
    NotReentrant = "H322", Warning, "it calls routines with hidden state";
    /// `printf`, READ and WRITE.
    InputOutput = "H323", Warning, "it does input or output";
    /// `time`, `getpid`.
    Outside = "H324", Warning, "its answer depends on the clock or the process";
    /// `fork`, `system`, `pthread_create`.
    Starts = "H325", Warning, "it starts processes or threads";
    /// `alloca`, arrays of variable length.
    VariableFrame = "H326", Note, "its stack frame has no fixed size";
    /// r10.
    StaticLink = "H327", Error, "it needs the frame of the routine around it";
    /// `DW_AT_calling_convention`, `ms_abi`.
    Convention = "H328", Error, "its calling convention is not the usual one";
    /// `va_arg`.
    Variadic = "H329", Error, "it takes variable arguments";
    /// -Ofast.
    RelaxedFloat = "H330", Warning, "it was compiled with relaxed floating point";
    /// Fused multiply-add.
    Fused = "H331", Warning, "it uses fused multiply-add";
    /// x87.
    X87 = "H332", Warning, "it computes in 80 bits";
    /// -ffpe-trap.
    Traps = "H333", Warning, "floating-point exceptions are trapped";
    /// -ff2c, -fdefault-real-8.
    AbiOptions = "H334", Warning, "it was compiled with options that change its interface";
    /// -finstrument-functions, -pg.
    Instrumented = "H335", Note, "its entry is instrumented";
    /// Indirect calls.
    Indirect = "H336", Note, "it calls through pointers";
    /// FTZ and DAZ.
    FlushToZero = "H337", Warning, "the program flushes tiny numbers to zero";
    /// -flto.
    LinkTime = "H338", Note, "it was optimised at link time";
    /// Callers in other units.
    Called = "H339", Note, "routines of other units call it directly";
}

/// One thing worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HazardFinding {
    /// Its stable code, H201 and up.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// A few words that never change.
    pub title: &'static str,
    /// What was found, in plain words.
    pub text: String,
    /// Where: `file:line` or `symbol+offset`, each with what is there.
    pub places: Vec<String>,
    /// Places there are; more than are named, perhaps.
    pub count: usize,
}

/// Places that are named; the rest is counted.
pub const MAX_PLACES: usize = 64;

impl HazardFinding {
    /// Makes one.
    pub(crate) fn new(code: HazardCode, text: impl Into<String>, places: Vec<String>) -> HazardFinding {
        let (severity, title, count) = (code.severity(), code.title(), places.len());
        let mut finding =
            HazardFinding { code: code.text(), severity, title, text: text.into(), places, count };
        finding.places.truncate(MAX_PLACES);
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document for users has the same words.
    #[test]
    fn the_document_lists_every_code() {
        let document = include_str!("../../../../docs/hazards.md");
        for code in HazardCode::ALL {
            let row = format!("| {} | {} | {} |\n", code.text(), code.severity().name(), code.title());
            assert!(document.contains(&row), "docs/hazards.md lacks: {row}");
        }
    }

    #[test]
    fn codes_ascend_without_gap() {
        for (i, code) in HazardCode::ALL.iter().enumerate() {
            assert_eq!(code.text(), format!("H{}", 301 + i));
        }
    }
}
