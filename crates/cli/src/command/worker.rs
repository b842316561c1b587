//! `cmp-bridge worker`, which only `cmp-bridge replay` starts: answers recorded calls with a module's candidates.

use crate::error::{Ending, Explain};
use cmp_bridge::entry::Returned;
use cmp_bridge::loader::{LoadError, LoadedModule};
use cmp_bridge::worker::{Prepared, Reply, Request, nanoseconds_per_tick, serve, timed};
use cmp_bridge_harness::pipes;
use std::io;
use std::os::fd::RawFd;
use std::path::PathBuf;

/// Answers the calls of a replay (started by `cmp-bridge replay`)
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The module
    module: PathBuf,
    /// Descriptor of the requests
    read: RawFd,
    /// Descriptor of the answers
    write: RawFd,
}

/// Why a worker ended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The module.
    #[error(transparent)]
    Module(#[from] LoadError),
    /// The descriptors are not pipes of a replay.
    #[error("descriptor {0} is not open: a worker is started by `cmp-bridge replay`")]
    Descriptor(RawFd),
    /// The conversation.
    #[error("the conversation with `cmp-bridge replay` broke off")]
    Conversation(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        None
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    for fd in [args.read, args.write] {
        // Standard descriptors are somebody else's, and a closed one would be an abort later.
        if fd <= 2 || !std::path::Path::new(&format!("/proc/self/fd/{fd}")).exists() {
            return Err(Error::Descriptor(fd));
        }
    }
    let module = LoadedModule::open(&args.module)?;
    // SAFETY: open, as checked, and inherited for this purpose alone.
    let (mut input, mut output) = unsafe { pipes::inherited(args.read, args.write) };
    let rate = nanoseconds_per_tick();
    serve(&mut input, &mut output, &mut |request, prepared| answer(&module, request, prepared, rate))?;
    Ok(Ending::Good)
}

fn answer(module: &LoadedModule, request: &Request, prepared: &mut Prepared<'_>, rate: f64) -> Reply {
    let Some(candidate) = module.candidate(&request.routine) else {
        return Reply::refused(format!("the module has no candidate of `{}`", request.routine));
    };
    if candidate.state_count as usize != prepared.state.len() {
        let (expected, found) = (candidate.state_count, prepared.state.len());
        return Reply::refused(format!(
            "the candidate expects {expected} state areas, the journal has {found}"
        ));
    }
    if request.contract_hash != 0 && request.contract_hash != candidate.contract_hash {
        let (built, asked) = (candidate.contract_hash, request.contract_hash);
        return Reply::refused(format!(
            "the module was built for contract hash {built:016x}, not {asked:016x}"
        ));
    }
    if !request.call {
        return Reply::refused("a module has no state of its own".to_owned());
    }
    let (frame, state) = (&raw mut prepared.frame, prepared.state.as_ptr());
    // SAFETY: the request is a recorded call of the routine by the same contract (hashes compared by replay), laid out
    // in the worker's arena; a candidate that does not keep to it costs this process only.
    let (answer, nanoseconds) = timed(rate, || unsafe { (candidate.entry)(frame, state) });
    let returned = Returned::of(&prepared.frame, request.returns);
    let written = request.areas.iter().enumerate().filter(|(_, area)| area.written);
    let after = written.map(|(index, _)| (index as u16, prepared.bytes(index))).collect();
    Reply {
        answer,
        returned,
        after,
        overruns: prepared.overruns(),
        changed_inputs: prepared.changed_inputs(request),
        undeclared: Vec::new(),
        nanoseconds: nanoseconds.max(1),
        exception: String::new(),
        problem: String::new(),
        trace: None,
    }
}
