//! `gcc -O2` implies `-fipa-ra`: a caller keeps values in registers that the ABI lets its callee write. A naive hook
//! destroys them; ours, in every route, does not.

use crate::support::{Case, Done};
use cmp_bridge::control::Route;

const ROUTES: [Route; 4] = [Route::Legacy, Route::Record, Route::Shadow, Route::Rust];

/// The instructions of a function, without addresses.
fn instructions(case: &Case, program: &str, function: &str) -> Vec<String> {
    let text = case.make(&format!("objdump -d --no-show-raw-insn --disassemble={function} {program}"));
    let code = text.lines().filter_map(|line| line.split_once(":\t")).map(|(_, code)| code.trim().to_owned());
    code.collect()
}

/// Registers of `names` whose first mention after the call is as a source: their values crossed it.
fn kept(code: &[String], callee: &str, names: &[&'static str]) -> Vec<&'static str> {
    let call =
        code.iter().position(|line| line.starts_with("call") && line.contains(callee)).expect("a call");
    let is_read = |name: &&&str| {
        let first = code[call + 1..].iter().find(|line| line.contains(&format!("%{name}")));
        // In AT&T syntax the last operand is the one written; in parentheses it is an address, and read.
        first.is_some_and(|line| {
            !line.ends_with(&format!(",%{name}")) || line.matches(&format!("%{name}")).count() > 1
        })
    };
    names.iter().filter(is_read).copied().collect()
}

/// The program is right alone and in every route, and wrong under the naive hook.
fn hold(case: &Case, program: &str, contract: &str, module: &str) -> Done {
    let native = case.native(&[program]).exited(0);
    let naive = crate::support::start(case.command(&[program]).env("LD_PRELOAD", case.path("naive.so")));
    let naive = naive.done(std::time::Duration::from_secs(10));
    assert_ne!(naive.out, native.out, "the naive hook does no harm: this proves nothing");
    for route in ROUTES {
        let run = case.route(route, &[contract.to_owned()], &[module], &[program]).is(&native);
        let expected =
            if matches!(route, Route::Record | Route::Shadow) { run.hooked().len() * 100 } else { 0 };
        assert!(run.summary().calls as usize >= expected, "{}: {:?}", route.name(), run.summary());
        assert_eq!(run.summary().calls == 0, expected == 0, "{}", route.name());
    }
    native
}

fn pair(test: &str, width: u32, flags: &str, vectors: &[&'static str]) {
    let case = Case::new("ipa_ra", test);
    let flags = format!("-g -O2 -DWIDTH={width} {flags}");
    case.make(&format!("gcc {flags} -rdynamic main.c pair.c -o pair"));
    case.make("gcc -O2 -shared -fPIC naive.c -o naive.so");
    let module = case.module("pair.toml", "pair_module.c", &flags);
    let general = instructions(&case, "pair", "combine_long");
    assert!(kept(&general, "<step>", &["rcx", "rdx", "rsi", "r8"]).len() >= 3, "{general:#?}");
    let wide = instructions(&case, "pair", "combine_wide");
    assert!(!kept(&wide, "<scale>", vectors).is_empty(), "no vector register crosses the call:\n{wide:#?}");
    let native = hold(&case, "./pair", "pair.toml", &module);
    native.prints(&["long 106200\n"]);
}

#[test]
fn c_keeps_general_and_xmm_registers() {
    pair("xmm", 16, "", &["xmm1", "xmm2", "xmm3"]);
}

#[test]
fn c_keeps_ymm_registers() {
    require("avx2");
    pair("ymm", 32, "-mavx2", &["ymm1", "ymm2", "ymm3"]);
}

#[test]
fn c_keeps_zmm_registers() {
    if has("avx512f") && has("avx512bw") {
        pair("zmm", 64, "-mavx512f -mavx512bw", &["zmm1", "zmm2", "zmm3"]);
    } else {
        // Which the next test covers as far as this processor goes.
        eprintln!("this processor has no AVX-512: nothing is kept in zmm registers");
    }
}

#[test]
fn fortran_keeps_registers() {
    let case = Case::new("ipa_ra", "fortran");
    case.make("gfortran -g -O2 -fno-inline -rdynamic pas.f -o pas");
    case.make("gcc -O2 -shared -fPIC naive.c -o naive.so");
    let module = case.module("pas.toml", "pair_module.c", "-O2");
    let code = instructions(&case, "pas", "combin_");
    assert!(kept(&code, "<pas_>", &["rcx", "rdx", "rsi", "r8"]).len() >= 3, "{code:#?}");
    hold(&case, "./pas", "pas.toml", &module);
}

#[test]
fn ada_keeps_registers() {
    let case = Case::new("ipa_ra", "ada");
    case.make("gnatmake -q -g -O2 princ.adb -largs -rdynamic");
    case.make("gcc -O2 -shared -fPIC naive.c -o naive.so");
    let code = instructions(&case, "princ", "paire__combine");
    assert!(kept(&code, "<paire__pas>", &["xmm1", "xmm2", "xmm3"]).len() >= 2, "{code:#?}");
    let module = case.module("paire.toml", "paire_module.c", "-O2");
    hold(&case, "./princ", "paire.toml", &module);
}

fn has(feature: &str) -> bool {
    let text = std::fs::read_to_string("/proc/cpuinfo").expect("cpuinfo");
    let flags = text.lines().find(|line| line.starts_with("flags")).expect("flags");
    flags.split_whitespace().any(|flag| flag == feature)
}

#[track_caller]
fn require(feature: &str) {
    assert!(has(feature), "this test needs a processor with {feature}");
}

/// Every register, one by one: a routine that writes rax alone, and a candidate that writes all it may.
fn every_register(width: u32, image: u32, flags: &str) {
    let case = Case::new("registers", &format!("{width}-{image}"));
    case.make(&format!("gcc -g -O2 -DWIDTH={width} -c keep.c"));
    case.make(&format!("gcc -g -DWIDTH={width} -c keep.S -o keep_s.o"));
    // Code that is there and never runs makes the image one of wider registers.
    case.write(
        "wider.s",
        &format!(
            ".globl wider\nwider: {}\n ret\n.section .note.GNU-stack,\"\"\n",
            match image {
                64 => "vmovups (%rdi), %zmm20",
                32 => "vmovups (%rdi), %ymm2",
                _ => "nop",
            }
        ),
    );
    case.make("gcc -g keep.o keep_s.o wider.s -o keep");
    let native = case.native(&["./keep"]).exited(0);
    assert_eq!(native.out, "answer 1\n".repeat(10));
    let module = case.module("keep.toml", "keep_module.c", &format!("-O2 -DWIDTH={width} {flags}"));
    for route in ROUTES {
        case.route(route, &["keep.toml".to_owned()], &[&module], &["./keep"]).is(&native);
    }
}

#[test]
fn every_xmm_register_crosses_a_hook() {
    every_register(16, 16, "");
}

#[test]
fn every_ymm_register_crosses_a_hook() {
    require("avx2");
    every_register(32, 32, "-mavx2");
}

#[test]
fn every_zmm_and_mask_register_crosses_a_hook() {
    if has("avx512f") && has("avx512bw") {
        every_register(64, 64, "-mavx512f -mavx512bw");
    } else {
        eprintln!(
            "this processor has no AVX-512: the test sees that an image that could use it gets the ymm stub"
        );
        every_register(32, 64, "-mavx2");
    }
}
