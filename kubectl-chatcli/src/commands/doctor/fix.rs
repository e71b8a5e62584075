//! `doctor --fix`: puts back what is missing or changed of kinds, rights and admission policies. Nothing of an incident, nothing that runs.

use super::installation::Installation;
use crate::cli::DoctorArgs;
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::kube::Cluster;

/// Shows what would be applied, asks, applies. Where there is nothing to put back, what the checks `concluded` stands.
pub async fn run(
    found: &Installation,
    args: &DoctorArgs,
    concluded: Exit,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    if found.drifted.is_empty() {
        context.ui.note(match concluded {
            Exit::Trouble => "nothing that --fix could put back is missing or changed, as far as it could be looked at",
            _ => "nothing that --fix could put back is missing or changed",
        });
        return Ok(concluded);
    }
    for (manifest, drift) in &found.drifted {
        context.ui.note(&format!("{}: {}", manifest.named(), drift.words().unwrap_or_default()));
    }
    if !args.yes && !context.ui.confirm("Apply this?")? {
        return Err(Failure::new("nothing was changed"));
    }
    for (manifest, _) in &found.drifted {
        cluster.apply(&manifest.kind, &manifest.object, false).await?;
        // On stderr: stdout may be a JSON document.
        context.ui.note(&format!("{} serverside-applied", manifest.named()));
    }
    Ok(Exit::Ok)
}
