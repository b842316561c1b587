//! Asking a server for its status.

use cmp_bridge_contract::wire::{PROCEDURE_STATUS, SERVER, VERSION};
use cmp_bridge_wire::rpc::{
    CallHead, Credential, RecordError, Records, Reply, ReplyHead, SysCredential, begin_record, end_record,
};
use cmp_bridge_wire::{DecodeError, Decoder, Encoder, MESSAGE_LIMIT};
use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How long each step may take: a candidate may be at work there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a server does not say how it is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not an address.
    #[error("`{0}` is not a server, expected HOST:PORT")]
    Address(String),
    /// Nobody there, or the connection broke off.
    #[error("{server}: no answer")]
    Reach {
        /// The server.
        server: String,
        /// The system's reason.
        source: io::Error,
    },
    /// It answers something else.
    #[error("{server}: what answers there is no `cmp-bridge serve`")]
    Foreign {
        /// The server.
        server: String,
        /// What is wrong with the answer.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It refuses.
    #[error("{server}: refuses ({reply:?})")]
    Refused {
        /// The server.
        server: String,
        /// How.
        reply: Reply,
    },
}

impl Error {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Error::Address(_) => "write --server localhost:7117".to_owned(),
            Error::Reach { .. } => {
                "is `cmp-bridge serve` running there, and does its `allow` speak of this machine?".to_owned()
            }
            Error::Foreign { .. } => "check the port".to_owned(),
            Error::Refused { .. } => "`allow` of its [serve] must speak of this user and machine".to_owned(),
        }
    }
}

/// The status of a server.
pub fn status(server: &str) -> Result<serde_json::Value, Error> {
    let reach = |source| Error::Reach { server: server.to_owned(), source };
    let foreign = |source| Error::Foreign { server: server.to_owned(), source };
    let addresses: Vec<SocketAddr> =
        server.to_socket_addrs().map_err(|_| Error::Address(server.to_owned()))?.collect();
    let mut stream = connect(&addresses).map_err(reach)?;
    stream.write_all(&message()).map_err(reach)?;
    let mut records = Records::new(MESSAGE_LIMIT);
    loop {
        match records.next_record().map_err(|error: RecordError| foreign(error.into()))? {
            None => {}
            Some(message) => {
                let (reply, text) = answer(message).map_err(|error| foreign(error.into()))?;
                return match reply {
                    Reply::Success => serde_json::from_slice(&text).map_err(|error| foreign(error.into())),
                    reply => Err(Error::Refused { server: server.to_owned(), reply }),
                };
            }
        }
        if records.read_from(&mut stream).map_err(reach)? == 0 {
            return Err(reach(io::ErrorKind::UnexpectedEof.into()));
        }
    }
}

fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpStream::connect_timeout(address, PATIENCE) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn message() -> Vec<u8> {
    let mut out = Encoder::new();
    let at = begin_record(&mut out);
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    let (uid, gid) = identity();
    let credential = Credential::Sys(SysCredential { stamp: 0, machine, uid, gid, gids: Vec::new() });
    CallHead { xid: 1, program: SERVER, version: VERSION, procedure: PROCEDURE_STATUS, credential }
        .encode(&mut out);
    // A head is never too long.
    let _ = end_record(&mut out, at, MESSAGE_LIMIT);
    out.into_bytes()
}

/// User and group of this process.
fn identity() -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").map_or((u32::MAX, u32::MAX), |about| (about.uid(), about.gid()))
}

fn answer(message: &[u8]) -> Result<(Reply, Vec<u8>), DecodeError> {
    let mut input = Decoder::new(message);
    let head = ReplyHead::decode(&mut input)?;
    let text = match head.reply {
        Reply::Success => input.opaque(u32::MAX)?.to_vec(),
        _ => Vec::new(),
    };
    Ok((head.reply, text))
}
