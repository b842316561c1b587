//! How a process ended.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

/// How a call ended the process it ran in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Death {
    /// By a signal.
    Signal(i32),
    /// By `exit`, STOP or their like, with this status.
    Exit(i32),
    /// It was ended because no answer came within this time.
    Timeout(Duration),
    /// It runs on another machine, and the connection was lost before an answer came: whether it ended is not known.
    Lost,
    /// It was called on another machine, and what came is no answer, for this reason: what it did is not known.
    NoAnswer(String),
}

impl From<ExitStatus> for Death {
    fn from(status: ExitStatus) -> Death {
        match (status.signal(), status.code()) {
            (Some(signal), _) => Death::Signal(signal),
            (None, code) => Death::Exit(code.unwrap_or(-1)),
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Death::Signal(signal) => write!(out, "{}", signal_name(*signal)),
            Death::Exit(code) => write!(out, "exit {code}"),
            Death::Timeout(limit) => write!(out, "no answer within {} ms", limit.as_millis()),
            Death::Lost => write!(out, "the connection was lost before an answer came"),
            Death::NoAnswer(why) => write!(out, "no answer that can be read: {why}"),
        }
    }
}

/// The name of a signal, such as `SIGSEGV`.
pub fn signal_name(signal: i32) -> String {
    let known = match signal {
        libc::SIGABRT => "SIGABRT",
        libc::SIGALRM => "SIGALRM",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGHUP => "SIGHUP",
        libc::SIGILL => "SIGILL",
        libc::SIGINT => "SIGINT",
        libc::SIGKILL => "SIGKILL",
        libc::SIGPIPE => "SIGPIPE",
        libc::SIGQUIT => "SIGQUIT",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGSYS => "SIGSYS",
        libc::SIGTERM => "SIGTERM",
        libc::SIGTRAP => "SIGTRAP",
        libc::SIGUSR1 => "SIGUSR1",
        libc::SIGUSR2 => "SIGUSR2",
        libc::SIGXCPU => "SIGXCPU",
        libc::SIGXFSZ => "SIGXFSZ",
        other => return format!("signal {other}"),
    };
    known.to_owned()
}
