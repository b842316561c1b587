//! Files with wrong bytes: an explanation or nothing, never a panic, never without end; and a file with much code.

use std::path::Path;
use std::time::{Duration, Instant};

use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::code::CodeMap;
use cmp_bridge_inspect::dwarf::{DebugInfo, Sections};
use cmp_bridge_inspect::explain::Survey;

use crate::support::{build, cases_folder, fresh, run};

/// A small generator of numbers: the same at every run, so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

/// Quick by default; with `CMP_BRIDGE_LONG=1` as many as it takes to reach every table.
fn rounds(quick: usize, long: usize) -> usize {
    if std::env::var_os("CMP_BRIDGE_LONG").is_some() { long } else { quick }
}

/// Everything that explaining does with a file.
fn exercise(file: &Path, what: &str) {
    let start = Instant::now();
    if let Ok(binary) = Binary::open(file) {
        let sections = Sections::load(&binary).ok();
        let info = sections.as_ref().map(DebugInfo::read);
        let survey = Survey::read(&binary, info.as_ref());
        survey.scan_all();
        for subject in survey.subjects("*", None) {
            let _ = survey.explain(&subject, None);
        }
    }
    assert!(start.elapsed() < Duration::from_secs(30), "{what} took {:?}", start.elapsed());
}

#[test]
fn damaged_files_are_survived() {
    for (case, quick) in [("shared", 60), ("virtual", 30), ("program", 30)] {
        let folder = fresh(&format!("damage-{case}"));
        let image = build(&cases_folder().join(case), &folder);
        let whole = std::fs::read(&image).expect("the image");
        let binary = Binary::open(&image).expect("an ELF file");
        let tables: Vec<(usize, usize)> = binary
            .sections()
            .iter()
            .filter(|s| s.file.1 > 0 && !s.name.starts_with(".note"))
            .map(|s| (s.file.0 as usize, s.file.1 as usize))
            .collect();
        let mut numbers = Numbers(case.len() as u64);
        let file = folder.join("damaged");
        for round in 0..rounds(quick, 5000) {
            let mut bytes = whole.clone();
            for _ in 0..=numbers.below(4) {
                let (start, length) = tables[numbers.below(tables.len())];
                let at = start + numbers.below(length);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = [0u8, 0xff, 0x7f, 0x80, numbers.below(256) as u8][numbers.below(5)];
                }
            }
            std::fs::write(&file, &bytes).expect("a file");
            exercise(&file, &format!("{case}, round {round}"));
        }
    }
}

/// Assembly of `count` routines, each of 90 bytes, with calls, jumps and a table of values.
fn source(count: usize) -> String {
    format!(
        ".text\n.altmacro\n.macro one n\n.type f\\n,@function\n.globl f\\n\nf\\n: push %rbp\n mov %rsp,%rbp\n sub $32,%rsp\n \
         mov %rdi,-8(%rbp)\n cmpq $0,-8(%rbp)\n je 1f\n lea tab(%rip),%rax\n mov -8(%rbp),%rcx\n \
         movsd (%rax,%rcx,8),%xmm0\n mulsd %xmm0,%xmm0\n addsd %xmm1,%xmm0\n call f0\n test %eax,%eax\n jne 2f\n\
         1: lea f\\n(%rip),%rdx\n2: mov %rax,-16(%rbp)\n cvtsi2sd %eax,%xmm2\n jmp 3f\n nop\n3: leave\n ret\n\
         .size f\\n,.-f\\n\n.endm\n.set i,0\n.rept {count}\n one %i\n .set i,i+1\n.endr\n.data\ntab: .quad 0\n"
    )
}

/// The pass over the code takes time in proportion to it, and keeps what grows with the calls: one branch a call, one
/// address a `lea`, nothing for jumps that stay inside.
#[test]
fn much_code_is_read_in_one_pass() {
    let folder = fresh("much");
    let count = rounds(30_000, 1_200_000);
    std::fs::write(folder.join("much.s"), source(count)).expect("the source");
    run("gcc", &["-shared", "-nostdlib", "-Wl,-Bsymbolic", "much.s", "-o", "much.so"], &folder);
    let binary = Binary::open(folder.join("much.so")).expect("an ELF file");
    let start = Instant::now();
    let code = CodeMap::sweep(&binary);
    let (took, f0) = (start.elapsed(), binary.symbol("f0").expect("f0").address);
    assert_eq!(code.branches_into(f0..f0 + 1).len(), count);
    assert_eq!(code.branches().len(), count, "jumps inside are not kept");
    let last = binary.symbol(&format!("f{}", count - 1)).expect("the last one").address;
    assert_eq!(code.taken(last).count(), 1);
    let text = binary.section(".text").map_or(0, |s| s.size);
    // Ten megabytes a second is far below what a loaded machine does without optimisation.
    assert!(took < Duration::from_secs(5 + text / 5_000_000), "{text} bytes took {took:?}");
}
