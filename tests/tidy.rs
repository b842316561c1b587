//! Holds the invariants of ARCHITECTURE.md over this repository. What the checks allow, and why,
//! stands in `support/tidy/lists.rs`; each check is itself tested on a tree that is wrong on purpose.

#[path = "support/tidy/mod.rs"]
mod tidy;

use std::io;
use std::path::Path;
use tidy::tree::Tree;
use tidy::{assert_tidy, lists};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn repository() -> Tree {
    answered(Tree::read(root()))
}

/// What a tool answered, or the test fails with what the tool said.
fn answered<T>(answer: io::Result<T>) -> T {
    answer.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn packages_depend_on_what_they_may() {
    assert_tidy(answered(tidy::dependencies::check(root(), &lists::DEPENDENCIES)));
}

#[test]
fn the_agent_asks_little_of_its_process() {
    assert_tidy(answered(tidy::agent::check(root())));
}

#[test]
fn unsafe_code_is_listed_and_explained() {
    assert_tidy(tidy::unsafety::check(&repository(), lists::UNSAFE_FILES));
}

#[test]
fn files_and_functions_can_be_read() {
    assert_tidy(tidy::lengths::check(&repository()));
}

#[test]
fn nothing_is_left_over_or_hidden() {
    assert_tidy(tidy::words::check(&repository(), lists::COMMANDS));
}

#[test]
fn platforms_are_apart() {
    assert_tidy(tidy::platform::check(&repository()));
}

#[test]
fn generated_files_and_contracts_say_what_they_are() {
    assert_tidy(tidy::generated::check(&repository()));
}

#[test]
fn white_space_is_clean() {
    assert_tidy(tidy::encoding::white_space(&repository()));
}

#[test]
fn no_path_of_one_machine() {
    assert_tidy(tidy::encoding::private_paths(&repository()));
}

#[test]
fn links_lead_somewhere() {
    assert_tidy(tidy::links::check(&repository()));
}

#[test]
fn legacy_code_does_not_know_us() {
    assert_tidy(tidy::legacy::check(&repository(), lists::LEGACY_FOLDERS));
}
