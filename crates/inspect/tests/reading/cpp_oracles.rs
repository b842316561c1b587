//! Scanned C++ against other tools: `pahole` for the places of members, `c++filt` for names, and the compiler itself for how
//! classes travel.

use std::path::Path;

use cmp_bridge_contract::model::{By, Contract, TypeKind};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{Reason, ScanOptions, scan};

use crate::oracles::pahole_members;
use crate::support;

fn scanned(path: &Path) -> Contract {
    let binary = Binary::open(path).expect("an ELF file");
    let report = scan(&binary, &ScanOptions::default()).expect("debug information");
    report.contracts.into_iter().next().expect("a contract")
}

#[test]
fn pahole_agrees_on_classes() {
    let out = support::fresh("oracle-cpp-pahole");
    let path = support::build("cpp_shapes", &out, &[]);
    let contract = scanned(&path);
    let mut compared = 0;
    for name in
        ["Point", "Tail", "Reuse", "Saved", "Many", "Lieu", "Station", "Autre", "Trivial", "Big", "Counter"]
    {
        let text = support::run("pahole", &["-C", name, path.to_str().expect("UTF-8")], &out);
        let (members, size) = pahole_members(&text);
        let def = contract.type_def(name).expect(name);
        assert_eq!(Some(def.size), size, "{name}\n{text}");
        let TypeKind::Struct(fields) = &def.kind else { panic!("{name} is no struct") };
        for (member, (offset, _)) in &members {
            // Empty classes have no bytes; of a base, pahole says less than the contract.
            let Some(field) = fields.iter().find(|field| field.name == *member) else {
                assert!(
                    ["none", "_vptr"].iter().any(|start| member.starts_with(start)),
                    "{name}.{member}\n{text}"
                );
                continue;
            };
            assert_eq!(field.offset, *offset, "{name}.{member}\n{text}");
            compared += 1;
        }
    }
    assert!(compared >= 16, "only {compared} members were compared");
}

#[test]
fn cxxfilt_agrees_on_names() {
    let out = support::fresh("oracle-cpp-names");
    let contract = scanned(&support::build("cpp_shapes", &out, &[]));
    let symbols: Vec<&str> = contract.routines.iter().map(|r| r.symbol.as_str()).collect();
    let text = support::run("c++filt", &symbols, &out);
    let mut compared = 0;
    for (routine, expected) in contract.routines.iter().zip(text.lines()) {
        let Some(source) = &routine.source else {
            assert_eq!(routine.symbol, expected, "not mangled");
            continue;
        };
        // The library's names are shortened.
        if ["std::", "cxx11", "nullptr"].iter().any(|word| expected.contains(word)) {
            continue;
        }
        // An instance of a template has its returned type in front.
        assert!(expected.ends_with(source.as_str()), "{}: {source}, expected {expected}", routine.name);
        compared += 1;
    }
    assert!(compared >= 40, "only {compared} names were compared");
}

/// Each routine takes one class by value and returns its `int`: `mov (%rdi),%eax` where the class travels by address,
/// `mov %edi,%eax` where its bits do.
const TRAVELS: &str = "
struct D { int a; D(int); D(const D&)=delete; };
struct D1 : D { D1(int); }; int d1(D1 t){return t.a;}
struct D2 { D d; D2(int); }; int d2(D2 t){return t.d.a;}
struct D3 { D d[1]; D3(int); }; int d3(D3 t){return t.d[0].a;}
int d0(D t){return t.a;}
struct D5 : D { D5(int); D5(const D5&)=default; }; int d5(D5 t){return t.a;}
struct M { int a; M(int); M&operator=(M&&); };
int m0(M t){return t.a;}
struct M1 : M { M1(int); }; int m1(M1 t){return t.a;}
struct M3 : M1 { M3(int); }; int m3(M3 t){return t.a;}
struct M4 : M { M4(int); M4(const M4&)=default; }; int m4(M4 t){return t.a;}
struct M5 : M { M5(int); M5(M5&&)=default; }; int m5(M5 t){return t.a;}
struct N { int a; N(int); N&operator=(N&&)=default; };
int n0(N t){return t.a;}
struct O { int a; O(int); O(O&&)=delete; };
int o0(O t){return t.a;}
struct O1 : O { O1(int); }; int o1(O1 t){return t.a;}
struct P { int a; P(int); P(P&&)=default; };
int p0(P t){return t.a;}
struct P1 : P { P1(int); }; int p1(P1 t){return t.a;}
struct Q { int a; Q(int); Q(Q&&)=default; Q(const Q&)=delete; };
int q0(Q t){return t.a;}
struct Q1 { Q d; Q1(int); Q1&operator=(Q1&&);}; int q1(Q1 t){return t.d.a;}
struct R1 { int a; R1(int); private: ~R1()=default; R1(const R1&)=default; friend int r1(R1); };
int r1(R1 t){return t.a;}
struct S { int a; S(int); S(S&)=default; }; int s0(S t){return t.a;}
struct S1 : S { S1(int);}; int s1(S1 t){return t.a;}
struct T0 { int a; T0(int); T0(const T0&, int =0); }; int t0(T0 t){return t.a;}
struct U0 { int a; U0(int); U0(const U0&)=delete; U0(U0&)=default; }; int u0(U0 t){return t.a;}
struct W0 { int a; ~W0(); }; int w0(W0 t){return t.a;}
struct W1 { W0 w[2]; }; int w1(W1 t){return t.w[0].a;}
struct X0 { int a; X0(const X0&); }; int x0(X0 t){return t.a;}
X0::X0(const X0&) = default;
union Y0 { int a; float f; }; int y0(Y0 t){return t.a;}
struct Z0 { int a; template<class T> Z0(const T&); Z0&operator=(const Z0&); }; int z0(Z0 t){return t.a;}
";

#[test]
fn the_compiler_agrees_on_how_classes_travel() {
    let out = support::fresh("oracle-cpp-travel");
    std::fs::write(out.join("t.cpp"), TRAVELS).expect("a source");
    for standard in ["-std=c++11", "-std=c++17"] {
        for version in ["-gdwarf-3", "-gdwarf-4", "-gdwarf-5"] {
            let options = [standard, version, "-O2", "-w", "-shared", "-fPIC", "-fno-ipa-icf"];
            support::run("g++", &[&options[..], &["t.cpp", "-o", "t.so"]].concat(), &out);
            let code = support::run("objdump", &["-d", "--no-show-raw-insn", "t.so"], &out);
            agrees(&out.join("t.so"), &code);
        }
    }
}

/// What the first instruction of each routine reads, against the scanned contract.
fn agrees(path: &Path, code: &str) {
    let binary = Binary::open(path).expect("an ELF file");
    let report = scan(&binary, &ScanOptions::default()).expect("debug information");
    let contract = &report.contracts[0];
    let mut compared = 0;
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let Some(symbol) = line.split('<').nth(1).and_then(|rest| rest.strip_suffix(">:")) else { continue };
        let routine = contract.routines.iter().find(|r| r.symbol == symbol && r.params.len() == 1);
        let refused = report.refused.iter().find(|r| r.symbol.as_deref() == Some(symbol));
        let first = lines.next().unwrap_or_default();
        if !symbol.starts_with("_Z2") {
            continue;
        }
        let expected = match () {
            () if first.contains("(%rdi),%eax") => By::Reference,
            () if first.contains("%edi,%eax") => By::Value,
            // In a way that no contract can say.
            () => {
                let reason =
                    refused.unwrap_or_else(|| panic!("{symbol}: {first}, but it is described")).reason;
                assert_eq!(reason, Reason::ClassPassing, "{symbol}");
                compared += 1;
                continue;
            }
        };
        let routine = routine.unwrap_or_else(|| panic!("{symbol}: {refused:?}"));
        assert_eq!(routine.params[0].by, expected, "{symbol}: {first}");
        compared += 1;
    }
    assert!(compared >= 26, "only {compared} routines were compared");
}
