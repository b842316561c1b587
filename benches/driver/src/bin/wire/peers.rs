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

/// Where a process may run: on this processor alone, or wherever the system puts it.
pub type Place = Option<usize>;

/// A program in its place.
fn command(program: &Path, place: Place) -> Command {
    let Some(processor) = place else { return Command::new(program) };
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &processor.to_string()]).arg(program);
    command
}

/// The processors that this process may use.
pub fn processors() -> Result<Vec<usize>, Failure> {
    const STATUS: &str = "/proc/self/status";
    let text = std::fs::read_to_string(STATUS).map_err(|error| Failure(format!("{STATUS}: {error}")))?;
    let list = text.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or("");
    let range = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    let ranges: Option<Vec<_>> = list.trim().split(',').map(range).collect();
    ranges
        .map(|ranges| ranges.into_iter().flatten().collect())
        .ok_or_else(|| Failure(format!("{STATUS}: no list of processors in `{list}`")))
}

/// The clients that make one call after the other, and their servers.
pub struct Peers {
    /// TCP with nothing on it.
    pub raw: Process,
    /// libtirpc's rpcgen client.
    pub tirpc: Process,
    /// The C89 stub.
    pub stub: Process,
    _servers: [Process; 3],
}

impl Peers {
    /// Clients in one place, servers in another or the same.
    pub fn start(
        (folder, bridge, module): (&Path, &Path, &Path),
        [call, reply]: [usize; 2],
        [client, server]: [Place; 2],
    ) -> Result<Peers, Failure> {
        let program = |name: &str, place| command(&folder.join(name), place);
        let [call, reply] = [call, reply].map(|size| size.to_string());
        let (raw_server, raw_port) = self::server(program("raw", server).args(["serve", &call, &reply]))?;
        let (tirpc_server, tirpc_port) = self::server(&mut program("tirpc_server", server))?;
        let (serve, address) = serve((folder, bridge, module), server, None)?;
        Ok(Peers {
            raw: Process::start(program("raw", client).args(["call", &raw_port, &call, &reply]))?,
            tirpc: Process::start(program("tirpc_client", client).arg(&tirpc_port))?,
            stub: stub(folder, &address, "rust", client)?,
            _servers: [raw_server, tirpc_server, serve],
        })
    }
}

/// `cmp-bridge serve` with the module of the benchmark; its address. What it is told goes to the journal, if there is one.
pub fn serve(
    (folder, bridge, module): (&Path, &Path, &Path),
    place: Place,
    journal: Option<&Path>,
) -> Result<(Process, String), Failure> {
    let contract = folder.join("bench.toml");
    let mut text =
        format!("contracts = [{contract:?}]\nmodules = [{module:?}]\n[serve]\nlisten = [\"127.0.0.1:0\"]\n");
    if let Some(journal) = journal {
        text += &format!("journal = {journal:?}\n");
        let _ = std::fs::remove_file(journal);
    }
    let config = folder.join("serve.toml");
    std::fs::write(&config, text).map_err(|error| Failure(format!("{}: {error}", config.display())))?;
    let mut server = Process::start(command(bridge, place).args(["serve", "--config"]).arg(&config))?;
    let line = server.line()?;
    match line.strip_prefix("listening on ") {
        Some(address) => Ok((server, address.to_owned())),
        None => Err(Failure(format!("`cmp-bridge serve` said `{line}`"))),
    }
}

/// A server that prints its port.
fn server(command: &mut Command) -> Result<(Process, String), Failure> {
    let mut server = Process::start(command)?;
    let port = server.line()?;
    Ok((server, port))
}

/// The C89 stub in a route.
pub fn stub(folder: &Path, address: &str, route: &str, place: Place) -> Result<Process, Failure> {
    let mut command = command(&folder.join("stub_client"), place);
    command.arg(route).env("CMP_BRIDGE_SERVER", address).env_remove("CMP_BRIDGE_ROUTES");
    Process::start(command.env_remove("CMP_BRIDGE_JOURNAL"))
}
