//! The codec against libtirpc's: what we write it reads as the same values and writes as the same bytes; what it writes we
//! read as the same values and write as the same bytes.

use crate::oracle::Oracle;
use crate::random::{self, Random};
use crate::tools::{self, Subject};
use crate::walk::{Walks, values};
use cmp_bridge_contract::model::Routine;
use cmp_bridge_contract::wire::{self, Shape};
use cmp_bridge_wire::message::{Answer, Ending, Hello, Known, Role, SeenHead, Welcome};
use cmp_bridge_wire::{Converter, Decoder, Encoder};

const REFERENCE: [&str; 4] = ["telemetry", "flight_dynamics", "planning", "ccs"];

/// A routine that is tried, with its messages' numbers.
struct Tried<'a> {
    routine: &'a Routine,
    shape: Shape,
    converter: Converter,
    inputs: Option<usize>,
    outputs: Option<usize>,
    result: usize,
    seen: usize,
}

/// All of a contract, and the program that holds libtirpc's codec of it.
pub struct Trial<'a> {
    subject: &'a Subject,
    pub oracle: Oracle,
    pub hello: usize,
    welcome: usize,
    tried: Vec<Tried<'a>>,
}

impl<'a> Trial<'a> {
    /// `change` makes a twin of the RPC language file.
    pub fn new(subject: &'a Subject, folder: &str, change: impl Fn(&str) -> String) -> Trial<'a> {
        let contract = &subject.contract;
        let (folder, x) = subject.printed(folder, change);
        let mut walks = Walks::new(contract, &x);
        let name = &subject.name;
        let (hello, welcome) =
            (walks.whole(&format!("{name}_hello")), walks.whole(&format!("{name}_hello_answer")));
        let mut tried = Vec::new();
        for routine in &contract.routines {
            let Ok(shape) = wire::shape(contract, routine) else { continue };
            let converter = Converter::new(contract, routine).expect("a routine that travels");
            let stem = format!("{name}_{}", routine.name.to_lowercase());
            let mut message = |part: &str, items: &[wire::Item]| {
                let ty = format!("{stem}_{part}");
                x.contains(&format!("struct {ty} {{")).then(|| walks.message(&ty, items))
            };
            let (inputs, outputs) = (message("in", &shape.inputs), message("out", &shape.outputs));
            let result = walks.whole(&format!("{stem}_result"));
            let seen = walks.whole(&format!("{stem}_seen"));
            tried.push(Tried { routine, shape, converter, inputs, outputs, result, seen });
        }
        std::fs::write(folder.join("walks.c"), walks.finish()).expect("a file");
        let program = tools::build(&folder, name, "codec.c", &["xdr"]);
        Trial { subject, oracle: Oracle::start(&program), hello, welcome, tried }
    }

    /// The message that tells of a call of a routine.
    pub fn seen(&self, routine: &str) -> usize {
        self.tried.iter().find(|tried| tried.routine.name == routine).expect("a routine").seen
    }

    /// What differs: routine and way.
    fn differences(&mut self, rounds: u32) -> Vec<String> {
        let mut random = Random(0x5eed_0005);
        let mut found = Vec::new();
        for tried in &self.tried {
            for _ in 0..rounds {
                let mut told = |way: &str| found.push(format!("{} {way}", tried.routine.name));
                round(self.subject, tried, &mut self.oracle, &mut random, &mut told);
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

fn encoded(write: impl FnOnce(&mut Encoder)) -> Vec<u8> {
    let mut out = Encoder::new();
    write(&mut out);
    out.into_bytes()
}

fn round(
    subject: &Subject,
    tried: &Tried<'_>,
    oracle: &mut Oracle,
    random: &mut Random,
    told: &mut dyn FnMut(&str),
) {
    let (contract, converter, routine) = (&subject.contract, &tried.converter, tried.routine);
    let native = random::call(contract, routine, converter, random);
    let sent = encoded(|out| converter.encode_inputs(&native, out).expect("inputs"));
    let expected = values(contract, routine, &tried.shape.inputs, &native);
    if let Some(message) = tried.inputs {
        both_ways(oracle, message, &sent, &expected, "inputs", told);
        // From libtirpc to us: what it writes of the values becomes the same values in memory.
        if let Some(answer) = oracle.write(message, &expected) {
            let mut back = converter.native();
            let mut input = Decoder::new(&answer.xdr);
            match converter.decode_inputs(&mut input, &mut back).and_then(|()| Ok(input.finish()?)) {
                Ok(()) if values(contract, routine, &tried.shape.inputs, &back) == expected => {}
                _ => told("inputs from libtirpc"),
            }
        }
    }
    let memory = |converter: &Converter| {
        let mut native = converter.native();
        converter.decode_inputs(&mut Decoder::new(&sent), &mut native).expect("our own inputs");
        native
    };
    let mut after = memory(converter);
    random::outcome(contract, routine, &mut after, random);
    let came = encoded(|out| converter.encode_outputs(&after, out).expect("outputs"));
    let expected = values(contract, routine, &tried.shape.outputs, &after);
    if let Some(message) = tried.outputs {
        both_ways(oracle, message, &came, &expected, "outputs", told);
        if let Some(answer) = oracle.write(message, &expected) {
            let mut back = memory(converter);
            let mut input = Decoder::new(&answer.xdr);
            match converter.decode_outputs(&mut input, &mut back).and_then(|()| Ok(input.finish()?)) {
                Ok(()) if values(contract, routine, &tried.shape.outputs, &back) == expected => {}
                _ => told("outputs from libtirpc"),
            }
        }
    }
    whole_messages(tried, oracle, random, (&sent, &came), told);
}

/// From us to libtirpc, and what libtirpc writes of the same values.
fn both_ways(
    oracle: &mut Oracle,
    message: usize,
    sent: &[u8],
    expected: &[u64],
    what: &str,
    told: &mut dyn FnMut(&str),
) {
    match oracle.read(message, sent) {
        None => told(&format!("{what} not understood")),
        Some(answer) => {
            if answer.values != expected {
                told(&format!("{what} by name"));
            }
            if answer.xdr != sent {
                told(&format!("{what} written again"));
            }
        }
    }
    match oracle.write(message, expected) {
        Some(answer) if answer.xdr == sent => {}
        _ => told(&format!("{what} written by libtirpc")),
    }
    // What is cut short is noticed by both.
    if !sent.is_empty() && oracle.read(message, &sent[..sent.len() - 4]).is_some() {
        told(&format!("{what} cut short"));
    }
}

/// Results and seens around the values.
fn whole_messages(
    tried: &Tried<'_>,
    oracle: &mut Oracle,
    random: &mut Random,
    (sent, came): (&[u8], &[u8]),
    told: &mut dyn FnMut(&str),
) {
    let text = "why\u{e9}".repeat(random.below(40) as usize);
    let answers = [Answer::Declined(text.clone()), Answer::Exception(text.clone()), Answer::NotNow(text)];
    let mut results: Vec<Vec<u8>> = answers.iter().map(|answer| encoded(|out| answer.encode(out))).collect();
    results.push([encoded(|out| Answer::Returned.encode(out)), came.to_vec()].concat());
    let head = SeenHead { number: random.next(), dropped: random.next() as u32 };
    let head = [encoded(|out| head.encode(out)), sent.to_vec()].concat();
    let seens = [
        [head.clone(), encoded(|out| Ending::Returned.encode(out)), came.to_vec()].concat(),
        [head, encoded(|out| Ending::Exception.encode(out))].concat(),
    ];
    for (message, list, what) in [(tried.result, &results[..], "result"), (tried.seen, &seens[..], "seen")] {
        for bytes in list {
            if oracle.read(message, bytes).is_none_or(|answer| answer.xdr != *bytes) {
                told(what);
            }
        }
    }
    if oracle.read(tried.result, &[0, 0, 0, 9]).is_some() {
        told("a status that there is not");
    }
}

#[test]
fn every_reference_routine_is_encoded_as_libtirpc_does() {
    let mut routines = 0;
    for name in REFERENCE {
        let subject = Subject::open(&format!("../../contracts/{name}.toml"));
        let mut trial = Trial::new(&subject, name, str::to_string);
        routines += trial.tried.len();
        let differences = trial.differences(tools::rounds(12));
        assert!(differences.is_empty(), "{name}: {differences:#?}");
    }
    assert!(routines > 60, "{routines} routines");
}

#[test]
fn every_kind_of_value_is_encoded_as_libtirpc_does() {
    let subject = Subject::open("../codegen/tests/x/sample.toml");
    let mut trial = Trial::new(&subject, "sample", str::to_string);
    assert_eq!(trial.differences(tools::rounds(300)), Vec::<String>::new());
}

#[test]
fn hellos_are_encoded_as_libtirpc_does() {
    let subject = Subject::open("../codegen/tests/x/sample.toml");
    let mut trial = Trial::new(&subject, "hello", str::to_string);
    let known =
        |i: u32| Known { procedure: i, name: "n".repeat(i as usize % 64), hash: u64::from(i) << 33 | 7 };
    for count in [0, 1, 2, 1024] {
        let hello = Hello {
            component: "sample".into(),
            what: "@(#) \u{e9}".into(),
            role: if count % 2 == 0 { Role::Caller } else { Role::Recorder },
            routines: (0..count).map(known).collect(),
        };
        let bytes = encoded(|out| hello.encode(out));
        assert_eq!(trial.oracle.read(trial.hello, &bytes).expect("a hello").xdr, bytes);
        assert_eq!(Hello::decode(&mut Decoder::new(&bytes)), Ok(hello));
    }
    for welcome in [
        Welcome::Accepted { what: "server".into() },
        Welcome::Refused { code: 1, reason: "because".repeat(100) },
        Welcome::Refused { code: u32::MAX, reason: String::new() },
    ] {
        let bytes = encoded(|out| welcome.encode(out));
        assert_eq!(trial.oracle.read(trial.welcome, &bytes).expect("a welcome").xdr, bytes);
    }
}

/// A twin of the file, in which one thing is wrong, and what must differ because of it: no more and no less.
fn twin(folder: &str, from: &str, to: &str) -> Vec<String> {
    let subject = Subject::open("../codegen/tests/x/sample.toml");
    let change = |text: &str| {
        assert_eq!(text.matches(from).count(), 1, "`{from}` in\n{text}");
        text.replace(from, to)
    };
    Trial::new(&subject, folder, change).differences(20)
}

#[test]
fn a_twin_with_two_fields_exchanged_is_noticed() {
    // Of one type: the bytes are the same, the names are not.
    let differences = twin("exchanged", "    float re;\n    float im;", "    float im;\n    float re;");
    let expected = ["inputs by name", "inputs from libtirpc", "inputs written by libtirpc"];
    let outputs = ["outputs by name", "outputs from libtirpc", "outputs written by libtirpc"];
    let expected: Vec<String> = expected.iter().chain(&outputs).map(|what| format!("fit {what}")).collect();
    assert_eq!(differences, expected);
}

#[test]
fn a_twin_with_fields_of_two_types_exchanged_is_noticed() {
    let differences = twin(
        "types",
        "    double x; /* m */\n    unsigned int flags;",
        "    unsigned int flags;\n    double x;",
    );
    assert!(differences.contains(&"fit inputs by name".to_string()), "{differences:?}");
    assert!(differences.contains(&"fit outputs written by libtirpc".to_string()), "{differences:?}");
    assert!(!differences.iter().any(|line| line.starts_with("tick")), "{differences:?}");
}

#[test]
fn a_twin_with_a_length_too_many_is_noticed() {
    let differences = twin("length", "    opaque name[8];", "    opaque name[12];");
    assert!(differences.contains(&"fit inputs not understood".to_string()), "{differences:?}");
}
