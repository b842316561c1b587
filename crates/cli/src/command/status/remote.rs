//! Asking a server for its status.

use cmp_bridge_wire::client::{Client, ClientError, Options};
use std::io;
use std::time::Duration;

/// How long it may take: a candidate may be at work there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a server does not say how it is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not an address.
    #[error("`{0}` is not a server, expected HOST:PORT")]
    Address(String),
    /// Nobody there, somebody else, or a refusal.
    #[error("{server}: does not say how it is")]
    Reach {
        /// The server.
        server: String,
        /// Why.
        source: Box<ClientError>,
    },
    /// It answers something else.
    #[error("{server}: says something that is no JSON")]
    Foreign {
        /// The server.
        server: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Error {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Error::Address(_) => "write --server localhost:7117",
            Error::Reach { source, .. } if source.is_of_another_program() => {
                "a process that hosts legacy routines does not say how it is; check the port"
            }
            Error::Reach { .. } => {
                "is `cmp-bridge serve` running there, on that port, and does its `allow` speak of this machine and user?"
            }
            Error::Foreign { .. } => "check the port",
        }
        .to_owned()
    }
}

/// The status of a server.
pub fn status(server: &str) -> Result<serde_json::Value, Error> {
    let reach = |source| Error::Reach { server: server.to_owned(), source: Box::new(source) };
    let what = format!("@(#)cmp-bridge status {}", env!("CARGO_PKG_VERSION"));
    let mut client = Client::new(server, Options::of_server(what)).map_err(|error| match error {
        ClientError::Connect { source, .. } if source.kind() == io::ErrorKind::InvalidInput => {
            Error::Address(server.to_owned())
        }
        error => reach(error),
    })?;
    let text = client.status(PATIENCE).map_err(reach)?;
    serde_json::from_str(&text).map_err(|source| Error::Foreign { server: server.to_owned(), source })
}
