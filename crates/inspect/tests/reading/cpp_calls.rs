//! Running code: what is scanned of generated C++ routines is lowered and called with known bits. The routine must receive
//! exactly these, and what it returns must be read back.
//!
//! The quick run has 300 routines at -O2 and as many at -O1; `CMP_BRIDGE_LONG=1` has thousands. The seed is fixed.

use std::fmt::Write;
use std::path::Path;

use cmp_bridge_contract::abi::{self, Lowered, Piece, Place, ReturnPlace, Role};
use cmp_bridge_contract::model::{By, Contract, Extent, Routine, Type, TypeKind};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::cpp_generate::{self, Generated, Way, generate};
use crate::support;

/// A scalar inside a value: offset, bits of a bit field, type.
struct Leaf {
    offset: usize,
    bits: Option<(u32, u32)>,
    ty: Type,
}

/// The scalars of a value, as the scanned contract places them. A vtable pointer is none.
fn leaves(contract: &Contract, ty: &Type, at: usize, found: &mut Vec<Leaf>) {
    match contract.scalar(ty) {
        Type::Named(name) => match &contract.type_def(name).expect("a definition").kind {
            TypeKind::Struct(fields) => {
                for field in fields.iter().filter(|field| !field.name.starts_with("vptr")) {
                    let at = at + field.offset as usize;
                    match field.bits {
                        Some(bits) => found.push(Leaf { offset: at, bits: Some(bits), ty: field.ty.clone() }),
                        None => leaves(contract, &field.ty, at, found),
                    }
                }
            }
            kind => panic!("{name} is {kind:?}"),
        },
        Type::Array(element, Extent::Expr(extent)) => {
            let size = contract.size_align(element).expect("a size").0 as usize;
            let count = extent.constant().expect("a constant extent") as usize;
            (0..count).for_each(|i| leaves(contract, element, at + i * size, found));
        }
        scalar => found.push(Leaf { offset: at, bits: None, ty: scalar.clone() }),
    }
}

impl Leaf {
    /// Bytes of it that a routine copies to `received`.
    fn dumped(&self, contract: &Contract, value: &[u8]) -> Vec<u8> {
        let value = &value[self.offset.min(value.len())..];
        if let Some((first, count)) = self.bits {
            let mut word = [0u8; 16];
            let bytes = (first + count).div_ceil(8) as usize;
            match value.get(..bytes) {
                Some(value) => word[..bytes].copy_from_slice(value),
                None => return vec![0xdd; 4],
            }
            let word = u128::from_le_bytes(word) >> first & ((1 << count) - 1);
            return (word as u32).to_le_bytes().to_vec();
        }
        let size = match &self.ty {
            Type::F80 => 10,
            ty => contract.size_align(ty).expect("a size").0 as usize,
        };
        value.get(..size).map_or_else(|| vec![0xdd; size], <[u8]>::to_vec)
    }

    /// Makes the bytes ones that the machine moves unchanged.
    fn normalise(&self, value: &mut [u8]) {
        match self.ty {
            Type::Bool => value[self.offset] &= 1,
            Type::F80 => value[self.offset + 7] |= 0x80,
            _ => {}
        }
    }

    /// What `fill` gives it, from place `at` of the stream on.
    fn filled(&self, contract: &Contract, at: &mut usize) -> Vec<u8> {
        let size = match (&self.ty, self.bits) {
            (_, Some(_)) => 4,
            (Type::F80, _) => 10,
            (ty, _) => contract.size_align(ty).expect("a size").0 as usize,
        };
        let mut bytes: Vec<u8> = (*at..*at + size).map(|i| (i * 37 + 11) as u8 & 0x3f).collect();
        *at += size;
        match (&self.ty, self.bits) {
            (_, Some((_, count))) => {
                let word = u32::from_le_bytes(bytes[..4].try_into().expect("4 bytes"));
                bytes = (word & ((1u64 << count) - 1) as u32).to_le_bytes().to_vec();
            }
            (Type::Bool, _) => bytes[0] &= 1,
            (Type::F80, _) => bytes[7] |= 0x80,
            _ => {}
        }
        bytes
    }
}

fn list(contract: &Contract, ty: &Type) -> Vec<Leaf> {
    let mut found = Vec::new();
    // A pointer of the source leads to one object.
    let ty = match ty {
        Type::Array(element, Extent::Unknown) => element,
        ty => ty,
    };
    leaves(contract, ty, 0, &mut found);
    found
}

fn size(contract: &Contract, ty: &Type) -> usize {
    match ty {
        Type::Array(element, Extent::Unknown) => contract.size_align(element).expect("a size").0 as usize,
        ty => contract.size_align(ty).expect("a size").0 as usize,
    }
}

/// The bytes sent for parameter `i`.
fn pattern(contract: &Contract, ty: &Type, seed: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..size(contract, ty)).map(|i| (seed * 29 + i * 7 + 3) as u8 & 0x3f).collect();
    list(contract, ty).iter().for_each(|leaf| leaf.normalise(&mut bytes));
    bytes
}

/// A routine, its signature as scanned, and where its arguments go.
struct Call<'a> {
    source: &'a cpp_generate::Routine,
    routine: Routine,
    lowered: Lowered,
}

/// Calls one routine each in a child, and prints what it received, the registers it returned and the memory it was given.
const DRIVER: &str = r#"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
extern unsigned char received[]; extern unsigned received_bytes, filled;
struct image { void *code; unsigned long gpr[6]; unsigned char xmm[128]; unsigned long length; void *stack; };
struct result { unsigned char bytes[80]; unsigned long x87; };
void invoke(const struct image *, struct result *);
__asm__(".globl invoke\ninvoke:\n push %rbp\n mov %rsp, %rbp\n push %rbx\n push %r12\n"
  " mov %rdi, %rbx\n mov %rsi, %r12\n mov 184(%rbx), %rcx\n mov %rsp, %rax\n sub %rcx, %rax\n and $-64, %rax\n"
  " mov %rax, %rsp\n mov %rsp, %rdi\n mov 192(%rbx), %rsi\n rep movsb\n"
  " movups 56(%rbx), %xmm0\n movups 72(%rbx), %xmm1\n movups 88(%rbx), %xmm2\n movups 104(%rbx), %xmm3\n"
  " movups 120(%rbx), %xmm4\n movups 136(%rbx), %xmm5\n movups 152(%rbx), %xmm6\n movups 168(%rbx), %xmm7\n"
  " mov 8(%rbx), %rdi\n mov 16(%rbx), %rsi\n mov 24(%rbx), %rdx\n mov 32(%rbx), %rcx\n mov 40(%rbx), %r8\n"
  " mov 48(%rbx), %r9\n xor %eax, %eax\n call *(%rbx)\n"
  " mov %rax, (%r12)\n mov %rdx, 8(%r12)\n movups %xmm0, 16(%r12)\n movups %xmm1, 32(%r12)\n"
  " cmpq $0, 80(%r12)\n je 1f\n fstpt 48(%r12)\n 1:\n"
  " lea -16(%rbp), %rsp\n pop %r12\n pop %rbx\n pop %rbp\n ret\n");
static void show(const unsigned char *p, unsigned n) { while (n--) printf("%02x", *p++); printf("\n"); }
static unsigned char no_stack[1] __attribute__((unused));
static void call(const struct image *image, unsigned long x87, unsigned memory, unsigned char *given, int returned) {
    int status; fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct result result; memset(&result, 0xee, sizeof result); result.x87 = x87;
        alarm(20); invoke(image, &result);
        show(received, received_bytes); show(result.bytes, 64);
        if (returned) given = *(unsigned char **)result.bytes;
        show(given, memory); fflush(stdout); _exit(0);
    }
    waitpid(child, &status, 0);
    if (status) printf("dd\ndd\ndd\n");
}
"#;

fn words(bytes: &[u8]) -> String {
    bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

/// The C program that makes every call.
fn driver(contract: &Contract, calls: &[Call<'_>]) -> String {
    let mut c = DRIVER.to_string();
    let mut body = String::new();
    for (r, call) in calls.iter().enumerate() {
        let _ = writeln!(c, "extern char code{r}[] __asm__(\"{}\");", call.routine.symbol);
        let _ = writeln!(
            body,
            "  {{ struct image image; memset(&image, 0xee, sizeof image); image.code = code{r};"
        );
        let _ = writeln!(
            body,
            "    static unsigned char stack[{}] __attribute__((aligned(64)));",
            call.lowered.stack_bytes.max(1)
        );
        let _ = writeln!(
            body,
            "    memset(stack, 0xee, sizeof stack); image.length = {}; image.stack = stack;",
            call.lowered.stack_bytes
        );
        for argument in &call.lowered.arguments {
            send(contract, call, r, argument, &mut body);
        }
        let x87 = call.lowered.returns.iter().any(|(place, ..)| matches!(place, ReturnPlace::X87(_)));
        let result = call.routine.returns.as_ref();
        let returned = result.is_some_and(|returns| returns.by == By::Reference);
        let hidden = call.lowered.arguments.iter().any(|a| a.role == Role::ReturnAddress);
        let (memory, given) = match result {
            Some(returns) if returned => (size(contract, &returns.ty), "0".to_string()),
            Some(returns) if hidden => (size(contract, &returns.ty), "result_area".to_string()),
            _ if call.source.constructor => (size(contract, &call.routine.params[0].ty), "area0".to_string()),
            _ => (0, "no_stack".to_string()),
        };
        let _ = writeln!(
            body,
            "    call(&image, {}, {memory}, {given}, {}); }}",
            u8::from(x87),
            u8::from(returned)
        );
    }
    c + "int main(void) {\n" + &body + "  return 0;\n}\n"
}

/// Puts one argument into the image.
fn send(contract: &Contract, call: &Call<'_>, r: usize, argument: &abi::Argument, body: &mut String) {
    let bytes = match argument.role {
        Role::ReturnAddress => {
            let size = call.routine.returns.as_ref().map_or(0, |returns| size(contract, &returns.ty));
            let _ =
                writeln!(body, "    static unsigned char result_area[{size}] __attribute__((aligned(64)));");
            let _ = writeln!(body, "    void *result_at = result_area;");
            "(unsigned char *)&result_at".to_string()
        }
        Role::Param(i) => {
            let param = &call.routine.params[i];
            let bytes = pattern(contract, &param.ty, 31 * r + i + 1);
            let text = if bytes.is_empty() { "0".to_string() } else { words(&bytes) };
            let _ = writeln!(
                body,
                "    static unsigned char area{i}[] __attribute__((aligned(64))) = {{{text}}};"
            );
            let _ = writeln!(body, "    void *at{i} = area{i}; (void)at{i};");
            if param.by == By::Value { format!("area{i}") } else { format!("(unsigned char *)&at{i}") }
        }
        role => panic!("{role:?} in C++"),
    };
    for Piece { place, offset, size } in &argument.pieces {
        let to = match place {
            Place::Gpr(i) => format!("(unsigned char *)&image.gpr[{i}]"),
            Place::Xmm(i) => format!("&image.xmm[{}]", 16 * *i as usize),
            Place::Stack(at) => format!("stack + {at}"),
        };
        let _ = writeln!(body, "    memcpy({to}, {bytes} + {offset}, {size});");
    }
}

/// The contract of generated routines, and each of these with its own.
fn scanned(generated: &Generated, folder: &Path, level: &str) -> (Contract, Vec<Routine>) {
    std::fs::write(folder.join("routines.cpp"), &generated.source).expect("a source");
    // Folded, two routines with the same code would have one description.
    let options = ["-g", level, "-w", "-shared", "-fPIC", "-fno-ipa-icf", "-std=c++17"];
    support::run("g++", &[&options[..], &["routines.cpp", "-o", "libroutines.so"]].concat(), folder);
    let binary = Binary::open(folder.join("libroutines.so")).expect("an ELF file");
    let report = scan(&binary, &ScanOptions::default()).expect("debug information");
    let mut contract = report.contracts.into_iter().next().expect("a contract");
    let text = contract.to_toml();
    assert_eq!(Contract::from_toml(&text, "scanned").as_ref(), Ok(&contract), "read back");
    let routines = std::mem::take(&mut contract.routines);
    let find = |source: &cpp_generate::Routine| {
        let text = match source.constructor {
            true => source.name.clone(),
            false => format!("{}(", source.name),
        };
        let boundary = |before: &str| before.ends_with("::") || before.ends_with('(') || before.is_empty();
        let holds = |routine: &&Routine| {
            let words = routine.source.as_deref().unwrap_or_default();
            words.match_indices(&text).any(|(at, _)| boundary(&words[..at]))
        };
        let refused = || panic!("{} is not described: {:#?}", source.name, report.refused);
        routines.iter().find(holds).unwrap_or_else(refused).clone()
    };
    let routines = generated.routines.iter().map(find).collect();
    (contract, routines)
}

/// What the routines received and returned, against what was sent and must come back.
fn disagreements(
    generated: &Generated,
    folder: &Path,
    level: &str,
    twist: fn(&mut Contract, &mut Routine),
) -> Vec<String> {
    let (mut contract, routines) = scanned(generated, folder, level);
    let mut calls = Vec::new();
    for (source, routine) in generated.routines.iter().zip(routines) {
        let mut routine = routine;
        twist(&mut contract, &mut routine);
        calls.push((source, routine));
    }
    let calls: Vec<Call<'_>> = calls
        .into_iter()
        .map(|(source, routine)| {
            let lowered = abi::lower(&contract, &routine).unwrap_or_else(|e| panic!("{}: {e}", source.name));
            Call { source, routine, lowered }
        })
        .collect();
    std::fs::write(folder.join("driver.c"), driver(&contract, &calls)).expect("a source");
    support::run("gcc", &["-O1", "-w", "-fPIC", "driver.c", "./libroutines.so", "-o", "driver"], folder);
    let output = support::run("./driver", &[], folder);
    let lines: Vec<Vec<u8>> = output.lines().map(bytes).collect();
    assert_eq!(lines.len(), 3 * calls.len(), "{}", folder.display());
    let mut found = Vec::new();
    for (r, (call, lines)) in calls.iter().zip(lines.chunks(3)).enumerate() {
        compare(&contract, call, r, lines, &mut found);
    }
    found
}

fn bytes(line: &str) -> Vec<u8> {
    let digit = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("hexadecimal"), 16);
    line.as_bytes().chunks(2).map(|pair| digit(pair).expect("hexadecimal")).collect()
}

fn compare(contract: &Contract, call: &Call<'_>, r: usize, lines: &[Vec<u8>], found: &mut Vec<String>) {
    let Call { source, routine, lowered } = call;
    let [received, registers, memory] = lines else { panic!("three lines a call") };
    // Of a constructor, the object is what comes back, and the first pointer only makes it different from others.
    let skip = if source.constructor { 2 } else { 0 };
    let mut expected = Vec::new();
    for (i, param) in routine.params.iter().enumerate().skip(skip) {
        let sent = pattern(contract, &param.ty, 31 * r + i + 1);
        list(contract, &param.ty).iter().for_each(|leaf| expected.extend(leaf.dumped(contract, &sent)));
    }
    let count = usize::from(source.this) + source.params.len();
    if routine.params.len() != count {
        found.push(format!("{}: {} parameters, expected {count}", source.name, routine.params.len()));
    }
    if *received != expected {
        found.push(format!(
            "{} ({:?}): received {received:x?}, sent {expected:x?}",
            source.name, routine.source
        ));
    }
    let Some(ty) = routine.returns.as_ref().map(|r| &r.ty).or(match source.constructor {
        true => routine.params.first().map(|p| &p.ty),
        false => None,
    }) else {
        if source.returns.is_some() {
            found.push(format!("{}: returns nothing", source.name));
        }
        return;
    };
    let mut value = memory.clone();
    if routine.returns.as_ref().is_some_and(|r| r.by == By::Value) && memory.is_empty() {
        value = vec![0; size(contract, ty)];
        for (place, offset, size) in &lowered.returns {
            let from = match place {
                ReturnPlace::Gpr(i) => 8 * *i as usize,
                ReturnPlace::Xmm(i) => 16 + 16 * *i as usize,
                ReturnPlace::X87(i) => 48 + 16 * *i as usize,
            };
            let (offset, size) = (*offset as usize, *size as usize);
            if registers.len() < 64 {
                continue;
            }
            value[offset..offset + size].copy_from_slice(&registers[from..from + size]);
        }
    }
    let (mut at, mut expected, mut seen) = (0, Vec::new(), Vec::new());
    for leaf in list(contract, ty) {
        expected.extend(leaf.filled(contract, &mut at));
        seen.extend(leaf.dumped(contract, &value));
    }
    if seen != expected {
        found.push(format!(
            "{} ({:?}): returned {seen:x?}, expected {expected:x?}",
            source.name, routine.source
        ));
    }
}

#[test]
fn routines_receive_the_bits_that_are_sent() {
    let long = std::env::var_os("CMP_BRIDGE_LONG").is_some();
    for seed in 1..=if long { 12 } else { 1 } {
        for level in ["-O2", "-O1"] {
            let folder = support::fresh(&format!("cpp-calls-{seed}{level}"));
            let generated = generate(0x9e37_79b9_7f4a_7c15 ^ seed, 60, 300);
            let found = disagreements(&generated, &folder, level, |_, _| ());
            assert!(found.is_empty(), "seed {seed}, {}:\n{}", folder.display(), found.join("\n"));
        }
    }
}

/// Every way a routine can be called occurs: a property that never meets a shape says nothing of it.
#[test]
fn every_shape_is_generated() {
    let generated = generate(0x9e37_79b9_7f4a_7c15 ^ 1, 60, 300);
    let folder = support::fresh("cpp-shapes");
    let (contract, routines) = scanned(&generated, &folder, "-O2");
    let mut shapes: Vec<(&str, bool)> = Vec::new();
    let mut shape = |name, holds| shapes.push((name, holds));
    let trivial = |ty: &Type| match ty {
        Type::Named(name) => contract.type_def(name).map(|def| def.trivial),
        _ => None,
    };
    let all = || generated.routines.iter().zip(&routines);
    let any = |test: &dyn Fn(&Way, By, &Type) -> bool| {
        all().any(|(source, routine)| {
            let own = routine.params.iter().skip(usize::from(source.this));
            source.params.iter().zip(own).any(|(way, param)| test(way, param.by, &param.ty))
        })
    };
    shape(
        "class by value",
        any(&|way, by, ty| *way == Way::Value && by == By::Value && trivial(ty) == Some(true)),
    );
    shape(
        "class by address",
        any(&|way, by, ty| *way == Way::Value && by == By::Reference && trivial(ty) == Some(false)),
    );
    shape("reference", any(&|way, by, _| *way == Way::Reference && by == By::Reference));
    shape("pointer", any(&|way, by, _| *way == Way::Pointer && by == By::Reference));
    shape("constructor", all().any(|(source, _)| source.constructor));
    shape("this", all().any(|(source, _)| source.this && !source.constructor));
    let returns = |test: &dyn Fn(&Lowered, &Routine) -> bool| {
        routines.iter().any(|routine| test(&abi::lower(&contract, routine).expect("lowered"), routine))
    };
    let hidden = |lowered: &Lowered| lowered.arguments.iter().any(|a| a.role == Role::ReturnAddress);
    let small = |routine: &Routine| routine.returns.as_ref().is_some_and(|r| size(&contract, &r.ty) <= 16);
    shape("small class through a hidden address", returns(&|l, r| hidden(l) && small(r)));
    shape("large class through a hidden address", returns(&|l, r| hidden(l) && !small(r)));
    shape("x87", returns(&|l, _| l.returns.iter().any(|(p, ..)| matches!(p, ReturnPlace::X87(_)))));
    shape("two registers", returns(&|l, _| l.returns.len() == 2));
    shape("stack", returns(&|l, _| l.stack_bytes > 64));
    shape("reference returned", returns(&|_, r| r.returns.as_ref().is_some_and(|r| r.by == By::Reference)));
    let empty = |ty: &Type| list(&contract, ty).is_empty();
    shape("empty class", any(&|way, by, ty| *way == Way::Value && by == By::Value && empty(ty)));
    let missing: Vec<&str> = shapes.iter().filter(|(_, holds)| !holds).map(|(name, _)| *name).collect();
    assert!(missing.is_empty(), "not generated: {missing:?}");
}

#[test]
fn wrong_contracts_are_caught() {
    type Twist = fn(&mut Contract, &mut Routine);
    let twists: [(&str, Twist); 5] = [
        ("a class that is not trivial taken for one that is", |contract, routine| {
            contract.types.iter_mut().for_each(|def| def.trivial = true);
            let class = |ty: &Type| matches!(ty, Type::Named(_));
            let params = routine.params.iter_mut().filter(|p| p.by == By::Reference && class(&p.ty));
            params.for_each(|param| param.by = By::Value);
        }),
        ("a class that is trivial taken for one that is not", |contract, _| {
            contract.types.iter_mut().for_each(|def| def.trivial = false);
        }),
        ("a reference taken for a value", |_, routine| {
            let scalars = routine.params.iter_mut().filter(|p| p.by == By::Reference);
            scalars.filter(|p| matches!(p.ty, Type::F64 | Type::Int(..))).for_each(|p| p.by = By::Value);
        }),
        ("the last parameter before the first", |_, routine| {
            let last = routine.params.len().min(1);
            routine.params.rotate_right(last);
        }),
        ("a reference returned as a value", |_, routine| {
            if let Some(returns) = &mut routine.returns {
                returns.by = By::Value;
            }
        }),
    ];
    for (i, (name, twist)) in twists.into_iter().enumerate() {
        let folder = support::fresh(&format!("cpp-wrong-{i}"));
        let generated = generate(0x1234_5678_9abc_def1, 30, 80);
        assert!(!disagreements(&generated, &folder, "-O2", twist).is_empty(), "{name}: not caught");
    }
}
