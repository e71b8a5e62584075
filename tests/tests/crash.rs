//! The operator is killed after each write of a whole run: the same end, and nothing done twice. The witness is the API server's log.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use common::api::issue::IssueState;
use k8s_openapi::api::core::v1::Namespace;
use kit::app::image_of;
use kit::audit::Request;
use kit::incidents::{REPAIR, issue_reaches};
use kit::installation::{install, operator_user};
use kit::operator::{Options, Turn};
use kit::proxy::Proxy;
use kit::{App, Cluster, Operator, TestNamespace, say};
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;

/// More writes than any one-step run makes: a run that never ends is a failure, not a long test.
const MOST_WRITES: u64 = 60;

#[tokio::test]
async fn killed_after_each_write_of_a_run_it_ends_the_same_and_does_nothing_twice() -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;

    let mut cut_after = 1;
    loop {
        anyhow::ensure!(cut_after <= MOST_WRITES, "a run of more than {MOST_WRITES} writes");
        let was_cut = rollback_with_a_kill_after(&cluster, cut_after).await?;
        if !was_cut {
            break;
        }
        cut_after += step();
    }
    anyhow::ensure!(cut_after > 5, "a whole run in {cut_after} writes was not one");
    say(&format!("killed after each of {} writes", cut_after - 1));
    Ok(())
}

/// `make soak` tries every write; otherwise every fourth, because each costs a rollout.
fn step() -> u64 {
    if std::env::var_os("SOAK").is_some() { 1 } else { 4 }
}

/// One run from the fault to its end. False when it ended before the cut.
async fn rollback_with_a_kill_after(cluster: &Cluster, nth: u64) -> Result<bool> {
    let namespace = TestNamespace::create(cluster.connection(), "kill", Some("observe")).await?;
    let web = App::named("web", cluster)?.running(&namespace).await?;
    let good = image_of(&web.live().await?);
    web.roll_out_missing_image().await?;
    // only now may it act: before, the writes of others' leftovers would be counted
    let all = Api::<Namespace>::all(cluster.client());
    let allow = json!({ "metadata": { "annotations": { common::api::keys::annotations::AUTONOMY: "auto" } } });
    all.patch(namespace.name(), &PatchParams::default(), &Patch::Merge(&allow)).await?;
    let log = cluster.audit_log()?;
    let mark = log.mark()?;

    let proxy = Proxy::cutting_after(cluster.connection(), nth).await?;
    let through = Options { proxy: Some(proxy.address().to_owned()), log: format!("kill-{nth}"), ..Options::default() };
    let first = Operator::start(cluster.connection(), &through).await?;
    let resolved = issue_reaches(&namespace, "web", IssueState::Resolved, REPAIR);
    tokio::select! {
        () = proxy.cut() => {
            first.kill().await?;
            let again = Operator::start(cluster.connection(), &Options::default()).await?;
            issue_reaches(&namespace, "web", IssueState::Resolved, REPAIR).await;
            again.still_runs()?;
        }
        _ = resolved => {}
    }
    let live = web.available().await;
    assert_eq!(image_of(&live), good, "cut after write {nth}");

    let writes = log.writes_of(&operator_user(), mark)?;
    let to_the_workload: Vec<&Request> = writes
        .iter()
        .filter(|write| write.object_ref.namespace == namespace.name() && write.object_ref.api_group == "apps")
        .collect();
    assert_eq!(to_the_workload.len(), 1, "cut after write {nth}: {to_the_workload:#?}");
    let mut created: BTreeMap<(String, String), u32> = BTreeMap::new();
    for write in writes.iter().filter(|write| write.verb == "create" && write.object_ref.namespace == namespace.name())
    {
        if write.object_ref.resource != "events" {
            *created.entry((write.object_ref.resource.clone(), write.object_ref.name.clone())).or_default() += 1;
        }
    }
    let twice: Vec<_> = created.iter().filter(|((_, name), count)| !name.is_empty() && **count > 1).collect();
    assert!(twice.is_empty(), "cut after write {nth}: {twice:?}");
    Ok(proxy.has_cut())
}

#[tokio::test]
async fn a_namespace_with_an_open_question_goes_within_a_minute_with_the_operator_gone() -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    let operator =
        Operator::start(cluster.connection(), &Options { log: "gone".to_owned(), ..Options::default() }).await?;
    for stops_before in [false, true] {
        let namespace = TestNamespace::create(cluster.connection(), "delete", Some("approve")).await?;
        let web = App::named("web", &cluster)?.running(&namespace).await?;
        web.roll_out_missing_image().await?;
        let requests = namespace.api::<common::api::ApprovalRequest>();
        kit::eventually(&requests, Duration::from_secs(90), "a question to people", |seen| {
            (!seen.is_empty()).then_some(())
        })
        .await;
        let name = namespace.name().to_owned();
        if stops_before {
            operator.stop().await.context("the operator did not stop")?;
            drop(namespace);
            gone_within_a_minute(&cluster, &name).await;
            return Ok(());
        }
        drop(namespace);
        gone_within_a_minute(&cluster, &name).await;
    }
    unreachable!("the second round returns")
}

async fn gone_within_a_minute(cluster: &Cluster, name: &str) {
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    kit::eventually(&namespaces, Duration::from_secs(60), "the namespace is gone", |seen| {
        seen.named(name).is_none().then_some(())
    })
    .await;
}
