//! What a call over the wire costs, beside TCP with nothing on it and libtirpc: `wire FOLDER BRIDGE MODULE [--rounds N]
//! [--json]`, where FOLDER holds what `scripts/bench.sh wire` built.
#![deny(warnings, missing_docs)]

mod codec;
mod peers;
mod report;
mod sizes;

use cmp_bridge_contract::model::Contract;
use peers::{Peers, Process};
use report::{Placement, Samples};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    placed: Vec<(Placement, Peers)>,
    direct: Process,
    shadow: Process,
    pipeline: codec::Pipeline,
    sizes: [usize; 2],
    _server: Process,
}

fn start(arguments: &Arguments) -> Result<Bench, Failure> {
    let Arguments { folder, bridge, module, .. } = arguments;
    let files = (folder.as_path(), bridge.as_path(), module.as_path());
    let (server, address) = peers::serve(files, None, Some(&folder.join("seen.journal")))?;
    let sizes = sizes::of_a_call(folder, &address)?;
    let places = match *peers::processors()? {
        [first, .., last] => vec![(Placement::Apart, [first, last]), (Placement::Together, [last; 2])],
        [only] => vec![(Placement::Only, [only; 2])],
        [] => return Err(Failure("there is no processor that this process may use".into())),
    };
    let placed = |(placement, places): (Placement, [usize; 2])| {
        Ok((placement, Peers::start(files, sizes, places.map(Some))?))
    };
    Ok(Bench {
        placed: places.into_iter().map(placed).collect::<Result<_, Failure>>()?,
        direct: peers::stub(folder, &address, "direct", None)?,
        shadow: peers::stub(folder, &address, "shadow", None)?,
        pipeline: codec::Pipeline::new(&contract(folder)?, &address)?,
        sizes,
        _server: server,
    })
}

fn contract(folder: &Path) -> Result<Contract, Failure> {
    let path = folder.join("bench.toml");
    let text =
        std::fs::read_to_string(&path).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    Contract::from_toml(&text, "bench.toml").map_err(|error| Failure(format!("{error:?}")))
}

/// One part of a round.
type Case = Box<dyn Fn(&mut Bench, &mut Samples) -> Result<(), Failure>>;

/// The client of a case, among others.
type Client = fn(&mut Peers) -> &mut Process;

/// Every client in every placement, and what has no placement.
fn cases(placements: usize) -> Vec<Case> {
    let clients: [Client; 3] = [|peers| &mut peers.raw, |peers| &mut peers.tirpc, |peers| &mut peers.stub];
    let mut cases: Vec<Case> = Vec::new();
    for placed in 0..placements {
        for (number, client) in clients.into_iter().enumerate() {
            cases.push(Box::new(move |bench, samples| {
                let times = client(&mut bench.placed[placed].1).ask("each", CALLS)?;
                samples.placed[placed].1[number].add(&times)
            }));
        }
    }
    cases.push(Box::new(|bench, samples| {
        samples.pipelined.push(bench.pipeline.run(PIPELINED)?);
        samples.codec(codec::speeds()?);
        Ok(())
    }));
    cases.push(Box::new(|bench, samples| {
        samples.direct.extend(bench.direct.ask("all", DIRECT)?);
        samples.shadow.extend(bench.shadow.ask("all", TOLD)?);
        Ok(())
    }));
    cases
}

/// Rounds in which every case has its turn, each round beginning with another.
fn measure(arguments: &Arguments) -> Result<Samples, Failure> {
    let mut bench = start(arguments)?;
    let placements: Vec<Placement> = bench.placed.iter().map(|(placement, _)| *placement).collect();
    let cases = cases(placements.len());
    let mut samples = Samples::new(arguments.rounds, bench.sizes, &placements);
    // One round that does not count: connections, caches, the first exchange.
    let mut ignored = Samples::new(1, bench.sizes, &placements);
    cases.iter().try_for_each(|case| case(&mut bench, &mut ignored))?;
    for round in 0..arguments.rounds {
        for i in 0..cases.len() {
            cases[(i + round) % cases.len()](&mut bench, &mut samples)?;
        }
    }
    Ok(samples)
}
