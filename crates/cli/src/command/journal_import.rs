//! `cmp-bridge journal import`: what a stub recorded on another machine becomes a journal of this one.

use crate::carried::Layout;
use crate::error::{Ending, Explain, FileError, open_regular, read_text};
use crate::output::{Paint, note, print};
use crate::report::count;
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::{Contract, Target};
use cmp_bridge_contract::wire;
use cmp_bridge_journal::{Call, Component, Header, RoutineHead, Writer, encode};
use cmp_bridge_wire::message::{Hello, SeenHead};
use cmp_bridge_wire::rpc::{CallHead, RecordError, Records};
use cmp_bridge_wire::{Converter, Decoder, MESSAGE_LIMIT, Native};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Makes a journal of what the generated C89 stub recorded on another machine
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge journal import pass1.rec --contract contracts/flight_dynamics.toml -o pass1.journal
  cmp-bridge replay pass1.journal --module target/release/librewrite_three.so

The recording is what the stub writes where CMP_BRIDGE_JOURNAL names a file: HELLO, SEEN and LOST as they would be sent, whatever
the machine's byte order. The contract is that of this machine; the stub must have been generated from one in which the same
values travel, which its hashes say. Several starts of the program may stand in one file: each becomes a thread of the journal.

Exit status: 0 all of it was imported; 1 some of it was not: the file is cut short, or a call does not fit its contract (each
is named, and counts as lost in the journal); 2 an error, and no journal was written.")]
pub struct Args {
    /// The recording
    #[arg(value_name = "FILE")]
    recording: PathBuf,
    /// The contract of each component in it, for this machine
    #[arg(long, value_name = "FILE", required = true)]
    contract: Vec<PathBuf>,
    /// The journal; a file of that name must not be there
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why no journal was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What stands in a contract.
    #[error("{} cannot be used", file.display())]
    Contract {
        /// The contract.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// A contract of another machine.
    #[error("{} describes layouts of {target}, and a journal here holds those of x86-64", file.display())]
    Machine {
        /// The contract.
        file: PathBuf,
        /// Its machine.
        target: String,
    },
    /// Two contracts of one component.
    #[error("{} and {} are both of component `{component}`", first.display(), second.display())]
    Twice {
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// Their component.
        component: String,
    },
    /// It does not begin like a recording.
    #[error("{}: not a recording: {why}", file.display())]
    NotARecording {
        /// The file.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// A record that a recorder does not write.
    #[error("{}: record {number}, at byte {at}: {why}", file.display())]
    Record {
        /// The file.
        file: PathBuf,
        /// Number of the record, from 1.
        number: u64,
        /// Where it begins.
        at: u64,
        /// What is wrong.
        why: Wrong,
    },
    /// Not one call.
    #[error("{}: not one call is in it", .0.display())]
    NoCalls(PathBuf),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

/// What is wrong with a record.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// It is no call.
    #[error("no call of ONC RPC: {0}")]
    NoCall(String),
    /// A component without a contract.
    #[error("program {program:#010x}{} is of none of the contracts", component.as_ref().map_or(String::new(), |name| format!(" (component `{name}`)")))]
    Component {
        /// The program.
        program: u32,
        /// What its HELLO calls it.
        component: Option<String>,
    },
    /// Another version of the rules.
    #[error("version {0} of the program, where this command knows {known}", known = wire::VERSION)]
    Version(u32),
    /// Neither HELLO nor SEEN nor LOST.
    #[error("procedure {0} is neither HELLO nor SEEN nor LOST")]
    Procedure(u32),
    /// A routine that the contract does not have.
    #[error("`{0}` is not in the contract, or does not travel")]
    Routine(String),
    /// Another shape.
    #[error("`{routine}` was recorded with hash {recorded:016x}, and the contract has {expected:016x}")]
    Hash {
        /// The routine.
        routine: String,
        /// That of the recorder.
        recorded: u64,
        /// That of the contract.
        expected: u64,
    },
    /// Another number.
    #[error("`{routine}` is procedure {recorded} there, and {expected} by the contract")]
    Number {
        /// The routine.
        routine: String,
        /// That of the recorder.
        recorded: u32,
        /// That of the contract.
        expected: u32,
    },
    /// A call of a routine that nobody has said hello for.
    #[error("a call of `{0}`, which no HELLO before it names")]
    NoHello(String),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::File(error) => return error.hint(),
            Error::Contract { .. } => "`cmp-bridge check` explains each error",
            Error::Machine { .. } => {
                "name the contract of the build for x86-64: the stub's hashes are the same if its values are"
            }
            Error::Twice { .. } => "name one of them",
            Error::NotARecording { .. } | Error::NoCalls(_) => {
                "recordings are written by the generated C89 stub, where CMP_BRIDGE_JOURNAL names a file"
            }
            Error::Record { why, .. } => match why {
                Wrong::Component { .. } => "add --contract FILE for that component",
                Wrong::Hash { .. } | Wrong::Number { .. } | Wrong::Routine(_) => {
                    "name the contract that the stub was generated from, as it was then; record again after a change"
                }
                Wrong::Version(_) => "use the cmp-bridge that generated the stub",
                Wrong::NoCall(_) | Wrong::Procedure(_) | Wrong::NoHello(_) => {
                    "the file is damaged, or is no recording: take it from its machine again, in binary"
                }
            },
            Error::Output(_) => return None,
        };
        Some(hint.to_owned())
    }
}

/// A routine whose calls may be in a recording.
struct Way {
    name: String,
    hash: u64,
    procedure: u32,
    converter: Converter,
    layout: Layout,
    native: Native,
    /// Its number in the journal.
    number: usize,
    /// A HELLO has named it.
    accepted: bool,
}

/// A component.
struct Known {
    file: PathBuf,
    text: String,
    contract: Contract,
    program: u32,
    ways: Vec<Way>,
}

impl Known {
    fn open(file: &Path, next: &mut usize) -> Result<Known, Error> {
        let text = read_text(file)?;
        let unusable = |source| Error::Contract { file: file.to_owned(), source };
        let contract = Contract::from_toml(&text, &file.to_string_lossy()).map_err(unusable)?;
        if contract.component.target != Target::X86_64 {
            let target = contract.component.target.to_string();
            return Err(Error::Machine { file: file.to_owned(), target });
        }
        let mut ways = Vec::new();
        for routine in &contract.routines {
            let (Ok(shape), Ok(converter), Ok(layout), Some(procedure)) = (
                wire::shape(&contract, routine),
                Converter::new(&contract, routine),
                Layout::of(&contract, routine),
                wire::call_procedure(&contract, routine),
            ) else {
                continue;
            };
            let (name, hash) = (routine.name.clone(), shape.hash(&contract, routine));
            let native = converter.native();
            ways.push(Way {
                name,
                hash,
                procedure,
                converter,
                layout,
                native,
                number: *next,
                accepted: false,
            });
            *next += 1;
        }
        let program = wire::program(&contract);
        Ok(Known { file: file.to_owned(), text, contract, program, ways })
    }

    /// Holds what the recorder says of itself against the contract.
    fn greet(&mut self, hello: &Hello) -> Result<(), Wrong> {
        for known in &hello.routines {
            let way = self.ways.iter_mut().find(|way| way.name == known.name);
            let way = way.ok_or_else(|| Wrong::Routine(known.name.clone()))?;
            if way.hash != known.hash {
                let (routine, recorded, expected) = (known.name.clone(), known.hash, way.hash);
                return Err(Wrong::Hash { routine, recorded, expected });
            }
            if way.procedure != known.procedure {
                let (routine, recorded, expected) = (known.name.clone(), known.procedure, way.procedure);
                return Err(Wrong::Number { routine, recorded, expected });
            }
            way.accepted = true;
        }
        Ok(())
    }
}

fn header(known: &[Known]) -> Header {
    let mut header = Header { target: "x86_64-linux-gnu".to_owned(), ..Header::default() };
    let names: Vec<String> = known.iter().filter_map(|one| one.contract.component.binary.clone()).collect();
    header.executable = names.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
    for (component, one) in (0..).zip(known) {
        let file = one.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        header.components.push(Component { file, contract: one.text.clone() });
        for way in &one.ways {
            let contract_hash =
                one.contract.routine(&way.name).map_or(0, |routine| routine_hash(&one.contract, routine));
            header.routines.push(RoutineHead { name: way.name.clone(), component, contract_hash });
        }
    }
    header
}

/// What was imported, and what was not.
#[derive(Default)]
struct Sums {
    calls: BTreeMap<String, u64>,
    /// Calls that the recorder did not tell.
    dropped: u64,
    /// What could not be read, in words.
    damage: Vec<String>,
}

/// Damage that is told one by one.
const TOLD: usize = 20;
/// Bytes of entries that are gathered to a block.
const BLOCK: usize = 1 << 20;

/// The journal that is being made. Until it is whole it is removed again.
struct Making {
    path: PathBuf,
    writer: Option<Writer>,
    entries: Vec<u8>,
    thread: u32,
    /// What the thread has not told so far.
    untold: u64,
    /// The thread has told of a call.
    begun: bool,
}

impl Making {
    fn create(path: &Path, header: &Header) -> Result<Making, FileError> {
        let writer = Writer::create(path, header).map_err(FileError::new(path, "created as a journal"))?;
        Ok(Making {
            path: path.to_owned(),
            writer: Some(writer),
            entries: Vec::new(),
            thread: 1,
            untold: 0,
            begun: false,
        })
    }

    /// The recorder begins anew: another start of the program.
    fn next_thread(&mut self) -> Result<(), FileError> {
        if self.begun {
            self.flush()?;
            (self.thread, self.untold, self.begun) = (self.thread + 1, 0, false);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), FileError> {
        if let Some(writer) = self.writer.as_mut().filter(|_| self.begun) {
            let written = writer.block(self.thread, self.untold, &self.entries);
            written.map_err(FileError::new(&self.path, "written"))?;
            self.entries.clear();
        }
        Ok(())
    }

    fn finish(mut self, dropped: u64) -> Result<(), FileError> {
        self.flush()?;
        match self.writer.take() {
            Some(writer) => writer.finish(dropped).map(drop).map_err(FileError::new(&self.path, "written")),
            None => Ok(()),
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if self.writer.is_some() {
            // Ours, and not whole.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A recording on its way into a journal.
struct Import<'a> {
    file: &'a Path,
    known: Vec<Known>,
    making: Making,
    sums: Sums,
    number: u64,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let mut known: Vec<Known> = Vec::new();
    let mut next = 0;
    for file in &args.contract {
        let one = Known::open(file, &mut next)?;
        if let Some(other) = known.iter().find(|other| other.program == one.program) {
            let component = one.contract.component.name.clone();
            return Err(Error::Twice { first: other.file.clone(), second: one.file, component });
        }
        known.push(one);
    }
    let mut file = open_regular(&args.recording)?;
    let making = Making::create(&args.out, &header(&known))?;
    let mut import = Import { file: &args.recording, known, making, sums: Sums::default(), number: 0 };
    import.read(&mut file)?;
    let sums = import.sums;
    if sums.calls.is_empty() && sums.damage.is_empty() && sums.dropped == 0 {
        return Err(Error::NoCalls(args.recording.clone()));
    }
    import.making.finish(sums.dropped)?;
    tell(args, &sums)?;
    Ok(if sums.damage.is_empty() { Ending::Good } else { Ending::Findings })
}

impl Import<'_> {
    fn read(&mut self, file: &mut File) -> Result<(), Error> {
        let mut records = Records::new(MESSAGE_LIMIT);
        let mut read = 0;
        loop {
            let count = records.read_from(file).map_err(FileError::new(self.file, "read"))?;
            read += count as u64;
            loop {
                let at = read - records.held() as u64;
                match records.next_record() {
                    Ok(Some(record)) => {
                        self.number += 1;
                        self.record(at, record)?;
                    }
                    Ok(None) => break,
                    Err(error) => return self.lost(at, &error),
                }
            }
            if count == 0 {
                break;
            }
        }
        if !records.is_between() {
            let (at, held) = (read - records.held() as u64, records.held());
            self.sums
                .damage
                .push(format!("cut short at byte {at}: {held} bytes of an unfinished record were ignored"));
        }
        Ok(())
    }

    /// Where the next record begins is not known any more.
    fn lost(&mut self, at: u64, error: &RecordError) -> Result<(), Error> {
        if self.number == 0 {
            return Err(Error::NotARecording { file: self.file.to_owned(), why: error.to_string() });
        }
        self.sums.damage.push(format!("at byte {at}: {error}; what follows cannot be found"));
        Ok(())
    }

    fn record(&mut self, at: u64, record: &[u8]) -> Result<(), Error> {
        let (file, number) = (self.file.to_owned(), self.number);
        let wrong = |why| match number {
            1 if matches!(why, Wrong::NoCall(_)) => {
                Error::NotARecording { file: file.clone(), why: why.to_string() }
            }
            _ => Error::Record { file: file.clone(), number, at, why },
        };
        let mut input = Decoder::new(record);
        let head = CallHead::decode(&mut input).map_err(|error| wrong(Wrong::NoCall(error.to_string())))?;
        let hello = match head.procedure {
            wire::PROCEDURE_HELLO => {
                Some(Hello::decode(&mut input).map_err(|error| wrong(Wrong::NoCall(error.to_string())))?)
            }
            _ => None,
        };
        let Some(place) = self.known.iter().position(|known| known.program == head.program) else {
            let component = hello.map(|hello| hello.component);
            return Err(wrong(Wrong::Component { program: head.program, component }));
        };
        if head.version != wire::VERSION {
            return Err(wrong(Wrong::Version(head.version)));
        }
        match hello {
            Some(hello) => {
                self.known[place].greet(&hello).map_err(wrong)?;
                Ok(self.making.next_thread()?)
            }
            None if head.procedure == wire::PROCEDURE_LOST => {
                let lost = input.u32().and_then(|lost| input.finish().map(|()| u64::from(lost)));
                let lost = lost.map_err(|error| wrong(Wrong::NoCall(error.to_string())))?;
                self.making.begun |= lost > 0;
                self.making.untold += lost;
                self.sums.dropped += lost;
                Ok(())
            }
            None => {
                let way = self.way(place, head.procedure).map_err(wrong)?;
                self.seen(place, way, at, &mut input)
            }
        }
    }

    /// The routine that a SEEN is of.
    fn way(&self, place: usize, procedure: u32) -> Result<usize, Wrong> {
        let ways = &self.known[place].ways;
        let way = ways.iter().position(|way| way.procedure + 1 == procedure);
        let way = way.ok_or(Wrong::Procedure(procedure))?;
        if ways[way].accepted { Ok(way) } else { Err(Wrong::NoHello(ways[way].name.clone())) }
    }

    fn seen(&mut self, place: usize, way: usize, at: u64, input: &mut Decoder<'_>) -> Result<(), Error> {
        let way = &mut self.known[place].ways[way];
        let head = SeenHead::decode(input);
        let untold = head.as_ref().map_or(0, |head| u64::from(head.dropped));
        let told = head.map_err(Into::into).and_then(|head| {
            let call = way.layout.told(&way.converter, &mut way.native, input)?;
            Ok::<_, cmp_bridge_wire::ConvertError>((head, call))
        });
        let making = &mut self.making;
        making.begun = true;
        let written = match told {
            Ok((head, call)) => {
                let call = Call { thread: making.thread, number: head.number, routine: way.number, ..call };
                encode(&call, &mut making.entries).map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        let lost = match written {
            Ok(()) => {
                *self.sums.calls.entry(way.name.clone()).or_default() += 1;
                untold
            }
            Err(why) => {
                let (number, name) = (self.number, &way.name);
                self.sums
                    .damage
                    .push(format!("record {number}, at byte {at}: a call of `{name}` was ignored: {why}"));
                untold + 1
            }
        };
        making.untold += lost;
        self.sums.dropped += lost;
        if making.entries.len() > BLOCK {
            making.flush()?;
        }
        Ok(())
    }
}

fn tell(args: &Args, sums: &Sums) -> io::Result<()> {
    let paint = Paint::stderr();
    for damage in sums.damage.iter().take(TOLD) {
        note(&format!("{} {damage}", paint.bad("damaged:")));
    }
    if sums.damage.len() > TOLD {
        note(&format!("{} and {} more", paint.bad("damaged:"), sums.damage.len() - TOLD));
    }
    let calls = sums.calls.values().sum::<u64>();
    let out = args.out.display();
    if args.json {
        return print(&format!(
            "{:#}\n",
            json!({ "journal": out.to_string(), "calls": calls, "routines": sums.calls, "dropped": sums.dropped, "damage": sums.damage })
        ));
    }
    let routines = sums.calls.iter().map(|(name, calls)| format!("  {name}: {}\n", count(*calls, "call")));
    print(&format!(
        "{out}: {} imported, {} lost while recording\n{}",
        count(calls, "call"),
        sums.dropped,
        routines.collect::<String>()
    ))
}
