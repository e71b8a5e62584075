//! The API server, with the caller's own rights.
//!
//! In: kubectl's client flags. Out: objects as the server sent them, or a [`Failure`] that says which verb, kind or address is the
//! problem. Objects stay dynamic until they are shown: one malformed object must not hide the others, and `-o yaml` must not drop what
//! this version does not know.

mod access;
mod config;
mod explain;

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use common::api::keys;
use futures::TryStreamExt as _;
use k8s_openapi::api::authentication::v1::{SelfSubjectReview, UserInfo};
use kube::api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Api, Client, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::cli::Connection;
use crate::failure::Failure;

pub use access::Right;
pub use explain::{Doing, nearest};

/// Objects per page of a list, as kubectl reads them.
pub const PAGE: u32 = 500;
/// How often an object that changes meanwhile is looked at again.
const AMENDS: u32 = 10;

/// What became of an object that is watched.
#[derive(Clone, Debug)]
pub enum Change {
    /// As it is now.
    Set(Box<DynamicObject>),
    /// As it last was.
    Gone(Box<DynamicObject>),
}

/// One cluster, seen as one caller.
#[derive(Clone)]
pub struct Cluster {
    client: Client,
    namespace: String,
    limit: Option<Duration>,
    address: String,
}

/// A kind of object: what the URL and the messages need.
#[derive(Clone, Debug)]
pub struct Kind {
    /// As the client wants it.
    pub resource: ApiResource,
}

impl Kind {
    /// A kind of our own API group.
    pub fn ours(kind: &str, plural: &str) -> Self {
        Self::of(keys::GROUP, keys::VERSION, kind, plural)
    }

    /// Any kind.
    pub fn of(group: &str, version: &str, kind: &str, plural: &str) -> Self {
        Self { resource: ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural) }
    }

    /// `Issue`.
    pub fn issue() -> Self {
        Self::ours("Issue", "issues")
    }

    /// `AIInsight`.
    pub fn insight() -> Self {
        Self::ours("AIInsight", "aiinsights")
    }

    /// `Anomaly`.
    pub fn anomaly() -> Self {
        Self::ours("Anomaly", "anomalies")
    }

    /// `RemediationPlan`.
    pub fn plan() -> Self {
        Self::ours("RemediationPlan", "remediationplans")
    }

    /// `ApprovalRequest`.
    pub fn request() -> Self {
        Self::ours("ApprovalRequest", "approvalrequests")
    }

    /// `ApprovalVote`.
    pub fn vote() -> Self {
        Self::ours("ApprovalVote", "approvalvotes")
    }

    /// `ApprovalPolicy`.
    pub fn policy() -> Self {
        Self::ours("ApprovalPolicy", "approvalpolicies")
    }

    /// `AuditEvent`.
    pub fn audit_event() -> Self {
        Self::ours("AuditEvent", "auditevents")
    }

    /// `PostMortem`.
    pub fn post_mortem() -> Self {
        Self::ours("PostMortem", "postmortems")
    }

    /// `issue.platform.chatcli.io/NAME`, as `-o name` prints it.
    pub fn named(&self, name: &str) -> String {
        let kind = self.resource.kind.to_lowercase();
        if self.resource.group.is_empty() {
            format!("{kind}/{name}")
        } else {
            format!("{kind}.{}/{name}", self.resource.group)
        }
    }
}

impl Cluster {
    /// Reads the kubeconfig and prepares a client; nothing is sent yet.
    pub async fn connect(flags: &Connection) -> Result<Self, Failure> {
        // A provider must be chosen before the first TLS client; another one already chosen is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let config = config::load(flags).await?;
        let namespace = flags.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
        let address = config.cluster_url.to_string();
        let client = Client::try_from(config)
            .map_err(|problem| Failure::new(format!("cannot use the kubeconfig: {}", explain::root(&problem))))?;
        Ok(Self {
            client,
            namespace,
            limit: flags.request_timeout.0,
            address: address.trim_end_matches('/').to_owned(),
        })
    }

    /// A cluster of kept answers.
    pub fn answering(client: Client, namespace: &str) -> Self {
        Self { client, namespace: namespace.to_owned(), limit: None, address: "a recording".to_owned() }
    }

    /// The same cluster, through another client.
    #[must_use]
    pub fn with(&self, client: Client) -> Self {
        Self { client, ..self.clone() }
    }

    /// The namespace the caller works in.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The same cluster, seen from another namespace; from the same where there is none.
    #[must_use]
    pub fn at(&self, namespace: Option<&str>) -> Self {
        Self { namespace: namespace.unwrap_or(&self.namespace).to_owned(), ..self.clone() }
    }

    /// The client itself, for what has no verb here.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The objects of a kind; in all namespaces where `namespace` is `None`.
    pub fn api(&self, kind: &Kind, namespace: Option<&str>) -> Api<DynamicObject> {
        match namespace {
            Some(namespace) => Api::namespaced_with(self.client(), namespace, &kind.resource),
            None => Api::all_with(self.client(), &kind.resource),
        }
    }

    /// All objects without their `managedFields`, and the resourceVersion to watch from.
    pub async fn list(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        labels: Option<&str>,
    ) -> Result<(Vec<DynamicObject>, String), Failure> {
        let mut found = Vec::new();
        let keep = |page| {
            found.extend(page);
            Ok(())
        };
        let version = self.pages(kind, namespace, labels, keep).await?;
        Ok((found, version))
    }

    /// The same, a page at a time: for whoever keeps less than the objects.
    pub async fn pages(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        labels: Option<&str>,
        mut on: impl FnMut(Vec<DynamicObject>) -> Result<(), Failure>,
    ) -> Result<String, Failure> {
        let api = self.api(kind, namespace);
        let doing = Doing::new("list", kind).in_namespace(namespace);
        let mut params = ListParams::default().limit(PAGE);
        if let Some(labels) = labels {
            params = params.labels(labels);
        }
        loop {
            let mut page = self.call(&doing, api.list(&params)).await?;
            page.items.iter_mut().for_each(|object| object.metadata.managed_fields = None);
            on(page.items)?;
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => params = params.continue_token(&token),
                None => return Ok(page.metadata.resource_version.unwrap_or_default()),
            }
        }
    }

    /// Follows changes from `version` until the server ends the watch; the caller begins again where it ended.
    pub async fn follow(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        params: &WatchParams,
        version: &mut String,
        mut on: impl AsyncFnMut(Change) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let doing = Doing::new("watch", kind).in_namespace(namespace);
        let api = self.api(kind, namespace);
        let stream = self.call(&doing, api.watch(params, version)).await?;
        let mut stream = std::pin::pin!(stream);
        while let Some(event) = stream.try_next().await.map_err(|problem| self.explain(&doing, &problem))? {
            match event {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                    *version = object.resource_version().unwrap_or_default();
                    on(Change::Set(Box::new(object))).await?;
                }
                WatchEvent::Deleted(object) => {
                    *version = object.resource_version().unwrap_or_default();
                    on(Change::Gone(Box::new(object))).await?;
                }
                WatchEvent::Bookmark(bookmark) => *version = bookmark.metadata.resource_version,
                // The history is gone: from now on is the best there is.
                WatchEvent::Error(status) if status.code == 410 => "0".clone_into(version),
                WatchEvent::Error(status) => return Err(self.explain(&doing, &kube::Error::Api(status))),
            }
        }
        Ok(())
    }

    /// One object, or `None` where there is none of that name.
    pub async fn find(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<DynamicObject>, Failure> {
        let api = self.api(kind, namespace);
        let doing = Doing::new("get", kind).in_namespace(namespace).named(name);
        match self.limited(api.get(name)).await {
            Ok(object) => Ok(Some(object)),
            Err(kube::Error::Api(status)) if doing.is_absence(&status) => Ok(None),
            Err(problem) => Err(self.explain(&doing, &problem)),
        }
    }

    /// One object of ours, or a failure that names near misses.
    pub async fn get(&self, kind: &Kind, name: &str) -> Result<DynamicObject, Failure> {
        match self.find(kind, Some(&self.namespace), name).await? {
            Some(object) => Ok(object),
            None => Err(self.not_found(&[kind], &kind.resource.kind.to_lowercase(), name).await),
        }
    }

    /// Says that there is none, and what there is. `what` is what the name could have meant, `kinds` the same as kinds; where none of them
    /// has a name that is near, the list of the first is the way on.
    pub async fn not_found(&self, kinds: &[&Kind], what: &str, name: &str) -> Failure {
        let failure = Failure::new(format!("no {what} {name:?} in namespace {}", self.namespace));
        let list = match kinds.first().map_or("", |kind| kind.resource.kind.as_str()) {
            "RemediationPlan" => "plan list",
            "ApprovalRequest" => "approvals",
            "Runbook" => "runbook list",
            "PostMortem" => "postmortem list",
            _ => "issues",
        };
        let found = futures::future::join_all(kinds.iter().map(|kind| self.list(kind, None, None))).await;
        if found.iter().all(Result::is_err) {
            // Not allowed to look everywhere: the plain answer has to do.
            return failure.hint(format!("list what there is: kubectl chatcli {list} -n {}", self.namespace));
        }
        let there: Vec<_> = found
            .iter()
            .flatten()
            .flat_map(|(objects, _)| objects)
            .filter_map(|object| Some((object.metadata.namespace.as_deref()?, object.metadata.name.as_deref()?)))
            .collect();
        failure.hint(explain::suggestion(name, &self.namespace, &there, list))
    }

    /// Creates an object.
    pub async fn create(&self, kind: &Kind, object: &DynamicObject, dry_run: bool) -> Result<DynamicObject, Failure> {
        let namespace = object.metadata.namespace.as_deref();
        let api = self.api(kind, namespace);
        let params = PostParams { dry_run, field_manager: Some(keys::managers::PLUGIN.to_owned()) };
        let doing = Doing::new("create", kind).in_namespace(namespace).named(name_of(object));
        self.call(&doing, api.create(&params, object)).await
    }

    /// Server-side apply of an object whose fields are ours.
    pub async fn apply(&self, kind: &Kind, object: &DynamicObject, dry_run: bool) -> Result<DynamicObject, Failure> {
        let namespace = object.metadata.namespace.as_deref();
        let api = self.api(kind, namespace);
        // Forced: an upgrade takes back what was edited by hand, as the manifests are the truth.
        let mut params = PatchParams::apply(keys::managers::PLUGIN).force();
        params.dry_run = dry_run;
        let doing = Doing::new("patch", kind).in_namespace(namespace).named(name_of(object));
        self.call(&doing, api.patch(name_of(object), &params, &Patch::Apply(object))).await
    }

    /// Sets or, with `None`, removes one annotation of an object.
    pub async fn annotate(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        name: &str,
        (key, value): (&str, Option<&str>),
        dry_run: bool,
    ) -> Result<DynamicObject, Failure> {
        self.merge(kind, namespace, name, &json!({ "metadata": { "annotations": { key: value } } }), dry_run).await
    }

    /// Merges fields into an object that is there (RFC 7386). A `resourceVersion` among them guards against a change made meanwhile.
    pub async fn merge(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        name: &str,
        fields: &serde_json::Value,
        dry_run: bool,
    ) -> Result<DynamicObject, Failure> {
        let api = self.api(kind, namespace);
        let params =
            PatchParams { dry_run, field_manager: Some(keys::managers::PLUGIN.to_owned()), ..PatchParams::default() };
        let doing = Doing::new("patch", kind).in_namespace(namespace).named(name);
        self.call(&doing, api.patch(name, &params, &Patch::Merge(fields))).await
    }

    /// Merges fields that depend on what the object says now; somebody who is faster makes it look again.
    pub async fn amend(
        &self,
        kind: &Kind,
        name: &str,
        fields: impl Fn(&DynamicObject) -> serde_json::Value,
        dry_run: bool,
    ) -> Result<DynamicObject, Failure> {
        let api = self.api(kind, Some(self.namespace()));
        let params =
            PatchParams { dry_run, field_manager: Some(keys::managers::PLUGIN.to_owned()), ..PatchParams::default() };
        let doing = Doing::new("patch", kind).in_namespace(Some(self.namespace())).named(name);
        let mut tries = 0;
        loop {
            let found = self.get(kind, name).await?;
            let mut wanted = fields(&found);
            wanted["metadata"]["resourceVersion"] = json!(found.metadata.resource_version);
            match self.limited(api.patch(name, &params, &Patch::Merge(&wanted))).await {
                Err(kube::Error::Api(status)) if status.is_conflict() && tries < AMENDS => tries += 1,
                Err(problem) => return Err(self.explain(&doing, &problem)),
                Ok(amended) => return Ok(amended),
            }
        }
    }

    /// Deletes an object; false where there was none.
    pub async fn delete(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        name: &str,
        dry_run: bool,
    ) -> Result<bool, Failure> {
        let api = self.api(kind, namespace);
        let params = DeleteParams { dry_run, ..DeleteParams::background() };
        let doing = Doing::new("delete", kind).in_namespace(namespace).named(name);
        match self.limited(api.delete(name, &params)).await {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(false),
            Err(problem) => Err(self.explain(&doing, &problem)),
        }
    }

    /// Who the API server says the caller is.
    pub async fn whoami(&self) -> Result<UserInfo, Failure> {
        let kind = Kind::of("authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews");
        let api: Api<SelfSubjectReview> = Api::all(self.client());
        let review = self
            .call(&Doing::new("create", &kind), api.create(&PostParams::default(), &SelfSubjectReview::default()))
            .await?;
        review
            .status
            .and_then(|status| status.user_info)
            .ok_or_else(|| Failure::new("the API server does not say who you are").hint("try: kubectl auth whoami"))
    }

    /// The API server's version, major and minor.
    pub async fn server_version(&self) -> Result<(u32, u32, String), Failure> {
        let info = self
            .limited(self.client.apiserver_version())
            .await
            .map_err(|problem| self.explain(&Doing::plain("ask for the version of"), &problem))?;
        let number = |text: &str| text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0);
        Ok((number(&info.major), number(&info.minor), info.git_version))
    }

    /// The API server's own time, as its answers' `Date` header says it.
    pub async fn server_time(&self) -> Option<String> {
        let request = http::Request::get("/version").body(kube::client::Body::empty()).ok()?;
        let answer = self.limited(self.client.send(request)).await.ok()?;
        Some(answer.headers().get(http::header::DATE)?.to_str().ok()?.to_owned())
    }

    /// A request within the caller's time limit, its error explained.
    pub async fn call<T>(&self, doing: &Doing, request: impl Future<Output = kube::Result<T>>) -> Result<T, Failure> {
        self.limited(request).await.map_err(|problem| self.explain(doing, &problem))
    }

    /// The sentence for an error of the client.
    pub fn explain(&self, doing: &Doing, problem: &kube::Error) -> Failure {
        explain::failure(doing, problem, &self.address)
    }

    async fn limited<T>(&self, request: impl Future<Output = kube::Result<T>>) -> kube::Result<T> {
        let Some(limit) = self.limit else { return request.await };
        tokio::time::timeout(limit, request)
            .await
            .unwrap_or_else(|_| Err(kube::Error::Service(std::io::Error::from(std::io::ErrorKind::TimedOut).into())))
    }
}

fn name_of(object: &DynamicObject) -> &str {
    object.metadata.name.as_deref().unwrap_or_default()
}

/// The object as its type, or why it cannot be read as one.
pub fn typed<T: DeserializeOwned>(object: &DynamicObject) -> Result<T, Failure> {
    let name = name_of(object);
    serde_json::to_value(object)
        .and_then(serde_json::from_value)
        .map_err(|problem| Failure::new(format!("cannot read {name}: {problem}")).hint("see it as it is: add -o yaml"))
}
