//! Attributes evaluated for real objects, and debug information of another machine.

use std::process::Command;

use gimli::constants::*;

use super::evaluate::Memory;
use super::routines::Index;
use super::*;
use crate::binary::Binary;

/// Compiles a source text and opens the object file.
fn compile(compiler: &str, name: &str, files: &[(&str, &str)], words: &[&str]) -> Binary {
    let folder = std::env::temp_dir().join(format!("cmp-bridge-dwarf-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (file, text) in files {
        std::fs::write(folder.join(file), text).expect("a source");
    }
    let source = files.last().expect("a source").0;
    let output = Command::new(compiler)
        .args(["-g", "-c", source])
        .args(words)
        .current_dir(&folder)
        .output()
        .unwrap_or_else(|e| panic!("{compiler}: {e}; scripts/setup.sh installs it"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let object = std::path::Path::new(source).with_extension("o");
    let binary = Binary::open_to_read(folder.join(object)).unwrap_or_else(|e| panic!("{e}"));
    std::fs::remove_dir_all(folder).expect("removed");
    binary
}

/// All entries below one, with their parents first.
fn below<'s>(info: &DebugInfo<'s>, at: DieRef, all: &mut Vec<Die<'s>>) {
    for child in info.children(at).expect("entries") {
        let place = child.at;
        all.push(child);
        below(info, place, all);
    }
}

fn entries<'s>(info: &DebugInfo<'s>) -> Vec<Die<'s>> {
    let mut all = Vec::new();
    (0..info.units.len()).for_each(|unit| below(info, info.root(unit).expect("a unit"), &mut all));
    all
}

/// The entries of a tag that have an attribute.
fn with<'d, 's>(entries: &'d [Die<'s>], tag: gimli::DwTag, attribute: gimli::DwAt) -> Vec<&'d Die<'s>> {
    entries.iter().filter(|d| d.tag() == tag && d.entry.attr_value(attribute).is_some()).collect()
}

/// Memory that holds some bytes at an address, and nothing else.
struct Object {
    at: u64,
    bytes: Vec<u8>,
}

impl Memory for Object {
    fn read(&self, address: u64, bytes: &mut [u8]) -> bool {
        let Some(start) = address.checked_sub(self.at).and_then(|s| usize::try_from(s).ok()) else {
            return false;
        };
        match start.checked_add(bytes.len()).and_then(|end| self.bytes.get(start..end)) {
            Some(found) => bytes.copy_from_slice(found),
            None => return false,
        }
        true
    }
}

/// An assumed-shape array: bounds, strides and the place of the data are computed from its descriptor.
#[test]
fn a_fortran_descriptor() {
    let source = "subroutine total(a, s)\n real(8), intent(in) :: a(:,:)\n real(8), intent(out) :: s\n\
                  s = sum(a)\nend subroutine\n";
    let binary = compile("gfortran", "descriptor", &[("total.f90", source)], &[]);
    let sections = Sections::load(&binary).expect("debug information");
    let info = DebugInfo::read(&sections);
    let all = entries(&info);
    // base address, offset, dtype (16 bytes), span, then stride, lower and upper bound of each dimension
    let words: [i64; 11] = [0x7000, 0, 8, 0, 8, 1, 5, 14, 10, -2, 3];
    let object = Object { at: 0x5000, bytes: words.iter().flat_map(|w| w.to_le_bytes()).collect() };
    let arrays = with(&all, DW_TAG_array_type, DW_AT_data_location);
    let [array] = arrays.as_slice() else { panic!("{} arrays", arrays.len()) };
    assert_eq!(info.evaluate_with(array.at, DW_AT_data_location, &object, Some(0x5000)), Some(0x7000));
    let value = |at, attribute| info.evaluate_with(at, attribute, &object, Some(0x5000));
    let dimensions = info.children(array.at).expect("dimensions");
    let found: Vec<_> =
        dimensions.iter().map(|d| (value(d.at, DW_AT_upper_bound), value(d.at, DW_AT_byte_stride))).collect();
    assert_eq!(found, [(Some(10), Some(8)), (Some(6), Some(80))]);
    // Without the object, or with one cut short, nothing is known.
    for dimension in &dimensions {
        assert_eq!(info.evaluate_constant(dimension.at, DW_AT_upper_bound), None);
        assert_eq!(info.evaluate_with(dimension.at, DW_AT_upper_bound, &object, None), None);
        assert_eq!(info.evaluate_with(dimension.at, DW_AT_upper_bound, &object, Some(0x5020)), None);
    }
}

/// The length of a component is a discriminant of the record.
#[test]
fn an_ada_discriminant() {
    let spec = "package Recs is\n type Buffer (Pad : Character; Size : Positive) is record\n\
                Data : String (1 .. Size);\n end record;\n procedure Fill (B : in out Buffer);\nend Recs;\n";
    let body = "package body Recs is\n procedure Fill (B : in out Buffer) is\n begin\n\
                B.Data := (others => B.Pad);\n end Fill;\nend Recs;\n";
    let binary = compile("gcc", "discriminant", &[("recs.ads", spec), ("recs.adb", body)], &[]);
    let sections = Sections::load(&binary).expect("debug information");
    let info = DebugInfo::read(&sections);
    let all = entries(&info);
    let bytes = [b"x\0\0\0".as_slice(), &7i32.to_le_bytes(), b"xxxxxxx"].concat();
    let object = Object { at: 0x9000, bytes };
    let bounds = with(&all, DW_TAG_subrange_type, DW_AT_upper_bound);
    let values: Vec<_> = bounds
        .iter()
        .map(|d| {
            let live = info.evaluate_with(d.at, DW_AT_upper_bound, &object, Some(0x9000));
            (info.evaluate_constant(d.at, DW_AT_upper_bound), live)
        })
        .collect();
    assert!(values.contains(&(Some(2_147_483_647), Some(2_147_483_647))), "Positive: {values:?}");
    assert!(values.contains(&(None, Some(7))), "Data: {values:?}");
}

/// Big-endian, 32-bit, in an object file: layouts are what the compiler asserts them to be.
#[test]
fn pa_risc() {
    let source = "#include <stddef.h>\nstruct rec { char c; double d; short s; char *p; unsigned b : 3; };\n\
                  _Static_assert(sizeof(struct rec) == 32 && offsetof(struct rec, d) == 8, \"\");\n\
                  _Static_assert(offsetof(struct rec, s) == 16 && offsetof(struct rec, p) == 20, \"\");\n\
                  struct rec kept; int twice(struct rec *r) { return 2 * r->s; }\n\
                  static int half(int n) { return n / 2; }\nint use(int n) { return half(n) + kept.c; }\n";
    for version in ["-gdwarf-2", "-gdwarf-4", "-gdwarf-5"] {
        let binary = compile("hppa-linux-gnu-gcc", version, &[("rec.c", source)], &[version]);
        assert_eq!(binary.target().name(), "32-bit big-endian PA-RISC");
        let sections = Sections::load(&binary).expect("debug information");
        let info = DebugInfo::read(&sections);
        assert!(info.problems().is_empty(), "{:?}", info.problems());
        let all = entries(&info);
        let record = *with(&all, DW_TAG_structure_type, DW_AT_byte_size)
            .iter()
            .find(|d| info.name(d).as_deref() == Some("rec"))
            .expect("the record");
        assert_eq!(info.evaluate_constant(record.at, DW_AT_byte_size), Some(32));
        let members = info.children(record.at).expect("members");
        let offsets: Vec<_> = members
            .iter()
            .take(4)
            .map(|m| info.evaluate_constant(m.at, DW_AT_data_member_location))
            .collect();
        assert_eq!(offsets, [Some(0), Some(8), Some(16), Some(20)], "{version}");
        let index = Index::build(&info);
        assert!(index.problems.is_empty(), "{:?}", index.problems);
        for subprogram in &index.subprograms {
            let name = subprogram.name.as_deref().expect("a name");
            let symbol = binary.symbol(name).expect("its symbol");
            assert_eq!(symbol.address, subprogram.address, "{version} {name}");
            assert_eq!(Index::of_symbol(&info, &binary, name).as_ref(), Some(&index), "{version} {name}");
        }
        assert_eq!(index.subprograms.len(), 3);
        let kept = with(&all, DW_TAG_variable, DW_AT_location);
        let place = kept.iter().find_map(|d| info.static_address(d)).expect("its address");
        assert_eq!(binary.symbol("kept").map(|s| s.address), Some(place));
    }
}

/// What is kept is what was built; a file that is damaged anywhere, or of another build, is built again.
#[test]
fn a_kept_index() {
    let source = "static inline int sq(int n) { return n * n; }\nint one(int n) { return sq(n); }\n\
                  int two(int n) { return sq(n) + sq(n + 1); }\n";
    let binary = compile("gcc", "kept", &[("kept.c", source)], &["-O2"]);
    let sections = Sections::load(&binary).expect("debug information");
    let info = DebugInfo::read(&sections);
    let expected = Index::build(&info);
    let sq = expected.inlined.iter().next().expect("inlined");
    assert_eq!((sq.1.count, expected.copies(&info, *sq.0).len()), (3, 3));
    let copies = expected.copies(&info, *sq.0);
    let mut places: Vec<_> = copies.iter().map(|c| (c.at.as_deref(), c.within.as_deref())).collect();
    places.sort_unstable();
    let two = (Some("kept.c:3"), Some("two"));
    assert_eq!(places, [(Some("kept.c:2"), Some("one")), two, two]);
    let folder = std::env::temp_dir().join(format!("cmp-bridge-dwarf-{}-cache/deep", std::process::id()));
    let ask = || Index::load_or_build(&folder, &info, &binary);
    assert_eq!(ask(), (expected.clone(), Kept::Built("there was none".into())));
    assert_eq!(ask(), (expected.clone(), Kept::Loaded));
    let path = std::fs::read_dir(&folder).expect("a folder").next().expect("a file").expect("a file").path();
    let whole = std::fs::read(&path).expect("the file");
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&path, bytes).expect("a file");
        let (index, kept) = ask();
        assert!(matches!(kept, Kept::Built(_)), "byte {at}: {kept:?}");
        assert_eq!(index, expected, "byte {at}");
        std::fs::write(&path, &whole[..at]).expect("a file");
        assert!(matches!(ask().1, Kept::Built(_)), "cut to {at}");
    }
    let other = compile("gcc", "other", &[("kept.c", &source.replace("one", "three"))], &["-O2"]);
    let sections = Sections::load(&other).expect("debug information");
    let info = DebugInfo::read(&sections);
    // Its file put in the place of the other one.
    let (of_other, _) = Index::load_or_build(&folder, &info, &other);
    for file in std::fs::read_dir(&folder).expect("a folder") {
        std::fs::write(file.expect("a file").path(), &whole).expect("a file");
    }
    let (index, kept) = Index::load_or_build(&folder, &info, &other);
    assert_eq!(
        (index, kept),
        (of_other, Kept::Built("it was made from another build, or by another version".into()))
    );
    std::fs::remove_dir_all(folder.parent().expect("a folder")).expect("removed");
    let nowhere = Index::load_or_build(std::path::Path::new("/dev/null/no"), &info, &other);
    assert!(matches!(nowhere.1, Kept::NotWritten(_)), "{:?}", nowhere.1);
}
