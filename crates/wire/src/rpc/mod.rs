//! ONC RPC version 2 (RFC 5531): the heads of calls and replies, the credential, records on a stream.

mod records;

pub use records::{RecordError, Records, begin_record, end_record};

use crate::xdr::{DecodeError, Decoder, Encoder};
use std::fmt;

/// The version of ONC RPC.
pub const RPC_VERSION: u32 = 2;
/// Longest credential and verifier.
pub const AUTH_LIMIT: u32 = 400;
/// Longest name of a machine in a credential.
pub const MACHINE_LIMIT: u32 = 255;

const CALL: u32 = 0;
const REPLY: u32 = 1;
const AUTH_NONE: u32 = 0;
const AUTH_SYS: u32 = 1;

/// AUTH_SYS: who calls, as the calling machine says. Nothing proves it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SysCredential {
    /// Anything.
    pub stamp: u32,
    /// Name of the calling machine.
    pub machine: String,
    /// Number of the user.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
    /// Other groups, 16 at most.
    pub gids: Vec<u32>,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nobody said.
    None,
    /// A user of a machine.
    Sys(SysCredential),
    /// Another kind, by its number. It is read and not understood.
    Other(u32),
}

/// The head of a call. The arguments of the procedure follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallHead {
    /// Number by which the reply is known.
    pub xid: u32,
    /// Number of the program.
    pub program: u32,
    /// Its version.
    pub version: u32,
    /// The procedure.
    pub procedure: u32,
    /// Who calls.
    pub credential: Credential,
}

/// Why the head of a call or of a reply is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// It is not whole.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A call of another version of ONC RPC. It is answered by [`Reply::VersionOfRpc`].
    #[error("ONC RPC version {found}, where {RPC_VERSION} is spoken")]
    Version {
        /// Number of the call.
        xid: u32,
        /// Its version.
        found: u32,
    },
    /// A credential that cannot be read. It is answered by [`Reply::Unauthenticated`].
    #[error("a credential that cannot be read: {source}")]
    Credential {
        /// Number of the call.
        xid: u32,
        /// What is wrong with it.
        source: DecodeError,
    },
}

impl CallHead {
    /// Writes the head, with an empty verifier.
    pub fn encode(&self, out: &mut Encoder) {
        for word in [self.xid, CALL, RPC_VERSION, self.program, self.version, self.procedure] {
            out.u32(word);
        }
        match &self.credential {
            Credential::Sys(sys) => {
                out.u32(AUTH_SYS);
                let at = out.len();
                out.u32(0);
                sys.encode(out);
                let length = u32::try_from(out.len() - at - 4).unwrap_or(u32::MAX);
                out.set_u32(at, length);
            }
            Credential::None | Credential::Other(_) => none(out),
        }
        none(out);
    }

    /// Reads a head; what follows it are the arguments. The verifier may be anything.
    pub fn decode(input: &mut Decoder<'_>) -> Result<CallHead, HeadError> {
        let xid = input.u32()?;
        word(input, CALL, "0, a call")?;
        let found = input.u32()?;
        if found != RPC_VERSION {
            return Err(HeadError::Version { xid, found });
        }
        let (program, version, procedure) = (input.u32()?, input.u32()?, input.u32()?);
        let (flavor, body) = (input.u32()?, input.opaque(AUTH_LIMIT)?);
        let (_, _) = (input.u32()?, input.opaque(AUTH_LIMIT)?);
        let credential = match flavor {
            AUTH_NONE => Credential::None,
            AUTH_SYS => SysCredential::decode(body)
                .map(Credential::Sys)
                .map_err(|source| HeadError::Credential { xid, source })?,
            other => Credential::Other(other),
        };
        Ok(CallHead { xid, program, version, procedure, credential })
    }
}

impl SysCredential {
    fn encode(&self, out: &mut Encoder) {
        out.u32(self.stamp);
        out.text(&self.machine, MACHINE_LIMIT);
        out.u32(self.uid);
        out.u32(self.gid);
        let gids = &self.gids[..self.gids.len().min(16)];
        out.u32(gids.len() as u32);
        gids.iter().for_each(|gid| out.u32(*gid));
    }

    fn decode(body: &[u8]) -> Result<SysCredential, DecodeError> {
        let mut input = Decoder::new(body);
        let (stamp, machine) = (input.u32()?, input.text(MACHINE_LIMIT)?);
        let (uid, gid) = (input.u32()?, input.u32()?);
        let count = input.length(16, 4)?;
        let gids = (0..count).map(|_| input.u32()).collect::<Result<_, _>>()?;
        input.finish()?;
        Ok(SysCredential { stamp, machine, uid, gid, gids })
    }
}

/// What became of a call, before the procedure itself answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The procedure answers: its result follows.
    Success,
    /// No such program here.
    NoProgram,
    /// The program is here in these versions.
    VersionOfProgram {
        /// Least.
        low: u32,
        /// Greatest.
        high: u32,
    },
    /// No such procedure.
    NoProcedure,
    /// The arguments are not those of the procedure.
    GarbageArguments,
    /// The server cannot, for reasons of its own.
    SystemError,
    /// ONC RPC is spoken in these versions.
    VersionOfRpc {
        /// Least.
        low: u32,
        /// Greatest.
        high: u32,
    },
    /// Who calls may not, by this `auth_stat` of RFC 5531. [`AUTH_BADCRED`] and [`AUTH_TOOWEAK`] are those we use.
    Unauthenticated(u32),
}

impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Success => write!(out, "success"),
            Reply::NoProgram => write!(out, "it has no such program (PROG_UNAVAIL)"),
            Reply::VersionOfProgram { low, high } => {
                write!(out, "it has the program in the versions {low} to {high} (PROG_MISMATCH)")
            }
            Reply::NoProcedure => write!(out, "it has no such procedure (PROC_UNAVAIL)"),
            Reply::GarbageArguments => {
                write!(out, "the arguments are not those of the procedure (GARBAGE_ARGS)")
            }
            Reply::SystemError => write!(out, "it could not give the result (SYSTEM_ERR)"),
            Reply::VersionOfRpc { low, high } => {
                write!(out, "it speaks the versions {low} to {high} of ONC RPC (RPC_MISMATCH)")
            }
            Reply::Unauthenticated(AUTH_BADCRED) => write!(out, "it cannot read who calls (AUTH_BADCRED)"),
            Reply::Unauthenticated(AUTH_TOOWEAK) => {
                write!(out, "this user of this machine may not call (AUTH_TOOWEAK)")
            }
            Reply::Unauthenticated(why) => write!(out, "it does not accept who calls (auth_stat {why})"),
        }
    }
}

/// The credential cannot be read.
pub const AUTH_BADCRED: u32 = 1;
/// This caller may not.
pub const AUTH_TOOWEAK: u32 = 5;

/// The head of a reply. The result follows if it is a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyHead {
    /// Number of the call.
    pub xid: u32,
    /// What became of it.
    pub reply: Reply,
}

impl ReplyHead {
    /// Writes the head, with an empty verifier.
    pub fn encode(&self, out: &mut Encoder) {
        out.u32(self.xid);
        out.u32(REPLY);
        match self.reply {
            Reply::VersionOfRpc { low, high } => [1, 0, low, high].iter().for_each(|word| out.u32(*word)),
            Reply::Unauthenticated(why) => [1, 1, why].iter().for_each(|word| out.u32(*word)),
            accepted => {
                out.u32(0);
                none(out);
                match accepted {
                    Reply::NoProgram => out.u32(1),
                    Reply::VersionOfProgram { low, high } => {
                        [2, low, high].iter().for_each(|word| out.u32(*word));
                    }
                    Reply::NoProcedure => out.u32(3),
                    Reply::GarbageArguments => out.u32(4),
                    Reply::SystemError => out.u32(5),
                    _ => out.u32(0),
                }
            }
        }
    }

    /// Reads a head; what follows a success is the result. The verifier may be anything.
    pub fn decode(input: &mut Decoder<'_>) -> Result<ReplyHead, DecodeError> {
        let xid = input.u32()?;
        word(input, REPLY, "1, a reply")?;
        let at = input.position();
        let reply = match input.u32()? {
            0 => accepted(input)?,
            1 => denied(input)?,
            found => return Err(DecodeError::Word { at, expected: "0 or 1, accepted or denied", found }),
        };
        Ok(ReplyHead { xid, reply })
    }
}

fn accepted(input: &mut Decoder<'_>) -> Result<Reply, DecodeError> {
    let (_, _) = (input.u32()?, input.opaque(AUTH_LIMIT)?);
    let at = input.position();
    Ok(match input.u32()? {
        0 => Reply::Success,
        1 => Reply::NoProgram,
        2 => Reply::VersionOfProgram { low: input.u32()?, high: input.u32()? },
        3 => Reply::NoProcedure,
        4 => Reply::GarbageArguments,
        5 => Reply::SystemError,
        found => return Err(DecodeError::Word { at, expected: "0 to 5, an accept_stat", found }),
    })
}

fn denied(input: &mut Decoder<'_>) -> Result<Reply, DecodeError> {
    let at = input.position();
    Ok(match input.u32()? {
        0 => Reply::VersionOfRpc { low: input.u32()?, high: input.u32()? },
        1 => Reply::Unauthenticated(input.u32()?),
        found => return Err(DecodeError::Word { at, expected: "0 or 1, a reject_stat", found }),
    })
}

/// AUTH_NONE.
fn none(out: &mut Encoder) {
    out.u32(AUTH_NONE);
    out.u32(0);
}

fn word(input: &mut Decoder<'_>, wanted: u32, expected: &'static str) -> Result<(), DecodeError> {
    let at = input.position();
    match input.u32()? {
        found if found == wanted => Ok(()),
        found => Err(DecodeError::Word { at, expected, found }),
    }
}
