//! What a call over the wire costs, beside TCP with nothing on it and libtirpc: `wire FOLDER BRIDGE MODULE [--rounds N]
//! [--json]`, where FOLDER holds what `scripts/bench.sh wire` built.
#![deny(warnings, missing_docs)]

mod codec;
mod peers;
mod report;
mod sizes;

use cmp_bridge_contract::model::Contract;
use peers::Process;
use report::Samples;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

/// Calls of a round, each timed.
const CALLS: usize = 2000;
/// Calls of a batch that is pipelined.
const PIPELINED: usize = 10_000;
/// Calls of a batch that is told of: they fit the stub's buffer.
const TOLD: usize = 1500;
/// Direct calls, of which many are needed to see one.
const DIRECT: usize = 200_000;

struct Arguments {
    folder: PathBuf,
    bridge: PathBuf,
    module: PathBuf,
    rounds: usize,
    json: bool,
}

fn arguments() -> Option<Arguments> {
    let mut words = std::env::args().skip(1);
    let mut path = || words.next().map(PathBuf::from);
    let (folder, bridge, module) = (path()?, path()?, path()?);
    let mut all = Arguments { folder, bridge, module, rounds: 21, json: false };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => all.json = true,
            "--rounds" => all.rounds = words.next()?.parse().ok().filter(|rounds| *rounds > 0)?,
            _ => return None,
        }
    }
    Some(all)
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("bench: usage: wire FOLDER BRIDGE MODULE [--rounds N] [--json]");
        return ExitCode::from(2);
    };
    match measure(&arguments) {
        Ok(samples) => {
            print!("{}", if arguments.json { samples.json() } else { samples.text() });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench: error: {error}");
            ExitCode::from(2)
        }
    }
}

/// All that runs while it is measured.
struct Bench {
    raw: Process,
    tirpc: Process,
    rust: Process,
    direct: Process,
    shadow: Process,
    pipeline: codec::Pipeline,
    sizes: [usize; 2],
    _servers: [Process; 3],
}

fn start(arguments: &Arguments) -> Result<Bench, Failure> {
    let folder = arguments.folder.as_path();
    let program = |name: &str| Command::new(folder.join(name));
    let (serve, address) = peers::serve(folder, &arguments.bridge, &arguments.module)?;
    let sizes = sizes::of_a_call(folder, &address)?;
    let [call, reply] = sizes.map(|size| size.to_string());
    let (raw_server, raw_port) = peers::server(program("raw").args(["serve", &call, &reply]))?;
    let (tirpc_server, tirpc_port) = peers::server(&mut program("tirpc_server"))?;
    Ok(Bench {
        raw: Process::start(program("raw").args(["call", &raw_port, &call, &reply]))?,
        tirpc: Process::start(program("tirpc_client").arg(&tirpc_port))?,
        rust: peers::stub(folder, &address, "rust")?,
        direct: peers::stub(folder, &address, "direct")?,
        shadow: peers::stub(folder, &address, "shadow")?,
        pipeline: codec::Pipeline::new(&contract(folder)?, &address)?,
        sizes,
        _servers: [serve, raw_server, tirpc_server],
    })
}

fn contract(folder: &Path) -> Result<Contract, Failure> {
    let path = folder.join("bench.toml");
    let text =
        std::fs::read_to_string(&path).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    Contract::from_toml(&text, "bench.toml").map_err(|error| Failure(format!("{error:?}")))
}

/// One part of a round.
type Case = fn(&mut Bench, &mut Samples) -> Result<(), Failure>;

/// Rounds in which every case has its turn, each round beginning with another.
fn measure(arguments: &Arguments) -> Result<Samples, Failure> {
    let mut bench = start(arguments)?;
    let mut samples = Samples::new(arguments.rounds, bench.sizes);
    let cases: [Case; 5] = [
        |bench, samples| samples.raw.add(&bench.raw.ask("each", CALLS)?),
        |bench, samples| samples.tirpc.add(&bench.tirpc.ask("each", CALLS)?),
        |bench, samples| samples.stub.add(&bench.rust.ask("each", CALLS)?),
        |bench, samples| {
            samples.pipelined.push(bench.pipeline.run(PIPELINED)?);
            samples.codec(codec::speeds()?);
            Ok(())
        },
        |bench, samples| {
            samples.direct.extend(bench.direct.ask("all", DIRECT)?);
            samples.shadow.extend(bench.shadow.ask("all", TOLD)?);
            Ok(())
        },
    ];
    // One round that does not count: connections, caches, the first exchange.
    let mut ignored = Samples::new(1, bench.sizes);
    cases.iter().try_for_each(|case| case(&mut bench, &mut ignored))?;
    for round in 0..arguments.rounds {
        for i in 0..cases.len() {
            cases[(i + round) % cases.len()](&mut bench, &mut samples)?;
        }
    }
    Ok(samples)
}
