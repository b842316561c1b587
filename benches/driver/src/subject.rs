//! A program that makes calls when asked, and says how long they took.

use cmp_bridge_bench::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A started program. It ends when its input closes.
pub struct Subject {
    program: PathBuf,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Subject {
    /// Starts `command`; `program` names it in messages.
    pub fn start(program: &Path, mut command: Command) -> Result<Subject, Error> {
        let fail = |source| Error::Program { program: program.to_owned(), source };
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(fail)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = output.ok_or_else(|| fail(std::io::ErrorKind::BrokenPipe.into()))?;
        Ok(Subject { program: program.to_owned(), child, input, output: BufReader::new(output) })
    }

    /// Makes `calls` calls in the way of `case`; nanoseconds by call.
    pub fn run(&mut self, case: &str, calls: u64) -> Result<f64, Error> {
        let answer = self.ask(case, calls);
        let answer = answer.map_err(|source| Error::Program { program: self.program.clone(), source })?;
        match answer.trim().parse::<f64>() {
            Ok(nanoseconds) => Ok(nanoseconds / calls as f64),
            Err(_) => Err(Error::Unmeasured {
                program: self.program.clone(),
                case: case.to_owned(),
                answer: if answer.is_empty() { "it ended".to_owned() } else { answer.trim().to_owned() },
            }),
        }
    }

    fn ask(&mut self, case: &str, calls: u64) -> std::io::Result<String> {
        let mut answer = String::new();
        if let Some(input) = &mut self.input {
            writeln!(input, "{case} {calls}")?;
            input.flush()?;
        }
        self.output.read_line(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.input = None;
        // It reads the end of its input and leaves; there is nobody to tell how.
        let _ = self.child.wait();
    }
}
