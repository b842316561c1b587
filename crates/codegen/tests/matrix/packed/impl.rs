//! Packed records, implemented in Rust.

use crate::packed::{self, Pack, Packet, Sparse, Spread, Unpack};

/// The routines.
pub struct Packets;

impl Pack for Packets {
    fn pack(p: &mut Packet, tag: i8, value_: f64, rank: i16) {
        *p = Packet { tag: tag as u8, value: value_, rank };
    }
}

impl Unpack for Packets {
    fn unpack(p: &[Packet]) -> f64 {
        p.iter().map(|p| p.value + f64::from(p.rank) + f64::from(p.tag)).sum()
    }
}

impl Spread for Packets {
    fn spread(s: &mut Sparse, by: i32) {
        s.a = (i32::from(s.a) * by) as i16;
        s.b *= f64::from(by);
        s.c = (i32::from(s.c) * by) as i8;
    }
}

packed::export! { Packets: pack, unpack, spread }
