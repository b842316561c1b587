//! `cmp-bridge doctor`: whether built files run on an older machine.

use crate::error::{Ending, Explain};
use crate::output::{Paint, note, print};
use crate::report::count;
use cmp_bridge_inspect::binary::{Binary, BinaryError, Kind};
use cmp_bridge_inspect::doctor::target::System;
use cmp_bridge_inspect::doctor::{Facts, Finding, Relro, diagnose, open};
use cmp_bridge_inspect::finding::Severity;
use serde_json::{Value, json};
use std::io;
use std::path::PathBuf;

/// Says whether a module, an agent or an executable runs on an older machine, and what stands in the way
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge doctor target/release/libcmp_bridge_agent.so target/release/librewrite_three.so --target rhel7
  cmp-bridge doctor legacy/build/pie/cmp_day --target rhel9 --json

It reads the files and runs nothing: the highest version of each library's symbols, needed libraries, RPATH and RUNPATH,
executable stack, text relocations, hash tables, loader, thread-local storage, processor level, kernel, protection of
relocations, build-id and @(#). Which instructions the code really uses is not looked at: the processor level is what the
file's own note asks for, where it has one.

What is known of a system are the libraries of its C library and compilers. Of any other library, or of a version that is
not known, it says that it does not know, which is a warning. Kernel modules, graphics and packages of third parties are not
looked at.

Exit status: 0 nothing stands in the way; 1 errors or warnings; 2 a file cannot be read.")]
pub struct Args {
    /// Executables and shared libraries
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The machine they are to run on
    #[arg(long, value_name = "SYSTEM", default_value = "rhel7", value_parser = system)]
    target: System,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The system of that name, from a command line.
pub fn system(name: &str) -> Result<System, String> {
    let names: Vec<&str> = System::ALL.iter().map(|system| system.name).collect();
    System::from_name(name).ok_or_else(|| format!("one of {}", names.join(", ")))
}

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::Binary(BinaryError::Unreadable { .. }) | Error::Output(_) => None,
            Error::Binary(_) => Some("doctor reads ELF executables and shared libraries".to_owned()),
        }
    }
}

/// Runs the command. A file that cannot be read hides no other.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let mut ending = Ending::Good;
    let mut all = Vec::new();
    let mut unread: Vec<BinaryError> = Vec::new();
    for path in &args.files {
        let (binary, facts) =
            match open(path).and_then(|binary| Facts::of(&binary).map(|facts| (binary, facts))) {
                Ok(read) => read,
                Err(error) => {
                    all.push(json!({ "file": path.display().to_string(), "error": error.to_string() }));
                    unread.push(error);
                    continue;
                }
            };
        let findings = diagnose(&binary, &facts, &args.target);
        if findings.iter().any(|finding| finding.code.severity() > Severity::Note) {
            ending = Ending::Findings;
        }
        match args.json {
            true => all.push(as_json(&binary, &facts, &findings)),
            false => print(&text(&binary, &facts, &findings, &args.target))?,
        }
    }
    if args.json {
        print(&format!("{:#}\n", json!({ "target": args.target.name, "files": all })))?;
    }
    // The last one is said as the command's own error.
    let Some(last) = unread.pop() else { return Ok(ending) };
    unread.iter().for_each(|error| note(&error.to_string()));
    Err(last.into())
}

/// Characters shown of an identification.
const SHOWN: usize = 120;

fn kind(binary: &Binary) -> &'static str {
    match (binary.kind(), binary.static_linking()) {
        (_, Some(_)) => "static executable",
        (Kind::Executable, _) => "executable at a fixed address",
        (Kind::PieExecutable, _) => "position-independent executable",
        (Kind::SharedLibrary, _) => "shared library",
        (Kind::Object, _) => "relocatable file",
    }
}

fn relro(facts: &Facts) -> &'static str {
    match facts.relro {
        Relro::None => "none",
        Relro::Partial => "partial",
        Relro::Full => "full",
    }
}

fn hash(facts: &Facts) -> &'static str {
    match (facts.hash.gnu, facts.hash.sysv) {
        (true, true) => "gnu and sysv",
        (true, false) => "gnu",
        (false, true) => "sysv",
        (false, false) => "none",
    }
}

fn tls(facts: &Facts) -> &'static str {
    match (facts.has_tls, facts.static_tls) {
        (_, true) => "from the start (static)",
        (true, false) => "dynamic",
        (false, false) => "none",
    }
}

fn cpu(facts: &Facts) -> String {
    match facts.cpu_needed {
        Some(0) | None => "no note says which".to_owned(),
        Some(bits) => format!("x86-64-v{}", 32 - bits.leading_zeros()),
    }
}

fn as_json(binary: &Binary, facts: &Facts, findings: &[Finding]) -> Value {
    let wanted: Vec<Value> = facts
        .highest()
        .iter()
        .map(|w| json!({ "library": w.library, "version": w.version, "weak": w.weak, "symbols": w.symbols }))
        .collect();
    let findings: Vec<Value> = findings
        .iter()
        .map(|f| {
            json!({ "code": f.code.text(), "severity": f.code.severity().name(), "title": f.code.title(),
                    "expected": f.expected, "found": f.found, "hint": f.hint })
        })
        .collect();
    json!({
        "file": binary.path().display().to_string(),
        "machine": binary.target().name(),
        "kind": kind(binary),
        "build_id": binary.build_id_hex(),
        "interpreter": binary.interpreter(),
        "needed": binary.needed(),
        "rpath": binary.rpath(),
        "runpath": binary.runpath(),
        "highest_versions": wanted,
        "hash": hash(facts),
        "relro": relro(facts),
        "executable_stack": facts.executable_stack,
        "text_relocations": facts.text_relocations,
        "tls": tls(facts),
        "cpu": cpu(facts),
        "what": facts.what,
        "findings": findings,
    })
}

fn text(binary: &Binary, facts: &Facts, findings: &[Finding], system: &System) -> String {
    let paint = Paint::stdout();
    let title = format!("{}: {} {}", binary.path().display(), binary.target().name(), kind(binary));
    let mut out = format!("{}, for {}\n", paint.title(&title), system.title);
    for wanted in facts.highest() {
        let weak = if wanted.weak { ", weak" } else { "" };
        out += &format!(
            "  {:<16} of {}{weak} ({})\n",
            wanted.version,
            wanted.library,
            wanted.symbols.join(", ")
        );
    }
    let or_none = |text: Option<&str>| text.unwrap_or("none").to_owned();
    out += &format!("  needs     {}\n", binary.needed().join(", "));
    out += &format!(
        "  loader    {}; hash {}; relro {}; stack {}; text relocations {}\n",
        or_none(binary.interpreter()),
        hash(facts),
        relro(facts),
        if facts.executable_stack { "executable" } else { "not executable" },
        if facts.text_relocations { "yes" } else { "none" },
    );
    out += &format!(
        "  paths     RPATH {}; RUNPATH {}; thread-local storage {}; processor: {}\n",
        or_none(binary.rpath()),
        or_none(binary.runpath()),
        tls(facts),
        cpu(facts),
    );
    for what in &facts.what {
        // `what` shows all of it. Bytes that only look like an identification may go on for long.
        out += &format!("  @(#)      {}\n", what.chars().take(SHOWN).collect::<String>());
    }
    findings.iter().for_each(|finding| out += &told(finding, paint));
    let number = |severity| findings.iter().filter(|f| f.code.severity() == severity).count() as u64;
    let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
    let verdict = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
    out += &match (errors, warnings) {
        (0, 0) => format!("{}: {verdict}\n", paint.good("good")),
        (0, _) => format!("{}: {verdict}\n", paint.doubtful("doubtful")),
        _ => format!("{}: {verdict}\n", paint.bad("will not run there")),
    };
    out
}

fn told(finding: &Finding, paint: Paint) -> String {
    let text = finding.to_string();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let first = match finding.code.severity() {
        Severity::Error => paint.bad(first),
        Severity::Warning => paint.doubtful(first),
        Severity::Note => paint.title(first),
    };
    format!("{first}\n{rest}\n")
}
