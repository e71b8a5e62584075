//! Every fault a real node can show is told by its cause, and what is well is left in peace. `FAULTS=a,b` chooses; SOAK=1 runs all.

use anyhow::Result;
use futures::{StreamExt, stream};
use kit::faults::{self, Fault, Score};
use kit::{Cluster, Operator};

/// So many at once; more would queue at the kubelet.
const ABREAST: usize = 6;

#[tokio::test]
async fn faults_are_told_by_their_causes_and_controls_are_left_in_peace() -> Result<()> {
    let all = std::env::var_os("SOAK").is_some() || std::env::var_os("FAULTS").is_some();
    let chosen: Vec<Fault> = faults::all()?.into_iter().filter(|fault| all || fault.fast).collect();
    assert!(!chosen.is_empty(), "no fault of that name");
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let (alone, together): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|fault| fault.alone);
    let mut scores: Vec<Score> = stream::iter(&together)
        .map(|fault| async { answered(fault, fault.run(&cluster).await) })
        .buffer_unordered(ABREAST)
        .collect()
        .await;
    for fault in &alone {
        scores.push(answered(fault, fault.run(&cluster).await));
    }
    scores.sort_by(|a, b| a.slug.cmp(&b.slug));
    let table: Vec<String> = scores.iter().map(ToString::to_string).collect();
    let right = scores.iter().filter(|score| score.wrong.is_empty()).count();
    kit::say(&format!("{right} of {} right\n{}", scores.len(), table.join("\n")));
    assert_eq!(right, scores.len(), "see the table above");
    Ok(())
}

/// A fault that could not be made is a wrong answer of the suite.
fn answered(fault: &Fault, result: Result<Score>) -> Score {
    result.unwrap_or_else(|error| Score {
        slug: fault.slug.clone(),
        took: 0.0,
        wrong: vec![format!("{error:#}")],
        code: "-".to_owned(),
        cured: None,
    })
}
