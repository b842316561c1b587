//! A module of rewrites in safe Rust, as `cmp-bridge new` begins one and a person fills it in.

use crate::support::*;
use cmp_bridge_wire::message::Answer;
use std::path::Path;
use std::process::Command;

/// Builds the crate with these bodies in place of what is to be written; the library.
fn built(bench: &Bench, bodies: [(&str, &str); 3]) -> std::path::PathBuf {
    let folder = bench.path("rewrites");
    let file = folder.join("src/rewrite.rs");
    let skeleton = bench.path("rewrite.rs");
    if !skeleton.exists() {
        std::fs::copy(&file, &skeleton).expect("the skeleton");
    }
    let mut text = std::fs::read_to_string(&skeleton).expect("the skeleton");
    for (name, body) in bodies {
        let todo = format!("todo!(\"rewrite `{name}`\")");
        assert!(text.contains(&todo), "{text}");
        text = text.replace(&todo, body);
    }
    std::fs::write(&file, text).expect("the rewrites");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let _ = std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline"]).current_dir(&folder).env_remove("CARGO_TARGET_DIR");
    let output = cargo.output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder.join("target/debug/librewrites.so")
}

const SCALE: &str = "*calls_made += 1;
        out.iter_mut().zip(in_).for_each(|(out, value)| *out = value * factor);
        if in_.len() == 13 { panic!(\"unlucky\") }
        Ok(if in_.len() > 3 { Done::Warning(1) } else { Done::Ok })";
const CRUNCH: &str = "if k == 13 { panic!(\"unlucky\") }
        v.x += f64::from(k);
        v.y";
const ANSWERS: &str = "4711 + how";

#[test]
fn rewrites_in_rust_answer_panic_and_are_refused_where_they_need_legacy_code() {
    let bench = Bench::new("rust");
    let routines = ["scale", "crunch", "answers"].map(|name| ["--routine", name]).concat();
    let words = [&["new", "rewrites", "--contract", "served.toml"][..], &routines].concat();
    let (code, _, err) = bench.bridge(&words);
    assert_eq!(code, Some(0), "{err}");
    // Directly, and through an object whose class only the run knows.
    for (body, says) in [
        ("crate::served::Control::crunch(v, k)", "the rewrite of `crunch` calls the legacy crunch"),
        (
            "let next: Box<dyn Fn(i32) -> i32> = Box::new(|how| crate::served::Control::answers(how));
        f64::from(std::hint::black_box(next)(k))",
            "the rewrite of `crunch` calls the legacy answers",
        ),
    ] {
        let library = built(&bench, [("scale", SCALE), ("crunch", body), ("answers", ANSWERS)]);
        let config = format!(
            "contracts = [\"served.toml\"]\nmodules = [{library:?}]\n[serve]\nlisten = \"127.0.0.1:0\"\n"
        );
        bench.write("bridge.toml", &config);
        let (code, _, err) = bench.bridge(&["serve", "--config", "bridge.toml", "--explain"]);
        assert!(code == Some(2) && err.contains(says), "{err}");
    }
    // Its twin has the same Control at hand, and does not call it.
    built(&bench, [("scale", SCALE), ("crunch", CRUNCH), ("answers", ANSWERS)]);
    let mut server = bench.serve();
    let mut client = server.caller();
    assert_eq!(client.integer("answers", 1), Ok(4712));
    let mut native = scale(&client, &[1.0, 2.0, 3.0, 4.0], 2.0, 7);
    assert_eq!(client.call("scale", &mut native), Answer::Returned);
    assert_eq!(doubles(native.area(1).expect("out")), [2.0, 4.0, 6.0, 8.0]);
    assert_eq!((native.returned(), native.area(2)), (&[1, 0, 0, 0][..], Some(&8_i32.to_le_bytes()[..])));
    // A panic ends one call, and the caller's memory is as it was: nothing of it came back.
    for _ in 0..3 {
        let mut native = scale(&client, &[1.0; 13], 2.0, 7);
        let answer = client.call("scale", &mut native);
        assert!(matches!(&answer, Answer::Declined(why) if why.contains("panicked")), "{answer:?}");
        let mut native = crunch(&client, (1.0, 2.0, 3), 13);
        let answer = client.call("crunch", &mut native);
        assert!(matches!(&answer, Answer::Declined(why) if why.contains("panicked")), "{answer:?}");
        assert_eq!(client.integer("answers", 2), Ok(4713));
    }
    assert_eq!(server.said(), "");
    // A person repairs it, and the server is not stopped.
    built(&bench, [("scale", SCALE), ("crunch", CRUNCH), ("answers", "how")]);
    server.signal(libc::SIGHUP);
    server.says("1 of 1 are new");
    assert_eq!(client.integer("answers", 5), Ok(5));
    server.stop();
}
