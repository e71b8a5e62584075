//! A shop of three services: `web` asks `cart` and `checkout`.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use common::api::keys::{GROUP, annotations};
use k8s_openapi::api::core::v1::{Namespace, Pod};
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{DeleteParams, ListParams, ObjectMeta, PostParams};
use kube::{Api, ResourceExt};
use serde_json::json;

use super::stage::Stage;
use crate::app::{App, Workload, apply_config, expose};
use crate::cluster::Cluster;
use crate::connection::Connection;
use crate::namespace::TestNamespace;
use crate::watching::watch_until;

/// Where it is.
pub const NAMESPACE: &str = "shop";
/// Who is asked.
pub const ON_CALL: &str = "alice";

/// The running shop.
pub struct Shop {
    pub namespace: TestNamespace,
    pub admin: Connection,
    pub on_call: Connection,
    pub web: Workload,
    pub cart: Workload,
    pub checkout: Workload,
}

/// Opens it: reversible fixes run by themselves here, everything else asks alice.
pub async fn open(stage: &Stage, cluster: &Cluster) -> Result<Shop> {
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    let metadata = ObjectMeta {
        name: Some(NAMESPACE.to_owned()),
        annotations: Some(BTreeMap::from([(annotations::AUTONOMY.to_owned(), "auto".to_owned())])),
        ..ObjectMeta::default()
    };
    namespaces.create(&PostParams::default(), &Namespace { metadata, ..Namespace::default() }).await?;
    let namespace = TestNamespace::adopt(cluster.connection(), NAMESPACE)?;

    apply_config(&namespace, "cart-config", &[("APP_ALLOCATE_MIB", "8")]).await?;
    apply_config(&namespace, "checkout-config", &[("DB_HOST", "db.shop"), ("DB_PORT", "5432")]).await?;
    let cart =
        App::named("cart", cluster)?.memory_limit("32Mi").needing_config("APP_ALLOCATE_MIB").create(&namespace).await?;
    let checkout = App::named("checkout", cluster)?.needing_config("DB_HOST").create(&namespace).await?;
    let asks = ["--depend-on=http://cart", "--depend-on=http://checkout"];
    let web = App::named("web", cluster)?.replicas(2).doing(&asks).create(&namespace).await?;
    for service in ["cart", "checkout", "web"] {
        expose(&namespace, service).await?;
    }
    for workload in [&cart, &checkout, &web] {
        workload.available().await;
    }
    stage.done(
        "three services are up in namespace `shop`, autonomy `auto`: reversible fixes run by themselves, the rest asks",
    );

    let on_call = match cluster.person(ON_CALL, &["on-call"]).await {
        Ok(person) => {
            let binding = json!({
                "metadata": { "name": "on-call" },
                "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "chatcli-approver" },
                "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "on-call" }]
            });
            namespace.api::<RoleBinding>().create(&PostParams::default(), &serde_json::from_value(binding)?).await?;
            stage.tell("alice is on call there: the group on-call is bound to the ClusterRole chatcli-approver");
            person
        }
        // somebody else's cluster: its kubeconfig's user votes
        Err(_) => cluster.connection().clone(),
    };
    Ok(Shop { namespace, admin: cluster.connection().clone(), on_call, web, cart, checkout })
}

/// Closes an older one and waits until nothing of it is left.
pub async fn tear_down(cluster: &Cluster) -> Result<()> {
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    if namespaces.get_opt(NAMESPACE).await?.is_none() {
        return Ok(());
    }
    namespaces.delete(NAMESPACE, &DeleteParams::default()).await?;
    let gone = watch_until(&namespaces, tokio::time::Instant::now() + Duration::from_secs(90), |seen| {
        seen.named(NAMESPACE).is_none().then_some(())
    });
    gone.await.map_err(|_| anyhow::anyhow!("the namespace of an earlier {GROUP} demo does not go away"))
}

/// Deletes the pods of an app; its Deployment makes new ones.
pub async fn restart_pods(shop: &Shop, app: &str) -> Result<()> {
    let pods: Api<Pod> = shop.namespace.api();
    for pod in pods.list(&ListParams::default().labels(&format!("app={app}"))).await? {
        pods.delete(&pod.name_any(), &DeleteParams::default()).await?;
    }
    Ok(())
}
