//! The operator as a process: rights, lease, life and death.

use std::time::Duration;

use anyhow::Result;
use common::api::keys::{LEASE_NAME, OPERATOR_NAMESPACE};
use k8s_openapi::api::coordination::v1::Lease;
use kit::installation::install;
use kit::operator::Options;
use kit::{ControlPlane, Operator};
use kube::Api;

#[tokio::test]
async fn the_shipped_rights_let_it_lead_and_nothing_it_asks_for_is_refused() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    install(control_plane.connection()).await?;
    let mark = control_plane.audit_log().mark()?;
    let operator = Operator::start(control_plane.connection(), &Options::default()).await?;
    operator.leads(&control_plane.client()?).await?;
    let log = operator.log().to_owned();
    let ended = operator.stop().await?;
    assert!(ended.success(), "asked to end, it ended with {ended}\n{}", kit::operator::log_tail(&log));

    let own: Vec<_> = control_plane.audit_log().since(mark)?;
    let own = own.into_iter().filter(|request| request.user.username == kit::installation::operator_user());
    let refused: Vec<_> = own.filter(|request| request.response_status.code == 403 && !request.is_dry_run()).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    Ok(())
}

#[tokio::test]
async fn a_killed_leader_continues_under_its_name_at_once() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    install(control_plane.connection()).await?;
    let client = control_plane.client()?;
    let first = Operator::start(control_plane.connection(), &Options::default()).await?;
    first.leads(&client).await?;
    let leases: Api<Lease> = Api::namespaced(client.clone(), OPERATOR_NAMESPACE);
    let held = |lease: &Lease| lease.spec.as_ref().and_then(|spec| spec.lease_transitions);
    let before = held(&leases.get(LEASE_NAME).await?);
    first.kill().await?;

    let second = Operator::start(control_plane.connection(), &Options::default()).await?;
    second.leads(&client).await?;
    assert_eq!(held(&leases.get(LEASE_NAME).await?), before, "nobody else held it in between");
    Ok(())
}

#[tokio::test]
async fn an_operator_that_cannot_reach_the_api_server_says_so_and_is_not_ready() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    install(control_plane.connection()).await?;
    let options =
        Options { proxy: Some("http://127.0.0.1:9".to_owned()), log: "unreachable".to_owned(), ..Options::default() };
    let operator = Operator::start(control_plane.connection(), &options).await?;
    // either end is honest: it gives up, or it runs and is not ready
    if operator.ended(Duration::from_secs(5)).await.is_err() {
        let answer = kit::http::get(operator.health_port(), "/readyz").await?;
        assert_ne!(answer.status, 200, "{}", answer.body);
    }
    assert!(operator.log_tail().to_lowercase().contains("error"), "{}", operator.log_tail());
    Ok(())
}
