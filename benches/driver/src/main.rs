//! Measures what each route of a hooked routine costs, and what others cost on the same routine, in one run:
//! `cmp-bridge-bench AGENT MODULE CONTRACT FOLDER [--rounds N] [--json]`. `FOLDER` holds the programs that
//! `scripts/bench.sh` built.
#![deny(warnings, missing_docs)]

mod bridged;
mod measure;
mod peers;
mod report;
mod subject;

use cmp_bridge_bench::error::Error;
use cmp_bridge_bench::instructions;
use std::path::PathBuf;
use std::process::ExitCode;

/// What the command line says.
struct Args {
    agent: PathBuf,
    module: PathBuf,
    contract: PathBuf,
    folder: PathBuf,
    rounds: usize,
    json: bool,
}

fn main() -> ExitCode {
    match Args::read(std::env::args().skip(1)).and_then(|args| run(&args)) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench: error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<String, Error> {
    let mut bridged = bridged::Bridged::start(args)?;
    let mut peers = peers::Peers::start(&args.folder);
    let samples = measure::rounds(&mut bridged, &mut peers, args.rounds)?;
    let counts = instructions::count(&args.folder)?;
    let report = report::Report::new(args.rounds, &samples, &peers.absent, counts);
    Ok(if args.json { report.json() } else { report.text() })
}

impl Args {
    fn read(words: impl Iterator<Item = String>) -> Result<Args, Error> {
        let (mut paths, mut rounds, mut json) = (Vec::new(), 41, false);
        let mut words = words;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--json" => json = true,
                "--rounds" => {
                    let number = words.next().and_then(|number| number.parse().ok()).filter(|n| *n >= 20);
                    rounds = number.ok_or(Error::Usage("--rounds wants a number, at least 20"))?;
                }
                _ => paths.push(PathBuf::from(word)),
            }
        }
        let [agent, module, contract, folder] = <[PathBuf; 4]>::try_from(paths)
            .map_err(|_| Error::Usage("AGENT MODULE CONTRACT FOLDER [--rounds N] [--json]"))?;
        Ok(Args { agent, module, contract, folder, rounds, json })
    }
}
