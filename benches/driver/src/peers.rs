//! The programs that are not under the agent, and the tracers that do a part of its work.

use crate::subject::Subject;
use cmp_bridge_bench::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Who makes the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The same program, unobserved.
    Plain,
    /// The same program under ltrace.
    Ltrace,
    /// The same program with an LTTng-UST tracepoint.
    Lttng,
    /// `Control`, linked with the legacy code.
    Linked,
    /// `Control`, through the slot that the agent fills.
    Slot,
}

impl Peer {
    const ALL: [Peer; 5] = [Peer::Plain, Peer::Ltrace, Peer::Lttng, Peer::Linked, Peer::Slot];

    fn title(self) -> &'static str {
        match self {
            Peer::Plain => "the program alone",
            Peer::Ltrace => "ltrace",
            Peer::Lttng => "LTTng-UST",
            Peer::Linked => "Control, linked",
            Peer::Slot => "Control, under the agent",
        }
    }
}

/// Those that are here.
pub struct Peers {
    started: Vec<(Peer, Subject)>,
    /// Those that are not, and why.
    pub absent: Vec<(&'static str, String)>,
    /// Dropped after the programs it traces.
    _lttng: Option<Lttng>,
}

impl Peers {
    /// Starts every peer that this machine has.
    pub fn start(folder: &Path) -> Peers {
        let (mut started, mut absent, mut lttng) = (Vec::new(), Vec::new(), None);
        for peer in Peer::ALL {
            match start(peer, folder, &mut lttng) {
                Ok(subject) => started.push((peer, subject)),
                Err(reason) => absent.push((peer.title(), reason)),
            }
        }
        Peers { started, absent, _lttng: lttng }
    }

    /// Makes calls; `None` where the peer is not there, or cannot do it.
    pub fn run(
        &mut self,
        peer: Peer,
        key: &'static str,
        way: &str,
        calls: u64,
    ) -> Result<Option<f64>, Error> {
        let Some((_, subject)) = self.started.iter_mut().find(|(p, _)| *p == peer) else { return Ok(None) };
        match subject.run(way, calls) {
            Err(Error::Unmeasured { answer, .. }) => {
                if self.absent.iter().all(|(name, _)| *name != key) {
                    self.absent.push((key, answer));
                }
                Ok(None)
            }
            time => time.map(Some),
        }
    }
}

fn start(peer: Peer, folder: &Path, lttng: &mut Option<Lttng>) -> Result<Subject, String> {
    let (program, command) = match peer {
        Peer::Plain => plain(folder.join("host")),
        Peer::Linked => plain(folder.join("control-linked")),
        Peer::Slot => plain(folder.join("control-slot")),
        Peer::Ltrace => {
            let mut command = Command::new("ltrace");
            command.arg("-o").arg(folder.join("ltrace.out")).args(["-e", "bench_weigh_shared"]);
            command.arg(folder.join("host"));
            (folder.join("host"), command)
        }
        Peer::Lttng => {
            let program = folder.join("host-lttng");
            if !program.exists() {
                return Err("liblttng-ust-dev is not installed".to_owned());
            }
            *lttng = Some(Lttng::start(folder)?);
            let mut command = Command::new(&program);
            // The program waits until the session knows it.
            command.env("LTTNG_UST_REGISTER_TIMEOUT", "-1").env("LTTNG_HOME", folder);
            (program, command)
        }
    };
    Subject::start(&program, command).map_err(|error| error.to_string())
}

fn plain(program: PathBuf) -> (PathBuf, Command) {
    let command = Command::new(&program);
    (program, command)
}

/// A tracing session in flight-recorder mode: nothing is written to disk, nothing is discarded.
struct Lttng {
    folder: PathBuf,
    name: String,
    daemon: Option<Child>,
}

impl Lttng {
    fn start(folder: &Path) -> Result<Lttng, String> {
        let name = format!("cmp-bridge-bench-{}", std::process::id());
        let mut session = Lttng { folder: folder.to_owned(), name, daemon: None };
        if session.tell(&["list"]).is_err() {
            session.daemon = Some(session.daemon()?);
        }
        let name = session.name.clone();
        let output = format!("--output={}", folder.join("trace").display());
        session.tell(&["create", &name, "--snapshot", &output])?;
        let channel = [
            "enable-channel",
            "--session",
            &name,
            "--userspace",
            "--subbuf-size=4M",
            "--num-subbuf=4",
            "events",
        ];
        session.tell(&channel)?;
        session.tell(&[
            "enable-event",
            "--session",
            &name,
            "--userspace",
            "--channel=events",
            "cmp_bridge_bench:weigh",
        ])?;
        session.tell(&["start", &name])?;
        Ok(session)
    }

    fn daemon(&self) -> Result<Child, String> {
        let mut command = Command::new("lttng-sessiond");
        command.arg("--no-kernel").env("LTTNG_HOME", &self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| format!("lttng-sessiond: {error}"))?;
        for _ in 0..50 {
            if self.tell(&["list"]).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(child)
    }

    fn tell(&self, words: &[&str]) -> Result<(), String> {
        let mut command = Command::new("lttng");
        command.arg("--no-sessiond").args(words).env("LTTNG_HOME", &self.folder);
        let output = command.output().map_err(|error| format!("lttng: {error}"))?;
        match output.status.success() {
            true => Ok(()),
            false => Err(format!("lttng {}: {}", words[0], String::from_utf8_lossy(&output.stderr).trim())),
        }
    }
}

impl Drop for Lttng {
    fn drop(&mut self) {
        let _ = self.tell(&["destroy", &self.name]);
        if let Some(daemon) = &mut self.daemon {
            // Asked, not killed: it takes its consumer daemon with it.
            let _ = Command::new("kill").arg(daemon.id().to_string()).status();
            let _ = daemon.wait();
        }
    }
}
