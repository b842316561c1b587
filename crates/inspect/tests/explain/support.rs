//! Builds the cases and reads what they expect.

use std::path::{Path, PathBuf};
use std::process::Command;

use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::dwarf::{DebugInfo, Sections};
use cmp_bridge_inspect::explain::Survey;

pub fn cases_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-explain")
}

/// A fresh folder for what a test builds.
pub fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test's files");
    folder
}

/// Runs a tool that must succeed; what it prints is the answer.
pub fn run(tool: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(tool).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|e| panic!("{tool}: {e}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {}: {errors}", arguments.join(" "));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The words behind a mark in a text.
pub fn marked<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
    let line = move |line: &'t str| Some(line.split_once(mark)?.1.trim_end_matches("*/").trim());
    text.lines().filter_map(line)
}

/// The sources of a case, in the order of their names.
pub fn sources(case: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(case).expect("the case's folder").map(|e| e.expect("an entry").path());
    let source = |path: &PathBuf| {
        matches!(path.extension().and_then(|e| e.to_str()), Some("c" | "cpp" | "f" | "f90" | "adb"))
    };
    let mut sources: Vec<PathBuf> = entries.filter(source).collect();
    sources.sort();
    sources
}

/// Compiles and links a case.
pub fn build(case: &Path, out: &Path) -> PathBuf {
    let mut objects = Vec::new();
    for source in sources(case) {
        let name = source.file_name().and_then(|n| n.to_str()).expect("UTF-8");
        let text = std::fs::read_to_string(&source).expect("a source");
        let object = out.join(source.with_extension("o").file_name().expect("a name")).display().to_string();
        let mut arguments = vec!["-g", "-O2", "-fPIC", "-w", "-c", name, "-o", &object];
        marked(&text, "@flags").for_each(|flags| arguments.extend(flags.split_whitespace()));
        run("gcc", &arguments, case);
        objects.push(object);
    }
    let link = std::fs::read_to_string(case.join("link")).unwrap_or_else(|_| "-shared".to_string());
    let image = out.join("image").display().to_string();
    let mut arguments: Vec<&str> = link.split_whitespace().chain(["-o", &image]).collect();
    arguments.extend(objects.iter().map(String::as_str));
    run("gcc", &arguments, out);
    PathBuf::from(image)
}

/// Lends a survey of an image.
pub fn survey<T>(image: &Path, use_it: impl FnOnce(&Survey) -> T) -> T {
    let binary = Binary::open(image).unwrap_or_else(|e| panic!("{e}"));
    let sections = Sections::load(&binary).ok();
    let info = sections.as_ref().map(DebugInfo::read);
    use_it(&Survey::read(&binary, info.as_ref()))
}
