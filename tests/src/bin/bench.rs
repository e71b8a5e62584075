//! `make bench`. `BENCH_IDLE_MINUTES`, `BENCH_FAULTS`, `BENCH_VOTES`, `BENCH_PREVIEWS` and `BENCH_FAULT_SUITE` change how much is
//! measured, `BENCH_ONLY` names the parts to measure.
#![allow(clippy::print_stdout, reason = "the terminal is this program's output")]

use kit::bench::{Extent, measure};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let number =
        |name: &str, usual: usize| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let words = |name: &str| {
        let text = std::env::var(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let extent = Extent {
        idle_minutes: number("BENCH_IDLE_MINUTES", 10).max(1) as u64,
        faults: number("BENCH_FAULTS", 32),
        votes: number("BENCH_VOTES", 10),
        previews: number("BENCH_PREVIEWS", 100).max(20),
        fault_suite: number("BENCH_FAULT_SUITE", 1) > 0,
        only: words("BENCH_ONLY"),
    };
    let figures = measure(extent).await?;
    println!("{figures}");
    let file = kit::place::target().join("bench.json");
    std::fs::write(&file, serde_json::to_string_pretty(&figures)?)?;
    println!("as JSON: {}", file.display());
    Ok(())
}
