//! A namespace per test, gone when the test is over, whatever came of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use common::api::keys::annotations;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Api, Client, Resource};
use serde_json::json;

use crate::{Connection, installation};

/// What tests make carries this label, so that leftovers of killed runs can be told from people's namespaces.
pub const MADE_BY_TESTS: &str = "chatcli-tests";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Deleted when dropped, unless it was adopted.
pub struct TestNamespace {
    name: String,
    client: Client,
    connection: Connection,
    ours: bool,
}

impl TestNamespace {
    /// Makes `<purpose>-<unique>` with an autonomy, or without the annotation.
    pub async fn create(connection: &Connection, purpose: &str, autonomy: Option<&str>) -> Result<Self> {
        let name = format!("{purpose}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let client = connection.client()?;
        let annotations = autonomy.map(|level| BTreeMap::from([(annotations::AUTONOMY.to_owned(), level.to_owned())]));
        let namespace = Namespace {
            metadata: ObjectMeta {
                name: Some(name.clone()),
                labels: Some(BTreeMap::from([(MADE_BY_TESTS.to_owned(), "true".to_owned())])),
                annotations,
                ..ObjectMeta::default()
            },
            ..Namespace::default()
        };
        Api::<Namespace>::all(client.clone()).create(&PostParams::default(), &namespace).await?;
        Ok(Self { name, client, connection: connection.clone(), ours: true })
    }

    /// One that exists and that somebody else deletes.
    pub fn adopt(connection: &Connection, name: &str) -> Result<Self> {
        Ok(Self { name: name.to_owned(), client: connection.client()?, connection: connection.clone(), ours: false })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A client with all rights, on the test's runtime.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Sets how much the operator may do in it.
    pub async fn set_autonomy(&self, level: &str) -> Result<()> {
        let mark = json!({ "metadata": { "annotations": { annotations::AUTONOMY: level } } });
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        namespaces.patch(&self.name, &PatchParams::default(), &Patch::Merge(mark)).await?;
        Ok(())
    }

    /// Applies an object of any kind in it.
    pub async fn apply(&self, mut object: serde_json::Value) -> Result<()> {
        object["metadata"]["namespace"] = self.name.clone().into();
        installation::apply(&self.client, &serde_json::from_value(object)?).await?;
        Ok(())
    }

    /// The objects of one kind in it.
    pub fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType: Default>,
    {
        Api::namespaced(self.client.clone(), &self.name)
    }
}

impl Drop for TestNamespace {
    /// Asks for the deletion and does not wait for it. The test's runtime may be ending, so this brings its own.
    fn drop(&mut self) {
        if !self.ours {
            return;
        }
        let (name, connection) = (self.name.clone(), self.connection.clone());
        let deleted = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                Api::<Namespace>::all(connection.client()?).delete(&name, &DeleteParams::default()).await?;
                anyhow::Ok(())
            })
        });
        if !matches!(deleted.join(), Ok(Ok(()))) {
            crate::say(&format!("namespace {} could not be deleted", self.name));
        }
    }
}
