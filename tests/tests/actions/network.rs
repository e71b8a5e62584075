//! AdjustHPA, UpdateIngress, PatchNetworkPolicy.

use anyhow::Result;
use common::api::ActionType;
use common::api::remediation_plan::{ActionClass, VerdictLevel};
use kit::App;
use kit::app::expose;
use serde_json::json;

use crate::plan::{Plan, level, shop};

#[tokio::test]
async fn an_autoscalers_bounds_are_moved_and_moved_back() -> Result<()> {
    let (cluster, namespace) = shop("hpa").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    namespace
        .apply(json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "spec": {
            "minReplicas": 1, "maxReplicas": 2, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        }}))
        .await?;
    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::AdjustHPA, &[("minReplicas", "2"), ("maxReplicas", "4"), ("targetCPUUtilization", "60")]);
    let previewed = plan.preview().await?;
    plan.happens_and_is_undone().await?;
    assert_eq!(previewed.preview.class, ActionClass::Reversible);

    let refused =
        Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::AdjustHPA, &[("minReplicas", "9")]);
    assert!(refused.refusal().await?.contains("minReplicas 9 is above maxReplicas 2"));
    let same =
        Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::AdjustHPA, &[("maxReplicas", "2")]);
    assert!(!same.preview().await?.preview.changes_something(), "bounds that hold already are a no-op");
    Ok(())
}

#[tokio::test]
async fn an_ingress_is_sent_to_another_service_and_back() -> Result<()> {
    let (cluster, namespace) = shop("ingress").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    expose(&namespace, "web").await?;
    namespace
        .apply(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "standby"}, "spec": {"selector": {"app": "standby"}, "ports": [{"port": 81}]}}))
        .await?;
    namespace
        .apply(json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": {"rules": [
            {"host": "shop.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}},
        ]}}))
        .await?;
    let params = [
        ("backendService", "standby"),
        ("backendPort", "81"),
        ("annotation.nginx.ingress.kubernetes.io/proxy-read-timeout", "60"),
    ];
    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::UpdateIngress, &params);
    let previewed = plan.preview().await?;
    plan.happens_and_is_undone().await?;
    assert_eq!(previewed.preview.class, ActionClass::Disruptive);
    assert_eq!(level(&previewed, "undo"), Some(VerdictLevel::Ok), "{:#?}", previewed.preview.verdicts);

    let refused = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::UpdateIngress, &[("backendService", "nowhere")]);
    assert!(matches!(refused.preview().await, Err(error) if error.to_string().contains("nowhere does not exist")));
    Ok(())
}

#[tokio::test]
async fn a_port_is_let_in_without_narrowing_what_was_open_and_taken_back() -> Result<()> {
    let (cluster, namespace) = shop("netpol").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let cart = json!([{"podSelector": {"matchLabels": {"app": "cart"}}}]);
    namespace
        .apply(
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"}, "spec": {
                "podSelector": {"matchLabels": {"app": "web"}},
                "ingress": [{"from": cart}, {"from": cart, "ports": [{"port": 80, "protocol": "TCP"}]}],
            }}),
        )
        .await?;
    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::PatchNetworkPolicy, &[("networkPolicy", "web"), ("allowPort", "8080")]);
    let previewed = plan.preview().await?;
    plan.happens_and_is_undone().await?;
    let diff = &previewed.preview.steps[0].diff;
    assert!(diff.contains("8080") && !diff.contains("-  "), "{diff}");

    let refused = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::PatchNetworkPolicy, &[("networkPolicy", "web"), ("patch", "{\"metadata\":{}}")]);
    assert!(refused.refusal().await?.contains("a JSON object with spec and nothing else"));
    Ok(())
}
