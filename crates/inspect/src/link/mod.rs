//! Rust in place of legacy routines when a program is linked again.
//!
//! [`LinkLine`] is what a linker is given, [`Program`] what that puts together; a [`Plan`] says for each routine how Rust
//! takes its place and why it cannot, [`steps`] are the commands, and [`outcome`] looks at what came of them. Nothing
//! here runs a program or changes a file.

mod codes;
mod copies;
mod effects;
mod line;
mod order;
mod outcome;
mod plan;
mod program;
mod references;
mod reliance;
mod steps;
mod umbrella;
mod unit;
mod words;

pub use codes::{LinkCode, LinkFinding};
pub use line::{Input, Item, LineError, LinkLine, Written};
pub use outcome::{Answers, Change, Found, Outcome, outcome};
pub use plan::{Means, Plan, Planned, Request};
pub use program::{
    Archive, Given, Library, Loaded, Program, ProgramError, Resolved, UnitId, archive, contents,
};
pub use steps::{Command, Places, Step, StepError, make_text, script_text, spared, steps};
pub use umbrella::{Lacking, Umbrella, umbrella};
pub use unit::{Place, Reloc, Section, Symbol, Unit};
pub use words::quoted;
