//! What ChatCLI's Go operator leaves behind: whole objects, written by Update under its manager's name, the way 1.188.0 writes them.

use anyhow::{Context, Result};
use common::api::Instance;
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::TestNamespace;

/// Name under which it writes.
const MANAGER: &str = "manager";

/// The children of one Instance, and its status.
pub struct Children<'a> {
    namespace: &'a TestNamespace,
    owner: Instance,
}

impl<'a> Children<'a> {
    /// Of an Instance that exists; it gets upstream's finalizer.
    pub async fn of(namespace: &'a TestNamespace, name: &str) -> Result<Self> {
        let finalizer = json!({ "metadata": { "finalizers": [common::api::keys::INSTANCE_FINALIZER] } });
        let params = PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
        let owner = namespace.api::<Instance>().patch(name, &params, &Patch::Merge(finalizer)).await?;
        Ok(Self { namespace, owner })
    }

    /// Writes one, named `<instance><suffix>` and owned by it.
    pub async fn make<K>(&self, suffix: &str, mut content: Value) -> Result<()>
    where
        K: Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()> + Clone + std::fmt::Debug,
        K: Serialize + DeserializeOwned,
    {
        let name = format!("{}{suffix}", self.owner.name_any());
        let owner = self.owner.controller_owner_ref(&()).context("an owner")?;
        content["metadata"] = json!({ "name": name, "labels": self.labels(), "ownerReferences": [owner] });
        let params = PostParams { field_manager: Some(MANAGER.to_owned()), ..PostParams::default() };
        let api: Api<K> = self.namespace.api();
        api.create(&params, &serde_json::from_value(content)?)
            .await
            .with_context(|| format!("{} {name}", K::kind(&())))?;
        Ok(())
    }

    /// The three labels that it puts on everything and selects by.
    pub fn labels(&self) -> Value {
        json!({
            "app.kubernetes.io/name": "chatcli",
            "app.kubernetes.io/instance": self.owner.name_any(),
            "app.kubernetes.io/managed-by": "chatcli-operator",
        })
    }

    /// Says that it is ready, in upstream's words.
    pub async fn are_ready(&self) -> Result<()> {
        let now = jiff::Timestamp::now().to_string();
        let condition = json!({
            "type": "Available", "status": "True", "reason": "DeploymentReady", "message": "1/1 replicas ready",
            "lastTransitionTime": now, "observedGeneration": 1,
        });
        let status = json!({ "status": {
            "ready": true, "replicas": 1, "readyReplicas": 1, "observedGeneration": 1, "conditions": [condition],
        } });
        let params = PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
        let api = self.namespace.api::<Instance>();
        api.patch_status(&self.owner.name_any(), &params, &Patch::Merge(status)).await?;
        Ok(())
    }
}
