//! What a machine without Rust gains, on the nearest there is to HP-UX: PA-RISC programs under qemu, and i386 ones beside
//! them. The reference CMP there, with its propagation answered by Rust here; and what becomes of it when the network
//! or the server does what networks and servers do.

mod faults;
mod kit;
mod languages;
mod layouts;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod machine;
mod propagation;
mod proxy;
mod same;
mod served;
mod stubbed;
