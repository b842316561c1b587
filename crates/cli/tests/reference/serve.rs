//! The real day's calls, answered over the wire by a Rust module: Fortran with three COMMON blocks, C records by value, buffers
//! with their lengths.

use crate::support::{Folder, Program, run, send, start};
use std::io::{BufRead, BufReader};

const ROUTINES: [&str; 3] = ["ehposv", "tm_coder_trame", "tm_cds_jj50"];

#[test]
fn the_calls_of_a_day_are_answered_over_the_wire() {
    let folder = Folder::new("serve");
    let program = Program::new("pie", "cmp_day");
    folder.config("record.toml", &[], &ROUTINES.map(|routine| (routine, "record")));
    let options = ["--quiet", "--config", "record.toml", "--journal", "day.journal"];
    assert_eq!(run(&mut program.under(&folder, &options)), program.alone());
    // The wrong twin differs where it is wrong.
    for (name, code, wrong) in [("rewrite_three", 0, false), ("rewrite_three_wrong", 1, true)] {
        folder.config("bridge.toml", &[name], &[]);
        let text = std::fs::read_to_string(folder.path("bridge.toml")).expect("a configuration");
        let text = text.replace("[routes]\n", "[serve]\nlisten = \"127.0.0.1:0\"\n");
        std::fs::write(folder.path("bridge.toml"), text).expect("a configuration");
        let mut server = start(&mut folder.command(&["serve", "--config", "bridge.toml"]));
        let mut line = String::new();
        BufReader::new(server.out.take().expect("its output")).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("it said `{line}`"));
        let did = folder.bridge(&["replay", "day.journal", "--server", address, "--json"]).ended(code).json();
        for name in ROUTINES {
            let routines = did["subjects"][0]["routines"].as_array().expect("routines");
            let routine = routines.iter().find(|routine| routine["routine"] == name).expect("the routine");
            let number = |key: &str| routine[key].as_u64().expect("a number");
            assert!(number("calls") > 0 && number("skipped") + number("declined") == 0, "{routine:#}");
            assert_eq!(number("mismatched") > 0, wrong, "{routine:#}");
        }
        let status = folder.bridge(&["status", "--server", address, "--json"]).ended(0).json();
        let programs = status["programs"].as_array().expect("programs");
        assert_eq!(programs.len(), 3);
        let answered = programs.iter().flat_map(|program| program["routines"].as_array().expect("routines"));
        let answered: u64 = answered.filter_map(|routine| routine["answered"].as_u64()).sum();
        assert_eq!(answered, did["recorded"].as_u64().expect("a number"));
        send(server.pid(), libc::SIGTERM);
        server.end("the server").ended(0);
    }
}
