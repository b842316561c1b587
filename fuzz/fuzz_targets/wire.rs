//! Any bytes as a stream of calls: records, heads, messages and values of a routine that has everything. Errors, never a
//! panic or much memory; and what is accepted is its own form.
#![no_main]

use cmp_bridge_contract::model::Contract;
use cmp_bridge_wire::message::{Answer, Ending, Hello, SeenHead, Welcome};
use cmp_bridge_wire::rpc::{CallHead, Records, ReplyHead};
use cmp_bridge_wire::{Converter, Decoder, Encoder};
use std::sync::OnceLock;

/// One of everything that travels.
const CONTRACT: &str = r#"
contract = 1
[component]
name = "fuzzed"
language = "fortran"
[type.point]
kind = "struct"
size = 32
align = 8
fields = [
  { name = "x", type = "f64", offset = 0 },
  { name = "own", type = "ptr", offset = 8, use = "ignored" },
  { name = "n", type = "i16", offset = 16 },
  { name = "b", type = "u32", offset = 20, bits = [3, 7] },
  { name = "t", type = "[char; 5]", offset = 24 },
]
[routine.r]
symbol = "r_"
params = [
  { name = "v", type = "[[f64; 3]; 2*n]", use = "inout" },
  { name = "n", type = "i32", by = "reference", use = "in" },
  { name = "p", type = "[point; n]", use = "out", nullable = true },
  { name = "q", type = "point", by = "reference", use = "inout", nullable = true },
  { name = "t", type = "chars", use = "inout" },
  { name = "s", type = "cstr", use = "in" },
  { name = "b", type = "[u8; n*n]", use = "in" },
  { name = "l", type = "[logical8; 3]", use = "out" },
]
returns = { type = "complex_f32", use = "out" }
effects = "none"
"#;

fn converter() -> &'static Converter {
    static CONVERTER: OnceLock<Converter> = OnceLock::new();
    CONVERTER.get_or_init(|| {
        let contract = Contract::from_toml(CONTRACT, "fuzzed.toml").expect("a contract");
        Converter::new(&contract, &contract.routines[0]).expect("it travels")
    })
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut records = Records::new(1 << 16);
    for piece in data.chunks(37) {
        records.push(piece);
        while let Ok(Some(record)) = records.next_record() {
            message(record);
        }
    }
    message(data);
});

fn message(bytes: &[u8]) {
    let mut input = Decoder::new(bytes);
    let _ = CallHead::decode(&mut input);
    let mut native = converter().native();
    let _ = converter().decode_inputs(&mut input, &mut native);
    let _ = ReplyHead::decode(&mut Decoder::new(bytes));
    let _ = Hello::decode(&mut Decoder::new(bytes));
    let _ = Welcome::decode(&mut Decoder::new(bytes));
    let _ = Answer::decode(&mut Decoder::new(bytes));
    let _ = SeenHead::decode(&mut Decoder::new(bytes)).and(Ending::decode(&mut Decoder::new(bytes)));
    let mut input = Decoder::new(bytes);
    if converter().decode_inputs(&mut input, &mut native).is_ok() {
        let mut out = Encoder::new();
        converter().encode_inputs(&native, &mut out).expect("what was decoded");
        assert_eq!(out.len(), input.position());
        let mut again = converter().native();
        converter().decode_inputs(&mut Decoder::new(out.bytes()), &mut again).expect("a message of ours");
        let mut third = Encoder::new();
        converter().encode_inputs(&again, &mut third).expect("what was decoded");
        assert_eq!(out.bytes(), third.bytes());
        let _ = converter().decode_outputs(&mut Decoder::new(bytes), &mut again);
    }
}
