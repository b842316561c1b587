//! Generated code under test.
#![deny(warnings)]

pub mod shapes_c {
    include!(concat!(env!("OUT_DIR"), "/shapes_c.rs"));
}

pub mod shapes_fortran {
    include!(concat!(env!("OUT_DIR"), "/shapes_fortran.rs"));
}

pub mod frames;

shapes_c::export! {
    shapes_c::Control: scale, dot;
    shapes_c::Control: tick;
}
