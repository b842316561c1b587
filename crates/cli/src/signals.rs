//! Signals of `cmp-bridge run`: it stands between a terminal or a supervisor and the program, and must not be felt.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

/// What supervisors and operators send.
const FORWARDED: [i32; 6] =
    [libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2];

/// The program, once it runs.
static PROGRAM: AtomicI32 = AtomicI32::new(0);
/// Signals that came before it did, as a bit set.
static EARLY: AtomicU64 = AtomicU64::new(0);

/// The last signal that asked to stop; 0 for none.
static STOP: AtomicI32 = AtomicI32::new(0);

/// The signal that asked this process to stop, since [`keep`].
pub fn interrupted() -> Option<i32> {
    Some(STOP.load(Ordering::Acquire)).filter(|signal| *signal != 0)
}

/// Whether this signal asks to stop.
pub fn asks_to_stop(signal: i32) -> bool {
    matches!(signal, libc::SIGINT | libc::SIGTERM | libc::SIGHUP | libc::SIGQUIT)
}

/// Sends the program what somebody sent us. What the terminal sent has reached the program already: it is of the same
/// foreground group.
extern "C" fn forward(signal: i32, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    if asks_to_stop(signal) {
        STOP.store(signal, Ordering::Release);
    }
    // SAFETY: with SA_SIGINFO the kernel passes a valid siginfo.
    let from_kernel = unsafe { (*info).si_code } > 0;
    if from_kernel {
        return;
    }
    match PROGRAM.load(Ordering::Acquire) {
        0 => drop(EARLY.fetch_or(1 << signal, Ordering::AcqRel)),
        // SAFETY: kill may be called in a signal handler, and the program is our child, not yet waited for.
        pid => drop(unsafe { libc::kill(pid, signal) }),
    }
}

/// Does nothing, and unlike SIG_IGN is not inherited by the program.
extern "C" fn nothing(_signal: i32, _info: *mut libc::siginfo_t, _context: *mut libc::c_void) {}

type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);

fn install(signal: i32, handler: Handler) {
    // SAFETY: sigaction is plain data, for which zero is valid; the handlers only use what a handler may.
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &mut old);
        // What our parent had us ignore (nohup), the program ignores too.
        if old.sa_sigaction == libc::SIG_IGN {
            return;
        }
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = handler as usize;
        new.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
        libc::sigaction(signal, &new, std::ptr::null_mut());
    }
}

/// Whether our parent had us ignore SIGPIPE.
static BROKEN_PIPES_IGNORED: AtomicBool = AtomicBool::new(false);

/// Looks before Rust's own start does, which ignores SIGPIPE.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    // SAFETY: sigaction is plain data, for which zero is valid, and is only read.
    let old = unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        libc::sigaction(libc::SIGPIPE, std::ptr::null(), &mut old);
        old.sa_sigaction
    };
    BROKEN_PIPES_IGNORED.store(old == libc::SIG_IGN, Ordering::Release);
}

/// The program ignores SIGPIPE if our parent had us ignore it; a command would have it die of it.
pub fn inherit(command: &mut Command) {
    if BROKEN_PIPES_IGNORED.load(Ordering::Acquire) {
        // SAFETY: signal may be called between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::signal(libc::SIGPIPE, libc::SIG_IGN);
                Ok(())
            });
        }
    }
}

/// From now on signals are kept for the program. A journal that meets a limit of file size is an error, not a death.
pub fn keep() {
    FORWARDED.iter().for_each(|signal| install(*signal, forward));
    install(libc::SIGXFSZ, nothing);
}

/// From now on signals go to the program, first of all those that are already there.
pub fn send_to(program: u32) {
    let pid = program as i32;
    PROGRAM.store(pid, Ordering::Release);
    let early = EARLY.swap(0, Ordering::AcqRel);
    for signal in FORWARDED.into_iter().filter(|signal| early & (1 << signal) != 0) {
        // SAFETY: kill has no preconditions; the program is our child, not yet waited for.
        unsafe { libc::kill(pid, signal) };
    }
}

/// The program has ended: its number may be somebody else's soon.
pub fn stop_sending() {
    PROGRAM.store(0, Ordering::Release);
}

/// Ends this process as that signal ends one, without a core: the program has left its own.
pub fn die_of(signal: i32) {
    // SAFETY: plain system calls on this process, which is about to end.
    unsafe {
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &none);
        libc::signal(signal, libc::SIG_DFL);
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigaddset(&mut set, signal);
        libc::sigprocmask(libc::SIG_UNBLOCK, &set, std::ptr::null_mut());
        libc::raise(signal);
    }
}
