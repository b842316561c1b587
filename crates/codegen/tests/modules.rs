//! The modules under `examples/`, loaded and called as the agent does, against the legacy code they replace.

use cmp_bridge::frame::Frame;
use cmp_bridge::module::{Answer, Candidate, MODULE_ABI, MODULE_SYMBOL, Module};
use std::ffi::{CStr, CString, c_char, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs a command that must succeed; its output.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Builds both modules, once, where this test itself was built.
fn module_file(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf();
        run(Command::new(env!("CARGO"))
            .current_dir(root())
            .args(["build", "--offline", "--quiet", "-p", "rewrite-three", "-p", "rewrite-three-wrong"])
            .arg("--target-dir")
            .arg(&target));
        target.join("debug")
    });
    folder.join(format!("lib{name}.so"))
}

/// A shared library that stays loaded.
struct Library(*mut c_void);

impl Library {
    fn open(path: &Path) -> Library {
        let name = CString::new(path.to_str().unwrap()).unwrap();
        // SAFETY: loading runs the initialisers of code that we built.
        let library = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!library.is_null(), "{path:?} does not load");
        Library(library)
    }

    fn symbol(&self, name: &str) -> *mut c_void {
        let name = CString::new(name).unwrap();
        // SAFETY: the library is loaded.
        let address = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        assert!(!address.is_null(), "{name:?} is not exported");
        address
    }

    /// The descriptor of a module, started.
    fn module(&self) -> &'static Module {
        // SAFETY: the symbol has this type in every module.
        unsafe {
            let describe: extern "C" fn() -> *const Module = std::mem::transmute(self.symbol(MODULE_SYMBOL));
            let module = &*describe();
            assert_eq!(module.abi, MODULE_ABI);
            (module.start)();
            module
        }
    }
}

fn candidate(module: &'static Module, name: &str) -> &'static Candidate {
    // SAFETY: the descriptor says how many there are.
    let list = unsafe { std::slice::from_raw_parts(module.candidates, module.candidate_count as usize) };
    // SAFETY: a NUL-terminated name.
    let named =
        |candidate: &&Candidate| unsafe { CStr::from_ptr(candidate.routine) }.to_bytes() == name.as_bytes();
    list.iter().find(named).unwrap()
}

/// The legacy components as a shared library, built by gcc alone.
fn legacy() -> Library {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let file = BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("legacy");
        std::fs::create_dir_all(&folder).unwrap();
        let sources = |part: &str, kind: &str| -> Vec<PathBuf> {
            let list = std::fs::read_dir(root().join("legacy").join(part)).unwrap();
            list.map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|e| e == kind))
                .collect()
        };
        let file = folder.join("liblegacy.so");
        run(Command::new("gfortran")
            .args(["-O2", "-fPIC", "-shared", "-I"])
            .arg(root().join("vendor-headers"))
            .arg("-I")
            .arg(root().join("legacy/flight_dynamics"))
            .args(sources("flight_dynamics", "f"))
            .args(sources("telemetry", "c"))
            .args(["-lm", "-o"])
            .arg(&file));
        file
    });
    Library::open(file)
}

/// A frame with these integer registers.
fn frame(gpr: &[u64]) -> Frame {
    let mut frame = Frame {
        gpr: [0; 6],
        xmm: [[0; 16]; 8],
        ret_gpr: [0; 2],
        ret_xmm: [[0; 16]; 2],
        ret_x87: [[0; 16]; 2],
        stack: std::ptr::null(),
        sp: 0,
    };
    frame.gpr[..gpr.len()].copy_from_slice(gpr);
    frame
}

/// Calls of `ehposv` over two days, legacy against candidate: the largest distance in metres. Zero means the same bits.
fn positions(module: &'static Module) -> f64 {
    // One user of the legacy state at a time.
    static ONE: Mutex<()> = Mutex::new(());
    let _guard = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let legacy = legacy();
    type Ehinit = unsafe extern "C" fn(*const i32, *const f64, *const [f64; 6], *mut i32);
    type Ehposv = unsafe extern "C" fn(*const f64, *mut [f64; 3], *mut [f64; 3], *mut i32);
    let candidate = candidate(module, "ehposv");
    let state = ["ehbul_", "ehsec_", "ehser_"].map(|name| legacy.symbol(name).cast::<u8>());
    let mut ier = 9;
    // SAFETY: the types are the routines'.
    let ehinit: Ehinit = unsafe { std::mem::transmute(legacy.symbol("ehinit_")) };
    // SAFETY: as above.
    let ehposv: Ehposv = unsafe { std::mem::transmute(legacy.symbol("ehposv_")) };
    let mut worst = 0.0_f64;
    for round in 0..200 {
        let elements = [7_200_000.0, 1e-3, 2e-4 * f64::from(round % 7), 1.72, 0.5 * f64::from(round), 1.0];
        let dt = f64::from(round) * 864.5;
        let mut values = [[[0.5; 3]; 2]; 2];
        let [direct, answered] = &mut values;
        let mut codes = [9, 9];
        // SAFETY: valid arguments, and the state areas are the legacy library's own.
        unsafe {
            ehinit(&19116, &0.0, &elements, &mut ier);
            assert_eq!(ier, 0);
            ehposv(&dt, &mut direct[0], &mut direct[1], &mut codes[0]);
            let mut frame = frame(&[
                (&raw const dt) as u64,
                (&raw mut answered[0]) as u64,
                (&raw mut answered[1]) as u64,
                (&raw mut codes[1]) as u64,
            ]);
            assert_eq!((candidate.entry)(&mut frame, state.as_ptr()), Answer::ANSWERED);
        }
        assert_eq!(codes, [0, 0]);
        for (a, b) in values[0].iter().flatten().zip(values[1].iter().flatten()) {
            worst = worst.max((a - b).abs());
        }
    }
    worst
}

/// Frames built by the legacy code that the candidate builds otherwise, of 130.
fn other_frames(module: &'static Module) -> usize {
    let legacy = legacy();
    type Code = unsafe extern "C" fn(*const [u32; 3], *const u8, i32, *mut u8, i32) -> i32;
    // SAFETY: the type is the routine's.
    let code: Code = unsafe { std::mem::transmute(legacy.symbol("tm_coder_trame")) };
    let candidate = candidate(module, "tm_coder_trame");
    let data: Vec<u8> = (0..=255).map(|i: u8| i.wrapping_mul(37)).collect();
    let differs = |length: i32| {
        let header = [0x9f35_47a1_u32.rotate_left(length as u32), 0x0007_1234, 86_399_999 - length as u32];
        let mut frames = [[0xee_u8; 130]; 2];
        // SAFETY: valid arguments.
        let (status, answer, other) = unsafe {
            let status = code(&header, data.as_ptr(), length, frames[0].as_mut_ptr(), 130);
            let mut frame = frame(&[
                (&raw const header) as u64,
                data.as_ptr() as u64,
                length as u64,
                frames[1].as_mut_ptr() as u64,
                130,
            ]);
            let answer = (candidate.entry)(&mut frame, std::ptr::null());
            (status, answer, frame.ret_gpr[0] as i32)
        };
        assert_eq!(answer, if status == 0 { Answer::ANSWERED } else { Answer::STATUS });
        status != other || frames[0] != frames[1]
    };
    (0..130).filter(|length| differs(*length)).count()
}

/// Dates that the candidate converts otherwise, of 300.
fn other_dates(module: &'static Module) -> usize {
    #[repr(C)]
    struct Date(i32, f64);
    let legacy = legacy();
    // SAFETY: the type is the routine's.
    let convert: extern "C" fn(u64) -> Date = unsafe { std::mem::transmute(legacy.symbol("tm_cds_jj50")) };
    let candidate = candidate(module, "tm_cds_jj50");
    let differs = |step: u64| {
        // Some with more milliseconds than a day has.
        let cds = (step * 719_989) << 32 | (step % 1000) << 16 | (16_000 + step);
        let date = convert(cds);
        let mut frame = frame(&[cds]);
        // SAFETY: a frame of this routine.
        assert_eq!(unsafe { (candidate.entry)(&mut frame, std::ptr::null()) }, Answer::ANSWERED);
        date.0 != frame.ret_gpr[0] as i32 || date.1.to_le_bytes() != frame.ret_xmm[0][..8]
    };
    (0..300).filter(|step| differs(*step)).count()
}

#[test]
fn the_rewrites_give_the_same_bits() {
    let module = Library::open(&module_file("rewrite_three")).module();
    assert_eq!(positions(module), 0.0);
    assert_eq!(other_frames(module), 0);
    assert_eq!(other_dates(module), 0);
}

#[test]
fn each_wrong_rewrite_is_wrong() {
    let module = Library::open(&module_file("rewrite_three_wrong")).module();
    let distance = positions(module);
    assert!(distance > 1.0 && distance < 2e4, "{distance} m: visible, but not absurd");
    assert_eq!(other_frames(module), 130);
    assert_eq!(other_dates(module), 300);
}

#[test]
fn a_module_says_what_it_is() {
    let module = Library::open(&module_file("rewrite_three")).module();
    // SAFETY: a NUL-terminated text.
    let what = unsafe { CStr::from_ptr(module.what.cast::<c_char>()) }.to_str().unwrap();
    assert!(what.starts_with("@(#)rewrite-three 0.1.0 flight_dynamics "), "{what}");
    assert!(what.contains(" telemetry "), "{what}");
    let ehposv = candidate(module, "ehposv");
    assert_eq!((ehposv.state_count, ehposv.control_count), (3, 1));
}

#[test]
fn a_module_exports_its_descriptor_only_and_needs_no_legacy_symbol() {
    for name in ["rewrite_three", "rewrite_three_wrong"] {
        let file = module_file(name);
        let defined = run(Command::new("nm").args(["-D", "--defined-only"]).arg(&file));
        let defined: Vec<&str> = defined.lines().filter_map(|line| line.split_whitespace().last()).collect();
        assert_eq!(defined, [MODULE_SYMBOL]);
        let undefined = run(Command::new("nm").args(["-D", "--undefined-only"]).arg(&file));
        for line in undefined.lines() {
            let name = line.split_whitespace().last().unwrap();
            let known =
                name.contains("@GLIBC") || name.contains("@GCC") || line.trim_start().starts_with("w ");
            assert!(known, "{line}");
        }
    }
}

/// With the feature `relink` the rewrites stand behind the legacy symbols, and state is linked.
#[test]
fn a_relinked_module_replaces_the_legacy_objects() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("relinked");
    std::fs::create_dir_all(&folder).unwrap();
    let target = folder.join("target");
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "build",
            "--offline",
            "--quiet",
            "-p",
            "rewrite-three",
            "--features",
            "relink",
            "--target-dir",
        ])
        .arg(&target));
    let library = target.join("debug/librewrite_three.so");
    let defined = run(Command::new("nm").args(["-D", "--defined-only"]).arg(&library));
    let mut defined: Vec<&str> = defined.lines().filter_map(|line| line.split_whitespace().last()).collect();
    defined.sort_unstable();
    assert_eq!(
        defined,
        [
            "cmp_bridge_what_rewrite-three_flight_dynamics_telemetry",
            "ehposv_",
            "tm_cds_jj50",
            "tm_coder_trame"
        ]
    );
    let main = r#"
        #include <stdio.h>
        #include "flight_dynamics.h"
        #include "telemetry.h"
        char ehbul_[64] __attribute__((aligned(8))), ehsec_[48] __attribute__((aligned(8)));
        char ehser_[2016] __attribute__((aligned(8)));
        int main(void)
        {
            double dt = 1, pos[3], vit[3];
            int32_t ier = 9;
            tm_cds cds = { 16194, 500, 1500 };
            ehposv_(&dt, pos, vit, &ier);
            printf("%d %d %.4f\n", ier, tm_cds_jj50(cds).jour, tm_cds_jj50(cds).sec);
            return 0;
        }"#;
    std::fs::write(folder.join("main.c"), main).unwrap();
    let program = folder.join("main");
    run(Command::new("gcc")
        .arg("-rdynamic")
        .arg("-I")
        .arg(root().join("vendor-headers"))
        .arg(folder.join("main.c"))
        .arg(&library)
        .arg("-o")
        .arg(&program));
    let path = library.parent().unwrap();
    assert_eq!(run(Command::new(&program).env("LD_LIBRARY_PATH", path)), "-7 19116 1.5005\n");
}
