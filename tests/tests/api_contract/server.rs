//! An API server with definitions installed, and plain requests to it: the tests look at the server's words, so nothing is in between.

use std::sync::{Arc, LazyLock, Weak};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use http::Request;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kit::ControlPlane;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// The server with our definitions: starting one and teaching it 19 kinds is most of what a test costs.
static SHARED: Mutex<Weak<ControlPlane>> = Mutex::const_new(Weak::new());

/// A running API server, and the namespace of objects that name none. Stopped when nobody uses it any more.
pub struct Server {
    client: Client,
    namespace: String,
    _control_plane: Arc<ControlPlane>,
}

/// What the server answered: the object, or its words of refusal.
pub type Answer = std::result::Result<Value, String>;

impl Server {
    /// The server with our definitions. Tests that run at the same time share it, each in its own namespace.
    pub async fn ours(namespace: &str) -> Result<Self> {
        let mut shared = SHARED.lock().await;
        let running = shared.upgrade();
        let control_plane = match &running {
            Some(running) => running.clone(),
            None => Arc::new(ControlPlane::start().await?),
        };
        let server = Self {
            client: control_plane.client()?,
            namespace: namespace.to_owned(),
            _control_plane: control_plane.clone(),
        };
        if running.is_none() {
            server.install(&common::api::crds()).await?;
            *shared = Arc::downgrade(&control_plane);
        }
        server.make_namespace(namespace).await?;
        Ok(server)
    }

    /// A server of one's own with other definitions.
    pub async fn with(definitions: &[CustomResourceDefinition]) -> Result<Self> {
        let control_plane = Arc::new(ControlPlane::start().await?);
        let server =
            Self { client: control_plane.client()?, namespace: "default".to_owned(), _control_plane: control_plane };
        server.install(definitions).await?;
        Ok(server)
    }

    pub async fn make_namespace(&self, name: &str) -> Result<()> {
        let body = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        self.send("POST", "/api/v1/namespaces", "application/json", &body).await?.map_err(anyhow::Error::msg)?;
        Ok(())
    }

    /// Installs or replaces definitions and waits until each is served.
    pub async fn install(&self, definitions: &[CustomResourceDefinition]) -> Result<()> {
        let api = Api::<CustomResourceDefinition>::all(self.client.clone());
        for definition in definitions {
            let name = definition.metadata.name.clone().context("a definition has a name")?;
            api.patch(&name, &PatchParams::apply("api-contract").force(), &Patch::Apply(definition)).await?;
        }
        for definition in definitions {
            let name = definition.metadata.name.clone().unwrap_or_default();
            let established = kube::runtime::conditions::is_crd_established();
            kube::runtime::wait::await_condition(api.clone(), &name, established).await?;
        }
        Ok(())
    }

    /// Creates with strict field validation.
    pub async fn create(&self, object: &Value) -> Result<Answer> {
        self.send("POST", &format!("{}?fieldValidation=Strict", self.collection(object)?), "application/json", object)
            .await
    }

    /// Asks whether it would be created.
    pub async fn would_create(&self, object: &Value) -> Result<Answer> {
        let path = format!("{}?fieldValidation=Strict&dryRun=All", self.collection(object)?);
        self.send("POST", &path, "application/json", object).await
    }

    /// As `kubectl apply --server-side` does.
    pub async fn apply(&self, object: &Value) -> Result<Answer> {
        let path = format!("{}?fieldManager=kubectl&force=true&fieldValidation=Strict", self.path(object)?);
        self.send("PATCH", &path, "application/apply-patch+yaml", object).await
    }

    pub async fn get(&self, object: &Value) -> Result<Answer> {
        self.send("GET", &self.path(object)?, "application/json", &Value::Null).await
    }

    /// Replaces the object, or with `/status` its status.
    pub async fn replace(&self, object: &Value, subresource: &str) -> Result<Answer> {
        let path = format!("{}{subresource}?fieldValidation=Strict", self.path(object)?);
        self.send("PUT", &path, "application/json", object).await
    }

    /// Merges a change into the object, or with `/status` into its status.
    pub async fn merge(&self, object: &Value, subresource: &str, change: &Value) -> Result<Answer> {
        self.send("PATCH", &format!("{}{subresource}", self.path(object)?), "application/merge-patch+json", change)
            .await
    }

    /// Applies a status as one of our writers does.
    pub async fn apply_status(&self, object: &Value, status: &Value) -> Result<Answer> {
        let body = json!({
            "apiVersion": object["apiVersion"],
            "kind": object["kind"],
            "metadata": { "name": object["metadata"]["name"], "namespace": self.namespace_of(object) },
            "status": status,
        });
        let path = format!("{}/status?fieldManager=chatcli-test&force=true", self.path(object)?);
        self.send("PATCH", &path, "application/apply-patch+yaml", &body).await
    }

    /// New definitions take a moment to be enforced: waits until this object is refused.
    pub async fn until_refused(&self, object: &Value) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(120);
        while self.would_create(object).await?.is_ok() {
            if Instant::now() > deadline {
                bail!("the definitions are still not enforced");
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn send(&self, method: &str, path: &str, content: &str, body: &Value) -> Result<Answer> {
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body)? };
        let request = Request::builder().method(method).uri(path).header("content-type", content).body(body)?;
        match self.client.request::<Value>(request).await {
            Ok(object) => Ok(Ok(object)),
            Err(kube::Error::Api(status)) => Ok(Err(status.message.clone())),
            Err(other) => Err(other.into()),
        }
    }

    fn namespace_of<'a>(&'a self, object: &'a Value) -> &'a str {
        object["metadata"]["namespace"].as_str().unwrap_or(&self.namespace)
    }

    fn collection(&self, object: &Value) -> Result<String> {
        /// Made once: building the schemas of 19 kinds costs more than the request that needs their path.
        static DEFINITIONS: LazyLock<Vec<CustomResourceDefinition>> = LazyLock::new(common::api::crds);
        let kind = object["kind"].as_str().context("an object has a kind")?;
        let definition =
            DEFINITIONS.iter().find(|definition| definition.spec.names.kind == kind).context(kind.to_owned())?;
        let (group, plural) = (&definition.spec.group, &definition.spec.names.plural);
        let version = &definition.spec.versions[0].name;
        Ok(format!("/apis/{group}/{version}/namespaces/{}/{plural}", self.namespace_of(object)))
    }

    fn path(&self, object: &Value) -> Result<String> {
        let name = object["metadata"]["name"].as_str().context("an object has a name")?;
        Ok(format!("{}/{name}", self.collection(object)?))
    }
}
