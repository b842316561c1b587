//! The generated `Control`, answered by the legacy routines in a process that the generated C89 stub makes: what it gives is what
//! it gives when the legacy code is in this process. No agent and no debug information is there.

use cmp_bridge::module::ControlSlot;
use cmp_bridge::support::{Done, Failure, Logical, Serial, Text};
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use cmp_bridge_harness::{Bound, Harness};
use cmp_bridge_shapes::shapes_c::{self as c, *};
use cmp_bridge_shapes::shapes_fortran::{self as f, *};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A process that hosts legacy routines, ended with its test.
struct Host {
    child: Child,
    address: String,
    contract: PathBuf,
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).current_dir(folder).args(arguments).output().expect(program);
    assert!(output.status.success(), "{program} {arguments:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

impl Host {
    /// The stub of what travels, and the legacy source compiled by `compiler`, its routines renamed in the object.
    fn start(test: &str, component: &str, compiler: &str, source: &str) -> Host {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("remote-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let contract = here.join(format!("contracts/{component}.toml"));
        let (bindings, _) = Bindings::new(&contract).without_unsupported(Lang::C89).expect("a stub");
        bindings.generate(Lang::C89, &folder).expect("a stub");
        let text = std::fs::read_to_string(&contract).expect("a contract");
        let known = Contract::from_toml(&text, component).expect("a contract");
        let stub = std::fs::read_to_string(folder.join(format!("{component}_stub.c"))).expect("a stub");
        let hosted =
            known.routines.iter().filter(|routine| stub.contains(&format!("legacy_{}", routine.symbol)));
        let routines: Vec<_> = hosted.filter(|routine| wire::shape(&known, routine).is_ok()).collect();
        let legacy = here.join("legacy").join(source).display().to_string();
        run(&folder, compiler, &["-O2", "-c", "-o", "original.o", &legacy]);
        let renamed: Vec<String> =
            routines.iter().map(|routine| format!("--redefine-sym={0}=legacy_{0}", routine.symbol)).collect();
        let mut arguments: Vec<&str> = renamed.iter().map(String::as_str).collect();
        arguments.extend(["original.o", "legacy.o"]);
        run(&folder, "objcopy", &arguments);
        let (serve, stub) = (format!("{component}_serve.c"), format!("{component}_stub.c"));
        let libraries = ["legacy.o", "-lgfortran", "-lm", "-o", "host"];
        run(
            &folder,
            "gcc",
            &[&["-std=gnu89", "-O2", &serve, &stub, "cmpb_runtime.c"][..], &libraries].concat(),
        );
        let mut child = Command::new(folder.join("host")).stdout(Stdio::piped()).spawn().expect("the host");
        let mut port = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut port).expect("a port");
        Host { child, address: format!("127.0.0.1:{}", port.trim()), contract }
    }

    /// Lets the `Control` of these routines call it.
    fn bind<'s>(&self, slots: impl IntoIterator<Item = &'s ControlSlot>) -> Bound {
        let harness = Harness::remote(&self.address).contract(&self.contract).start();
        let bound = harness.and_then(|harness| harness.bind(slots));
        bound.unwrap_or_else(|error| panic!("{error}"))
    }
}

#[test]
fn values_records_and_arrays_of_c() {
    let host = Host::start("c", "shapes_c", "gcc", "shapes.c");
    let slots = [
        c::scale::slot(),
        c::middle::slot(),
        c::later::slot(),
        c::widen::slot(),
        c::dot::slot(),
        c::row_sums::slot(),
        c::window::slot(),
        c::divide::slot(),
        c::parse::slot(),
        c::next_mode::slot(),
    ];
    let _bound = host.bind(&slots);
    assert_eq!(c::Control::scale(1.5, -3), -4.5);
    let (a, b) = (Point { x: 1.0, y: 2.0 }, Point { x: 4.0, y: 6.5 });
    assert_eq!(c::Control::middle(a, b), Point { x: 2.5, y: 4.25 });
    assert_eq!(c::Control::later(Date { day: 7, sec: 86399.0 }, 5.5), Date { day: 8, sec: 4.5 });
    let limits = Limits { v: [1.0, 2.0, 3.0, 4.0, 5.0] };
    assert!(c::Control::widen(limits, 0.25).v != limits.v);
    assert_eq!(c::Control::dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
    let mut sums = [0.0; 2];
    assert_eq!(c::Control::row_sums(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3, &mut sums), 6);
    assert_eq!(sums, [6.0, 15.0]);
    assert_eq!(c::Control::window(&[1, 2, 3, 4, 5], 3), 15);
    assert_eq!(c::Control::divide(1.0, 4.0), Ok((0.25, Done::Ok)));
    assert_eq!(c::Control::divide(1.0, 0.0), Err(Failure(-1)));
    assert_eq!(c::Control::parse(c"17;"), Ok((17, Done::Warning(1))));
    assert_eq!(c::Control::next_mode(Mode::MODE_ON, true), Mode::MODE_SAFE);
}

#[test]
fn texts_logicals_and_common_of_fortran() {
    let host = Host::start("fortran", "shapes_fortran", "gfortran", "shapes.f");
    let slots = [f::frot::slot(), f::fset::slot(), f::flabel::slot(), f::fallok::slot()];
    let (_bound, serial) = (host.bind(&slots), Serial::lock());
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

/// The wrong twin: a `Control` of another contract than the host's.
#[test]
fn a_host_of_another_contract_is_refused() {
    let host = Host::start("twin", "shapes_c", "gcc", "shapes.c");
    let text = std::fs::read_to_string(&host.contract).expect("a contract");
    let text = text.replacen("name = \"k\", type = \"i32\"", "name = \"k\", type = \"i64\"", 1);
    let harness = Harness::remote(&host.address).contract_text(text, "twin").start();
    let error = harness.and_then(|harness| harness.call("scale").arg("x", 1.5).arg("k", 2).try_run()).err();
    let error = error.expect("another contract").to_string();
    assert!(error.contains("`scale` at ") && error.contains("refused"), "{error}");
}
