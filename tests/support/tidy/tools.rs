//! Runs a command and returns what it printed.

use std::io;
use std::path::Path;
use std::process::Command;

/// Standard output of a command that must succeed.
pub fn output(program: &str, arguments: &[&str]) -> io::Result<String> {
    finish(program, Command::new(program).args(arguments))
}

/// Standard output of cargo, run in `folder` without the network.
pub fn cargo(folder: &Path, arguments: &[&str]) -> io::Result<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.current_dir(folder).arg("--offline").args(arguments);
    finish("cargo", &mut command)
}

fn finish(program: &str, command: &mut Command) -> io::Result<String> {
    // Their messages are read here: not translated.
    let output = command.env("LC_ALL", "C").output().map_err(|error| {
        io::Error::new(error.kind(), format!("{program}: {error}; `make setup` installs what is missing"))
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("{command:?} failed: {}\n{said}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
