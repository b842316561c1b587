//! What `serve` asks of the system beside sockets: descriptors, memory that is a file, its supervisor.

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::net::TcpListener;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The first descriptor that a supervisor passes (sd_listen_fds).
const FIRST_PASSED: RawFd = 3;
/// Most of them that make sense.
const MOST_PASSED: RawFd = 64;

/// Descriptors this process may have open at once, after asking for as many as there may be, at least `wanted`.
pub fn raise_descriptor_limit(wanted: u64) -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: plain system calls that read and write a struct of ours.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) != 0 {
            return wanted;
        }
        if limit.rlim_cur < wanted {
            // Who may raise the hard limit, too, is given what is wanted; others what there is.
            let all = libc::rlimit { rlim_cur: wanted, rlim_max: wanted.max(limit.rlim_max) };
            let most = libc::rlimit { rlim_cur: limit.rlim_max.min(wanted), rlim_max: limit.rlim_max };
            if libc::setrlimit(libc::RLIMIT_NOFILE, &all) != 0 {
                libc::setrlimit(libc::RLIMIT_NOFILE, &most);
            }
            libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        }
    }
    limit.rlim_cur
}

/// Why the descriptors of a supervisor cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PassedError {
    /// LISTEN_FDS is no number of descriptors.
    #[error("LISTEN_FDS is `{0}`, expected a number from 1 to {MOST_PASSED}")]
    Number(String),
    /// A descriptor that nobody listens on.
    #[error("descriptor {0}, which was passed to be listened on, is not a listening TCP socket")]
    NotListening(RawFd),
}

/// The sockets that a supervisor passes (systemd's socket activation); empty where it passes none to this process.
pub fn passed_listeners() -> Result<Vec<TcpListener>, PassedError> {
    let variable = |name| std::env::var(name).ok();
    let to_us = variable("LISTEN_PID").is_some_and(|pid| pid == std::process::id().to_string());
    let Some(number) = variable("LISTEN_FDS").filter(|_| to_us) else { return Ok(Vec::new()) };
    let count = number.parse::<RawFd>().ok().filter(|count| (1..=MOST_PASSED).contains(count));
    let count = count.ok_or(PassedError::Number(number))?;
    (FIRST_PASSED..FIRST_PASSED + count).map(passed).collect()
}

fn passed(descriptor: RawFd) -> Result<TcpListener, PassedError> {
    let refused = PassedError::NotListening(descriptor);
    // SAFETY: asks about a number; a closed one is an error.
    if unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) } != 0 {
        return Err(refused);
    }
    // SAFETY: open, as just seen, and passed to this process for this purpose alone.
    let socket = unsafe { OwnedFd::from_raw_fd(descriptor) };
    let socket = socket2::Socket::from(socket);
    let inet =
        socket.domain().is_ok_and(|domain| [socket2::Domain::IPV4, socket2::Domain::IPV6].contains(&domain));
    let stream = socket.r#type().is_ok_and(|kind| kind == socket2::Type::STREAM);
    if !(inet && stream && socket.is_listener().unwrap_or(false) && socket.set_nonblocking(true).is_ok()) {
        return Err(refused);
    }
    Ok(socket.into())
}

/// A copy of a file, in memory and under a name of its own: what happens to the file later does not happen to it.
#[derive(Debug)]
pub struct PrivateCopy {
    memory: File,
    /// Hash of its bytes.
    digest: [u8; 32],
}

impl PrivateCopy {
    /// Copies a file.
    pub fn of(path: &Path) -> io::Result<PrivateCopy> {
        use sha2::Digest;
        let mut bytes = Vec::new();
        crate::error::open_regular(path).map_err(|error| error.source)?.read_to_end(&mut bytes)?;
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        let name = CString::new(name).map_err(|_| io::Error::other("a NUL in its name"))?;
        let mut memory = memory_file(&name)?;
        memory.write_all(&bytes)?;
        memory.rewind()?;
        Ok(PrivateCopy { memory, digest: sha2::Sha256::digest(&bytes).into() })
    }

    /// Where it can be opened, by this process and its children. The number is in use as long as the copy lives, so no two
    /// copies have the same.
    pub fn path(&self) -> PathBuf {
        format!("/proc/{}/fd/{}", std::process::id(), self.memory.as_raw_fd()).into()
    }

    /// Whether it holds the same bytes.
    pub fn is_like(&self, other: &PrivateCopy) -> bool {
        self.digest == other.digest
    }
}

fn memory_file(name: &CString) -> io::Result<File> {
    // Newer kernels want to be told that it is to be executed; older ones do not know the word.
    const EXECUTABLE: libc::c_uint = 0x10;
    for flags in [libc::MFD_CLOEXEC | EXECUTABLE, libc::MFD_CLOEXEC] {
        // SAFETY: a valid C string.
        let descriptor = unsafe { libc::memfd_create(name.as_ptr(), flags) };
        if descriptor >= 0 {
            // SAFETY: just opened, and nobody else's.
            return Ok(unsafe { File::from_raw_fd(descriptor) });
        }
    }
    Err(io::Error::last_os_error())
}

/// Whoever started this process and wants to hear from it (sd_notify).
#[derive(Debug)]
pub struct Supervisor {
    socket: Option<(UnixDatagram, SocketAddr)>,
    /// How often it wants to hear that all is well, and when it last did.
    watchdog: Option<(Duration, Instant)>,
}

impl Supervisor {
    /// The one that NOTIFY_SOCKET names, if any.
    pub fn of_environment() -> Supervisor {
        let address = |name: &str| match name.strip_prefix('@') {
            Some(name) => SocketAddr::from_abstract_name(name),
            None => SocketAddr::from_pathname(name),
        };
        let name = std::env::var("NOTIFY_SOCKET").ok();
        let address = name.and_then(|name| address(&name).ok());
        let socket =
            UnixDatagram::unbound().and_then(|socket| socket.set_nonblocking(true).map(|()| socket)).ok();
        Supervisor {
            socket: socket.zip(address),
            watchdog: watchdog().map(|period| (period, Instant::now())),
        }
    }

    /// Tells it something. Nobody is told if that fails: it is not there any more.
    pub fn tell(&self, state: &str) {
        if let Some((socket, address)) = &self.socket {
            let _ = socket.send_to_addr(state.as_bytes(), address);
        }
    }

    /// How often it wants to hear that all is well.
    pub fn period(&self) -> Option<Duration> {
        self.watchdog.map(|(period, _)| period)
    }

    /// Tells it that all is well, if it is time to.
    pub fn feed(&mut self) {
        if let Some((period, fed)) = &mut self.watchdog
            && fed.elapsed() >= *period
        {
            *fed = Instant::now();
            self.tell("WATCHDOG=1");
        }
    }
}

/// Half of what WATCHDOG_USEC says: one notice may be late.
fn watchdog() -> Option<Duration> {
    let to_us = std::env::var("WATCHDOG_PID").ok().is_none_or(|pid| pid == std::process::id().to_string());
    let period = std::env::var("WATCHDOG_USEC").ok().filter(|_| to_us)?.parse::<u64>().ok()?;
    Some(Duration::from_micros(period) / 2)
}

/// Microseconds of the clock by which a supervisor orders what it is told.
pub fn monotonic_microseconds() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes a struct of ours.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1000
}
