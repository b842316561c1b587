//! `scan` of a program without debug information, by its sources; the coverage table; the diff of a re-scan.

use crate::support::{Bench, CONTRACT};
use std::process::Command;

const FORTRAN: &str = "      SUBROUTINE KEPLER(N, E, TAG, IER)\n      INTEGER N, IER\n      DOUBLE PRECISION E(N)\n      CHARACTER*(*) TAG\n      E(1) = 2\n      IER = LEN(TAG)\n      END\n      SUBROUTINE ABSENT(X)\n      X = 1\n      END\n";

const MAIN: &str = "      PROGRAM P\n      DOUBLE PRECISION E(2)\n      CALL KEPLER(2, E, 'AB', I)\n      PRINT *, E(1), I\n      END\n";

#[track_caller]
fn compile(bench: &Bench, program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).current_dir(bench.path("")).status();
    assert!(status.expect(program).success(), "{program} {arguments:?}");
}

#[test]
fn fortran_sources_describe_a_stripped_program() {
    let bench = Bench::new("scan-fortran");
    bench.write("lib.f", FORTRAN);
    bench.write("main.f", MAIN);
    // The program has one of the two routines.
    let only = FORTRAN.split_inclusive("      END\n").next().expect("a routine");
    bench.write("part.f", only);
    compile(&bench, "gfortran", &["-O2", "-fno-ipa-cp", "main.f", "part.f", "-o", "stripped"]);
    bench.bridge(&["scan", "stripped"]).ended(2).says(&["has no debug information", "--fortran"]);
    let did = bench.bridge(&["scan", "stripped", "--fortran", "lib.f"]).ended(0);
    let did = did.prints(&[
        "name = \"stripped\"",
        "symbol = \"kepler_\"",
        "type = \"[f64; n]\"",
        "type = \"chars\"",
        "# not described: absent",
        "nothing confirms",
    ]);
    bench.write("kepler.toml", &did.out);
    bench.bridge(&["check", "kepler.toml", "--binary", "stripped"]).ended(0);
    // The options of the compilation change what is read.
    let did = bench.bridge(&["scan", "stripped", "--fortran", "lib.f", "--", "-fdefault-integer-8"]).ended(0);
    did.prints(&["name = \"n\",   type = \"i64\""]);
    bench.write("broken.f", "      SUBROUTINE\n");
    let did = bench.bridge(&["scan", "stripped", "--fortran", "broken.f"]).ended(2);
    did.says(&["gfortran does not compile this", "after `--`"]);
    bench.bridge(&["scan", "stripped", "--fortran", "nowhere.f"]).ended(2).says(&["nowhere.f"]);
}

#[test]
fn an_ada_specification_describes_a_stripped_program() {
    let bench = Bench::new("scan-ada");
    let spec = "package Lim is\n   function Dans (X : Integer; Y : Long_Float) return Boolean;\n   procedure Loin (X : in out Integer);\nend Lim;\n";
    let body = "package body Lim is\n   function Dans (X : Integer; Y : Long_Float) return Boolean is\n   begin\n      return Long_Float (X) > Y;\n   end Dans;\n   procedure Loin (X : in out Integer) is\n   begin\n      X := X + 1;\n   end Loin;\nend Lim;\n";
    let main = "with Lim; with Ada.Text_IO;\nprocedure Main is\n   N : Integer := 3;\nbegin\n   Lim.Loin (N);\n   Ada.Text_IO.Put_Line (Boolean'Image (Lim.Dans (N, 2.0)));\nend Main;\n";
    bench.write("lim.ads", spec);
    bench.write("lim.adb", body);
    bench.write("main.adb", main);
    compile(&bench, "gnatmake", &["-q", "-O0", "main.adb", "-o", "ada_main"]);
    // The specification alone.
    std::fs::create_dir(bench.path("spec")).expect("a folder");
    bench.write("spec/lim.ads", spec);
    let did = bench.bridge(&["scan", "ada_main", "--ada-spec", "spec/lim.ads"]).ended(0);
    did.prints(&["symbol = \"lim__dans\"", "symbol = \"lim__loin\"", "language = \"ada\""]);
    bench.write("spec/t.ads", "package T is\n   task Veille;\nend T;\n");
    let did = bench.bridge(&["scan", "ada_main", "--ada-spec", "spec/t.ads"]).ended(2);
    did.says(&["no empty body can be made", "Veille", "name the body"]);
}

#[test]
fn the_coverage_of_a_program_is_counted() {
    let bench = Bench::new("scan-summary");
    let did = bench.bridge(&["scan", "small", "--summary"]).ended(0);
    did.prints(&["C         4 of 5 functions described (80.0 %)", "program-entry"]);
    let did = bench.bridge(&["scan", "small", "--summary", "--json"]).ended(0);
    let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
    assert_eq!(json["languages"][0]["described"], 4);
    assert_eq!(json["languages"][0]["refused"]["program-entry"], 1);
}

#[test]
fn a_re_scan_shows_what_it_changes() {
    let bench = Bench::new("scan-diff");
    let edited = CONTRACT.replace("symbol = \"scale\"", "symbol = \"scale_old\"");
    bench.write("kept.toml", &edited);
    let arguments = ["scan", "small", "--out", "kept.toml", "--merge", "--dry-run"];
    let did = bench.bridge(&arguments).ended(0);
    did.says(&["-symbol = \"scale_old\"", "+symbol = \"scale\""]);
    assert_eq!(
        std::fs::read_to_string(bench.path("kept.toml")).expect("the file"),
        edited,
        "nothing is written"
    );
    bench.bridge(&arguments[..5]).ended(0).says(&["+symbol = \"scale\""]);
    bench.bridge(&arguments).ended(0).says(&["nothing changes"]);
}

#[test]
fn the_index_is_kept_beside_the_contract_and_never_trusted_blindly() {
    let bench = Bench::new("scan-index");
    std::fs::create_dir(bench.path("c")).expect("a folder");
    let scan = |out: &str| {
        bench.bridge(&["scan", "small", "--component", "s", "--out", out]).ended(0);
        std::fs::read_to_string(bench.path(out)).expect("the contract")
    };
    let first = scan("c/one.toml");
    let kept: Vec<_> = std::fs::read_dir(bench.path("c/.cmp-bridge")).expect("the index").flatten().collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(scan("c/two.toml"), first, "from the index");
    let mut bytes = std::fs::read(kept[0].path()).expect("the index");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(kept[0].path(), &bytes).expect("the index");
    assert_eq!(scan("c/three.toml"), first, "a damaged index is built again");
    assert_ne!(std::fs::read(kept[0].path()).expect("the index"), bytes);
}
