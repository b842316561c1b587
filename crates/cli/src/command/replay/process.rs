//! Worker processes: started, asked, and started again when a call has killed them.

use super::Error;
use crate::pipes::{self, Pipes};
use crate::signals;
use cmp_bridge::control::{AgentState, ControlPage};
use cmp_bridge::launch;
use cmp_bridge::plan::Plan;
use cmp_bridge::ring::Rings;
use cmp_bridge::session::Session;
use cmp_bridge::worker::{Reply, Request, read_reply, write_request};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// What becomes of a call in a worker.
pub enum Answer {
    /// It was answered, or the worker says why not.
    Reply(Reply),
    /// The worker did not survive it: `SIGSEGV`, `exit 3`, `no answer within 5000 ms`.
    Died(String),
}

/// Where workers come from.
pub enum Origin {
    /// This command, with a module.
    Module(PathBuf),
    /// The legacy executable at its safe moment.
    Control {
        /// The executable.
        executable: PathBuf,
        /// The agent.
        agent: PathBuf,
        /// The plan and control page of the worker.
        session: ControlSession,
    },
}

/// The session of a control worker, removed at the end.
pub struct ControlSession(Session);

impl ControlSession {
    /// Writes what the agent needs.
    pub fn create(plan: &Plan) -> Result<ControlSession, Error> {
        let session = ControlSession(Session::create()?);
        session.0.write(&session.0.plan(), &plan.encode())?;
        session.page(plan)?;
        Rings::create(&session.0.rings(), 1, 1 << 16)?;
        Ok(session)
    }

    fn page(&self, plan: &Plan) -> Result<ControlPage, Error> {
        let routines: Vec<_> = plan
            .routines
            .iter()
            .map(|routine| (routine.name.as_str(), cmp_bridge::control::Route::Legacy, routine.allowed))
            .collect();
        Ok(ControlPage::create(&self.0.control(), &routines)?)
    }

    /// Why the agent did not serve, in its own words.
    fn refusal(&self) -> Option<String> {
        match ControlPage::open(&self.0.control()).ok()?.state() {
            AgentState::Refused(reason) => Some(reason),
            AgentState::Waiting => Some("the agent never spoke".to_owned()),
            _ => None,
        }
    }
}

impl Drop for ControlSession {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// A worker process, as long as it lives.
struct Running {
    child: Child,
    pipes: Pipes,
}

/// A worker that is started again whenever it has died.
pub struct Worker {
    origin: Origin,
    timeout: Duration,
    running: Option<Running>,
    /// Whether a process of this origin has ever answered.
    proven: bool,
}

impl Worker {
    /// A worker; its process starts with the first call.
    pub fn new(origin: Origin, timeout: Duration) -> Worker {
        Worker { origin, timeout, running: None, proven: false }
    }

    /// Lets the worker answer a call.
    pub fn ask(&mut self, request: &Request) -> Result<Answer, Error> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        if write_request(&mut running.pipes.requests, request).is_err() {
            // It died between two calls: this one has not begun yet. A fresh process gets it.
            let _ = end(&mut running.child);
            running = self.start()?;
            if let Err(source) = write_request(&mut running.pipes.requests, request) {
                return Err(self.useless(end(&mut running.child), source));
            }
        }
        let in_time = running.pipes.wait(self.timeout).map_err(Error::Worker)?;
        if !in_time {
            let _ = end(&mut running.child);
            return Ok(Answer::Died(format!("no answer within {} ms", self.timeout.as_millis())));
        }
        match read_reply(&mut running.pipes.replies) {
            Ok(reply) => {
                self.proven = true;
                self.running = Some(running);
                Ok(Answer::Reply(reply))
            }
            Err(source) => {
                let ended = wait_or_end(&mut running.child);
                // A worker that never gets as far as to answer is no evidence against a candidate.
                if let (false, Some(reason)) = (self.proven, self.refusal()) {
                    return Err(Error::WorkerRefused { reason });
                }
                match ended {
                    Ok(status) => Ok(Answer::Died(how(status))),
                    Err(_) => Err(Error::Worker(source)),
                }
            }
        }
    }

    fn refusal(&self) -> Option<String> {
        match &self.origin {
            Origin::Control { session, .. } => session.refusal(),
            Origin::Module(_) => None,
        }
    }

    fn useless(&self, ended: io::Result<ExitStatus>, source: io::Error) -> Error {
        let how = ended.map(how).unwrap_or_else(|error| error.to_string());
        match self.refusal() {
            Some(reason) => Error::WorkerRefused { reason },
            None => Error::WorkerStart { how, source },
        }
    }

    fn start(&self) -> Result<Running, Error> {
        let spawned = match &self.origin {
            Origin::Module(module) => {
                let this = std::env::current_exe().map_err(Error::Worker)?;
                pipes::spawn(|(read, write)| {
                    let mut command = Command::new(this);
                    command.arg("worker").arg(module).arg(read.to_string()).arg(write.to_string());
                    silent(command)
                })
            }
            Origin::Control { executable, agent, session } => pipes::spawn(|fds| {
                silent(launch::worker_command(&runnable(executable), agent, &session.0, fds))
            }),
        };
        let (child, pipes) = spawned.map_err(Error::Worker)?;
        Ok(Running { child, pipes })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.pipes);
            let _ = wait_or_end(&mut running.child);
        }
    }
}

/// What a legacy program or a candidate prints must not stand among the results.
fn silent(mut command: Command) -> Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A path that is not looked up in PATH.
fn runnable(executable: &Path) -> PathBuf {
    std::path::absolute(executable).unwrap_or_else(|_| executable.to_owned())
}

fn end(child: &mut Child) -> io::Result<ExitStatus> {
    let _ = child.kill();
    child.wait()
}

/// The end of a process that has closed its pipe and so is about to end; it is helped if it does not.
fn wait_or_end(child: &mut Child) -> io::Result<ExitStatus> {
    for _ in 0..200 {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    end(child)
}

fn how(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => signals::name(signal),
        (None, Some(code)) => format!("exit {code}"),
        (None, None) => status.to_string(),
    }
}
