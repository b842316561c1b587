//! The programs that call and answer, each a process of its own.

use crate::Failure;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A process that ends with its handle.
pub struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
    input: ChildStdin,
    name: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Result<Process, Failure> {
        let name = format!("{command:?}");
        let failed = |error: &dyn std::fmt::Display| Failure(format!("{name}: {error}"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| failed(&error))?;
        let (Some(out), Some(input)) = (child.stdout.take(), child.stdin.take()) else {
            return Err(failed(&"no pipes"));
        };
        Ok(Process { child, out: BufReader::new(out), input, name })
    }

    /// Its next line.
    pub fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        let read =
            self.out.read_line(&mut line).map_err(|error| Failure(format!("{}: {error}", self.name)))?;
        if read == 0 {
            let status =
                self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
            return Err(Failure(format!("{} ended: {status}", self.name)));
        }
        Ok(line.trim().to_owned())
    }

    /// Has a client make calls: the nanoseconds that it answers.
    pub fn ask(&mut self, what: &str, count: usize) -> Result<Vec<f64>, Failure> {
        writeln!(self.input, "{what} {count}").map_err(|error| Failure(format!("{}: {error}", self.name)))?;
        let line = self.line()?;
        let times: Result<Vec<f64>, _> = line.split_whitespace().map(str::parse).collect();
        times.map_err(|_| Failure(format!("{} said `{line}`", self.name)))
    }
}

/// `cmp-bridge serve` with the module of the benchmark; its address.
pub fn serve(folder: &Path, bridge: &Path, module: &Path) -> Result<(Process, String), Failure> {
    let contract = folder.join("bench.toml");
    let text = format!(
        "contracts = [{contract:?}]\nmodules = [{module:?}]\n[serve]\nlisten = [\"127.0.0.1:0\"]\n\
         journal = {:?}\n",
        folder.join("seen.journal")
    );
    let config = folder.join("serve.toml");
    std::fs::write(&config, text).map_err(|error| Failure(format!("{}: {error}", config.display())))?;
    let _ = std::fs::remove_file(folder.join("seen.journal"));
    let mut server = Process::start(Command::new(bridge).args(["serve", "--config"]).arg(&config))?;
    let line = server.line()?;
    match line.strip_prefix("listening on ") {
        Some(address) => Ok((server, address.to_owned())),
        None => Err(Failure(format!("`cmp-bridge serve` said `{line}`"))),
    }
}

/// A server that prints its port.
pub fn server(command: &mut Command) -> Result<(Process, String), Failure> {
    let mut server = Process::start(command)?;
    let port = server.line()?;
    Ok((server, port))
}

/// The C89 stub in a route.
pub fn stub(folder: &Path, address: &str, route: &str) -> Result<Process, Failure> {
    let mut command = Command::new(folder.join("stub_client"));
    command.arg(route).env("CMP_BRIDGE_SERVER", address).env_remove("CMP_BRIDGE_ROUTES");
    Process::start(command.env_remove("CMP_BRIDGE_JOURNAL"))
}
