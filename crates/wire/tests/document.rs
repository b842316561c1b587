//! What `docs/wire.md` shows in bytes is what is sent, and what it says of the reference CMP is so.

use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::model::{Contract, Routine};
use cmp_bridge_contract::wire;
use cmp_bridge_wire::message::{Answer, Hello, Known, Role, Welcome};
use cmp_bridge_wire::rpc::{CallHead, Credential, Reply, ReplyHead, SysCredential, begin_record, end_record};
use cmp_bridge_wire::{Converter, Encoder, MESSAGE_LIMIT, Native};
use std::path::Path;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The bytes of a block of the document.
fn block(document: &str, name: &str) -> Vec<u8> {
    let begin = format!("```bytes {name}\n");
    let (_, rest) = document.split_once(&begin).unwrap_or_else(|| panic!("no block `{name}`"));
    let (text, _) = rest.split_once("```").expect("an end");
    let words = text.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
    words.map(|word| u8::from_str_radix(word, 16).unwrap_or_else(|_| panic!("{word}"))).collect()
}

fn record(write: impl FnOnce(&mut Encoder)) -> Vec<u8> {
    let mut out = Encoder::new();
    let at = begin_record(&mut out);
    write(&mut out);
    end_record(&mut out, at, MESSAGE_LIMIT).expect("short");
    out.into_bytes()
}

fn head(contract: &Contract, xid: u32, procedure: u32, out: &mut Encoder) {
    let sys = SysCredential { machine: "hp-01".into(), uid: 200, gid: 20, ..SysCredential::default() };
    let (program, version) = (wire::program(contract), wire::VERSION);
    CallHead { xid, program, version, procedure, credential: Credential::Sys(sys) }.encode(out);
}

fn success(xid: u32, out: &mut Encoder) {
    ReplyHead { xid, reply: Reply::Success }.encode(out);
}

fn ecrdat() -> (Contract, Routine) {
    let contract = Contract::from_toml(&file("contracts/flight_dynamics.toml"), "flight_dynamics.toml");
    let contract = contract.unwrap_or_else(|errors| panic!("{errors}"));
    let routine = contract.routine("ecrdat").expect("a routine").clone();
    (contract, routine)
}

/// The values of the example, with the text as it is before or after the call.
fn values(converter: &Converter, text: &[u8]) -> Native {
    let mut native = converter.native();
    let values: [&[u8]; 4] = [&18262i32.to_le_bytes(), &43200.5f64.to_le_bytes(), text, &[0; 4]];
    for (index, owner) in converter.owners().iter().enumerate() {
        if let Owner::Param(i) = owner {
            native.set_area(index, Some(values[*i]));
        }
    }
    native
}

#[test]
fn the_example_is_what_is_sent() {
    let document = file("docs/wire.md");
    let (contract, routine) = ecrdat();
    let shape = wire::shape(&contract, &routine).expect("it travels");
    let hash = shape.hash(&contract, &routine);
    let procedure = wire::call_procedure(&contract, &routine).expect("a procedure");
    let hello = record(|out| {
        head(&contract, 1, wire::PROCEDURE_HELLO, out);
        let routines = vec![Known { procedure, name: "ecrdat".into(), hash }];
        let component = contract.component.name.clone();
        Hello { component, what: "hand".into(), role: Role::Caller, routines }.encode(out);
    });
    assert_eq!(block(&document, "hello"), hello);
    let welcome = record(|out| {
        success(1, out);
        Welcome::Accepted { what: "server".into() }.encode(out);
    });
    assert_eq!(block(&document, "welcome"), welcome);
    let converter = Converter::new(&contract, &routine).expect("it travels");
    let call = record(|out| {
        head(&contract, 2, procedure, out);
        converter.encode_inputs(&values(&converter, &[b' '; 23]), out).expect("inputs");
    });
    assert_eq!(block(&document, "call"), call);
    let answer = record(|out| {
        success(2, out);
        Answer::Returned.encode(out);
        let after = values(&converter, b"2000-01-01 12:00:00.500");
        converter.encode_outputs(&after, out).expect("outputs");
    });
    assert_eq!(block(&document, "answer"), answer);
    for said in
        [format!("{:#x}", wire::program(&contract)), format!("{hash:016x}"), format!("procedure {procedure}")]
    {
        assert!(document.contains(&said), "{said}");
    }
}

#[test]
fn the_example_is_of_the_contract() {
    let document = file("docs/wire.md");
    let (_, rest) = document.split_once("```toml\n").expect("the contract");
    let (text, _) = rest.split_once("```").expect("an end");
    let whole = format!(
        "contract = 1\n[component]\nname = \"c\"\nlanguage = \"fortran\"\n{text}\nstatus = {{ ok = 0 }}"
    );
    let shown = Contract::from_toml(&whole, "wire.md").unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(shown.routines[0].params, ecrdat().1.params);
    // Every limit that the document prints.
    for limit in [wire::MAX_NAME, wire::MAX_WHAT, wire::MAX_ROUTINES, wire::MAX_REASON] {
        assert!(document.contains(&format!("<{limit}>")), "{limit}");
    }
    assert!(document.contains("16 MiB") && MESSAGE_LIMIT == 16 << 20);
}
