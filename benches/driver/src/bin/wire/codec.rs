//! The codec and the pipeline, in Rust.

use crate::Failure;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use cmp_bridge_wire::client::{Client, Options};
use cmp_bridge_wire::message::{Answer, Role};
use cmp_bridge_wire::{Converter, Decoder, Encoder};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Doubles of an array: 512 KiB, which stay in the cache.
const DOUBLES: usize = 65_536;
/// Arrays of a round.
const TIMES: usize = 50;

/// Gigabytes by second: encoding, decoding, and copying the same.
pub fn speeds() -> Result<[f64; 3], Failure> {
    let values: Vec<f64> = (0..DOUBLES).map(|i| i as f64 * 0.37 - 5.0).collect();
    let bytes = (DOUBLES * size_of::<f64>() * TIMES) as f64;
    let speed = |began: Instant| bytes / began.elapsed().as_secs_f64() / 1e9;
    let mut out = Encoder::new();
    let began = Instant::now();
    for _ in 0..TIMES {
        out.clear();
        out.doubles(black_box(&values));
        black_box(out.bytes());
    }
    let encoding = speed(began);
    let mut read = Vec::new();
    let began = Instant::now();
    for _ in 0..TIMES {
        let mut input = Decoder::new(black_box(out.bytes()));
        read.clear();
        input.doubles(u32::MAX, &mut read).map_err(|error| Failure(format!("the codec: {error}")))?;
        black_box(&read);
    }
    let decoding = speed(began);
    if read != values {
        return Err(Failure("the codec: what was read is not what was written".into()));
    }
    let mut copy = vec![0.0; DOUBLES];
    let began = Instant::now();
    for _ in 0..TIMES {
        copy.copy_from_slice(black_box(&values));
        black_box(&copy);
    }
    Ok([encoding, decoding, speed(began)])
}

/// Calls that are on their way at the same time.
pub struct Pipeline {
    client: Client,
    converter: Converter,
    procedure: u32,
}

impl Pipeline {
    /// Of a server with the benchmark's routine.
    pub fn new(contract: &Contract, address: &str) -> Result<Pipeline, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure(format!("the pipeline: {error}"));
        let routine = contract.routine("bench_weigh").ok_or_else(|| failed(&"no bench_weigh"))?;
        let converter =
            Converter::new(contract, routine).map_err(|_| failed(&"bench_weigh does not travel"))?;
        let procedure = wire::call_procedure(contract, routine).ok_or_else(|| failed(&"no procedure"))?;
        let options = Options::new(contract, "bench", Role::Caller);
        let client = Client::new(address, options).map_err(|error| failed(&error))?;
        Ok(Pipeline { client, converter, procedure })
    }

    /// Nanoseconds by call of a batch.
    pub fn run(&mut self, calls: usize) -> Result<f64, Failure> {
        let mut native = self.converter.native();
        let mut block = [0u8; 120];
        block[..8].copy_from_slice(&3f64.to_ne_bytes());
        block[112..].copy_from_slice(&5f64.to_ne_bytes());
        native.set_area(0, Some(&block));
        native.set_value(1, &2f64.to_ne_bytes());
        let mut answer = self.converter.native();
        answer.set_area(0, Some(&block));
        let (procedures, converter) = (vec![self.procedure; calls], &self.converter);
        let mut right = 0;
        let began = Instant::now();
        let outcome = self.client.pipeline(
            &procedures,
            Duration::from_secs(60),
            |_, out| converter.encode_inputs(&native, out),
            |_, input| {
                if Answer::decode(input)? == Answer::Returned {
                    converter.decode_outputs(input, &mut answer)?;
                    right += usize::from(answer.returned() == 11f64.to_ne_bytes());
                }
                Ok(input.finish()?)
            },
        );
        let took = began.elapsed();
        outcome.map_err(|error| Failure(format!("the pipeline: {error}")))?;
        match right == calls {
            true => Ok(took.as_nanos() as f64 / calls as f64),
            false => Err(Failure(format!("the pipeline: {right} right answers of {calls}"))),
        }
    }
}
