//! Generated Fortran procedures, called through the contract that a scan makes of them.

mod calls;
mod generate;
