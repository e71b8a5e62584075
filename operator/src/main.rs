//! `chatcli-operator`: reads its configuration and hands over.

use std::process::ExitCode;

use clap::Parser as _;
use operator::config::{self, Config};

// Frees memory back to the system after a burst (a relist, a storm); the system allocator keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    operator::run(Config::parse_from(config::with_double_dashes(std::env::args_os())))
}
