//! How long the rules take over an incident: signals, what else to read, causes. No model, no waiting, one core.

use anyhow::Result;

use super::{Figures, examples::printed};

pub fn measure(figures: &mut Figures) -> Result<()> {
    for (what, milliseconds) in printed("rules")? {
        // A thousand pods are judged together, once for all of them.
        let goal = (!what.starts_with("1000 pods")).then_some(1.0);
        figures.add(&format!("rules over one incident, {what}"), milliseconds, "ms", goal);
    }
    Ok(())
}
