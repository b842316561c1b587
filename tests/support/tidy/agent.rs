//! What the built agent asks of the process it is loaded into, asked of readelf and objdump.

use super::{Finding, lists, tools};
use std::io;
use std::path::{Path, PathBuf};

/// Builds the agent of the workspace at `root` as users build it, and checks the library.
pub fn check(root: &Path) -> io::Result<Vec<Finding>> {
    check_library(&build(root)?)
}

/// Where cargo says it put the library: the target folder may be anywhere.
fn build(root: &Path) -> io::Result<PathBuf> {
    let messages = tools::cargo(
        root,
        &["build", "--quiet", "--package", "cmp-bridge-agent", "--message-format", "json"],
    )?;
    let mut strings = messages.split('"');
    strings
        .rfind(|text| text.ends_with("/libcmp_bridge_agent.so"))
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other("cargo built no libcmp_bridge_agent.so"))
}

/// Checks one shared library against what the lists allow the agent.
pub fn check_library(library: &Path) -> io::Result<Vec<Finding>> {
    let path = library.to_str().ok_or_else(|| io::Error::other("the library's path is not UTF-8"))?;
    let dynamic = tools::output("readelf", &["-dW", path])?;
    let segments = tools::output("readelf", &["-lW", path])?;
    let code = tools::output("objdump", &["-d", "-C", "--no-show-raw-insn", path])?;
    let mut breaches = needed(&dynamic);
    breaches.extend(flags(&dynamic));
    breaches.extend(writable_and_executable(&segments));
    breaches.extend(tls_callers(&code));
    let name = library.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(breaches.into_iter().map(|what| Finding::new(&name, 0, what)).collect())
}

/// `(NEEDED)  Shared library: [libc.so.6]`
fn needed(dynamic: &str) -> Vec<String> {
    let names = dynamic.lines().filter(|line| line.contains("(NEEDED)")).filter_map(|line| {
        let (_, name) = line.split_once('[')?;
        name.split(']').next()
    });
    names.filter(|name| !lists::AGENT_NEEDED.contains(name)).map(|name| format!("needs {name}")).collect()
}

/// `(FLAGS_1)  Flags: NOW NODELETE INITFIRST`, and the entry that means code is written at load.
fn flags(dynamic: &str) -> Vec<String> {
    let line = dynamic.lines().find(|line| line.contains("(FLAGS_1)")).unwrap_or_default();
    let missing =
        lists::AGENT_FLAGS.iter().filter(|flag| !line.split_whitespace().any(|word| word == **flag));
    let mut found: Vec<String> =
        missing.map(|flag| format!("is not linked with -z {}", flag.to_lowercase())).collect();
    if dynamic.contains("TEXTREL") {
        found.push("has text relocations".to_owned());
    }
    found
}

/// `LOAD 0x0 0x0 0x0 0x1000 0x1000 RWE 0x1000`: the flags may stand apart.
fn writable_and_executable(segments: &str) -> Vec<String> {
    let of_memory =
        |line: &&str| line.trim_start().starts_with("LOAD") || line.trim_start().starts_with("GNU_STACK");
    let both = |line: &&str| {
        let after = line.split_whitespace().skip(6).filter(|word| !word.starts_with("0x"));
        let flags: String = after.collect();
        flags.contains('W') && flags.contains('E')
    };
    let lines = segments.lines().filter(of_memory).filter(both);
    lines.map(|line| format!("has a segment both writable and executable: {}", line.trim())).collect()
}

/// Functions whose thread-locals are found by calling the dynamic loader.
fn tls_callers(code: &str) -> Vec<String> {
    let mut function = "";
    let mut callers = Vec::new();
    for line in code.lines() {
        if let Some((_, name)) = line.split_once(" <").filter(|_| line.ends_with(">:")) {
            function = name.trim_end_matches(">:");
        } else if line.contains("<__tls_get_addr") && line.contains("call") {
            callers.push(function);
        }
    }
    callers.dedup();
    let ours = |name: &&str| !lists::AGENT_TLS_CALLERS.iter().any(|prefix| name.starts_with(prefix));
    callers
        .into_iter()
        .filter(ours)
        .map(|name| format!("{name} calls __tls_get_addr; use initial-exec TLS"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    const RIGHT: &[&str] = &["-Wl,-z,initfirst,-z,nodelete,-z,now"];

    /// Compiles a shared library and returns what the check finds in it.
    fn findings(scratch: &Scratch, source: &str, flags: &[&str]) -> Vec<Finding> {
        scratch.file("agent.c", source);
        let source = scratch.root().join("agent.c");
        let library = scratch.root().join("agent.so");
        let paths = [source.to_str(), library.to_str()].map(|path| path.expect("a path in UTF-8"));
        let mut arguments = vec!["-shared", "-fPIC", "-O1", "-o", paths[1], paths[0]];
        arguments.extend(flags);
        tools::output("gcc", &arguments).expect("gcc compiles it");
        check_library(&library).expect("readelf and objdump answer")
    }

    #[test]
    fn a_right_library_is_clean() {
        let scratch = Scratch::new("agent-right");
        let source =
            "__thread int n __attribute__((tls_model(\"initial-exec\")));\nint f(void) { return n; }\n";
        assert_found(findings(&scratch, source, RIGHT), &[]);
    }

    #[test]
    fn a_library_it_must_not_need_is_named() {
        let scratch = Scratch::new("agent-needs");
        let flags = [RIGHT, &["-Wl,--no-as-needed", "-lstdc++", "-lm"]].concat();
        let expected = ["agent.so: needs libm.so.6", "agent.so: needs libstdc++.so.6"];
        assert_found(findings(&scratch, "int f;\n", &flags), &expected);
    }

    #[test]
    fn missing_flags_are_named() {
        let scratch = Scratch::new("agent-flags");
        let expected = [
            "agent.so: is not linked with -z initfirst",
            "agent.so: is not linked with -z nodelete",
            "agent.so: is not linked with -z now",
        ];
        assert_found(findings(&scratch, "int f;\n", &["-Wl,-z,lazy"]), &expected);
    }

    #[test]
    fn thread_locals_found_by_the_loader_are_named() {
        let scratch = Scratch::new("agent-tls");
        let source = "__thread int n;\nint counted(void) { return ++n; }\n";
        let expected = ["agent.so: counted calls __tls_get_addr; use initial-exec TLS"];
        assert_found(findings(&scratch, source, RIGHT), &expected);
    }

    #[test]
    fn memory_both_writable_and_executable_is_found() {
        let scratch = Scratch::new("agent-rwx");
        let flags = [RIGHT, &["-Wl,-z,execstack"]].concat();
        let found = findings(&scratch, "int f;\n", &flags);
        assert_eq!(found.len(), 1, "one segment");
        let text = found[0].to_string();
        assert!(
            text.starts_with("agent.so: has a segment both writable and executable: GNU_STACK"),
            "{text}"
        );
    }
}
