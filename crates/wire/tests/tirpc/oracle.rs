//! The C program that reads and writes messages with libtirpc.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct Oracle {
    child: Child,
}

/// What libtirpc makes of a message.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its values.
    pub values: Vec<u64>,
    /// What it writes of them.
    pub xdr: Vec<u8>,
}

impl Oracle {
    pub fn start(program: &Path) -> Oracle {
        // An oracle that hangs must not outlive its test.
        let mut command = Command::new("timeout");
        let child = command.arg("600").arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        Oracle { child: child.expect("the oracle") }
    }

    /// `None`: it is no such message.
    pub fn read(&mut self, message: usize, xdr: &[u8]) -> Option<Answer> {
        self.ask(message, 0, xdr)
    }

    /// Writes a message of these values.
    pub fn write(&mut self, message: usize, values: &[u64]) -> Option<Answer> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.ask(message, 1, &bytes)
    }

    fn ask(&mut self, message: usize, mode: u32, bytes: &[u8]) -> Option<Answer> {
        let mut request = Vec::new();
        for word in [message as u32, mode, bytes.len() as u32] {
            request.extend(word.to_le_bytes());
        }
        request.extend(bytes);
        let input = self.child.stdin.as_mut().expect("a pipe");
        input.write_all(&request).and_then(|()| input.flush()).expect("the oracle listens");
        let understood = self.word();
        let (values, xdr) = (self.part(), self.part());
        let values = values.chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().expect("eight")));
        (understood == 1).then(|| Answer { values: values.collect(), xdr })
    }

    fn word(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.child.stdout.as_mut().expect("a pipe").read_exact(&mut bytes).expect("an answer");
        u32::from_le_bytes(bytes)
    }

    fn part(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; self.word() as usize];
        self.child.stdout.as_mut().expect("a pipe").read_exact(&mut bytes).expect("an answer");
        bytes
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
