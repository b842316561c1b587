//! The whole product on the reference CMP, end to end: what the user of a legacy program sees of us is nothing, what its
//! maintainer sees is everything.

mod ada;
mod cycle;
mod day;
mod evidence;
mod identical;
mod installs;
mod killed;
mod learn;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod oracle;
mod packages;
mod patch;
mod serve;
mod support;
