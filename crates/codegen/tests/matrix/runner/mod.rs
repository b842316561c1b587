//! Builds and runs the cells of the matrix.

mod build;
pub mod rust;

pub use build::{implementation, refusal, sh, twin};

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A language of callers.
#[derive(Debug)]
pub struct Host {
    pub name: &'static str,
    pub file: &'static str,
}

/// A language of implementations.
#[derive(Debug)]
pub struct Implementation {
    pub name: &'static str,
    pub file: &'static str,
    /// What a program needs that is linked by another language's compiler.
    pub libraries: &'static [&'static str],
}

pub const HOSTS: &[Host] = &[
    Host { name: "c", file: "host.c" },
    Host { name: "cpp", file: "host.cpp" },
    Host { name: "ada", file: "host.adb" },
    Host { name: "fortran77", file: "host.f" },
    Host { name: "fortran90", file: "host.f90" },
    Host { name: "rust", file: "host.rs" },
];

pub const IMPLS: &[Implementation] = &[
    Implementation { name: "c", file: "impl.c", libraries: &["-lm"] },
    Implementation { name: "cpp", file: "impl.cpp", libraries: &["-lstdc++", "-lm"] },
    Implementation { name: "ada", file: "impl.adb", libraries: &["-lgnat-12", "-lm"] },
    Implementation { name: "fortran", file: "impl.f90", libraries: &["-lgfortran", "-lm"] },
    Implementation {
        name: "rust",
        file: "impl.rs",
        libraries: &["-Wl,--gc-sections", "-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl"],
    },
];

/// A folder of the matrix.
pub struct Shape {
    pub name: String,
    pub folder: PathBuf,
    pub limits: Vec<Limit>,
    pub twins: Vec<Twin>,
}

/// A cell that cannot be.
pub struct Limit {
    /// `host` or `impl`.
    pub key: String,
    pub language: String,
    /// What the refusal says.
    pub text: String,
}

/// A fact of the contract, changed.
pub struct Twin {
    pub from: String,
    pub to: String,
    /// The hosts that must notice; none: all.
    pub hosts: Vec<String>,
}

impl Shape {
    pub fn has(&self, file: &str) -> bool {
        self.folder.join(file).exists()
    }

    pub fn contract(&self) -> PathBuf {
        self.folder.join("contract.toml")
    }

    pub fn expected(&self) -> String {
        std::fs::read_to_string(self.folder.join("expected.txt")).unwrap_or_default()
    }

    /// A folder of its own for what is built.
    pub fn scratch(&self, part: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix").join(&self.name).join(part);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}

/// One cell.
pub struct Cell<'a> {
    pub shape: &'a Shape,
    pub host: &'a Host,
    pub implementation: &'a Implementation,
}

impl Cell<'_> {
    /// Which shape and which implementation it needs.
    pub fn place(&self, shapes: &[Shape]) -> (usize, usize) {
        let shape = shapes.iter().position(|shape| shape.name == self.shape.name).unwrap();
        (shape, IMPLS.iter().position(|i| i.name == self.implementation.name).unwrap())
    }

    /// Builds the host against the objects and runs it, in all standards or in the oldest; `Err`: what is wrong, and how to
    /// repeat it.
    pub fn run(&self, objects: &[PathBuf], all_standards: bool) -> Result<(), String> {
        let standards = build::standards(self.host);
        for standard in &standards[..if all_standards { standards.len() } else { 1 }] {
            build::run(self, standard, objects)?;
        }
        Ok(())
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "CMP_BRIDGE_MATRIX={}/{}/{}", self.shape.name, self.host.name, self.implementation.name)
    }
}

/// The folders of the matrix, in the order of their names.
pub fn shapes() -> Vec<Shape> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("contract.toml").exists())
        .collect();
    folders.sort();
    let shape = |folder: PathBuf| {
        let limits = tables(&folder.join("limits.toml"), "limit").iter().map(limit).collect();
        let twins = tables(&folder.join("twins.toml"), "twin").iter().map(twin_of).collect();
        Shape { name: folder.file_name().unwrap().to_str().unwrap().to_string(), folder, limits, twins }
    };
    folders.into_iter().map(shape).collect()
}

/// The tables of a file, none where there is no file.
fn tables(file: &Path, key: &str) -> Vec<toml_edit::Table> {
    let Ok(text) = std::fs::read_to_string(file) else { return Vec::new() };
    let document: toml_edit::DocumentMut =
        text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    document[key].as_array_of_tables().unwrap().iter().cloned().collect()
}

fn text(table: &toml_edit::Table, key: &str) -> Option<String> {
    Some(table.get(key)?.as_str()?.to_string())
}

fn limit(table: &toml_edit::Table) -> Limit {
    let key = if table.contains_key("host") { "host" } else { "impl" };
    let language = text(table, key).expect("`host` or `impl`");
    Limit { key: key.into(), language, text: text(table, "text").expect("`text`") }
}

fn twin_of(table: &toml_edit::Table) -> Twin {
    let list = table.get("hosts").and_then(|item| item.as_array());
    let hosts = list.map(|list| list.iter().map(|host| host.as_str().unwrap().to_string()).collect());
    Twin {
        from: text(table, "from").unwrap(),
        to: text(table, "to").unwrap(),
        hosts: hosts.unwrap_or_default(),
    }
}

/// What `work` gives for each item, on as many threads as there are processors.
pub fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get()).min(8);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((i, item)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, items.get(i)?)))
                {
                    let result = work(item);
                    results.lock().unwrap()[i] = Some(result);
                }
            });
        }
    });
    results.into_inner().unwrap().into_iter().map(Option::unwrap).collect()
}
