//! The agent's hard requirements, from outside: real programs, compiled for the purpose, behave under `cmp-bridge run` as
//! they do alone.

mod ada;
mod children;
mod invisible;
mod moments;
mod passing;
mod refusals;
mod registers;
mod shapes;
mod support;
mod threads;
