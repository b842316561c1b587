//! The user guide: every command line in it runs, every output it shows is the real one, every link leads somewhere.
//!
//! A fenced block that begins with ```` ```sh ```` is run, in the folder of its chapter, by a shell that ends with the first
//! command that fails. ```` ```sh,exit=1 ```` says that the block ends with that status. ```` ```text,output ```` after a block
//! is what it prints on both its outputs; `...` stands for omitted lines, and within a line for omitted characters. The
//! block of the introduction, which prepares a folder, is read before each of the others.

mod chapter;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod links;
mod run;

/// A test by chapter.
macro_rules! chapters {
    ($($name:ident)*) => {
        /// The chapters that have a test.
        const TESTED: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { run::chapter(stringify!($name)); })*
    };
}

chapters! {
    introduction modules maintenance harness contract relink delivery c cpp ada fortran c89 machines identification hazards
}

#[test]
fn every_chapter_is_listed_and_tested() {
    let listed = links::listed();
    assert_eq!(listed, links::files(), "docs/guide/src/SUMMARY.md does not list the files beside it");
    let mut tested: Vec<String> = TESTED.iter().map(|name| format!("{name}.md")).collect();
    tested.sort();
    assert_eq!(tested, listed, "the chapters that have a test are not those of the guide");
}

#[test]
fn every_link_leads_somewhere() {
    let broken = links::broken();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
