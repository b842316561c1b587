//! Hooking: code is moved and executed, refusals have a wrong twin, the plan holds what the contract says.
//!
//! `execute` runs moved code; `refusals` holds every case against its expectation; `sweep` the pass over all code against
//! objdump; `properties` is random; `plan` goes from contracts and programs in C, Fortran and Ada to a plan; `statistics`
//! moves the libraries of this machine.

mod execute;
mod plan;
mod properties;
mod refusals;
mod same;
mod statistics;
mod support;
mod sweep;
