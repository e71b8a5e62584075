//! `make demo`. `YES=1` does not ask, `KEEP=1` leaves everything running.
#![allow(clippy::print_stderr, reason = "the terminal is this program's output")]

use std::process::ExitCode;

use kit::demo::{Wishes, play};

#[tokio::main]
async fn main() -> ExitCode {
    let set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty() && value != "0");
    match play(Wishes { yes: set("YES"), keep: set("KEEP") }).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
