//! Sizes of the shipped binaries, and how long the plugin takes to say how it is used.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, ensure};

use super::Figures;
use crate::programs::Programs;

const MIB: f64 = 1024.0 * 1024.0;

pub fn measure(programs: &Programs, figures: &mut Figures) -> Result<()> {
    figures.add("operator binary", std::fs::metadata(&programs.operator)?.len() as f64 / MIB, "MiB", Some(20.0));
    figures.add("source binary", std::fs::metadata(&programs.source)?.len() as f64 / MIB, "MiB", None);
    figures.add("plugin binary", std::fs::metadata(&programs.plugin)?.len() as f64 / MIB, "MiB", Some(15.0));
    let mut times = Vec::new();
    for _ in 0..20 {
        let begin = Instant::now();
        let status =
            Command::new(&programs.plugin).arg("--help").stdout(Stdio::null()).stdin(Stdio::null()).status()?;
        times.push(begin.elapsed());
        ensure!(status.success(), "kubectl-chatcli --help ended with {status}");
    }
    figures.add_times("kubectl chatcli --help", &mut times, Some(0.010), None);
    Ok(())
}
