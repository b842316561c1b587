//! Worker processes: started, asked, and started again when a call has killed them.

use crate::death::Death;
use crate::pipes::{self, Pipes};
use crate::remote::{Remote, RemoteError};
use cmp_bridge::control::{AgentState, ControlPage, Route};
use cmp_bridge::launch::{self, WorkerStart};
use cmp_bridge::plan::Plan;
use cmp_bridge::ring::Rings;
use cmp_bridge::session::Session;
use cmp_bridge::shared::SharedError;
use cmp_bridge::worker::{Reply, Request, read_reply, write_request};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

/// Why a worker cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// A session for the worker.
    #[error(transparent)]
    Session(#[from] SharedError),
    /// A worker cannot be reached.
    #[error("a worker process cannot be started or reached")]
    Reach(#[from] io::Error),
    /// A worker died before it could be asked.
    #[error("a worker process ended ({how}) before it could be asked{}", told(printed))]
    Start {
        /// How it ended.
        how: Death,
        /// What it printed.
        printed: String,
    },
    /// A server cannot be asked.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The agent in a worker refused.
    #[error("the executable does not serve: {reason}")]
    Refused {
        /// Its words.
        reason: String,
    },
}

fn told(printed: &str) -> String {
    if printed.is_empty() { String::new() } else { format!("; it printed:\n{}", printed.trim_end()) }
}

/// What becomes of a call in a worker.
pub enum Answer {
    /// It was answered, or the worker says why not.
    Reply(Box<Reply>),
    /// The worker did not survive it.
    Died(Death),
}

/// Where workers come from.
pub enum Origin {
    /// The command, with a module.
    Module {
        /// The command `cmp-bridge`.
        command: PathBuf,
        /// The module.
        module: PathBuf,
    },
    /// The legacy executable at its safe moment.
    Control {
        /// The executable.
        executable: PathBuf,
        /// What it is started with.
        start: WorkerStart,
        /// Its working folder; that of this process where there is none.
        folder: Option<PathBuf>,
        /// The agent.
        agent: PathBuf,
        /// The plan and control page of the worker.
        session: ControlSession,
    },
    /// No process of ours: a server, on another machine perhaps.
    Remote(Box<Remote>),
}

/// The session of a control worker, removed at the end.
pub struct ControlSession(Session);

impl ControlSession {
    /// Writes what the agent needs.
    pub fn create(plan: &Plan) -> Result<ControlSession, SharedError> {
        let session = ControlSession(Session::create()?);
        session.0.write(&session.0.plan(), &plan.encode())?;
        session.page(plan)?;
        Rings::create(&session.0.rings(), 1, 1 << 16)?;
        Ok(session)
    }

    fn page(&self, plan: &Plan) -> Result<ControlPage, SharedError> {
        let routines: Vec<_> = plan
            .routines
            .iter()
            .map(|routine| (routine.name.as_str(), Route::Legacy, routine.allowed))
            .collect();
        ControlPage::create(&self.0.control(), &routines)
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
    /// What the routines print is kept.
    tap: bool,
    printed: (String, String),
    running: Option<Running>,
    /// Whether a process of this origin has ever answered.
    proven: bool,
}

impl Worker {
    /// A worker; its process starts with the first call. What its routines print is thrown away.
    pub fn new(origin: Origin, timeout: Duration) -> Worker {
        Worker { origin, timeout, tap: false, printed: Default::default(), running: None, proven: false }
    }

    /// The same, but what the routines print is kept.
    pub fn printing(origin: Origin, timeout: Duration) -> Worker {
        let mut worker = Worker::new(origin, timeout);
        worker.tap = true;
        worker
    }

    /// Lets the worker answer a call.
    pub fn ask(&mut self, request: &Request) -> Result<Answer, WorkerError> {
        if let Origin::Remote(remote) = &mut self.origin {
            return Ok(remote.ask(request, self.timeout)?);
        }
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        if write_request(&mut running.pipes.requests, request).is_err() {
            // It died between two calls: this one has not begun yet. A fresh process gets it.
            let _ = end(&mut running.child);
            running = self.start()?;
            if write_request(&mut running.pipes.requests, request).is_err() {
                return Err(self.useless(&mut running));
            }
        }
        let in_time = running.pipes.wait(self.timeout)?;
        if !in_time {
            let _ = end(&mut running.child);
            self.printed = running.pipes.take_printed();
            return Ok(Answer::Died(Death::Timeout(self.timeout)));
        }
        match read_reply(&mut running.pipes.replies) {
            Ok(reply) => {
                self.proven = true;
                self.printed = running.pipes.take_printed();
                self.running = Some(running);
                Ok(Answer::Reply(Box::new(reply)))
            }
            Err(source) => {
                let ended = wait_or_end(&mut running.child);
                self.printed = running.pipes.take_printed();
                // A worker that never gets as far as to answer is no evidence against a candidate.
                if let (false, Some(reason)) = (self.proven, self.refusal()) {
                    return Err(WorkerError::Refused { reason });
                }
                match ended {
                    Ok(status) => Ok(Answer::Died(status.into())),
                    Err(_) => Err(WorkerError::Reach(source)),
                }
            }
        }
    }

    /// What was printed during the last call: standard output, standard error.
    pub fn take_printed(&mut self) -> (String, String) {
        std::mem::take(&mut self.printed)
    }

    /// Ends the process; the next call has a fresh one.
    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.pipes);
            let _ = wait_or_end(&mut running.child);
        }
    }

    /// Whether a process is there, with the state that calls have left in it.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    fn refusal(&self) -> Option<String> {
        match &self.origin {
            Origin::Control { session, .. } => session.refusal(),
            Origin::Module { .. } | Origin::Remote(_) => None,
        }
    }

    fn useless(&self, running: &mut Running) -> WorkerError {
        let status = wait_or_end(&mut running.child);
        let (out, err) = running.pipes.take_printed();
        match (self.refusal(), status) {
            (Some(reason), _) => WorkerError::Refused { reason },
            (None, Ok(status)) => WorkerError::Start { how: status.into(), printed: out + &err },
            (None, Err(error)) => WorkerError::Reach(error),
        }
    }

    fn start(&mut self) -> Result<Running, WorkerError> {
        let spawned = match &self.origin {
            // Asked without a process.
            Origin::Remote(_) => Err(io::ErrorKind::Unsupported.into()),
            Origin::Module { command, module } => pipes::spawn(self.tap, |(read, write)| {
                let mut command = Command::new(command);
                command.arg("worker").arg(module).arg(read.to_string()).arg(write.to_string());
                command
            }),
            Origin::Control { executable, start, folder, agent, session } => pipes::spawn(self.tap, |fds| {
                let mut command =
                    launch::worker_command(&runnable(executable), start, agent, &session.0, fds);
                if let Some(folder) = folder {
                    command.current_dir(folder);
                }
                command
            }),
        };
        let (child, pipes) = spawned?;
        let mut running = Running { child, pipes };
        if self.tap {
            self.greet(&mut running)?;
        }
        Ok(running)
    }

    /// Waits until the worker serves: what the program printed before that belongs to no call.
    fn greet(&mut self, running: &mut Running) -> Result<(), WorkerError> {
        let nobody = Request::default();
        let answered = write_request(&mut running.pipes.requests, &nobody).is_ok()
            && running.pipes.wait(self.timeout)?
            && read_reply(&mut running.pipes.replies).is_ok();
        if !answered {
            if let Ok(None) = running.child.try_wait() {
                pipes::kill(&mut running.child);
            }
            return Err(self.useless(running));
        }
        self.proven = true;
        let _ = running.pipes.take_printed();
        Ok(())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A path that is not looked up in PATH.
fn runnable(executable: &Path) -> PathBuf {
    std::path::absolute(executable).unwrap_or_else(|_| executable.to_owned())
}

fn end(child: &mut Child) -> io::Result<ExitStatus> {
    pipes::kill(child);
    child.wait()
}

/// The end of a process that has closed its pipe and so is about to end; it is helped if it does not.
fn wait_or_end(child: &mut Child) -> io::Result<ExitStatus> {
    for _ in 0..200 {
        if pipes::has_ended(child) {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // What it has forked ends with it.
    end(child)
}
