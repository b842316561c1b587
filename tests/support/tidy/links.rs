//! Links between the documents lead somewhere.

use super::Finding;
use super::tree::{File, Tree};
use std::path::{Component, Path, PathBuf};

/// Every link of a Markdown file to a file that is not in the tree.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.files
        .iter()
        .filter(|file| file.has_extension(&["md"]))
        .flat_map(|file| check_file(tree, file))
        .collect()
}

fn check_file(tree: &Tree, file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut fenced = false;
    for (index, line) in file.text().lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            for target in targets(&without_code(line)) {
                if let Some(what) = broken(tree, &file.path, &target) {
                    findings.push(Finding::new(&file.path, index + 1, what));
                }
            }
        }
    }
    findings
}

/// The line with its `code` blanked.
fn without_code(line: &str) -> String {
    let mut parts = line.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    while let (Some(_code), Some(rest)) = (parts.next(), parts.next()) {
        text.push_str("code");
        text.push_str(rest);
    }
    text
}

/// Targets of `[text](target "title")` and of `[label]: target`.
fn targets(line: &str) -> Vec<String> {
    let mut found: Vec<String> = line
        .match_indices("](")
        .map(|(at, _)| line[at + 2..].split([')', ' ']).next().unwrap_or_default().to_owned())
        .collect();
    if line.starts_with('[')
        && let Some((_, target)) = line.split_once("]: ")
    {
        found.extend(target.split_whitespace().next().map(str::to_owned));
    }
    found
}

fn broken(tree: &Tree, from: &str, target: &str) -> Option<String> {
    let target = target.trim_matches(['<', '>']);
    let path = target.split('#').next().unwrap_or_default();
    if path.is_empty() || target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    match inside(&folder.join(path)) {
        None => Some(format!("the link {target} leaves the repository")),
        Some(path) if exists(tree, &path) => None,
        Some(_) => Some(format!("the link {target} leads nowhere")),
    }
}

/// The path with its `..` resolved, where it stays below the root.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => resolved.push(name),
            Component::ParentDir => {
                if !resolved.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(resolved)
}

/// Whether a file of the tree has this path, or is below it: what git ignores does not count.
fn exists(tree: &Tree, path: &Path) -> bool {
    path.as_os_str().is_empty() || tree.files.iter().any(|file| Path::new(&file.path).starts_with(path))
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn links_lead_to_files_of_the_tree() {
        let scratch = Scratch::new("links");
        scratch.file(
            "README.md",
            "[a](docs/a.md#x), [b](docs), [c](docs/none.md)\n```\n[d](none)\n```\n`[e](none)`\n",
        );
        let text = "[up](../README.md \"title\") [web](https://example.org) [here](#x)\n\n[out](../../x.md)\n[r]: gone.md\n";
        scratch.file("docs/a.md", text);
        assert_found(
            check(&scratch.tree()),
            &[
                "README.md:1: the link docs/none.md leads nowhere",
                "docs/a.md:3: the link ../../x.md leaves the repository",
                "docs/a.md:4: the link gone.md leads nowhere",
            ],
        );
    }
}
