//! What is answered: values, refusals, and who may ask.

use crate::support::*;
use cmp_bridge_contract::wire::{self, PROCEDURE_NULL};
use cmp_bridge_wire::message::{Answer, Welcome};
use cmp_bridge_wire::rpc::{Credential, Reply};

#[test]
fn values_arrive_and_answers_come_back() {
    let (_bench, mut server) = Bench::served("values", "");
    let mut client = server.caller();
    let mut native = scale(&client, &[1.0, -2.5, f64::INFINITY], 2.0, 41);
    assert_eq!(client.call("scale", &mut native), Answer::Returned);
    assert_eq!(doubles(native.area(1).expect("out")), [2.0, -5.0, f64::INFINITY]);
    assert_eq!((native.returned(), native.area(2)), (&[0, 0, 0, 0][..], Some(&42_i32.to_le_bytes()[..])));
    // A warning is an answer.
    let mut native = scale(&client, &[1.0; 4], 3.0, 0);
    assert_eq!(client.call("scale", &mut native), Answer::Returned);
    assert_eq!(native.returned(), [1, 0, 0, 0]);
    let expected = crunched(&client, (1.0, 2.0, 3), 5);
    let mut native = crunch(&client, (1.0, 2.0, 3), 5);
    assert_eq!(client.call("crunch", &mut native), Answer::Returned);
    assert_eq!((native.area(0), native.returned()), (expected.area(0), expected.returned()));
    // No elements at all.
    let mut native = scale(&client, &[], 2.0, 1);
    assert_eq!(client.call("scale", &mut native), Answer::Returned);
    server.stop();
}

/// Registers of both kinds, the stack, a record on it, text.
#[test]
fn arguments_go_where_the_abi_puts_them() {
    let (_bench, mut server) = Bench::served("abi", "");
    let mut client = server.caller();
    let mut native = client.converter("spell").native();
    native.set_area(0, Some(b"h\xe9lios\0"));
    let integers = [(1, 60_i64), (2, -7), (5, 1 << 40), (6, i64::MIN)];
    integers.iter().for_each(|(at, value)| native.set_value(*at, &value.to_le_bytes()));
    native.set_value(3, &1.25_f32.to_le_bytes());
    native.set_value(4, &[200]);
    native.set_value(7, &(-300_i16).to_le_bytes());
    native.set_value(8, &[bytes(&[0.5, 1e300]), (-1_i32).to_le_bytes().to_vec()].concat());
    native.set_area(1, Some(&[0; 60]));
    assert_eq!(client.call("spell", &mut native), Answer::Returned);
    let expected = b"h\xe9lios -7 1.25 200 1099511627776 -9223372036854775808 -300 0.5 1e+300 -1";
    let returned = i64::from_le_bytes(native.returned().try_into().expect("eight bytes"));
    assert_eq!(returned, expected.len() as i64);
    assert_eq!(native.area(1), Some(&expected[..60]));
    server.stop();
}

#[test]
fn a_candidate_that_does_not_answer_declines() {
    let (_bench, mut server) = Bench::served("declines", "");
    let mut client = server.caller();
    let declined = |answer: Result<i32, Answer>| match answer {
        Err(Answer::Declined(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(client.integer("answers", 0), Ok(4711));
    assert_eq!(client.integer("answers", 1), Ok(4711));
    assert!(declined(client.integer("answers", 2)).contains("outside the contract"));
    assert!(declined(client.integer("answers", 3)).contains("panicked"));
    assert!(declined(client.integer("answers", 4)).contains("panicked"));
    assert!(declined(client.integer("answers", 5)).contains("exception"));
    assert!(declined(client.integer("answers", 77)).contains("declined"));
    assert!(declined(client.integer("unserved", 1)).contains("no module here has a candidate of `unserved`"));
    // Of a routine with effects, what has begun is not begun again elsewhere.
    assert_eq!(client.integer("prints", 3), Ok(4711));
    assert!(matches!(client.integer("prints", 4), Err(Answer::Exception(_))));
    assert!(matches!(client.integer("prints", 2), Err(Answer::Declined(_))));
    let status = client.status();
    let counts = |name: &str, key: &str| routine(&status, name)[key].as_u64();
    assert_eq!(
        ["calls", "answered", "declined", "exceptions"].map(|key| counts("answers", key)),
        [7, 2, 5, 0].map(Some)
    );
    assert_eq!(
        ["calls", "answered", "declined", "exceptions"].map(|key| counts("prints", key)),
        [3, 1, 1, 1].map(Some)
    );
    assert_eq!(routine(&status, "unserved")["answers"], "nobody");
    assert!(routine(&status, "points")["answers"].as_str().expect("a text").starts_with("does not travel: "));
    assert!(routine(&status, "answers")["p50_us"].as_f64().expect("a time") > 0.0);
    assert!(routine(&status, "unserved")["p50_us"].is_null());
    server.stop();
}

#[test]
fn a_hello_is_refused_by_what_differs_and_nothing_is_called_without_one() {
    let (_bench, mut server) = Bench::served("hello", "");
    let mut client = server.client();
    let refused = |welcome: Welcome| match welcome {
        Welcome::Refused { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    let known = client.known();
    let one = |change: &dyn Fn(&mut cmp_bridge_wire::message::Known)| {
        let mut known = known.clone();
        change(&mut known[1]);
        known
    };
    let reason = refused(client.greet("served", one(&|known| known.hash ^= 1)));
    assert!(
        reason.contains("`crunch` has the hash") && reason.contains("generate the other end again"),
        "{reason}"
    );
    let reason = refused(client.greet("served", one(&|known| known.name = "cruhcn".to_owned())));
    assert!(reason.contains("procedure 18 is not `cruhcn` here"), "{reason}");
    for procedure in [0, 1, 15, 19, 32, 33, 34, u32::MAX] {
        let reason = refused(client.greet("served", one(&|known| known.procedure = procedure)));
        assert!(reason.contains(&format!("procedure {procedure} is not `crunch`")), "{reason}");
    }
    let reason = refused(client.greet("Served", known.clone()));
    assert!(reason.contains("component `Served` is not `served`"), "{reason}");
    // The one that does not travel.
    let mut points = known[0].clone();
    (points.procedure, points.name) = (client.procedure("points"), "points".to_owned());
    let reason = refused(client.greet("served", vec![points]));
    assert!(
        reason.contains("`points` does not travel") && reason.contains("leads to nothing described"),
        "{reason}"
    );
    // Of all these not one routine was accepted.
    match client.integer("answers", 0) {
        Err(Answer::NotNow(why)) => {
            assert!(why.contains("no HELLO of this connection has named `answers`"), "{why}")
        }
        other => panic!("{other:?}"),
    }
    // Several HELLOs add up, and are of one connection only.
    let of = |name: &str| known.iter().filter(|known| known.name == name).cloned().collect::<Vec<_>>();
    assert!(matches!(client.greet("served", of("answers")), Welcome::Accepted { .. }));
    assert!(matches!(client.greet("served", of("prints")), Welcome::Accepted { .. }));
    assert_eq!((client.integer("answers", 0), client.integer("prints", 0)), (Ok(4711), Ok(4711)));
    assert!(matches!(client.integer("pause", 0), Err(Answer::NotNow(_))));
    assert!(matches!(server.client().integer("answers", 0), Err(Answer::NotNow(_))));
    let status = server.status();
    assert_eq!(status["hellos_refused"], 12);
    assert_eq!(routine(&status, "answers")["refused"], 2);
    server.says("is refused: `crunch` has the hash");
    server.stop();
}

#[test]
fn what_is_no_call_of_this_program_is_answered_as_rfc_5531_says() {
    let (_bench, mut server) = Bench::served("rfc", "");
    let mut client = server.caller();
    let program = client.program();
    let mut ask = |program, procedure, change: &dyn Fn(&mut Vec<u8>)| {
        let mut message = client.message(program, procedure, |_| ());
        change(&mut message);
        client.send(&message);
        client.reply().0.reply
    };
    let same = |_: &mut Vec<u8>| ();
    assert_eq!(ask(program, PROCEDURE_NULL, &same), Reply::Success);
    assert_eq!(ask(wire::SERVER, PROCEDURE_NULL, &same), Reply::Success);
    assert_eq!(ask(program ^ 1, PROCEDURE_NULL, &same), Reply::NoProgram);
    for procedure in [4, 15, 32, 1000, u32::MAX] {
        assert_eq!(ask(program, procedure, &same), Reply::NoProcedure, "{procedure}");
    }
    assert_eq!(ask(wire::SERVER, 16, &same), Reply::NoProcedure);
    // The words of a record: head, xid, call, version of RPC, program, version, procedure.
    let word = |at: usize, value: u8| move |message: &mut Vec<u8>| message[4 * at + 3] = value;
    assert_eq!(ask(program, 0, &word(3, 3)), Reply::VersionOfRpc { low: 2, high: 2 });
    assert_eq!(ask(program, 0, &word(5, 2)), Reply::VersionOfProgram { low: 1, high: 1 });
    assert_eq!(ask(program, wire::PROCEDURE_HELLO, &same), Reply::GarbageArguments);
    // Arguments that are short, and long.
    let native = scale(&client, &[1.0], 2.0, 0);
    for change in [-8_i32, -4, 4] {
        let mut message = client.call_message("scale", &native);
        message.resize((message.len() as i32 + change) as usize, 0);
        let length = (message.len() as u32 - 4) | 0x8000_0000;
        message[..4].copy_from_slice(&length.to_be_bytes());
        client.send(&message);
        assert_eq!(client.reply().0.reply, Reply::GarbageArguments, "{change}");
    }
    assert_eq!(routine(&client.status(), "scale")["garbage"], 3);
    assert_eq!(client.integer("answers", 0), Ok(4711));
    server.stop();
}

#[test]
fn only_who_is_allowed_may_call() {
    let lines =
        "allow = [{ from = \"127.0.0.0/8\", uids = [500, 501], machines = [\"cmp*\"] }, \"10.0.0.0/8\"]\n";
    let (_bench, mut server) = Bench::served("allow", lines);
    let denied = |credential: Credential| {
        let mut client = server.client();
        client.credential = credential;
        let message = client.message(client.program(), wire::PROCEDURE_HELLO, |_| ());
        client.send(&message);
        match client.reply().0.reply {
            Reply::Unauthenticated(why) => Some(why),
            Reply::GarbageArguments => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(denied(user(500, "cmphp1")), None);
    assert_eq!(denied(user(501, "cmp")), None);
    for refused in [user(502, "cmphp1"), user(500, "hp1cmp"), user(0, ""), Credential::None] {
        assert_eq!(denied(refused.clone()), Some(5), "{refused:?}");
    }
    // Each call is looked at, not the first one only.
    let mut client = server.caller();
    assert_eq!(client.integer("answers", 0), Ok(4711));
    client.credential = user(502, "cmphp1");
    let message = client.message(client.program(), wire::PROCEDURE_STATUS, |_| ());
    client.send(&message);
    assert_eq!(client.reply().0.reply, Reply::Unauthenticated(5));
    client.credential = user(500, "cmphp1");
    assert_eq!(client.status()["unauthenticated"], 5);
    server.says("user 502 of `cmphp1` may not call: no rule of `allow` speaks of it");
    // A name of several lines and for terminals is one line of plain text.
    assert_eq!(denied(user(502, "x\nuser 500 accepted\x1b[2J")), Some(5));
    server.says("`x\u{fffd}user 500 accepted\u{fffd}[2J` may not call");
    server.stop();
}

/// An address that no rule speaks of is not even heard.
#[test]
fn who_calls_from_elsewhere_is_closed_at_once() {
    let (_bench, mut server) = Bench::served("elsewhere", "allow = [\"10.1.2.0/24\", \"127.0.0.2\"]\n");
    let mut client = server.client();
    client.ends();
    server.says("127.0.0.1: may not call");
    server.stop();
}
