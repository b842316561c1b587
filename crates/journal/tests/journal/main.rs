//! The journal: what is written is what is read, and what was changed is noticed.

mod damage;
mod encoder;
mod round_trip;
mod support;

use cmp_bridge_journal::{Component, Header, RoutineHead};

/// A header of two routines whose contract is `text`.
fn header(text: &str, hash: u64) -> Header {
    Header {
        target: "x86_64-linux-gnu".to_owned(),
        executable: "cmp_day".to_owned(),
        build_id: vec![0xab; 20],
        components: vec![Component { file: "small.toml".to_owned(), contract: text.to_owned() }],
        routines: ["eck_hec", "jj_cal"]
            .map(|name| RoutineHead { name: name.to_owned(), component: 0, contract_hash: hash })
            .to_vec(),
    }
}
