//! How fast the codec is: arrays of doubles to the wire and back, through the conversion of a contract, beside a plain copy.
//!
//!     cargo run --release -p cmp-bridge-wire --example codec

use cmp_bridge_contract::model::Contract;
use cmp_bridge_wire::{Converter, Decoder, Encoder};
use std::hint::black_box;
use std::time::Instant;

const CONTRACT: &str = r#"
contract = 1
[component]
name = "speed"
language = "c"
[type.point]
kind = "struct"
size = 64
align = 8
fields = [
  { name = "t", type = "i32", offset = 0 },
  { name = "v", type = "[f64; 6]", offset = 8 },
  { name = "flag", type = "u8", offset = 56 },
]
[routine.doubles]
symbol = "doubles"
params = [
  { name = "n", type = "i32", use = "in" },
  { name = "v", type = "[f64; n]", use = "inout" },
]
effects = "none"
[routine.points]
symbol = "points"
params = [
  { name = "n", type = "i32", use = "in" },
  { name = "v", type = "[point; n]", use = "inout" },
]
effects = "none"
"#;

/// Bytes of memory that each measurement converts.
const TOTAL: usize = 1 << 31;

fn main() {
    let contract = Contract::from_toml(CONTRACT, "speed.toml").expect("a contract");
    for (routine, element, counts) in
        [("doubles", 8, [8i32, 1000, 100_000, 1_000_000]), ("points", 64, [8, 100, 10_000, 100_000])]
    {
        let routine = contract.routine(routine).expect("a routine");
        let converter = Converter::new(&contract, routine).expect("it travels");
        for count in counts {
            measure(&routine.name, &converter, count, element);
        }
    }
}

fn measure(name: &str, converter: &Converter, count: i32, element: usize) {
    let bytes = count as usize * element;
    let times = TOTAL / bytes / if bytes < 1000 { 8 } else { 1 };
    let memory: Vec<u8> = (0..bytes / 8).flat_map(|i| (i as f64 * 0.7).to_le_bytes()).collect();
    let mut native = converter.native();
    native.set_value(0, &count.to_le_bytes());
    native.set_area(0, Some(&memory));
    let (mut out, mut answer) = (Encoder::new(), Encoder::new());
    let encode = speed(times, bytes, || {
        out.clear();
        converter.encode_inputs(black_box(&native), &mut out).expect("a message");
    });
    let mut other = converter.native();
    let decode = speed(times, bytes, || {
        let mut input = Decoder::new(black_box(out.bytes()));
        converter.decode_inputs(&mut input, &mut other).expect("a call");
    });
    converter.encode_outputs(&native, &mut answer).expect("an answer");
    let keep = speed(times, bytes, || {
        let mut input = Decoder::new(black_box(answer.bytes()));
        converter.decode_outputs(&mut input, &mut other).expect("outputs");
    });
    let mut to = vec![0u8; bytes];
    let copy = speed(times, bytes, || black_box(&mut to).copy_from_slice(black_box(&memory)));
    println!(
        "{name:8} {bytes:8} bytes: encode {encode:5.2}, decode {decode:5.2}, decode into what is there {keep:5.2}, copy {copy:5.2} GB/s"
    );
}

/// Bytes a nanosecond, which are GB a second.
fn speed(times: usize, bytes: usize, mut work: impl FnMut()) -> f64 {
    work();
    let began = Instant::now();
    (0..times).for_each(|_| work());
    (times * bytes) as f64 / began.elapsed().as_nanos() as f64
}
