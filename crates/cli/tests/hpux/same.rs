//! The reference CMP prints the same on all three machines, but for lines that are known one by one, with their reasons. None
//! of them is flight dynamics; nothing else may differ in a byte.

use crate::legacy;
use crate::machine::{HERE, HPPA, I386, Machine, day, good, long};

/// One line that differs, and why.
struct Difference {
    program: &'static str,
    machine: &'static str,
    here: &'static str,
    there: &'static str,
}

const fn difference(
    program: &'static str,
    machine: &'static str,
    here: &'static str,
    there: &'static str,
) -> Difference {
    Difference { program, machine, here, there }
}

/// Record representation clauses count bits from the machine's own end: `Senseur at 0 range 0 .. 3` of CCS_Mots.Mot_Etat is
/// the low end of the word on x86, the high one on PA-RISC, and Decoder looks at the low one. So words are refused (719
/// right ones here, 180 there), and each refused one goes to the alarm log, which has 40 lines.
const BIT_ORDER: &[Difference] = &[
    difference("cmp_day", "PA-RISC", "deg, solaire code -6, 719 mots", "deg, solaire code -6, 180 mots"),
    difference("cmp_day", "PA-RISC", "journal niveau 0 : 5", "journal niveau 0 : 2"),
    difference("cmp_day", "PA-RISC", "journal niveau 1 : 1", "journal niveau 1 : 37"),
    difference("cmp_day", "PA-RISC", "journal niveau 2 : 2", "journal niveau 2 : 1"),
];

/// A union of a word and its two halves (tm_mot32) has them in the machine's order.
const WORD_ORDER: &[Difference] =
    &[difference("cmp_day", "PA-RISC", "0.40817, flux 36EA4389", "0.40817, flux 438936EA")];

/// x87 computes in 80 bits. What is 47.00 in double is a little less there, and conversion to a decimal fixed-point type
/// (Pourcent, delta 0.01) cuts. With SSE the line is that of x86-64, as a test shows.
const EXTENDED: &[Difference] =
    &[difference("cmp_day", "i386", "rendement 47.00 %, 290", "rendement 46.99 %, 290")];

/// (short)(dv * 1e4) with dv = 10.65: beyond a short, undefined in C. x87 stores its indefinite, the others the low half.
const BEYOND_SHORT: &[Difference] = &[difference(
    "cmp_day",
    "i386",
    "TC essai  18A3C000000B1101084CA02C088CA02CE9F9",
    "TC essai  18A3C000000B1101084C8000088C80008CEF",
)];

/// printf("... %.2f", f(&y), y): C leaves the order in which arguments are evaluated to the compiler.
const ARGUMENT_ORDER: &[Difference] =
    &[difference("mini_c", "PA-RISC", "derive 0 P_BAT 0.00 -6 1", "derive 0 P_BAT -60.00 -6 1")];

/// Holds two outputs against each other; every declared difference must be there, and no other.
#[track_caller]
fn same_but_for(program: &str, machine: &Machine, here: &str, there: &str, declared: &[&[Difference]]) {
    let mut expected: Vec<&Difference> = declared
        .iter()
        .flat_map(|group| group.iter())
        .filter(|one| one.program == program && one.machine == machine.name)
        .collect();
    assert_eq!(here.lines().count(), there.lines().count(), "{program} on {}: lines\n{there}", machine.name);
    for (left, right) in here.lines().zip(there.lines()).filter(|(left, right)| left != right) {
        let known = expected.iter().position(|one| left.replacen(one.here, one.there, 1) == right);
        let Some(at) = known else {
            panic!("{program} on {}:\n  here  {left}\n  there {right}", machine.name)
        };
        expected.remove(at);
    }
    let left: Vec<_> = expected.iter().map(|one| one.there).collect();
    assert!(left.is_empty(), "{program} on {}: declared, and not there: {left:?}", machine.name);
}

const DECLARED: &[&[Difference]] = &[BIT_ORDER, WORD_ORDER, EXTENDED, BEYOND_SHORT, ARGUMENT_ORDER];

#[test]
fn a_day_is_the_same_on_pa_risc_and_on_i386() {
    let here = day(&HERE, &HERE.legacy(), &[]);
    for machine in [&HPPA, &I386] {
        same_but_for("cmp_day", machine, &here, &day(machine, &machine.legacy(), &[]), DECLARED);
    }
}

/// The reason that is given for x87 is the reason: without it there is no difference.
#[test]
fn without_x87_a_day_on_i386_is_that_of_x86_64() {
    if long() {
        let here = day(&HERE, &HERE.legacy(), &[]);
        let there = I386.legacy_with(&["OPT=-g -O2 -msse2 -mfpmath=sse"]);
        assert_eq!(day(&I386, &there, &[]), here);
    }
}

/// The small programs without exceptions: those go through frames of C, which has unwind tables on PA-RISC only where it
/// is compiled with -fexceptions, as no HP-UX code was.
#[test]
fn small_programs_are_the_same() {
    let golden = legacy::root().join("tests/golden");
    for machine in [&HPPA, &I386] {
        let folder = machine.legacy();
        for program in ["mini_c", "mini_fortran"] {
            let here = std::fs::read(golden.join(format!("{program}.txt"))).expect("a golden output");
            let here: String = here.into_iter().map(char::from).collect();
            let there = good(&mut machine.command(&folder.join(program)));
            same_but_for(program, machine, &here, &there, DECLARED);
        }
    }
}

/// A difference that is not declared is found, and so is one that is declared and not there.
#[test]
fn an_undeclared_difference_is_found() {
    let fails = |here: &str, there: &str| {
        let (here, there) = (here.to_owned(), there.to_owned());
        std::panic::catch_unwind(move || same_but_for("cmp_day", &I386, &here, &there, &[EXTENDED])).is_err()
    };
    let line = |value: &str| format!("x rendement {value} %, 290 recalages\n");
    assert!(!fails(&line("47.00"), &line("46.99")));
    assert!(fails(&line("47.00"), &line("46.98")), "another value");
    assert!(fails(&line("47.00"), &line("47.00")), "declared, and not there");
    assert!(fails(&line("47.00"), &format!("{}y\n", line("46.99"))), "one line more");
}
