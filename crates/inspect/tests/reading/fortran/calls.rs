//! Running code: each generated procedure is called with random bits in exactly the registers, stack words and memory that
//! the contract's lowering names. It must receive the bits sent, and what it returns must be where the lowering says.
//!
//! The quick run has one optimisation level; `CMP_BRIDGE_LONG=1` has all, and more procedures. The seed is fixed.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use cmp_bridge::frame::Frame;
use cmp_bridge::worker::call_legacy;
use cmp_bridge_contract::abi::{Lowered, Piece, Place, ReturnPlace, Role, lower};
use cmp_bridge_contract::model::{By, Contract, Routine, Type};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::check;
use cmp_bridge_inspect::finding::Severity;
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use super::generate::{Kind, Procedure, Random, Result_, answer, procedures, source};
use crate::support::{fresh, run};

const SINK: &str = r#"
#include <string.h>
unsigned char gen_sunk[1 << 16];
long gen_count;
void sink_(const void *bytes, long n) { memcpy(gen_sunk + gen_count, bytes, n); gen_count += n; }
void answer_(unsigned char *bytes, long n) { for (long i = 0; i < n; i++) bytes[i] = (unsigned char)(i * 5 + 3) & 0x3f; }
"#;

/// A library of generated procedures, loaded into this process.
struct Library {
    handle: *mut libc::c_void,
    contract: Contract,
    procedures: Vec<Procedure>,
}

fn build(name: &str, seed: u64, count: usize, level: &str) -> Library {
    let folder = fresh(name);
    let procedures = procedures(seed, count);
    std::fs::write(folder.join("gen.f90"), source(&procedures)).expect("a source");
    std::fs::write(folder.join("sink.c"), SINK).expect("a source");
    let flags = ["-g", "-w", "-shared", "-fPIC", "-ffree-line-length-none", level];
    let files = ["sink.c", "gen.f90", "-o", "libgen.so"];
    run("gfortran", &[&flags[..], &files[..]].concat(), &folder);
    let library: PathBuf = folder.join("libgen.so");
    let binary = Binary::open(&library).expect("a library");
    let options = ScanOptions { patterns: vec!["gen_t*".into()], ..ScanOptions::default() };
    let report = scan(&binary, &options).expect("debug information");
    assert!(report.refused.is_empty(), "{level}: {}", report.refused[0]);
    let contract = report.contracts.into_iter().next().expect("a contract");
    assert_eq!(contract.routines.len(), count, "{level}");
    assert_eq!(Contract::from_toml(&contract.to_toml(), "gen").as_ref(), Ok(&contract), "read back");
    let errors: Vec<_> =
        check(&contract, &binary).into_iter().filter(|f| f.severity() == Severity::Error).collect();
    assert!(errors.is_empty(), "{level}: {}", errors[0]);
    Library { handle: load(&library), contract, procedures }
}

fn load(library: &Path) -> *mut libc::c_void {
    let path = CString::new(library.display().to_string()).expect("a path");
    // SAFETY: a library that was just built, whose initialisers are the compiler's own.
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!handle.is_null(), "{} cannot be loaded", library.display());
    handle
}

impl Library {
    fn address(&self, symbol: &str) -> *mut u8 {
        let name = CString::new(symbol).expect("a symbol");
        // SAFETY: a handle of dlopen.
        let address = unsafe { libc::dlsym(self.handle, name.as_ptr()) };
        assert!(!address.is_null(), "{symbol}");
        address.cast()
    }

    /// What the procedure received since the last time.
    fn sunk(&self) -> Vec<u8> {
        let count = self.address("gen_count").cast::<i64>();
        // SAFETY: both are variables of the library, used by this thread only; the count is within the buffer.
        unsafe {
            let bytes = std::slice::from_raw_parts(self.address("gen_sunk"), *count as usize).to_vec();
            *count = 0;
            bytes
        }
    }
}

/// Memory that a call leads to: aligned as the strictest type.
struct Memory(Vec<u128>);

impl Memory {
    fn of(bytes: &[u8]) -> Memory {
        let mut words = vec![0u128; bytes.len().div_ceil(16) + 1];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks(16)) {
            let mut full = [0; 16];
            full[..chunk.len()].copy_from_slice(chunk);
            *word = u128::from_le_bytes(full);
        }
        Memory(words)
    }

    fn address(&self) -> u64 {
        self.0.as_ptr() as u64
    }

    fn bytes(&self, length: usize) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).take(length).collect()
    }
}

/// What one argument is made of.
struct Sent {
    /// The bits that travel: the value, or an address.
    bits: Vec<u8>,
    /// Hidden length of a text.
    length: u64,
    /// What the procedure must say that it received; `None` for a byte that may be anything.
    expected: Vec<Option<u8>>,
}

/// One call on its way.
struct Call<'a> {
    library: &'a Library,
    routine: &'a Routine,
    lowered: Lowered,
    memory: Vec<Memory>,
    random: Random,
}

impl Call<'_> {
    fn lead(&mut self, bytes: &[u8]) -> Vec<u8> {
        let memory = Memory::of(bytes);
        let address = memory.address();
        self.memory.push(memory);
        address.to_le_bytes().to_vec()
    }

    fn text(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| b'a' + self.random.below(26) as u8).collect()
    }

    fn send(&mut self, kind: Kind) -> Sent {
        let sent =
            |bits, length: usize, expected: Vec<Option<u8>>| Sent { bits, length: length as u64, expected };
        match kind {
            Kind::Reference(of) | Kind::Optional(of, true) => {
                let bytes = self.random.bytes(of);
                sent(self.lead(&bytes), 0, significant(of.spelled, bytes))
            }
            Kind::Optional(_, false) => sent(vec![0; 8], 0, Vec::new()),
            Kind::Value(of) | Kind::OptionalValue(of, true) => {
                let bytes = self.random.bytes(of);
                sent(bytes.clone(), 0, significant(of.spelled, bytes))
            }
            Kind::OptionalValue(of, false) => sent(vec![0; of.size], 0, Vec::new()),
            Kind::Text(length) | Kind::FixedText(length) => {
                let bytes = self.text(length);
                sent(self.lead(&bytes), length, bytes.into_iter().map(Some).collect())
            }
            Kind::TextArray(length, count) => {
                let bytes = self.text(length * count);
                sent(self.lead(&bytes), length, bytes.into_iter().map(Some).collect())
            }
            Kind::Array(of, count) | Kind::AssumedSize(of, count) => {
                let each: Vec<Vec<u8>> = (0..count).map(|_| self.random.bytes(of)).collect();
                let expected = each.iter().flat_map(|bytes| significant(of.spelled, bytes.clone())).collect();
                sent(self.lead(&each.concat()), 0, expected)
            }
            Kind::AssumedShape(of, extents, rank, stride) => {
                let rows = extents[0] * stride;
                let columns: usize = extents[1..rank].iter().product();
                let each: Vec<Vec<u8>> = (0..rows * columns).map(|_| self.random.bytes(of)).collect();
                let taken = |i: &usize| (i % rows.max(1)).is_multiple_of(stride);
                let taken = (0..each.len()).filter(taken).map(|i| each[i].clone());
                let expected = taken.flat_map(|bytes| significant(of.spelled, bytes)).collect();
                let data = self.lead(&each.concat());
                let descriptor = descriptor(&data, of.size, &extents[..rank], stride);
                sent(self.lead(&descriptor), 0, expected)
            }
        }
    }
}

/// The compiler copies the six bytes behind an 80-bit number as it likes.
fn significant(spelled: &str, bytes: Vec<u8>) -> Vec<Option<u8>> {
    let padding = |i: usize| spelled == "real(10)" && i >= 10;
    bytes.into_iter().enumerate().map(|(i, byte)| (!padding(i)).then_some(byte)).collect()
}

/// A descriptor as gfortran 9 and later lay it out.
fn descriptor(data: &[u8], element: usize, extents: &[usize], stride: usize) -> Vec<u8> {
    let mut words: Vec<i64> = vec![0, element as i64, 0, element as i64];
    // Words: offset, element length, version with rank and type, span; then stride, first and last of each dimension.
    words[2] = (extents.len() as i64) << 32 | 3 << 40;
    let mut step = stride as i64;
    let mut offset = 0;
    for extent in extents {
        offset -= step;
        words.extend([step, 1, *extent as i64]);
        // The first step is the stride: the rows of the whole array, of which some are skipped.
        step *= *extent as i64;
    }
    words[0] = offset;
    let mut bytes = data.to_vec();
    bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    bytes
}

/// Puts the bits of an argument where the lowering says.
fn place(frame: &mut Frame, stack: &mut [u8], pieces: &[Piece], bits: &[u8]) {
    for piece in pieces {
        let part = &bits[piece.offset as usize..(piece.offset + piece.size) as usize];
        match piece.place {
            Place::Gpr(i) => {
                let mut word = [0xa5; 8];
                word[..part.len()].copy_from_slice(part);
                frame.gpr[usize::from(i)] = u64::from_le_bytes(word);
            }
            Place::Xmm(i) => frame.xmm[usize::from(i)][..part.len()].copy_from_slice(part),
            Place::Stack(at) => stack[at as usize..at as usize + part.len()].copy_from_slice(part),
        }
    }
}

/// Calls one procedure. What it received and returned, against what it should have.
fn call(library: &Library, index: usize, seed: u64, lowered: Lowered) -> Result<(), String> {
    let procedure = &library.procedures[index];
    let routine = &library.contract.routine(&format!("gen_{}", procedure.name)).expect("a routine");
    let mut call = Call { library, routine, lowered, memory: Vec::new(), random: Random::new(seed) };
    let mut sent: Vec<Sent> = procedure.params.iter().map(|kind| call.send(*kind)).collect();
    let expected: Vec<Option<u8>> = sent.iter().flat_map(|sent| sent.expected.clone()).collect();
    for kind in &procedure.params {
        if let Kind::OptionalValue(_, present) = kind {
            let bits = vec![u8::from(*present)];
            sent.push(Sent { bits, length: 0, expected: Vec::new() });
        }
    }
    let length = match procedure.result {
        Result_::Nothing => 0,
        Result_::Scalar(of) => of.size,
        Result_::FixedText(length) => length,
        Result_::Array(of, count) => of.size * count,
    };
    let room = Memory::of(&vec![0xee; length]);
    let hidden = match procedure.result {
        Result_::Array(of, count) => {
            let bytes = descriptor(&room.address().to_le_bytes(), of.size, &[count], 1);
            call.lead(&bytes)
        }
        _ => room.address().to_le_bytes().to_vec(),
    };
    let mut stack = vec![0xa5; call.lowered.stack_bytes as usize];
    // SAFETY: a frame is registers and an address; zero is a value of each.
    let mut frame: Frame = unsafe { std::mem::zeroed() };
    for argument in &call.lowered.arguments {
        let bits = match argument.role {
            Role::Param(i) => sent[i].bits.clone(),
            Role::Length(i) => sent[i].length.to_le_bytes().to_vec(),
            Role::ReturnAddress => hidden.clone(),
            Role::ReturnLength => length.to_le_bytes().to_vec(),
        };
        place(&mut frame, &mut stack, &argument.pieces, &bits);
    }
    // Stack words must be aligned.
    let aligned = Memory::of(&stack);
    frame.stack = aligned.address() as *const u8;
    let returned = enter(&call, &mut frame, stack.len());
    let received = call.library.sunk();
    let same = |(got, sent): (&u8, &Option<u8>)| sent.is_none_or(|sent| sent == *got);
    if received.len() != expected.len() || !received.iter().zip(&expected).all(same) {
        return Err(format!("{}: received {received:x?}, sent {expected:x?}", call.routine.name));
    }
    let in_memory = call.lowered.returns.is_empty();
    let got = if in_memory { room.bytes(length) } else { returned[..length].to_vec() };
    let spelled = match procedure.result {
        Result_::Scalar(of) | Result_::Array(of, _) => of.spelled,
        _ => "",
    };
    // An 80-bit number fills ten bytes of each sixteen.
    let padding = |i: usize| spelled == "real(10)" && i % 16 >= 10;
    match (0..length).all(|i| padding(i) || got[i] == answer(i)) {
        true => Ok(()),
        false => Err(format!("{}: returned {got:x?}", call.routine.name)),
    }
}

/// Makes the call, and gathers the returned value from the places of the lowering.
fn enter(call: &Call<'_>, frame: &mut Frame, stack_bytes: usize) -> Vec<u8> {
    let x87 = call.lowered.returns.iter().filter(|(place, ..)| matches!(place, ReturnPlace::X87(_))).count();
    let returns = [0, 16, 48][x87];
    let entry = call.library.address(&call.routine.symbol) as u64;
    // SAFETY: the frame follows the signature: that is what is tested. A wrong twin reads other words of the same frame.
    unsafe { call_legacy(entry, frame, stack_bytes, returns, (0x1f80, 0x37f)) };
    let mut returned = vec![0; 64];
    for (place, offset, size) in &call.lowered.returns {
        let from: Vec<u8> = match place {
            ReturnPlace::Gpr(i) => frame.ret_gpr[usize::from(*i)].to_le_bytes().to_vec(),
            ReturnPlace::Xmm(i) => frame.ret_xmm[usize::from(*i)].to_vec(),
            ReturnPlace::X87(i) => frame.ret_x87[usize::from(*i)].to_vec(),
        };
        let (at, size) = (*offset as usize, *size as usize);
        returned[at..at + size].copy_from_slice(&from[..size]);
    }
    returned
}

fn lowered(library: &Library, index: usize) -> Lowered {
    let name = format!("gen_{}", library.procedures[index].name);
    lower(&library.contract, library.contract.routine(&name).expect("a routine")).expect(&name)
}

#[test]
fn procedures_receive_the_bits_sent() {
    let long = std::env::var("CMP_BRIDGE_LONG").is_ok_and(|value| value == "1");
    let (count, levels): (usize, &[&str]) =
        if long { (600, &["-O0", "-O1", "-O2", "-O3", "-Os"]) } else { (150, &["-O1"]) };
    for level in levels {
        let library = build(&format!("fortran-calls{level}"), 7, count, level);
        for index in 0..count {
            for round in 1..4 {
                let sent = call(&library, index, round + index as u64, lowered(&library, index));
                sent.unwrap_or_else(|wrong| panic!("{level}: {wrong}"));
            }
        }
        let by = |by| library.contract.routines.iter().flat_map(|r| &r.params).filter(|p| p.by == by).count();
        assert!(by(By::Value) > 50 && by(By::Descriptor) > 10, "every way to travel is met");
        let hidden = library.contract.routines.iter().filter(|r| {
            r.returns.as_ref().is_some_and(|r| r.by == By::Descriptor || matches!(r.ty, Type::Array(..)))
        });
        assert!(hidden.count() > 10, "results through hidden arguments are met");
    }
}

/// A lowering with two arguments exchanged, or without the hidden result, is caught.
#[test]
fn wrong_lowerings_are_caught() {
    let library = build("fortran-wrong", 11, 60, "-O1");
    let (mut tried, mut caught) = (0, 0);
    for index in 0..60 {
        let mut wrong = lowered(&library, index);
        let values = |i: &usize| {
            let kind = library.procedures[index].params.get(*i);
            matches!(kind, Some(Kind::Value(of)) if of.spelled.starts_with("integer") && of.size > 2)
        };
        let found: Vec<usize> = (0..wrong.arguments.len())
            .filter(|at| matches!(wrong.arguments[*at].role, Role::Param(i) if values(&i)))
            .collect();
        let [first, second, ..] = found[..] else { continue };
        let pieces = wrong.arguments[first].pieces.clone();
        // The places are exchanged, the sizes stay those of the values.
        let place = wrong.arguments[second].pieces[0].place;
        wrong.arguments[first].pieces[0].place = place;
        wrong.arguments[second].pieces[0].place = pieces[0].place;
        tried += 1;
        caught += usize::from(call(&library, index, 3, wrong).is_err());
    }
    assert!(tried > 0 && caught == tried, "{caught} of {tried} wrong lowerings were caught");
}
