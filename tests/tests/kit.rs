//! The kit itself: a test that relies on it must be able to fail.

use std::time::Duration;

use anyhow::Result;
use k8s_openapi::api::authentication::v1::TokenRequest;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kit::app::{apply_config, image_of, is_rolled_out, remove_config_key};
use kit::proxy::Proxy;
use kit::{App, Cluster, ControlPlane, TestNamespace, eventually};
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};

#[tokio::test]
async fn an_app_becomes_available_on_the_node() -> Result<()> {
    let cluster = Cluster::start().await?;
    let namespace = TestNamespace::create(cluster.connection(), "kit", None).await?;
    let web = App::named("web", &cluster)?.replicas(2).running(&namespace).await?;
    assert_eq!(web.live().await?.status.and_then(|status| status.ready_replicas), Some(2));
    Ok(())
}

#[tokio::test]
async fn a_missing_image_leaves_the_rollout_stuck_while_old_pods_serve() -> Result<()> {
    let cluster = Cluster::start().await?;
    let namespace = TestNamespace::create(cluster.connection(), "kit", None).await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let good = image_of(&web.live().await?);
    web.roll_out_missing_image().await?;
    let pods = namespace.api::<k8s_openapi::api::core::v1::Pod>();
    eventually(&pods, Duration::from_secs(60), "a pod cannot pull its image", |seen| {
        seen.all().find(|pod| {
            let text = serde_json::to_string(&pod.status).unwrap_or_default();
            text.contains("ErrImagePull") || text.contains("ImagePullBackOff")
        })?;
        Some(())
    })
    .await;
    let live = web.live().await?;
    assert_ne!(image_of(&live), good);
    assert!(!is_rolled_out(&live));
    assert_eq!(live.status.and_then(|status| status.available_replicas), Some(1));
    Ok(())
}

#[tokio::test]
async fn the_namespace_of_a_test_goes_with_it() -> Result<()> {
    let cluster = Cluster::start().await?;
    let namespace = TestNamespace::create(cluster.connection(), "kit", Some("auto")).await?;
    let name = namespace.name().to_owned();
    drop(namespace);
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    eventually(&namespaces, Duration::from_secs(60), "the namespace is gone", |seen| {
        seen.named(&name).is_none().then_some(())
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn the_audit_log_tells_writes_from_dry_runs_and_refusals() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    let namespace = TestNamespace::create(control_plane.connection(), "kit", None).await?;
    let mark = control_plane.audit_log().mark()?;
    apply_config(&namespace, "settings", &[("a", "1"), ("b", "2")]).await?;
    remove_config_key(&namespace, "settings", "b").await?;
    let api: Api<ConfigMap> = namespace.api();
    let dry = PatchParams { dry_run: true, ..PatchParams::default() };
    let patch = Patch::Merge(serde_json::json!({ "data": { "c": "3" } }));
    api.patch("settings", &dry, &patch).await?;
    let bob = control_plane.person("bob", &["developers"]).await?;
    let refused = Api::<ConfigMap>::namespaced(bob.client()?, namespace.name())
        .patch("settings", &PatchParams::default(), &patch)
        .await;
    assert!(refused.is_err(), "bob has no rights");

    let all = control_plane.audit_log().since(mark)?;
    let on_settings =
        |request: &&kit::audit::Request| request.object_ref.namespace == namespace.name() && request.verb == "patch";
    assert_eq!(all.iter().filter(on_settings).count(), 4);
    assert_eq!(all.iter().filter(on_settings).filter(|request| request.is_accepted_write()).count(), 2);
    assert_eq!(control_plane.audit_log().writes_of("bob", mark)?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn a_cut_answer_is_a_write_that_was_accepted_and_nobody_heard_of() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    let namespace = TestNamespace::create(control_plane.connection(), "kit", None).await?;
    let proxy = Proxy::cutting_after(control_plane.connection(), 2).await?;
    let kubeconfig = kit::place::traces().join("through-the-proxy.kubeconfig");
    let account: Api<k8s_openapi::api::core::v1::ServiceAccount> = namespace.api();
    account
        .create(
            &PostParams::default(),
            &serde_json::from_value(serde_json::json!({ "metadata": { "name": "sender" } }))?,
        )
        .await?;
    let role = serde_json::json!({
        "metadata": { "name": "sender" },
        "rules": [{ "apiGroups": [""], "resources": ["configmaps"], "verbs": ["create"] }]
    });
    kit::votes::bind(&namespace, &format!("system:serviceaccount:{}:sender", namespace.name()), role).await?;
    let token = account.create_token_request("sender", &PostParams::default(), &TokenRequest::default()).await?;
    control_plane.connection().write_for_token(&kubeconfig, &token.status.unwrap().token, Some(proxy.address()))?;
    let sender: Api<ConfigMap> =
        Api::namespaced(kit::Connection::from_file(&kubeconfig).await?.client()?, namespace.name());

    let named = |name: &str| -> ConfigMap {
        serde_json::from_value(serde_json::json!({ "metadata": { "name": name } })).unwrap()
    };
    sender.create(&PostParams::default(), &named("first")).await?;
    let second = named("second");
    let parameters = PostParams::default();
    tokio::select! {
        answer = sender.create(&parameters, &second) => panic!("the answer came through: {answer:?}"),
        _ = proxy.cut() => {}
    }
    assert_eq!(proxy.accepted(), 2);
    assert!(namespace.api::<ConfigMap>().get_opt("second").await?.is_some(), "accepted by the server");
    Ok(())
}
