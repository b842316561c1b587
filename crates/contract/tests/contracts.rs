//! The reference CMP's own contracts: valid, every routine of them can be lowered, and a re-scan that finds nothing new
//! keeps them byte for byte, comments included.

use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::{abi, areas, toml};
use std::path::Path;

#[test]
fn the_reference_contracts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts");
    let mut routines = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let contract = Contract::from_toml(&text, &name).unwrap_or_else(|errors| panic!("{errors}"));
        for routine in &contract.routines {
            abi::lower(&contract, routine).unwrap();
            areas::of(&contract, routine).unwrap();
            routines += 1;
        }
        // The scan's own first line comes before everything.
        let merged = toml::merge_into(&text, &name, &contract).unwrap();
        assert!(merged.ends_with(text.split_once('\n').unwrap().1), "{name}");
        assert_eq!(Contract::from_toml(&merged, &name).unwrap(), contract, "{name}");
    }
    assert!(routines > 12, "{routines}");
}
