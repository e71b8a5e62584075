//! The fault suite as figures: how many answers were wrong, and how long an answer took, holds included.

use std::time::Duration;

use anyhow::Result;
use futures::{StreamExt, stream};

use super::Figures;
use crate::cluster::Cluster;
use crate::faults::{self, Score};
use crate::say;

/// So many at once; more would queue at the kubelet.
const ABREAST: usize = 6;

pub async fn measure(cluster: &Cluster, figures: &mut Figures) -> Result<()> {
    let faults: Vec<_> = faults::all()?.into_iter().filter(|fault| !fault.alone).collect();
    let scores: Vec<Result<Score>> =
        stream::iter(&faults).map(|fault| fault.run(cluster)).buffer_unordered(ABREAST).collect().await;
    let scores: Vec<Score> = scores.into_iter().collect::<Result<_>>()?;
    let wrong = scores.iter().filter(|score| !score.wrong.is_empty()).count();
    let table: Vec<String> = scores.iter().map(ToString::to_string).collect();
    say(&table.join("\n"));
    figures.add("faults and controls", scores.len() as f64, "", None);
    figures.add("faults and controls answered wrongly", wrong as f64, "", Some(scores.len() as f64 * 0.05));
    let told = scores.iter().filter(|score| score.wrong.is_empty() && score.code != "silence");
    let mut times: Vec<Duration> = told.map(|score| Duration::from_secs_f64(score.took)).collect();
    figures.add_times("fault made -> right incident, holds included", &mut times, None, None);
    Ok(())
}
