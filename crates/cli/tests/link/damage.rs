//! Damaged objects and archives: they are refused, or planned for, and nothing else.

use crate::support::Scratch;
use cmp_bridge_inspect::link::{LinkLine, Plan, Program, Request};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::path::Path;

/// Plans for a line with this file on it.
fn plan(folder: &Path, name: &str) {
    let words: Vec<String> = ["gcc", "-o", "prog", name].iter().map(|w| w.to_string()).collect();
    let line = LinkLine::parse("the line", folder, &words).expect("a line");
    if let Ok(program) = Program::load(line) {
        let plan =
            Plan::make(program, Request { symbols: vec!["scale".into()], rust: None, keep_legacy: true });
        assert_eq!(plan.routines.len(), 1);
    }
}

#[test]
fn damaged_files_are_read_to_an_end() {
    let scratch = Scratch::new("damage");
    let source = "int rate(void);\nint scale(int x) { return x * rate(); }\nint both(int x) { return scale(x) + 1; }\n";
    std::fs::write(scratch.path("scale.c"), source).expect("a source");
    scratch.sh("gcc -O2 -g -c scale.c && ar rc libx.a scale.o");
    let cases = if std::env::var("CMP_BRIDGE_LONG").is_ok_and(|v| v == "1") { 2000 } else { 60 };
    for file in ["scale.o", "libx.a"] {
        let whole = std::fs::read(scratch.path(file)).expect("the object");
        let damage = (
            proptest::collection::vec((0..whole.len(), any::<u8>()), 0..12),
            proptest::option::weighted(0.2, 0..whole.len()),
        );
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        let name = format!("damaged-{file}");
        let ran = runner.run(&damage, |(bytes, length)| {
            let mut data = whole.clone();
            bytes.iter().for_each(|(at, byte)| data[*at] = *byte);
            data.truncate(length.unwrap_or(data.len()));
            std::fs::write(scratch.path(&name), &data).expect("the damaged file");
            plan(&scratch.0, &name);
            Ok(())
        });
        ran.expect("no panic");
    }
}
