//! Which revision of which working copy a module is built from, for its `@(#)` identification.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable in which [`module!`](../cmp_bridge/macro.module.html) finds it.
const VARIABLE: &str = "CMP_BRIDGE_REVISION";
/// What would lead git elsewhere, when cargo is run by one of its hooks.
const GIT_VARIABLES: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/// Where a folder comes from: taken at build time, from Subversion or git. It holds no date and no name of a machine but
/// what the URL says: the same revision gives the same module.
///
/// In a build script:
///
/// ```no_run
/// cmp_bridge_codegen::Revision::of(env!("CARGO_MANIFEST_DIR")).tell_cargo();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    text: String,
    watched: Vec<PathBuf>,
}

impl Revision {
    /// The revision of a folder. Outside of a working copy, or without `svn` and `git`, it says so.
    ///
    /// Local modifications inside the folder are told (`M` as Subversion does, `-dirty` as git does), and so are files that
    /// nobody added yet and nobody ignores: they may be compiled in. What cargo makes (`Cargo.lock`, a target folder) is none.
    pub fn of(folder: impl AsRef<Path>) -> Revision {
        let folder = folder.as_ref();
        let mut revision = svn(folder).or_else(|| git(folder)).unwrap_or_else(|| Revision {
            text: "outside of any working copy".to_owned(),
            watched: Vec::new(),
        });
        revision.watched.extend(["Cargo.toml", "build.rs", "src"].map(|name| folder.join(name)));
        revision.watched.retain(|path| path.exists());
        revision
    }

    /// The lines that hand it to the module, and that tell cargo when to look again.
    pub fn cargo_lines(&self) -> String {
        let watched = self.watched.iter().map(|path| format!("cargo:rerun-if-changed={}\n", path.display()));
        watched.chain([format!("cargo:rustc-env={VARIABLE}={self}\n")]).collect()
    }

    /// Prints [`Revision::cargo_lines`] to standard output, where cargo reads what a build script says.
    pub fn tell_cargo(&self) {
        use std::io::Write;
        let _ = std::io::stdout().lock().write_all(self.cargo_lines().as_bytes());
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What a tool prints, if it is there and content.
fn output(tool: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let mut command = Command::new(tool);
    for name in GIT_VARIABLES {
        command.env_remove(name);
    }
    let done = command.args(arguments).current_dir(folder).env("LC_ALL", "C").output().ok()?;
    // Names of files may be in any encoding.
    let text = String::from_utf8_lossy(&done.stdout);
    done.status.success().then(|| text.trim_end().to_owned())
}

fn svn(folder: &Path) -> Option<Revision> {
    // `--show-item` is newer than the Subversion of RHEL 7.
    let info = output("svn", &["info", "--non-interactive", "."], folder)?;
    let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let mut number = output("svnversion", &["-n", "."], folder)?;
    // svnversion is silent about files that are not added, and about externals. Where nothing can be learnt, it is not clean.
    let status = output("svn", &["status", "--non-interactive", "."], folder);
    if status.is_none_or(|status| status.lines().any(|line| changed(line, folder))) && !number.contains('M') {
        let digits = number.find(|c: char| c.is_ascii_uppercase()).unwrap_or(number.len());
        number.insert(digits, 'M');
    }
    let url = without_secrets(field("URL:")?);
    let root = field("Working Copy Root Path:").map_or_else(|| folder.to_owned(), PathBuf::from);
    Some(Revision { text: line(&format!("svn r{number} {url}")), watched: vec![root.join(".svn/wc.db")] })
}

/// Whether a line of `svn status` tells of something that the revision does not say.
fn changed(line: &str, folder: &Path) -> bool {
    let mut columns = line.chars();
    match (columns.next(), columns.next()) {
        (Some('?'), _) => line.get(8..).is_none_or(|path| !made_by_cargo(&folder.join(path))),
        (Some('A' | 'C' | 'D' | 'M' | 'R' | '!' | '~'), _) | (Some(' '), Some('C' | 'M')) => true,
        _ => false,
    }
}

/// What lies in a module's folder although nobody wrote it.
fn made_by_cargo(path: &Path) -> bool {
    path.join("CACHEDIR.TAG").exists() || path.file_name().is_some_and(|name| name == "Cargo.lock")
}

fn git(folder: &Path) -> Option<Revision> {
    // A folder of build products inside a working copy is not a part of it.
    output("git", &["ls-files", "--error-unmatch", "."], folder)?;
    let mut text = format!("git {}", output("git", &["describe", "--always", "--abbrev=12"], folder)?);
    let modified =
        !output("git", &["status", "--porcelain", "--untracked-files=no", "--", "."], folder)?.is_empty();
    let new = ["ls-files", "--others", "--exclude-standard", "--directory", "-z", "--", "."];
    let new = output("git", &new, folder)?;
    let new = new.split('\0').filter(|path| !path.is_empty());
    if modified || new.into_iter().any(|path| !made_by_cargo(&folder.join(path))) {
        text += "-dirty";
    }
    match output("git", &["config", "--get", "remote.origin.url"], folder) {
        Some(url) if !url.is_empty() => text += &format!(" {}", without_secrets(&url)),
        _ => text += " (no remote)",
    }
    let path = |name| output("git", &["rev-parse", "--git-path", name], folder).map(|path| folder.join(path));
    Some(Revision {
        text: line(&text),
        watched: [path("HEAD"), path("logs/HEAD")].into_iter().flatten().collect(),
    })
}

/// An identification ends at a quote, a `>`, a backslash and a line end, and cargo's line at its own end.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '"' | '>' | '\\') { '?' } else { c }).collect()
}

/// A URL without the name and the password that some people write into it.
fn without_secrets(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let host = rest.split('/').next().unwrap_or(rest);
    match host.rsplit_once('@') {
        Some((secret, _)) if scheme != "ssh" && scheme != "svn+ssh" => {
            format!("{scheme}://{}", &rest[secret.len() + 1..])
        }
        Some((secret, _)) if secret.contains(':') => format!("{scheme}://{}", &rest[secret.len() + 1..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{line, without_secrets};

    #[test]
    fn passwords_do_not_get_into_modules() {
        for (url, expected) in [
            ("https://jean:secret@svn.cmp/trunk", "https://svn.cmp/trunk"),
            ("https://jean:s@cret@svn.cmp/trunk", "https://svn.cmp/trunk"),
            ("https://svn.cmp/a@b", "https://svn.cmp/a@b"),
            ("ssh://git@host/cmp.git", "ssh://git@host/cmp.git"),
            ("svn+ssh://jean:secret@host/cmp", "svn+ssh://host/cmp"),
            ("git@host:cmp.git", "git@host:cmp.git"),
            ("https://token@host", "https://host"),
        ] {
            assert_eq!(without_secrets(url), expected);
        }
        assert_eq!(line("svn r1 file:///a\"b>c\\d\ne"), "svn r1 file:///a?b?c?d?e");
    }
}
