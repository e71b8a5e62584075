//! How fast logs are cleaned on one core. Measured in a program of its own, because this one is not built for speed.

use anyhow::Result;

use super::{Figures, examples::printed};

/// The figure is told for this many MB, so that its goal is one second.
const TOLD_FOR: f64 = 200.0;

pub fn measure(figures: &mut Figures) -> Result<()> {
    for (what, speed) in printed("redaction")? {
        figures.add(&format!("redaction of 200 MB of log, {what}"), TOLD_FOR / speed, "s", Some(1.0));
    }
    Ok(())
}
