//! What we say on the wire, held against others: the codec against what rpcgen and libtirpc make of the RPC language file, both
//! ways and by name; whole conversations with an rpcgen client and an rpcgen server; and what tshark sees of one.

mod capture;
mod codec;
mod conversation;
mod oracle;
mod random;
mod sample;
#[path = "../support/server.rs"]
mod server;
mod stub;
mod tools;
mod walk;
