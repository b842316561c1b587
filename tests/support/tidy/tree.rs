//! The files of a tree, read once.

use super::tools;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A directory and the files in it that belong to the project.
pub struct Tree {
    pub root: PathBuf,
    pub files: Vec<File>,
}

/// One file that holds text.
pub struct File {
    /// Relative to the root, with `/` between its parts.
    pub path: String,
    pub bytes: Vec<u8>,
}

impl Tree {
    /// Reads the files git knows or would add; all files, where `root` is no git checkout. Files
    /// that hold a NUL byte are no text and are left out.
    pub fn read(root: &Path) -> io::Result<Tree> {
        let mut paths = if root.join(".git").exists() { listed_by_git(root)? } else { walked(root)? };
        paths.sort();
        paths.dedup();
        let mut files = Vec::new();
        for path in paths {
            let full = root.join(&path);
            if !full.is_file() {
                continue; // deleted but not yet committed, or a link to nowhere
            }
            let bytes = fs::read(&full)?;
            if !bytes.contains(&0) {
                files.push(File { path, bytes });
            }
        }
        Ok(Tree { root: root.to_owned(), files })
    }

    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.has_extension(&["rs"]))
    }

    /// Files below any of these folders, each given as `folder/`.
    pub fn below<'a>(&'a self, folders: &'a [&'a str]) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(|file| file.is_below(folders))
    }
}

impl File {
    /// The text; bytes that are not UTF-8 are read as ISO-8859-1, which every byte is.
    pub fn text(&self) -> String {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => self.bytes.iter().map(|&byte| char::from(byte)).collect(),
        }
    }

    pub fn has_extension(&self, extensions: &[&str]) -> bool {
        let extension = Path::new(&self.path).extension().and_then(|text| text.to_str());
        extension.is_some_and(|found| extensions.contains(&found))
    }

    pub fn is_below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }
}

fn listed_by_git(root: &Path) -> io::Result<Vec<String>> {
    let root = root.to_str().ok_or_else(|| io::Error::other("the root is not UTF-8"))?;
    // A clone that belongs to another user, as in a container, is still ours to read.
    let arguments = ["-c", "safe.directory=*", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"];
    let listing = tools::output("git", &arguments)?;
    Ok(listing.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

fn walked(root: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let kind = entry.file_type()?;
            if kind.is_dir() && name != "target" && name != ".git" {
                folders.push(entry.path());
            } else if kind.is_file() {
                paths.push(relative(root, &entry.path()));
            }
        }
    }
    Ok(paths)
}

fn relative(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).expect("a walk stays below its root");
    let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::scratch::Scratch;
    use super::super::tools;
    use super::*;

    fn paths(root: &Path) -> Vec<String> {
        let tree = Tree::read(root).expect("a readable tree");
        tree.files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn a_tree_without_git_is_walked() {
        let scratch = Scratch::new("walk");
        scratch.file("src/b.rs", "").file("a.md", "").file("target/c.rs", "").file("x.bin", "\0");
        assert_eq!(paths(scratch.root()), ["a.md", "src/b.rs"]);
    }

    #[test]
    fn a_checkout_shows_what_git_does_not_ignore() {
        let scratch = Scratch::new("git");
        scratch.file(".gitignore", "*.o\n").file("a.c", "").file("a.o", "").file("gone.c", "");
        let root = scratch.root().to_str().expect("a path in UTF-8");
        tools::output("git", &["-C", root, "init", "--quiet"]).expect("git init");
        tools::output("git", &["-C", root, "add", "gone.c"]).expect("git add");
        fs::remove_file(scratch.root().join("gone.c")).expect("a file to remove");
        assert_eq!(paths(scratch.root()), [".gitignore", "a.c"]);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_read_as_latin_1() {
        let file = File { path: "a.c".into(), bytes: b"mis \xe0 poste".to_vec() };
        assert_eq!(file.text(), "mis à poste");
    }
}
