//! The C++ planning, the Ada CCS and the newer Fortran of the reference CMP against published figures, exact cases and
//! exhaustive searches.
//!
//! `tests/reference/planning.cpp` and `tests/reference/ccs_figures.adb` call the routines and print `name value` lines;
//! what they must print is typed here with its source. Each figure is shown able to fail: by moving its own value, and
//! one constant changed in a copy of a source is seen by a named figure.

#[path = "support/legacy.rs"]
mod legacy;

use legacy::{built, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

enum Want {
    /// This text exactly.
    Text(&'static str),
    /// This value within this distance.
    Near(f64, f64),
}
use Want::{Near, Text};

type Figures = BTreeMap<String, String>;

/// Meeus, Astronomical Algorithms: examples 25.a (the Sun on 1992-10-13 at 0h), 12.a and 12.b (sidereal time on
/// 1987-04-10), 16.a (refraction). Vallado, Fundamentals of Astrodynamics: examples 5-1 (the Sun on 2006-04-02) and 7-1
/// (the site of the USAF Academy, which the satellite here must be less than a metre from). The routines promise 0.01
/// degree for the Sun. The equation of time on 3 November is +16.4 min. The Earth's umbra is 1.384 million km long.
const PLANNING: &[(&str, Want)] = &[
    ("sun.meeus.alpha", Near(198.380_83, 0.01)),
    ("sun.meeus.delta", Near(-7.785_07, 0.01)),
    ("sun.meeus.distance", Near(0.997_66, 1e-5)),
    ("sun.vallado.x", Near(0.977_194_5, 1e-6)),
    ("sun.vallado.y", Near(0.192_442_4, 2e-6)),
    ("sun.vallado.z", Near(0.083_430_8, 1e-6)),
    ("sidereal.meeus.0h", Near(197.693_195, 1e-6)),
    ("sidereal.meeus.19h21", Near(128.737_873, 1e-6)),
    ("sun.november.longitude", Near(0.0, 0.02)),
    ("station.vallado", Text("here")),
    // the celestial pole stands as high as the station's latitude; a satellite over the equator, on the station's
    // meridian, is due south
    ("station.pole.elevation", Near(43.4287, 1e-6)),
    ("station.pole.azimuth", Near(0.0, 1e-6)),
    ("station.geostationary.azimuth", Near(180.0, 1e-6)),
    ("station.geostationary.distance", Near(37_777_191.2, 1.0)),
    ("refraction.meeus.minutes", Near(24.618, 1e-3)),
    ("shadow.umbra", Near(1.384e9, 1e6)),
    // asin(Re / a) / pi of a circular orbit through the axis
    ("shadow.cylinder.share", Near(0.0, 1e-5)),
    // exact on polynomials of their degree
    ("lagrange.degree_7", Near(0.0, 1e-11)),
    ("hermite.cubic", Near(0.0, 1e-11)),
    ("hermite.velocity", Near(0.0, 1e-12)),
    ("hermite.value", Near(1.0, 1e-15)),
    // against a scan by steps of 0.1 s
    ("pass.rise", Near(-0.05, 0.06)),
    ("pass.set", Near(0.05, 0.06)),
    ("pass.culmination", Near(0.0, 0.12)),
    ("pass.elevation", Near(0.0, 1e-4)),
    ("doppler", Near(7000.0 / 299_792_458.0 * 2.2e9, 1e-6)),
    // against all the 1024 choices
    ("slots.best", Near(0.0, 1e-9)),
    // 1969-07-20
    ("weekday.apollo_11", Text("DIMANCHE")),
    ("leap", Near(1.0, 0.0)),
    ("density.below", Near(0.0, 0.0)),
    // CIRA 1972, half-way through the tranche of 500 km: 6.967e-13 exp(-50 / 63.822)
    ("density.550_km", Near(3.182_782e-13, 1e-18)),
    ("attitude.ier", Near(0.0, 0.0)),
    // the mean motion of the orbit
    ("attitude.rate", Near(0.0, 1e-14)),
    ("attitude.drift", Near(0.0, 1e-12)),
    ("attitude.norm", Near(1.0, 1e-14)),
    // 86400 rho (Cx S / m) sqrt(mu a), rho = 3.725e-12 kg/m3 at 400 km
    ("drag.400_km", Near(-368.033, 0.001)),
];

/// Fletcher-16 of `abcdef` and `abcdefgh`: 2057 and 0627 in hexadecimal, the usual vectors. IGRF 1995: the pole of the
/// dipole at 79.3 N 71.4 W, twice its 30 208 nT there. Wallis's cubic x^3 - 2x - 5, 2.0945514815423.
const CCS: &[(&str, Want)] = &[
    ("fletcher.abcdef", Near(8279.0, 0.0)),
    ("fletcher.abcdefgh", Near(1575.0, 0.0)),
    ("status", Near(23_282.0, 0.0)),
    ("field.pole.angle", Near(0.0, 0.02)),
    ("field.pole.nt", Near(60_416.0, 2.0)),
    ("field.pole.down", Text("TRUE")),
    // the law unloads across the field only, as exp(-gain t): 2000 s at 5e-4 /s, by steps of 1 s
    ("unloading.along", Near(1.0, 1e-12)),
    ("unloading.across", Near(1.0, 3e-4)),
    ("wheel.1000_rpm", Near(12.566_370_614, 1e-8)),
    ("newton.wallis", Near(2.094_551_481_542_3, 1e-12)),
    ("regression.slope", Near(-0.25, 1e-7)),
    ("regression.residual", Near(0.0, 1e-6)),
    ("hysteresis.changes", Near(10.0, 0.0)),
    // 48 Ah less 20 A for an hour, in steps of a thousandth: 60 times 0.333
    ("battery.ah", Near(28.02, 1e-9)),
    // (28.02 - 20 % of 48) / 20
    ("battery.hours", Near(0.921, 1e-9)),
    // one step of 0.01 * 2.75 at most beyond the band
    ("heater.low", Near(14.0, 0.03)),
    ("heater.high", Near(18.0, 0.03)),
];

/// A source, what is changed in it, and a figure that must see it.
type Twin = (&'static str, &'static str, &'static str, &'static str);

const WRONG_PLANNING: &[Twin] = &[
    ("planning/soleil.cpp", "1.914666471", "1.941666471", "sun.vallado.y"),
    ("planning/soleil.cpp", "360.98564736629", "360.98564763629", "sidereal.meeus.0h"),
    ("planning/soleil.cpp", "- si * s.x", "+ si * s.x", "sun.november.longitude"),
    ("planning/lieu.cpp", "0.00669438002290", "0.00669348002290", "station.vallado"),
    ("planning/recherche.cpp", "10.3 /", "10.8 /", "refraction.meeus.minutes"),
    ("planning/recherche.cpp", "0.6180339887498949", "0.9180339887498949", "pass.culmination"),
    ("planning/ombre.cpp", "c <= b - a", "c <= b + a", "shadow.umbra"),
    ("planning/ombre.cpp", "- s * s < rayon_", "+ s * s < rayon_", "shadow.cylinder.share"),
    ("planning/ephemeride.cpp", "3.0 - 2.0 * u", "3.0 - 2.1 * u", "hermite.cubic"),
    ("planning/ephemeride.cpp", "8.0 * (p[i + 1]", "8.1 * (p[i + 1]", "hermite.velocity"),
    ("planning/affectation.cpp", "fi < fj", "fi > fj", "slots.best"),
    ("flight_dynamics/densite.f", "63.822D0", "63.282D0", "density.550_km"),
    ("flight_dynamics/densite.f", "JJ50, 7", "JJ50, 8", "weekday.apollo_11"),
    ("flight_dynamics/mod_attitude.f90", "2*atan2", "3*atan2", "attitude.rate"),
];

const WRONG_CCS: &[Twin] = &[
    ("ccs_mots.adb", "mod 255", "mod 256", "fletcher.abcdefgh"),
    ("ccs_mots.ads", "Attente => 2", "Attente => 3", "status"),
    ("ccs_roues.adb", "5318.0", "5813.0", "field.pole.angle"),
    ("ccs_roues.adb", "H * B;", "B * H;", "unloading.across"),
    ("ccs_polynomes.adb", "Z := Z - Ecart", "Z := Z + Ecart", "newton.wallis"),
    ("ccs_senseurs.adb", "Somme_Croises / Somme_Carres", "Somme_Croises / Somme_Lus", "regression.slope"),
    ("ccs_filtre.adb", "F.Compteur >= N", "F.Compteur > N + 60", "hysteresis.changes"),
    ("ccs_batterie.adb", "0.2 * Long_Float (Capacite)", "0.3 * Long_Float (Capacite)", "battery.hours"),
    ("ccs_thermique.adb", "T < L.Seuil_Haut", "T < L.Seuil_Bas", "heater.high"),
];

#[test]
fn planning_and_fortran_give_the_published_figures() {
    agree(PLANNING, &planning("right", None));
}

#[test]
fn ccs_gives_the_published_figures() {
    agree(CCS, &ccs("right", None));
}

#[test]
fn each_figure_can_fail() {
    for (name, want) in PLANNING.iter().chain(CCS) {
        let beyond = match want {
            Text(text) => format!("{text}x"),
            Near(x, tolerance) => format!("{:e}", x + 2.0 * tolerance + 1e-9 * x.abs() + 1e-30),
        };
        assert!(!holds(want, &beyond), "{name} accepts {beyond}");
        assert!(!holds(want, "NaN"), "{name} accepts NaN");
    }
}

#[test]
fn twin_planning_sources_are_seen() {
    for (number, twin) in WRONG_PLANNING.iter().enumerate().step_by(every()) {
        seen(PLANNING, twin, &planning(&format!("wrong-{number}"), Some(twin)));
    }
}

#[test]
fn twin_ccs_sources_are_seen() {
    for (number, twin) in WRONG_CCS.iter().enumerate().step_by(every()) {
        seen(CCS, twin, &ccs(&format!("wrong-{number}"), Some(twin)));
    }
}

/// One twin in so many: each is a build, so all of them are tried in the long run only.
fn every() -> usize {
    if std::env::var("CMP_BRIDGE_LONG").is_ok_and(|long| long == "1") { 1 } else { 4 }
}

fn holds(want: &Want, got: &str) -> bool {
    match want {
        Text(text) => got == *text,
        // a NaN is not near anything
        Near(x, tolerance) => got.parse::<f64>().is_ok_and(|value| (value - x).abs() <= *tolerance),
    }
}

fn agree(wanted: &[(&str, Want)], figures: &Figures) {
    for (name, want) in wanted {
        let got = figures.get(*name).map_or("nothing", String::as_str);
        assert!(holds(want, got), "{name} is {got}");
    }
    assert_eq!(figures.len(), wanted.len(), "{figures:#?} against what is checked");
}

fn seen(wanted: &[(&str, Want)], (source, from, to, name): &Twin, figures: &Figures) {
    let (_, want) = wanted.iter().find(|(known, _)| known == name).expect("a figure of the table");
    let got = figures.get(*name).map_or("nothing", String::as_str);
    assert!(!holds(want, got), "{source}: `{from}` made `{to}`: {name} is still {got}");
}

/// Builds the driver with the legacy objects, one of them from a wrong source, and runs it.
fn planning(tag: &str, twin: Option<&Twin>) -> Figures {
    let folder = folder("planning", tag);
    let objects = built("pie").join("obj");
    let compiled = twin.map(|&(source, from, to, _)| {
        let copy = wrong(&folder, source, from, to);
        let object = folder.join("wrong.o");
        let sources = root().join("legacy").join(Path::new(source).parent().expect("a folder"));
        let (compiler, standard) =
            if source.ends_with(".cpp") { ("g++", "-std=gnu++98") } else { ("gfortran", "-Wall") };
        let mut command = Command::new(compiler);
        command.args([standard, "-O2", "-c", "-o"]).arg(&object).arg(copy).arg("-I").arg(sources);
        run(command.current_dir(&folder).args(includes()));
        object
    });
    let program = folder.join("planning");
    let mut link = Command::new("g++");
    link.arg("-o").arg(&program).arg(driver());
    for part in ["plan", "fd"] {
        for entry in fs::read_dir(objects.join(part)).expect("objects") {
            let object = entry.expect("an object").path();
            let replaced =
                twin.is_some_and(|(source, ..)| object.file_stem() == Path::new(source).file_stem());
            if object.extension().is_some_and(|extension| extension == "o") && !replaced {
                link.arg(object);
            }
        }
    }
    run(link.args(compiled).args(["-lgfortran", "-lm"]));
    figures(&run(&mut Command::new(program)))
}

/// The compiled driver, once in each process.
fn driver() -> &'static Path {
    static DRIVER: OnceLock<PathBuf> = OnceLock::new();
    DRIVER.get_or_init(|| {
        let object = folder("planning", "driver").join("planning.o");
        let mut compile = Command::new("g++");
        compile.args(["-std=gnu++98", "-Wall", "-Werror", "-c", "-o"]).arg(&object).args(includes());
        run(compile.arg(root().join("tests/reference/planning.cpp")));
        object
    })
}

/// The same with gnatmake, which finds the wrong source before the right one.
fn ccs(tag: &str, twin: Option<&Twin>) -> Figures {
    let folder = folder("ccs", tag);
    let mut make = Command::new("gnatmake");
    make.current_dir(&folder).args(["-q", "-O2"]);
    if let Some(&(source, from, to, _)) = twin {
        wrong(&folder, &format!("ccs/{source}"), from, to);
        make.arg("-aI.");
    }
    make.arg(format!("-aI{}", root().join("legacy/ccs").display()));
    make.arg(root().join("tests/reference/ccs_figures.adb")).args(["-o", "figures"]);
    run(&mut make);
    figures(&run(&mut Command::new(folder.join("figures"))))
}

fn includes() -> [String; 4] {
    let folder = |name: &str| format!("-I{}", root().join(name).display());
    [folder("legacy/planning"), folder("legacy/telemetry"), folder("vendor-headers"), folder("legacy/ccs")]
}

/// A folder of this process for each build: some runners give each test a process of its own.
fn folder(part: &str, tag: &str) -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reference_planning");
    for old in fs::read_dir(&parent).into_iter().flatten().flatten() {
        if !Path::new("/proc").join(old.file_name()).exists() {
            let _ = fs::remove_dir_all(old.path());
        }
    }
    let folder = parent.join(std::process::id().to_string()).join(part).join(tag);
    fs::create_dir_all(&folder).expect("a folder to build in");
    folder
}

/// A copy of a legacy source with `from`, which stands in it at least once, made `to`.
fn wrong(folder: &Path, source: &str, from: &str, to: &str) -> PathBuf {
    let right = root().join("legacy").join(source);
    // ISO-8859-1, one character for each byte
    let text: String = fs::read(&right).expect("a source").iter().map(|&byte| char::from(byte)).collect();
    assert!(text.contains(from), "no `{from}` in {source}");
    let bytes: Vec<u8> = text.replace(from, to).chars().map(|character| character as u8).collect();
    let copy = folder.join(right.file_name().expect("a name"));
    fs::write(&copy, bytes).expect("the wrong copy");
    copy
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("ASCII figures")
}

fn figures(printed: &str) -> Figures {
    let pair = |line: &str| {
        let (name, value) = line.split_once(' ').expect("name value");
        (name.to_owned(), value.trim().to_owned())
    };
    printed.lines().map(pair).collect()
}
