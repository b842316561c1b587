//! Folders, rpcgen, gcc.

use cmp_bridge_codegen::bindings::{Bindings, Lang};
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A contract that is tested, and its text.
pub struct Subject {
    pub name: String,
    pub path: PathBuf,
    pub contract: Contract,
}

impl Subject {
    pub fn open(path: &str) -> Subject {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = std::fs::read_to_string(&path).expect("a contract");
        let contract = Contract::from_toml(&text, &path.to_string_lossy()).expect("a contract");
        Subject { name: contract.component.name.clone(), path, contract }
    }

    /// The routines whose calls travel.
    pub fn callable(&self) -> Vec<String> {
        let able =
            self.contract.routines.iter().filter(|routine| wire::shape(&self.contract, routine).is_ok());
        able.map(|routine| routine.name.clone()).collect()
    }

    /// A folder with the RPC language file; `change` makes a twin of it.
    pub fn printed(&self, folder: &str, change: impl Fn(&str) -> String) -> (PathBuf, String) {
        let folder = scratch(folder);
        let bindings = Bindings::new(&self.path).routines(self.callable());
        let files = bindings.generate(Lang::X, &folder).expect("an RPC language file");
        let text = change(&std::fs::read_to_string(&files[0]).expect("an RPC language file"));
        std::fs::write(&files[0], &text).expect("a file");
        (folder, text)
    }
}

pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tirpc").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Runs a program in a folder; it must end well within a minute and say nothing on standard error.
pub fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("timeout");
    command.arg("60").arg(program).args(arguments).current_dir(folder).env("LC_ALL", "C");
    let output = command.output().expect("a program to run");
    let (said, printed) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    // What tshark says to root.
    let said: Vec<&str> = said.lines().filter(|line| !line.starts_with("Running as user")).collect();
    let said = said.join(
        "
",
    );
    assert!(output.status.success() && said.is_empty(), "{command:?}: {}\n{said}\n{printed}", output.status);
    printed.into_owned()
}

/// rpcgen, and a program of some of what it makes and a source of ours, which finds the file's header under `rpc_header.h`.
pub fn build(folder: &Path, stem: &str, source: &str, parts: &[&str]) -> PathBuf {
    run(folder, "rpcgen", &[&format!("{stem}_rpc.x")]);
    std::fs::write(folder.join("rpc_header.h"), format!("#include \"{stem}_rpc.h\"\n")).expect("a header");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tirpc/c").join(source);
    let program = source.strip_suffix(".c").unwrap_or(source);
    let mut arguments: Vec<String> = [
        "-g",
        "-Wall",
        "-Wno-unused-variable",
        "-Wno-unused-function",
        "-Wno-cast-function-type",
        "-Werror",
        "-I.",
        "-I/usr/include/tirpc",
    ]
    .map(str::to_string)
    .into();
    arguments.extend(["-include".into(), "rpc_header.h".into(), "-o".into(), program.into()]);
    arguments.push(ours.display().to_string());
    arguments.extend(parts.iter().map(|part| format!("{stem}_rpc_{part}.c")));
    arguments.push("-ltirpc".into());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(folder, "gcc", &arguments);
    folder.join(program)
}

/// How often something random is tried.
pub fn rounds(short: u32) -> u32 {
    if std::env::var_os("CMP_BRIDGE_LONG").is_some() { 50 * short } else { short }
}
