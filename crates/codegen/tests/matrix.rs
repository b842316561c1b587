//! The matrix: each host language with each implementation language, over shapes. See `matrix/README.md`.

#[path = "matrix/runner/mod.rs"]
mod runner;

use runner::{Cell, HOSTS, IMPLS, Shape, parallel, sh, shapes};
use std::collections::BTreeSet;

/// The whole matrix, or a sample.
fn long() -> bool {
    std::env::var_os("CMP_BRIDGE_LONG").is_some_and(|value| value == "1")
}

/// `shape/host/impl`, any of them `*`.
fn asked(cell: &Cell) -> bool {
    let Ok(wanted) = std::env::var("CMP_BRIDGE_MATRIX") else { return true };
    let names = [cell.shape.name.as_str(), cell.host.name, cell.implementation.name];
    wanted.split('/').zip(names).all(|(wanted, name)| wanted == "*" || wanted == name)
}

/// The cells to run: all, or for each host and implementation the first two shapes from a place that moves on, so that the
/// sample meets every shape.
fn cells(shapes: &[Shape]) -> Vec<Cell<'_>> {
    let mut list = Vec::new();
    for (h, host) in HOSTS.iter().enumerate() {
        for (i, implementation) in IMPLS.iter().enumerate() {
            let possible = |shape: &&Shape| shape.has(host.file) && shape.has(implementation.file);
            let of_pair: Vec<&Shape> = shapes.iter().filter(possible).collect();
            let count = of_pair.len();
            let all = long() || std::env::var_os("CMP_BRIDGE_MATRIX").is_some();
            let wanted = if all { count } else { count.min(2) };
            for step in 0..wanted {
                let shape = of_pair[(5 * h + i + step) % count];
                list.push(Cell { shape, host, implementation });
            }
        }
    }
    list
}

#[test]
fn every_cell_answers_alike() {
    let shapes = shapes();
    let list: Vec<Cell> = cells(&shapes).into_iter().filter(asked).collect();
    assert!(!list.is_empty(), "no cell to run");
    let needed: BTreeSet<(usize, usize)> = list.iter().map(|cell| cell.place(&shapes)).collect();
    let needed: Vec<(usize, usize)> = needed.into_iter().collect();
    runner::rust::build(&shapes);
    let objects = parallel(&needed, |(shape, i)| runner::implementation(&shapes[*shape], &IMPLS[*i], "impl"));
    let built = |cell: &Cell| {
        let at = needed.iter().position(|place| *place == cell.place(&shapes)).unwrap();
        objects[at].clone()
    };
    let results = parallel(&list, |cell| built(cell).and_then(|objects| cell.run(&objects, long())));
    let failed: Vec<String> = list
        .iter()
        .zip(&results)
        .filter_map(|(cell, result)| result.as_ref().err().map(|reason| format!("{cell}: {reason}")))
        .collect();
    assert!(failed.is_empty(), "{} of {} cells failed\n\n{}", failed.len(), list.len(), failed.join("\n\n"));
    println!("{} cells of {} shapes", list.len(), shapes.len());
}

/// No cell is left out because a file is not there: it is there, or `limits.toml` says why not.
#[test]
fn no_file_is_missing() {
    let mut missing = Vec::new();
    for shape in shapes() {
        let limited = |key: &str, name: &str| shape.limits.iter().any(|l| l.key == key && l.language == name);
        for host in HOSTS {
            if !shape.has(host.file) && !limited("host", host.name) {
                missing.push(format!("{}/{}", shape.name, host.file));
            }
        }
        for implementation in IMPLS {
            if !shape.has(implementation.file) && !limited("impl", implementation.name) {
                missing.push(format!("{}/{}", shape.name, implementation.file));
            }
        }
        assert!(shape.has("expected.txt"), "{}/expected.txt", shape.name);
    }
    assert!(missing.is_empty(), "{} files are missing:\n{}", missing.len(), missing.join("\n"));
}

/// What cannot be fails, and with the text that is written down.
#[test]
fn the_limits_still_hold() {
    for shape in shapes() {
        for limit in &shape.limits {
            let found = runner::refusal(&shape, limit);
            assert!(
                found.as_deref().is_some_and(|found| found.contains(&limit.text)),
                "{}, {} {}: the limit does not hold any more\nwritten: {}\nfound: {}",
                shape.name,
                limit.key,
                limit.language,
                limit.text,
                found.unwrap_or("nothing is refused".into())
            );
        }
    }
}

/// A host that was built against a contract with one wrong fact does not compile, or does not print what it should.
#[test]
fn wrong_twins_are_noticed() {
    let shapes = shapes();
    let mut list = Vec::new();
    for shape in &shapes {
        for (n, twin) in shape.twins.iter().enumerate() {
            // Rust hosts are one crate: their wrong twins are in tests/shapes.
            let hosts = HOSTS.iter().filter(|host| host.name != "rust" && shape.has(host.file));
            let hosts =
                hosts.filter(|host| twin.hosts.is_empty() || twin.hosts.iter().any(|h| h == host.name));
            list.extend(hosts.map(|host| (shape, n, host)));
        }
    }
    if !long() {
        // One of each host and shape.
        let mut seen = BTreeSet::new();
        list.retain(|(shape, _, host)| seen.insert((shape.name.clone(), host.name)));
    }
    let results = parallel(&list, |(shape, n, host)| {
        let objects = runner::implementation(shape, &IMPLS[0], &format!("twin-{n}-{}-impl", host.name))?;
        runner::twin(shape, *n, host, &objects)
    });
    let missed: Vec<String> = list
        .iter()
        .zip(results)
        .filter_map(|((shape, n, host), result)| {
            result.err().map(|reason| format!("{} twin {n}, host {}: {reason}", shape.name, host.name))
        })
        .collect();
    assert!(missed.is_empty(), "{} wrong twins went unnoticed\n\n{}", missed.len(), missed.join("\n\n"));
    println!("{} wrong twins", list.len());
}

/// The tool that the failing cells recommend works on what they print.
#[test]
fn commands_are_printed_for_a_shell() {
    let mut command = std::process::Command::new("gcc");
    command.args(["-o", "a b", "it's"]);
    assert_eq!(sh(&command), "gcc -o 'a b' 'it'\\''s'");
}
