//! `cmp-bridge serve`: the built command, modules compiled for the purpose, and clients made of the wire's parts.

mod answers;
mod clients;
mod life;
mod limits;
mod rust;
mod seens;
mod start;
mod support;
