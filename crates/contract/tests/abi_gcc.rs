//! `abi::lower` against gcc: generated signatures are called by compiled C with values of known bytes; a naked function
//! keeps the registers and the stack it was called with, and every piece must be where `lower` says.
//!
//! The quick run has 300 signatures; `CMP_BRIDGE_LONG=1` has thousands. The seed is fixed.

use cmp_bridge_contract::abi::{self, Lowered, Piece, Place, ReturnPlace, Role};
use cmp_bridge_contract::model::*;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small generator (xorshift64*): the same signatures everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

/// Scalars with their C spelling.
const SCALARS: [(&str, &str); 17] = [
    ("i8", "signed char"),
    ("i16", "short"),
    ("i32", "int"),
    ("i64", "long"),
    ("u8", "unsigned char"),
    ("u16", "unsigned short"),
    ("u32", "unsigned"),
    ("u64", "unsigned long"),
    ("f32", "float"),
    ("f64", "double"),
    ("f64", "double"),
    ("f80", "long double"),
    ("complex_f32", "float _Complex"),
    ("complex_f64", "double _Complex"),
    ("bool", "_Bool"),
    ("char", "char"),
    ("ptr", "void *"),
];

/// A type with its C spelling; `array` makes a declarator of a name.
#[derive(Clone)]
struct Spelled {
    ty: Type,
    c: String,
    array: Option<usize>,
}

impl Spelled {
    fn scalar(random: &mut Random) -> Spelled {
        let (name, c) = random.pick(&SCALARS);
        Spelled { ty: Type::parse(name).unwrap(), c: c.to_string(), array: None }
    }

    fn declare(&self, name: &str) -> String {
        let extent = self.array.map_or(String::new(), |extent| format!("[{extent}]"));
        format!("{} {name}{extent}", self.c)
    }
}

/// One generated record: the definition and its C text.
struct Record {
    def: TypeDef,
    c: String,
}

/// A record of a few fields: plain, packed, over-aligned, nested, a union, with bit fields.
fn record(random: &mut Random, index: usize, earlier: &[Record]) -> Record {
    let name = format!("r{index}");
    let union = random.below(6) == 0;
    let packed = !union && random.below(8) == 0;
    let over_aligned = !packed && random.below(10) == 0;
    let count = 1 + random.below(3);
    let mut fields = Vec::new();
    let mut c = format!("typedef {} {{\n", if union { "union" } else { "struct" });
    let (mut end, mut align) = (0u64, 1u64);
    for i in 0..count {
        let (spelled, size, natural) = member(random, earlier);
        let field_align = if packed { 1 } else { natural };
        let offset = if union { 0 } else { end.next_multiple_of(field_align) };
        let _ = writeln!(c, "  {};", spelled.declare(&format!("f{i}")));
        fields.push(Field::new(format!("f{i}"), spelled.ty, offset));
        end = end.max(offset + size);
        align = align.max(field_align);
    }
    if !union && !packed && random.below(4) == 0 {
        // Two bit fields that share an unsigned at the next multiple of 4.
        let offset = end.next_multiple_of(4);
        let _ = writeln!(c, "  unsigned :0; unsigned b0 : 5; unsigned b1 : 20;");
        for (i, bits) in [(0, 5), (5, 20)].into_iter().enumerate() {
            let field = Field::new(format!("b{i}"), Type::Int(4, false), offset);
            fields.push(Field { bits: Some(bits), ..field });
        }
        end = offset + 4;
        align = align.max(4);
    }
    if over_aligned {
        align = align.max(random.pick(&[16, 32]));
    }
    let attributes = match (packed, over_aligned) {
        (true, _) => " __attribute__((packed))".to_string(),
        (_, true) => format!(" __attribute__((aligned({align})))"),
        _ => String::new(),
    };
    let _ = writeln!(c, "}}{attributes} {name};");
    let size = end.next_multiple_of(align);
    let _ =
        writeln!(c, "_Static_assert(sizeof({name}) == {size} && _Alignof({name}) == {align}, \"{name}\");");
    let kind = if union { TypeKind::Union(fields) } else { TypeKind::Struct(fields) };
    Record { def: TypeDef::new(name, kind, size, align), c }
}

fn member(random: &mut Random, earlier: &[Record]) -> (Spelled, u64, u64) {
    if !earlier.is_empty() && random.below(6) == 0 {
        let inner = &earlier[random.below(earlier.len())].def;
        if inner.size <= 16 {
            let spelled = Spelled { ty: Type::Named(inner.name.clone()), c: inner.name.clone(), array: None };
            return (spelled, inner.size, inner.align);
        }
    }
    let mut spelled = Spelled::scalar(random);
    let (size, align) = cmp_bridge_contract::layout::scalar_size_align(&spelled.ty).unwrap();
    if size <= 4 && random.below(4) == 0 {
        let extent = 1 + random.below(3);
        spelled.ty = Type::parse(&format!("[{}; {extent}]", spelled.ty)).unwrap();
        spelled.array = Some(extent);
        return (spelled, size * extent as u64, align);
    }
    (spelled, size, align)
}

/// A contract of generated routines, and the C spelling of its records and scalars.
struct Generated {
    contract: Contract,
    records: Vec<Record>,
}

fn generate(seed: u64, routines: usize) -> Generated {
    let mut random = Random(seed);
    let mut records = Vec::new();
    for i in 0..routines.div_ceil(2) {
        records.push(record(&mut random, i, &records));
    }
    let component = Component::new("g", Language::C);
    let types = records.iter().map(|record| record.def.clone()).collect();
    let mut contract =
        Contract { component, types, state: Vec::new(), routines: Vec::new(), proposals: Vec::new() };
    for i in 0..routines {
        let ty = |random: &mut Random| match random.below(3) {
            0 => Type::Named(records[random.below(records.len())].def.name.clone()),
            _ => Spelled::scalar(random).ty,
        };
        let params = (0..random.below(14)).map(|i| Param {
            name: format!("p{i}"),
            ty: ty(&mut random),
            by: By::Value,
            usage: Use::In,
            nullable: false,
            user_data: None,
            kept: None,
            unit: None,
            tolerance: None,
        });
        let params = params.collect();
        let returns = (random.below(5) > 0).then(|| Returns::new(ty(&mut random), Use::Out));
        contract.routines.push(Routine {
            params,
            returns,
            effects: Effects::None,
            threads: Threads::Free,
            ..Routine::new(format!("t{i}"), format!("t{i}"), Language::C)
        });
    }
    Generated { contract, records }
}

fn c_name(ty: &Type) -> String {
    let text = ty.to_string();
    SCALARS.iter().find(|(name, _)| *name == text).map_or(text, |(_, c)| c.to_string())
}

/// Bytes that count in a value: where each scalar stands, padding apart. Bit fields count as their whole bits.
fn mask(contract: &Contract, ty: &Type) -> Vec<u8> {
    let (size, _) = contract.size_align(ty).unwrap();
    let mut mask = vec![0; size as usize];
    fill_mask(contract, ty, 0, None, &mut mask);
    mask
}

fn fill_mask(contract: &Contract, ty: &Type, at: u64, bits: Option<(u32, u32)>, mask: &mut [u8]) {
    if let Some((first, count)) = bits {
        for bit in first..first + count {
            mask[at as usize + bit as usize / 8] |= 1 << (bit % 8);
        }
        return;
    }
    match ty {
        Type::Named(name) => match &contract.type_def(name).unwrap().kind {
            TypeKind::Struct(fields) | TypeKind::Union(fields) => {
                for field in fields {
                    fill_mask(contract, &field.ty, at + field.offset, field.bits, mask);
                }
            }
            _ => unreachable!("only records are generated"),
        },
        Type::Array(element, _) => {
            let (total, _) = contract.size_align(ty).unwrap();
            let (size, _) = contract.size_align(element).unwrap();
            (0..total / size).for_each(|i| fill_mask(contract, element, at + i * size, None, mask));
        }
        Type::F80 => mask[at as usize..at as usize + 10].fill(0xff),
        scalar => {
            let (size, _) = contract.size_align(scalar).unwrap();
            mask[at as usize..(at + size) as usize].fill(0xff);
        }
    }
}

/// A byte pattern for parameter `p` of routine `r`, different for each byte of it. An f80 gets an exponent and integer
/// bit that x87 loads and stores unchanged; a bool is 0 or 1.
fn pattern(contract: &Contract, ty: &Type, seed: usize) -> Vec<u8> {
    let (size, _) = contract.size_align(ty).unwrap();
    let mut bytes: Vec<u8> = (0..size as usize).map(|i| (seed * 29 + i * 7 + 3) as u8 & 0x3f).collect();
    normalise(contract, ty, 0, &mut bytes);
    bytes
}

fn normalise(contract: &Contract, ty: &Type, at: usize, bytes: &mut [u8]) {
    match ty {
        Type::Bool => bytes[at] &= 1,
        Type::F80 => bytes[at + 7] |= 0x80,
        Type::Named(name) => match &contract.type_def(name).unwrap().kind {
            TypeKind::Struct(fields) | TypeKind::Union(fields) => {
                for field in fields {
                    normalise(contract, &field.ty, at + field.offset as usize, bytes);
                }
            }
            _ => unreachable!("only records are generated"),
        },
        Type::Array(element, _) => {
            let (total, _) = contract.size_align(ty).unwrap();
            let (size, _) = contract.size_align(element).unwrap();
            (0..total / size).for_each(|i| normalise(contract, element, at + (i * size) as usize, bytes));
        }
        _ => (),
    }
}

/// What is caught at the entry: six integer registers, eight vector registers, rsp + 8 modulo 64, 1024 bytes of stack.
const CAUGHT: usize = 48 + 128 + 8 + 1024;

/// The naked callee: keeps everything, loads all return registers with known bytes, returns. `hidden` callees return
/// rdi, as a callee with a hidden result address must.
fn assembly() -> String {
    let mut text = String::from("__asm__(\"\\n");
    let mut line = |code: &str| {
        let _ = write!(text, "{code}\\n");
    };
    for (name, hidden) in [("catch_registers", false), ("catch_hidden", true)] {
        line(&format!(".globl {name}"));
        line(&format!("{name}:"));
        for (i, register) in ["rdi", "rsi", "rdx", "rcx", "r8", "r9"].iter().enumerate() {
            line(&format!("movq %{register}, caught+{}(%rip)", 8 * i));
        }
        for i in 0..8 {
            line(&format!("movups %xmm{i}, caught+{}(%rip)", 48 + 16 * i));
        }
        line("leaq 8(%rsp), %rax");
        line("movq %rax, caught+176(%rip)");
        for i in 0..128 {
            line(&format!("movq {}(%rsp), %rax", 8 + 8 * i));
            line(&format!("movq %rax, caught+{}(%rip)", 184 + 8 * i));
        }
        if hidden {
            line("movq %rdi, %rax");
        } else {
            line("movq answer(%rip), %rax");
            line("movq answer+8(%rip), %rdx");
            line("movups answer+16(%rip), %xmm0");
            line("movups answer+32(%rip), %xmm1");
            line("cmpb $0, returns_x87(%rip)");
            line("je 1f");
            line("fldt answer+48(%rip)");
            line("1:");
        }
        line("ret");
    }
    text.push_str("\");\n");
    text
}

/// The bytes in the return registers: rax, rdx, xmm0, xmm1, st0. Bits 0 of rax and rdx are valid bools.
fn answer() -> [u8; 64] {
    let mut bytes = [0u8; 64];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = (i * 5 + 1) as u8 & 0x3f;
    }
    bytes[48 + 7] |= 0x80;
    // A bool may be any byte of an integer register.
    bytes[..16].iter_mut().for_each(|byte| *byte &= 1);
    bytes
}

fn list(bytes: &[u8]) -> String {
    bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

/// One C program that makes every call and prints, for each, what was caught and the returned bytes, in hexadecimal.
fn program(generated: &Generated) -> String {
    let Generated { contract, records } = generated;
    let mut c = String::from("#include <stdio.h>\n#include <string.h>\n");
    let _ = writeln!(c, "unsigned char caught[{CAUGHT}]; unsigned char returns_x87;");
    let _ = writeln!(c, "unsigned char answer[64] = {{{}}};", list(&answer()));
    c.push_str("void catch_registers(void); void catch_hidden(void);\n");
    c.push_str(&assembly());
    c.push_str("static void show(const unsigned char *p, int n) { while (n--) printf(\"%02x\", *p++); printf(\"\\n\"); }\n");
    records.iter().for_each(|record| c.push_str(&record.c));
    for (r, routine) in contract.routines.iter().enumerate() {
        let lowered = abi::lower(contract, routine).unwrap();
        let x87 = lowered.returns.iter().any(|(place, ..)| matches!(place, ReturnPlace::X87(_)));
        let hidden = lowered.arguments.iter().any(|argument| argument.role == Role::ReturnAddress);
        let returns = routine.returns.as_ref().map_or("void".to_string(), |returns| c_name(&returns.ty));
        let types: Vec<String> = routine.params.iter().map(|param| c_name(&param.ty)).collect();
        let types = if types.is_empty() { "void".to_string() } else { types.join(", ") };
        let callee = if hidden { "catch_hidden" } else { "catch_registers" };
        let _ = writeln!(c, "static void call{r}(void) {{");
        let _ = writeln!(c, "  {returns} (*f)({types}) = ({returns} (*)({types})){callee};");
        for (i, param) in routine.params.iter().enumerate() {
            let bytes = pattern(contract, &param.ty, 31 * r + i + 1);
            let _ = writeln!(c, "  static const unsigned char b{i}[] = {{{}}};", list(&bytes));
            let _ = writeln!(c, "  {} p{i}; memcpy(&p{i}, b{i}, sizeof p{i});", c_name(&param.ty));
        }
        let names: Vec<String> = (0..routine.params.len()).map(|i| format!("p{i}")).collect();
        let call = format!("f({})", names.join(", "));
        let _ = writeln!(c, "  memset(caught, 0xee, sizeof caught); returns_x87 = {};", u8::from(x87));
        match &routine.returns {
            None => {
                let _ = writeln!(c, "  {call}; show(caught, sizeof caught); printf(\"\\n\");");
            }
            Some(_) => {
                let _ = writeln!(c, "  {returns} result = {call}; show(caught, sizeof caught);");
                // Copied by the type's own assignment, so that padding need not survive; what counts does.
                let _ = writeln!(c, "  show((unsigned char *)&result, sizeof result);");
            }
        }
        c.push_str("}\n");
    }
    c.push_str("int main(void) {\n");
    (0..contract.routines.len()).for_each(|r| {
        let _ = writeln!(c, "  call{r}();");
    });
    c.push_str("  return 0;\n}\n");
    c
}

fn temporary(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compiles and runs; the lines printed, as bytes.
fn run(source: &str, folder: &Path, compiler: &str, options: &[&str]) -> Vec<Vec<u8>> {
    let file = folder.join("calls.c");
    std::fs::write(&file, source).unwrap();
    let program = folder.join("calls");
    let output = Command::new(compiler)
        .args(["-w", "-fno-strict-aliasing", "-o"])
        .arg(&program)
        .arg(&file)
        .args(options)
        .output()
        .unwrap_or_else(|error| panic!("{compiler}: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = Command::new(&program).output().unwrap();
    assert!(output.status.success(), "{}: {}", program.display(), output.status);
    let text = String::from_utf8(output.stdout).unwrap();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    text.lines().map(|line| line.as_bytes().chunks(2).map(byte).collect()).collect()
}

/// What `lowered` finds in caught registers for each argument, put together again.
fn gather(lowered: &Lowered, caught: &[u8], role: Role, size: usize) -> Vec<u8> {
    let mut value = vec![0; size];
    let argument = lowered.arguments.iter().find(|argument| argument.role == role).unwrap();
    for Piece { place, offset, size } in &argument.pieces {
        let from = match place {
            Place::Gpr(register) => 8 * *register as usize,
            Place::Xmm(register) => 48 + 16 * *register as usize,
            Place::Stack(offset) => 184 + *offset as usize,
        };
        let (offset, size) = (*offset as usize, *size as usize);
        value[offset..offset + size].copy_from_slice(&caught[from..from + size]);
    }
    value
}

fn masked(bytes: &[u8], mask: &[u8]) -> Vec<u8> {
    bytes.iter().zip(mask).map(|(byte, mask)| byte & mask).collect()
}

/// The disagreements between `lower`, changed by `twist`, and what the compiler did.
fn disagreements(generated: &Generated, lines: &[Vec<u8>], twist: fn(&mut Lowered)) -> Vec<String> {
    let contract = &generated.contract;
    let mut found = Vec::new();
    for (r, routine) in contract.routines.iter().enumerate() {
        let mut lowered = abi::lower(contract, routine).unwrap();
        twist(&mut lowered);
        let (caught, result) = (&lines[2 * r], &lines[2 * r + 1]);
        for (i, param) in routine.params.iter().enumerate() {
            let mask = mask(contract, &param.ty);
            let expected = masked(&pattern(contract, &param.ty, 31 * r + i + 1), &mask);
            let seen = masked(&gather(&lowered, caught, Role::Param(i), mask.len()), &mask);
            if expected != seen {
                found.push(format!("t{r}: parameter {i}, {}: {expected:x?} but {seen:x?}", param.ty));
            }
        }
        let address = u64::from_le_bytes(caught[176..184].try_into().unwrap());
        if !address.is_multiple_of(16) {
            found.push(format!("t{r}: stack arguments at {address:#x}"));
        }
        if let Some(returns) = &routine.returns
            && !lowered.returns.is_empty()
        {
            let answer = answer();
            let mut value = vec![0; result.len()];
            for (place, offset, size) in &lowered.returns {
                let from = match place {
                    ReturnPlace::Gpr(i) => 8 * *i as usize,
                    ReturnPlace::Xmm(i) => 16 + 16 * *i as usize,
                    ReturnPlace::X87(i) => 48 + 16 * *i as usize,
                };
                let (offset, size) = (*offset as usize, *size as usize);
                value[offset..offset + size].copy_from_slice(&answer[from..from + size]);
            }
            let mask = mask(contract, &returns.ty);
            if masked(&value, &mask) != masked(result, &mask) {
                found.push(format!("t{r}: returned {}: {value:x?} but {result:x?}", returns.ty));
            }
        }
    }
    found
}

#[test]
fn gcc_agrees() {
    let long = std::env::var_os("CMP_BRIDGE_LONG").is_some();
    for seed in 1..=if long { 20 } else { 2 } {
        let generated = generate(0x9e37_79b9_7f4a_7c15 ^ seed, 150);
        let folder = temporary(&format!("abi-{seed}"));
        let lines = run(&program(&generated), &folder, "gcc", &["-O1"]);
        assert_eq!(lines.len(), 2 * generated.contract.routines.len());
        let found = disagreements(&generated, &lines, |_| ());
        assert!(found.is_empty(), "seed {seed}, {}:\n{}", folder.display(), found.join("\n"));
    }
}

/// The shape of each argument and returned value, as the kinds of its pieces.
fn shapes(generated: &Generated) -> BTreeSet<String> {
    let mut shapes = BTreeSet::new();
    for routine in &generated.contract.routines {
        let lowered = abi::lower(&generated.contract, routine).unwrap();
        for argument in &lowered.arguments {
            let kinds: Vec<&str> = argument
                .pieces
                .iter()
                .map(|piece| match piece.place {
                    Place::Gpr(_) => "integer",
                    Place::Xmm(_) => "vector",
                    Place::Stack(_) if piece.size <= 8 => "stack",
                    Place::Stack(_) => "large stack",
                })
                .collect();
            let who = if argument.role == Role::ReturnAddress { "hidden " } else { "" };
            shapes.insert(format!("{who}{}", kinds.join("+")));
        }
        let kinds: Vec<&str> = lowered
            .returns
            .iter()
            .map(|(place, ..)| match place {
                ReturnPlace::Gpr(_) => "integer",
                ReturnPlace::Xmm(_) => "vector",
                ReturnPlace::X87(_) => "x87",
            })
            .collect();
        shapes.insert(format!("returns {}", kinds.join("+")));
    }
    shapes
}

#[test]
fn every_shape_is_generated() {
    let shapes = shapes(&generate(0x9e37_79b9_7f4a_7c15 ^ 1, 150));
    for shape in [
        "integer",
        "vector",
        "stack",
        "large stack",
        "integer+integer",
        "integer+vector",
        "vector+integer",
        "vector+vector",
        "hidden integer",
        "returns ",
        "returns integer",
        "returns vector",
        "returns integer+integer",
        "returns integer+vector",
        "returns vector+integer",
        "returns vector+vector",
        "returns x87",
    ] {
        assert!(shapes.contains(shape), "{shape}: not among {shapes:?}");
    }
}

#[test]
fn wrong_lowerings_are_caught() {
    let generated = generate(0x1234_5678_9abc_def1, 150);
    let lines = run(&program(&generated), &temporary("abi-wrong"), "gcc", &["-O1"]);
    type Twist = fn(&mut Lowered);
    let twists: [(&str, Twist); 4] = [
        ("integer and vector registers exchanged", |lowered| {
            for piece in lowered.arguments.iter_mut().flat_map(|argument| &mut argument.pieces) {
                piece.place = match piece.place {
                    Place::Gpr(i) => Place::Xmm(i),
                    Place::Xmm(i @ 0..6) => Place::Gpr(i),
                    place => place,
                };
            }
        }),
        ("second eightbyte merged with the first", |lowered| {
            for argument in &mut lowered.arguments {
                if let [Piece { place: Place::Gpr(first), .. }, second @ Piece { place: Place::Xmm(_), .. }] =
                    argument.pieces.as_mut_slice()
                {
                    second.place = Place::Gpr((*first + 1).min(5));
                }
            }
        }),
        ("stack without alignment", |lowered| {
            for piece in lowered.arguments.iter_mut().flat_map(|argument| &mut argument.pieces) {
                if let Place::Stack(offset) = &mut piece.place {
                    *offset += 8;
                }
            }
        }),
        ("returned in the other registers", |lowered| {
            for (place, ..) in &mut lowered.returns {
                *place = match *place {
                    ReturnPlace::Gpr(i) => ReturnPlace::Xmm(i),
                    ReturnPlace::Xmm(i) => ReturnPlace::Gpr(i),
                    ReturnPlace::X87(_) => ReturnPlace::Xmm(0),
                };
            }
        }),
    ];
    for (name, twist) in twists {
        assert!(!disagreements(&generated, &lines, twist).is_empty(), "{name}: not caught");
    }
}
