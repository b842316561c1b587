//! The codec in C against the one in Rust, byte by byte, on three machines; and what is no message, under sanitizers.

use crate::support::{HPPA, I386, Machine, STUBS, X86_64, cases};
use cmp_bridge_contract::areas::{self, Bytes, Owner};
use cmp_bridge_contract::model::{Contract, Extent, Routine, Type};
use cmp_bridge_wire::{Converter, Decoder, Encoder, Native};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Numbers that look random and are the same at every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        // Bytes that are often those of special numbers.
        let odd = [0x00, 0xff, 0x7f, 0xf0, 0x80, 0x01];
        (0..length)
            .map(|_| match self.below(3) {
                0 => odd[self.below(odd.len())],
                _ => self.next() as u8,
            })
            .collect()
    }
}

/// The codec of one machine, fed through pipes.
struct Codec {
    machine: &'static str,
    process: Child,
}

impl Codec {
    fn start(machine: Machine, program: &Path) -> Codec {
        let mut command = Command::new(machine.runner.unwrap_or("env"));
        command.arg(program).stdin(Stdio::piped()).stdout(Stdio::piped());
        Codec { machine: machine.name, process: command.spawn().unwrap() }
    }

    fn send(&mut self, words: &[&[u8]]) {
        let pipe = self.process.stdin.as_mut().unwrap();
        words.iter().for_each(|bytes| pipe.write_all(bytes).unwrap());
        pipe.flush().unwrap();
    }

    fn word(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.process.stdout.as_mut().unwrap().read_exact(&mut bytes).expect("the codec ended");
        u32::from_be_bytes(bytes)
    }

    /// A verdict, and the bytes as they are written again.
    fn answer(&mut self) -> (u32, Vec<u8>) {
        let (verdict, length) = (self.word(), self.word());
        let mut bytes = vec![0; length as usize];
        self.process.stdout.as_mut().unwrap().read_exact(&mut bytes).unwrap();
        (verdict, bytes)
    }

    /// What it makes of the inputs and outputs of a call.
    fn turn(&mut self, at: (u32, u32), inputs: &[u8], outputs: &[u8]) -> [(u32, Vec<u8>); 2] {
        let length = |bytes: &[u8]| (bytes.len() as u32).to_be_bytes();
        self.send(&[
            &at.0.to_be_bytes(),
            &at.1.to_be_bytes(),
            &length(inputs),
            inputs,
            &length(outputs),
            outputs,
        ]);
        [self.answer(), self.answer()]
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Both contracts of the cases.
fn contracts() -> Vec<Contract> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89");
    let read = |name: &str| {
        let text = std::fs::read_to_string(own.join(name)).unwrap();
        Contract::from_toml(&text, name).unwrap()
    };
    vec![read("formes.toml"), read("titres.toml")]
}

/// Memory of a call, of random bytes: counts are small, or negative.
fn fill(contract: &Contract, routine: &Routine, native: &mut Native, random: &mut Random) {
    let areas = areas::of(contract, routine).unwrap();
    let mut counts = Vec::new();
    for (i, param) in routine.params.iter().enumerate() {
        let Type::Int(size, _) = contract.scalar(&param.ty) else {
            let length = native.value(i).len();
            native.set_value(i, &random.bytes(length));
            continue;
        };
        let count = random.below(7) as i64 - 1;
        let count = if matches!(param.ty, Type::Int(_, false)) { count.max(0) } else { count };
        counts.push((param.name.clone(), count));
        native.set_value(i, &count.to_le_bytes()[..usize::from(*size)]);
    }
    let value = |name: &str| counts.iter().find(|(known, _)| known == name).map(|(_, count)| *count);
    for (index, area) in areas.iter().enumerate() {
        let length = match &area.bytes {
            Bytes::Fixed(size) => *size as usize,
            Bytes::Counted { element, count } => {
                *element as usize * count.evaluate(&value).unwrap().max(0) as usize
            }
            Bytes::HiddenLength => random.below(9),
            Bytes::ToNul => {
                let length = random.below(6);
                let mut text = random.bytes(length);
                text.iter_mut().for_each(|byte| *byte = (*byte).max(1));
                text.push(0);
                native.set_area(index, Some(&text));
                continue;
            }
            other => unreachable!("{other:?}"),
        };
        let mut bytes = random.bytes(length);
        if let Owner::Param(i) = area.owner {
            let param = &routine.params[i];
            if let (Some(count), Type::Int(size, _)) = (value(&param.name), contract.scalar(&param.ty)) {
                bytes = count.to_le_bytes()[..usize::from(*size)].to_vec();
            }
            if param.nullable && random.below(2) == 0 {
                native.set_area(index, None);
                continue;
            }
        }
        native.set_area(index, Some(&bytes));
    }
    let length = native.returned().len();
    native.returned_mut().copy_from_slice(&random.bytes(length));
    // A returned text has the length that its type says.
    let _ =
        matches!(&routine.returns, Some(returns) if matches!(returns.ty, Type::Array(_, Extent::Expr(_))));
}

/// Programs of the codec on all machines.
fn codecs(folder: &str) -> Vec<Codec> {
    let folder = cases(folder);
    let build = |machine: Machine| {
        let sources = [&["codec.c", "formes.c"], &STUBS[..]].concat();
        let program = machine.build(&folder, "codec", &sources, &["-DSTUBBED"]);
        Codec::start(machine, &program)
    };
    [X86_64, I386, HPPA].into_iter().map(build).collect()
}

fn rounds() -> usize {
    if std::env::var_os("CMP_BRIDGE_LONG").is_some() { 2000 } else { 60 }
}

/// The message of a call in bytes, or nothing where the codec in Rust refuses.
fn again(
    converter: &Converter,
    native: &mut Native,
    inputs: &[u8],
    outputs: &[u8],
) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let mut decoder = Decoder::new(inputs);
    if converter.decode_inputs(&mut decoder, native).is_err() || decoder.finish().is_err() {
        return (None, None);
    }
    let mut first = Encoder::new();
    converter.encode_inputs(native, &mut first).unwrap();
    let mut decoder = Decoder::new(outputs);
    if converter.decode_outputs(&mut decoder, native).is_err() || decoder.finish().is_err() {
        return (Some(first.into_bytes()), None);
    }
    let mut second = Encoder::new();
    converter.encode_outputs(native, &mut second).unwrap();
    (Some(first.into_bytes()), Some(second.into_bytes()))
}

fn compare(
    codecs: &mut [Codec],
    at: (u32, u32),
    name: &str,
    wire: [&[u8]; 2],
    expected: &[Option<Vec<u8>>; 2],
) {
    for codec in codecs {
        let found = codec.turn(at, wire[0], wire[1]);
        if found[0].0 == 9 {
            assert!(codec.machine != "x86-64", "{name} is missing");
            continue;
        }
        for ((verdict, bytes), (expected, what)) in
            found.into_iter().zip(expected.iter().zip(["inputs", "outputs"]))
        {
            let found = (verdict == 1).then_some(bytes);
            assert!(verdict < 2, "{name} {what} on {}: {verdict}", codec.machine);
            assert_eq!(found, *expected, "{name}: {what} on {}: {wire:02x?}", codec.machine);
        }
    }
}

#[test]
fn both_codecs_write_the_same_bytes_and_refuse_the_same() {
    let mut codecs = codecs("codec");
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut refused = 0;
    for (c, contract) in contracts().iter().enumerate() {
        for (i, routine) in contract.routines.iter().enumerate() {
            let converter = Converter::new(contract, routine).unwrap();
            let (at, mut native) = ((c as u32, i as u32), converter.native());
            for _ in 0..rounds() {
                fill(contract, routine, &mut native, &mut random);
                let (mut inputs, mut outputs) = (Encoder::new(), Encoder::new());
                converter.encode_inputs(&native, &mut inputs).unwrap();
                converter.encode_outputs(&native, &mut outputs).unwrap();
                let (inputs, outputs) = (inputs.into_bytes(), outputs.into_bytes());
                let expected = [Some(inputs.clone()), Some(outputs.clone())];
                compare(&mut codecs, at, &routine.name, [&inputs, &outputs], &expected);
                // The same, damaged: cut short, longer, or with other bytes. Both codecs have one opinion.
                let wrong = [damage(&inputs, &mut random), damage(&outputs, &mut random)];
                for (first, second) in [(&wrong[0], &outputs), (&inputs, &wrong[1])] {
                    let (a, b) = again(&converter, &mut converter.native(), first, second);
                    refused += usize::from(a.is_none() || b.is_none());
                    compare(&mut codecs, at, &routine.name, [first, second], &[a, b]);
                }
            }
        }
    }
    assert!(refused > rounds(), "the damage was seen {refused} times only");
}

fn damage(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut wrong = bytes.to_vec();
    for _ in 0..1 + random.below(2) {
        match random.below(4) {
            0 => wrong.truncate(random.below(wrong.len() + 1)),
            1 => wrong.extend(random.bytes(4)),
            _ if wrong.is_empty() => (),
            _ => {
                let at = random.below(wrong.len());
                wrong[at] = random.bytes(1)[0];
            }
        }
    }
    wrong
}

/// A whole message that calls a routine, behind its mark, in fragments of at most `most` bytes.
fn record(program: u32, procedure: u32, arguments: &[u8], most: usize) -> Vec<u8> {
    let mut message = Vec::new();
    for word in [7, 0, 2, program, 1, procedure, 0, 0, 0, 0] {
        message.extend(u32::to_be_bytes(word));
    }
    message.extend(arguments);
    let mut marked = Vec::new();
    let count = message.len().div_ceil(most);
    for (i, fragment) in message.chunks(most).enumerate() {
        let last = if i + 1 == count { 1 << 31 } else { 0 };
        marked.extend((last | fragment.len() as u32).to_be_bytes());
        marked.extend(fragment);
    }
    marked
}

const SANITIZED: Machine = Machine {
    name: "sanitized",
    compiler: "gcc",
    flags: &["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    runner: None,
};

/// Messages that are damaged, under the address and undefined-behaviour sanitizers: the codec lives through all of them.
#[test]
fn what_is_no_message_does_no_harm() {
    let folder = cases("sanitized");
    let sources = [&["codec.c", "formes.c"], &STUBS[..]].concat();
    let program = SANITIZED.build(&folder, "codec", &sources, &["-DSTUBBED"]);
    let mut codec = Codec::start(SANITIZED, &program);
    let mut random = Random(0x0fed_cba9_8765_4321);
    let mut answered = 0;
    for _ in 0..rounds() {
        for (c, contract) in contracts().iter().enumerate() {
            for (i, routine) in contract.routines.iter().enumerate() {
                let converter = Converter::new(contract, routine).unwrap();
                let mut native = converter.native();
                fill(contract, routine, &mut native, &mut random);
                let (mut inputs, mut outputs) = (Encoder::new(), Encoder::new());
                converter.encode_inputs(&native, &mut inputs).unwrap();
                converter.encode_outputs(&native, &mut outputs).unwrap();
                let (wrong_in, wrong_out) =
                    (damage(inputs.bytes(), &mut random), damage(outputs.bytes(), &mut random));
                codec.turn((c as u32, i as u32), &wrong_in, outputs.bytes());
                codec.turn((c as u32, i as u32), inputs.bytes(), &wrong_out);
                let procedure = 16 + 2 * i as u32;
                let program = cmp_bridge_contract::wire::program(contract);
                let whole = record(program, procedure, inputs.bytes(), usize::MAX);
                // The calls themselves would work on what the damage made of the counts, which is the caller's affair; heads
                // and the other procedures are not.
                let mut all =
                    damage(&record(program, random.below(4) as u32, &wrong_in, usize::MAX), &mut random);
                all.extend(whole);
                codec.send(&[
                    &9u32.to_be_bytes(),
                    &0u32.to_be_bytes(),
                    &(all.len() as u32).to_be_bytes(),
                    &all,
                ]);
                assert_eq!(codec.word(), 1);
                answered += codec.word();
            }
        }
    }
    assert!(answered > 0);
}

/// A host under the sanitizers, whose callers send records in pieces, damaged, endless: it goes on answering.
#[test]
fn a_host_lives_through_its_callers() {
    use std::net::TcpStream;
    use std::time::Duration;
    let folder = cases("host");
    let sources = [&["formes.c", "hote.c"], &STUBS[..]].concat();
    let program = SANITIZED.build(&folder, "host", &sources, &["-DSTUBBED"]);
    let host = crate::support::Host::run(SANITIZED, &program);
    let formes = &contracts()[0];
    let number = cmp_bridge_contract::wire::program(formes);
    let mut random = Random(0x5555_1234_5678_9999);
    let null = |most| record(number, 0, &[], most);
    for round in 0..rounds() {
        let mut stream = TcpStream::connect(&host.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // In fragments of one byte, with empty ones between, and several at once.
        let mut all = [0u8; 8].to_vec();
        all.extend(null(1 + random.below(9)));
        all.extend(null(3));
        for piece in all.chunks(1 + random.below(20)) {
            stream.write_all(piece).unwrap();
        }
        let mut answers = [0; 2 * 28];
        stream.read_exact(&mut answers).unwrap();
        assert_eq!(answers[..4], [0x80, 0, 0, 24]);
        let garbage = match round % 3 {
            0 => damage(&record(number, random.below(20) as u32, &random.bytes(60), 7), &mut random),
            1 => vec![0xff; 64],
            _ => random.bytes(200),
        };
        let _ = stream.write_all(&garbage);
    }
    let mut stream = TcpStream::connect(&host.address).unwrap();
    stream.write_all(&null(usize::MAX)).unwrap();
    stream.read_exact(&mut [0; 28]).unwrap();
}
