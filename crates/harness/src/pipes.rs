//! Pipes to a worker process, on descriptors that it inherits, and what it prints.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Most bytes that are kept of what a worker prints between two calls; the rest is counted.
const KEPT: usize = 1 << 20;

/// Both ways to a worker.
pub struct Pipes {
    /// What the worker answers.
    pub replies: PipeReader,
    /// What it is asked.
    pub requests: PipeWriter,
    /// Its standard output and standard error, where they are wanted.
    pub printed: Option<[Tap; 2]>,
}

/// What a process prints, as it prints it.
pub struct Tap {
    from: File,
    kept: Vec<u8>,
    dropped: u64,
    open: bool,
}

impl Tap {
    /// The end to read, and the end for the child.
    fn new() -> io::Result<(Tap, Stdio)> {
        let (read, write) = io::pipe()?;
        // SAFETY: sets a flag of a descriptor of ours.
        if unsafe { libc::fcntl(read.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) } == -1 {
            return Err(io::Error::last_os_error());
        }
        let from = File::from(OwnedFd::from(read));
        Ok((Tap { from, kept: Vec::new(), dropped: 0, open: true }, Stdio::from(write)))
    }

    /// Reads what is there.
    fn drain(&mut self) {
        let mut buffer = [0; 1 << 14];
        while self.open {
            match self.from.read(&mut buffer) {
                Ok(0) => self.open = false,
                Ok(count) => {
                    let room = KEPT.saturating_sub(self.kept.len()).min(count);
                    self.kept.extend_from_slice(&buffer[..room]);
                    self.dropped += (count - room) as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.open = false,
            }
        }
    }

    /// What was printed since the last time, as ISO-8859-1 where it is not UTF-8.
    fn take(&mut self) -> String {
        self.drain();
        let bytes = std::mem::take(&mut self.kept);
        let dropped = std::mem::take(&mut self.dropped);
        let mut text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => error.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
        };
        if dropped > 0 {
            text.push_str(&format!("\n({dropped} bytes more)\n"));
        }
        text
    }
}

/// Starts a worker. `command` makes its command of the descriptors it will read from and write to. With `tap` its standard
/// output and error are kept, not passed on.
pub fn spawn(tap: bool, command: impl FnOnce((RawFd, RawFd)) -> Command) -> io::Result<(Child, Pipes)> {
    let (theirs_in, requests) = io::pipe()?;
    let (replies, theirs_out) = io::pipe()?;
    let fds = (theirs_in.as_raw_fd(), theirs_out.as_raw_fd());
    let mut command = command(fds);
    command.stdin(Stdio::null());
    let printed = if tap {
        let ((out, out_end), (err, err_end)) = (Tap::new()?, Tap::new()?);
        command.stdout(out_end).stderr(err_end);
        Some([out, err])
    } else {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        None
    };
    // A group of its own, which ends with it: a routine may fork.
    command.process_group(0);
    // SAFETY: no arguments, no failure.
    let from_main = unsafe { libc::syscall(libc::SYS_gettid) == libc::c_long::from(libc::getpid()) };
    // SAFETY: between fork and exec only fcntl and prctl are called, which may be.
    unsafe {
        command.pre_exec(move || {
            // A worker in an endless loop must not outlive a command that was killed. The signal comes when the thread that
            // started it ends: that of a test does so long before the others.
            if from_main {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            }
            for fd in [fds.0, fds.1] {
                if libc::fcntl(fd, libc::F_SETFD, 0) == -1 {
                    return Err(io::Error::last_os_error());
                }
            }
            Ok(())
        });
    }
    let child = command.spawn()?;
    Ok((child, Pipes { replies, requests, printed }))
}

/// Whether a worker has ended. It is not waited for, so that its number still belongs to it.
pub fn has_ended(child: &Child) -> bool {
    // SAFETY: zeroes are a value of it; waitid fills it in.
    let mut told: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let flags = libc::WEXITED | libc::WNOWAIT | libc::WNOHANG;
    // SAFETY: a valid pointer; si_pid is what waitid sets for a child that has ended.
    unsafe { libc::waitid(libc::P_PID, child.id(), &mut told, flags) == 0 && told.si_pid() != 0 }
}

/// Ends a worker and what it has started.
pub fn kill(child: &mut Child) {
    if let Ok(group) = i32::try_from(child.id()) {
        // SAFETY: a group that `spawn` made; its leader has not been waited for, so the number is nobody else's.
        unsafe { libc::kill(-group, libc::SIGKILL) };
    }
    let _ = child.kill();
}

impl Pipes {
    /// Waits until an answer, or the end of the worker, can be read. False: the time is over. What is printed meanwhile is
    /// taken in, so that nobody waits for a full pipe.
    pub fn wait(&mut self, limit: Duration) -> io::Result<bool> {
        let until = Instant::now() + limit;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let milliseconds = left.as_millis().min(i32::MAX as u128) as i32;
            let mut polls = vec![poll(&self.replies)];
            let taps = self.printed.iter_mut().flatten().filter(|tap| tap.open);
            polls.extend(taps.map(|tap| poll(&tap.from)));
            // SAFETY: as many valid pollfds as there are.
            match unsafe { libc::poll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, milliseconds) } {
                0 if left.is_zero() || milliseconds == 0 => return Ok(false),
                0 => {}
                -1 => {
                    let error = io::Error::last_os_error();
                    if error.kind() != io::ErrorKind::Interrupted {
                        return Err(error);
                    }
                }
                _ if polls[0].revents != 0 => return Ok(true),
                _ if left.is_zero() => return Ok(false),
                _ => self.printed.iter_mut().flatten().for_each(Tap::drain),
            }
        }
    }

    /// What was printed since the last time: standard output, standard error.
    pub fn take_printed(&mut self) -> (String, String) {
        match &mut self.printed {
            Some([out, err]) => (out.take(), err.take()),
            None => Default::default(),
        }
    }
}

fn poll(file: &impl AsRawFd) -> libc::pollfd {
    libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 }
}

/// The inherited ends, in the worker.
///
/// # Safety
/// The descriptors are open, and nothing else in this process uses them.
pub unsafe fn inherited(read: RawFd, write: RawFd) -> (PipeReader, PipeWriter) {
    // SAFETY: the caller's promise.
    unsafe { (PipeReader::from_raw_fd(read), PipeWriter::from_raw_fd(write)) }
}
