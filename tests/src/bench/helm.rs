//! How much memory the largest Helm release takes while it is read. Measured in a program of its own, whose peak is nobody else's.

use anyhow::Result;

use super::{Figures, examples::printed};

pub fn measure(figures: &mut Figures) -> Result<()> {
    for (what, growth) in printed("helm_release")? {
        figures.add(&format!("Helm release of 8 MiB, {what}"), growth, "MB", Some(40.0));
    }
    Ok(())
}
