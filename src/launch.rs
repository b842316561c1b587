//! Starting a legacy executable with the agent in it.

use crate::session::{SESSION_VARIABLE, Session, WORKER_VARIABLE};
use std::ffi::{CString, OsStr, OsString, c_char};
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const PRELOAD: &str = "LD_PRELOAD";

// SAFETY: libc's variable of this name and type.
unsafe extern "C" {
    static mut environ: *const *const c_char;
}

/// The command that runs `executable` with the agent preloaded. An `LD_PRELOAD` of the user stays, behind ours.
///
/// Its environment is set already, in the order of ours, which a command would sort: set none of it afterwards.
pub fn command(executable: &Path, arguments: &[OsString], agent: &Path, session: &Session) -> Command {
    with_variables(executable, arguments, agent, None, session, &[])
}

/// The third word of a worker's orders: what a routine prints must be out when it has returned, or crashed.
pub const UNBUFFERED: &str = "unbuffered";

/// How a worker is started, beside its executable.
#[derive(Debug, Clone, Default)]
pub struct WorkerStart {
    /// Arguments of its command line.
    pub arguments: Vec<OsString>,
    /// Variables added to the environment.
    pub variables: Vec<(OsString, OsString)>,
    /// A library loaded with it.
    pub library: Option<PathBuf>,
    /// What a routine prints is out when it has returned, or crashed.
    pub unbuffered: bool,
    /// It has the same addresses at every start.
    pub fixed: bool,
}

/// The same, as a worker that reads requests from one inherited descriptor and answers on another.
pub fn worker_command(
    executable: &Path,
    start: &WorkerStart,
    agent: &Path,
    session: &Session,
    pipes: (RawFd, RawFd),
) -> Command {
    let mut orders = format!("{},{}", pipes.0, pipes.1);
    if start.unbuffered {
        orders = format!("{orders},{UNBUFFERED}");
    }
    let mut more = start.variables.clone();
    more.push((WORKER_VARIABLE.into(), orders.into()));
    let mut command =
        with_variables(executable, &start.arguments, agent, start.library.as_deref(), session, &more);
    if start.fixed {
        keep_layout(&mut command);
    }
    command
}

fn with_variables(
    executable: &Path,
    arguments: &[OsString],
    agent: &Path,
    library: Option<&Path>,
    session: &Session,
    more: &[(OsString, OsString)],
) -> Command {
    let mut preload = OsString::from(agent);
    if let Some(library) = library {
        preload.push(":");
        preload.push(library);
    }
    if let Some(theirs) = std::env::var_os(PRELOAD).filter(|value| !value.is_empty()) {
        preload.push(":");
        preload.push(theirs);
    }
    let ours = [(PRELOAD.into(), preload), (SESSION_VARIABLE.into(), session.directory().into())];
    let ours: Vec<(OsString, OsString)> = more.iter().cloned().chain(ours).collect();
    // A variable that is there keeps its place, and a new one comes last: the agent leaves what would be there without us.
    let mut all: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    for (name, value) in ours {
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => all.push((name, value)),
        }
    }
    let line = |(name, value): (OsString, OsString)| {
        CString::new([name.as_bytes(), b"=", value.as_bytes()].concat()).ok()
    };
    let lines: Vec<CString> = all.into_iter().filter_map(line).collect();
    let mut command = Command::new(executable);
    command.args(arguments);
    let block: Vec<usize> = lines.iter().map(|line| line.as_ptr() as usize).chain([0]).collect();
    // SAFETY: between fork and exec one pointer is stored; the closure keeps alive what it leads to.
    unsafe {
        command.pre_exec(move || {
            let _kept = &lines;
            environ = block.as_ptr().cast();
            Ok(())
        });
    }
    command
}

/// Lets the program have the same addresses at every start, as far as the system keeps to that.
pub fn keep_layout(command: &mut Command) {
    // SAFETY: between fork and exec one system call is made, which cannot fail for these arguments.
    unsafe {
        command.pre_exec(|| {
            const ASK: libc::c_ulong = 0xffff_ffff;
            let now = libc::personality(ASK);
            libc::personality(now as libc::c_ulong | libc::ADDR_NO_RANDOMIZE as libc::c_ulong);
            Ok(())
        });
    }
}

/// Whether `LD_PRELOAD` can carry a path: the loader splits at spaces and colons.
pub fn preload_accepts(agent: &Path) -> bool {
    !agent.as_os_str().as_encoded_bytes().iter().any(|byte| matches!(byte, b' ' | b':'))
        && agent.as_os_str() != OsStr::new("")
}
