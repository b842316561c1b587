//! One connection: what has come and is not whole, what goes and is not read.

use super::answering::Caller;
use cmp_bridge_wire::rpc::Records;
use mio::net::TcpStream;
use std::io::{self, Write};
use std::time::Instant;

/// A connection. One that waits for its caller holds no buffer.
#[derive(Debug)]
pub struct Connection {
    /// The socket.
    pub stream: TcpStream,
    /// Who is there.
    pub caller: Caller,
    /// The part of a message that has come.
    pub records: Option<Records>,
    /// Answers that wait to be read, from `sent` on.
    pending: Vec<u8>,
    sent: usize,
    /// The socket may have something to be read.
    pub readable: bool,
    /// The caller has said that it sends no more: what comes is to be read to its end.
    pub closing: bool,
    /// It was read to its end.
    pub ended: bool,
    /// We send no more.
    pub shut: bool,
    /// It stands in the list of those whose turn comes.
    pub listed: bool,
    /// Since when nothing has moved that should: a message begun, or answers unread.
    pub stalled: Option<Instant>,
    /// Bytes it was last counted with.
    pub counted: usize,
}

impl Connection {
    /// A new one.
    pub fn new(stream: TcpStream, caller: Caller) -> Connection {
        Connection {
            stream,
            caller,
            records: None,
            pending: Vec::new(),
            sent: 0,
            readable: false,
            closing: false,
            ended: false,
            shut: false,
            listed: false,
            stalled: None,
            counted: 0,
        }
    }

    /// Whether answers wait to be read.
    pub fn has_pending(&self) -> bool {
        self.sent < self.pending.len()
    }

    /// Bytes that wait.
    pub fn held(&self) -> usize {
        self.pending.len() + self.records.as_ref().map_or(0, Records::memory)
    }

    /// Sends what waits, as far as the socket takes it; whether something moved.
    pub fn flush(&mut self) -> io::Result<bool> {
        let before = self.sent;
        while self.has_pending() {
            match self.stream.write(&self.pending[self.sent..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => self.sent += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(self.sent > before),
                Err(error) => return Err(error),
            }
        }
        let moved = self.sent > before;
        (self.pending, self.sent) = (Vec::new(), 0);
        Ok(moved)
    }

    /// Sends answers; what the socket does not take waits. Nothing may wait before.
    pub fn send(&mut self, answers: &[u8]) -> io::Result<()> {
        let mut sent = 0;
        while sent < answers.len() {
            match self.stream.write(&answers[sent..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => sent += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.pending.extend_from_slice(&answers[sent..]);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
