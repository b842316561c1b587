//! The reference CMP, in its four languages: what is counted is counted again, and each language has routines that can be
//! hooked and routines that are explained away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cmp_bridge_inspect::explain::{Explanation, Verdict};

use crate::legacy;
use crate::support::{run, survey};

type Explained = (PathBuf, Vec<Explanation>);

/// All routines of a build of the reference CMP, explained once for all tests.
fn explained(variant: &str) -> &'static Explained {
    static PIE: OnceLock<Explained> = OnceLock::new();
    static NO_PIE: OnceLock<Explained> = OnceLock::new();
    let of = if variant == "pie" { &PIE } else { &NO_PIE };
    of.get_or_init(|| explain(variant))
}

fn explain(variant: &str) -> Explained {
    let image = legacy::built(variant).join("cmp_day");
    let all = survey(&image, |survey| {
        assert!(survey.problems().is_empty(), "{:?}", survey.problems());
        survey.scan_all();
        survey.subjects("*", None).iter().map(|subject| survey.explain(subject, None)).collect()
    });
    (image, all)
}

#[test]
fn every_routine_of_the_reference_cmp_is_explained() {
    for variant in ["pie", "nopie"] {
        let (image, all) = explained(variant);
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        for explanation in all {
            let hook = &explanation.ways[0];
            assert!(!hook.why.is_empty());
            assert_eq!(explanation.routes.len(), 5);
            if hook.verdict == Verdict::No {
                assert!(explanation.routes[1..].iter().all(|r| r.verdict == Verdict::No), "{explanation:?}");
            } else {
                *open.entry(&explanation.language).or_default() += 1;
            }
            // What was inlined names the routines that are really there.
            let inlined = explanation.findings.iter().any(|f| f.code == "H305" && f.count > 0);
            assert!(!inlined || !explanation.holders.is_empty(), "{explanation:?}");
        }
        for language in ["Ada", "C", "C++", "Fortran"] {
            assert!(open.get(language).is_some_and(|n| *n >= 5), "{variant}: {language}: {open:?}");
        }
        let dump = run("readelf", &["--debug-dump=info", &image.display().to_string()], Path::new("/"));
        let listed = dump.lines().filter(|l| l.contains("(DW_TAG_inlined_subroutine)")).count();
        // The forms of a destructor are inlined from one routine of the source: it counts once.
        let mut forms = BTreeSet::new();
        let mut counted = 0;
        for explanation in all {
            let subject = &explanation.subject;
            let inlined = explanation.findings.iter().find(|f| f.code == "H304" || f.code == "H305");
            let again = subject.symbol.is_some() && !forms.insert((subject.name.clone(), subject.at.clone()));
            counted += inlined.filter(|_| !again).map_or(0, |f| f.count);
        }
        assert_eq!(counted, listed, "{variant}");
    }
}

/// A fixed address is an immediate, a position-independent one a `lea`: both must tell the same.
#[test]
fn taken_addresses_do_not_depend_on_the_code_model() {
    let taken = |variant: &str| -> BTreeSet<String> {
        let (_, all) = explained(variant);
        let of_source = all.iter().filter(|e| e.subject.at.is_some() && e.subject.name != "main");
        let taken = of_source.filter(|e| e.findings.iter().any(|f| f.code == "H311" || f.code == "H312"));
        taken.filter_map(|e| e.subject.symbol.clone()).collect()
    };
    let (pie, nopie) = (taken("pie"), taken("nopie"));
    assert!(pie.len() > 3, "{pie:?}");
    assert_eq!(pie, nopie);
}

/// In the build with libraries, what the dynamic linker resolves is open to a preloaded library.
#[test]
fn libraries_are_open_to_preload_and_executables_are_not() {
    let folder = legacy::built("shared");
    let libraries = std::fs::read_dir(&folder).expect("the programs").map(|e| e.expect("an entry").path());
    let mut open = 0;
    for library in libraries.filter(|p| p.extension().is_some_and(|e| e == "so")) {
        open += survey(&library, |survey| {
            survey.scan_all();
            let all = survey.subjects("*", None);
            all.iter().filter(|s| survey.explain(s, None).ways[1].verdict == Verdict::Yes).count()
        });
    }
    assert!(open > 20, "{open} routines");
    let (_, all) = explain("shared");
    assert!(all.iter().all(|e| e.ways[1].verdict == Verdict::No));
}
