//! A node that stops answering. Alone in its program, because every other workload of the cluster runs on that node.

use std::time::Duration;

use anyhow::Result;
use common::api::Issue;
use common::api::issue::IssueState;
use common::api::keys::OPERATOR_NAMESPACE;
use kit::incidents::{cause_of, state_of};
use kit::{App, Cluster, Operator, TestNamespace, eventually};

#[tokio::test]
async fn a_node_that_stops_answering_is_one_incident_of_the_node_and_over_when_it_is_back() -> Result<()> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), "node", Some("observe")).await?;
    App::named("web", &cluster)?.replicas(2).running(&namespace).await?;
    let home = TestNamespace::adopt(cluster.connection(), OPERATOR_NAMESPACE)?;
    let node = cluster.node()?;
    let of_the_node = |issue: &&Issue| issue.spec.resource.kind == "Node" && issue.spec.resource.name == node;

    cluster.command(&["node", "stop"])?;
    let noticed = tokio::spawn({
        let (api, node) = (home.api::<Issue>(), node.clone());
        async move {
            eventually(&api, Duration::from_secs(120), "an Issue of the node", |seen| {
                let issue =
                    seen.all().find(|issue| issue.spec.resource.kind == "Node" && issue.spec.resource.name == node)?;
                (state_of(issue).is_open() && cause_of(issue) == "node-not-ready").then(|| issue.clone())
            })
            .await
        }
    })
    .await;
    // whatever came of it, the node has to come back
    cluster.command(&["node", "start"])?;
    let issue = noticed?;
    assert_eq!(issue.spec.resource.kind, "Node");

    eventually(&home.api::<Issue>(), Duration::from_secs(180), "the node's incident is over", |seen| {
        seen.all().filter(of_the_node).all(|issue| state_of(issue) == IssueState::Resolved).then_some(())
    })
    .await;
    // its pods were not ready for a cause that has an incident already
    let own = kit::incidents::issues_about(&namespace, "web").await?;
    assert!(own.is_empty(), "{own:#?}");
    Ok(())
}
