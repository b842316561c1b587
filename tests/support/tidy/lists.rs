//! What the checks allow, and why. A line that no longer applies is a finding itself.

use super::dependencies::Rules;

/// Where `unsafe` may be written: the file, and the one reason it has to be.
pub const UNSAFE_FILES: &[(&str, &str)] = &[
    ("benches/", "the measured calls, and the modules they go to"),
    ("crates/agent/src/environment.rs", "edits the environment block of the process it was loaded into"),
    ("crates/agent/src/lib.rs", "the constructor that the dynamic loader calls"),
    ("crates/agent/src/trace.rs", "catches the faults of a watched call, and refuses its system calls"),
    ("crates/agent/src/unwinder.rs", "stands in front of the functions by which unwinders find tables"),
    ("crates/agent/src/watch.rs", "reads the data of the images before and after a call"),
    ("crates/agent/src/worker.rs", "calls legacy routines and sets their live state"),
    ("crates/cli/src/command/serve/candidate.rs", "calls the candidates of a module"),
    (
        "crates/cli/src/command/serve/system.rs",
        "takes descriptors that a supervisor passes; memory that is a file",
    ),
    ("crates/cli/src/command/worker.rs", "calls the candidates of a module"),
    ("crates/cli/src/signals.rs", "passes signals on to the legacy program"),
    ("crates/cli/tests/", "what the tests do to processes"),
    ("crates/codegen/tests/", "calls generated code as a legacy caller does"),
    ("crates/harness/src/pipes.rs", "pipes that a child inherits"),
    ("crates/harness/src/thunk.rs", "the assembly that takes a typed call"),
    ("crates/harness/src/typed.rs", "follows the pointers of a typed call"),
    ("crates/inspect/src/binary/open.rs", "maps a file; reads its file capabilities"),
    ("crates/inspect/tests/", "executes relocated code"),
    ("crates/journal/src/reader.rs", "maps a file"),
    ("crates/wire/tests/memory.rs", "counts what is allocated"),
    ("src/cmp/ccs.rs", "what elaborates Ada packages"),
    ("src/cmp/classes.rs", "the bridge to C++ classes"),
    ("src/cmp/mod.rs", "reads the storage of legacy code"),
    ("src/control.rs", "the control page, shared between processes"),
    ("src/exception/", "takes what the unwinder delivers"),
    ("src/hook/guard.rs", "reads and sets control registers around a candidate"),
    ("src/hook/install.rs", "maps memory and writes code"),
    ("src/hook/room.rs", "asks the kernel about the stack, in assembly"),
    ("src/hook/runtime.rs", "lives between a legacy caller and its callee"),
    ("src/hook/shadow.rs", "copies what a call touches"),
    ("src/hook/stub.rs", "the assembly of the common stub"),
    ("src/hook/thread.rs", "thread-local storage without calls"),
    ("src/images.rs", "asks the loader what is loaded"),
    ("src/launch.rs", "starts a process with another environment"),
    ("src/loader.rs", "loads a module and reads its descriptor"),
    ("src/memory.rs", "reads foreign memory"),
    ("src/module.rs", "descriptors that hold pointers to statics"),
    ("src/ring.rs", "rings, shared between processes"),
    ("src/shared.rs", "maps the files of a session"),
    ("src/support/", "what generated code does with foreign pointers"),
    ("src/worker/", "lays out and calls recorded calls"),
    ("tests/cmp.rs", "lets a C++ function throw"),
    ("tests/modules/", "puts a wrong bit into an answer"),
];

/// Who may depend on what.
pub const DEPENDENCIES: Rules = Rules {
    // What may load into the legacy process.
    loaded: &[
        ("cmp-bridge", &["libc", "log", "thiserror"]),
        ("cmp-bridge-agent", &["cmp-bridge", "libc", "log", "thiserror"]),
    ],
    direct: &[("cmp-bridge", &["libc", "log", "thiserror"]), ("cmp-bridge-agent", &["cmp-bridge", "libc"])],
    // The first is in the build.rs of every user; the second is what all others share.
    barred: &[
        ("cmp-bridge-codegen", &["gimli", "object", "bindgen", "iced-x86", "clap*"]),
        ("cmp-bridge-contract", &["gimli", "object", "bindgen", "iced-x86", "clap*"]),
    ],
};

/// Shared libraries the agent may need.
pub const AGENT_NEEDED: &[&str] = &["libc.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"];

/// Flags the agent must be linked with: hooks are installed before any thread exists, retired stubs
/// stay, and no call goes through the dynamic loader.
pub const AGENT_FLAGS: &[&str] = &["INITFIRST", "NODELETE", "NOW"];

/// Functions of the agent that may call `__tls_get_addr`, by how their names begin. The standard
/// library's own thread-locals (its panic count, its output capture) do so, off the path of a call;
/// ours are initial-exec.
pub const AGENT_TLS_CALLERS: &[&str] = &["std::", "<std::"];

/// Packages below `crates/` that are commands, which may print and end their process. The sources
/// of all others are library code.
pub const COMMANDS: &[&str] = &["crates/cli/"];

/// Folders of the legacy system, which knows nothing of Rust or of the bridge.
pub const LEGACY_FOLDERS: &[&str] = &["legacy/", "vendor-headers/"];
