//! Whole conversations with programs that somebody writes who has rpcgen and the RPC language file.

use crate::sample;
use crate::server::{Seen, Server};
use crate::tools::{self, Subject};
use cmp_bridge_wire::message::{Ending, SeenHead};
use cmp_bridge_wire::rpc::Credential;
use std::path::Path;
use std::process::Command;

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
pub fn client(folder: &str, change: impl Fn(&str) -> String) -> (Subject, std::path::PathBuf) {
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
