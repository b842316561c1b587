//! The C89 stub: what is printed, what is refused, and that every compiler takes it.

#[path = "c89/codec.rs"]
mod codec;
#[path = "c89/faults.rs"]
mod faults;
#[path = "c89/left.rs"]
mod left;
#[path = "c89/names.rs"]
mod names;
#[path = "c89/recording.rs"]
mod recording;
#[path = "c89/serving.rs"]
mod serving;
#[path = "c89/support.rs"]
mod support;

use cmp_bridge_codegen::bindings::{Bindings, Lang};
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{HPPA, Host, I386, Programs, X86_64, cases, scratch};

const COMPONENTS: [&str; 4] = ["telemetry", "flight_dynamics", "planning", "ccs"];

fn contract(component: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../contracts/{component}.toml"))
}

/// Compares with a golden file; UPDATE_EXPECT=1 writes it anew.
fn expect(name: &str, found: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == found, "{} differs from what is printed; see UPDATE_EXPECT=1", file.display());
}

/// What must take every stub without a warning.
const COMPILERS: [&[&str]; 6] = [
    &["gcc", "-O1"],
    &["gcc", "-fsyntax-only", "-DCMPB_WITHOUT_LEGACY", "-DCMPB_PLAIN"],
    &["gcc", "-fsyntax-only", "-DCMPB_BOTH_NAMES", "-DCMPB_NO_NOSIGNAL"],
    &["clang", "-fsyntax-only"],
    &["hppa-linux-gnu-gcc", "-DCMPB_TELEMETRY_LONG=8", "-DCMPB_CCS_LONG=8"],
    &["i686-linux-gnu-gcc", "-DCMPB_TELEMETRY_LONG=4", "-DCMPB_CCS_LONG=4"],
];

#[test]
fn the_reference_contracts_compile_everywhere() {
    let mut refused = String::new();
    for component in COMPONENTS {
        let folder = scratch("reference");
        let (bindings, left_out) = Bindings::new(contract(component)).without_unsupported(Lang::C89).unwrap();
        for fault in left_out {
            refused.push_str(&format!("{component}: {fault}\n"));
        }
        bindings.generate(Lang::C89, &folder).unwrap();
        for compiler in COMPILERS {
            let mut command = Command::new(compiler[0]);
            command.env("LC_ALL", "C").current_dir(&folder).args(&compiler[1..]);
            command.args(["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", "-c", "-o", "/dev/null"]);
            let sources =
                [format!("{component}_stub.c"), format!("{component}_serve.c"), "cmpb_runtime.c".into()];
            for source in sources {
                let mut command_of = Command::new(command.get_program());
                command_of.current_dir(&folder).env("LC_ALL", "C").args(command.get_args()).arg(&source);
                let output = command_of.output().unwrap();
                assert!(
                    output.status.success() && output.stderr.is_empty(),
                    "{command_of:?}\n{}",
                    String::from_utf8_lossy(&output.stderr)
                );
            }
        }
    }
    expect("c89_refused.txt", &refused);
}

/// Each machine's legacy program, answered by each machine's host, prints what the host's machine prints alone.
#[test]
fn every_machine_answers_every_other() {
    let folder = cases("machines");
    let all: Vec<Programs> =
        [X86_64, I386, HPPA].into_iter().map(|machine| Programs::build(machine, &folder)).collect();
    for programs in &all {
        let alone = programs.output(&programs.direct, &[]);
        assert_eq!(programs.output(&programs.client, &[]), alone, "{}: route legacy", programs.machine.name);
    }
    for host in &all {
        let alone = host.output(&host.direct, &[]);
        for client in &all {
            let running = Host::start(host);
            let environment =
                [("CMP_BRIDGE_SERVER", running.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=rust")];
            for program in [&client.client, &client.bare] {
                let found = client.output(program, &environment);
                assert_eq!(found, alone, "{} answered by {}", client.machine.name, host.machine.name);
            }
        }
    }
}

/// 64-bit integers by value: `long` on every machine of these, with 32 bits on two. What does not fit is refused, and the
/// legacy routine answers.
#[test]
fn longs_travel_where_they_fit() {
    let folder = cases("longs");
    let sources = |first: &'static str| [&[first, "formes.c"], &support::STUBS[..]].concat();
    let build = |machine: support::Machine, flags: &[&str]| {
        let flags = [&["-DSTUBBED", "-DCMPB_FORMES_LONG=4"], flags].concat();
        (machine, machine.build(&folder, "longs", &sources("longs.c"), &flags))
    };
    let hosts: Vec<(support::Machine, PathBuf)> = [X86_64, I386, HPPA]
        .map(|machine| {
            (
                machine,
                machine.build(&folder, "hote", &sources("hote.c"), &["-DSTUBBED", "-DCMPB_FORMES_LONG=4"]),
            )
        })
        .into();
    for (client, program) in [X86_64, I386, HPPA].map(|machine| build(machine, &["-DCMPB_WITHOUT_LEGACY"])) {
        for (machine, host) in &hosts {
            let host = Host::run(*machine, host);
            let mut command = client.run(&program);
            let output = command.env("CMP_BRIDGE_SERVER", &host.address).output().unwrap();
            let found = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(found, "-6 3 8 8 8 7\n", "{} answered by {}: {output:?}", client.name, machine.name);
        }
    }
    let (client, program) = build(X86_64, &[]);
    let host = Host::run(HPPA, &hosts[2].1);
    let mut command = client.run(&program);
    command.arg("5000000000").env("CMP_BRIDGE_SERVER", &host.address).env("CMP_BRIDGE_ROUTES", "*=rust");
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "10000000000 3 8 8 8 7\n");
}

/// The legacy program's own select loop answers, several callers at once.
#[test]
fn a_program_answers_in_its_own_loop() {
    use std::io::BufRead;
    let folder = cases("loop");
    let sources = |first: &[&'static str]| [first, &support::STUBS].concat();
    let program = X86_64.build(&folder, "boucle", &sources(&["boucle.c", "formes.c"]), &["-DSTUBBED"]);
    let flags = ["-DSTUBBED", "-DCMPB_WITHOUT_LEGACY"];
    let client = X86_64.build(&folder, "bare", &sources(&["appels.c", "formes.c"]), &flags);
    let direct = X86_64.build(&folder, "direct", &["appels.c", "formes.c"], &[]);
    let expected = X86_64.run(&direct).output().unwrap().stdout;
    let mut host = X86_64
        .run(&program)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufReader::new(host.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = format!("127.0.0.1:{}", line.trim());
    // More callers than one, silent ones among them, and some that leave in the middle of a call.
    let silent: Vec<_> = (0..20).map(|_| std::net::TcpStream::connect(&address).unwrap()).collect();
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let mut command = X86_64.run(&client);
            command.env("CMP_BRIDGE_SERVER", &address).env("CMP_BRIDGE_ROUTES", "*=rust");
            command.stdout(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for caller in callers {
        let output = caller.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(output.stdout, expected);
    }
    for mut stream in silent {
        let _ = std::io::Write::write_all(&mut stream, &[0x80, 0, 0, 40, 0, 0]);
    }
    drop(host.stdin.take());
    assert!(host.wait().unwrap().success());
}

/// Real Fortran: texts with hidden lengths, COMMON, LOGICAL, complex and CHARACTER functions, on each machine, each answered by
/// each other.
#[test]
fn fortran_is_answered_by_fortran_elsewhere() {
    let folder = cases("fortran");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89");
    let machines = [X86_64, I386, HPPA];
    let built = machines.map(|machine| {
        let prefix = machine.compiler.trim_end_matches("gcc");
        let run = |tool: &str, arguments: &[&str]| {
            let mut command = Command::new(format!("{prefix}{tool}"));
            let output = command.current_dir(&folder).args(arguments).output().unwrap();
            assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        };
        let object = |source: &str| format!("{source}.{}.o", machine.name);
        for source in ["titres.f", "principal.f"] {
            let path = own.join(source);
            run(
                "gfortran",
                &[machine.flags, &["-c", path.to_str().unwrap(), "-o", &object(source)]].concat(),
            );
        }
        for source in ["titres_stub.c", "titres_serve.c", "cmpb_runtime.c"] {
            run("gcc", &[machine.flags, &["-std=c89", "-c", source, "-o", &object(source)]].concat());
        }
        let renamed = object("legacy");
        let names = ["centre_", "module_", "conj_", "nom_"].map(|name| format!("{name}=legacy_{name}"));
        let rename: Vec<&str> = names.iter().flat_map(|name| ["--redefine-sym", name]).collect();
        run("objcopy", &[&rename[..], &[&object("titres.f"), &renamed]].concat());
        let link = |program: &str, objects: &[&str]| {
            let program = format!("{program}.{}", machine.name);
            let objects: Vec<String> = objects.iter().map(|source| object(source)).collect();
            let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
            run("gfortran", &[machine.flags, &objects, &["-o", &program]].concat());
            folder.join(program)
        };
        let stub = ["titres_stub.c", "cmpb_runtime.c", "legacy"];
        let direct = link("direct", &["principal.f", "titres.f"]);
        let client = link("client", &[&["principal.f"], &stub[..]].concat());
        let host = link("host", &[&["titres_serve.c"], &stub[..]].concat());
        (machine, direct, client, host)
    });
    let output = |machine: support::Machine, program: &Path, environment: &[(&str, &str)]| {
        let output = machine.run(program).envs(environment.iter().copied()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let expected = output(X86_64, &built[0].1, &[]);
    assert!(expected.contains("...etxet nuLotdefin") && expected.contains("bloc   !"), "{expected}");
    for (machine, _, _, host) in &built {
        let host = Host::run(*machine, host);
        for (client, direct, program, _) in &built {
            assert_eq!(output(*client, direct, &[]), expected, "{} alone", client.name);
            let environment = [("CMP_BRIDGE_SERVER", &*host.address), ("CMP_BRIDGE_ROUTES", "*=rust")];
            let found = output(*client, program, &environment);
            assert_eq!(found, expected, "{} answered by {}", client.name, machine.name);
        }
        assert_eq!(host.answered(titres_number()), 12, "{}: four calls of each client", machine.name);
    }
}

fn titres_number() -> u32 {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89/titres.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let contract = cmp_bridge_contract::model::Contract::from_toml(&text, "titres.toml").unwrap();
    cmp_bridge_contract::wire::program(&contract)
}
