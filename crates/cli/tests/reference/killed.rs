//! What is left when somebody is killed, or the disk is full: the program unharmed, and a journal to its last whole block.

use crate::support::{Days, Folder, Program, module, run, same_days_alone, send};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

/// Frames of two days.
const TWO_DAYS: u64 = 2 * 719;
/// Rings that a dozen days fill.
const RECORD: [&str; 7] = ["--quiet", "--config", "record.toml", "--journal", "j", "--ring-mib", "8"];

/// A folder with a configuration that records two routines, and the program looping under it for some days.
fn recording(test: &str) -> (Folder, Days, u32) {
    let folder = Folder::new(test);
    folder.config("record.toml", &[], &[("tm_cds_jj50", "record"), ("tm_coder_trame", "record")]);
    let mut days = Days::start(&folder, "pie", "0", &RECORD, None);
    days.see(3);
    let told = folder.bridge(&["status", &days.pid().to_string(), "--json"]).ended(0).json();
    let program = told[0]["pid"].as_u64().expect("the program's own id") as u32;
    (folder, days, program)
}

/// The journal is read and replayed as far as it goes: at least that many calls.
#[track_caller]
fn usable(folder: &Folder, calls: u64, listed: i32, says: &str) {
    let routine = "tm_cds_jj50";
    let did = folder.bridge(&["journal", "j", "--routine", routine]).ended(listed).says(&[says]);
    assert!(did.out.lines().count() as u64 >= calls, "{did:?}");
    let module = module("rewrite_three");
    let replay = ["replay", "j", "--json", "--routine", routine, "--module", module.to_str().expect("UTF-8")];
    let did = folder.bridge(&replay).ended(0);
    let found = &did.json()["subjects"][0]["routines"][0];
    assert!(found["equal"].as_u64().is_some_and(|equal| equal >= calls - 1), "{did:?}");
    assert_eq!((&found["mismatched"], &found["crashed"]), (&0.into(), &0.into()), "{did:?}");
}

#[test]
fn the_program_is_killed() {
    let (folder, days, program) = recording("killed-program");
    send(program, libc::SIGKILL);
    let did = days.end();
    assert_eq!(did.signal(), Some(libc::SIGKILL), "{did:?}");
    assert_eq!(did.err, "", "nothing is wrong with the journal");
    usable(&folder, TWO_DAYS, 0, " shown");
}

#[test]
fn the_command_is_killed_and_the_program_goes_on() {
    let (folder, mut days, program) = recording("killed-command");
    send(days.pid(), libc::SIGKILL);
    assert_eq!(days.without_command().signal(), Some(libc::SIGKILL));
    // Nobody fetches calls any more: the ring is full, and the program does not wait for anybody.
    days.see(40);
    send(program, libc::SIGTERM);
    let did = days.end();
    assert_eq!(did.err, "", "the program says nothing of it");
    assert!(same_days_alone("pie", &did) >= 42, "{did:?}");
    usable(&folder, TWO_DAYS, 1, "incomplete: ");
}

#[test]
fn a_journal_that_is_cut_anywhere_is_read_to_its_last_whole_block() {
    let (folder, days, program) = recording("killed-cut");
    send(program, libc::SIGKILL);
    assert_eq!(days.end().signal(), Some(libc::SIGKILL));
    let whole = std::fs::read(folder.path("j")).expect("the journal");
    let all = folder.bridge(&["journal", "j"]).ended(0).out;
    // One byte less, and the closing block is gone, which holds no calls. Its first half is the contracts.
    for length in (20..40).map(|part| whole.len() * part / 40 - part).chain([whole.len() - 1]) {
        std::fs::write(folder.path("cut"), &whole[..length]).expect("a shorter journal");
        let did = folder.bridge(&["journal", "cut"]);
        if did.status.code() == Some(2) {
            assert!(did.err.contains("the journal's header is damaged"), "{did:?}");
            continue;
        }
        let did = did.ended(1).says(&["incomplete: "]);
        // A call that the cut divides is listed as begun.
        let returned: Vec<&str> = did.out.lines().filter(|line| !line.contains("unfinished")).collect();
        assert!(all.lines().zip(&returned).all(|(one, other)| one == *other), "{length}: {did:?}");
        let lost = all.lines().count() - did.out.lines().count();
        assert!(lost == 0 || length < whole.len() - 1, "{lost} calls lost with the closing block: {did:?}");
    }
}

#[test]
fn a_full_disk_costs_the_journal_alone() {
    let folder = Folder::new("killed-full");
    folder.config("record.toml", &[], &[("*", "record")]);
    let program = Program::new("pie", "cmp_day").with(&["--loop", "--period-ms", "0", "--days", "12"]);
    let alone = program.alone().ended(0);
    // The rings of 32 threads have 32 MiB; a file may have 36. Twelve days are 750. A ring of 1 MiB is full before it is
    // fetched on a busy machine, which then loses most calls, in bursts: how many of one routine are left, nobody can say.
    let inner = program.under(&folder, &["--config", "record.toml", "--journal", "j", "--ring-mib", "1"]);
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "ulimit -f 73728; exec \"$0\" \"$@\""])
        .arg(inner.get_program())
        .args(inner.get_args());
    limited.current_dir(folder.path(""));
    inner.get_envs().for_each(|(name, value)| match value {
        Some(value) => drop(limited.env(name, value)),
        None => drop(limited.env_remove(name)),
    });
    let did = run(&mut limited).ended(2).says(&["File too large", "the program went on", "last whole block"]);
    assert_eq!(did.out, alone.out);
    let length = std::fs::metadata(folder.path("j")).expect("the journal").len();
    assert!(length <= 36 << 20, "{length}");
    usable(&folder, 2, 1, "incomplete: ");
}
