//! What is previewed: a plan that is there, or one made up from a file, a Runbook or a finding. What is made up is never stored.

use std::io::Read as _;
use std::path::Path;

use common::api::ai_insight::{AIInsight, Finding};
use common::api::issue::Issue;
use common::api::keys::GROUP;
use common::api::remediation_plan::RemediationPlanSpec;
use common::api::{ActionType, NameRef, RemediationAction, RemediationPlan, ResourceRef, Runbook};
use common::naming;
use kube::ResourceExt as _;
use serde_json::Value;

use crate::cli::PreviewArgs;
use crate::commands::resolve;
use crate::facts;
use crate::failure::Failure;
use crate::kube::{Cluster, Kind, typed};
use crate::story::Story;

/// A change to look at.
pub struct Subject {
    /// The plan; one that is not stored has no UID.
    pub plan: RemediationPlan,
    /// The object it acts on.
    pub target: ResourceRef,
}

impl Subject {
    /// True where the operator has the same plan.
    pub fn is_stored(&self) -> bool {
        self.plan.uid().is_some()
    }
}

/// What the arguments mean.
pub async fn find(args: &PreviewArgs, cluster: &Cluster) -> Result<Subject, Failure> {
    if let Some(path) = &args.filename {
        return of_file(path, args, cluster).await;
    }
    let name = args.plan.as_deref().unwrap_or_default();
    if let Some(("runbook" | "runbooks" | "rb" | "runbook.platform.chatcli.io", name)) = name.split_once('/') {
        let runbook: Runbook = typed(&cluster.get(&Kind::ours("Runbook", "runbooks"), name).await?)?;
        return of_runbook(&runbook, args, cluster).await;
    }
    match resolve::plan(cluster, name).await {
        Ok(found) => stored(resolve::at_hand(cluster, typed(&found)?).await?, cluster).await,
        Err(failure) => match unplanned(name, cluster).await? {
            Some(subject) => Ok(subject),
            None => Err(failure),
        },
    }
}

async fn stored(plan: RemediationPlan, cluster: &Cluster) -> Result<Subject, Failure> {
    let target = match plan.spec.target.clone() {
        Some(target) => target,
        None => resolve::issue(cluster, &plan.spec.issue_ref.name).await?.spec.resource,
    };
    Ok(Subject { plan, target })
}

/// The first remedy of an incident's explanation, where nobody has planned it.
async fn unplanned(name: &str, cluster: &Cluster) -> Result<Option<Subject>, Failure> {
    let Some(found) = cluster.find(&Kind::issue(), Some(cluster.namespace()), resolve::bare(name)).await? else {
        return Ok(None);
    };
    let issue: Issue = typed(&found)?;
    let status = issue.status.clone().unwrap_or_default();
    let insight = status.insight_ref.map_or_else(|| naming::insight(&issue.name_any()), |reference| reference.name);
    let Some(insight) = cluster.find(&Kind::insight(), Some(cluster.namespace()), &insight).await? else {
        return Ok(None);
    };
    let insight: AIInsight = typed(&insight)?;
    let findings = insight.status.map(|status| status.findings).unwrap_or_default();
    Ok(first_remedy(&issue.name_any(), &issue.spec.resource, &findings))
}

/// What an incident comes to: its current plan, else the first remedy of its explanation.
pub fn of_story(story: &Story) -> Option<Subject> {
    let resource = &story.issue.spec.resource;
    if let Some(plan) = story.current_plan() {
        let target = plan.spec.target.clone().unwrap_or_else(|| resource.clone());
        return Some(Subject { plan: plan.clone(), target });
    }
    let status = story.insight.as_ref().and_then(|insight| insight.status.as_ref());
    first_remedy(&story.issue.name_any(), resource, &status?.findings)
}

/// The first remedy of the most likely cause, as a plan called `name`; `None` where the rules propose none.
pub fn first_remedy(name: &str, resource: &ResourceRef, findings: &[Finding]) -> Option<Subject> {
    let remedy = findings.iter().flat_map(|finding| &finding.remedies).next()?;
    let target = remedy.target.as_ref().unwrap_or(resource);
    Some(made_up(name, target, &remedy.why, remedy.actions.clone()))
}

async fn of_file(path: &Path, args: &PreviewArgs, cluster: &Cluster) -> Result<Subject, Failure> {
    let shown = path.display();
    let text = read(path).map_err(|why| Failure::new(format!("cannot read {shown}: {why}")))?;
    let broken = |why: String| Failure::new(format!("{shown} is no manifest: {why}"));
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).map_err(|why| broken(why.to_string()))?;
    let ours = |document: &&Value| document["apiVersion"].as_str().is_some_and(|version| version.starts_with(GROUP));
    let mut plans = documents
        .iter()
        .filter(ours)
        .filter(|document| document["kind"] == "RemediationPlan" || document["kind"] == "Runbook");
    let (Some(document), None) = (plans.next(), plans.next()) else {
        return Err(Failure::new(format!("{shown} holds no RemediationPlan or Runbook, or more than one"))
            .hint("preview one object at a time"));
    };
    if document["kind"] == "Runbook" {
        let runbook = serde_json::from_value(document.clone()).map_err(|why| broken(why.to_string()))?;
        return of_runbook(&runbook, args, cluster).await;
    }
    let mut plan: RemediationPlan = serde_json::from_value(document.clone()).map_err(|why| broken(why.to_string()))?;
    plan.metadata.namespace.get_or_insert_with(|| cluster.namespace().to_owned());
    // What a file says about its own fate is not what the operator said.
    (plan.status, plan.metadata.uid) = (None, None);
    if let Some(target) = &args.target {
        plan.spec.target = Some(target_of(target, cluster)?);
    }
    stored(plan, cluster).await
}

fn read(path: &Path) -> std::io::Result<String> {
    if path.as_os_str() != "-" {
        return std::fs::read_to_string(path);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

async fn of_runbook(runbook: &Runbook, args: &PreviewArgs, cluster: &Cluster) -> Result<Subject, Failure> {
    let target = match (&args.target, &runbook.spec.bound_to) {
        (Some(target), _) => target_of(target, cluster)?,
        (None, Some(binding)) => binding.target.clone(),
        (None, None) => {
            return Err(Failure::new("a runbook changes whatever an incident is about; which object is it to be?")
                .hint(format!(
                    "name a {}: add --target {}/NAME",
                    runbook.spec.trigger.resource_kind,
                    runbook.spec.trigger.resource_kind.to_lowercase()
                )));
        }
    };
    let actions = runbook
        .spec
        .steps
        .iter()
        .map(|step| RemediationAction { action_type: ActionType::from_name(&step.action), params: step.params.clone() })
        .collect();
    let why = runbook.spec.description.clone().unwrap_or_default();
    let target = pinned(target, cluster).await?;
    Ok(made_up(&runbook.name_any(), &target, &why, actions))
}

/// The object as it is now, so that the preview is about this one and no namesake.
async fn pinned(target: ResourceRef, cluster: &Cluster) -> Result<ResourceRef, Failure> {
    let Some(kind) = facts::kind(&target.kind) else { return Ok(target) };
    let namespace = (!target.namespace.is_empty()).then_some(target.namespace.as_str());
    match cluster.find(&kind, namespace, &target.name).await? {
        Some(found) => Ok(match found.uid() {
            Some(uid) => target.with_uid(uid),
            None => target,
        }),
        None => Err(Failure::new(format!("no {} in namespace {}", target.short(), target.namespace))
            .hint(format!("list what there is: kubectl get {} -n {}", kind.resource.plural, target.namespace))),
    }
}

fn target_of(text: &str, cluster: &Cluster) -> Result<ResourceRef, Failure> {
    let bad = || Failure::new(format!("{text:?} is no target")).hint("write KIND/NAME, such as deploy/web");
    let (kind, name) = text.split_once('/').ok_or_else(bad)?;
    let kind = facts::kind(kind).ok_or_else(bad)?;
    let namespace = if kind.resource.kind == "Node" { "" } else { cluster.namespace() };
    Ok(ResourceRef::new(kind.resource.kind.clone(), namespace, name))
}

fn made_up(name: &str, target: &ResourceRef, why: &str, actions: Vec<RemediationAction>) -> Subject {
    let spec = RemediationPlanSpec {
        issue_ref: NameRef::new(name),
        attempt: 1,
        strategy: why.to_owned(),
        actions,
        safety_constraints: Vec::new(),
        agentic_mode: None,
        agentic_history: Vec::new(),
        agentic_max_steps: None,
        target: Some(target.clone()),
        runbook_ref: None,
        finding_code: None,
        requested_by: None,
        step_of: None,
    };
    let mut plan = RemediationPlan::new(name, spec);
    plan.metadata.namespace = Some(target.namespace.clone());
    Subject { plan, target: target.clone() }
}
