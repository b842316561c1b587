//! The folders of `cases-explain`, each held against its expectations.

use std::collections::BTreeSet;

use cmp_bridge_inspect::explain::{Explanation, HazardCode, Survey};

use crate::support::{build, cases_folder, fresh, marked, run, sources, survey};

/// One expectation about one routine: `+H304@one.c:7`, `-H304` or `yes`.
fn wrong(explanation: &Explanation, word: &str) -> Option<String> {
    let found = |code: &str| explanation.findings.iter().find(|f| f.code == code);
    let right = match word.split_at(1) {
        ("+", rest) => match rest.split_once('@') {
            Some((code, place)) => found(code).is_some_and(|f| {
                f.places.iter().any(|p| p.starts_with(&place.replace('_', " ")) || p.starts_with(place))
            }),
            None => found(rest).is_some(),
        },
        ("-", code) => found(code).is_none(),
        _ => explanation.ways[0].verdict.name() == word,
    };
    (!right).then(|| {
        let all =
            explanation.findings.iter().map(|f| format!("\n      {} {}: {:?}", f.code, f.text, f.places));
        let ways: Vec<_> = explanation.ways.iter().map(|w| (w.means.name(), w.verdict.name())).collect();
        format!("expected {word}, found {ways:?}{}", all.collect::<String>())
    })
}

fn hold(survey: &Survey, line: &str, seen: &mut BTreeSet<String>) -> Vec<String> {
    let (name, words) =
        line.split_once(": ").unwrap_or_else(|| panic!("an expectation is `name: words`: {line}"));
    let subjects = survey.subjects(name, None);
    if subjects.is_empty() {
        return vec![format!("{name}: not found")];
    }
    let mut wrongs = Vec::new();
    // Several routines of a name (a destructor's two forms) share what is expected.
    for word in words.split_whitespace() {
        seen.insert(word.split('@').next().unwrap_or_default().to_string());
        let each = subjects.iter().map(|subject| wrong(&survey.explain(subject, None), word));
        let each: Vec<Option<String>> = each.collect();
        if each.iter().all(Option::is_some) {
            wrongs.extend(each.into_iter().flatten().next().map(|w| format!("{name}: {w}")));
        }
    }
    wrongs
}

#[test]
fn every_code_has_a_routine_and_a_twin() {
    let mut wrongs = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(cases_folder()).expect("the cases' folder") {
        let case = entry.expect("an entry").path();
        if !case.is_dir() {
            continue;
        }
        let name = case.file_name().and_then(|n| n.to_str()).expect("UTF-8").to_string();
        let image = build(&case, &fresh(&name));
        survey(&image, |survey| {
            for source in sources(&case) {
                let text = std::fs::read_to_string(&source).expect("a source");
                for line in marked(&text, "@expect") {
                    wrongs.extend(hold(survey, line, &mut seen).into_iter().map(|w| format!("{name}/{w}")));
                }
            }
        });
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
    for code in HazardCode::ALL {
        for sign in ["+", "-"] {
            assert!(seen.contains(&format!("{sign}{}", code.text())), "no case for {sign}{}", code.text());
        }
    }
}

/// Without debug information the symbols and the instructions still say what they say.
#[test]
fn a_stripped_image_is_explained_from_its_code() {
    let folder = fresh("stripped");
    let image = build(&cases_folder().join("shared"), &folder);
    run("strip", &["-g", "image"], &folder);
    survey(&image, |survey| {
        let explain = |name: &str| {
            let subjects = survey.subjects(name, None);
            assert_eq!(subjects.len(), 1, "{name}");
            survey.explain(&subjects[0], None)
        };
        let codes = |e: &Explanation| e.findings.iter().map(|f| f.code).collect::<Vec<_>>();
        assert!(codes(&explain("recursive")).contains(&"H314"));
        assert!(codes(&explain("tiny")).contains(&"H309"));
        assert!(codes(&explain("aliased")).contains(&"H301"));
        let hook = &explain("recursive").ways[0];
        assert_eq!(hook.verdict.name(), "partly");
        assert!(hook.why.contains("not known whether copies of it were inlined"), "{}", hook.why);
        assert_eq!(explain("recursive").signature, None);
        assert!(explain("recursive").routes[1].why.contains("debug information"), "record needs a signature");
    });
    // Fully stripped: only what is exported has a name.
    run("strip", &["image"], &folder);
    survey(&image, |survey| {
        assert!(survey.subjects("recursive", None).is_empty(), "hidden");
        assert_eq!(survey.subjects("tiny", None).len(), 1);
    });
}

#[test]
fn names_are_found_as_people_write_them() {
    let folder = fresh("names");
    let virtual_image = build(&cases_folder().join("virtual"), &folder);
    survey(&virtual_image, |survey| {
        let altitude = survey.subjects("Lieu::altitude", None);
        assert_eq!(altitude.len(), 1);
        for name in ["altitude", "_ZNK4Lieu8altitudeEd", "lieu::ALTITUDE"] {
            assert_eq!(survey.subjects(name, None), altitude, "{name}");
        }
        let address = format!("{:#x}", altitude[0].entry.expect("code"));
        assert_eq!(survey.subjects(&address, None), altitude);
        assert_eq!(survey.subjects("altitude", Some("classes.cpp")), altitude);
        assert!(survey.subjects("altitude", Some("others.cpp")).is_empty());
        assert_eq!(survey.subjects("alti*", None), altitude);
        let words = survey.explain(&altitude[0], None).signature;
        assert_eq!(words.as_deref(), Some("double Lieu::altitude(double t)"));
    });
    let ada = build(&cases_folder().join("ada"), &fresh("names-ada"));
    survey(&ada, |survey| {
        let somme = survey.subjects("bornes.somme", None);
        assert_eq!(survey.subjects("bornes__somme", None), somme);
        let words = survey.explain(&somme[0], None).signature;
        assert_eq!(words.as_deref(), Some("function bornes.somme (n : integer) return integer"));
    });
    let fortran = build(&cases_folder().join("fortran"), &fresh("names-fortran"));
    survey(&fortran, |survey| {
        let writes = survey.subjects("WRITES", None);
        assert_eq!(survey.subjects("writes_", None), writes);
        let words = survey.explain(&writes[0], None).signature;
        let expected = "SUBROUTINE writes(n, ier)\n    INTEGER(4) :: n\n    INTEGER(4) :: ier";
        assert_eq!(words.as_deref(), Some(expected));
    });
}

/// The preloaded library is only for what goes through the dynamic linker.
#[test]
fn preload_is_offered_where_the_dynamic_linker_decides() {
    let library = build(&cases_folder().join("shared"), &fresh("preload"));
    let way = |survey: &Survey, name: &str| {
        let explanation = survey.explain(&survey.subjects(name, None)[0], None);
        (explanation.ways[1].verdict.name(), explanation.ways[1].why.clone())
    };
    survey(&library, |survey| {
        for (name, expected) in [
            ("through_linker", "yes"),
            ("past_linker", "no"),
            ("in_table", "no"),
            ("gone", "no"),
            ("small", "no"),
        ] {
            let (verdict, why) = way(survey, name);
            assert_eq!(verdict, expected, "{name}: {why}");
        }
    });
    let program = build(&cases_folder().join("program"), &fresh("preload-program"));
    survey(&program, |survey| {
        let (verdict, why) = way(survey, "prints");
        assert_eq!(verdict, "no");
        assert!(why.contains("defined in the executable"), "{why}");
    });
}
