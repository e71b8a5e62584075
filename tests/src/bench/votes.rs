//! From the vote that decides to the first write of the plan, both as they arrive at one watch client.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use common::api::approval_vote::VoteDecision;
use common::api::remediation_plan::RemediationState;
use k8s_openapi::api::core::v1::ConfigMap;

use super::Figures;
use crate::app::{App, apply_config, remove_config_key};
use crate::cluster::Cluster;
use crate::incidents::{issue_explained, plan_reaches, question_about};
use crate::namespace::TestNamespace;
use crate::votes::{cast, may_vote, vote};
use crate::watching::eventually;

pub async fn measure(cluster: &Cluster, votes: usize, figures: &mut Figures) -> Result<()> {
    let namespace = TestNamespace::create(cluster.connection(), "bench-vote", Some("approve")).await?;
    may_vote(&namespace, "alice").await?;
    let alice = cluster.person("alice", &["on-call"]).await?.client()?;
    let mut times = Vec::new();
    for round in 0..votes {
        let name = format!("app-{round}");
        let config = format!("{name}-config");
        apply_config(&namespace, &config, &[("KEY", "value")]).await?;
        remove_config_key(&namespace, &config, "KEY").await?;
        App::named(&name, cluster)?.needing_config("KEY").create(&namespace).await?;
        let issue = issue_explained(&namespace, &name, "config-key-missing").await;
        let plan =
            plan_reaches(&namespace, &issue, &[RemediationState::WaitingApproval], Duration::from_secs(60)).await;
        let question = question_about(&namespace, &plan).await;

        // the watch runs before the vote is sent, so that its own start is not measured
        let maps = namespace.api::<ConfigMap>();
        let restored = tokio::spawn(async move {
            eventually(&maps, Duration::from_secs(60), "the plan's first write", |seen| {
                let data = seen.named(&config)?.data.as_ref()?;
                data.contains_key("KEY").then(Instant::now)
            })
            .await
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        cast(&alice, &vote(&question, "alice", VoteDecision::Approve)).await?;
        let voted = Instant::now();
        times.push(restored.await.context("the write did not come")?.saturating_duration_since(voted));
        // The workload stays until the namespace goes: a plan whose target vanishes has failed, and a few of those open the breaker.
    }
    figures.add_times("last vote -> first write of the plan", &mut times, None, Some(0.5));
    Ok(())
}
