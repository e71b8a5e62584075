//! ChatCLI servers as tests ask for them: the Instance, what it names, and what it says about itself.
//!
//! The servers are real processes that speak the real protocol (tests/cluster/server); only the model behind them is missing.

use std::time::Duration;

use anyhow::{Context, Result};
use common::api::instance::{InstanceSpec, InstanceStatus};
use common::api::keys::{OPERATOR_NAMESPACE, conditions};
use common::api::{Condition, Instance};
use common::instances::{Grantee, Source, grants, references};
use common::tls;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use serde_json::{Value, json};

use crate::TestNamespace;
use crate::installation;
use crate::watching::eventually;

/// A rollout with its drain, on a machine that compiles at the same time.
pub const ROLLOUT: Duration = Duration::from_secs(180);

/// One Instance of a test.
pub struct Server<'a> {
    namespace: &'a TestNamespace,
    name: String,
    spec: Value,
}

impl<'a> Server<'a> {
    /// An Instance to be.
    pub fn named(namespace: &'a TestNamespace, name: &str, spec: Value) -> Self {
        Self { namespace, name: name.to_owned(), spec }
    }

    /// Applies it.
    pub async fn ask(&self) -> Result<()> {
        let document = json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Instance",
            "metadata": { "name": self.name }, "spec": self.spec,
        });
        self.namespace.apply(document).await
    }

    fn wish(&self) -> Result<InstanceSpec> {
        Ok(serde_json::from_value(self.spec.clone())?)
    }

    /// The name a certificate of it has to carry.
    pub fn host(&self) -> String {
        format!("{}.{}.svc.cluster.local", self.name, self.namespace.name())
    }

    /// The object.
    pub async fn live(&self) -> Result<Instance> {
        Ok(self.namespace.api::<Instance>().get(&self.name).await?)
    }

    /// Its Deployment.
    pub async fn deployment(&self) -> Result<Deployment> {
        Ok(self.namespace.api::<Deployment>().get(&self.name).await?)
    }

    /// Changes its spec.
    pub async fn edit(&self, spec: Value) -> Result<()> {
        let change = Patch::Merge(json!({ "spec": spec }));
        self.namespace.api::<Instance>().patch(&self.name, &PatchParams::default(), &change).await?;
        Ok(())
    }

    /// What an administrator does after `kubectl chatcli instance grant`.
    pub async fn grant(&self) -> Result<()> {
        let to = Grantee { namespace: self.namespace.name(), name: &self.name, operator_namespace: OPERATOR_NAMESPACE };
        for object in grants(&to, &self.wish()?) {
            let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
            ensure_namespace(&self.namespace.client(), namespace).await?;
            installation::apply(&self.namespace.client(), &serde_json::from_value(object)?).await?;
        }
        Ok(())
    }

    /// Everything it names, with content that works.
    pub async fn provide(&self) -> Result<()> {
        for reference in references(&self.wish()?) {
            if reference.keys.contains(&"tls.crt") {
                secret(self.namespace, &reference.name, &certificate(&self.host())?).await?;
                continue;
            }
            let key = reference.key.unwrap_or_else(|| "OPENAI_API_KEY".to_owned());
            match reference.source {
                Source::Secret => secret(self.namespace, &reference.name, &[(&key, "a-secret")]).await?,
                Source::ConfigMap => {
                    crate::app::apply_config(self.namespace, &reference.name, &[("reviewer.md", "# reviewer")]).await?;
                }
            }
        }
        Ok(())
    }

    /// Waits until a condition says so.
    pub async fn says(&self, kind: &str, status: &str, reason: &str) -> Condition {
        let what = format!("{} says {kind}={status} {reason}", self.name);
        eventually(&self.namespace.api::<Instance>(), ROLLOUT, &what, |seen| {
            let status_now = seen.named(&self.name)?.status.as_ref()?;
            let found = condition_of(status_now, kind)?;
            (found.status == status && found.reason == reason).then(|| found.clone())
        })
        .await
    }

    /// Waits until it serves and answers.
    pub async fn is_ready(&self) -> Instance {
        let what = format!("{} is ready", self.name);
        eventually(&self.namespace.api::<Instance>(), ROLLOUT, &what, |seen| {
            let instance = seen.named(&self.name)?;
            let ready = condition_of(instance.status.as_ref()?, conditions::READY)?;
            let is_current = ready.observed_generation == instance.metadata.generation;
            (ready.status == "True" && is_current).then(|| instance.clone())
        })
        .await
    }

    /// Waits until every pod of the newest template is there and no other.
    pub async fn settled(&self) -> Deployment {
        let what = format!("Deployment {} is rolled out", self.name);
        eventually(&self.namespace.api::<Deployment>(), ROLLOUT, &what, |seen| {
            let deployment = seen.named(&self.name)?;
            let status = deployment.status.as_ref()?;
            let wanted = deployment.spec.as_ref()?.replicas.unwrap_or(1);
            let all = [status.replicas, status.updated_replicas, status.ready_replicas];
            let is_current = status.observed_generation == deployment.metadata.generation;
            (is_current && all.iter().all(|count| count.unwrap_or(0) == wanted)).then(|| deployment.clone())
        })
        .await
    }

    /// How many templates its pods have had.
    pub async fn rollouts(&self) -> Result<usize> {
        let sets = self.namespace.api::<ReplicaSet>().list(&kube::api::ListParams::default()).await?;
        let own = |set: &&ReplicaSet| set.owner_references().iter().any(|owner| owner.name == self.name);
        Ok(sets.items.iter().filter(own).count())
    }
}

/// One condition of a status.
pub fn condition_of<'a>(status: &'a InstanceStatus, kind: &str) -> Option<&'a Condition> {
    status.conditions.iter().find(|condition| condition.type_ == kind)
}

/// A certificate for a name, by an authority of its own: `tls.crt`, `tls.key`, `ca.crt`.
pub fn certificate(name: &str) -> Result<Vec<(&'static str, String)>> {
    certificate_made(name, Timestamp::now())
}

/// One that was made at another time, and is valid for a day.
pub fn certificate_made(name: &str, now: Timestamp) -> Result<Vec<(&'static str, String)>> {
    let names = [name.to_owned()];
    let valid_for = SignedDuration::from_hours(24);
    let made = tls::make(&tls::Request { names: &names, key: tls::KeyKind::default(), now, valid_for })?;
    Ok(vec![
        (tls::keys::CERTIFICATE, made.certificate.clone()),
        (tls::keys::KEY, made.key.to_string()),
        (tls::keys::AUTHORITY, made.authority.clone()),
    ])
}

/// A Secret with exactly these keys.
pub async fn secret<V: AsRef<str>>(namespace: &TestNamespace, name: &str, data: &[(&str, V)]) -> Result<()> {
    let data: serde_json::Map<String, Value> = data
        .iter()
        .map(|(key, value)| ((*key).to_owned(), json!(ByteString(value.as_ref().as_bytes().to_vec()))))
        .collect();
    let body = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name }, "data": data });
    namespace.apply(body).await.with_context(|| format!("Secret {name}"))
}

/// A namespace that several tests may look into.
pub async fn ensure_namespace(client: &kube::Client, name: &str) -> Result<()> {
    let namespace = Namespace {
        metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() },
        ..Namespace::default()
    };
    match Api::<Namespace>::all(client.clone()).create(&PostParams::default(), &namespace).await {
        Err(kube::Error::Api(status)) if !status.is_already_exists() => Err(kube::Error::Api(status).into()),
        Err(error) if !matches!(error, kube::Error::Api(_)) => Err(error.into()),
        _ => Ok(()),
    }
}
