//! What the tests of the C89 stub have in common: machines, programs, a process that hosts legacy routines.

use cmp_bridge_codegen::bindings::{Bindings, Lang};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c89").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A machine: its compiler, and what runs its programs here.
#[derive(Clone, Copy)]
pub struct Machine {
    pub name: &'static str,
    pub compiler: &'static str,
    pub flags: &'static [&'static str],
    pub runner: Option<&'static str>,
}

pub const X86_64: Machine = Machine { name: "x86-64", compiler: "gcc", flags: &["-O2"], runner: None };
pub const I386: Machine = Machine {
    name: "i386",
    compiler: "i686-linux-gnu-gcc",
    flags: &["-O2", "-static", "-msse2", "-mfpmath=sse"],
    runner: Some("qemu-i386"),
};
pub const HPPA: Machine = Machine {
    name: "hppa",
    compiler: "hppa-linux-gnu-gcc",
    flags: &["-O2", "-static"],
    runner: Some("qemu-hppa"),
};

impl Machine {
    /// Compiles sources of `folder` to a program. What `formes` has as 64-bit integers is `long long`, but where flags say otherwise.
    pub fn build(&self, folder: &Path, program: &str, sources: &[&str], flags: &[&str]) -> PathBuf {
        let path = folder.join(format!("{program}.{}", self.name));
        let mut command = Command::new(self.compiler);
        command.current_dir(folder).env("LC_ALL", "C");
        command.args(["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror"]).args(self.flags).args(flags);
        if !flags.iter().any(|flag| flag.starts_with("-DCMPB_FORMES_LONG")) {
            command.arg("-DCMPB_FORMES_LONG=8");
        }
        let output = command.args(sources).arg("-o").arg(&path).output().unwrap();
        assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        path
    }

    /// The command that runs a program here, for at most a minute.
    pub fn run(&self, program: &Path) -> Command {
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
pub fn cases(name: &str) -> PathBuf {
    let folder = bare_cases(name, "formes.toml");
    bare_cases(name, "titres.toml");
    folder
}

/// The stub of one contract, and all sources.
pub fn bare_cases(name: &str, contract: &str) -> PathBuf {
    let folder = scratch(name);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89");
    Bindings::new(own.join(contract)).generate(Lang::C89, &folder).unwrap();
    std::fs::copy(own.join(contract), folder.join(contract)).unwrap();
    for entry in std::fs::read_dir(own).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "c" || end == "h") {
            std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

pub const STUBS: [&str; 3] = ["formes_stub.c", "titres_stub.c", "cmpb_runtime.c"];

/// The legacy program as it was, the same with the stubs, and a process that hosts the legacy routines.
pub struct Programs {
    pub machine: Machine,
    pub direct: PathBuf,
    pub client: PathBuf,
    /// The client without any legacy routine to fall back to.
    pub bare: PathBuf,
    pub server: PathBuf,
}

impl Programs {
    pub fn build(machine: Machine, folder: &Path) -> Programs {
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

    pub fn output(&self, program: &Path, environment: &[(&str, &str)]) -> String {
        let output = self.machine.run(program).envs(environment.iter().copied()).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {}\n{errors}", program.display(), output.status);
        assert_eq!(errors, "", "{}", program.display());
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A process that answers, until it is dropped.
pub struct Host {
    process: std::process::Child,
    pub address: String,
}

impl Host {
    pub fn start(programs: &Programs) -> Host {
        Host::run(programs.machine, &programs.server)
    }

    pub fn run(machine: Machine, program: &Path) -> Host {
        use std::io::BufRead;
        let mut command = Command::new(machine.runner.unwrap_or("env"));
        command.arg(program).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
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

impl Host {
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// How many calls of a program it has answered, as its STATUS says.
    pub fn answered(&self, program: u32) -> u64 {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        for word in [0x8000_0028u32, 1, 0, 2, program, 1, 2, 0, 0, 0, 0] {
            stream.write_all(&word.to_be_bytes()).unwrap();
        }
        let mut mark = [0; 4];
        stream.read_exact(&mut mark).unwrap();
        let mut reply = vec![0; (u32::from_be_bytes(mark) & 0x7fff_ffff) as usize];
        stream.read_exact(&mut reply).unwrap();
        let text = String::from_utf8_lossy(&reply[28..]).into_owned();
        let counts = text.split("\"answered\":").skip(1);
        counts.map(|count| count.split('}').next().unwrap().parse::<u64>().unwrap()).sum()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
