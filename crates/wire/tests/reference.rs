//! Every routine of the reference contracts that can travel does so, both ways, and keeps its values.

mod support;

use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use cmp_bridge_wire::{Converter, Decoder, Encoder};
use support::filled;

#[test]
fn routines_of_the_reference_contracts_travel() {
    let mut travelled = 0;
    for file in support::reference() {
        let contract = Contract::from_toml(&file.text, &file.name).expect("a valid contract");
        for routine in &contract.routines {
            if wire::shape(&contract, routine).is_err() {
                continue;
            }
            let converter = Converter::new(&contract, routine).expect("what has a shape has a converter");
            let native = filled(&contract, routine, &converter, 4);
            let (mut sent, mut answered) = (Encoder::new(), Encoder::new());
            converter.encode_inputs(&native, &mut sent).expect("inputs of the right sizes");
            let mut other = converter.native();
            let mut input = Decoder::new(sent.bytes());
            converter.decode_inputs(&mut input, &mut other).expect("our own message");
            input.finish().expect("all of it");
            converter.encode_outputs(&other, &mut answered).expect("outputs");
            let mut native = native;
            let mut input = Decoder::new(answered.bytes());
            converter.decode_outputs(&mut input, &mut native).expect("our own answer");
            input.finish().expect("all of it");
            let mut again = Encoder::new();
            converter.encode_inputs(&native, &mut again).expect("inputs");
            assert_eq!(sent.bytes(), again.bytes(), "{}: it answered what it was given", routine.name);
            travelled += 1;
        }
    }
    assert!(travelled >= 40, "only {travelled} routines");
}
