//! Beside a live operator of another make this one only reads.

use std::time::Duration;

use anyhow::Result;
use common::api::keys::conditions::OTHER_OPERATOR_ACTIVE;
use common::api::keys::{LEASE_NAME, OPERATOR_NAMESPACE};
use common::api::{Condition, Issue};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Event};
use kit::incidents::SOON;
use kit::installation::{install, operator_user};
use kit::operator::{Options, Turn};
use kit::{App, Cluster, Operator, TestNamespace, eventually};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};
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
