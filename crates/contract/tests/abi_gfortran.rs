//! Hidden CHARACTER lengths: gfortran calls C functions whose prototypes are written from `abi::lower`, which print what
//! they got.

use cmp_bridge_contract::abi::{self, Role};
use cmp_bridge_contract::model::*;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// Arguments of each call: contract type, Fortran declaration, expression, bytes at the address, hidden length.
type Argument = (&'static str, &'static str, &'static str, &'static str, Option<u64>);

const TEXT: Argument = ("chars", "character*(*)", "'HELIOS'", "HELIOS", Some(6));
const EMPTY: Argument = ("chars", "character*(*)", "''", "", Some(0));
const FIXED: Argument = ("[char; 5]", "character*5", "'SPOT5'", "SPOT5", Some(5));
const LETTER: Argument = ("char", "character", "'Z'", "Z", Some(1));
const LIST: Argument = ("[[char; 3]; 2]", "character*3", "(/ 'ABC', 'DEF' /)", "ABCDEF", Some(3));
const NUMBER: Argument = ("i32", "integer", "1094861636", "DCBA", None);
const REAL: Argument = ("f64", "double precision", "0d0", "\0\0", None);

const CALLS: [&[Argument]; 6] = [
    &[TEXT],
    &[NUMBER, TEXT, FIXED],
    &[FIXED, REAL, EMPTY, NUMBER, LETTER],
    &[LIST, TEXT, LETTER],
    // Lengths beyond the registers.
    &[NUMBER, NUMBER, NUMBER, NUMBER, TEXT, FIXED, LETTER],
    &[NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, REAL, REAL, TEXT, LIST],
];

fn routine(i: usize, arguments: &[Argument]) -> Routine {
    let param = |(i, (ty, ..)): (usize, &Argument)| Param {
        name: format!("p{i}"),
        ty: Type::parse(ty).unwrap(),
        by: By::Reference,
        usage: Use::In,
        nullable: false,
        user_data: None,
        kept: None,
        unit: None,
        tolerance: None,
    };
    Routine {
        params: arguments.iter().enumerate().map(param).collect(),
        effects: Effects::None,
        ..Routine::new(format!("r{i}"), format!("r{i}_"), Language::Fortran)
    }
}

/// A C function for each call: the arguments `lower` says, in its order.
fn callees(contract: &Contract) -> String {
    let mut c = String::from("#include <stdio.h>\n#include <stddef.h>\n");
    for (routine, arguments) in contract.routines.iter().zip(CALLS) {
        let lowered = abi::lower(contract, routine).unwrap();
        let declare = |role: Role| match role {
            Role::Param(i) => format!("const char *p{i}"),
            Role::Length(i) => format!("size_t l{i}"),
            Role::ReturnAddress | Role::ReturnLength => unreachable!(),
        };
        let declared: Vec<String> = lowered.arguments.iter().map(|argument| declare(argument.role)).collect();
        let _ = writeln!(c, "void {}({}) {{", routine.symbol, declared.join(", "));
        for argument in &lowered.arguments {
            let _ = match argument.role {
                Role::Param(i) => {
                    writeln!(
                        c,
                        "  printf(\"p{i} \"); fwrite(p{i}, 1, {}, stdout); puts(\"\");",
                        arguments[i].3.len()
                    )
                }
                Role::Length(i) => writeln!(c, "  printf(\"l{i} %zu\\n\", l{i});"),
                Role::ReturnAddress | Role::ReturnLength => unreachable!(),
            };
        }
        c.push_str("  fflush(stdout);\n}\n");
    }
    c
}

fn caller() -> String {
    let mut f = String::from("program calls\n");
    for (i, arguments) in CALLS.iter().enumerate() {
        let expressions: Vec<&str> = arguments.iter().map(|argument| argument.2).collect();
        let _ = writeln!(f, "  call r{i}({})", expressions.join(", "));
    }
    f + "end program\n"
}

fn expected() -> String {
    let mut lines = String::new();
    for arguments in CALLS {
        for (i, argument) in arguments.iter().enumerate() {
            let _ = writeln!(lines, "p{i} {}", argument.3);
        }
        for (i, argument) in arguments.iter().enumerate() {
            if let Some(length) = argument.4 {
                let _ = writeln!(lines, "l{i} {length}");
            }
        }
    }
    lines
}

/// What the compiled program prints.
fn run(language: Language, name: &str) -> String {
    let component = Component::new("f", language);
    let routines = CALLS.iter().enumerate().map(|(i, arguments)| routine(i, arguments)).collect();
    let contract =
        Contract { component, types: Vec::new(), state: Vec::new(), routines, proposals: Vec::new() };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("callees.c"), callees(&contract)).unwrap();
    std::fs::write(folder.join("calls.f90"), caller()).unwrap();
    let gfortran = Command::new("gfortran")
        .current_dir(&folder)
        .args(["-w", "-fallow-argument-mismatch", "-o", "calls", "calls.f90", "callees.c"])
        .output()
        .expect("gfortran");
    assert!(gfortran.status.success(), "{}", String::from_utf8_lossy(&gfortran.stderr));
    let output = Command::new(folder.join("calls")).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn gfortran_agrees() {
    assert_eq!(run(Language::Fortran, "gfortran"), expected());
}

#[test]
fn c_rules_for_fortran_text_are_caught() {
    // In C only `chars` would have a length: the other lengths are missing, and the later ones wrong.
    assert_ne!(run(Language::C, "gfortran-wrong"), expected());
}
