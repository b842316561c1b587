//! The C89 stub: what is printed, what is refused, and that every compiler takes it.

use cmp_bridge_codegen::bindings::{Bindings, Lang};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const COMPONENTS: [&str; 4] = ["telemetry", "flight_dynamics", "planning", "ccs"];

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c89").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

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
    &["gcc", "-O2"],
    &["gcc", "-DCMPB_WITHOUT_LEGACY", "-DCMPB_PLAIN"],
    &["gcc", "-DCMPB_BOTH_NAMES", "-DCMPB_NO_NOSIGNAL"],
    &["clang"],
    &["hppa-linux-gnu-gcc"],
    &["i686-linux-gnu-gcc", "-DCMPB_LONG"],
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

/// A machine: its compiler, and what runs its programs here.
#[derive(Clone, Copy)]
struct Machine {
    name: &'static str,
    compiler: &'static str,
    flags: &'static [&'static str],
    runner: Option<&'static str>,
}

const X86_64: Machine = Machine { name: "x86-64", compiler: "gcc", flags: &["-O2"], runner: None };
const I386: Machine = Machine {
    name: "i386",
    compiler: "i686-linux-gnu-gcc",
    flags: &["-O2", "-static", "-msse2", "-mfpmath=sse"],
    runner: Some("qemu-i386"),
};
const HPPA: Machine = Machine {
    name: "hppa",
    compiler: "hppa-linux-gnu-gcc",
    flags: &["-O2", "-static"],
    runner: Some("qemu-hppa"),
};

impl Machine {
    /// Compiles sources of `folder` to a program.
    fn build(&self, folder: &Path, program: &str, sources: &[&str], flags: &[&str]) -> PathBuf {
        let path = folder.join(format!("{program}.{}", self.name));
        let mut command = Command::new(self.compiler);
        command.current_dir(folder).env("LC_ALL", "C");
        command.args(["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror"]).args(self.flags).args(flags);
        let output = command.args(sources).arg("-o").arg(&path).output().unwrap();
        assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        path
    }

    /// The command that runs a program here, for at most a minute.
    fn run(&self, program: &Path) -> Command {
        let mut command = Command::new("timeout");
        command.arg("60").args(self.runner).arg(program);
        command
            .env_remove("CMP_BRIDGE_SERVER")
            .env_remove("CMP_BRIDGE_ROUTES")
            .env("CMP_BRIDGE_VERBOSE", "1");
        command
    }
}

/// The stubs of both contracts of the cases and their sources, in a folder of this test's own.
fn cases(name: &str) -> PathBuf {
    let folder = scratch(name);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89");
    for contract in ["formes.toml", "titres.toml"] {
        Bindings::new(own.join(contract)).generate(Lang::C89, &folder).unwrap();
    }
    for entry in std::fs::read_dir(own).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    folder
}

const STUBS: [&str; 3] = ["formes_stub.c", "titres_stub.c", "cmpb_runtime.c"];

/// The legacy program as it was, the same with the stubs, and a process that hosts the legacy routines.
struct Programs {
    machine: Machine,
    direct: PathBuf,
    client: PathBuf,
    /// The client without any legacy routine to fall back to.
    bare: PathBuf,
    server: PathBuf,
}

impl Programs {
    fn build(machine: Machine, folder: &Path) -> Programs {
        let with = |more: &[&'static str]| [more, &STUBS].concat();
        Programs {
            machine,
            direct: machine.build(folder, "direct", &["formes.c", "appels.c"], &[]),
            client: machine.build(folder, "client", &with(&["formes.c", "appels.c"]), &["-DSTUBBED"]),
            bare: machine.build(
                folder,
                "bare",
                &with(&["formes.c", "appels.c"]),
                &["-DSTUBBED", "-DCMPB_WITHOUT_LEGACY"],
            ),
            server: machine.build(folder, "server", &with(&["formes.c", "hote.c"]), &["-DSTUBBED"]),
        }
    }

    fn output(&self, program: &Path, environment: &[(&str, &str)]) -> String {
        let output = self.machine.run(program).envs(environment.iter().copied()).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {}\n{errors}", program.display(), output.status);
        assert_eq!(errors, "", "{}", program.display());
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A process that answers, until it is dropped.
struct Host {
    process: std::process::Child,
    address: String,
}

impl Host {
    fn start(programs: &Programs) -> Host {
        use std::io::BufRead;
        let mut command = Command::new(programs.machine.runner.unwrap_or("env"));
        command
            .arg(&programs.server)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null());
        // SAFETY: between fork and exec, one system call: the host ends with the test.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            })
        };
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        std::io::BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Host { process, address: format!("127.0.0.1:{}", line.trim()) }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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
