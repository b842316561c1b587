//! Where the agent and the command are.

use std::path::{Path, PathBuf};

const AGENT: &str = "libcmp_bridge_agent.so";
const COMMAND: &str = "cmp-bridge";

/// The agent's library: named, in `CMP_BRIDGE_AGENT`, or in a folder where it is usual.
pub fn agent(named: Option<&Path>) -> Option<PathBuf> {
    let variable = || std::env::var_os("CMP_BRIDGE_AGENT").map(PathBuf::from);
    named
        .map(Path::to_owned)
        .or_else(variable)
        .filter(|path| path.is_file())
        .or_else(|| usual(AGENT))
        .map(absolute)
}

/// The command: in `CMP_BRIDGE_COMMAND`, or in a folder where it is usual.
pub fn command(named: Option<&Path>) -> Option<PathBuf> {
    let variable = || std::env::var_os("CMP_BRIDGE_COMMAND").map(PathBuf::from);
    let named = named.map(Path::to_owned).or_else(variable).filter(|path| path.is_file());
    named.or_else(|| usual(COMMAND)).map(absolute)
}

/// Beside this program, in the folders above it (a test is in `target/debug/deps`), and in those of PATH.
fn usual(file: &str) -> Option<PathBuf> {
    let this = std::env::current_exe().ok();
    let near = this.iter().flat_map(|this| this.ancestors().skip(1).take(3));
    let near = near.map(Path::to_owned);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = near.chain(std::env::split_paths(&path));
    folders.find_map(|folder| Some(folder.join(file)).filter(|path| path.is_file()))
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}
