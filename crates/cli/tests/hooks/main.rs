//! The agent's hard requirements, from outside: real programs, compiled for the purpose, behave under `cmp-bridge run` as
//! they do alone.

mod ada;
mod children;
mod fortran;
mod invisible;
mod moments;
mod nested;
mod passing;
mod rare;
mod refusals;
mod registers;
mod shapes;
mod stacks;
mod support;
mod threads;
