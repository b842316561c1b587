//! What we say on the wire, held against others: the codec against what rpcgen and libtirpc make of the RPC language file, both
//! ways and by name; whole conversations with an rpcgen client and an rpcgen server; and what tshark sees of one.

mod codec;
mod oracle;
mod random;
mod tools;
mod walk;
