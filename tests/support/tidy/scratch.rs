//! A small tree of files for one test, removed when the test ends.

use std::fs;
use std::path::{Path, PathBuf};

use super::tree::Tree;

pub struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// An empty directory, private to this test of this process.
    pub fn new(name: &str) -> Scratch {
        let root = std::env::temp_dir().join(format!("cmp-bridge-tidy-{name}-{}", std::process::id()));
        if root.exists() {
            fs::remove_dir_all(&root).expect("an old scratch directory can be removed");
        }
        fs::create_dir_all(&root).expect("a scratch directory");
        Scratch { root }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes a file, with the folders it needs.
    pub fn file(&self, path: &str, content: impl AsRef<[u8]>) -> &Scratch {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, content).expect("a written file");
        self
    }

    pub fn tree(&self) -> Tree {
        Tree::read(&self.root).expect("a readable tree")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A directory that stays behind in the temporary folder is no reason to fail a test.
        let _ = fs::remove_dir_all(&self.root);
    }
}
