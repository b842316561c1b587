//! The test of all evidence: a candidate wrong in one bit of one output is reported with that field's name, in replay and
//! while the program runs; and route `rust` is really answered by Rust.

use crate::legacy;
use crate::support::{Days, Did, Folder, Program, counter, long, module, run, same_days_alone, until};
use Says::{Field, Nothing, Within};
use std::ops::Range;

/// What is to be said of a wrong bit.
#[derive(Debug, Clone, Copy)]
enum Says {
    /// A mismatch of this field, and of no other.
    Field(&'static str),
    /// Different, but within the field's tolerance.
    Within,
    /// Nothing: the bit is nobody's, or the contract says that it does not count.
    Nothing,
}

/// Bits of the answers of a routine: where the ABI puts them, and what they are.
struct Place {
    routine: &'static str,
    place: &'static str,
    bits: Range<u32>,
    says: Says,
}

const fn at(routine: &'static str, place: &'static str, bits: Range<u32>, says: Says) -> Place {
    Place { routine, place, bits, says }
}

/// First bit of a field of entry 2 of the table of parameters, 112 bytes each.
const fn entry_2(offset: u32) -> u32 {
    (2 * 112 + offset) * 8
}

/// Every output of every routine of the module that `mini_fortran` calls.
const FORTRAN: &[Place] = &[
    // Arrays through an address, with tolerances: 1e-6 m, 1e-9 m/s.
    at("ehposv", "arg1", 0..9, Within),
    at("ehposv", "arg1", 16..64, Field("pos[0]")),
    at("ehposv", "arg1", 80..128, Field("pos[1]")),
    at("ehposv", "arg1", 144..192, Field("pos[2]")),
    at("ehposv", "arg2", 20..64, Field("vit[0]")),
    at("ehposv", "arg2", 84..128, Field("vit[1]")),
    at("ehposv", "arg2", 148..192, Field("vit[2]")),
    // The status through an address.
    at("ehposv", "arg3", 0..32, Field("ier")),
    // COMMON blocks.
    at("inicst", "state0", 0..64, Field("state.cst.xmu")),
    at("inicst", "state0", 64..128, Field("state.cst.ae")),
    at("inicst", "state0", 128..192, Field("state.cst.cn0[0]")),
    at("inicst", "state0", 384..448, Field("state.cst.cn0[4]")),
    at("inicst", "state0", 448..512, Field("state.cst.omegat")),
    at("inicst", "state1", 0..32, Field("state.modcst")),
    at("inicst", "arg1", 0..32, Field("ier")),
    // Scalars through an address, which is in a register or on the stack.
    at("jjcal", "arg2", 0..32, Field("ian")),
    at("jjcal", "arg3", 0..32, Field("mois")),
    at("jjcal", "arg4", 0..32, Field("jour")),
    at("jjcal", "arg5", 0..32, Field("ih")),
    at("jjcal", "stack0", 0..32, Field("imn")),
    at("jjcal", "stack8", 0..17, Within),
    at("jjcal", "stack8", 20..64, Field("secm")),
    at("jjcal", "stack16", 0..32, Field("ier")),
    // A returned value in xmm0.
    at("horner", "xmm0", 0..5, Within),
    at("horner", "xmm0", 8..64, Field("return")),
    // A COMMON block kept from call to call, written by one routine and read by another.
    at("moyajt", "state0", 0..64, Field("state.moygli.t[0]")),
    at("moyajt", "state0", 2048..2080, Field("state.moygli.ngar")),
    at("moyajt", "state0", 2080..2112, Field("state.moygli.nvu")),
    at("moyval", "arg0", 0..8, Within),
    at("moyval", "arg0", 12..64, Field("xm")),
    at("moyval", "arg1", 0..32, Field("npt")),
];

/// The same of `mini_c`.
const C: &[Place] = &[
    // A buffer, and the status in rax, of which the upper half is nobody's.
    at("tm_coder_trame", "arg3", 0..8, Field("trame[0]")),
    at("tm_coder_trame", "arg3", 504..512, Field("trame[63]")),
    at("tm_coder_trame", "arg3", 1016..1024, Field("trame[127]")),
    at("tm_coder_trame", "gpr0", 0..32, Field("return")),
    at("tm_coder_trame", "gpr0", 32..64, Nothing),
    // A returned record in rax and xmm0, with padding between.
    at("tm_cds_jj50", "gpr0", 0..32, Field("return.jour")),
    at("tm_cds_jj50", "gpr0", 32..64, Nothing),
    at("tm_cds_jj50", "xmm0", 0..8, Within),
    at("tm_cds_jj50", "xmm0", 10..64, Field("return.sec")),
    // Bit fields.
    at("tm_decoder_entete", "arg2", 0..2, Field("entete.version")),
    at("tm_decoder_entete", "arg2", 2..12, Field("entete.satellite")),
    at("tm_decoder_entete", "arg2", 12..15, Field("entete.voie")),
    at("tm_decoder_entete", "arg2", 15..16, Field("entete.qualite")),
    at("tm_decoder_entete", "arg2", 16..20, Field("entete.mode")),
    at("tm_decoder_entete", "arg2", 20..32, Field("entete.compteur")),
    at("tm_decoder_entete", "arg2", 32..48, Field("entete.date.jour")),
    at("tm_decoder_entete", "arg2", 48..64, Field("entete.date.us")),
    at("tm_decoder_entete", "arg2", 64..96, Field("entete.date.ms")),
    at("tm_decoder_entete", "gpr0", 0..32, Field("return")),
    // A record with small fields and padding.
    at("tm_jj50_calendaire", "arg1", 0..16, Field("cal.annee")),
    at("tm_jj50_calendaire", "arg1", 16..24, Field("cal.mois")),
    at("tm_jj50_calendaire", "arg1", 24..32, Field("cal.jour")),
    at("tm_jj50_calendaire", "arg1", 32..40, Field("cal.heure")),
    at("tm_jj50_calendaire", "arg1", 40..48, Field("cal.minute")),
    at("tm_jj50_calendaire", "arg1", 48..64, Nothing),
    at("tm_jj50_calendaire", "arg1", 64..81, Within),
    at("tm_jj50_calendaire", "arg1", 84..128, Field("cal.seconde")),
    at("tm_jj50_calendaire", "gpr0", 0..32, Field("return")),
    // A returned record in xmm0 and xmm1.
    at("tm_interpoler", "xmm0", 0..64, Field("return.x")),
    at("tm_interpoler", "xmm1", 0..64, Field("return.y")),
    // A returned record in memory, with padding.
    at("tm_bilan_mesures", "arg0", 0..32, Field("return.nominaux")),
    at("tm_bilan_mesures", "arg0", 32..64, Field("return.jaunes")),
    at("tm_bilan_mesures", "arg0", 64..96, Field("return.rouges")),
    at("tm_bilan_mesures", "arg0", 96..128, Field("return.invalides")),
    at("tm_bilan_mesures", "arg0", 128..160, Field("return.premier")),
    at("tm_bilan_mesures", "arg0", 160..192, Nothing),
    at("tm_bilan_mesures", "arg0", 192..203, Within),
    at("tm_bilan_mesures", "arg0", 208..256, Field("return.ecart_max")),
    // A global table. Bit 62 of its 1.5 makes a NaN; the curve is `ignored`.
    at("tm_modifier_limites", "state0", entry_2(0)..entry_2(12), Field("state.tm_table_parametres[2].nom")),
    at("tm_modifier_limites", "state0", entry_2(16)..entry_2(20), Field("state.tm_table_parametres[2].bit")),
    at("tm_modifier_limites", "state0", entry_2(24)..entry_2(28), Field("state.tm_table_parametres[2].type")),
    at("tm_modifier_limites", "state0", entry_2(28)..entry_2(32), Nothing),
    at("tm_modifier_limites", "state0", entry_2(32)..entry_2(72), Nothing),
    at(
        "tm_modifier_limites",
        "state0",
        entry_2(72)..entry_2(80),
        Field("state.tm_table_parametres[2].limites.rouge_bas"),
    ),
    at(
        "tm_modifier_limites",
        "state0",
        entry_2(79) + 6..entry_2(79) + 7,
        Field("state.tm_table_parametres[2].limites.rouge_bas"),
    ),
    at(
        "tm_modifier_limites",
        "state0",
        entry_2(104)..entry_2(108),
        Field("state.tm_table_parametres[2].limites.persistance"),
    ),
    at("tm_modifier_limites", "state0", entry_2(108)..entry_2(112), Nothing),
    at("tm_modifier_limites", "gpr0", 0..32, Field("return")),
];

const PROGRAMS: [(&str, &[Place]); 2] = [("mini_fortran", FORTRAN), ("mini_c", C)];

/// Routes of all routines of the places.
fn routes(places: &[Place], route: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut routes: Vec<_> = places.iter().map(|place| (place.routine, route)).collect();
    routes.dedup();
    routes
}

/// The bits of a place to try: its ends, or one of them, or all that the whole matrix has.
fn bits(place: &Place, sample: usize) -> Vec<u32> {
    let Range { start, end } = place.bits;
    let mut bits: Vec<u32> = if long() { (start..end).step_by(5).collect() } else { vec![start] };
    bits.push(end - 1);
    bits.dedup();
    bits.into_iter().rev().take(if long() { usize::MAX } else { sample }).collect()
}

fn fault(place: &Place, bit: u32) -> String {
    format!("{} {} {bit}", place.routine, place.place)
}

/// What a comparison says, as JSON, is what there is to say.
#[track_caller]
fn holds(place: &Place, what: &str, did: &Did) {
    let json = did.json();
    let routines = json["subjects"][0]["routines"].as_array().expect("routines");
    let others: Vec<_> = routines.iter().filter(|known| known["routine"] != place.routine).collect();
    assert!(others.iter().all(|known| known["equal"] == known["calls"]), "{what}: {json:#}");
    let routine = routines.iter().find(|known| known["routine"] == place.routine).expect("the routine");
    let number = |name: &str| routine[name].as_u64().expect("a number");
    let json = routine;
    match place.says {
        Field(field) => {
            assert_eq!(did.status.code(), Some(1), "{what}: {json:#}");
            assert_eq!(number("mismatched"), number("calls"), "{what}: {json:#}");
            let mismatches = routine["mismatches"].as_array().expect("mismatches");
            assert!(
                !mismatches.is_empty() && mismatches.iter().all(|one| one["path"] == field),
                "{what}: {json:#}"
            );
        }
        Within => {
            assert_eq!((did.status.code(), number("within")), (Some(0), number("calls")), "{what}: {json:#}");
        }
        Nothing => {
            assert_eq!((did.status.code(), number("equal")), (Some(0), number("calls")), "{what}: {json:#}");
        }
    }
}

fn replayed(variant: &str, sample: usize) {
    let folder = Folder::new(&format!("replayed-{variant}"));
    let module = module("one_bit");
    for (name, places) in PROGRAMS {
        folder.config(name, &[], &routes(places, "record"));
        let journal = format!("{name}.journal");
        let options = ["--quiet", "--ring-mib", "1", "--config", name, "--journal", &journal];
        let program = Program::new(variant, name);
        assert_eq!(run(&mut program.under(&folder, &options)), program.alone());
        let replay = ["replay", &journal, "--json", "--module", module.to_str().expect("UTF-8")];
        let right = folder.bridge(&replay).ended(0).json();
        let routines = right["subjects"][0]["routines"].as_array().expect("routines").len();
        assert_eq!(routines, routes(places, "record").len(), "each routine is called: {right:#}");
        for place in places {
            for bit in bits(place, sample) {
                let mut command = folder.command(&replay);
                command.env("CMP_BRIDGE_FAULT", fault(place, bit));
                let what = format!("{variant}, replay of {name}, {}", fault(place, bit));
                holds(place, &what, &run(&mut command));
            }
        }
    }
}

fn shadowed(variant: &str, step: usize) {
    let folder = Folder::new(&format!("shadowed-{variant}"));
    for (name, places) in PROGRAMS {
        folder.config(name, &["one_bit"], &routes(places, "shadow"));
        let program = Program::new(variant, name);
        let alone = program.alone();
        let live = |fault: Option<&str>| {
            let _ = std::fs::remove_file(folder.path("j"));
            let options = ["--ring-mib", "1", "--config", name, "--journal", "j"];
            let mut command = program.under(&folder, &options);
            let did = run(command.envs(fault.map(|fault| ("CMP_BRIDGE_FAULT", fault))));
            let same = (did.status, &did.out) == (alone.status, &alone.out);
            assert!(same, "{command:?}\n{did:?}\nalone: {alone:?}");
            did
        };
        live(None).says(&["=> equal: "]);
        for place in places.iter().step_by(if long() { 1 } else { step }) {
            for bit in bits(place, 1) {
                let fault = fault(place, bit);
                let what = format!("{variant}, shadow in {name}, {fault}");
                let did = live(Some(&fault));
                if let Field(field) = place.says {
                    let told = |line: &str| {
                        let line = line.trim_start();
                        line.starts_with(&format!("mismatch {} call ", place.routine))
                            && line.ends_with(&format!(": {field}"))
                    };
                    assert!(did.err.lines().any(told), "{what}: {did:?}");
                } else {
                    assert!(!did.err.contains("mismatch "), "{what}: {did:?}");
                }
                holds(place, &what, &folder.bridge(&["replay", "j", "--json"]));
            }
        }
    }
}

#[test]
fn one_wrong_bit_in_replay() {
    replayed("pie", 2);
}

#[test]
fn one_wrong_bit_in_replay_of_other_builds() {
    ["nopie", "shared"].into_iter().for_each(|variant| replayed(variant, 1));
}

#[test]
fn one_wrong_bit_in_shadow() {
    shadowed("pie", 1);
}

#[test]
fn one_wrong_bit_in_shadow_of_other_builds() {
    ["nopie", "shared"].into_iter().for_each(|variant| shadowed(variant, 4));
}

/// What a fault in route `rust` does to the output: the lines that change begin with these.
const CHANGED: [(&str, &str, &[&str]); 4] = [
    ("mini_c", "tm_interpoler xmm1 51", &["T_BAT ", "droite "]),
    ("mini_c", "tm_decoder_entete arg2 20", &["entete "]),
    ("mini_fortran", "ehposv arg1 51", &["EH  "]),
    // A COMMON block: live storage is what is written.
    ("mini_fortran", "inicst state0 127", &["EH  ", "EH EQUATORIAL"]),
];

#[test]
fn rust_answers_and_the_program_cannot_tell() {
    for variant in ["pie", "nopie", "shared"] {
        let folder = Folder::new(&format!("rust-{variant}"));
        folder.config("all", &["one_bit"], &[routes(FORTRAN, "rust"), routes(C, "rust")].concat());
        for name in ["mini_c", "mini_fortran", "cmp_day"] {
            let program = Program::new(variant, name);
            let mut command = program.under(&folder, &["--quiet", "--config", "all"]);
            let (did, alone) = (run(&mut command), program.alone());
            assert!(did == alone, "{command:?}\n{did:?}\nalone: {alone:?}");
        }
        for (name, fault, changed) in CHANGED {
            let program = Program::new(variant, name);
            let mut command = program.under(&folder, &["--quiet", "--config", "all"]);
            let (did, alone) = (run(command.env("CMP_BRIDGE_FAULT", fault)), program.alone());
            let lines = did.out.lines().zip(alone.out.lines());
            let differ: Vec<&str> = lines.filter(|(one, other)| one != other).map(|(_, line)| line).collect();
            let expected = differ.iter().all(|line| changed.iter().any(|begin| line.starts_with(begin)));
            assert!(!differ.is_empty() && expected, "{command:?}: {differ:?}\n{did:?}");
        }
    }
}

/// `cmp_day` in route `rust` with a fault: what it did, and the counter, after at least two days.
fn days_with(fault: &str, routine: &str, name: &str) -> (Did, u64) {
    let folder = Folder::new(&format!("days-{}", fault.replace(' ', "-")));
    folder.config("bridge.toml", &["one_bit"], &[(routine, "rust")]);
    let mut days = Days::start(&folder, "pie", "100", &["--quiet", "--config", "bridge.toml"], Some(fault));
    days.see(2);
    let count =
        until("a count", || Some(counter(&folder, days.pid(), routine, name)).filter(|count| *count > 0));
    assert_eq!(counter(&folder, days.pid(), routine, "answered"), 0, "{fault}");
    crate::support::send(days.pid(), libc::SIGTERM);
    (days.end(), count)
}

#[test]
fn what_a_candidate_declines_the_legacy_routine_answers() {
    let (did, count) = days_with("tm_coder_trame decline", "tm_coder_trame", "declined");
    assert!(count >= 719, "a day has 719 frames or more: {count}");
    same_days_alone("pie", &did.ended(0));
}

#[test]
fn a_panic_without_a_status_to_say_so_is_answered_by_the_legacy_routine() {
    let (did, count) = days_with("tm_cds_jj50 panic", "tm_cds_jj50", "panicked");
    assert!(count > 0);
    assert_eq!(did.err, "", "a panic is not heard in the program");
    same_days_alone("pie", &did.ended(0));
}

#[test]
fn a_panic_becomes_the_error_status_of_the_contract() {
    let folder = Folder::new("panic-status");
    folder.config("bridge.toml", &["one_bit"], &[("tm_coder_trame", "rust")]);
    let program = Program::new("pie", "cmp_day");
    let mut command = program.under(&folder, &["--quiet", "--config", "bridge.toml"]);
    let did = run(command.env("CMP_BRIDGE_FAULT", "tm_coder_trame panic")).ended(1);
    assert_eq!(did.err, "cmp_day: journee abandonnee (code -99)\n");
}

/// A null address is declined; behind one that leads nowhere the candidate faults as the legacy routine does, and the
/// program handles it.
#[test]
fn bad_pointers_are_the_programs_own_affair() {
    let program = Program::new("pie", "bad_pointers");
    let alone = program.alone().ended(3).prints(&["faute"]);
    for route in ["shadow", "rust"] {
        let folder = Folder::new(&format!("bad-{route}"));
        folder.config("bridge.toml", &["one_bit"], &[("tm_crc16", route), ("tm_decoder_entete", route)]);
        let options = ["--quiet", "--config", "bridge.toml"];
        assert_eq!(run(&mut program.under(&folder, &options)), alone, "{route}");
    }
}

/// `mini_fortran` recorded by a contract of `flight_dynamics.toml` in which one section is changed, and its own answers
/// to that journal.
fn control_with(test: &str, routine: &str, change: impl Fn(&str) -> String) -> Did {
    let folder = Folder::new(test);
    let contract = legacy::root().join("contracts/flight_dynamics.toml");
    let contract = std::fs::read_to_string(contract).expect("the contract");
    let begin = contract.find(&format!("[routine.{routine}]\n")).expect("the routine");
    let end = contract[begin..].find("\neffects").map(|at| begin + at).expect("its end");
    let changed = [&contract[..begin], &change(&contract[begin..end]), &contract[end..]].concat();
    std::fs::write(folder.path("contract.toml"), changed).expect("a contract");
    let config = format!("contracts = [\"contract.toml\"]\n[routes]\n{routine:?} = \"record\"\n");
    std::fs::write(folder.path("config"), config).expect("a configuration");
    let program = Program::new("pie", "mini_fortran");
    let options = ["--quiet", "--config", "config", "--journal", "j"];
    assert_eq!(run(&mut program.under(&folder, &options)), program.alone());
    folder.bridge(&["replay", "j", "--control", "--exe", &program.words[0]])
}

#[test]
fn a_contract_with_a_wrong_use_is_found_by_control() {
    let right = control_with("use-right", "ehposv", str::to_owned);
    right.ended(0).prints(&["=> equal: "]);
    let did = control_with("use-wrong", "ehposv", |section| {
        let wrong = section.replace(
            "{ name = \"pos\", type = \"[f64; 3]\", use = \"out\", unit = \"m\", tolerance = { absolute = 1e-6 } }",
            "{ name = \"pos\", type = \"[f64; 3]\", use = \"in\", unit = \"m\" }",
        );
        assert_ne!(wrong, section);
        wrong
    });
    did.ended(1).prints(&[
        ": pos (declared in, written)\n",
        "the legacy routine writes `pos`, which is declared `in`: correct its `use`",
        "=> different: ",
    ]);
}

#[test]
fn state_that_a_contract_does_not_declare_is_found_by_control() {
    let right = control_with("state-right", "ehinit", str::to_owned);
    right.ended(0).prints(&["=> equal"]);
    let did = control_with("state-wrong", "ehinit", |section| {
        // What it reads stays: without it the routine does not get as far as to write.
        let lines = section.lines().filter(|line| !line.contains("use = \"out\" }"));
        lines.map(|line| format!("{line}\n")).collect()
    });
    did.ended(1).prints(&[
        ": undeclared state: ehbul_+",
        "the legacy routine changes `ehbul_`, which is not declared: declare it under the routine's `state`",
        "=> different: ",
    ]);
}
