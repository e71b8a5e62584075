//! A plan carried out by hand: previewed, applied, settled and taken back through the same functions the operator uses.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use common::actions::{
    self, ChangeSet, Errand, PreviewError, PreviewInput, Previewed, Scope, SendError, Settled, Undone,
};
use common::api::remediation_plan::{StepStatus, VerdictLevel};
use common::api::{ActionType, RemediationAction, ResourceRef};
use jiff::Timestamp;
use kit::app::{START, Workload};
use kit::{Cluster, Connection, TestNamespace};
use kube::Client;
use kube::api::DynamicObject;
use serde_json::{Value, json};

const OPERATOR_NAMESPACE: &str = "chatcli-system";

pub struct Plan {
    pub client: Client,
    pub target: ResourceRef,
    pub uid: String,
    pub actions: Vec<RemediationAction>,
    now: Timestamp,
}

impl Plan {
    pub async fn on(namespace: &TestNamespace, connection: &Connection, workload: &Workload) -> Result<Self> {
        let target = ResourceRef::new("Deployment", namespace.name(), workload.name()).with_uid(workload.uid().await?);
        Self::about(connection, target)
    }

    pub fn about(connection: &Connection, target: ResourceRef) -> Result<Self> {
        let mut config = connection.config().clone();
        config.default_retry = false;
        let uid = format!("plan-{}", target.uid.clone().unwrap_or_default());
        Ok(Self { client: Client::try_from(config)?, target, uid, actions: Vec::new(), now: Timestamp::now() })
    }

    pub fn doing(mut self, action: ActionType, params: &[(&str, &str)]) -> Self {
        let params = params.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.actions.push(RemediationAction { action_type: action, params });
        self
    }

    pub async fn preview(&self) -> Result<Previewed, PreviewError> {
        let input = PreviewInput {
            now: self.now,
            plan_uid: &self.uid,
            attempt: 1,
            plan_generation: 1,
            target: &self.target,
            actions: &self.actions,
            safety_constraints: &[],
            operator_namespace: OPERATOR_NAMESPACE,
            policy_digest: None,
            earlier: &[],
        };
        actions::preview(&self.client, &input).await
    }

    /// The words of a refusal; anything else fails the test.
    pub async fn refusal(&self) -> Result<String> {
        match self.preview().await {
            Err(PreviewError::Refused { refusal, .. }) => Ok(refusal.to_string()),
            Err(other) => bail!("not refused but: {other}"),
            Ok(previewed) => bail!("not refused: {:#?}", previewed.preview),
        }
    }

    /// Sends every request of a step; the outputs of its commands.
    pub async fn apply(&self, step: &StepStatus) -> Result<Vec<String>, SendError> {
        let mut outputs = Vec::new();
        for write in &step.writes {
            let id = self.operation_id(step, 1);
            let sent = actions::send(&self.client, write, &self.errand(step, &id)).await?;
            outputs.extend(sent.output);
        }
        Ok(outputs)
    }

    pub async fn undo(&self, step: &StepStatus) -> Result<Undone, SendError> {
        let mut results = Vec::new();
        for record in &step.undo {
            let id = self.operation_id(step, 2);
            results.push(actions::undo(&self.client, record, &self.errand(step, &id)).await?);
        }
        Ok(actions::together(&results))
    }

    pub fn operation_id(&self, step: &StepStatus, attempt: i32) -> String {
        common::naming::operation_id(&self.uid, step.index, attempt)
    }

    pub fn errand<'a>(&'a self, step: &StepStatus, operation_id: &'a str) -> Errand<'a> {
        let params = &self.actions[usize::try_from(step.index).unwrap_or(0)].params;
        Errand { operation_id, plan_uid: &self.uid, params }
    }

    /// What the step's own rule says about the world as it is now.
    pub async fn arrival(&self, step: &StepStatus) -> Result<Settled> {
        let action = actions::parse(&self.actions[usize::try_from(step.index)?], &self.target)?;
        let chosen: Vec<ResourceRef> = step.writes.iter().map(|write| write.object.clone()).collect();
        let scope = Scope {
            target: &self.target,
            now: Timestamp::now(),
            plan_uid: &self.uid,
            operator_namespace: OPERATOR_NAMESPACE,
            chosen: &chosen,
        };
        let live = actions::read(&self.client, &scope, &action.needs(&self.target)).await?;
        let mut change = ChangeSet::of_step(step);
        change.applied_at = Some(self.now);
        Ok(action.settled(&change, &live))
    }

    /// Waits until the step's own rule says that the world arrived.
    pub async fn settles(&self, step: &StepStatus) -> Result<()> {
        let look = async {
            loop {
                match self.arrival(step).await? {
                    Settled::Arrived => return Ok(()),
                    Settled::Failed(why) => bail!("it will not settle: {why}"),
                    Settled::NotYet(_) | Settled::Unknown(_) => tokio::time::sleep(Duration::from_millis(200)).await,
                }
            }
        };
        match tokio::time::timeout(START, look).await {
            Ok(result) => result,
            Err(_) => bail!("did not settle in time: {:?}", self.arrival(step).await?),
        }
    }
}

/// An object of any kind, as the server has it.
pub async fn live(client: &Client, reference: &ResourceRef) -> Result<Value> {
    Ok(serde_json::to_value(api(client, reference)?.get(&reference.name).await?)?)
}

pub fn api(client: &Client, reference: &ResourceRef) -> Result<kube::Api<DynamicObject>> {
    let kind = actions::Kind::named(&reference.kind).context("a kind that actions know")?;
    let resource = kube::api::ApiResource {
        group: kind.group.to_owned(),
        version: kind.version.to_owned(),
        api_version: kind.api_version(),
        kind: kind.kind.to_owned(),
        plural: kind.plural.to_owned(),
    };
    Ok(if kind.namespaced {
        kube::Api::namespaced_with(client.clone(), &reference.namespace, &resource)
    } else {
        kube::Api::all_with(client.clone(), &resource)
    })
}

/// Everything a person wrote into the object, without what the server, controllers and our marker add.
pub fn wanted_state(object: &Value) -> Value {
    let mut annotations = object["metadata"]["annotations"].clone();
    if let Some(map) = annotations.as_object_mut() {
        map.retain(|key, _| !key.starts_with("platform.chatcli.io/") && !key.starts_with("deployment.kubernetes.io/"));
        if map.is_empty() {
            annotations = Value::Null;
        }
    }
    json!({"spec": object["spec"], "data": object["data"], "labels": object["metadata"]["labels"], "annotations": annotations})
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

/// Previews and applies the only step, waits until it settles, and takes it back: the object must be as it was, field by field.
pub async fn there_and_back(plan: &Plan, object: &ResourceRef) -> Result<Previewed> {
    let before = wanted_state(&live(&plan.client, object).await?);
    let previewed = plan.preview().await?;
    assert_clean(&previewed);
    let step = &previewed.steps[0];
    plan.apply(step).await?;
    plan.settles(step).await?;
    let after = live(&plan.client, object).await?;
    assert_ne!(wanted_state(&after), before);
    for field in step.writes.iter().filter(|write| write.object.same_object(object)).flat_map(|write| &write.touched) {
        let promised: Option<Value> = field.after.as_deref().map(serde_json::from_str).transpose()?;
        assert_eq!(after.pointer(&field.path).cloned(), promised, "{}", field.path);
    }
    assert_eq!(plan.undo(step).await?, Undone::Undone);
    assert_eq!(wanted_state(&live(&plan.client, object).await?), before);
    Ok(previewed)
}
