//! Who may depend on what, asked of cargo.

use super::{Finding, tools};
use std::path::Path;
use std::{fs, io};

/// Packages by name, each with the names a rule gives it.
pub type Names = &'static [(&'static str, &'static [&'static str])];

pub struct Rules {
    /// Everything a package may bring along as normal dependencies, its own dependencies' too.
    /// Procedural macros run inside rustc and do not count.
    pub loaded: Names,
    /// What a package may name as its own normal dependency.
    pub direct: Names,
    /// What must not be anywhere among a package's normal and build dependencies. A name that ends
    /// in `*` stands for every package that begins so.
    pub barred: Names,
}

/// One package in the tree of another.
struct Dependency {
    /// From the package that was asked about to this one.
    chain: Vec<String>,
}

impl Dependency {
    fn name(&self) -> &str {
        self.chain.last().expect("a chain holds at least its own end")
    }
}

pub fn check(root: &Path, rules: &Rules) -> io::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (package, allowed) in rules.loaded {
        report(root, package, "normal,no-proc-macro", &mut findings, |found| {
            (!allowed.contains(&found.name())).then(|| format!("{} would load with it", found.name()))
        })?;
    }
    for (package, allowed) in rules.direct {
        report(root, package, "normal", &mut findings, |found| {
            let breach = found.chain.len() == 2 && !allowed.contains(&found.name());
            breach.then(|| format!("{} is none of its dependencies", found.name()))
        })?;
    }
    for (package, barred) in rules.barred {
        report(root, package, "normal,build", &mut findings, |found| {
            let breach = barred.iter().any(|pattern| matches(pattern, found.name()));
            breach.then(|| format!("{} is barred", found.name()))
        })?;
    }
    Ok(findings)
}

/// Adds a finding for each dependency of `package` that `breach` has something to say about.
fn report(
    root: &Path,
    package: &str,
    edges: &str,
    findings: &mut Vec<Finding>,
    breach: impl Fn(&Dependency) -> Option<String>,
) -> io::Result<()> {
    let arguments = ["tree", "--package", package, "--edges", edges, "--prefix", "depth", "--format", " {p}"];
    let listing = tools::cargo(root, &arguments)?;
    let manifest = manifest_of(root, &listing);
    let text = fs::read_to_string(root.join(&manifest))?;
    for dependency in dependencies(&listing) {
        if let Some(what) = breach(&dependency) {
            let line = line_naming(&text, &dependency.chain[1]);
            let what = format!("{package}: {what} ({})", dependency.chain.join(" -> "));
            findings.push(Finding::new(&manifest, line, what));
        }
    }
    Ok(())
}

/// Reads `DEPTH NAME vVERSION (PATH) (*)`, a line a package; each package once.
fn dependencies(listing: &str) -> Vec<Dependency> {
    let mut chain: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for line in listing.lines() {
        let mut fields = line.split_whitespace();
        let depth = fields.next().and_then(|depth| depth.parse::<usize>().ok());
        let (Some(depth), Some(name)) = (depth, fields.next()) else {
            continue;
        };
        chain.truncate(depth);
        chain.push(name.to_owned());
        if depth > 0 && !line.ends_with("(*)") {
            found.push(Dependency { chain: chain.clone() });
        }
    }
    found
}

/// The manifest of the package whose tree this is: its folder stands on the first line.
fn manifest_of(root: &Path, listing: &str) -> String {
    let first = listing.lines().next().unwrap_or_default();
    let folder = first.split_once('(').and_then(|(_, rest)| rest.split(')').next()).unwrap_or_default();
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    match Path::new(folder).strip_prefix(root) {
        Ok(inside) => inside.join("Cargo.toml").to_string_lossy().into_owned(),
        Err(_) => "Cargo.toml".to_owned(),
    }
}

/// The line of a manifest that names a dependency; 0 where none does, as with a renamed one.
fn line_naming(manifest: &str, name: &str) -> usize {
    let names = |line: &str| {
        let after =
            line.trim_start().strip_prefix(name).or_else(|| line.strip_suffix(']')?.strip_suffix(name));
        after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_'))
    };
    manifest.lines().position(names).map_or(0, |index| index + 1)
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    /// A package with path dependencies, each `kind name`, kind being `normal` or `build`.
    fn package(scratch: &Scratch, folder: &str, name: &str, dependencies: &[&str]) {
        let mut manifest = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        for (kind, table) in
            [("normal", "dependencies"), ("build", "build-dependencies"), ("dev", "dev-dependencies")]
        {
            manifest.push_str(&format!("[{table}]\n"));
            let of_kind =
                dependencies.iter().filter_map(|text| text.split_once(' ')).filter(|(k, _)| *k == kind);
            of_kind.for_each(|(_, dependency)| {
                manifest.push_str(&format!("{dependency} = {{ path = \"../{dependency}\" }}\n"))
            });
        }
        scratch.file(&format!("{folder}/Cargo.toml"), manifest).file(&format!("{folder}/src/lib.rs"), "");
    }

    #[test]
    fn each_rule_finds_its_breach() {
        let scratch = Scratch::new("dependencies");
        scratch.file("Cargo.toml", "[workspace]\nmembers = [\"*\"]\nresolver = \"3\"\n");
        package(&scratch, "gimli", "gimli", &[]);
        package(&scratch, "libc", "libc", &[]);
        package(&scratch, "clap_derive", "clap_derive", &[]);
        package(&scratch, "helper", "helper", &["normal gimli", "dev clap_derive"]);
        package(&scratch, "root", "root", &["normal libc", "normal helper"]);
        package(&scratch, "codegen", "codegen", &["normal libc", "build clap_derive"]);
        package(&scratch, "clean", "clean", &["normal libc", "dev gimli", "build helper"]);
        let rules = Rules {
            loaded: &[("root", &["libc"]), ("clean", &["libc"])],
            direct: &[("root", &["libc"]), ("clean", &["libc"])],
            barred: &[("codegen", &["gimli", "clap*"])],
        };
        let findings = check(scratch.root(), &rules).expect("cargo answers");
        assert_found(
            findings,
            &[
                "codegen/Cargo.toml:8: codegen: clap_derive is barred (codegen -> clap_derive)",
                "root/Cargo.toml:7: root: gimli would load with it (root -> helper -> gimli)",
                "root/Cargo.toml:7: root: helper is none of its dependencies (root -> helper)",
                "root/Cargo.toml:7: root: helper would load with it (root -> helper)",
            ],
        );
    }

    #[test]
    fn a_package_that_is_not_there_is_an_error() {
        let scratch = Scratch::new("dependencies-none");
        scratch.file("Cargo.toml", "[workspace]\nresolver = \"3\"\n");
        let rules = Rules { loaded: &[("nobody", &[])], direct: &[], barred: &[] };
        assert!(check(scratch.root(), &rules).is_err());
    }
}
