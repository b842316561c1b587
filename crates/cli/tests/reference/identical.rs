//! With every routine that can be hooked in route `record` at once, a program prints and ends as it does alone; and nine
//! in ten of its routines in C, C++, Fortran and Ada can be hooked.

use crate::legacy;
use crate::oracle;
use crate::support::{Did, Folder, Program, long};
use cmp_bridge_journal::{Journal, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

const VARIANTS: [&str; 4] = ["pie", "nopie", "shared", "static-libgcc"];

/// What must be seen of a program, so that its test is not empty.
struct Expected {
    name: &'static str,
    status: i32,
    /// Routines that have to be called.
    called: &'static [&'static str],
    /// Calls in all, at least.
    calls: u64,
    /// Calls that do not return, because an exception or a longjmp passes through them, at least.
    left: u64,
    /// Threads that call, at least.
    threads: u32,
}

const PROGRAMS: [Expected; 7] = [
    Expected {
        name: "cmp_day",
        status: 0,
        called: &["tm_coder_trame", "ehposv", "orb_avancer", "detecteur_position", "soleil_terrestre"],
        calls: 100_000,
        left: 0,
        threads: 1,
    },
    Expected {
        name: "mini_c",
        status: 0,
        called: &["tm_decommuter", "compter", "tm_bilan_mesures", "tc_construire", "tm_ecart_dates"],
        calls: 150,
        left: 0,
        threads: 1,
    },
    Expected {
        name: "mini_cpp",
        status: 0,
        called: &[
            "tm_coder_trame",
            "zerof",
            "rk4pas",
            "station_viser",
            "creneau_construct",
            "agenda_placer",
            "heure",
        ],
        calls: 500,
        // Ten decommutations one in the other, a search for a zero, a step of integration.
        left: 12,
        threads: 1,
    },
    Expected {
        name: "mini_ada",
        status: 0,
        called: &["tm_decommuter", "tm_crc16", "tm_extraire_bits", "ehinit", "ehposv", "kepler"],
        calls: 250,
        left: 1,
        // The main program and a task that calls before it begins.
        threads: 2,
    },
    Expected {
        name: "mini_fortran",
        status: 0,
        called: &["lecdat", "fessai", "zerof", "circar", "ehinit", "ehposv"],
        calls: 40,
        left: 0,
        threads: 1,
    },
    Expected {
        name: "mini_static",
        status: 0,
        called: &["tm_crc16", "kepler", "tm_decommuter"],
        calls: 60,
        left: 1,
        threads: 1,
    },
    Expected {
        name: "bad_pointers",
        status: 3,
        called: &["tm_crc16", "tm_extraire_bits", "tm_chercher", "tm_inserer_bits"],
        calls: 20,
        left: 9,
        threads: 1,
    },
];

/// The programs to look at in a variant: all of them, or a sample.
fn programs(variant: &str) -> impl Iterator<Item = &'static Expected> {
    let all = variant == "pie" || long();
    PROGRAMS.iter().filter(move |program| all || program.name == "cmp_day")
}

#[test]
fn pie() {
    programs("pie").for_each(|program| identical("pie", program));
}

#[test]
fn nopie() {
    programs("nopie").for_each(|program| identical("nopie", program));
}

#[test]
fn shared() {
    programs("shared").for_each(|program| identical("shared", program));
}

#[test]
fn static_libgcc() {
    programs("static-libgcc").for_each(|program| identical("static-libgcc", program));
}

fn identical(variant: &str, expected: &Expected) {
    let name = expected.name;
    let folder = Folder::new(&format!("identical-{variant}-{name}"));
    let program = Program::new(variant, name);
    let alone = program.alone().ended(expected.status);
    let options = ["--quiet", "--record", "*", "--ring-mib", "64", "--journal", "j"];
    let mut command = program.under(&folder, &options);
    let recorded = crate::support::run(&mut command);
    assert!(recorded == alone, "{command:?}\nrecorded: {recorded:?}\nalone: {alone:?}");
    let golden = legacy::root().join("tests/golden").join(format!("{name}.txt"));
    if golden.exists() {
        assert_eq!(
            recorded.out.as_bytes(),
            std::fs::read(golden).expect("the golden file"),
            "{name} of {variant}"
        );
    }
    not_empty(variant, expected, &folder.path("j"));
}

/// Calls were recorded: of these routines, that many, and by as many threads.
fn not_empty(variant: &str, expected: &Expected, journal: &Path) {
    let journal = Journal::open(journal).expect("the journal");
    let summary = journal.summary();
    assert_eq!(summary.damage, [], "{} of {variant}", expected.name);
    let (mut left, mut threads, mut called) = (0, BTreeSet::new(), BTreeSet::new());
    for call in journal.calls() {
        left += u64::from(!matches!(call.outcome, Outcome::Returned { .. }));
        threads.insert(call.thread);
        called.insert(call.routine);
    }
    let called: BTreeSet<&str> = called.iter().map(|r| journal.header().routines[*r].name.as_str()).collect();
    let what = format!("{} of {variant}: {summary:?}, {left} left, called {called:?}", expected.name);
    assert!(expected.called.iter().all(|routine| called.contains(routine)), "{what}");
    assert!(summary.calls + summary.dropped >= expected.calls, "{what}");
    assert!(left >= expected.left, "{what}");
    assert!(threads.len() as u32 >= expected.threads, "{what}");
}

/// The routines that `--explain` says it would hook, by image, and all it says.
fn hooked(variant: &str, name: &str) -> (BTreeMap<String, BTreeSet<u64>>, Did) {
    let folder = Folder::new(&format!("hooked-{variant}-{name}"));
    let program = Program::new(variant, name);
    let options = ["--record", "*", "--journal", "j", "--explain"];
    let did = crate::support::run(&mut program.under(&folder, &options)).ended(0);
    let mut hooked: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for line in did.out.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let entry = words.iter().position(|word| word.starts_with("0x"));
        if let Some(entry) = entry.filter(|_| line.starts_with("  ")) {
            let address = u64::from_str_radix(words[entry][2..].trim(), 16).expect("an address");
            hooked.entry(words[entry - 1].to_owned()).or_default().insert(address);
        }
    }
    (hooked, did)
}

#[test]
fn nine_in_ten_are_hooked_and_the_others_named_with_a_reason() {
    for variant in VARIANTS {
        for program in programs(variant) {
            coverage(variant, program.name);
        }
    }
}

/// Routines of a language below which one or two that cannot be hooked say nothing of the language.
const FEW: u64 = 30;

fn coverage(variant: &str, name: &str) {
    let (hooked, did) = hooked(variant, name);
    let folder = legacy::built(variant);
    // Routines of each language: hooked ones, and all.
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let mut images: BTreeSet<&str> = hooked.keys().map(String::as_str).collect();
    images.insert(name);
    for image in images {
        let none = BTreeSet::new();
        let found = hooked.get(image).unwrap_or(&none);
        for (address, routine) in oracle::routines(&folder.join(image)) {
            let (covered, all) = counts.entry(routine.language).or_default();
            *all += 1;
            if found.contains(&address) {
                *covered += 1;
                continue;
            }
            let names = &routine.names;
            let told = did.out.lines().any(|line| is_refused(line, names));
            assert!(
                told,
                "{name} of {variant}: {names:?} at {address:#x} of {image} is not hooked, and nothing says so\n{did:?}"
            );
        }
    }
    println!("{name} of {variant}: hooked of all: {counts:?}");
    let (covered, all) = counts.values().fold((0, 0), |(covered, all), (c, a)| (covered + c, all + a));
    assert!(all >= 40, "{name} of {variant} has only {all} routines");
    let languages = counts.into_iter().filter(|(_, (_, all))| *all >= FEW);
    for (language, (covered, all)) in languages.chain([("all languages", (covered, all))]) {
        assert!(covered * 10 >= all * 9, "{name} of {variant}: {covered} of {all} in {language}\n{did:?}");
    }
}

/// Whether a line says, with a reason, that the routine with these names is not hooked.
fn is_refused(line: &str, names: &[String]) -> bool {
    let Some(rest) = line.strip_prefix("not hooked: ") else { return false };
    // A finding has a code first, and names the routine where it says what is wrong.
    let coded = rest.starts_with('H') && rest.as_bytes().get(4) == Some(&b':');
    let rest = if coded { rest[5..].trim_start().replacen(' ', ": ", 1) } else { rest.to_owned() };
    let Some((who, why)) = rest.split_once(": ") else { return false };
    let mut who = who.split(", ").map(|who| who.trim_matches('`'));
    // Where two images have a routine of one name, it is told by its symbol.
    let symbol = why.rsplit_once("its symbol is ").map(|(_, symbol)| symbol.trim());
    who.any(|who| names.iter().any(|name| name == who || Some(name.as_str()) == symbol)) && !why.is_empty()
}

#[test]
fn a_program_with_nothing_to_hook_is_not_started_and_each_reason_is_said() {
    let folder = Folder::new("nothing");
    std::fs::write(folder.path("nothing.c"), "int main(void) { return 7; }\n").expect("a source");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder.path("")).args(["-g", "-o", "nothing", "nothing.c"]);
    crate::support::run(&mut gcc).ended(0);
    let did = folder.bridge(&["run", "--record", "*", "--journal", "j", "--", "./nothing"]).ended(2);
    did.says(&[
        "no routine can be hooked\n",
        "main: the program's entry is not a routine to replace",
        "hint: ",
    ]);
}
