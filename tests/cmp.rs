//! Components of the reference CMP called from Rust: bindgen and cxx at work.
#![cfg(feature = "cmp")]

use cmp_bridge::cmp::planning::{elevation, station, station_name};
use cmp_bridge::cmp::telemetry::header;
use cmp_bridge::support::{Exception, Serial, caught};
use std::mem::{offset_of, size_of};

/// bindgen reads the vendor header, the contract was read from the executable: both must see the same records.
#[test]
fn the_contract_agrees_with_the_header() {
    let text = include_str!("../contracts/telemetry.toml");
    assert!(size_of::<header::tm_cds>() as u64 == declared_size(text, "tm_cds"));
    assert!(size_of::<header::tm_entete>() as u64 == declared_size(text, "tm_entete"));
    assert!(size_of::<header::tm_date>() as u64 == declared_size(text, "tm_date"));
    assert_eq!(offset_of!(header::tm_entete, date), 4);
}

/// `size` under `[type.NAME]`.
fn declared_size(contract: &str, name: &str) -> u64 {
    let (_, section) = contract.split_once(&format!("[type.{name}]")).expect("the type is in the contract");
    let line = section.lines().find(|line| line.trim_start().starts_with("size")).expect("it has a size");
    line.split('=').nth(1).and_then(|value| value.trim().parse().ok()).expect("a number")
}

#[test]
fn a_class_with_virtual_functions_answers() {
    let serial = Serial::lock();
    let station =
        station(&serial, "AUSSAGUEL", 43.4287, 1.4975, 260.0, 5.0).expect("coordinates of a real place");
    assert_eq!(station_name(&serial, &station).to_str(), Ok("AUSSAGUEL"));
    // 7,200 km from the Earth's centre along the station's own direction: nearly overhead.
    let (latitude, longitude) = (43.4287f64.to_radians(), 1.4975f64.to_radians());
    let position = [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()];
    let [x, y, z] = position.map(|part| part * 7_200_000.0);
    assert!(elevation(&serial, &station, x, y, z).expect("in the sky") > 85.0);
    assert!(elevation(&serial, &station, -x, -y, -z).expect("below") < 0.0);
}

#[test]
fn a_cpp_exception_is_an_error() {
    let error = station(&Serial::lock(), "NULLE PART", 123.0, 0.0, 0.0, 5.0).err().expect("no such latitude");
    assert!(error.what().contains("NULLE PART"), "{error}");
}

// SAFETY: a function of libstdc++ with this signature.
unsafe extern "C-unwind" {
    /// `std::terminate` would end the process; this one throws (libstdc++).
    #[link_name = "_ZSt20__throw_out_of_rangePKc"]
    fn throw_out_of_range(message: *const std::ffi::c_char) -> !;
}

#[test]
fn an_exception_of_the_run_time_itself_is_an_error() {
    assert_eq!(caught(|| 42), Ok(42));
    // SAFETY: it throws, and the exception ends in `caught`.
    let outcome: Result<(), Exception> = caught(|| unsafe { throw_out_of_range(c"beyond the end".as_ptr()) });
    assert_eq!(outcome, Err(Exception::cpp("std::out_of_range", "beyond the end")));
}
