//! A run of the operator over one namespace that is disturbed on purpose: killed, or cut off from the API server.
//!
//! In: a namespace with a fault, and who votes there. Out: how the run went, by the API server's audit log and by the objects themselves.
//! Never: believes the operator's own words.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use common::api::RemediationPlan;
use common::api::remediation_plan::StepStatus;
use k8s_openapi::NamespaceResourceScope;
use kube::api::{ApiResource, DynamicObject};
use kube::core::GroupVersionKind;
use kube::{Api, Client, Resource};
use serde_json::Value;
use tokio::time::Instant;

use crate::audit::{Mark, Request};
use crate::incidents::REPAIR;
use crate::installation::operator_user;
use crate::operator::{Operator, Options};
use crate::proxy::Proxy;
use crate::votes;
use crate::watching::{Seen, Watched, watch_until};
use crate::{Cluster, TestNamespace};

/// Everything that outlives one operator of the run.
pub struct Disturbed {
    /// Where it happens.
    pub cluster: Cluster,
    /// The namespace with the fault.
    pub namespace: TestNamespace,
    mark: Mark,
    voter: Option<(String, Client)>,
    votes_on_every_plan: bool,
    flags: Vec<String>,
}

impl Disturbed {
    /// What is written in the namespace from now on belongs to the run.
    pub fn from_now_on(cluster: &Cluster, namespace: TestNamespace) -> Result<Self> {
        let mark = cluster.audit_log()?.mark()?;
        Ok(Self {
            cluster: cluster.clone(),
            namespace,
            mark,
            voter: None,
            votes_on_every_plan: false,
            flags: Vec::new(),
        })
    }

    /// This person says yes to the first plan whenever it is asked about.
    pub async fn approved_by(mut self, person: &str) -> Result<Self> {
        votes::may_vote(&self.namespace, person).await?;
        self.voter = Some((person.to_owned(), self.cluster.person(person, &["on-call"]).await?.client()?));
        Ok(self)
    }

    /// The same to every plan.
    #[must_use]
    pub fn whatever_is_asked(mut self) -> Self {
        self.votes_on_every_plan = true;
        self
    }

    /// Its operators are started with these flags.
    #[must_use]
    pub fn with(mut self, flags: &[&str]) -> Self {
        self.flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        self
    }

    fn options(&self) -> Options {
        Options { flags: self.flags.clone(), ..Options::default() }
    }

    /// Waits until an object of the namespace is as wanted; false when none is within `within`.
    pub async fn has<K: Watched + Resource<Scope = NamespaceResourceScope>>(
        &self,
        within: Duration,
        wanted: impl Fn(&K) -> bool,
    ) -> bool {
        let found = |seen: &Seen<K>| seen.all().any(&wanted).then_some(());
        watch_until(&self.namespace.api(), Instant::now() + within, found).await.is_ok()
    }

    /// Runs an operator behind the proxy until that kills it, or until the run is `over`: the path of the write that killed it, or
    /// nothing when it lived to the end.
    pub async fn behind(&self, proxy: &Proxy, over: impl Future<Output = bool>) -> Result<Option<String>> {
        let options = Options { proxy: Some(proxy.address().to_owned()), log: "killed".to_owned(), ..self.options() };
        let operator = Operator::start(self.cluster.connection(), &options).await?;
        tokio::select! {
            path = proxy.cut() => {
                operator.kill().await?;
                Ok(Some(path))
            }
            over = over => {
                anyhow::ensure!(over, "neither an end nor a further write\n{}", operator.log_tail());
                operator.still_runs()?;
                // The write that ended it may be one to die of.
                let died = proxy.settled().await;
                operator.kill().await?;
                Ok(died)
            }
            ended = operator.ended(FOREVER) => anyhow::bail!("the operator ended by itself: {}\n{}", ended?, operator.log_tail()),
            stopped = self.votes() => match stopped? {},
        }
    }

    /// An operator that nobody disturbs leads until the run is `over`.
    pub async fn undisturbed(&self, over: impl Future<Output = bool>) -> Result<()> {
        let operator = Operator::start(self.cluster.connection(), &self.options()).await?;
        operator.leads(&self.cluster.client()).await?;
        tokio::select! {
            over = over => anyhow::ensure!(over, "no end\n{}", operator.log_tail()),
            stopped = self.votes() => match stopped? {},
        }
        operator.still_runs()?;
        operator.stop().await?;
        Ok(())
    }

    /// Lets an operator die of each of its writes until the run is `over`; how many deaths that took. `between` is what happens while
    /// none runs.
    pub async fn dying_of_each_write(
        &self,
        most: usize,
        over: impl AsyncFn() -> bool,
        mut between: impl AsyncFnMut() -> Result<()>,
    ) -> Result<usize> {
        let (mut deaths, mut survive) = (0, 1);
        loop {
            let proxy = Proxy::cutting_after(self.cluster.connection(), survive).await?;
            let died = self.behind(&proxy, over()).await.with_context(|| format!("after {deaths} deaths"))?;
            let Some(path) = died else { return Ok(deaths) };
            deaths += 1;
            anyhow::ensure!(deaths <= most, "it writes and dies and comes to no end");
            // who dies with a number in the hand draws another: numbers are unique, not dense, and dying of each draw would be for ever
            survive = if path.ends_with("/chatcli-incident-counter") { 2 } else { 1 };
            between().await?;
        }
    }

    async fn votes(&self) -> Result<std::convert::Infallible> {
        match &self.voter {
            Some((person, client)) if self.votes_on_every_plan => {
                votes::approve_every_plan(&self.namespace, person, client).await
            }
            Some((person, client)) => votes::approve_the_first_plan(&self.namespace, person, client).await,
            None => std::future::pending().await,
        }
    }

    /// What the operator wrote in the namespace, in the order of the answers.
    pub fn writes(&self) -> Result<Vec<Request>> {
        let all = self.cluster.audit_log()?.writes_of(&operator_user(), self.mark)?;
        Ok(all.into_iter().filter(|write| write.object_ref.namespace == self.namespace.name()).collect())
    }

    /// Commands it started in containers of the namespace.
    pub fn commands(&self) -> Result<usize> {
        let all = self.cluster.audit_log()?.since(self.mark)?;
        let mine = all.iter().filter(|request| {
            request.object_ref.namespace == self.namespace.name() && request.object_ref.subresource == "exec"
        });
        // one command leaves several lines: begun, and ended
        let ids: std::collections::BTreeSet<_> = mine.map(|request| request.id.as_str()).collect();
        Ok(ids.len())
    }

    /// Changes of what is not our own: what each operation is called, in the order of the answers.
    pub fn operations(&self) -> Result<Vec<String>> {
        let writes = self.writes()?;
        let foreign = writes.iter().filter(|write| {
            !matches!(write.object_ref.api_group.as_str(), "platform.chatcli.io" | "events.k8s.io")
                && write.object_ref.resource != "events"
        });
        Ok(foreign
            .map(|write| {
                // a scale has no metadata to leave the id on
                let place = &write.object_ref;
                write
                    .operation_id()
                    .unwrap_or_else(|| format!("{}/{}/{}", place.resource, place.name, place.subresource))
            })
            .collect())
    }

    /// By the API server's own record: each operation was accepted once, and nothing was created twice. Gives the operations in order.
    pub fn nothing_was_done_twice(&self) -> Result<Vec<String>> {
        let mut created: BTreeMap<(String, String), usize> = BTreeMap::new();
        let writes = self.writes()?;
        let creates = writes.iter().filter(|write| write.verb == "create" && write.object_ref.resource != "events");
        for write in creates.filter(|write| write.object_ref.subresource.is_empty()) {
            *created.entry((write.object_ref.resource.clone(), write.object_ref.name.clone())).or_default() += 1;
        }
        let twice: Vec<_> = created.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "created more than once: {twice:?}");
        let operations = self.operations()?;
        let mut distinct = operations.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), operations.len(), "done more than once: {operations:#?}");
        Ok(operations)
    }

    /// The fields a plan was to change that do not hold what its preview promised: `object path: value, promised value`.
    pub async fn broken_promises(&self, plan: &RemediationPlan) -> Result<Vec<String>> {
        let steps = plan.status.as_ref().map(|status| status.steps.as_slice()).unwrap_or_default();
        let mut broken = Vec::new();
        for ((kind, name, path), promised) in promised(steps) {
            let live = self.live(&kind, &name).await?;
            let promised = promised.as_deref().map(serde_json::from_str::<Value>).transpose()?;
            if live.pointer(&path) != promised.as_ref() {
                broken.push(format!("{kind} {name} {path}: {:?}, promised {promised:?}", live.pointer(&path)));
            }
        }
        Ok(broken)
    }

    /// An object of the namespace as the server has it.
    pub async fn live(&self, kind: &str, name: &str) -> Result<Value> {
        let known = common::actions::Kind::named(kind).context("a known kind")?;
        let gvk = GroupVersionKind::gvk(known.group, known.version, known.kind);
        let resource = ApiResource::from_gvk_with_plural(&gvk, known.plural);
        let api: Api<DynamicObject> = Api::namespaced_with(self.namespace.client(), self.namespace.name(), &resource);
        Ok(serde_json::to_value(api.get(name).await?)?)
    }
}

/// What the last step to touch a field makes of it.
fn promised(steps: &[StepStatus]) -> BTreeMap<(String, String, String), Option<String>> {
    let writes = steps.iter().flat_map(|step| &step.writes);
    let fields = writes.flat_map(|write| write.touched.iter().map(move |field| (write, field)));
    fields
        .map(|(write, field)| {
            ((write.object.kind.clone(), write.object.name.clone(), field.path.clone()), field.after.clone())
        })
        .collect()
}

/// Long enough for what follows the end of a run, if anything does.
pub async fn aftermath() {
    tokio::time::timeout(Duration::from_secs(5), std::future::pending::<()>()).await.ok();
}

/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(24 * 3600);

/// Longest wait for one operator to come to the end of a run.
pub const LIFETIME: Duration = REPAIR;
