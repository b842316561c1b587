//! One test for the legacy executable, for the module that is to replace its routine, and for that module's wrong twin.

use crate::cmp::{cmp_day, contracts, start, tools, with_tools};
use cmp_bridge_harness::{Harness, Literal};

fn module(name: &str) -> Harness {
    start(contracts(with_tools(Harness::of(tools().join(name)))))
}

/// The legacy routines prepare an orbit like SPOT's in COMMON; from that state, what the legacy routine answers is what is
/// expected.
fn propagate(harness: &Harness) {
    let legacy = cmp_day();
    legacy.call("inicst").arg("modele", "MSLIB").run();
    let elements = [7_200_546.0, 1.0e-3, 2.0e-4, 1.7226, 0.3, 0.5];
    let prepared = legacy.call("ehinit").arg("jj50", 19_116).arg("sec", 0.0).arg("eltm", elements).run();
    assert_eq!(prepared.i64("ier"), 0);
    let answered = legacy.call("ehposv").arg("dt", 600.0).run();
    let mut case = harness.case("ehposv", "ten minutes of orbit").arg("dt", 600.0);
    for area in ["ehbul", "ehsec", "ehser"] {
        let state = legacy.state("ehposv", area).expect("state");
        case = case.state(area, Literal::from(&state));
    }
    let (pos, vit) = (answered.f64s("pos"), answered.f64s("vit"));
    case.expect("pos", pos).expect("vit", vit).expect("ier", 0).check();
}

#[test]
fn the_legacy_routine_and_its_rewrite_pass() {
    propagate(&cmp_day());
    propagate(&module("librewrite_three.so"));
}

#[test]
#[should_panic(expected = "pos[0]: expected ")]
fn the_wrong_twin_fails() {
    propagate(&module("librewrite_three_wrong.so"));
}

#[test]
fn a_module_of_another_contract_is_refused() {
    let contract = std::fs::read_to_string(crate::legacy::root().join("contracts/flight_dynamics.toml"));
    let contract = contract
        .expect("a contract")
        .replace("name = \"dt\", type = \"f64\"", "name = \"dt\", type = \"i64\"");
    let harness =
        with_tools(Harness::of(tools().join("librewrite_three.so"))).contract_text(contract, "other");
    let wrong = start(harness).call("ehposv").arg("dt", 600).try_run().expect_err("another contract");
    assert!(wrong.to_string().contains("was built for contract hash"), "{wrong}");
}
