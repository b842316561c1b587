//! `cmp-bridge kit`: the acceptance kit, which tests on site what cannot be tested here.

mod layouts;

use crate::error::{Ending, Explain, FileError};
use crate::output::{Paint, print};
use cmp_bridge_codegen::bindings::{self, Bindings, File, Lang};
use cmp_bridge_contract::model::Contract;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use tar::{Builder, EntryType, Header};

/// Makes one tar file of C89 sources that test the stubs on a machine without Rust, and print a report to bring back
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge kit --out kit.tar
  cmp-bridge kit contracts/flight_dynamics.toml contracts/telemetry.toml --out kit.tar

There:
  tar xf kit.tar; cd cmp-bridge-kit; sh run.sh    # HP-UX: cc and f77
  sh run.sh CC=gcc CFLAGS='-std=c89 -O2' FC=gfortran

It tests the codec, numbers and layouts, sockets and signals, messages in fragments, fork and SIGPIPE, a server that is slow, killed
and started again, a stub in a shared library and the local Fortran compiler; with contracts, that their stubs compile, and how
the local compiler lays their records out. What it does not look at is listed in the report. Nothing is installed
there, and no other machine is spoken to. report.txt is what to bring back: a line for each thing looked at, and a verdict.

Exit status: 0 written; 2 an error, and nothing was written.")]
pub struct Args {
    /// Contracts whose stubs are compiled there, and whose records are looked at
    #[arg(value_name = "CONTRACT")]
    contracts: Vec<PathBuf>,
    /// The tar file
    #[arg(long, value_name = "FILE", default_value = "cmp-bridge-kit.tar")]
    out: PathBuf,
    /// What was written, as JSON
    #[arg(long)]
    json: bool,
}

/// Why there is no kit.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The tar file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A contract, or what cannot be printed of it.
    #[error(transparent)]
    Generate(#[from] cmp_bridge_codegen::Error),
    /// Two contracts of one component, or one that is called as the kit's own.
    #[error("{}: there is another component `{name}` in the kit", contract.display())]
    Twice {
        /// The contract.
        contract: PathBuf,
        /// The component.
        name: String,
    },
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::File(error) => error.hint(),
            Error::Generate(_) => Some("`cmp-bridge check` explains each error of a contract".to_owned()),
            Error::Twice { .. } => Some("make a kit for each of them".to_owned()),
            Error::Output(_) => None,
        }
    }
}

/// The folder in the tar file.
const TOP: &str = "cmp-bridge-kit";

/// What is the same in every kit.
const SOURCES: &[(&str, &str)] = &[
    ("Makefile", include_str!("kit.mk")),
    ("README", include_str!("README")),
    ("codec.c", include_str!("codec.c")),
    ("facts.c", include_str!("facts.c")),
    ("fortran.c", include_str!("fortran.c")),
    ("fortran_side.f", include_str!("fortran_side.f")),
    ("hosting.c", include_str!("hosting.c")),
    ("hosting.h", include_str!("hosting.h")),
    ("kit.h", include_str!("kit.h")),
    ("kit.toml", CONTRACT),
    ("legacy.c", include_str!("legacy.c")),
    ("legacy.h", include_str!("legacy.h")),
    ("loaded.c", include_str!("loaded.c")),
    ("loading.c", include_str!("loading.c")),
    ("report.c", include_str!("report.c")),
    ("routines.c", include_str!("routines.c")),
    ("run.sh", include_str!("run.sh")),
    ("sockets.c", include_str!("sockets.c")),
    ("wire.c", include_str!("wire.c")),
];

/// The kit's own routines.
const CONTRACT: &str = include_str!("kit.toml");

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let mut files: BTreeMap<String, String> =
        SOURCES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let own = Contract::from_toml(CONTRACT, "kit.toml").map_err(cmp_bridge_codegen::Error::from)?;
    take(&mut files, bindings::print(&own, Lang::C89)?);
    let mut left_out = Vec::new();
    for contract in &args.contracts {
        let (bindings, faults) = Bindings::new(contract).without_unsupported(Lang::C89)?;
        let mut names: Vec<String> = faults.into_iter().map(|fault| fault.routine).collect();
        names.dedup();
        left_out.push((contract, names));
        let printed = bindings.print(Lang::C89)?;
        let stub = printed.iter().find_map(|file| Some((file.name.strip_suffix("_stub.c")?, &file.text)));
        if let Some((name, text)) = stub {
            if files.contains_key(&format!("{name}_stub.c")) {
                return Err(Error::Twice { contract: contract.clone(), name: name.to_owned() });
            }
            files.insert(format!("layouts_{name}.c"), layouts::program(name, text));
        }
        take(&mut files, printed);
    }
    let bytes = pack(&files).map_err(FileError::new(&args.out, "made"))?;
    std::fs::write(&args.out, bytes).map_err(FileError::new(&args.out, "written"))?;
    tell(args, &files, &left_out)?;
    Ok(Ending::Good)
}

/// The generator's Makefile and servers are for programs: the kit has its own.
fn take(files: &mut BTreeMap<String, String>, printed: Vec<File>) {
    let wanted =
        printed.into_iter().filter(|file| file.name != "Makefile" && !file.name.ends_with("_serve.c"));
    files.extend(wanted.map(|file| (file.name, file.text)));
}

/// The format that every `tar` reads; the same for the same files.
fn pack(files: &BTreeMap<String, String>) -> io::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    let header = |size: u64, mode: u32, kind: EntryType| {
        let mut header = Header::new_ustar();
        header.set_size(size);
        header.set_mode(mode);
        header.set_mtime(0);
        header.set_entry_type(kind);
        header
    };
    tar.append_data(&mut header(0, 0o755, EntryType::Directory), format!("{TOP}/"), io::empty())?;
    for (name, text) in files {
        let mode = if Path::new(name).extension().is_some_and(|e| e == "sh") { 0o755 } else { 0o644 };
        let mut header = header(text.len() as u64, mode, EntryType::Regular);
        tar.append_data(&mut header, format!("{TOP}/{name}"), text.as_bytes())?;
    }
    tar.into_inner()
}

fn tell(
    args: &Args,
    files: &BTreeMap<String, String>,
    left_out: &[(&PathBuf, Vec<String>)],
) -> io::Result<()> {
    let out = args.out.display();
    if args.json {
        let names: Vec<&String> = files.keys().collect();
        let left_out: Vec<Value> = left_out
            .iter()
            .map(|(contract, names)| json!({ "contract": contract.display().to_string(), "routines": names }))
            .collect();
        let all = json!({ "file": out.to_string(), "folder": TOP, "files": names, "left_out": left_out });
        return print(&format!("{all:#}\n"));
    }
    let paint = Paint::stdout();
    let mut text = String::new();
    for (contract, names) in left_out.iter().filter(|(_, names)| !names.is_empty()) {
        text += &format!(
            "{}: {}: left out are {}; `cmp-bridge generate --lang c89` says why\n",
            paint.doubtful("note"),
            contract.display(),
            names.join(", ")
        );
    }
    text += &format!(
        "{out} written: {} files. There: tar xf, cd {TOP}, sh run.sh; bring back report.txt\n",
        files.len()
    );
    print(&text)
}
