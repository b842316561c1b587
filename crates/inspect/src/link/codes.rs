//! The codes of what stands in the way of Rust taking a routine's place at link time, or is worth knowing about it.

use crate::finding::Severity;

/// Declares the codes once: number, name, severity and title cannot drift apart.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident, $title:literal;)*) => {
        /// What is worth knowing about a routine, before a program is linked again.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum LinkCode { $($(#[$doc])* $name,)* }

        impl LinkCode {
            /// Every code, ascending.
            pub const ALL: &'static [LinkCode] = &[$(LinkCode::$name,)*];

            /// The stable text, such as `L104`.
            pub fn text(self) -> &'static str {
                match self { $(LinkCode::$name => $code,)* }
            }

            /// How bad it is: an error closes every way.
            pub fn severity(self) -> Severity {
                match self { $(LinkCode::$name => Severity::$severity,)* }
            }

            /// What it says, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(LinkCode::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// Nothing on the line defines it.
    Nowhere = "L101", Error, "no object on the line defines it";
    /// Several units define it.
    Twice = "L102", Error, "several objects define it";
    /// `static`.
    Local = "L103", Error, "it is local to its object";
    /// A call without relocation, or by the distance from the section.
    Settled = "L104", Error, "calls inside its object were settled by the compiler or the assembler";
    /// DW_TAG_inlined_subroutine.
    Inlined = "L105", Error, "copies of it were inlined";
    /// `.constprop`, `.isra`, `.part`.
    Copies = "L106", Error, "calls inside its object go to copies that the compiler specialised";
    /// -fipa-ra.
    Relied = "L107", Error, "callers in its object may rely on what it leaves alone";
    /// COMDAT.
    Shared = "L108", Error, "each object that uses it may hold a copy";
    /// -flto.
    LinkTime = "L109", Error, "its object is for the link-time optimiser";
    /// Data, ifunc, TLS.
    NotCode = "L110", Error, "it is not a plain routine";
    /// Another symbol at its address.
    OtherName = "L111", Error, "another name of it is called";
    /// Rust does not define it.
    NoRust = "L112", Error, "the Rust library does not define it";
    /// Rust and legacy both define something.
    Clash = "L113", Error, "the Rust library also defines what the legacy objects define";
    /// Thin archives, members of one name.
    Uncopied = "L114", Error, "its archive cannot be copied with one member replaced";
    /// Rust needs Ada before adainit.
    TooEarly = "L115", Error, "it may be called before the Ada run time is ready, which the Rust library needs";
    /// Nobody calls adainit.
    NoElaboration = "L116", Error, "the Rust library needs Ada code that nobody elaborates";
    /// `legacy_x` without --keep-legacy.
    LeftOut = "L117", Error, "the Rust library calls a legacy routine that the plan leaves out";
    /// No debug information.
    Unseen = "L201", Warning, "it is not known whether copies of it were inlined";
    /// Recursion.
    Recursive = "L202", Warning, "it calls itself";
    /// A shared library on the line refers to it.
    FromLibrary = "L203", Note, "a shared library refers to it";
    /// Static initialisers.
    BeforeMain = "L204", Note, "it is called before the main program";
    /// adainit.
    Elaborated = "L205", Note, "the Rust library calls Ada code, which adainit makes ready";
    /// Same-object callers through the name.
    Known = "L206", Note, "callers in its object were compiled with its source in view";
    /// A library was not found.
    Unread = "L207", Note, "libraries of the system were not looked into";
    /// Initialisers, weak names, storage.
    Stays = "L208", Note, "its archive member does more and stays linked";
    /// No `legacy_x` in the Rust library.
    Ends = "L209", Warning, "a call that the rewrite declines may end the program";
    /// DT_NEEDED of a library, not found.
    Behind = "L210", Warning, "libraries behind a library were not found";
}

/// One thing worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFinding {
    /// What kind.
    pub code: LinkCode,
    /// What was found, in plain words.
    pub text: String,
    /// Where.
    pub places: Vec<String>,
}

impl LinkFinding {
    /// Makes one.
    pub(crate) fn new(code: LinkCode, text: impl Into<String>, places: Vec<String>) -> LinkFinding {
        LinkFinding { code, text: text.into(), places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document for users has the same words.
    #[test]
    fn the_document_lists_every_code() {
        let document = include_str!("../../../../docs/link-plan.md");
        for code in LinkCode::ALL {
            let row = format!("| {} | {} | {} |", code.text(), code.severity().name(), code.title());
            assert!(document.contains(&row), "docs/link-plan.md lacks: {row}");
        }
    }
}
