//! examples/relink-three: the commands of its README, on the reference CMP.

use crate::legacy;
use crate::support::{Scratch, text};

/// The commands of the README, with the folders of this test in place of its own.
fn commands(scratch: &Scratch) -> String {
    let file = legacy::root().join("examples/relink-three/README.md");
    let readme = std::fs::read_to_string(file).expect("the README");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|b| b.split("```").next());
    let commands: String = blocks.collect();
    let (own, built) = (scratch.0.display().to_string(), legacy::built("pie").display().to_string());
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_cmp-bridge"))
        .parent()
        .expect("a folder")
        .display()
        .to_string();
    commands
        .replace("$PWD/target/release", &bin)
        .replace("cargo rustc --quiet --release", "\"$CARGO\" rustc --offline --quiet")
        .replace("target/relink/release", &format!("{own}/debug"))
        .replace("../target/relink", &own)
        .replace("target/relink", &own)
        .replace("build/pie/cmp_day >", &format!("OUT={built} VARIANT=pie {built}/cmp_day >"))
        .replace("legacy/build/pie", &built)
}

fn run(scratch: &Scratch, commands: &str) -> String {
    let root = legacy::root().display();
    let line =
        format!("set -eu\nexport CARGO='{}' CARGO_INCREMENTAL=0\ncd '{root}'\n{commands}", env!("CARGO"));
    let did = scratch.try_sh_for(&line, 570);
    let (out, err) = (text(&did.stdout), text(&did.stderr));
    assert!(did.status.success(), "{commands}\n--- stdout\n{out}\n--- stderr\n{err}");
    out
}

/// The same link line, as another variant of the Makefile has it.
fn relinked_as(scratch: &Scratch, commands: &str, variant: &str) {
    let (pie, other) =
        (legacy::built("pie").display().to_string(), legacy::built(variant).display().to_string());
    let end = commands.find("\n\"$CARGO\" rustc --offline --quiet -p relink-three --lib --features shadow");
    let commands = commands[..end.expect("the shadow")].replace(&pie, &other);
    let commands = commands.replace("VARIANT=pie", &format!("VARIANT={variant}"));
    let out = run(scratch, &commands);
    assert!(out.contains("3 routines: Rust can take the place of 3\n"), "{variant}: {out}");
}

/// The relinked program prints what it printed; the shadow sees no difference, and sees the wrong rewrites.
#[test]
fn the_reference_program_is_relinked_and_prints_the_same() {
    let scratch = Scratch::kept("example");
    let commands = commands(&scratch);
    let out = run(&scratch, &commands);
    for part in [
        "  copy   ehposv_, defined in ",
        "  wrap   tm_coder_trame, defined in ",
        "  wrap   tm_cds_jj50, defined in ",
        "3 routines: Rust can take the place of 3\n",
        "  rust     ehposv_, ehposv_ at 0x",
        "  rust     tm_coder_trame, __wrap_tm_coder_trame at 0x",
        "  rust     tm_cds_jj50, __wrap_tm_cds_jj50 at 0x",
        "  @(#)rewrite-three 0.1.0 flight_dynamics ",
        "shadow: tm_cds_jj50: 719 calls, 0 differ\n",
        "shadow: tm_coder_trame: 720 calls, 0 differ\n",
    ] {
        assert!(out.contains(part), "no `{part}` in\n{out}");
    }
    let ehposv = out.lines().find(|l| l.starts_with("shadow: ehposv: ")).expect("the shadow of ehposv");
    assert!(ehposv.ends_with(" calls, 0 differ"), "{ehposv}");
    if std::env::var("CMP_BRIDGE_LONG").is_ok_and(|v| v == "1") {
        ["nopie", "static-libgcc"].iter().for_each(|variant| relinked_as(&scratch, &commands, variant));
    }
    // The twin: the last block again, with wrong rewrites. Legacy answers all the same.
    let shadow = commands.rfind("\"$CARGO\"").expect("the last block");
    let start = commands.find("R='").expect("the symbols");
    let symbols = commands[start..].lines().next().expect("a line");
    let wrong = commands[shadow..].replace("--features shadow", "--features shadow-wrong");
    let path = commands.lines().next().expect("the path");
    let out = run(&scratch, &format!("{path}\n{symbols}\n{wrong}"));
    let differ = |routine: &str| {
        let line = out.lines().find(|l| l.starts_with(&format!("shadow: {routine}: "))).expect("a tally");
        line.split_whitespace().rev().nth(1).and_then(|n| n.parse::<u64>().ok()).expect("a number")
    };
    assert!(differ("ehposv") > 0 && differ("tm_cds_jj50") == 719 && differ("tm_coder_trame") > 0, "{out}");
}
