//! The `cmp-bridge` command.

fn main() -> std::process::ExitCode {
    cmp_bridge_cli::main()
}
