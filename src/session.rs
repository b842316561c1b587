//! The session: the private directory of one run, through which `cmp-bridge` and the agent meet.

use crate::shared::{SharedError, user};
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Environment variable that leads the agent to its session. The agent removes it before the program's first line.
pub const SESSION_VARIABLE: &str = "CMP_BRIDGE_SESSION";
/// Environment variable `read,write`: descriptors of a replay's pipes. Its presence makes the process a worker.
pub const WORKER_VARIABLE: &str = "CMP_BRIDGE_WORKER";

/// Where the start script of an installed patch puts its sessions, a folder for each user: no cleaner of temporary files
/// goes there. It falls back to the folder that [`sessions_directory`] names without a variable.
pub const PATCH_SESSIONS: &str = "/var/lib/cmp-bridge/sessions";
/// The file that marks a session of a patch. Its start script removes it, when no process uses it any more.
const PATCH_MARK: &str = "patch";

/// The directory of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    directory: PathBuf,
}

/// Where the sessions of this user are: `$XDG_RUNTIME_DIR/cmp-bridge`, else `/tmp/cmp-bridge-UID`.
pub fn sessions_directory() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR") {
        Some(directory) if Path::new(&directory).is_absolute() => Path::new(&directory).join("cmp-bridge"),
        _ => PathBuf::from(format!("/tmp/cmp-bridge-{}", user())),
    }
}

fn require_private_directory(path: &Path) -> Result<(), SharedError> {
    let meta =
        fs::symlink_metadata(path).map_err(|source| SharedError::Io { path: path.to_owned(), source })?;
    let foreign = |what| Err(SharedError::Foreign { path: path.to_owned(), what, uid: user() });
    if !meta.is_dir() {
        return foreign("not a directory");
    }
    if meta.uid() != user() {
        return foreign("it belongs to another user");
    }
    if meta.mode() & 0o077 != 0 {
        return foreign("other users may open it");
    }
    Ok(())
}

impl Session {
    /// Creates the session of this process: a directory of mode 0700 that nobody else may enter.
    pub fn create() -> Result<Session, SharedError> {
        let parent = sessions_directory();
        let make = |path: &Path| match fs::DirBuilder::new().mode(0o700).create(path) {
            Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
                Err(SharedError::Io { path: path.to_owned(), source })
            }
            _ => require_private_directory(path),
        };
        make(&parent)?;
        Session::remove_stale(&parent);
        for attempt in 0u32.. {
            let directory = parent.join(format!("{}-{attempt}", std::process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&directory) {
                Ok(()) => return Ok(Session { directory }),
                Err(source) if source.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {}
                Err(source) => return Err(SharedError::Io { path: directory, source }),
            }
        }
        unreachable!("the loop ends by returning")
    }

    /// Removes the directories of runs that were killed.
    fn remove_stale(parent: &Path) {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let run =
                name.to_str().and_then(|n| n.split_once('-')).and_then(|(pid, _)| pid.parse::<u32>().ok());
            let session = Session { directory: entry.path() };
            let legacy = session.legacy_pid();
            let dead = |pid: u32| !Path::new(&format!("/proc/{pid}")).exists();
            let patch = session.directory.join(PATCH_MARK).exists();
            if !patch && run.is_some_and(dead) && legacy.is_none_or(dead) {
                session.remove();
            }
        }
    }

    fn legacy_pid(&self) -> Option<u32> {
        let page = crate::control::ControlPage::open(&self.control()).ok()?;
        Some(page.pid()).filter(|pid| *pid != 0)
    }

    /// Opens a session directory by its path, as the agent does.
    pub fn open(directory: &Path) -> Result<Session, SharedError> {
        require_private_directory(directory)?;
        Ok(Session { directory: directory.to_owned() })
    }

    /// All sessions of this user.
    pub fn list() -> Vec<Session> {
        let user = user();
        let mut folders = vec![sessions_directory(), PathBuf::from(format!("/tmp/cmp-bridge-{user}"))];
        folders.push(Path::new(PATCH_SESSIONS).join(user.to_string()));
        folders.dedup();
        let entries = folders.iter().flat_map(fs::read_dir).flatten().flatten();
        let mut sessions: Vec<Session> =
            entries.filter_map(|entry| Session::open(&entry.path()).ok()).collect();
        sessions.sort_by(|a, b| a.directory.cmp(&b.directory));
        sessions
    }

    /// The session of a legacy process, or of the `cmp-bridge run` that started it.
    pub fn find(pid: u32) -> Option<Session> {
        let prefix = format!("{pid}-");
        let of_run =
            |s: &Session| s.directory.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&prefix));
        Session::list().into_iter().find(|session| session.legacy_pid() == Some(pid) || of_run(session))
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The compiled plan.
    pub fn plan(&self) -> PathBuf {
        self.directory.join("plan")
    }

    /// The control page.
    pub fn control(&self) -> PathBuf {
        self.directory.join("control")
    }

    /// The rings.
    pub fn rings(&self) -> PathBuf {
        self.directory.join("rings")
    }

    /// Writes a file of the session with mode 0600.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SharedError> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let io = |source| SharedError::Io { path: path.to_owned(), source };
        let mut file = fs::File::options().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
        file.write_all(bytes).map_err(io)
    }

    /// Reads a private file of the session.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, SharedError> {
        use std::io::Read;
        let io = |source| SharedError::Io { path: path.to_owned(), source };
        let mut file = fs::File::open(path).map_err(io)?;
        crate::shared::require_private(path, &file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io)?;
        Ok(bytes)
    }

    /// Removes the directory.
    pub fn remove(&self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}
