//! The pass over all code, with objdump as the oracle.

use std::collections::BTreeSet;
use std::path::Path;

use cmp_bridge::plan::Vector;
use cmp_bridge_inspect::code::{Branch, CodeMap, PROLOGUE, Via};

use crate::support::{build, cases_folder, objdump, open, output, run};

/// The direct branches of the pass are those objdump prints, in code of compilers, less the jumps that stay inside a
/// function and behind its prologue.
#[test]
fn branches_are_those_objdump_sees() {
    let library = run("gcc", &["-print-file-name=libquadmath.so.0"], &output("branches"));
    let compiled = build("compiled", "branches").library;
    for path in [Path::new(library.trim()), &compiled] {
        let binary = open(path);
        let code = CodeMap::sweep(&binary);
        let functions = binary.functions().iter().map(|f| f.address);
        let starts: BTreeSet<u64> = functions.chain(binary.sections().iter().map(|s| s.address)).collect();
        let around = |address: u64| starts.range(..=address).next_back();
        let stays = |source: u64, target: u64| {
            around(source) == around(target) && around(target).is_some_and(|start| target >= start + PROLOGUE)
        };
        let direct = code.branches().iter().filter(|b| matches!(b.via, Via::Jump | Via::Call));
        let found: BTreeSet<(u64, u64)> = direct.map(|b| (b.source, b.target)).collect();
        let is_branch =
            |name: &str| name.starts_with('j') || name.starts_with("call") || name.starts_with("loop");
        let read = |(address, text): (&u64, &String)| {
            let text = text.trim_start_matches("bnd ").trim_start_matches("notrack ");
            let (name, operand) = text.split_once(' ')?;
            let target = operand.split_whitespace().find(|w| !w.starts_with("<"))?;
            let target = u64::from_str_radix(target, 16).ok().filter(|_| is_branch(name))?;
            let kept = name.starts_with("call") || !stays(*address, target);
            kept.then_some((*address, target))
        };
        let listed: BTreeSet<(u64, u64)> = objdump(path).iter().filter_map(read).collect();
        assert!(listed.len() > 3, "{} branches", listed.len());
        let differences: Vec<_> = listed.symmetric_difference(&found).take(8).collect();
        assert!(differences.is_empty(), "{}: {differences:x?}", path.display());
    }
}

/// The targets of one kind, each of which must be an instruction.
fn targets(path: &Path, via: Via) -> BTreeSet<u64> {
    let code = CodeMap::sweep(&open(path));
    let found: BTreeSet<u64> =
        code.branches().iter().filter(|b: &&Branch| b.via == via).map(|b| b.target).collect();
    let listing = objdump(path);
    for target in &found {
        assert!(listing.contains_key(target), "{}: {target:#x} is inside an instruction", path.display());
    }
    found
}

/// Jump tables are read, whether they hold distances (PIC) or addresses.
#[test]
fn jump_tables_of_compilers_are_read() {
    let folder = output("tables");
    let source = cases_folder().join("switch/code.c").display().to_string();
    let distances = folder.join("distances.so").display().to_string();
    run("gcc", &["-O2", "-shared", "-fPIC", "-nostdlib", &source, "-o", &distances], &folder);
    let addresses = folder.join("addresses").display().to_string();
    let flags = ["-O2", "-no-pie", "-fno-pic", "-fno-pie", "-nostdlib", "-Wl,-e,t_switch"];
    run("gcc", &[&flags[..], &[&source, "-o", &addresses]].concat(), &folder);
    // t_loop_switch has one table with 6 places to go to; the default is no entry (t_switch becomes a table of values).
    assert_eq!(targets(Path::new(&distances), Via::Table).len(), 6);
    assert_eq!(targets(Path::new(&addresses), Via::Table).len(), 6);
}

#[test]
fn landing_pads_of_compilers_are_read() {
    let folder = output("pads");
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-plan/catch.cpp").display().to_string();
    for flags in [["-O2", "-freorder-blocks-and-partition"], ["-O0", "-fno-inline"]] {
        let program = folder.join(format!("catch{}", flags[0])).display().to_string();
        run("g++", &[flags[0], flags[1], &source, "-o", &program], &folder);
        let pads = targets(Path::new(&program), Via::Exception);
        let binary = open(Path::new(&program));
        let place = |pad: &u64| binary.symbol_at(*pad).map(|s| s.name.clone()).unwrap_or_default();
        let places: BTreeSet<String> = pads.iter().map(place).collect();
        assert_eq!(
            places,
            BTreeSet::from(["_Z6cleansi".to_string(), "_Z7catchesi".to_string()]),
            "{pads:x?}"
        );
    }
}

#[test]
fn widest_vector_registers_are_found() {
    let folder = output("vector");
    let sources = [
        ("none", "mov %rax, %rbx\n andn %rax, %rbx, %rcx\n addsd %xmm1, %xmm2", Vector::Xmm),
        ("vex128", "vaddsd %xmm1, %xmm2, %xmm3", Vector::Ymm),
        ("ymm", "vaddpd %ymm1, %ymm2, %ymm3", Vector::Ymm),
        ("zeroupper", "vzeroupper", Vector::Ymm),
        ("xmm16", "vaddpd %xmm16, %xmm2, %xmm3", Vector::Zmm),
        ("mask", "kmovw %eax, %k1", Vector::Zmm),
        ("zmm", "vaddpd %zmm1, %zmm2, %zmm3", Vector::Zmm),
    ];
    for (name, code, expected) in sources {
        let source = format!(".text\n.globl f\n.type f,@function\nf: {code}\n ret\n.size f,.-f\n");
        std::fs::write(folder.join(format!("{name}.s")), source).expect("write a source file");
        let library = folder.join(format!("{name}.so"));
        let (from, to) = (format!("{name}.s"), library.display().to_string());
        run("gcc", &["-shared", "-nostdlib", &from, "-o", &to], &folder);
        assert_eq!(CodeMap::sweep(&open(&library)).vector(), expected, "{name}");
    }
}
