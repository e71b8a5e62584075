//! `generate`: writes every committed file that is made from code. `generate --check`: fails and names those that are not current.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool; its output is the terminal")]

use std::process::ExitCode;

use clap::Parser;
use kit::generate::{COMMAND, repository_root, stale, write};

/// Writes the generated files.
#[derive(Parser)]
struct Args {
    /// Change nothing; fail if a file is not current.
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if !args.check {
        for path in write(repository_root())? {
            println!("{}", path.display());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let stale = stale(repository_root())?;
    for output in &stale {
        eprintln!("stale: {} (run `{COMMAND}`)", output.path.display());
    }
    Ok(if stale.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
