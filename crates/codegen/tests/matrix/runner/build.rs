//! The compilers' command lines.

use super::{Cell, Host, Implementation, Limit, Shape};
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Warnings are errors.
const C: &[&str] = &["-O2", "-g", "-pedantic", "-Wall", "-Wextra", "-Werror"];
const ADA: &[&str] = &["-O2", "-g", "-gnatwae"];
const FORTRAN: &[&str] = &["-O2", "-g", "-Wall", "-Wextra", "-Werror"];

/// A command as a shell takes it.
pub fn sh(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quote = |word: &std::ffi::OsStr| {
        let word = word.to_string_lossy().into_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./,:%".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    words.map(quote).collect::<Vec<_>>().join(" ")
}

/// Runs a command in a folder; its output, or what it said and how to repeat it.
fn output(folder: &Path, command: &mut Command) -> Result<String, String> {
    command.current_dir(folder).env("LC_ALL", "C");
    let output = command.output().map_err(|error| format!("{}: {error}", sh(command)))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(format!(
        "{} with\n  (cd {} && {})\n{}{}",
        output.status,
        folder.display(),
        sh(command),
        text(&output.stdout),
        text(&output.stderr)
    ))
}

/// Writes a language's bindings of a contract.
fn bindings(contract: &Path, lang: &str, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let lang: Lang = lang.parse().map_err(|error| format!("{error}"))?;
    Bindings::new(contract).generate(lang, folder).map_err(|error| error.to_string())
}

/// The standards of a host's language, the oldest first.
pub fn standards(host: &Host) -> &'static [&'static str] {
    match host.name {
        "c" => &["c89", "c11"],
        "cpp" => &["c++98", "c++20"],
        "ada" => &["95", "2012"],
        "fortran77" => &["legacy"],
        "fortran90" => &["f2008"],
        _ => &[""],
    }
}

/// Compiles an implementation: the objects to link.
/// `purpose` keeps apart what runs at the same time.
pub fn implementation(
    shape: &Shape,
    implementation: &Implementation,
    purpose: &str,
) -> Result<Vec<PathBuf>, String> {
    let folder = shape.scratch(&format!("{purpose}-{}", implementation.name));
    let source = shape.folder.join(implementation.file);
    let object = folder.join("impl.o");
    match implementation.name {
        "rust" => return Ok(vec![super::rust::archive("impl")]),
        "ada" => return ada_implementation(shape, &folder),
        "fortran" => {
            let mut command = Command::new("gfortran");
            command.arg("-std=f2008").args(FORTRAN).args(["-c", "-o"]).arg(&object).arg(source);
            output(&folder, &mut command)?;
        }
        name => {
            // The header holds the implementation against the contract.
            let header = folder.join("bindings");
            bindings(&shape.contract(), "c", &header)?;
            let (compiler, standard) = if name == "c" { ("gcc", "-std=c11") } else { ("g++", "-std=c++17") };
            let mut command = Command::new(compiler);
            command.arg(standard).args(C).arg("-I").arg(header).args(["-c", "-o"]).arg(&object).arg(source);
            output(&folder, &mut command)?;
        }
    }
    Ok(vec![object])
}

/// An Ada library unit whose elaboration a constructor runs, so that a main program in any language may call it.
fn ada_implementation(shape: &Shape, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let source = shape.folder.join("impl.adb");
    output(
        folder,
        Command::new("gnatmake").args(["-q", "-c", "-u"]).arg(&source).args(["-cargs", "-gnat95"]).args(ADA),
    )?;
    output(folder, Command::new("gnatbind").args(["-n", "-Limpl_", "-shared", "impl.ali"]))?;
    output(folder, Command::new("gnatmake").args(["-q", "-c", "b~impl.adb"]))?;
    let start = "extern void impl_init(void);\n\
                 static void __attribute__((constructor)) start(void)\n{\n    impl_init();\n}\n";
    std::fs::write(folder.join("start.c"), start).map_err(|error| error.to_string())?;
    output(folder, Command::new("gcc").args(["-c", "start.c"]))?;
    Ok(["impl.o", "b~impl.o", "start.o"].map(|name| folder.join(name)).to_vec())
}

/// Builds a cell and compares what it prints.
pub fn run(cell: &Cell, standard: &str, objects: &[PathBuf]) -> Result<(), String> {
    let folder = cell.shape.scratch(&format!("{}-{}{standard}", cell.host.name, cell.implementation.name));
    let printed = build_and_run(
        cell.shape,
        &cell.shape.contract(),
        cell.host,
        standard,
        cell.implementation,
        objects,
        &folder,
    )?;
    let expected = cell.shape.expected();
    if printed == expected {
        return Ok(());
    }
    let source = cell.shape.folder.join("expected.txt");
    Err(format!(
        "it prints otherwise:\n  (cd {} && ./host | diff - {})\n{}",
        folder.display(),
        source.display(),
        difference(&expected, &printed)
    ))
}

/// The first line that differs.
fn difference(expected: &str, printed: &str) -> String {
    let mut lines = expected.lines().zip(printed.lines());
    match lines.find(|(a, b)| a != b) {
        Some((a, b)) => format!("expected: {a}\nprinted:  {b}"),
        None => format!("{} lines instead of {}", printed.lines().count(), expected.lines().count()),
    }
}

fn build_and_run(
    shape: &Shape,
    contract: &Path,
    host: &Host,
    standard: &str,
    implementation: &Implementation,
    objects: &[PathBuf],
    folder: &Path,
) -> Result<String, String> {
    let source = shape.folder.join(host.file);
    let b = folder.join("bindings");
    if host.name != "rust" {
        bindings(contract, host.name, &b)?;
    }
    let libraries = implementation.libraries;
    let mut command = match host.name {
        "c" | "cpp" => {
            let mut command = Command::new(if host.name == "c" { "gcc" } else { "g++" });
            command.arg(format!("-std={standard}")).args(C).arg("-I").arg(&b).arg(source);
            command
        }
        "ada" => {
            let mut command = Command::new("gnatmake");
            command.arg("-q").arg(source).arg(format!("-aI{}", b.display())).args(["-o", "host", "-cargs"]);
            command.arg(format!("-gnat{standard}")).args(ADA).arg("-bargs").arg("-shared").arg("-largs");
            command.args(c_objects(&b, folder)?).args(objects).args(libraries);
            output(folder, &mut command)?;
            return output(folder, Command::new("timeout").args(["20", "./host"]));
        }
        "fortran77" | "fortran90" => {
            let mut command = Command::new("gfortran");
            command.arg(format!("-std={standard}")).args(FORTRAN).arg("-I").arg(&b);
            if host.name == "fortran77" {
                // What a program includes holds more names than it uses.
                command.arg("-Wno-unused-parameter");
            }
            command.args(files(&b, if host.name == "fortran90" { "f90" } else { "f" })).arg(source);
            command.args(c_objects(&b, folder)?);
            command
        }
        _ => {
            let main = format!(
                "void {0}_host(void);\nint main(void)\n{{\n    {0}_host();\n    return 0;\n}}\n",
                shape.name
            );
            std::fs::write(folder.join("main.c"), main).map_err(|error| error.to_string())?;
            let mut command = Command::new("gcc");
            command.args(["-Wl,--gc-sections", "main.c"]).arg(super::rust::archive("host"));
            command.args(objects).arg(super::rust::archive("host"));
            command.args(["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl"]);
            command.args(libraries).args(["-o", "host"]);
            output(folder, &mut command)?;
            return output(folder, Command::new("timeout").args(["20", "./host"]));
        }
    };
    command.args(objects).args(libraries).args(["-o", "host"]);
    output(folder, &mut command)?;
    output(folder, Command::new("timeout").args(["20", "./host"]))
}

/// The files of a folder with this ending, in the order of their names.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut list: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    list.sort();
    list
}

/// What only C can define for the callers of another language, compiled.
fn c_objects(b: &Path, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut objects = Vec::new();
    for file in files(b, "c") {
        let object = folder.join(format!("{}-c.o", file.file_stem().unwrap().to_string_lossy()));
        let mut command = Command::new("gcc");
        command.arg("-std=c89").args(C).arg("-I").arg(b).args(["-c", "-o"]).arg(&object).arg(&file);
        output(folder, &mut command)?;
        objects.push(object);
    }
    Ok(objects)
}

/// What is said when a limit is tried; `None`: nothing is refused.
pub fn refusal(shape: &Shape, limit: &Limit) -> Option<String> {
    let folder = shape.scratch(&format!("limit-{}-{}", limit.key, limit.language));
    match (limit.key.as_str(), limit.language.as_str()) {
        (_, "rust") => {
            cmp_bridge_codegen::Module::new(shape.contract()).generate(&folder).err().map(|e| e.to_string())
        }
        ("host", lang) => bindings(&shape.contract(), lang, &folder).err(),
        (_, language) => {
            let found =
                super::IMPLS.iter().find(|i| i.name == language).expect("a language of implementations");
            implementation(shape, found, "limit-impl").err()
        }
    }
}

/// A host built against a wrong contract and run with the right implementation. `Ok`: somebody noticed.
pub fn twin(shape: &Shape, n: usize, host: &Host, objects: &[PathBuf]) -> Result<(), String> {
    let twin = &shape.twins[n];
    let folder = shape.scratch(&format!("twin-{n}-{}", host.name));
    let text = std::fs::read_to_string(shape.contract()).map_err(|error| error.to_string())?;
    if text.matches(&twin.from).count() != 1 {
        return Err(format!("`{}` does not stand once in the contract", twin.from));
    }
    let contract = folder.join("contract.toml");
    std::fs::write(&contract, text.replace(&twin.from, &twin.to)).map_err(|error| error.to_string())?;
    let c = &super::IMPLS[0];
    match build_and_run(shape, &contract, host, standards(host)[0], c, objects, &folder) {
        Err(_) => Ok(()),
        Ok(printed) if printed != shape.expected() => Ok(()),
        Ok(_) => Err(format!("`{}` instead of `{}` changes nothing", twin.to, twin.from)),
    }
}
