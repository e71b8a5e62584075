//! `kubectl-chatcli`, run by kubectl as `kubectl chatcli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    plugin::main(std::env::args_os())
}
