//! `chatcli-source`: one question on standard input, one answer on standard output.

use std::process::ExitCode;

fn main() -> ExitCode {
    source::run()
}
