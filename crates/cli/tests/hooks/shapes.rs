//! Arguments and results in every place the ABI has: the journal holds what the program says it got and gave.

use crate::support::{Case, lifted, root};
use serde_json::Value;

/// Whatever the program says of a value, the journal says, too.
#[track_caller]
fn agree(said: &Value, found: &Value, what: &str) {
    match said {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| agree(value, &found[name], &format!("{what}.{name}")))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| agree(item, &found[i], &format!("{what}[{i}]")));
        }
        Value::Number(said) => {
            let number = found.as_f64().or_else(|| found.as_str()?.parse().ok());
            let number = number.unwrap_or_else(|| panic!("{what}: said {said}, journal {found}"));
            let said = said.as_f64().expect("a number");
            // Single precision is printed with nine digits, which name one value; a reader of JSON may miss the last bit.
            let single = what.starts_with("float") && number as f32 == said as f32;
            assert!(single || (number - said).abs() <= said.abs() * 4e-16, "{what}: {said} {number}");
        }
        other => assert_eq!(other, found, "{what}"),
    }
}

#[test]
fn every_shape_of_c_is_captured_as_it_is() {
    for (test, flags) in [("pie", "-O2"), ("nopie", "-O0 -no-pie")] {
        let case = Case::new("shapes", test);
        case.make(&format!("gcc -g {flags} routines.c main.c -o shapes -lm"));
        let native = case.native(&["./shapes"]).exited(0);
        let run = case.record(&["./shapes"]).is(&native);
        assert_eq!(run.summary().dropped, 0);
        let calls = lifted(&case.path("0.journal"));
        let said: Vec<&str> = native.out.lines().filter(|line| !line.starts_with("long double")).collect();
        let entered = said.iter().filter(|line| !line.starts_with("= "));
        assert_eq!((calls.len(), entered.count()), (36, 36));
        let mut call = None;
        for line in said {
            let (part, text) = match line.strip_prefix("= ") {
                Some(rest) => ("after", rest),
                None => ("before", line),
            };
            let (name, text) = text.split_once(' ').expect("a name");
            if part == "before" {
                let number = call.map_or(0, |number: usize| number + 1);
                assert_eq!(calls[number]["routine"], name);
                call = Some(number);
            }
            let found = &calls[call.expect("a call")];
            let said: Value = serde_json::from_str(text).expect("JSON");
            let single = if matches!(name, "ten_floats" | "turn_float" | "half") { "float " } else { "" };
            let found = if part == "after" { &found[part]["return"] } else { &found[part] };
            agree(&said, found, &format!("{single}{name} {part}"));
        }
    }
}

/// A program that passes bad pointers to every routine, and handles the faults: no capture of ours adds one.
#[test]
fn bad_pointers_are_notes_and_not_faults() {
    let case = Case::new("shapes", "pointers");
    let legacy = root().join("legacy");
    let sources = std::fs::read_dir(legacy.join("telemetry")).expect("sources").flatten();
    let sources = sources.map(|entry| entry.path().display().to_string()).filter(|name| name.ends_with(".c"));
    let sources = sources.collect::<Vec<_>>().join(" ");
    let include = root().join("vendor-headers");
    for flags in ["-O2", "-O0 -no-pie"] {
        case.make(&format!(
            "gcc -std=gnu89 -w -g {flags} -I{} -I{legacy}/telemetry {legacy}/main/bad_pointers.c {sources} -o bad -lm",
            include.display(),
            legacy = legacy.display()
        ));
        let native = case.native(&["./bad"]).exited(3);
        native.out.lines().last().filter(|line| line.starts_with("fautes ")).expect("the number of faults");
        let run = case.record(&["./bad"]).is(&native);
        let bad = |call: &&cmp_bridge_journal::Call| {
            use cmp_bridge::entry::Completeness::{Clamped, Null, Unreadable};
            call.before.iter().any(|area| matches!(area.completeness, Null | Unreadable | Clamped))
        };
        let noted = run.all().iter().filter(bad).count();
        assert!(noted >= 12, "only {noted} calls have a note of a bad pointer");
    }
}
