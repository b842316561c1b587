//! Runs a chapter in a folder of its own.

use crate::chapter::{Block, blocks, fits};
use crate::{legacy, links};
use std::fs::File;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

/// Longest a block may take, on a loaded machine with nothing built yet.
const LIMIT: Duration = Duration::from_secs(300);

/// Where all chapters have their folders, and the checkout as a reader has it.
fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide")
}

/// Runs the blocks of a chapter in order.
pub fn chapter(name: &str) {
    let checkout = checkout(name);
    let folder = scratch().join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    // One target folder for all chapters: what they depend on is built once.
    let target = scratch().join("target");
    std::fs::create_dir_all(&target).expect("a folder");
    symlink(target, folder.join("target")).expect("a link");
    let prepare = read("introduction").into_iter().next().expect("how the folder is prepared").commands;
    for block in read(name) {
        if let Err(what) = run(&folder, &checkout, &prepare, &block) {
            panic!("docs/guide/src/{name}.md:{}: {what}\n--- in {}", block.line, folder.display());
        }
    }
}

fn read(name: &str) -> Vec<Block> {
    let file = links::folder().join(format!("{name}.md"));
    let text = std::fs::read_to_string(&file).expect("a chapter");
    blocks(&text).unwrap_or_else(|what| panic!("docs/guide/src/{name}.md:{what}"))
}

/// Runs a block: what is not as the chapter says, if anything.
fn run(folder: &Path, checkout: &Path, prepare: &str, block: &Block) -> Result<(), String> {
    let output = folder.join(".output");
    let file = File::create(&output).expect("a file for the output");
    let script = format!("{{\n{prepare}:\n}} >/dev/null\n{}", block.commands);
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", &script]).current_dir(folder).process_group(0).stdin(Stdio::null());
    shell.stdout(file.try_clone().expect("a descriptor")).stderr(file);
    environment(&mut shell, checkout);
    let mut child = shell.spawn().expect("sh");
    let began = Instant::now();
    let status = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status.code(),
            None if began.elapsed() > LIMIT => break None,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    // SAFETY: the group was made for this block; what it left running ends with it.
    unsafe { libc::kill(-(child.id() as i32), libc::SIGKILL) };
    let _ = child.wait();
    // Programs of the reference CMP print ISO-8859-1.
    let bytes = std::fs::read(&output).expect("the output");
    let said = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect());
    let _ = std::fs::remove_file(&output);
    let shown = |what: String| Err(format!("{what}\n{}--- printed\n{said}", block.commands));
    match (status, &block.output) {
        (None, _) => shown(format!("ended by a signal, or not within {LIMIT:?}")),
        (Some(status), _) if status != block.status => {
            shown(format!("exit status {status} where {} is expected", block.status))
        }
        (_, Some(output)) if !fits(output, &said) => {
            shown(format!("the guide shows another output\n--- shown\n{output}--- commands"))
        }
        _ => Ok(()),
    }
}

/// What a reader has: the tools, the place of the checkout, nothing of this test.
fn environment(shell: &mut Command, checkout: &Path) {
    let cargo = Path::new(env!("CARGO")).parent().expect("a folder").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    shell.env("CMP", checkout).env("PATH", format!("{cargo}:{path}")).env("LC_ALL", "C");
    // Nothing is fetched; and what only a debugger needs takes time and disk.
    shell.env("CARGO_NET_OFFLINE", "true").env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    for name in ["MAKEFLAGS", "MAKELEVEL", "MFLAGS", "LD_PRELOAD", "NO_COLOR", "CMP_BRIDGE_AGENT", "RUST_LOG"]
    {
        shell.env_remove(name);
    }
}

/// The checkout as it is after `make demo`: the sources, the programs of the reference CMP, the command beside its agent.
fn checkout(chapter: &str) -> PathBuf {
    let (root, folder) = (legacy::root(), scratch().join("checkout").join(chapter));
    let _ = std::fs::remove_dir_all(&folder);
    for part in ["legacy/build", "target"] {
        std::fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    let link = |from: PathBuf, to: &str| symlink(from, folder.join(to)).expect("a link");
    for part in ["", "legacy"] {
        for entry in std::fs::read_dir(root.join(part)).expect("the repository") {
            let entry = entry.expect("an entry");
            let name = Path::new(part).join(entry.file_name());
            let to = folder.join(&name);
            if !to.exists() && !entry.file_name().to_string_lossy().starts_with('.') {
                symlink(entry.path(), to).expect("a link");
            }
        }
    }
    link(legacy::built("pie"), "legacy/build/pie");
    link(built().to_owned(), "target/release");
    folder
}

/// The folder of the command, with an agent of the same sources beside it.
fn built() -> &'static Path {
    static BUILT: OnceLock<&Path> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_cmp-bridge")).parent().expect("a target folder");
        let made = modified(&folder.join("libcmp_bridge_agent.so"));
        let sources = ["src", "crates/agent"].map(|part| newest(&legacy::root().join(part)));
        // Never replaced without need: other tests load it.
        if made < sources.into_iter().max().flatten() {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--offline", "-p", "cmp-bridge-agent", "--target-dir"]);
            cargo.arg(folder.parent().expect("a target folder")).current_dir(legacy::root());
            if folder.ends_with("release") {
                cargo.arg("--release");
            }
            assert!(cargo.status().expect("cargo").success(), "failed, repeat with\n  {cargo:?}");
        }
        folder
    })
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// When the newest file below a folder was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().filter_map(|entry| newest(&entry.path())).max(),
        Err(_) => modified(path),
    }
}

#[test]
fn a_block_that_does_not_end_as_shown_is_told_with_its_commands() {
    let folder = scratch().join("twins");
    std::fs::create_dir_all(&folder).expect("a folder");
    let tell = |commands: &str, status: i32, output: Option<&str>| {
        let block =
            Block { line: 1, commands: commands.to_owned(), status, output: output.map(str::to_owned) };
        run(&folder, legacy::root(), "", &block)
    };
    assert_eq!(tell("echo a\necho b >&2\n", 0, Some("a\nb\n")), Ok(()));
    assert_eq!(tell("exit 3\n", 3, None), Ok(()));
    let wrong = tell("echo a\nfalse\necho b\n", 0, None).unwrap_err();
    assert!(wrong.starts_with("exit status 1 where 0 is expected\necho a\nfalse\n"), "{wrong}");
    assert!(wrong.ends_with("--- printed\na\n"), "{wrong}");
    assert!(tell("true\n", 1, None).is_err());
    assert!(tell("echo a\n", 0, Some("b\n")).unwrap_err().starts_with("the guide shows another output"));
}
