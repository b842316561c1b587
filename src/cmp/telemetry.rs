//! Telemetry (C), as `vendor-headers/telemetry.h` declares it.

/// What bindgen makes of the vendor header.
#[expect(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "the header's own names"
)]
pub mod header {
    include!(concat!(env!("OUT_DIR"), "/telemetry.rs"));
}

/// CRC-16 of a frame (polynomial 0x1021, preset 0xFFFF).
pub fn crc16(bytes: &[u8]) -> u16 {
    // SAFETY: reads `bytes.len()` bytes and nothing else (contract `telemetry`, routine `tm_crc16`).
    unsafe { header::tm_crc16(bytes.as_ptr(), bytes.len() as _) }
}
