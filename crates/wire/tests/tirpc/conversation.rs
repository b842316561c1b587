//! Whole conversations with programs that somebody writes who has rpcgen and the RPC language file.

use crate::random::{self, Random};
use crate::sample;
use crate::server::{Seen, Server};
use crate::tools::{self, Subject};
use crate::walk;
use cmp_bridge_contract::model::Routine;
use cmp_bridge_contract::wire;
use cmp_bridge_wire::client::{Call, Client, ClientError, Options};
use cmp_bridge_wire::message::{Answer, Ending, Role, SeenHead};
use cmp_bridge_wire::rpc::Credential;
use cmp_bridge_wire::{Converter, Decoder, Encoder, Native};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SAMPLE: &str = "../codegen/tests/x/sample.toml";

/// What the client printed, and whether it was content.
pub fn talk(program: &Path, server: &Server) -> (String, bool) {
    let port = server.address.port().to_string();
    let output = Command::new("timeout").arg("60").arg(program).arg(port).output().expect("the client");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (text, output.status.success())
}

/// The client, of an RPC language file that `change` makes a twin of.
pub fn client(folder: &str, change: impl Fn(&str) -> String) -> (Subject, PathBuf) {
    let subject = Subject::open(SAMPLE);
    let (folder, _) = subject.printed(folder, change);
    let program = tools::build(&folder, "sample", "client.c", &["xdr", "clnt"]);
    (subject, program)
}

#[test]
fn an_rpcgen_client_calls_our_server() {
    let (subject, program) = client("client", str::to_string);
    let server = Server::start(subject.contract, sample::answer);
    let (text, content) = talk(&program, &server);
    assert!(content, "{text}");
    for line in [
        "refused: `fit` is ",
        "server: a server for tests\n",
        "exception: CONSTRAINT_ERROR\n",
        "too few: fit: RPC: Server can't decode arguments\n",
        "status: {\"calls\": 6}\n",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let seen = |i: u32| Seen {
        routine: "fit".into(),
        head: SeenHead { number: (1 << 32) + u64::from(i), dropped: i - 1 },
        ending: Ending::Exception,
    };
    assert_eq!(server.seen(), [seen(1), seen(2), seen(3)]);
    let calls = server.calls();
    let Credential::Sys(who) = &calls[0].1.credential else { panic!("{:?}", calls[0]) };
    assert_eq!(
        (who.machine.as_str(), who.uid, who.gid, who.gids.as_slice()),
        ("hpux_host", 1234, 77, &[77, 78][..])
    );
}

#[test]
fn a_client_of_a_wrong_file_is_not_content() {
    let twins = [
        // Exchanged fields of one type: everything travels, and means something else.
        ("    float re;\n    float im;", "    float im;\n    float re;", "track.phase.re"),
        // Another contract: HELLO refuses.
        (
            "const SAMPLE_TICK_HASH_LOW",
            "const SAMPLE_TICK_HASH_LOW = 1;\nconst SAMPLE_TICK_HASH_OLD",
            "answer.refused == 0",
        ),
    ];
    for (i, (from, to, said)) in twins.into_iter().enumerate() {
        let (subject, program) = client(&format!("client_twin_{i}"), |text| {
            assert!(text.contains(from), "{from} in\n{text}");
            text.replace(from, to)
        });
        let server = Server::start(subject.contract, sample::answer);
        let (text, content) = talk(&program, &server);
        assert!(!content && text.contains(said), "{said} in\n{text}");
    }
}

/// The server that somebody writes who has rpcgen, as long as this lives.
pub struct RpcgenServer {
    child: Child,
    pub address: String,
}

impl RpcgenServer {
    /// Of a program that prints its port.
    pub fn of(program: &Path) -> RpcgenServer {
        // One that its test does not end must not go on for ever.
        let mut command = Command::new("timeout");
        command.args(["--foreground", "300"]).arg(program).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the server");
        let mut port = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut port).expect("a port");
        RpcgenServer { child, address: format!("127.0.0.1:{}", port.trim()) }
    }

    pub fn start(folder: &str, change: impl Fn(&str) -> String) -> (Subject, RpcgenServer) {
        let subject = Subject::open(SAMPLE);
        let (folder, _) = subject.printed(folder, change);
        tools::run(&folder, "rpcgen", &["-m", "-o", "sample_rpc_dispatch.c", "sample_rpc.x"]);
        let program = tools::build(&folder, "sample", "server.c", &["xdr", "dispatch"]);
        (subject, RpcgenServer::of(&program))
    }
}

impl Drop for RpcgenServer {
    fn drop(&mut self) {
        // `timeout` ends what it has started when it is asked to end.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

const DEADLINE: Duration = Duration::from_secs(20);

/// Our client, and what it calls `fit` with.
pub struct Ours {
    pub client: Client,
    fit: Routine,
    converter: Converter,
    call: Call,
    random: Random,
}

impl Ours {
    pub fn new(subject: &Subject, address: &str) -> Ours {
        let contract = &subject.contract;
        let client =
            Client::new(address, Options::new(contract, "our client", Role::Caller)).expect("an address");
        let fit = contract.routine("fit").expect("fit").clone();
        let converter = Converter::new(contract, &fit).expect("a routine that travels");
        let procedure = wire::call_procedure(contract, &fit).expect("a procedure");
        Ours {
            client,
            fit,
            converter,
            call: Call { procedure, deadline: DEADLINE, again: false },
            random: Random(7),
        }
    }

    /// Memory of a random call, with a title.
    fn memory(&mut self, subject: &Subject, title: &str) -> Native {
        let mut native = random::call(&subject.contract, &self.fit, &self.converter, &mut self.random);
        let at = sample::area(&subject.contract, &self.fit, "title");
        native.set_area(at, Some(&[title.as_bytes(), b"\0"].concat()));
        native
    }

    fn copy(&self, native: &Native) -> Native {
        let (mut out, mut copy) = (Encoder::new(), self.converter.native());
        self.converter.encode_inputs(native, &mut out).expect("inputs");
        self.converter.decode_inputs(&mut Decoder::new(out.bytes()), &mut copy).expect("inputs");
        copy
    }

    fn outputs(&self, subject: &Subject, native: &Native) -> Vec<u64> {
        let shape = wire::shape(&subject.contract, &self.fit).expect("a shape");
        walk::values(&subject.contract, &self.fit, &shape.outputs, native)
    }

    pub fn call(&mut self, subject: &Subject, title: &str) -> Result<Answer, ClientError> {
        let mut native = self.memory(subject, title);
        self.client.call_routine(self.call, &self.converter, &mut native)
    }

    /// Calls with any values, and compares with what is answered here. What differs.
    pub fn compare(&mut self, subject: &Subject, rounds: u32) -> Vec<(Vec<u64>, Vec<u64>)> {
        let mut differing = Vec::new();
        for round in 0..rounds {
            let mut there = self.memory(subject, &format!("title {round}"));
            let mut here = self.copy(&there);
            sample::answer(&subject.contract, &self.fit, &mut here);
            let answer = self.client.call_routine(self.call, &self.converter, &mut there);
            assert_eq!(answer.expect("an answer"), Answer::Returned);
            let pair = (self.outputs(subject, &here), self.outputs(subject, &there));
            differing.extend((pair.0 != pair.1).then_some(pair));
        }
        differing
    }
}

#[test]
fn our_client_calls_an_rpcgen_server() {
    let (subject, server) = RpcgenServer::start("server", str::to_string);
    let mut ours = Ours::new(&subject, &server.address);
    ours.client.null(DEADLINE).expect("it is there");
    assert_eq!(ours.client.server(), "an rpcgen server");
    assert_eq!(ours.compare(&subject, tools::rounds(100)), []);
    assert_eq!(ours.call(&subject, "decline").expect("an answer"), Answer::Declined("not mine".into()));
    assert_eq!(
        ours.call(&subject, "raise").expect("an answer"),
        Answer::Exception("CONSTRAINT_ERROR".into())
    );
    // Told, not answered; what is asked next is.
    let native = ours.memory(&subject, "seen");
    for number in 1..4 {
        let seen = |out: &mut Encoder| {
            SeenHead { number, dropped: 0 }.encode(out);
            ours.converter.encode_inputs(&native, out)?;
            Ending::Returned.encode(out);
            ours.converter.encode_outputs(&native, out)
        };
        ours.client.seen(ours.call.procedure + 1, DEADLINE, seen).expect("sent");
    }
    assert_eq!(ours.client.status(DEADLINE).expect("a status"), "{\"seens\": 3}");
}

#[test]
fn many_calls_of_ours_are_on_their_way_at_once_to_an_rpcgen_server() {
    let (subject, server) = RpcgenServer::start("pipeline", str::to_string);
    let mut ours = Ours::new(&subject, &server.address);
    let sent: Vec<Native> = (0..500).map(|i| ours.memory(&subject, &format!("call {i}"))).collect();
    let mut came: Vec<Native> = sent.iter().map(|native| ours.copy(native)).collect();
    let (converter, procedure) = (&ours.converter, ours.call.procedure);
    let write = |i: usize, out: &mut Encoder| converter.encode_inputs(&sent[i], out);
    let read = |i: usize, input: &mut Decoder<'_>| {
        assert_eq!(Answer::decode(input)?, Answer::Returned);
        Ok(converter.decode_outputs(input, &mut came[i])?)
    };
    ours.client.pipeline(&[procedure; 500], DEADLINE, write, read).expect("all answers");
    for (sent, came) in sent.iter().zip(&came) {
        let mut here = ours.copy(sent);
        sample::answer(&subject.contract, &ours.fit, &mut here);
        assert_eq!(ours.outputs(&subject, came), ours.outputs(&subject, &here));
    }
}

#[test]
fn an_rpcgen_server_of_a_wrong_file_is_noticed() {
    let exchanged = |text: &str| text.replace("    float re;\n    float im;", "    float im;\n    float re;");
    let (subject, server) = RpcgenServer::start("server_twin_fields", exchanged);
    assert!(!Ours::new(&subject, &server.address).compare(&subject, 20).is_empty());
    let hash = "const SAMPLE_FIT_HASH_LOW";
    let other = |text: &str| text.replace(hash, &format!("{hash} = 1;\nconst SAMPLE_OLD"));
    let (subject, server) = RpcgenServer::start("server_twin_hash", other);
    let error = Ours::new(&subject, &server.address).call(&subject, "a").expect_err("another contract");
    assert!(
        matches!(&error, ClientError::Refused { code: 2, reason } if reason == "another contract"),
        "{error}"
    );
}
