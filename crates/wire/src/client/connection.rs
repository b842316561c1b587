//! One connection: bytes out and records in, before a moment.

use super::ClientError;
use crate::rpc::Records;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::sockopt;
use rustix::net::{RecvFlags, SendFlags, recv, send};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A reading that begins within this of its time-out need not have it set again.
const SLACK: Duration = Duration::from_millis(2);
/// A connection that was silent for so long is looked at before it is trusted with a call.
const SILENT: Duration = Duration::from_millis(1);

/// An open connection. It blocks, and never longer than it is told.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    records: Records,
    /// What the socket's time-outs are.
    receive: Option<Duration>,
    send: Option<Duration>,
    /// When something was last heard.
    heard: Instant,
}

impl Connection {
    /// Tries the addresses one after the other.
    pub fn open(addresses: &[SocketAddr], limit: usize, until: Instant) -> Result<Connection, io::Error> {
        let mut last = io::Error::new(ErrorKind::InvalidInput, "no address");
        for address in addresses {
            let Some(left) = left(until) else { return Err(ErrorKind::TimedOut.into()) };
            match TcpStream::connect_timeout(address, left) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    keep_alive(&stream)?;
                    let (receive, send) = (None, None);
                    let records = Records::new(limit);
                    return Ok(Connection { stream, records, receive, send, heard: Instant::now() });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The other side has not closed it, and has said nothing unasked, as far as is known here.
    pub fn is_open(&self, now: Instant) -> bool {
        if now.duration_since(self.heard) < SILENT {
            return true;
        }
        let mut byte = [0u8; 1];
        match recv(&self.stream, &mut byte, RecvFlags::PEEK | RecvFlags::DONTWAIT) {
            Err(Errno::AGAIN | Errno::INTR) => true,
            // The end, a failure, or an answer to nothing.
            Ok(_) | Err(_) => false,
        }
    }

    /// Sends all of it.
    pub fn send(&mut self, bytes: &[u8], until: Instant) -> Result<(), ClientError> {
        let mut sent = 0;
        while sent < bytes.len() {
            let written = match left(until) {
                None => Err(ErrorKind::TimedOut.into()),
                Some(left) => self.sending(left).and_then(|()| self.stream.write(&bytes[sent..])),
            };
            match written {
                Ok(0) => return Err(ClientError::lost(sent > 0, ErrorKind::WriteZero.into())),
                Ok(count) => sent += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                Err(source) => return Err(ClientError::lost(sent > 0, source)),
            }
        }
        Ok(())
    }

    /// The next record.
    pub fn receive(&mut self, until: Instant) -> Result<&[u8], ClientError> {
        loop {
            if self.records.has_record()? {
                break;
            }
            let read = match left(until) {
                None => Err(ErrorKind::TimedOut.into()),
                Some(left) => self.receiving(left).and_then(|()| self.records.read_from(&mut self.stream)),
            };
            self.heard(read)?;
        }
        Ok(self.records.next_record()?.unwrap_or_default())
    }

    fn heard(&mut self, read: io::Result<usize>) -> Result<(), ClientError> {
        match read {
            Ok(0) => Err(lost(ErrorKind::UnexpectedEof.into())),
            Ok(_) => {
                self.heard = Instant::now();
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(lost(error)),
        }
    }

    /// Sends what can be sent and receives what can be received, having waited for either. Says how many bytes went out.
    pub fn exchange(&mut self, bytes: &[u8], until: Instant) -> Result<usize, ClientError> {
        let wanted = if bytes.is_empty() { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
        let ready = {
            let mut descriptors = [PollFd::new(&self.stream, wanted)];
            let Some(left) = left(until) else { return Err(lost(ErrorKind::TimedOut.into())) };
            let time = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
            match poll(&mut descriptors, Some(&time)) {
                Ok(0) => return Err(lost(ErrorKind::TimedOut.into())),
                Ok(_) => descriptors[0].revents(),
                Err(Errno::INTR) => return Ok(0),
                Err(error) => return Err(lost(error.into())),
            }
        };
        let mut sent = 0;
        if ready.contains(PollFlags::OUT) && !bytes.is_empty() {
            sent = match send(&self.stream, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
                Ok(count) => count,
                Err(Errno::AGAIN | Errno::INTR) => 0,
                Err(error) => return Err(lost(error.into())),
            };
        }
        if ready.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            let mut quiet = Quiet(&self.stream);
            let read = self.records.read_from(&mut quiet);
            match read {
                Err(error) if error.kind() == ErrorKind::WouldBlock => (),
                read => self.heard(read)?,
            }
        }
        Ok(sent)
    }

    /// The next record, if it is there already.
    pub fn received(&mut self) -> Result<Option<&[u8]>, ClientError> {
        Ok(self.records.next_record()?)
    }

    fn receiving(&mut self, left: Duration) -> io::Result<()> {
        if !close_enough(self.receive, left) {
            self.stream.set_read_timeout(Some(left))?;
            self.receive = Some(left);
        }
        Ok(())
    }

    fn sending(&mut self, left: Duration) -> io::Result<()> {
        if !close_enough(self.send, left) {
            self.stream.set_write_timeout(Some(left))?;
            self.send = Some(left);
        }
        Ok(())
    }
}

/// A time-out that was set for another call, and that ends this one as well: hardly later than it should, and hardly earlier.
fn close_enough(set: Option<Duration>, left: Duration) -> bool {
    set.is_some_and(|set| set <= left + SLACK && left <= set + SLACK)
}

/// A stream that is read without waiting, though it may block.
struct Quiet<'s>(&'s TcpStream);

impl Read for Quiet<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let (read, _) = recv(self.0, bytes, RecvFlags::DONTWAIT)?;
        Ok(read)
    }
}

/// The time that is left, if there is any.
pub(super) fn left(until: Instant) -> Option<Duration> {
    until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}

fn lost(source: io::Error) -> ClientError {
    ClientError::lost(true, source)
}

/// A peer that is gone without a word is found out within a minute and a half.
fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, Duration::from_secs(30))?;
    sockopt::set_tcp_keepintvl(stream, Duration::from_secs(10))?;
    sockopt::set_tcp_keepcnt(stream, 6)?;
    Ok(())
}
