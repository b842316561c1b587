//! Where the agent's library is.

use cmp_bridge_inspect::binary::Binary;
use std::io;
use std::path::{Path, PathBuf};

const FILE: &str = "libcmp_bridge_agent.so";

/// The agent's library: named, beside this command (a build), in the `lib` folder next to the command's (`make install`), or
/// unpacked from this very command where it was built with the feature `bundle-agent` (`cargo install`).
pub fn find(named: Option<&Path>) -> io::Result<PathBuf> {
    let command = std::env::current_exe().unwrap_or_default();
    let beside = command.with_file_name(FILE);
    let installed = command.parent().map(|folder| folder.join("../lib/cmp-bridge").join(FILE));
    let path = match named {
        Some(path) => path.to_owned(),
        None => match [Some(beside.clone()), installed].into_iter().flatten().find(|path| path.is_file()) {
            Some(path) => path,
            None => bundled()?.unwrap_or(beside),
        },
    };
    Ok(std::path::absolute(&path).unwrap_or(path))
}

/// Why a file cannot be preloaded as the agent.
pub fn fault(path: &Path) -> Option<&'static str> {
    if !path.is_file() {
        return Some("the agent is not there");
    }
    if !cmp_bridge::launch::preload_accepts(path) {
        return Some("the loader cannot preload a file with a space or a colon in its path");
    }
    // What is not the agent would leave the program without hooks, and nobody would say so.
    let is_agent = Binary::open(path).is_ok_and(|binary| is_agent(&binary));
    (!is_agent).then_some("not the agent of cmp-bridge")
}

#[cfg(not(feature = "bundle-agent"))]
fn bundled() -> io::Result<Option<PathBuf>> {
    Ok(None)
}

/// `cargo install` installs commands only. So the agent travels in the command, and is written once to the user's cache, under
/// a name that depends on its bytes.
#[cfg(feature = "bundle-agent")]
fn bundled() -> io::Result<Option<PathBuf>> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    const BYTES: &[u8] = include_bytes!(env!("CMP_BRIDGE_BUNDLED_AGENT"));
    let mut hasher = DefaultHasher::new();
    BYTES.hash(&mut hasher);
    let cache = match (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME")) {
        (Some(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Some(home)) if !home.is_empty() => PathBuf::from(home).join(".cache"),
        _ => return Ok(None),
    };
    let folder = cache.join("cmp-bridge").join(format!("agent-{:016x}", hasher.finish()));
    let path = folder.join(FILE);
    if std::fs::read(&path).is_ok_and(|bytes| bytes == BYTES) {
        return Ok(Some(path));
    }
    std::fs::create_dir_all(&folder)?;
    // Renamed into place: another command may do the same at this moment.
    let written = folder.join(format!("{FILE}.{}", std::process::id()));
    std::fs::write(&written, BYTES)?;
    std::fs::rename(&written, &path)?;
    Ok(Some(path))
}

/// Whether a file is a shared library that comes first (`-z initfirst`) and answers in the unwinder's stead.
fn is_agent(binary: &Binary) -> bool {
    const DT_FLAGS_1: u64 = 0x6fff_fffb;
    const DF_1_INITFIRST: u64 = 0x20;
    let section = binary.section_bytes(".dynamic").ok().flatten().unwrap_or_default();
    let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
    let mut entries = section.chunks_exact(16).map(|entry| (word(&entry[..8]), word(&entry[8..])));
    !binary.is_executable()
        && entries.any(|(tag, flags)| tag == DT_FLAGS_1 && flags & DF_1_INITFIRST != 0)
        && binary.symbols().iter().any(|s| s.dynamic && s.is_function() && s.name == "_dl_find_object")
}
