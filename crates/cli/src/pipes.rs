//! Pipes to a worker process, on descriptors that it inherits.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Both ways to a worker.
pub struct Pipes {
    /// What the worker answers.
    pub replies: PipeReader,
    /// What it is asked.
    pub requests: PipeWriter,
}

/// Starts a worker. `command` makes its command of the descriptors it will read from and write to.
pub fn spawn(command: impl FnOnce((RawFd, RawFd)) -> Command) -> io::Result<(Child, Pipes)> {
    let (theirs_in, requests) = io::pipe()?;
    let (replies, theirs_out) = io::pipe()?;
    let fds = (theirs_in.as_raw_fd(), theirs_out.as_raw_fd());
    let mut command = command(fds);
    // SAFETY: between fork and exec only fcntl is called, which may be.
    unsafe {
        command.pre_exec(move || {
            for fd in [fds.0, fds.1] {
                if libc::fcntl(fd, libc::F_SETFD, 0) == -1 {
                    return Err(io::Error::last_os_error());
                }
            }
            Ok(())
        });
    }
    let child = command.spawn()?;
    Ok((child, Pipes { replies, requests }))
}

impl Pipes {
    /// Waits until an answer, or the end of the worker, can be read. False: the time is over.
    pub fn wait(&self, limit: Duration) -> io::Result<bool> {
        let until = Instant::now() + limit;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let milliseconds = left.as_millis().div_ceil(1).min(i32::MAX as u128) as i32;
            let mut poll = libc::pollfd { fd: self.replies.as_raw_fd(), events: libc::POLLIN, revents: 0 };
            // SAFETY: one valid pollfd.
            match unsafe { libc::poll(&mut poll, 1, milliseconds) } {
                0 if left.is_zero() || milliseconds == 0 => return Ok(false),
                0 => {}
                -1 => {
                    let error = io::Error::last_os_error();
                    if error.kind() != io::ErrorKind::Interrupted {
                        return Err(error);
                    }
                }
                _ => return Ok(true),
            }
        }
    }
}

/// The inherited ends, in the worker.
///
/// # Safety
/// The descriptors are open, and nothing else in this process uses them.
pub unsafe fn inherited(read: RawFd, write: RawFd) -> (PipeReader, PipeWriter) {
    // SAFETY: the caller's promise.
    unsafe { (PipeReader::from_raw_fd(read), PipeWriter::from_raw_fd(write)) }
}
