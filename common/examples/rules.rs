//! How long the rules take over one incident, in milliseconds: signals, what else to read, and every cause, over faults a real cluster
//! reported. `cargo run --release -p chatcli-common --example rules`; `make bench` shows it beside its goal.

#![allow(clippy::print_stdout, reason = "it is run for what it prints")]

#[path = "../tests/recordings/mod.rs"]
mod recordings;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use common::diagnosis;
use common::facts::Facts;
use common::signals;

/// So often, that a figure of microseconds is one.
const ROUNDS: u32 = 200;
/// A workload as large as one mistake may hit.
const CROWD: usize = 1_000;

fn main() -> Result<()> {
    let faults =
        recordings::names()?.into_iter().map(|name| recordings::recorded(&name)).collect::<Result<Vec<_>>>()?;
    let times: Vec<f64> = faults.iter().map(|facts| milliseconds(facts, ROUNDS)).collect();
    println!("mean of {} recorded faults\t{:.4}", times.len(), times.iter().sum::<f64>() / times.len() as f64);
    println!("slowest of them\t{:.4}", times.iter().copied().fold(0.0, f64::max));
    println!("{CROWD} pods without their key\t{:.4}", milliseconds(&crowd()?, ROUNDS / 10));
    Ok(())
}

fn milliseconds(facts: &Facts, rounds: u32) -> f64 {
    judge(facts);
    let begin = Instant::now();
    for _ in 0..rounds {
        judge(black_box(facts));
    }
    begin.elapsed().as_secs_f64() * 1e3 / f64::from(rounds)
}

fn judge(facts: &Facts) {
    black_box(signals::assess(facts));
    black_box(diagnosis::wants(facts));
    black_box(diagnosis::diagnose(facts));
}

/// One recorded pod, as often as a large workload would have it.
fn crowd() -> Result<Facts> {
    let mut facts = recordings::recorded("missing-key")?;
    let pod = facts.pods.first().context("the recording has no pod")?.clone();
    facts.pods = (0..CROWD)
        .map(|number| {
            let mut pod = (*pod).clone();
            pod.metadata.name = Some(format!("checkout-{number}"));
            Arc::new(pod)
        })
        .collect();
    Ok(facts)
}
