//! Running code: generated subprograms are called through the scanned contract and its lowering, with random bits in
//! exactly the registers and stack words it names. Each must receive the bits sent, and what it returns must be where
//! the lowering says.
//!
//! The quick run has one optimisation level; `CMP_BRIDGE_LONG=1` has all, and more subprograms. The seed is fixed.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use cmp_bridge_contract::abi::{Lowered, Piece, Place, ReturnPlace, Role, lower};
use cmp_bridge_contract::model::{By, Contract, Extent, Param, Routine, Type, TypeKind};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::check;
use cmp_bridge_inspect::finding::Severity;
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::generate::{COPIED_IN, Kind, Mode, RESULT, Random, Subprogram, package};
use crate::support::{fresh, run};
use crate::values::{Bits, value};

/// A library of generated subprograms.
struct Library {
    folder: PathBuf,
    subprograms: Vec<Subprogram>,
    contract: Contract,
}

fn build(name: &str, seed: u64, count: usize, flags: &[&str]) -> Library {
    let folder = fresh(name);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ada");
    for file in ["prelude.ads", "stub.S", "driver.h"] {
        std::fs::copy(here.join(file), folder.join(file)).expect("a support file");
    }
    let (subprograms, spec, body) = package(seed, count);
    std::fs::write(folder.join("gen.ads"), spec).expect("a specification");
    std::fs::write(folder.join("gen.adb"), body).expect("a body");
    // -gnatp: no checks, for the bits are not those of valid objects everywhere.
    // Routines that do the same would be folded into one.
    let mut arguments = vec!["-q", "-c", "-g", "-fPIC", "-gnatp", "-gnatws", "-fno-ipa-icf"];
    arguments.extend(flags);
    arguments.push("gen.adb");
    run("gnatmake", &arguments, &folder);
    run("gnatbind", &["-n", "gen.ali"], &folder);
    run("gnatmake", &["-q", "-c", "-fPIC", "b~gen.adb"], &folder);
    let objects = ["-shared", "-g", "gen.o", "prelude.o", "b~gen.o", "-lgnat", "-o", "libgen.so"];
    run("gcc", &objects, &folder);
    let binary = Binary::open(folder.join("libgen.so")).expect("a library");
    let report = scan(&binary, &ScanOptions { patterns: vec!["gen__t*".into()], ..ScanOptions::default() });
    let report = report.expect("debug information");
    assert!(report.refused.is_empty(), "{}", report.refused[0]);
    let contract = report.contracts.into_iter().next().expect("a contract");
    assert_eq!(contract.routines.len(), count);
    let text = contract.to_toml();
    assert_eq!(Contract::from_toml(&text, "gen").as_ref(), Ok(&contract), "read back");
    let errors: Vec<_> =
        check(&contract, &binary).into_iter().filter(|f| f.severity() == Severity::Error).collect();
    assert!(errors.is_empty(), "{}", errors[0]);
    Library { folder, subprograms, contract }
}

/// What a call must show, line by line: `got 3`, `mem 0` ...
#[derive(Default)]
struct Expected {
    lines: Vec<(String, Bits)>,
}

/// The C function that makes one call, and what must come of it.
struct Call<'a> {
    contract: &'a Contract,
    routine: &'a Routine,
    lowered: Lowered,
    subprogram: &'a Subprogram,
    random: Random,
    data: String,
    code: String,
    after: String,
    got: Expected,
    later: Expected,
}

impl Call<'_> {
    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let list: Vec<String> = bytes.iter().map(|b| b.to_string()).collect();
        let _ = writeln!(
            self.data,
            "  static unsigned char {name}[] __attribute__((aligned(16))) = {{{}}};",
            if list.is_empty() { "0".into() } else { list.join(",") }
        );
    }

    fn send(&mut self, role: Role, source: &str) {
        let argument = self.lowered.arguments.iter().find(|a| a.role == role).expect("an argument");
        for Piece { place, offset, size } in &argument.pieces {
            let to = match place {
                Place::Gpr(n) => format!("&G[{n}]"),
                Place::Xmm(n) => format!("&X[{n}]"),
                Place::Stack(at) => format!("(char *)S + {at}"),
            };
            let _ = writeln!(self.code, "  memcpy({to}, (char *)&{source} + {offset}, {size});");
        }
    }

    /// The value an output is set to.
    fn fill(&mut self, number: usize, bits: &Bits) {
        let name = format!("f{number}");
        self.bytes(&name, &bits.bytes);
        let _ = writeln!(self.code, "  FILL[{number}] = {name}; FILL_SIZE[{number}] = sizeof {name};");
    }

    fn param(&mut self, at: usize, param: &Param) {
        let name = format!("v{at}");
        let Some(number) = param.name.strip_prefix('p').and_then(|n| n.parse::<usize>().ok()) else {
            // The flag that follows a parameter: 0 or 1.
            assert!(param.name.ends_with("_constrained"), "{}", param.name);
            self.bytes(&name, &[(at % 2) as u8]);
            return self.send(Role::Param(at), &name);
        };
        let (mode, ada) = self.subprogram.params[number];
        let mode = if mode == Mode::Out && COPIED_IN.contains(&ada.name) { Mode::InOut } else { mode };
        match param.by {
            By::Value => {
                let bits = value(self.contract, &param.ty, &mut self.random);
                self.bytes(&name, &bits.bytes);
                self.send(Role::Param(at), &name);
                self.got.lines.push((format!("got {number}"), bits));
                if mode != Mode::In {
                    // What becomes of it is part of what is returned.
                    assert_eq!(mode, Mode::InOut, "{} arrives and is only out", param.name);
                }
            }
            By::Reference if ada.kind == Kind::Opaque => {
                let address = self.random.next();
                let _ = writeln!(self.data, "  static u64 {name} = {address}u;");
                self.send(Role::Param(at), &name);
                self.got.lines.push((
                    format!("got {number}"),
                    Bits { bytes: address.to_le_bytes().to_vec(), mask: vec![0xff; 8] },
                ));
            }
            By::Reference => {
                // Of an access to a scalar, nobody knows whether there are more: here is one.
                let ty = match &param.ty {
                    Type::Array(element, Extent::Unknown) => element,
                    other => other,
                };
                let bits = value(self.contract, ty, &mut self.random);
                self.bytes(&format!("{name}b"), &bits.bytes);
                let _ = writeln!(self.data, "  u64 {name} = (u64){name}b;");
                self.send(Role::Param(at), &name);
                self.memory(number, mode, &format!("{name}b"), bits, |call| {
                    value(call.contract, ty, &mut call.random)
                });
            }
            By::Descriptor => self.descriptor(at, number, mode, &param.ty),
        }
    }

    /// What is behind an address: received when it is read, changed when it is written.
    fn memory(
        &mut self,
        number: usize,
        mode: Mode,
        buffer: &str,
        bits: Bits,
        other: impl Fn(&mut Self) -> Bits,
    ) {
        let size = bits.bytes.len();
        if mode != Mode::Out {
            self.got.lines.push((format!("got {number}"), bits.clone()));
        }
        let after = match mode {
            Mode::In => bits,
            _ => {
                let filled = other(self);
                self.fill(number, &filled);
                filled
            }
        };
        let _ = writeln!(self.after, "  show(\"mem\", {number}, {buffer}, {size});");
        self.later.lines.push((format!("mem {number}"), after));
    }

    fn descriptor(&mut self, at: usize, number: usize, mode: Mode, ty: &Type) {
        let (mut bounds, mut seen, mut count) = (Vec::new(), Vec::new(), 1);
        let mut element = ty;
        while let Type::Array(inner, Extent::Carried(index)) = element {
            // Bounds of all kinds, an empty array among them; positions of the enumeration go to 3.
            let low = self.random.below(3) as i64;
            let high = low - 1 + self.random.below(3) as i64;
            let high = high.max(if index.signed { -1 } else { 0 });
            // A null array of an unsigned index: 1 .. 0.
            let low = if high < low { high + 1 } else { low };
            let size = usize::from(index.size);
            while bounds.len() % size != 0 {
                bounds.push(0);
            }
            for bound in [low, high] {
                bounds.extend(&bound.to_le_bytes()[..size]);
                seen.extend(bound.to_le_bytes());
            }
            count *= (high - low + 1) as usize;
            element = inner;
        }
        let mut bits = Bits { bytes: Vec::new(), mask: Vec::new() };
        for _ in 0..count {
            let one = value(self.contract, element, &mut self.random);
            bits.bytes.extend(one.bytes);
            bits.mask.extend(one.mask);
        }
        let name = format!("v{at}");
        self.bytes(&format!("{name}b"), &bits.bytes);
        self.bytes(&format!("{name}r"), &bounds);
        let _ = writeln!(self.data, "  u64 {name}[2] = {{(u64){name}b, (u64){name}r}};");
        self.send(Role::Param(at), &name);
        self.got.lines.push((format!("got {number}"), Bits { mask: vec![0xff; seen.len()], bytes: seen }));
        let size = bits.bytes.len();
        self.memory(number, mode, &format!("{name}b"), bits, |call| {
            let bytes: Vec<u8> = (0..size).map(|_| call.random.next() as u8).collect();
            Bits { mask: vec![0xff; size], bytes }
        });
    }

    /// By-copy outputs and a function's result.
    fn returned(&mut self) {
        let by_copy: Vec<usize> = (0..self.subprogram.params.len())
            .filter(|&i| self.subprogram.params[i].0 != Mode::In)
            .filter(|i| {
                let name = format!("p{i}");
                self.routine.params.iter().all(|p| p.name != name || p.by == By::Value)
            })
            .collect();
        let result = self.subprogram.result;
        let Some(returns) = self.routine.returns.clone() else {
            assert!(by_copy.is_empty() && result.is_none(), "{}: nothing comes back", self.routine.name);
            return;
        };
        match (returns.by, result.map(|r| r.kind)) {
            (By::Descriptor, Some(Kind::Unconstrained(index, bounds, size))) => {
                return self.returned_array(&returns.ty, index.len(), bounds, size);
            }
            (By::Reference, Some(Kind::Opaque)) => {
                // The tag cannot be known; the component is 7.
                let _ = writeln!(self.after, "  show(\"ret\", 0, (void *)OUT[0], 16);");
                let mut bits = Bits { bytes: vec![0; 16], mask: vec![0; 16] };
                (bits.bytes[8], bits.mask[8]) = (7, 0xff);
                return self.later.lines.push(("ret 0".into(), bits));
            }
            (By::Value, _) => {}
            other => panic!("{}: returned {other:?}", self.routine.name),
        }
        let (size, _) = self.contract.size_align(&returns.ty).expect("a size");
        let hidden = self.lowered.arguments.iter().any(|a| a.role == Role::ReturnAddress);
        if hidden {
            let _ = writeln!(
                self.data,
                "  static unsigned char rv[{size}] __attribute__((aligned(16))); u64 ra = (u64)rv;"
            );
            self.send(Role::ReturnAddress, "ra");
            let _ = writeln!(self.after, "  if (OUT[0] != ra) printf(\"rax is not the address\\n\");");
        } else {
            let _ = writeln!(self.data, "  static unsigned char rv[{}];", size.max(16));
            for (place, offset, size) in self.lowered.returns.clone() {
                let at = match place {
                    ReturnPlace::Gpr(n) => 8 * usize::from(n),
                    ReturnPlace::Xmm(n) => 16 + 8 * usize::from(n),
                    ReturnPlace::X87(_) => 32,
                };
                let size = if matches!(place, ReturnPlace::X87(_)) { 10 } else { size };
                let _ = writeln!(self.after, "  memcpy(rv + {offset}, (char *)OUT + {at}, {size});");
            }
        }
        let _ = writeln!(self.after, "  show(\"ret\", 0, rv, {size});");
        let bits = match (by_copy.as_slice(), result) {
            ([], Some(_)) => {
                let bits = value(self.contract, &returns.ty, &mut self.random);
                self.fill(RESULT, &bits);
                bits
            }
            ([only], None) => {
                let bits = value(self.contract, &returns.ty, &mut self.random);
                self.fill(*only, &bits);
                bits
            }
            _ => self.copies(&returns.ty, &by_copy),
        };
        self.later.lines.push(("ret 0".into(), bits));
    }

    /// The record of several outputs.
    fn copies(&mut self, ty: &Type, by_copy: &[usize]) -> Bits {
        let Type::Named(name) = ty else { panic!("{}: returned {ty}", self.routine.name) };
        let def = self.contract.type_def(name).expect(name);
        let TypeKind::Struct(fields) = &def.kind else { panic!("{name} is no record") };
        let expected = by_copy.len() + usize::from(self.subprogram.result.is_some());
        assert_eq!(fields.len(), expected, "{name}");
        let mut all = Bits { bytes: vec![0; def.size as usize], mask: vec![0; def.size as usize] };
        for field in fields {
            let number = match field.name.as_str() {
                "RETVAL" => RESULT,
                name => name[1..].parse().expect("a parameter"),
            };
            let bits = value(self.contract, &field.ty, &mut self.random);
            self.fill(number, &bits);
            let at = field.offset as usize;
            all.bytes[at..at + bits.bytes.len()].copy_from_slice(&bits.bytes);
            all.mask[at..at + bits.mask.len()].copy_from_slice(&bits.mask);
        }
        all
    }

    fn returned_array(&mut self, ty: &Type, dimensions: usize, bounds: &[(i64, i64)], element: usize) {
        let mut expected = Vec::new();
        let mut ty = ty;
        let mut count = 1;
        for (low, high) in bounds {
            let Type::Array(inner, Extent::Carried(index)) = ty else { panic!("{ty} has too few bounds") };
            for bound in [low, high] {
                expected.extend(&bound.to_le_bytes()[..usize::from(index.size)]);
            }
            count *= (high - low + 1) as usize;
            ty = inner;
        }
        assert_eq!(dimensions, bounds.len());
        let bytes: Vec<u8> = (0..count * element).map(|_| self.random.next() as u8).collect();
        let (data, bounds) = (bytes.len(), expected.len());
        let whole = |bytes: Vec<u8>| Bits { mask: vec![0xff; bytes.len()], bytes };
        self.fill(RESULT, &whole(bytes.clone()));
        let _ = writeln!(
            self.after,
            "  show(\"ret\", 0, (void *)OUT[0], {data}); show(\"bounds\", 0, (void *)OUT[1], {bounds});"
        );
        self.later.lines.push(("ret 0".into(), whole(bytes)));
        self.later.lines.push(("bounds 0".into(), whole(expected)));
    }
}

/// Calls every routine as `contract` says, and returns what was not as expected, by routine.
fn call_all(library: &Library, contract: &Contract, name: &str) -> Vec<(String, String)> {
    let mut driver = "#include \"driver.h\"\n".to_string();
    let mut main = "int main(void)\n{\n  adainit();\n".to_string();
    let mut expected: HashMap<String, Vec<(String, Bits)>> = HashMap::new();
    for routine in &contract.routines {
        let number: usize = routine.name.trim_start_matches("gen__t").parse().expect("a number");
        let mut call = Call {
            contract,
            routine,
            lowered: lower(contract, routine).expect("a signature"),
            subprogram: &library.subprograms[number],
            random: Random(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1)),
            data: String::new(),
            code: String::new(),
            after: String::new(),
            got: Expected::default(),
            later: Expected::default(),
        };
        call.returned();
        for (at, param) in routine.params.iter().enumerate() {
            call.param(at, param);
        }
        let arrives = |i: usize| routine.params.iter().any(|p| p.name == format!("p{i}"));
        for (i, (mode, _)) in call.subprogram.params.iter().enumerate() {
            assert!(arrives(i) || *mode == Mode::Out, "{}: p{i} is missing", routine.name);
        }
        let words = call.lowered.stack_bytes / 8;
        let x87 = call.lowered.returns.iter().any(|(place, ..)| matches!(place, ReturnPlace::X87(_)));
        let _ = writeln!(
            driver,
            "extern void {0}(void);\nstatic void do_{0}(void)\n{{\n{1}  fresh();\n{2}  printf(\"call {0}\\n\"); fflush(stdout);\n  \
             call_bits({0}, G, X, S, {words}, OUT, {3});\n{4}}}\n",
            routine.symbol,
            call.data,
            call.code,
            u8::from(x87),
            call.after
        );
        let _ = writeln!(main, "  do_{}();", routine.symbol);
        // The order of what is received is that of the source.
        let mut lines = call.got.lines;
        lines.sort_by_key(|(what, _)| what[4..].parse::<usize>().unwrap_or(0));
        lines.extend(call.later.lines);
        expected.insert(routine.symbol.clone(), lines);
    }
    let text = driver + &main + "  return 0;\n}\n";
    std::fs::write(library.folder.join(format!("{name}.c")), text).expect("a driver");
    let source = format!("{name}.c");
    let arguments = ["-w", "-rdynamic", &source, "stub.S", "-L.", "-lgen", "-Wl,-rpath,$ORIGIN", "-o", name];
    run("gcc", &arguments, &library.folder);
    let output = run(&format!("./{name}"), &[], &library.folder);
    compare(&output, &expected)
}

fn compare(output: &str, expected: &HashMap<String, Vec<(String, Bits)>>) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let mut calls = 0;
    for call in output.split("call ").skip(1) {
        calls += 1;
        let (symbol, rest) = call.split_once('\n').expect("a line");
        let mut found = rest.lines().filter(|line| !line.starts_with("set "));
        for (what, bits) in &expected[symbol] {
            let line = found.next().unwrap_or("nothing");
            let hex = line.strip_prefix(what.as_str()).map(str::trim);
            let bytes: Option<Vec<u8>> = hex.map(|hex| {
                (0..hex.len() / 2)
                    .filter_map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok())
                    .collect()
            });
            if !bytes.is_some_and(|bytes| bits.is(&bytes)) {
                problems.push((symbol.to_string(), format!("{what}: sent {:02x?}, {line}", bits.bytes)));
            }
        }
        if let Some(line) = found.next() {
            problems.push((symbol.to_string(), format!("also {line}")));
        }
    }
    assert_eq!(calls, expected.len(), "calls");
    problems
}

/// Whether a value holds storage that nobody looks into, but for the tagged object of which one component is known.
fn opaque(contract: &Contract, ty: &Type) -> bool {
    match ty {
        Type::Array(element, _) => opaque(contract, element),
        Type::Named(name) if name != "prelude__object" => {
            match contract.type_def(name).map(|def| &def.kind) {
                Some(TypeKind::Opaque { .. }) => true,
                Some(TypeKind::Struct(fields)) => fields.iter().any(|field| opaque(contract, &field.ty)),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Where the debug information does not tell what is inside, the contract says so, and there is no value to send.
fn describable(library: &Library) -> Contract {
    let mut contract = library.contract.clone();
    // With encodings, a record of variants has no size: its address is all that is known.
    let unsized_record = |routine: &Routine| {
        let number: usize = routine.name.trim_start_matches("gen__t").parse().expect("a number");
        let kinds = library.subprograms[number].params.iter().enumerate();
        let records = kinds.filter(|(_, (_, ty))| ty.name == "Shape").map(|(i, _)| format!("p{i}"));
        records.into_iter().any(|name| routine.params.iter().any(|p| p.name == name && p.ty == Type::Ptr))
    };
    contract.routines.retain(|r| {
        let returned = r.returns.iter().map(|returns| &returns.ty);
        !r.params.iter().map(|p| &p.ty).chain(returned).any(|ty| opaque(&library.contract, ty))
            && !unsized_record(r)
    });
    contract
}

fn check_all(library: &Library) {
    let contract = describable(library);
    assert!(
        contract.routines.len() * 10 > library.contract.routines.len() * 7,
        "{}",
        contract.routines.len()
    );
    let problems = call_all(library, &contract, "driver");
    let list: Vec<String> =
        problems.iter().take(20).map(|(symbol, text)| format!("{symbol}: {text}")).collect();
    let total = library.contract.routines.len();
    assert!(
        problems.is_empty(),
        "{} of {total} in {:?}:\n{}",
        problems.len(),
        library.folder,
        list.join("\n")
    );
}

#[test]
fn subprograms_receive_and_return_exactly_the_bits() {
    let count = 240;
    check_all(&build("ada-calls", 0x5eed, count, &["-O2"]));
}

#[test]
fn every_optimisation_level_and_encoding() {
    let long = std::env::var_os("CMP_BRIDGE_LONG").is_some();
    let variants: [&[&str]; 7] = [
        &["-O0"],
        &["-O1"],
        &["-O3"],
        &["-Og"],
        &["-Os"],
        &["-O2", "-fno-omit-frame-pointer"],
        &["-O2", "-fgnat-encodings=all"],
    ];
    for (i, flags) in variants.iter().enumerate().take(if long { 7 } else { 1 }) {
        let count = if long { 600 } else { 80 };
        check_all(&build(&format!("ada-calls-{i}"), 77 + i as u64, count, flags));
    }
}

/// Contracts that are wrong in one known place: the calls show exactly that routine.
#[test]
fn wrong_twins_are_seen() {
    let library = build("ada-calls-twins", 0x7717, 60, &["-O1"]);
    check_all(&library);
    let mut twins: Vec<(usize, Routine)> = Vec::new();
    for (i, routine) in library.contract.routines.iter().enumerate() {
        let exchanged = |ty: &Type| match ty {
            Type::F64 => Some(Type::Int(8, false)),
            Type::F32 => Some(Type::Int(4, false)),
            Type::Int(4, _) => Some(Type::F32),
            Type::Int(8, _) => Some(Type::F64),
            _ => None,
        };
        let mut twin = routine.clone();
        if let Some(param) = twin.params.iter_mut().find(|p| p.by == By::Value && exchanged(&p.ty).is_some())
        {
            param.ty = exchanged(&param.ty).expect("another type");
            twins.push((i, twin));
            continue;
        }
        if let Some(returns) = twin.returns.as_mut().filter(|r| r.by == By::Value)
            && let Some(ty) = exchanged(&returns.ty)
        {
            returns.ty = ty;
            twins.push((i, twin));
        }
    }
    assert!(twins.len() > 10, "{} twins", twins.len());
    let mut contract = library.contract.clone();
    for (i, twin) in &twins {
        contract.routines[*i] = twin.clone();
    }
    // Only those whose later arguments stay in place can be called without harm: addresses must still arrive.
    let harmless = |r: &Routine| r.params.iter().all(|p| p.by == By::Value);
    contract.routines.retain(harmless);
    let expected: Vec<String> =
        twins.iter().filter(|(_, t)| harmless(t)).map(|(_, t)| t.symbol.clone()).collect();
    assert!(expected.len() > 3, "{} harmless twins", expected.len());
    let mut found: Vec<String> =
        call_all(&library, &contract, "twins").into_iter().map(|(symbol, _)| symbol).collect();
    found.dedup();
    assert_eq!(found, expected);
}
