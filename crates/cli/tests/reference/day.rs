//! Every routine of the contracts of the reference CMP answers what was recorded as it answered then: their directions,
//! extents, state and effects are those of the sources.

use crate::legacy;
use crate::support::{Did, Folder, Program, run};
use serde_json::Value;
use std::collections::BTreeMap;

const CONTRACTS: [&str; 2] = ["telemetry.toml", "flight_dynamics.toml"];

/// Routines that are only recorded, for the reasons their contracts give: they call back, do input or output, follow an
/// address kept in a union, or return an array through a descriptor.
const RECORDED_ONLY: [&str; 12] = [
    "attitude_att_ecarts",
    "attitude_att_integrer",
    "attitude_quat_tourner",
    "lecjou",
    "rk4pas",
    "tm_archive_parcourir",
    "tm_decommuter",
    "tm_etalonner",
    "tm_inverser",
    "tm_mesurer",
    "zerof",
    // The array it is given is longer than the 64 KiB that are kept of one.
    "ephemeride_eph_noeuds",
];

/// Routines of the newer sources that a program has to call, so that this test says something of them.
const CALLED: [(&str, &[&str]); 3] = [
    (
        "cmp_day",
        &[
            "tm_archive_vider",
            "tm_archive_ouvrir",
            "tm_archiver",
            "tm_archive_heure",
            "tm_variance",
            "tm_ecart_type",
            "puissance",
            "depointage",
            "moment",
            "gradient",
            "gaz",
            "tm_calcul_de",
            "tm_deriver",
            "tm_nom_derive",
            "tm_permuter",
            "tm_reponse",
            "tm_corriger",
            "tm_moyenne_glissante",
            "densit",
            "hautec",
            "decroi",
            "moyini",
            "moyajt",
            "moyval",
            "nomjou",
            "chahms",
            "lbissx",
            "zpoly",
            "attitude_quat_produit",
            "attitude_quat_matrice",
            "attitude_quat_moyen",
            "attitude_att_orbitale",
            "attgeo",
            "attjou",
            "ephemeride_eph_interpoler",
            "ephjou",
            "noejou",
        ],
    ),
    ("mini_c", &["tm_bilan_mesures", "tm_ecart_dates"]),
    ("mini_fortran", &["lecdat", "circar", "ehinit", "ehposv"]),
];

#[test]
fn every_complete_routine_answers_its_day_again() {
    let folder = Folder::new("day");
    let contracts = CONTRACTS.map(|name| legacy::root().join("contracts").join(name).display().to_string());
    let config = format!("contracts = {contracts:?}\n[routes]\n\"*\" = \"record\"\n");
    std::fs::write(folder.path("all.toml"), config).expect("a configuration");
    for (name, called) in CALLED {
        let found = answers(&replayed(&folder, "all.toml", name).ended(0).json());
        let missing: Vec<&&str> = called.iter().filter(|routine| !found.contains_key(**routine)).collect();
        assert!(missing.is_empty(), "{name}: not called: {missing:?}");
        for (routine, [calls, equal, not]) in &found {
            let only_recorded = RECORDED_ONLY.contains(&routine.as_str());
            let expected = if only_recorded { (0, *calls) } else { (*calls, 0) };
            assert_eq!((*equal, *not), expected, "{name}: {routine} of {calls} calls");
        }
    }
}

/// Records a program by a configuration, which changes nothing, and has it answer its journal again.
fn replayed(folder: &Folder, config: &str, name: &str) -> Did {
    let program = Program::new("pie", name);
    let journal = format!("{name}.journal");
    let options = ["--quiet", "--config", config, "--ring-mib", "64", "--journal", &journal];
    assert_eq!(run(&mut program.under(folder, &options)), program.alone());
    folder.bridge(&["replay", &journal, "--control", "--exe", &program.words[0], "--json"])
}

#[test]
fn the_ccs_answers_its_day_again() {
    let folder = Folder::new("day-ccs");
    let contract = legacy::root().join("contracts/ccs.toml").display().to_string();
    let config = format!("contracts = [{contract:?}]\n[routes]\n\"*\" = \"record\"\n");
    std::fs::write(folder.path("ccs.toml"), config).expect("a configuration");
    // The main of the first is in C: a worker elaborates Ada's run-time in its place.
    for (name, least) in [("cmp_day", 35_000), ("mini_ada", 100)] {
        let did = replayed(&folder, "ccs.toml", name);
        let json = did.json();
        let mut all = 0;
        for (routine, [calls, equal, not]) in answers(&json) {
            assert_eq!(equal + not, calls, "{name}: {routine}: {equal} of {calls} are equal");
            all += equal;
        }
        let routines = json["subjects"][0]["routines"].as_array().expect("routines");
        assert!(routines.iter().all(|routine| routine["mismatched"] == 0), "{json:#}");
        assert!(all >= least, "{name}: {all} calls are equal");
    }
}

/// Calls of each routine that was called: all, equal ones, and those that cannot be replayed.
fn answers(json: &Value) -> BTreeMap<String, [u64; 3]> {
    let routines = json["subjects"][0]["routines"].as_array().expect("routines");
    let mut answers = BTreeMap::new();
    for routine in routines {
        let number = |what: &str| routine[what].as_u64().unwrap_or_else(|| panic!("no {what}: {routine:#}"));
        let skipped = routine["not_replayable"].as_object().expect("reasons");
        let skipped = skipped.values().map(|calls| calls.as_u64().expect("a number")).sum();
        let counts = [number("calls"), number("equal"), skipped];
        if counts[0] > 0 {
            answers.insert(routine["routine"].as_str().expect("a name").to_owned(), counts);
        }
    }
    answers
}
