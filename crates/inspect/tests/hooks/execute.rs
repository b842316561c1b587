//! Moved code is executed: it must leave the same registers, flags and memory behind as the original.

use std::ffi::{CString, c_void};
use std::path::Path;

use cmp_bridge::plan::{Fixup, FixupKind};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::code::CodeMap;
use cmp_bridge_inspect::hazard::{Hookable, hookable};

use crate::support::{Case, Expected, build, build_with, case_names, open};

/// Registers, flags and vector registers, as `probe.s` lays them out.
#[repr(C)]
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    /// rax rbx rcx rdx rsi rdi rbp r8..r15 flags
    words: [u64; 16],
    vectors: [[u8; 16]; 16],
}

const RCX: usize = 2;
const RSI: usize = 4;
const RDI: usize = 5;
const R8: usize = 7;
const R9: usize = 8;
const FLAGS: usize = 15;
const FLAG_NAMES: u64 = 0xcd5; // CF PF AF ZF SF OF and DF

type Probe = unsafe extern "C" fn(*const c_void, *const State, *mut State);

/// A loaded library.
struct Loaded {
    base: u64,
    probe: Probe,
}

fn load(path: &Path) -> Loaded {
    let name = CString::new(path.display().to_string()).expect("a path");
    // SAFETY: the library is one of our cases; it has no constructors. It stays loaded.
    unsafe {
        let library = libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
        assert!(!library.is_null(), "dlopen {}", path.display());
        let probe = libc::dlsym(library, c"probe".as_ptr());
        assert!(!probe.is_null());
        let mut info: libc::Dl_info = std::mem::zeroed();
        assert_ne!(libc::dladdr(probe, &mut info), 0);
        Loaded { base: info.dli_fbase as u64, probe: std::mem::transmute::<*mut c_void, Probe>(probe) }
    }
}

/// Executable memory within reach of `near`.
fn memory_near(near: u64) -> *mut u8 {
    for distance in (1..512u64).map(|n| n << 20) {
        for address in [near.wrapping_add(distance), near.wrapping_sub(distance)] {
            // SAFETY: a new mapping at a place nothing else occupies (NOREPLACE).
            let map = unsafe {
                libc::mmap(
                    (address & !0xfff) as *mut c_void,
                    4096,
                    libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE,
                    -1,
                    0,
                )
            };
            if map != libc::MAP_FAILED {
                return map.cast();
            }
        }
    }
    panic!("no memory within reach of {near:#x}");
}

/// Completes the fix-ups as the agent does.
fn complete(code: &mut [u8], fixups: &[Fixup], address: u64, bias: u64) {
    for fixup in fixups {
        let at = usize::from(fixup.at);
        let target = fixup.target.wrapping_add(bias);
        match fixup.kind {
            FixupKind::Relative32 => {
                let distance = target.wrapping_sub(address + u64::from(fixup.end)) as i64;
                let distance = i32::try_from(distance).expect("within reach");
                code[at..at + 4].copy_from_slice(&distance.to_le_bytes());
            }
            FixupKind::Absolute64 => code[at..at + 8].copy_from_slice(&target.to_le_bytes()),
        }
    }
}

/// Writes the moved code near the original and returns its address.
fn place(hook: &Hookable, loaded: &Loaded) -> *const c_void {
    let memory = memory_near(loaded.base + hook.entry);
    let mut code = hook.relocated.code.clone();
    complete(&mut code, &hook.relocated.fixups, memory as u64, loaded.base);
    // SAFETY: `memory` is a fresh mapping of 4096 bytes, and moved code has at most 255.
    unsafe { std::ptr::copy_nonoverlapping(code.as_ptr(), memory, code.len()) };
    memory.cast()
}

/// Replaces the entry by a jump to the moved code.
fn patch(hook: &Hookable, loaded: &Loaded, moved: *const c_void) {
    let entry = loaded.base + hook.entry;
    let distance = i32::try_from((moved as i64) - (entry as i64 + 5)).expect("within reach");
    let mut bytes = vec![0xcc; hook.original.len()];
    bytes[0] = 0xe9;
    bytes[1..5].copy_from_slice(&distance.to_le_bytes());
    let page = entry & !0xfff;
    // SAFETY: the pages belong to the library, and the bytes replaced are those of the routine, which nobody runs now:
    // each test loads its own copy of the library.
    unsafe {
        let protection = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
        assert_eq!(libc::mprotect(page as *mut c_void, 8192, protection), 0);
        assert_eq!(std::slice::from_raw_parts(entry as *const u8, bytes.len()), hook.original);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), entry as *mut u8, bytes.len());
    }
}

fn inputs(memory: &[u8; 256], witness: u64) -> Vec<State> {
    let mut inputs = Vec::new();
    for number in [0u64, 1, 5, u64::MAX, 0x7fff_ffff] {
        for flags in [0x202u64, 0x202 | 0x8d5] {
            let mut words: [u64; 16] = std::array::from_fn(|i| 0x0101_0101_0101_0101 * (i as u64 + 1));
            words[RSI] = number;
            words[RDI] = memory.as_ptr() as u64;
            words[RCX] = 16;
            (words[R8], words[R9]) = (witness, witness);
            words[FLAGS] = flags;
            let vectors = std::array::from_fn(|i| (i as f64 + 0.25).to_bits().to_le_bytes())
                .map(|low: [u8; 8]| [low, [0x5a; 8]].concat().try_into().expect("16 bytes"));
            inputs.push(State { words, vectors });
        }
    }
    inputs
}

/// Runs `code` with every input: what it leaves in registers and memory.
fn observe(loaded: &Loaded, code: *const c_void, witness: u64) -> Vec<(State, [u8; 256])> {
    let mut memory: Box<[u8; 256]> = Box::new([0; 256]);
    let inputs = inputs(&memory, witness);
    let mut answers = Vec::new();
    for input in inputs {
        memory.iter_mut().enumerate().for_each(|(i, byte)| *byte = i as u8);
        let mut output = input.clone();
        // SAFETY: `code` is a routine of the case or its moved copy: it keeps to the calling convention and touches
        // nothing but its library's data and the 256 bytes of `memory`.
        unsafe { (loaded.probe)(code, &input, &mut output) };
        output.words[FLAGS] &= FLAG_NAMES;
        output.words[RDI] = output.words[RDI].wrapping_sub(memory.as_ptr() as u64);
        answers.push((output, *memory));
    }
    answers
}

fn hooks_of(binary: &Binary, expected: &[(String, Expected)]) -> Vec<(String, Hookable)> {
    let code = CodeMap::sweep(binary);
    let run = expected.iter().filter(|(symbol, _)| symbol.starts_with("t_"));
    run.map(|(symbol, _)| {
        let hook = hookable(binary, &code, symbol, None).unwrap_or_else(|e| panic!("{symbol}: {e}"));
        (symbol.clone(), hook)
    })
    .collect()
}

/// Executes every routine of a case; how many there were.
fn execute(name: &str, case: &Case) -> usize {
    let binary = open(&case.library);
    let loaded = load(&case.library);
    let witness = binary.symbol("witness").map_or(0, |s| s.address + loaded.base);
    let hooks = hooks_of(&binary, &case.expected);
    for (symbol, hook) in &hooks {
        let entry = (loaded.base + hook.entry) as *const c_void;
        let original = observe(&loaded, entry, witness);
        assert_eq!(original, observe(&loaded, entry, witness), "{name}/{symbol}: the case is not repeatable");
        let moved = place(hook, &loaded);
        assert_eq!(original, observe(&loaded, moved, witness), "{name}/{symbol}: moved code differs");
        patch(hook, &loaded, moved);
        assert_eq!(original, observe(&loaded, entry, witness), "{name}/{symbol}: behind the patch differs");
    }
    hooks.len()
}

#[test]
fn moved_code_does_what_the_original_does() {
    let names = case_names().into_iter().filter(|n| n != "refused");
    let executed: usize = names.map(|name| execute(&name, &build(&name, "execute"))).sum();
    assert!(executed >= 50, "only {executed} routines were executed");
}

/// What compilers make of C at every level, with the protections distributions turn on.
#[test]
fn moved_code_of_compilers_does_what_the_original_does() {
    let flags = [
        &["-O0"][..],
        &["-O1", "-fcf-protection=full"],
        &["-O2", "-fstack-protector-all", "-fcf-protection=full"],
        &["-O3", "-mavx", "-fomit-frame-pointer"],
        &["-Os", "-fno-plt"],
        &["-O2", "-fpatchable-function-entry=3"],
    ];
    for (i, flags) in flags.iter().enumerate() {
        for name in ["compiled", "switch"] {
            let case = build_with(name, &format!("execute-compiled-{i}"), flags);
            assert!(execute(&format!("{name} {flags:?}"), &case) >= 2);
        }
    }
}

/// The comparison above can fail: moved code without its fix-ups is noticed.
#[test]
fn wrong_twin_of_the_comparison() {
    let case = build("rip_relative", "execute-wrong");
    let binary = open(&case.library);
    let loaded = load(&case.library);
    let hooks = hooks_of(&binary, &case.expected);
    let (_, hook) = hooks.iter().find(|(symbol, _)| symbol == "t_address").expect("the routine");
    let mut wrong = hook.clone();
    let fixup = wrong.relocated.fixups.first_mut().expect("a fix-up");
    fixup.target += 1;
    let moved = place(&wrong, &loaded);
    let entry = (loaded.base + hook.entry) as *const c_void;
    assert_ne!(observe(&loaded, entry, 0), observe(&loaded, moved, 0));
}

/// The callee of a moved call sees the return address in the original code.
#[test]
fn moved_call_leaves_its_original_return_address() {
    let case = build("calls", "execute-return");
    let binary = open(&case.library);
    let loaded = load(&case.library);
    for (symbol, hook) in hooks_of(&binary, &case.expected).iter().filter(|(s, _)| s != "t_recursive") {
        let witness = binary.symbol("witness").expect("the witness").address + loaded.base;
        let moved = place(hook, &loaded);
        let (state, _) = &observe(&loaded, moved, witness)[0];
        let seen = state.words[0];
        assert_eq!(seen, loaded.base + hook.entry + hook.relocated.original_len as u64, "{symbol}");
    }
}
