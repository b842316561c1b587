//! `cmp-bridge journal import`: what a recorder would have written of a run becomes the journal that was recorded of it here.

use crate::remote::{bench, contract_text};
use crate::support::Bench;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use cmp_bridge_journal::{Call, Journal, Outcome};
use cmp_bridge_wire::message::{Ending, Hello, Known, Role, SeenHead};
use cmp_bridge_wire::rpc::{CallHead, Credential, SysCredential, begin_record, end_record};
use cmp_bridge_wire::{Converter, Encoder, MESSAGE_LIMIT, Native};

/// Writes a recording as a stub does.
pub struct Recorder {
    pub contract: Contract,
    pub bytes: Vec<u8>,
}

impl Recorder {
    pub fn new() -> Recorder {
        let contract = Contract::from_toml(&contract_text(), "small.toml").expect("a contract");
        Recorder { contract, bytes: Vec::new() }
    }

    pub fn record(&mut self, procedure: u32, write: impl FnOnce(&mut Encoder)) {
        let mut out = Encoder::new();
        let at = begin_record(&mut out);
        let credential =
            Credential::Sys(SysCredential { machine: "hpux1".into(), ..SysCredential::default() });
        let (program, version) = (wire::program(&self.contract), wire::VERSION);
        CallHead { xid: 7, program, version, procedure, credential }.encode(&mut out);
        write(&mut out);
        end_record(&mut out, at, MESSAGE_LIMIT).expect("a record");
        self.bytes.extend(out.bytes());
    }

    pub fn hello(&mut self) {
        let contract = &self.contract;
        let known = |routine| Known {
            procedure: wire::call_procedure(contract, routine).expect("a procedure"),
            name: routine.name.clone(),
            hash: wire::shape(contract, routine).expect("a shape").hash(contract, routine),
        };
        let routines = contract.routines.iter().map(known).collect();
        let component = contract.component.name.clone();
        let hello = Hello { component, what: "@(#) a stub".into(), role: Role::Recorder, routines };
        self.record(wire::PROCEDURE_HELLO, |out| hello.encode(out));
    }

    /// So many calls are told by nothing.
    pub fn lost(&mut self, calls: u32) {
        self.record(wire::PROCEDURE_LOST, |out| out.u32(calls));
    }

    /// A call as the agent saw it. `dropped` were not told before it.
    pub fn seen(&mut self, routine: usize, call: &Call, dropped: u32) {
        let routine = &self.contract.routines[routine].clone();
        let converter = Converter::new(&self.contract, routine).expect("a routine that travels");
        let mut native = converter.native();
        // In the order of the registers of their kind: `n` and `k` in rdi or rsi, `factor` in xmm0.
        match routine.name.as_str() {
            "scale" => {
                native.set_value(0, &call.gpr[0].to_le_bytes());
                native.set_value(3, &call.xmm[0].to_le_bytes());
            }
            "crunch" => native.set_value(1, &call.gpr[1].to_le_bytes()),
            _ => {}
        }
        areas(&mut native, &call.before);
        let head = SeenHead { number: call.number, dropped };
        let procedure = wire::seen_procedure(&self.contract, routine).expect("a procedure");
        self.record(procedure, |out| {
            head.encode(out);
            converter.encode_inputs(&native, out).expect("inputs");
            let Outcome::Returned { returned, after } = &call.outcome else {
                return Ending::Exception.encode(out);
            };
            Ending::Returned.encode(out);
            areas(&mut native, after);
            let (gpr, xmm) = (returned.gpr[0].to_le_bytes(), returned.xmm[0].to_le_bytes());
            let value = if routine.name == "norm2" { xmm } else { gpr };
            let room = native.returned_mut();
            let length = room.len();
            room.copy_from_slice(&value[..length]);
            converter.encode_outputs(&native, out).expect("outputs");
        });
    }
}

fn areas(native: &mut Native, captured: &[cmp_bridge_journal::Captured]) {
    captured.iter().for_each(|area| native.set_area(area.area.into(), Some(&area.bytes)));
}

/// Routine, number, areas before and after, what was returned.
pub type Essence = (usize, u64, Vec<Vec<u8>>, String);

/// Padding does not travel: what the program had in it is zero.
pub fn unpadded(mut calls: Vec<Essence>) -> Vec<Essence> {
    for (routine, _, areas, _) in &mut calls {
        if *routine > 0 {
            areas.iter_mut().for_each(|v| v[20..].fill(0));
        }
    }
    calls
}

/// The calls of a journal, without what only the process itself had: addresses, what else was in registers, alignment.
pub fn essence(bench: &Bench, journal: &str) -> Vec<Essence> {
    let journal = Journal::open(&bench.path(journal)).expect("a journal");
    let calls = journal.calls().map(|call| {
        let mut areas: Vec<Vec<u8>> = call.before.iter().map(|area| area.bytes.clone()).collect();
        let outcome = match &call.outcome {
            Outcome::Returned { returned, after } => {
                areas.extend(after.iter().map(|area| area.bytes.clone()));
                match call.routine {
                    0 => format!("{}", returned.gpr[0] as i32),
                    1 => format!("{:x}", returned.xmm[0]),
                    _ => String::new(),
                }
            }
            other => format!("{other:?}"),
        };
        (call.routine, call.number, areas, outcome)
    });
    calls.collect()
}

/// A bench with the journal `j` of a run, and the recording of the same calls.
fn recorded(name: &str) -> (Bench, Recorder) {
    let bench = bench(name);
    bench.record("j");
    let mut recorder = Recorder::new();
    recorder.hello();
    for call in Journal::open(&bench.path("j")).expect("a journal").calls() {
        recorder.seen(call.routine, &call, 0);
    }
    (bench, recorder)
}

fn import(bench: &Bench, bytes: &[u8], more: &[&str]) -> crate::support::Did {
    std::fs::write(bench.path("pass.rec"), bytes).expect("a recording");
    let _ = std::fs::remove_file(bench.path("i"));
    let words = ["journal", "import", "pass.rec", "--contract", "small.toml", "-o", "i"];
    bench.bridge(&[&words[..], more].concat())
}

#[test]
fn what_is_imported_is_what_was_recorded_here() {
    let (bench, recorder) = recorded("import");
    let did = import(&bench, &recorder.bytes, &[]).ended(0);
    did.prints(&["i: 60 calls imported, 0 lost while recording", "crunch: 20 calls"]);
    assert_eq!(unpadded(essence(&bench, "i")), unpadded(essence(&bench, "j")));
}

#[test]
fn an_imported_journal_is_replayed_and_shown_like_any_other() {
    let (bench, recorder) = recorded("imported");
    import(&bench, &recorder.bytes, &[]).ended(0);
    module(&bench, "right.so", &[]);
    let did = bench.bridge(&["replay", "i", "--module", "right.so"]).ended(0);
    did.prints(&["=> equal: 60 of 60 calls compared"]);
    module(&bench, "wrong.so", &["-DCRUNCH_N(n)=(n)^4"]);
    bench
        .bridge(&["replay", "i", "--module", "wrong.so"])
        .ended(1)
        .prints(&["mismatch crunch call 1:2: v.n"]);
    bench.bridge(&["journal", "i", "--call", "1:2"]).ended(0).prints(&["call 1:2 of ", "v"]);
}

/// A module of the contract whose state has a global name.
pub fn module(bench: &Bench, name: &str, defines: &[&str]) {
    let contract = Contract::from_toml(&contract_text(), "small.toml").expect("a contract");
    let hash = |name: &str| {
        let routine = contract.routine(name).expect("a routine");
        let hash = cmp_bridge_contract::hash::routine_hash(&contract, routine);
        format!("-DHASH_{}=0x{hash:016x}ull", name.to_uppercase())
    };
    bench.write("module.c", crate::support::MODULE);
    let hashes = [hash("scale"), hash("norm2"), hash("crunch")];
    let mut arguments = vec!["-shared", "-fPIC", "-O2", "-ffp-contract=off", "-o", name];
    arguments.extend(hashes.iter().map(String::as_str));
    arguments.extend(defines);
    bench.cc("module.c", &arguments);
}

#[test]
fn starts_of_the_program_and_lost_calls_are_told_apart() {
    let (bench, mut recorder) = recorded("starts");
    recorder.hello();
    let journal = Journal::open(&bench.path("j")).expect("a journal");
    let first = journal.calls().next().expect("a call");
    recorder.seen(first.routine, &first, 5);
    recorder.seen(first.routine, &Call { outcome: Outcome::Abandoned, number: 9, ..first.clone() }, 2);
    // A third one told nothing at all, but how many calls it has told nothing of.
    recorder.hello();
    recorder.lost(4);
    let did = import(&bench, &recorder.bytes, &["--json"]).ended(0);
    let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
    assert_eq!((&json["calls"], &json["dropped"]), (&serde_json::json!(62), &serde_json::json!(11)));
    let imported = Journal::open(&bench.path("i")).expect("a journal");
    let threads: Vec<(u32, u64)> = imported.calls().skip(59).map(|call| (call.thread, call.number)).collect();
    assert_eq!(threads[1..], [(2, first.number), (2, 9)]);
    assert_eq!(imported.summary().dropped, 11);
    assert!(imported.calls().any(|call| call.outcome == Outcome::Abandoned));
}

#[test]
fn a_recording_of_lost_calls_only_says_so() {
    let (bench, _) = recorded("lost");
    let mut recorder = Recorder::new();
    recorder.hello();
    recorder.lost(0);
    import(&bench, &recorder.bytes, &[]).ended(2).says(&["not one call is in it"]);
    recorder.lost(3);
    import(&bench, &recorder.bytes, &[]).ended(0).prints(&["0 calls imported, 3 lost while recording"]);
    // What is none, cut short or too long.
    for words in [&[][..], &[3, 0]] {
        let mut recorder = Recorder::new();
        recorder.hello();
        recorder.record(wire::PROCEDURE_LOST, |out| words.iter().for_each(|word| out.u32(*word)));
        import(&bench, &recorder.bytes, &[]).ended(2);
    }
}

#[test]
fn a_recording_that_was_cut_or_changed_gives_what_is_whole() {
    let (bench, recorder) = recorded("damaged");
    let cut = &recorder.bytes[..recorder.bytes.len() - 3];
    let did = import(&bench, cut, &[]).ended(1);
    did.says(&["damaged: cut short at byte "]).prints(&["i: 59 calls imported, 0 lost while recording"]);
    // A number of elements that is not the contract's: that call is lost, and no other.
    let mut bytes = recorder.bytes.clone();
    let records = starts(&bytes);
    // Of the first call of `scale` with elements: behind head, credential and number, `n` and the count of `in`.
    let scale = records[4] + 4 + 24 + credential(&bytes, records[4]) + 12;
    bytes[scale + 3] ^= 1;
    let did = import(&bench, &bytes, &[]).ended(1);
    did.says(&["record 5, at byte ", "a call of `scale` was ignored"])
        .prints(&["i: 59 calls imported, 1 lost"]);
    let did = bench.bridge(&["journal", "i"]).ended(0);
    did.says(&["59 of 59 calls shown", "1 lost while recording"]);
}

/// Where the records begin.
fn starts(bytes: &[u8]) -> Vec<usize> {
    let (mut starts, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        starts.push(at);
        let head = u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four"));
        at += 4 + (head & 0x7fff_ffff) as usize;
    }
    starts
}

/// Bytes of credential and verifier.
fn credential(bytes: &[u8], record: usize) -> usize {
    let at = record + 4 + 24 + 4;
    16 + u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four")) as usize
}

#[test]
fn what_is_no_recording_of_these_contracts_is_refused() {
    let (bench, recorder) = recorded("refused");
    let refused = |bytes: &[u8], says: &[&str]| {
        import(&bench, bytes, &[]).ended(2).says(says);
        assert!(!bench.path("i").exists(), "nothing is left of a journal that is not whole");
    };
    refused(b"", &["not one call is in it", "CMP_BRIDGE_JOURNAL"]);
    refused(b"contract = 1 and more text than a head has", &["not a recording", "CMP_BRIDGE_JOURNAL"]);
    refused(&std::fs::read(bench.path("j")).expect("the journal"), &["not a recording"]);
    let hello = starts(&recorder.bytes)[1];
    refused(&recorder.bytes[..hello], &["not one call"]);
    refused(&recorder.bytes[hello..], &["record 1, at byte 0", "which no HELLO before it names"]);
    let mut call = Recorder::new();
    call.hello();
    call.record(16, |_| ());
    refused(&call.bytes, &["record 2", "procedure 16 is neither HELLO nor SEEN"]);

    let twins = [
        (
            "{ name = \"k\", type = \"i32\"",
            "{ name = \"k\", type = \"u32\"",
            "`crunch` was recorded with hash",
        ),
        ("[routine.norm2]", "[routine.norm3]", "`norm2` is not in the contract"),
        (
            "name = \"small\"\nlanguage",
            "name = \"other\"\nlanguage",
            "(component `small`) is of none of the contracts",
        ),
        (
            "language = \"c\"\n",
            "language = \"c\"\ntarget = \"pa-risc\"\n",
            "a journal here holds those of x86-64",
        ),
    ];
    for (from, to, says) in twins {
        let text = contract_text();
        assert!(text.contains(from), "{from}");
        bench.write("small.toml", &text.replace(from, to));
        refused(&recorder.bytes, &[says]);
    }
    bench.write("small.toml", &contract_text());
    import(&bench, &recorder.bytes, &[]).ended(0);
    let words = ["journal", "import", "pass.rec", "--contract", "small.toml", "-o", "i"];
    bench
        .bridge(&words)
        .ended(2)
        .says(&["i: cannot be created as a journal", "evidence is never overwritten"]);
    let words =
        ["journal", "import", "pass.rec", "--contract", "small.toml", "--contract", "small.toml", "-o", "k"];
    bench.bridge(&words).ended(2).says(&["are both of component `small`"]);
}

/// Whatever a file holds, it is imported or refused: never a crash, never a journal that cannot be read.
#[test]
fn any_change_of_a_recording_is_survived() {
    let (bench, recorder) = recorded("changed");
    let rounds = if std::env::var_os("CMP_BRIDGE_LONG").is_some() { 2000 } else { 40 };
    let mut state = 0x5eed_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..rounds {
        let mut bytes = recorder.bytes.clone();
        for _ in 0..1 + random(4) {
            let at = random(bytes.len());
            bytes[at] = match random(3) {
                0 => 0xff,
                1 => 0,
                _ => bytes[at] ^ (1 << random(8)),
            };
        }
        if random(4) == 0 {
            bytes.truncate(random(bytes.len()));
        }
        let did = import(&bench, &bytes, &[]);
        let code = did.code;
        assert!(
            matches!(code, Some(0..=2)) && !did.err.contains("panicked at"),
            "round {round}: {code:?}\n{}",
            did.err
        );
        assert_eq!(bench.path("i").exists(), code != Some(2), "round {round}");
        if code != Some(2) {
            let journal = Journal::open(&bench.path("i")).expect("a journal");
            assert_eq!(journal.summary().damage, [], "round {round}");
        }
    }
}
