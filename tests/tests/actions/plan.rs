//! A plan carried out by hand, and what is compared before and after.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use common::actions::{
    self, ChangeSet, Errand, Object, PreviewError, PreviewInput, Previewed, ReadError, Scope, SendError, Settled,
    Undone, drift,
};
use common::api::remediation_plan::{StepStatus, VerdictLevel, WriteKind};
use common::api::{ActionType, RemediationAction, ResourceRef, Time};
use futures::stream::{BoxStream, StreamExt as _, select_all};
use jiff::Timestamp;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use kit::app::{START, Workload};
use kit::watching::Watched;
use kit::{Cluster, Connection, TestNamespace};
use kube::api::{ApiResource, DynamicObject};
use kube::core::GroupVersionKind;
use kube::runtime::watcher;
use kube::{Api, Client, Resource};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

/// An action, its parameters, and words of the refusal they get.
pub type Refused<'a> = (ActionType, &'a [(&'a str, &'a str)], &'a str);

/// A plan being carried out by hand.
pub struct Plan {
    pub client: Client,
    pub target: ResourceRef,
    pub uid: String,
    pub actions: Vec<RemediationAction>,
    pub now: Timestamp,
}

impl Plan {
    /// On a Deployment.
    pub async fn on(namespace: &TestNamespace, connection: &Connection, workload: &Workload) -> Result<Self> {
        Self::at(connection, ResourceRef::new("Deployment", namespace.name(), workload.name())).await
    }

    /// On anything.
    pub async fn at(connection: &Connection, target: ResourceRef) -> Result<Self> {
        let mut config = connection.config().clone();
        config.default_retry = false;
        let mut plan = Self {
            client: Client::try_from(config)?,
            target,
            uid: String::new(),
            actions: Vec::new(),
            // Late in its second: no part of it may be in what is sealed.
            now: Timestamp::from_millisecond(Timestamp::now().as_second() * 1000 + 900)?,
        };
        let uid = plan.live(&plan.target).await?.uid().to_owned();
        plan.uid = format!("plan-{uid}-{}", Timestamp::now().as_nanosecond());
        plan.target.uid = Some(uid);
        Ok(plan)
    }

    pub fn doing(mut self, action: ActionType, params: &[(&str, &str)]) -> Self {
        let params = params.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.actions.push(RemediationAction { action_type: action, params });
        self
    }

    /// The preview, taken twice as the operator does: once to be sealed, and again from what is stored of it.
    pub async fn preview(&self) -> Result<Previewed, PreviewError> {
        let sealed = self.previewed(self.now, &[]).await?;
        let stored = serde_json::to_value(&sealed.preview.taken_at).and_then(serde_json::from_value::<Option<Time>>);
        let at = stored.ok().flatten().map_or(self.now, |at| at.0);
        let again = self.previewed(at, &sealed.steps).await?;
        let [was, is] = [&sealed, &again].map(|it| drift::Sealed { preview: &it.preview, steps: &it.steps });
        assert_eq!(was.preview.digest, is.preview.digest, "it drifted by itself: {:?}", drift::differences(was, is));
        Ok(sealed)
    }

    async fn previewed(&self, now: Timestamp, earlier: &[StepStatus]) -> Result<Previewed, PreviewError> {
        let input = PreviewInput {
            now,
            plan_uid: &self.uid,
            attempt: 1,
            plan_generation: 1,
            target: &self.target,
            actions: &self.actions,
            safety_constraints: &[],
            operator_namespace: "chatcli-system",
            policy_digest: None,
            earlier,
        };
        actions::preview(&self.client, &input).await
    }

    pub async fn apply(&self, step: &StepStatus) -> Result<actions::Sent, SendError> {
        let mut last = actions::Sent::default();
        for (request, write) in step.writes.iter().enumerate() {
            let id = common::naming::operation_id(&self.uid, step.index, 1, request);
            last = actions::send(&self.client, write, &self.errand(step, &id)).await?;
        }
        Ok(last)
    }

    pub async fn undo(&self, step: &StepStatus) -> Result<Undone, SendError> {
        let mut results = Vec::new();
        for (request, record) in step.undo.iter().enumerate() {
            let id = common::naming::operation_id(&self.uid, step.index, 2, request);
            results.push(actions::undo(&self.client, record, &self.errand(step, &id)).await?);
        }
        Ok(actions::together(&results))
    }

    pub fn operation_id(&self, step: &StepStatus, attempt: i32) -> String {
        common::naming::operation_id(&self.uid, step.index, attempt, 0)
    }

    pub fn errand<'a>(&'a self, step: &StepStatus, operation_id: &'a str) -> Errand<'a> {
        let params = &self.actions[usize::try_from(step.index).unwrap_or(0)].params;
        Errand { operation_id, plan_uid: &self.uid, params }
    }

    /// Waits until the step's own rule says that the world arrived, looking again whenever something in the namespace changes.
    pub async fn arrives(&self, step: &StepStatus) -> Result<()> {
        let deadline = Instant::now() + START;
        let mut changes = self.changes();
        loop {
            let missing = match self.settled(step).await? {
                Settled::Arrived => return Ok(()),
                Settled::Failed(why) => bail!("{} failed: {why}", step.action),
                Settled::NotYet(what) | Settled::Unknown(what) => what,
            };
            if timeout_at(deadline, changes.next()).await.is_err() {
                bail!("{} did not settle: {missing}", step.action);
            }
        }
    }

    /// What the step's own rule says now.
    pub async fn settled(&self, step: &StepStatus) -> Result<Settled> {
        let action = actions::parse(&self.actions[usize::try_from(step.index)?], &self.target)?;
        let change = ChangeSet::of_step(step);
        let chosen: Vec<ResourceRef> = step.writes.iter().map(|write| write.object.clone()).collect();
        let scope = Scope {
            target: &self.target,
            now: Timestamp::now(),
            plan_uid: &self.uid,
            operator_namespace: "chatcli-system",
            chosen: &chosen,
        };
        match actions::read(&self.client, &scope, &action.needs(&self.target)).await {
            Ok(live) => Ok(action.settled(&change, &live)),
            Err(ReadError::TargetGone(_)) if change.deletes(&self.target) => Ok(Settled::Arrived),
            Err(error) => Err(error.into()),
        }
    }

    fn changes(&self) -> impl futures::Stream<Item = ()> + Unpin {
        fn of<K: Watched + Resource<Scope = NamespaceResourceScope>>(
            client: &Client,
            namespace: &str,
        ) -> BoxStream<'static, ()> {
            let api: Api<K> = Api::namespaced(client.clone(), namespace);
            watcher(api, watcher::Config::default()).map(drop).boxed()
        }
        let (client, namespace) = (&self.client, self.target.namespace.as_str());
        select_all([
            of::<Deployment>(client, namespace),
            of::<StatefulSet>(client, namespace),
            of::<DaemonSet>(client, namespace),
            of::<Job>(client, namespace),
            of::<CronJob>(client, namespace),
            of::<HorizontalPodAutoscaler>(client, namespace),
            of::<Pod>(client, namespace),
            of::<PersistentVolumeClaim>(client, namespace),
        ])
    }

    /// An object as the server has it.
    pub async fn live(&self, reference: &ResourceRef) -> Result<Object> {
        let known = actions::Kind::named(&reference.kind).context("a known kind")?;
        let kind = GroupVersionKind::gvk(known.group, known.version, known.kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, known.plural);
        let api: Api<DynamicObject> = if known.namespaced {
            Api::namespaced_with(self.client.clone(), &reference.namespace, &resource)
        } else {
            Api::all_with(self.client.clone(), &resource)
        };
        Ok(Object(serde_json::to_value(api.get(&reference.name).await?)?))
    }

    /// Previews, applies and settles the first step; what happened to each object is exactly what was promised.
    pub async fn happens(&self) -> Result<StepStatus> {
        let previewed = self.preview().await?;
        assert_clean(&previewed);
        self.is_carried_out(&previewed).await
    }

    /// What was previewed happens, whatever people had to say to it.
    pub async fn is_carried_out(&self, previewed: &Previewed) -> Result<StepStatus> {
        let step = previewed.steps[0].clone();
        anyhow::ensure!(
            !step.writes.is_empty(),
            "{} changes nothing: {}",
            step.action,
            previewed.preview.steps[0].summary
        );
        let mut promised = BTreeMap::new();
        for write in step.writes.iter().filter(|write| !write.touched.is_empty()) {
            let place = promised.entry(write.object.to_string());
            let state = place.or_insert((write.object.clone(), Value::Null));
            if state.1.is_null() {
                state.1 = written(&self.live(&write.object).await?.0);
            }
            for field in &write.touched {
                let after = field.after.as_deref().map(serde_json::from_str).transpose()?;
                set(&mut state.1, &field.path, after);
            }
        }
        self.apply(&step).await?;
        for (object, state) in promised.values() {
            assert_eq!(written(&self.live(object).await?.0), *state, "{} on {object}", step.action);
        }
        self.arrives(&step).await.with_context(|| format!("{:#?}", previewed.preview))?;
        Ok(step)
    }

    /// The same, and then back: undo leaves every object exactly as it was.
    pub async fn happens_and_is_undone(&self) -> Result<StepStatus> {
        let previewed = self.preview().await?;
        let mut before = Vec::new();
        for write in previewed.steps[0].writes.iter().filter(|write| !write.touched.is_empty()) {
            before.push((write.object.clone(), written(&self.live(&write.object).await?.0)));
        }
        let step = self.happens().await?;
        assert_eq!(self.undo(&step).await?, Undone::Undone, "{}", step.action);
        for (object, state) in before {
            assert_eq!(written(&self.live(&object).await?.0), state, "undo of {} on {object}", step.action);
        }
        for made in step.writes.iter().filter(|write| write.kind == WriteKind::Create) {
            let left = self.live(&made.object).await;
            assert!(left.is_err() || left.is_ok_and(|object| object.is_terminating()), "{} is left", made.object);
        }
        Ok(step)
    }

    /// The plan is refused with these words, and so nothing is ever written.
    pub async fn is_refused(&self, words: &str) {
        match self.preview().await {
            Err(PreviewError::Refused { refusal, .. }) => {
                assert!(refusal.to_string().contains(words), "{refusal} (wanted: {words})");
            }
            other => panic!("{:?} was not refused: {other:#?}", self.actions),
        }
    }

    /// The words of a refusal; anything else fails the test.
    pub async fn refusal(&self) -> Result<String> {
        match self.preview().await {
            Err(PreviewError::Refused { refusal, .. }) => Ok(refusal.to_string()),
            Err(other) => bail!("not refused but: {other}"),
            Ok(previewed) => bail!("not refused: {:#?}", previewed.preview),
        }
    }

    /// A no-op is previewed as one.
    pub async fn is_a_no_op(&self) -> Result<()> {
        let previewed = self.preview().await?;
        assert!(previewed.preview.steps[0].no_op, "{:#?}", previewed.preview.steps);
        assert!(previewed.steps[0].writes.is_empty());
        Ok(())
    }
}

/// Everything of an object that somebody wrote: without the server's book-keeping, our marker and what controllers count in annotations.
fn written(object: &Value) -> Value {
    const BOOK_KEEPING: &[&str] = &[
        "platform.chatcli.io/operation-id",
        "deployment.kubernetes.io/revision",
        "deprecated.daemonset.template.generation",
        "cronjob.kubernetes.io/scheduled-timestamp",
    ];
    let mut state = json!({"metadata": {}, "spec": object["spec"], "data": object["data"]});
    // Follows from `unschedulable` and is written by the node's controller.
    if let Some(spec) = state["spec"].as_object_mut() {
        spec.remove("taints");
    }
    for field in ["labels", "annotations"] {
        let mut map = object["metadata"][field].clone();
        if let Some(map) = map.as_object_mut() {
            map.retain(|key, _| !BOOK_KEEPING.contains(&key.as_str()));
        }
        if map.as_object().is_some_and(|map| !map.is_empty()) {
            state["metadata"][field] = map;
        }
    }
    state
}

/// Sets or removes the value at a JSON Pointer whose parent is there.
fn set(state: &mut Value, pointer: &str, value: Option<Value>) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let key = key.replace("~1", "/").replace("~0", "~");
    // An annotation may be the first that counts.
    if parent == "/metadata/annotations" && state.pointer(parent).is_none() {
        state["metadata"]["annotations"] = json!({});
    }
    match (state.pointer_mut(parent), value) {
        (Some(Value::Object(map)), Some(value)) => drop(map.insert(key, value)),
        (Some(Value::Object(map)), None) => drop(map.remove(&key)),
        (Some(Value::Array(items)), Some(value)) => {
            if let Some(item) = key.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                *item = value;
            }
        }
        _ => {}
    }
}

/// Everything a person wrote into the object: spec and data, without what the server and our marker add.
pub fn wanted_state(object: &impl serde::Serialize) -> Value {
    let mut object = serde_json::to_value(object).unwrap_or_default();
    let data = object["data"].take();
    json!({"spec": object["spec"].take(), "data": data, "labels": object["metadata"]["labels"].take()})
}

pub fn level(previewed: &Previewed, check: &str) -> Option<VerdictLevel> {
    previewed.preview.verdicts.iter().filter(|verdict| verdict.check == check).map(|verdict| verdict.level).max()
}

pub fn assert_clean(previewed: &Previewed) {
    assert!(previewed.preview.is_clean(), "{:#?}", previewed.preview.verdicts);
}

pub async fn shop(purpose: &str) -> Result<(Cluster, TestNamespace)> {
    let cluster = Cluster::start().await?;
    let namespace = TestNamespace::create(cluster.connection(), &format!("actions-{purpose}"), None).await?;
    Ok((cluster, namespace))
}
