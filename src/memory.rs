//! Reading memory that belongs to the legacy program, at addresses it passed: without ever faulting.
//!
//! A plain copy is allowed only where it provably cannot fault: on the main thread's stack above the stack pointer, and in
//! the data of the hooked images, which are never unmapped. Everything else goes through `process_vm_readv` on the own
//! process, which returns an error where a load would fault.

use std::arch::asm;

/// Number of address ranges of hooked images that fit. More only means slower reads.
const MAX_RANGES: usize = 32;
const PAGE: u64 = 4096;

/// What is known of the process, once, before its first line of code runs.
#[derive(Debug, Clone, Copy)]
pub struct MemoryMap {
    ranges: [(u64, u64); MAX_RANGES],
    count: usize,
    main_stack: (u64, u64),
    main_reach: u64,
    pid: u32,
}

impl MemoryMap {
    /// Looks at this process, which must have one thread, the caller.
    pub fn of_this_process() -> MemoryMap {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let top = maps.lines().find(|line| line.ends_with("[stack]")).and_then(|line| {
            let (_, end) = line.split_whitespace().next()?.split_once('-')?;
            u64::from_str_radix(end, 16).ok()
        });
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: a valid pointer to a local.
        unsafe { libc::getrlimit(libc::RLIMIT_STACK, &mut limit) };
        // The kernel keeps at least 128 MiB below the top free of other mappings, whatever the limit says.
        let depth = limit.rlim_cur.min(120 << 20);
        let main_stack = top.map_or((0, 0), |top| (top.saturating_sub(depth), top));
        let main_reach = main_stack.1.saturating_sub(limit.rlim_cur.min(64 << 30));
        MemoryMap { ranges: [(0, 0); MAX_RANGES], count: 0, main_stack, main_reach, pid: std::process::id() }
    }

    /// A map of which nothing may be read with a plain load.
    pub fn elsewhere() -> MemoryMap {
        MemoryMap {
            ranges: [(0, 0); MAX_RANGES],
            count: 0,
            main_stack: (u64::MAX, 0),
            main_reach: u64::MAX,
            pid: std::process::id(),
        }
    }

    /// Where the first thread's stack may be.
    pub fn main_stack(&self) -> (u64, u64) {
        self.main_stack
    }

    /// How far the first thread's stack may reach down. The kernel places nothing else within the limit that a program starts
    /// with; without any limit it begins at the other end.
    pub fn main_stack_reach(&self) -> (u64, u64) {
        (self.main_reach, self.main_stack.1)
    }

    /// Adds a range that stays readable as long as the process lives.
    pub fn add(&mut self, range: (u64, u64)) {
        if self.count < MAX_RANGES {
            self.ranges[self.count] = range;
            self.count += 1;
        }
    }

    /// Whether a plain load of `[address, address + length)` cannot fault, for a caller whose stack pointer is `sp`.
    #[inline]
    pub fn is_plain(&self, address: u64, length: u64, sp: u64) -> bool {
        let Some(end) = address.checked_add(length) else { return false };
        // Only a thread that is itself on the main stack keeps what is above its stack pointer alive.
        if sp >= self.main_stack.0 && address >= sp && end <= self.main_stack.1 {
            return true;
        }
        self.ranges[..self.count].iter().any(|(low, high)| address >= *low && end <= *high)
    }

    /// Copies `length` bytes from `address` to `to`, as far as they can be read; returns how many.
    ///
    /// # Safety
    /// `to` is valid for `length` bytes and no part of what is read.
    #[inline]
    pub unsafe fn read(&self, address: u64, length: u64, sp: u64, to: *mut u8) -> u64 {
        if self.is_plain(address, length, sp) {
            // SAFETY: `is_plain` says that the source is readable; the destination is the caller's promise.
            unsafe { copy(address as *const u8, to, length as usize) };
            return length;
        }
        // SAFETY: the caller's promise.
        unsafe { self.read_foreign(address, length, to) }
    }

    /// Copies text up to and including its first NUL, at most `limit` bytes; returns how many, and whether the NUL was met.
    ///
    /// # Safety
    /// `to` is valid for `limit` bytes and no part of what is read.
    #[inline(never)]
    pub unsafe fn read_to_nul(&self, address: u64, limit: u64, sp: u64, to: *mut u8) -> (u64, bool) {
        let mut done = 0;
        while done < limit {
            let Some(at) = address.checked_add(done) else { break };
            // Never past a page end in one step: the text may be the last thing mapped.
            let step = (PAGE - at % PAGE).min(limit - done).min(256);
            // SAFETY: `done + step <= limit`.
            let got = unsafe { self.read(at, step, sp, to.add(done as usize)) };
            for i in 0..got {
                // SAFETY: `got` bytes were just written there.
                if unsafe { *to.add((done + i) as usize) } == 0 {
                    return (done + i + 1, true);
                }
            }
            done += got;
            if got < step {
                break;
            }
        }
        (done, false)
    }

    /// # Safety
    /// As for [`MemoryMap::read`].
    #[inline(never)]
    unsafe fn read_foreign(&self, address: u64, length: u64, to: *mut u8) -> u64 {
        // SAFETY: the kernel checks the source; the destination is the caller's promise.
        if unsafe { self.readv(address, length, to) } == length {
            return length;
        }
        // Once more page by page, to know how much is mapped.
        let mut done = 0;
        while done < length {
            let Some(at) = address.checked_add(done) else { break };
            let step = (PAGE - at % PAGE).min(length - done);
            // SAFETY: as above, inside the destination.
            if unsafe { self.readv(at, step, to.add(done as usize)) } != step {
                break;
            }
            done += step;
        }
        done
    }

    /// `process_vm_readv` on ourselves, as a bare system call: libc's wrapper would set errno. Returns 0 on any error.
    ///
    /// # Safety
    /// `to` is valid for `length` bytes.
    unsafe fn readv(&self, address: u64, length: u64, to: *mut u8) -> u64 {
        let local = libc::iovec { iov_base: to.cast(), iov_len: length as usize };
        let remote = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: length as usize };
        let result: i64;
        // SAFETY: process_vm_readv(pid, &local, 1, &remote, 1, 0) writes to `local` only, which the caller vouches for.
        unsafe {
            asm!("syscall", inlateout("rax") libc::SYS_process_vm_readv => result, in("rdi") u64::from(self.pid),
                in("rsi") &raw const local, in("rdx") 1u64, in("r10") &raw const remote, in("r8") 1u64, in("r9") 0u64,
                lateout("rcx") _, lateout("r11") _, options(nostack));
        }
        result.max(0) as u64
    }

    /// Whether the kernel lets this process read itself; false under some seccomp filters.
    pub fn can_read_foreign(&self) -> bool {
        let (from, mut to) = (0x5a5a_5a5a_u32, 0_u32);
        // SAFETY: four bytes from one local to another.
        let got = unsafe { self.readv(&raw const from as u64, 4, (&raw mut to).cast()) };
        got == 4 && to == from
    }
}

/// A copy that calls nobody: the program may have a memcpy of its own, and that may be hooked.
///
/// # Safety
/// `from` is valid for reads and `to` for writes of `length` bytes; they do not overlap.
#[inline]
pub unsafe fn copy(from: *const u8, to: *mut u8, length: usize) {
    let mut at = 0;
    if length >= 512 {
        // SAFETY: the caller's promise covers `length` bytes; the direction flag is clear by the ABI.
        unsafe {
            asm!("rep movsb", inout("rcx") length => _, inout("rsi") from => _, inout("rdi") to => _,
                options(nostack, preserves_flags));
        }
        return;
    }
    // SAFETY: `at` stays within `length`; assembly and volatile keep the compiler from making a call of it. Words, not
    // vectors: a load wider than the store before it waits until that store has left the processor.
    unsafe {
        while at + 32 <= length {
            asm!(
                "mov {a}, [{from}]", "mov {b}, [{from} + 8]", "mov {c}, [{from} + 16]", "mov {d}, [{from} + 24]",
                "mov [{to}], {a}", "mov [{to} + 8], {b}", "mov [{to} + 16], {c}", "mov [{to} + 24], {d}",
                from = in(reg) from.add(at), to = in(reg) to.add(at),
                a = out(reg) _, b = out(reg) _, c = out(reg) _, d = out(reg) _, options(nostack, preserves_flags));
            at += 32;
        }
        while at + 8 <= length {
            let word = from.add(at).cast::<u64>().read_unaligned();
            asm!("mov qword ptr [{}], {}", in(reg) to.add(at), in(reg) word, options(nostack, preserves_flags));
            at += 8;
        }
        while at < length {
            let byte = from.add(at).read_volatile();
            to.add(at).write_volatile(byte);
            at += 1;
        }
    }
}
