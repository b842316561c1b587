//! The program's own names, long lists of arguments, and 64-bit integers that are `long` somewhere.

use super::support::{HPPA, Host, I386, Machine, X86_64, bare_cases, cases};
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn output(machine: Machine, program: &Path, environment: &[(&str, &str)]) -> Output {
    let output = machine.run(program).envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}: {output:?}", program.display());
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// State, types, parameters, routines and the component are called as what is printed might be, and nothing hides them.
#[test]
fn no_name_of_the_program_is_hidden() {
    let folder = bare_cases("names", "noms.toml");
    for compiler in [&["gcc"][..], &["clang"]] {
        let mut command = Command::new(compiler[0]);
        command.current_dir(&folder).args(["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", "-c"]);
        let output = command.args(["x_stub.c", "-o", "/dev/null"]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
    for machine in [X86_64, HPPA] {
        // The program's own `index` is a builtin of gcc.
        let build = |name: &str, sources: &[&str], flags: &[&str]| {
            machine.build(&folder, name, sources, &[&["-fno-builtin"], flags].concat())
        };
        let stub = ["x_stub.c", "cmpb_runtime.c", "noms.c"];
        let direct = build("direct", &["noms_jour.c", "noms.c"], &[]);
        let client = build("client", &[&["noms_jour.c"], &stub[..]].concat(), &["-DSTUBBED"]);
        let server = build("server", &[&["x_serve.c"], &stub[..]].concat(), &["-DSTUBBED"]);
        let expected = output(machine, &direct, &[]);
        assert_eq!(text(&expected.stderr), "9\n");
        let host = Host::run(machine, &server);
        let recorded = folder.join("noms.rec");
        let _ = std::fs::remove_file(&recorded);
        let recording =
            [("CMP_BRIDGE_JOURNAL", recorded.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "*=record")];
        let remote = [("CMP_BRIDGE_SERVER", host.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=rust")];
        for (environment, here) in [(&[][..], "9\n"), (&remote, "0\n"), (&recording, "9\n")] {
            let found = output(machine, &client, environment);
            assert_eq!(text(&found.stdout), text(&expected.stdout), "{} {environment:?}", machine.name);
            assert_eq!(text(&found.stderr), here, "{} {environment:?}", machine.name);
        }
        // The state as it was before the first call, not the addresses of our own variables.
        let bytes = std::fs::read(&recorded).unwrap();
        let before: Vec<u8> = [1.5f64, 2.5, -3.5].iter().flat_map(|value| value.to_be_bytes()).collect();
        assert!(bytes.windows(24).any(|window| window == before), "{}", machine.name);
    }
}

/// What a contract calls as we call our own is refused, with its name.
#[test]
fn names_of_the_stub_itself_are_refused() {
    let folder = bare_cases("refused", "noms.toml");
    let text = std::fs::read_to_string(folder.join("noms.toml")).unwrap();
    for (from, to) in [
        ("symbol = \"areas\"", "symbol = \"cmpb_areas\""),
        ("symbol = \"areas\"", "symbol = \"x_stub\""),
        ("symbol = \"areas\"", "symbol = \"legacy_gyro\""),
        ("symbol = \"areas\"", "symbol = \"areas.0\""),
        ("symbol = \"gyro_args\"", "symbol = \"cmpb_call\""),
    ] {
        let file = folder.join("wrong.toml");
        std::fs::write(&file, text.replace(from, to)).unwrap();
        let said = match Bindings::new(&file).print(Lang::C89) {
            Ok(_) => panic!("{to} is accepted"),
            Err(error) => error.to_string(),
        };
        let name = to.split('"').nth(1).unwrap();
        assert!(said.contains(&format!("`{name}`")) || said.contains("global name"), "{to}: {said}");
    }
}

/// As many arguments by reference as Fortran subroutines have: all of them are checked, and travel.
#[test]
fn a_routine_with_seventy_references_travels() {
    let folder = bare_cases("many", "noms.toml");
    let list = |one: &dyn Fn(usize) -> String| (0..70).map(one).collect::<Vec<_>>().join(", ");
    let params =
        list(&|i| format!("{{ name = \"p{i}\", type = \"i32\", by = \"reference\", use = \"inout\" }}"));
    let contract = format!(
        "contract = 1\n[component]\nname = \"large\"\nlanguage = \"c\"\n[routine.large]\nsymbol = \"large\"\nparams = [{params}]\n\
         effects = \"none\"\n"
    );
    std::fs::write(folder.join("large.toml"), contract).unwrap();
    Bindings::new(folder.join("large.toml")).generate(Lang::C89, &folder).unwrap();
    let given = list(&|i| format!("int *p{i}"));
    let changes: String = (0..70).map(|i| format!("*p{i} += {i};\n")).collect();
    let program = format!(
        "#include <stdio.h>\nextern void large({given});\nvoid legacy_large({given});\nint here = 0;\n\
         void legacy_large({given})\n{{\nhere++;\n{changes}}}\n#ifndef HOST\nint main(int argc, char **argv)\n{{\nint v[70], k, \
         sum = 0;\nfor (k = 0; k < 70; k++) v[k] = k;\n(void)argv;\nlarge({});\nfor (k = 0; k < 70; k++) sum += v[k] == 2 * k;\n\
         printf(\"%d %d\\n\", sum, here);\nlarge({});\nprintf(\"%d\\n\", here);\nreturn argc - 1;\n}}\n#endif\n",
        list(&|i| format!("&v[{i}]")),
        // The last is the first once more: what is written does not lie apart, and the legacy routine answers.
        list(&|i| format!("&v[{}]", i % 69)),
    );
    std::fs::write(folder.join("large.c"), program).unwrap();
    let stub = ["large.c", "large_stub.c", "cmpb_runtime.c"];
    let client = X86_64.build(&folder, "large", &stub, &[]);
    let server = X86_64.build(&folder, "large_host", &[&stub[..], &["large_serve.c"]].concat(), &["-DHOST"]);
    let host = Host::run(X86_64, &server);
    let remote = [("CMP_BRIDGE_SERVER", host.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=rust")];
    assert_eq!(text(&output(X86_64, &client, &remote).stdout), "70 0\n1\n");
}

/// `long` by address, in records and in state, where it has four bytes and where it has eight: nothing beside it is touched, and
/// what does not fit is refused. A component beside it has eight-byte integers, in the same program.
#[test]
fn longs_in_memory_are_as_long_as_the_program_has_them() {
    let folder = cases("orbits");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89/orbites.toml");
    Bindings::new(own).generate(Lang::C89, &folder).unwrap();
    let stubs =
        ["orbites.c", "orbites_stub.c", "formes.c", "formes_stub.c", "titres_stub.c", "cmpb_runtime.c"];
    let flags = ["-DSTUBBED", "-DCMPB_ORBITES_LONG=4"];
    let programs: Vec<(Machine, PathBuf, PathBuf)> = [X86_64, I386, HPPA]
        .map(|machine| {
            let client =
                machine.build(&folder, "orbites", &[&stubs[..], &["orbites_jour.c"]].concat(), &flags);
            let host =
                machine.build(&folder, "orbites_host", &[&stubs[..], &["orbites_hote.c"]].concat(), &flags);
            (machine, client, host)
        })
        .into();
    for (machine, _, host) in &programs {
        let host = Host::run(*machine, host);
        let remote = [("CMP_BRIDGE_SERVER", host.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=rust")];
        for (client, program, _) in &programs {
            let alone = output(*client, program, &[]);
            assert!(text(&alone.stdout).ends_with("here 4\n"), "{alone:?}");
            let found = output(*client, program, &remote);
            let expected = text(&alone.stdout).replace("here 4", "here 0");
            assert_eq!(text(&found.stdout), expected, "{} answered by {}", client.name, machine.name);
        }
    }
}

/// Without being told, a machine of 32 bits compiles no stub whose integers are `long` or not: the message says what to choose.
#[test]
fn a_stub_with_64_bit_integers_asks_what_they_are() {
    let folder = cases("asks");
    let compile = |machine: Machine, source: &str, flags: &[&str]| {
        let mut command = Command::new(machine.compiler);
        command.current_dir(&folder).env("LC_ALL", "C").args(["-std=c89", "-c", source, "-o", "/dev/null"]);
        let output = command.args(flags).output().unwrap();
        (output.status.success(), text(&output.stderr))
    };
    for machine in [I386, HPPA] {
        let (good, said) = compile(machine, "formes_stub.c", &[]);
        let choice = "-DCMPB_FORMES_LONG=4 if they are long in its source, =8 if they are long long";
        assert!(!good && said.contains(choice), "{said}");
        assert!(!compile(machine, "formes_stub.c", &["-DCMPB_FORMES_LONG"]).0, "a switch without a value");
        for value in ["4", "8"] {
            let (good, said) = compile(machine, "formes_stub.c", &[&format!("-DCMPB_FORMES_LONG={value}")]);
            assert!(good, "{said}");
        }
        let (good, said) = compile(machine, "titres_stub.c", &[]);
        assert!(good, "Fortran's integers say how long they are: {said}");
    }
    let (good, said) = compile(X86_64, "formes_stub.c", &[]);
    assert!(good, "{said}");
}

/// Each Fortran routine under both names, whichever of them is the usual one.
#[test]
fn both_names_are_there_in_every_variant() {
    let folder = cases("both");
    for flags in [&["-DCMPB_BOTH_NAMES"][..], &["-DCMPB_BOTH_NAMES", "-DCMPB_PLAIN"]] {
        let strict = ["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", "-c", "titres_stub.c"];
        let compile = Command::new("gcc").current_dir(&folder).args(strict).args(flags).output().unwrap();
        assert!(compile.status.success() && compile.stderr.is_empty(), "{compile:?}");
        let nm = Command::new("nm").current_dir(&folder).args(["-g", "titres_stub.o"]).output().unwrap();
        let symbols = text(&nm.stdout);
        for name in ["centre", "centre_", "conj", "conj_", "nom", "nom_"] {
            let there = symbols.lines().any(|line| line.ends_with(&format!(" T {name}")));
            assert!(there, "{flags:?}: no {name} in\n{symbols}");
        }
    }
}

/// COMMON blocks whose names are short, with an underscore and without, and which end where no alignment asks for it.
#[test]
fn common_blocks_of_any_name_and_size_travel() {
    let folder = bare_cases("blocs", "blocs.toml");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89");
    let plain = ["-fno-underscoring", "-DCMPB_PLAIN"];
    for (machine, flags) in [(X86_64, &[][..]), (X86_64, &plain[..]), (HPPA, &plain[..]), (I386, &[])] {
        let prefix = machine.compiler.trim_end_matches("gcc");
        let run = |tool: &str, arguments: &[&str]| {
            let mut command = Command::new(format!("{prefix}{tool}"));
            let output = command.current_dir(&folder).args(machine.flags).args(arguments).output().unwrap();
            assert!(output.status.success(), "{command:?}\n{}", text(&output.stderr));
        };
        for source in ["blocs", "blocs_jour"] {
            let path = own.join(format!("{source}.f"));
            let names = flags.get(..1).unwrap_or_default();
            run("gfortran", &[names, &["-c", path.to_str().unwrap(), "-o", &format!("{source}.o")]].concat());
        }
        let define = flags.get(1..).unwrap_or_default();
        let strict = ["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", "-c"];
        run("gcc", &[&strict[..], define, &["blocs_stub.c", "blocs_serve.c", "cmpb_runtime.c"]].concat());
        let end = if flags.is_empty() { "_" } else { "" };
        let rename = format!("pas{end}=legacy_pas{end}");
        let mut objcopy = Command::new(format!("{prefix}objcopy"));
        let renamed =
            objcopy.current_dir(&folder).args(["--redefine-sym", &rename, "blocs.o", "legacy.o"]).status();
        assert!(renamed.unwrap().success());
        let link = |program: &str, objects: &[&str]| {
            run("gfortran", &[objects, &["-o", program]].concat());
            folder.join(program)
        };
        let stub = ["blocs_stub.o", "cmpb_runtime.o", "legacy.o"];
        let direct = link("direct", &["blocs_jour.o", "blocs.o"]);
        let client = link("client", &[&stub[..], &["blocs_jour.o"]].concat());
        let host = link("host", &[&stub[..], &["blocs_serve.o"]].concat());
        let expected = text(&output(machine, &direct, &[]).stdout);
        assert!(expected.contains("PAS3"), "{expected}");
        let host = Host::run(machine, &host);
        let remote = [("CMP_BRIDGE_SERVER", host.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=rust")];
        assert_eq!(text(&output(machine, &client, &remote).stdout), expected, "{} {flags:?}", machine.name);
        assert_eq!(host.answered(program_of("blocs.toml")), 3, "{} {flags:?}", machine.name);
    }
}

fn program_of(contract: &str) -> u32 {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89").join(contract);
    let text = std::fs::read_to_string(file).unwrap();
    let contract = cmp_bridge_contract::model::Contract::from_toml(&text, "contract").unwrap();
    cmp_bridge_contract::wire::program(&contract)
}

/// Legacy routines in an archive: the linker takes them out of it, or says that they are missing. Never is a program linked
/// whose routes are `legacy` and whose legacy routines are not there.
#[test]
fn legacy_routines_come_out_of_an_archive() {
    let folder = bare_cases("archive", "orbites.toml");
    let run =
        |words: &[&str]| Command::new(words[0]).current_dir(&folder).args(&words[1..]).output().unwrap();
    let good = |words: &[&str]| {
        let output = run(words);
        assert!(output.status.success(), "{words:?}\n{}", text(&output.stderr));
    };
    good(&["gcc", "-c", "-DSTUBBED", "orbites.c", "orbites_stub.c", "cmpb_runtime.c"]);
    std::fs::write(
        folder.join("main.c"),
        "#include \"orbites.h\"\n#include <stdio.h>\nint main(void) { long o = 1, l[1] = {2}; unsigned long n = 1; ev e = {0}; \
         int status = suivante(&o, &e, &n, l); printf(\"%d %ld\\n\", status, o); return 0; }\n",
    )
    .unwrap();
    good(&["ar", "rc", "liborbites.a", "orbites.o"]);
    good(&["gcc", "-o", "day", "main.c", "orbites_stub.o", "cmpb_runtime.o", "liborbites.a"]);
    assert_eq!(text(&run(&["./day"]).stdout), "0 2\n");
    let missing = run(&["gcc", "-o", "none", "main.c", "orbites_stub.o", "cmpb_runtime.o"]);
    assert!(!missing.status.success() && text(&missing.stderr).contains("legacy_suivante"), "{missing:?}");
}

/// What a routine returns must travel; how GNAT passes a record is known on the contract's own machine only.
#[test]
fn what_is_surely_the_same_nowhere_else_is_left_out_there() {
    let folder = bare_cases("elsewhere", "noms.toml");
    let text = std::fs::read_to_string(folder.join("noms.toml")).unwrap();
    let file = folder.join("wrong.toml");
    std::fs::write(
        &file,
        text.replace("returns = { type = \"i32\" }", "returns = { type = \"ptr\", use = \"ignored\" }"),
    )
    .unwrap();
    let error = Bindings::new(&file).print(Lang::C89).unwrap_err().to_string();
    assert!(error.contains("`gyro_call`") && error.contains("it is ignored"), "{error}");
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/ccs.toml");
    let (bindings, _) = Bindings::new(contract).without_unsupported(Lang::C89).unwrap();
    let files = bindings.print(Lang::C89).unwrap();
    let named = cmp_bridge_codegen::bindings::not_everywhere(&files);
    for routine in ["ccs_batterie__recaler", "ccs_batterie__profondeur", "ccs_mots__coder"] {
        assert!(named.contains(&routine), "{routine}: {named:?}");
    }
    assert!(!named.contains(&"ccs_filtre__confirmer"), "scalars that are copied back: {named:?}");
}
