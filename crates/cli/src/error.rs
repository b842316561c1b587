//! How errors are told: what happened, why, and one hint.

use crate::output::{Paint, note};
use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// An error of a command, which knows what a user can do about it.
pub trait Explain: Error {
    /// What to do.
    fn hint(&self) -> Option<String>;
}

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything is as it should be.
    Good,
    /// There are findings or mismatches.
    Findings,
    /// The program that was run ended with this status.
    Status(u8),
    /// The program that was run was killed by this signal.
    Signal(i32),
}

/// A file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot be {verb}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// `read`, `written` ...
    pub verb: &'static str,
    /// The system's reason.
    pub source: io::Error,
}

impl FileError {
    /// Makes one of a system's error.
    pub fn new(path: impl Into<PathBuf>, verb: &'static str) -> impl FnOnce(io::Error) -> FileError {
        let path = path.into();
        move |source| FileError { path, verb, source }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self.source.kind() {
            io::ErrorKind::NotFound => {
                "check the path; a name without `/` is looked for in the current folder"
            }
            io::ErrorKind::PermissionDenied => "check the permissions of the file and of its folders",
            io::ErrorKind::StorageFull | io::ErrorKind::FileTooLarge => "make room, or write to another disk",
            io::ErrorKind::AlreadyExists => {
                "move it away, or choose another name: evidence is never overwritten"
            }
            io::ErrorKind::InvalidData => "the file must be UTF-8 text",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// Most bytes of a text that people write: a contract, a header, a bridge.toml.
const MAX_TEXT: u64 = 64 << 20;

/// Opens a regular file: a pipe would wait for its other end for ever, and a device may have none.
pub fn open_regular(path: &Path) -> Result<File, FileError> {
    let refused = |text: &str| FileError::new(path, "read")(io::Error::other(text.to_owned()));
    let about = std::fs::metadata(path).map_err(FileError::new(path, "read"))?;
    match about.is_file() {
        true => File::open(path).map_err(FileError::new(path, "read")),
        false if about.is_dir() => Err(refused("it is a folder, not a file")),
        false => Err(refused("it is a pipe or a device, not a file")),
    }
}

/// The text of a regular file of a sane size.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let mut text = String::new();
    let read = open_regular(path)?.take(MAX_TEXT + 1).read_to_string(&mut text);
    read.map_err(FileError::new(path, "read"))?;
    match text.len() as u64 > MAX_TEXT {
        true => {
            let cause = io::Error::other("it has more than 64 MiB, which no text that people write has");
            Err(FileError::new(path, "read")(cause))
        }
        false => Ok(text),
    }
}

/// An error and its causes, in one line.
pub fn chain(error: &dyn Error) -> String {
    let mut texts = vec![error.to_string()];
    texts.extend(causes(error));
    texts.join(": ")
}

/// What its causes say that it does not quote itself.
fn causes(error: &dyn Error) -> Vec<String> {
    let (mut texts, mut told, mut cause) = (Vec::new(), error.to_string(), error.source());
    while let Some(error) = cause {
        let text = error.to_string();
        if !told.contains(&text) {
            texts.push(text.clone());
        }
        told = text;
        cause = error.source();
    }
    texts
}

/// Tells an error on standard error: its chain of causes, and its hint.
pub fn tell(error: &dyn Error, hint: Option<String>) {
    let paint = Paint::stderr();
    note(&format!("{} {error}", paint.bad("error:")));
    for text in causes(error) {
        text.lines().for_each(|line| note(&format!("  because {line}")));
    }
    if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
        note(&format!("  {} {hint}", paint.title("hint:")));
    }
}

/// Whether an error is nothing but a reader of standard output that went away.
pub fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let mut error = Some(error);
    while let Some(current) = error {
        if current.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
            return true;
        }
        error = current.source();
    }
    false
}
