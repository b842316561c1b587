//! The generated `Control`, answered by the legacy routines in a process of their own: what it gives is what it gives when the
//! legacy code is in this process.

#[path = "../../../../../tests/support/tools.rs"]
mod tools;

use cmp_bridge::support::{Complex, Done, Failure, Logical, Serial, Text, X87};
use cmp_bridge_harness::{Bound, Harness};
use cmp_bridge_shapes::shapes_c::{self as c, *};
use cmp_bridge_shapes::shapes_fortran::{self as f, *};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const C: &str = include_str!("../contracts/shapes_c.toml");
const FORTRAN: &str = include_str!("../contracts/shapes_fortran.toml");

/// The legacy routines as a shared library each.
fn library(name: &'static str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shapes-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let legacy = Path::new(env!("CARGO_MANIFEST_DIR")).join("legacy");
        for (compiler, source, library) in
            [("gcc", "shapes.c", "libshapes_c.so"), ("gfortran", "shapes.f", "libshapes_f.so")]
        {
            let mut command = Command::new(compiler);
            command.args(["-g", "-O2", "-shared", "-fPIC", "-o"]).arg(folder.join(library));
            assert!(command.arg(legacy.join(source)).status().expect(compiler).success(), "{command:?}");
        }
        // The wrong twin of one of them.
        std::fs::write(folder.join("crash.c"), "double dot(void) { __builtin_trap(); }").expect("a file");
        let mut command = Command::new("gcc");
        command.current_dir(&folder).args(["-shared", "-fPIC", "-o", "libcrash.so", "crash.c"]);
        assert!(command.status().expect("gcc").success(), "{command:?}");
        folder
    });
    folder.join(name)
}

fn harness(name: &'static str, contract: &str) -> Harness {
    let tools = tools::tools();
    let harness = Harness::of(library(name)).contract_text(contract, name);
    let harness = harness.agent(tools.join("libcmp_bridge_agent.so")).command(tools.join("cmp-bridge"));
    harness.start().unwrap_or_else(|error| panic!("{error}"))
}

fn bind_c() -> (Harness, Bound) {
    let harness = harness("libshapes_c.so", C);
    let bound = harness.bind(&c::CONTROLS).unwrap_or_else(|error| panic!("{error}"));
    (harness, bound)
}

#[test]
fn values_and_records() {
    let _bound = bind_c();
    // scale: x * k; many: each argument weighs something else, so a wrong place shows.
    assert_eq!(c::Control::scale(1.5, -3), -4.5);
    let many = |h: i32, r: u8| {
        c::Control::many(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, -1, 1 << 40, -3, -4, 5, h, -7, r)
    };
    // SAFETY: the routine of the C source, which is linked into this test as well.
    let direct = |h: i32, r: u8| unsafe {
        legacy_many(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, -1, 1 << 40, -3, -4, 5, h, -7, r)
    };
    assert_eq!((many(-6, 200), many(9, 255)), (direct(-6, 200), direct(9, 255)));
    let (a, b) = (Point { x: 1.0, y: 2.0 }, Point { x: 4.0, y: 6.5 });
    assert_eq!(c::Control::middle(a, b), Point { x: 2.5, y: 4.25 });
    assert_eq!(c::Control::later(Date { day: 7, sec: 86399.0 }, 5.5), Date { day: 8, sec: 4.5 });
    let line = c::Control::through(a, b);
    assert_eq!(line, c::Control::through(a, b));
    let limits = Limits { v: [1.0, 2.0, 3.0, 4.0, 5.0] };
    let widened = c::Control::widen(limits, 0.25);
    assert!(widened.v != limits.v);
    assert_eq!(c::Control::turn(Complex { re: 1.0, im: 2.0 }), Complex { re: -2.0, im: 1.0 });
    assert_eq!(c::Control::turnf(Complex { re: 1.0, im: 2.0 }), Complex { re: -2.0, im: 1.0 });
    let one = X87([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f, 0, 0, 0, 0, 0, 0]);
    let mut sum = one;
    c::Control::add_long(&mut sum, &one);
    assert_eq!(sum.0[7..10], [0x80, 0x00, 0x40]);
}

// SAFETY: as the C source defines it.
unsafe extern "C" {
    #[link_name = "many"]
    fn legacy_many(
        a: f64,
        b: f64,
        c: f64,
        d: f64,
        e: f64,
        f: f64,
        g: f64,
        h: f64,
        i: f64,
        j: f64,
        k: i32,
        l: i64,
        m: i32,
        n: i16,
        o: i32,
        p: i32,
        q: i8,
        r: u8,
    ) -> f64;
}

#[test]
fn arrays_status_and_state() {
    let (_bound, serial) = (bind_c(), Serial::lock());
    assert_eq!(c::Control::dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
    let mut sums = [0.0; 2];
    assert_eq!(c::Control::row_sums(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3, &mut sums), 6);
    assert_eq!(sums, [6.0, 15.0]);
    assert_eq!(c::Control::window(&[1, 2, 3, 4, 5], 3), 15);
    assert_eq!(c::Control::divide(1.0, 4.0), Ok((0.25, Done::Ok)));
    assert_eq!(c::Control::divide(1.0, 0.0), Err(Failure(-1)));
    assert_eq!(c::Control::parse(c"17;"), Ok((17, Done::Warning(1))));
    assert_eq!(c::Control::next_mode(Mode::MODE_ON, true), Mode::MODE_SAFE);
    // State is lent to the call, and comes back: the process of the harness keeps none of it.
    let (mut tally, table) = (Tally::ZERO, [0; 4]);
    let first = c::Control::tick(&serial, 3, &mut tally, &table);
    let kept = (tally, table);
    let (mut tally, table) = (Tally::ZERO, [0; 4]);
    assert_eq!((c::Control::tick(&serial, 3, &mut tally, &table), (tally, table)), (first, kept));
    assert!(kept != (Tally::ZERO, [0; 4]));
}

#[test]
fn fortran_texts_logicals_and_common() {
    let (harness, serial) = (harness("libshapes_f.so", FORTRAN), Serial::lock());
    let _bound = harness.bind(&f::CONTROLS).unwrap_or_else(|error| panic!("{error}"));
    let mut x = [[1.0_f64, 0.0, 0.0], [0.0, 2.0, 0.0]];
    f::Control::frot(&mut x, std::f64::consts::FRAC_PI_2, false);
    assert!(x != [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]], "{x:?}");
    f::Control::frot(&mut x, std::f64::consts::FRAC_PI_2, true);
    assert!((x[0][0] - 1.0).abs() < 1e-12 && (x[1][1] - 2.0).abs() < 1e-12, "{x:?}");
    let mut common = BlocFset { ..BlocFset::ZERO };
    f::Control::fset(&serial, 1.5, 2.5, 7, &mut common);
    assert!(common != BlocFset::ZERO);
    let mut text = *b"..........";
    let done = f::Control::flabel(Text::new(b"SPOT"), 5, Text::new_mut(&mut text));
    assert!(done.is_ok(), "{done:?}");
    assert!(text.starts_with(b"SPOT"), "{:?}", String::from_utf8_lossy(&text));
    assert!(f::Control::fallok(&[Logical::from(true), Logical::from(false)]).lany);
}

#[test]
#[should_panic(expected = "repeat with: cmp-bridge call ")]
fn a_routine_that_crashes_fails_its_test_with_the_command_that_repeats_it() {
    let tools = tools::tools();
    let harness = Harness::of(library("libcrash.so")).contract_text(C, "crash");
    let harness = harness.agent(tools.join("libcmp_bridge_agent.so")).command(tools.join("cmp-bridge"));
    let harness = harness.start().unwrap_or_else(|error| panic!("{error}"));
    let _bound = harness.bind([&c::dot::slot()]).unwrap_or_else(|error| panic!("{error}"));
    c::Control::dot(&[1.0, 2.0], &[3.0, 4.0]);
}

#[test]
fn a_control_of_another_contract_is_refused() {
    let harness = harness("libshapes_c.so", &C.replacen("type = \"i32\"", "type = \"u32\"", 1));
    let wrong = harness.bind(&c::CONTROLS).err().expect("another contract");
    assert!(wrong.to_string().contains("was generated from contract hash"), "{wrong}");
}

#[test]
#[should_panic(expected = "Control has no legacy routine to call")]
fn without_a_harness_there_is_nothing_to_call() {
    drop(bind_c());
    let _bound =
        harness("libshapes_f.so", FORTRAN).bind(&f::CONTROLS).unwrap_or_else(|error| panic!("{error}"));
    c::Control::scale(1.0, 1);
}
