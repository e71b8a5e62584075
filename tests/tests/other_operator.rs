//! Beside a live operator of another make this one only reads.

use std::time::Duration;

use anyhow::Result;
use common::api::keys::conditions::OTHER_OPERATOR_ACTIVE;
use common::api::keys::{LEASE_NAME, OPERATOR_NAMESPACE};
use common::api::remediation_plan::RemediationState;
use common::api::{AIInsight, Condition, Issue, RemediationPlan};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Event};
use kit::incidents::{SOON, plan_state};
use kit::installation::{apply, install, kinds_served, manifests, operator_user};
use kit::operator::{Options, Turn};
use kit::{App, Cluster, ControlPlane, Operator, TestNamespace, eventually, place};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;

#[tokio::test]
async fn while_another_operators_lease_lives_nothing_is_written_and_afterwards_it_works() -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    let elsewhere = TestNamespace::create(cluster.connection(), "upstream", None).await?;
    let leases: Api<Lease> = elsewhere.api();
    // as client-go's leader election writes it
    let renew = || {
        json!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": LEASE_NAME },
            "spec": {
                "holderIdentity": "chatcli-operator-7c9f_0e1d", "leaseDurationSeconds": 15,
                "renewTime": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string()
            }
        })
    };
    let parameters = PatchParams::apply("leader-election").force();
    leases.patch(LEASE_NAME, &parameters, &Patch::Apply(renew())).await?;
    let renewing = tokio::spawn({
        let (leases, parameters) = (leases.clone(), parameters.clone());
        async move {
            let mut beat = tokio::time::interval(Duration::from_secs(2));
            loop {
                beat.tick().await;
                let _ = leases.patch(LEASE_NAME, &parameters, &Patch::Apply(renew())).await;
            }
        }
    });

    let log = cluster.audit_log()?;
    let mark = log.mark()?;
    let operator =
        Operator::start(cluster.connection(), &Options { log: "beside".to_owned(), ..Options::default() }).await?;
    let namespace = TestNamespace::create(cluster.connection(), "beside", Some("auto")).await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    web.roll_out_missing_image().await?;
    let state = Api::<ConfigMap>::namespaced(cluster.client(), OPERATOR_NAMESPACE);
    eventually(&state, SOON, "a condition that says so", |seen| {
        let conditions = seen.named("chatcli-operator-status")?.data.as_ref()?.get("conditions")?;
        let conditions: Vec<Condition> = serde_json::from_str(conditions).ok()?;
        conditions.iter().find(|one| one.type_ == OTHER_OPERATOR_ACTIVE && one.status == "True").map(drop)
    })
    .await;
    let events = Api::<Event>::all(cluster.client());
    eventually(&events, SOON, "an Event that says so", |seen| {
        seen.all().find(|event| event.reason.as_deref() == Some(OTHER_OPERATOR_ACTIVE)).map(drop)
    })
    .await;
    kit::never(
        &namespace.api::<Issue>(),
        Duration::from_secs(30),
        "an Issue is written beside another operator",
        |seen| seen.all().next().map(|issue| issue.spec.description.clone()),
    )
    .await;
    let writes = log.writes_of(&operator_user(), mark)?;
    let shared: Vec<_> = writes
        .iter()
        .filter(|write| write.object_ref.api_group == common::api::keys::GROUP || write.object_ref.api_group == "apps")
        .collect();
    assert!(shared.is_empty(), "{shared:#?}");

    renewing.abort();
    leases.delete(LEASE_NAME, &DeleteParams::default()).await?;
    eventually(&namespace.api::<Issue>(), Duration::from_secs(90), "it works once the other is gone", |seen| {
        seen.all().next().map(drop)
    })
    .await;
    operator.still_runs()
}

/// What an operator of another make left half done when it was stopped: it keeps no journal, so nobody knows what it did.
async fn left_behind(namespace: &TestNamespace) -> Result<()> {
    let deployment = App::bare("web", "registry.example/web:v2").manifest();
    namespace.api::<Deployment>().create(&PostParams::default(), &serde_json::from_value(deployment)?).await?;
    let issue = json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Issue", "metadata": { "name": "web-deploy-failing-1764000000" },
        "spec": {
            "severity": "high", "source": "watcher", "signalType": "deploy_failing", "riskScore": 60,
            "resource": { "kind": "Deployment", "name": "web", "namespace": namespace.name() },
            "description": "rollout stuck"
        }
    });
    let plan = json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "RemediationPlan", "metadata": { "name": "web-deploy-failing-1764000000-plan-1" },
        "spec": {
            "issueRef": { "name": "web-deploy-failing-1764000000" }, "attempt": 1, "strategy": "restart, then roll back",
            "actions": [{ "type": "RestartDeployment" }, { "type": "RollbackDeployment", "params": { "toRevision": "previous" } }]
        }
    });
    let issues = namespace.api::<Issue>();
    let issue = issues.create(&PostParams::default(), &serde_json::from_value(issue)?).await?;
    let remediating = json!({ "status": { "state": "Remediating", "remediationAttempts": 1 } });
    let name = issue.metadata.name.unwrap_or_default();
    issues.patch_status(&name, &PatchParams::default(), &Patch::Merge(&remediating)).await?;
    let plans = namespace.api::<RemediationPlan>();
    let plan = plans.create(&PostParams::default(), &serde_json::from_value(plan)?).await?;
    let executing = json!({ "status": { "state": "Executing", "startedAt": jiff::Timestamp::now() } });
    let name = plan.metadata.name.unwrap_or_default();
    plans.patch_status(&name, &PatchParams::default(), &Patch::Merge(&executing)).await?;
    Ok(())
}

#[tokio::test]
async fn a_plan_that_another_operator_left_half_done_runs_nothing_and_its_issue_is_diagnosed_again() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    let client = control_plane.client()?;
    // the kinds without our guards: those objects are older than our installation
    for definition in manifests(&place::repository().join("manifests/crds"))? {
        apply(&client, &definition).await?;
    }
    kinds_served(&client).await?;
    let namespace = TestNamespace::create(control_plane.connection(), "inherited", Some("auto")).await?;
    left_behind(&namespace).await?;
    install(control_plane.connection()).await?;
    let mark = control_plane.audit_log().mark()?;
    let options = Options { log: "taken-over".to_owned(), ..Options::default() };
    let operator = Operator::start(control_plane.connection(), &options).await?;

    eventually(&namespace.api::<RemediationPlan>(), SOON, "the plan ends as taken over", |seen| {
        let plan = seen.all().find(|plan| plan_state(plan) == RemediationState::Failed)?;
        let conditions = &plan.status.as_ref()?.conditions;
        conditions.iter().any(|condition| condition.reason == "TakenOver").then_some(())
    })
    .await;
    eventually(&namespace.api::<AIInsight>(), SOON, "the Issue is diagnosed again", |seen| {
        seen.all().find(|insight| insight.status.as_ref().is_some_and(|status| status.analysis.is_some())).map(drop)
    })
    .await;
    let writes = control_plane.audit_log().writes_of(&operator_user(), mark)?;
    let to_the_world: Vec<_> = writes.iter().filter(|write| write.object_ref.api_group == "apps").collect();
    assert!(to_the_world.is_empty(), "{to_the_world:#?}");
    operator.still_runs()
}
