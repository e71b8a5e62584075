//! The fault suite: each folder below `tests/faults/` is something that goes wrong on a real node, and what has to be said about it.
//!
//! In: `fault.yaml` (healthy state, break, expectation). Out: a [`Score`]: code, object of the cause, resource of the incident, number of
//! incidents, remedies, receipts; and, where a remedy is proposed, whether it cures the fault and changes nothing else. Never: helps the operator along; what is broken is broken the way people break it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use common::api::issue::IssueState;
use common::api::remediation_plan::RemediationState;
use common::api::{AIInsight, Anomaly, ApprovalVote, Issue, RemediationPlan, ResourceRef};
use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use kube::core::GroupVersionKind;
use kube::{Client, ResourceExt};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::{App, START};
use crate::cluster::Cluster;
use crate::incidents::plan_state;
use crate::namespace::TestNamespace;
use crate::place;
use crate::receipts;
use crate::votes;
use crate::watching::{Seen, never, watch_until};

/// A fault as its folder tells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Name of the folder.
    #[serde(skip)]
    pub slug: String,
    /// One sentence.
    pub about: String,
    /// Part of `make test`; all are part of `make soak`.
    #[serde(default)]
    pub fast: bool,
    /// Touches the node, so it runs alone.
    #[serde(default)]
    pub alone: bool,
    /// Made and waited for before anything breaks.
    #[serde(default)]
    healthy: Vec<Step>,
    /// What a person or a machine does then.
    #[serde(default, rename = "break")]
    break_: Vec<Step>,
    /// Undoes what outlives the namespace.
    #[serde(default)]
    after: Vec<Step>,
    /// What has to be said; absent in a control, about which nothing may be said.
    #[serde(default)]
    pub expect: Option<Expectation>,
    /// How long a control is watched, in seconds.
    #[serde(default)]
    quiet: Option<u64>,
}

/// What has to be said.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Finding codes that are right.
    pub code: Vec<String>,
    /// `Kind/name` of the object the cause sits in.
    pub cause: String,
    /// `Kind/name` of the incident's resource; several where any of equals may speak for all.
    pub resource: Vec<String>,
    /// Actions that may be proposed; anything else would be harm.
    #[serde(default)]
    pub remedies: Vec<String>,
    /// `Kind/name` of who has to be folded in.
    #[serde(default)]
    pub folded: Vec<String>,
    /// Seconds until the incident is explained: holds, back-offs and a slow machine included.
    #[serde(default = "usual")]
    pub within: u64,
    /// Incidents in the end.
    #[serde(default = "one")]
    pub incidents: usize,
    /// Why none of the remedies can cure it here, where that is so; else the first is carried out and has to.
    #[serde(default)]
    pub incurable: Option<String>,
    /// Its remedy reaches further than the workload, so nothing is carried out before a person says yes.
    #[serde(default)]
    pub voted: bool,
}

fn usual() -> u64 {
    120
}

fn one() -> usize {
    1
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Step {
    /// The test app as a Deployment.
    App {
        app: String,
        #[serde(default)]
        args: Vec<String>,
        #[serde(default)]
        with: Value,
        /// Not waited for: it cannot become available.
        #[serde(default)]
        sick: bool,
    },
    /// Any object.
    Object { object: Value },
    /// A merge patch of `Kind/name`, by hand.
    Patch { patch: String, to: Value },
    /// A change of an app's only container.
    Container { container: String, to: Value },
    /// `Kind/name` goes.
    Delete { delete: String },
    /// New pods for a Deployment.
    Restart { restart: String },
}

/// How a fault was answered.
#[derive(Clone, Debug)]
pub struct Score {
    /// Folder.
    pub slug: String,
    /// Seconds from the break to the explained incident.
    pub took: f64,
    /// What was wrong with the answer; empty when all was right.
    pub wrong: Vec<String>,
    /// Code of the first finding.
    pub code: String,
    /// Seconds until its remedy was carried out and proven, where there is one.
    pub cured: Option<f64>,
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.wrong.is_empty() { "right" } else { "WRONG" };
        write!(f, "{verdict:<6} {:<34} {:<28} {:>7.1} s", self.slug, self.code, self.took)?;
        if let Some(cured) = self.cured {
            write!(f, ", cured in {cured:.0} s")?;
        }
        self.wrong.iter().try_for_each(|wrong| write!(f, "\n         {wrong}"))
    }
}

/// Every fault, by name; `FAULTS=a,b` chooses.
pub fn all() -> Result<Vec<Fault>> {
    let chosen = std::env::var("FAULTS").ok();
    let chosen: Option<Vec<&str>> = chosen.as_deref().map(|names| names.split(',').collect());
    let folder = place::repository().join("tests/faults");
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let file: PathBuf = entry?.path().join("fault.yaml");
        let slug = file.parent().and_then(|it| it.file_name()).unwrap_or_default().to_string_lossy().into_owned();
        if !file.is_file() || chosen.as_ref().is_some_and(|chosen| !chosen.contains(&slug.as_str())) {
            continue;
        }
        let text = std::fs::read_to_string(&file)?;
        let fault: Fault = serde_saphyr::from_str(&text).with_context(|| file.display().to_string())?;
        faults.push(Fault { slug, ..fault });
    }
    faults.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok(faults)
}

impl Fault {
    /// Breaks it and sees what is said.
    pub async fn run(&self, cluster: &Cluster) -> Result<Score> {
        let namespace =
            TestNamespace::create(cluster.connection(), &format!("f-{}", self.slug), Some("observe")).await?;
        let scene = Scene { cluster, namespace: &namespace };
        for step in &self.healthy {
            scene.carry_out(step).await.with_context(|| format!("{}: {step:?}", self.slug))?;
        }
        for step in &self.healthy {
            match step {
                Step::App { app, sick: false, .. } => {
                    App::named(app, cluster)?.created(&namespace).available().await;
                }
                Step::Object { object } => scene.is_well(object).await?,
                _ => {}
            }
        }
        let began = Instant::now();
        for step in &self.break_ {
            scene.carry_out(step).await.with_context(|| format!("{}: {step:?}", self.slug))?;
        }
        let score = match &self.expect {
            Some(expect) => self.judge(&scene, expect, began).await,
            None => self.control(&scene, began).await,
        };
        for step in &self.after {
            scene.carry_out(step).await.with_context(|| format!("{}: {step:?}", self.slug))?;
        }
        score
    }

    async fn control(&self, scene: &Scene<'_>, began: Instant) -> Result<Score> {
        let during = Duration::from_secs(self.quiet.unwrap_or(60));
        let namespace = scene.namespace;
        never(&namespace.api::<Issue>(), during, &format!("{}: an Issue", self.slug), |seen| {
            seen.all().next().map(|issue| issue.spec.description.clone())
        })
        .await;
        let raised = namespace.api::<Anomaly>().list(&ListParams::default()).await?.items;
        let wrong = raised.iter().map(|it| format!("raised for nothing: {:?}", it.spec.description)).collect();
        let took = began.elapsed().as_secs_f64();
        Ok(Score { slug: self.slug.clone(), took, wrong, code: "silence".to_owned(), cured: None })
    }

    async fn judge(&self, scene: &Scene<'_>, expect: &Expectation, began: Instant) -> Result<Score> {
        let namespace = scene.namespace;
        let home = if expect.resource.iter().any(|it| it.starts_with("Node/")) {
            Api::namespaced(namespace.client(), common::api::keys::OPERATOR_NAMESPACE)
        } else {
            namespace.api::<Issue>()
        };
        let deadline = tokio::time::Instant::now() + Duration::from_secs(expect.within);
        let right = |issue: &Issue| {
            let cause = issue.status.as_ref().and_then(|status| status.cause.as_ref());
            cause.is_some_and(|cause| {
                expect.code.contains(&cause.code)
                    && scene.is(&expect.cause, &cause.place.object)
                    && expect.resource.iter().any(|it| scene.is(it, &issue.spec.resource))
            })
        };
        let folded = |issue: &Issue| {
            let others = issue.status.as_ref().map(|status| status.folded_in.as_slice()).unwrap_or_default();
            expect.folded.iter().all(|name| others.iter().any(|other| scene.is(name, &other.resource)))
        };
        let found = watch_until(&home, deadline, |seen| {
            let issue = seen.all().find(|issue| right(issue) && folded(issue))?;
            let own = seen.all().filter(|issue| issue.metadata.namespace.as_deref() == Some(namespace.name()));
            let settled = expect.resource.iter().any(|it| it.starts_with("Node/")) || own.count() == expect.incidents;
            settled.then(|| (issue.clone(), began.elapsed()))
        })
        .await;
        let slug = self.slug.clone();
        let (issue, took) = match found {
            Ok(found) => found,
            Err(seen) => {
                let wrong = seen.all().map(told).collect::<Vec<_>>();
                let wrong = if wrong.is_empty() { vec!["nothing was said".to_owned()] } else { wrong };
                let took = began.elapsed().as_secs_f64();
                return Ok(Score { slug, took, wrong, code: "-".to_owned(), cured: None });
            }
        };
        let mut wrong = Vec::new();
        let insight = format!("{}-insight", issue.name_any());
        let insights: Api<AIInsight> = Api::namespaced(namespace.client(), &issue.namespace().unwrap_or_default());
        let findings =
            insights.get_opt(&insight).await?.and_then(|it| it.status).map(|it| it.findings).unwrap_or_default();
        if let Some(first) = findings.first() {
            let proposed =
                first.remedies.iter().flat_map(|remedy| &remedy.actions).map(|it| it.action_type.to_string());
            let harm: Vec<String> = proposed.filter(|name| !expect.remedies.contains(name)).collect();
            wrong.extend((!harm.is_empty()).then(|| format!("proposes {}", harm.join(", "))));
        }
        for finding in &findings {
            wrong.extend(receipts::unproven(&namespace.client(), finding).await?);
        }
        let mut cured = None;
        if !expect.remedies.is_empty() && expect.incurable.is_none() && wrong.is_empty() {
            match scene.cured(&issue, expect.voted).await? {
                Ok(after) => cured = Some(after.as_secs_f64()),
                Err(why) => wrong = why,
            }
        }
        let code = issue.status.and_then(|status| status.cause).map(|cause| cause.code).unwrap_or_default();
        Ok(Score { slug, took: took.as_secs_f64(), wrong, code, cured })
    }
}

/// Kinds that a remedy may touch or harm.
const TOUCHED: [&str; 8] =
    ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "ConfigMap", "Service", "Ingress", "HorizontalPodAutoscaler"];

/// Longest wait for a remedy to be carried out and proven.
const CURE: Duration = Duration::from_secs(300);
/// Who says yes where a remedy takes a vote.
const VOTER: &str = "alice";

fn told(issue: &Issue) -> String {
    let status = issue.status.clone().unwrap_or_default();
    let folded: Vec<String> = status.folded_in.iter().map(|other| other.resource.short()).collect();
    let cause = status.cause.map(|cause| format!("{} in {}: {}", cause.code, cause.place.object, cause.statement));
    format!(
        "said about {}: {} (folded in: {})",
        issue.spec.resource,
        cause.unwrap_or_else(|| format!("unexplained: {}", issue.spec.description)),
        folded.join(", ")
    )
}

struct Scene<'a> {
    cluster: &'a Cluster,
    namespace: &'a TestNamespace,
}

impl Scene<'_> {
    async fn carry_out(&self, step: &Step) -> Result<()> {
        let namespace = self.namespace;
        match self.filled(step)? {
            Step::App { app, args, with, .. } => {
                let args: Vec<&str> = args.iter().map(String::as_str).collect();
                let with = if with.is_null() { json!({}) } else { with };
                let built = App::named(&app, self.cluster)?.doing(&args).with(&with);
                built.create(namespace).await?;
            }
            Step::Object { object } => namespace.apply(object).await?,
            Step::Patch { patch, to } => {
                let (api, name) = self.named(&patch).await?;
                let parameters =
                    PatchParams { field_manager: Some("kubectl-edit".to_owned()), ..PatchParams::default() };
                api.patch(&name, &parameters, &Patch::Merge(to)).await?;
            }
            Step::Container { container, to } => {
                App::named(&container, self.cluster)?.created(namespace).edit_container(&to).await?;
            }
            Step::Delete { delete } => {
                let (api, name) = self.named(&delete).await?;
                api.delete(&name, &DeleteParams::background()).await?;
            }
            Step::Restart { restart } => {
                let again =
                    json!({ "spec": { "template": { "metadata": { "annotations": { "restarted": "again" } } } } });
                App::named(&restart, self.cluster)?.created(namespace).edit(&again).await?;
            }
        }
        Ok(())
    }

    /// Waits until every pod of a StatefulSet or DaemonSet is ready; other objects are well as they are.
    async fn is_well(&self, object: &Value) -> Result<()> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let deadline = tokio::time::Instant::now() + START;
        let well = match object["kind"].as_str() {
            Some("StatefulSet") => {
                let is_ready = |set: &StatefulSet| {
                    let wanted = set.spec.as_ref().and_then(|spec| spec.replicas);
                    set.name_any() == name && set.status.as_ref().map(|status| status.ready_replicas) == Some(wanted)
                };
                let found = |seen: &Seen<StatefulSet>| seen.all().any(is_ready).then_some(());
                watch_until(&self.namespace.api(), deadline, found).await.is_ok()
            }
            Some("DaemonSet") => {
                let is_ready = |set: &DaemonSet| {
                    let status = set.status.clone().unwrap_or_default();
                    set.name_any() == name
                        && status.desired_number_scheduled > 0
                        && status.number_ready == status.desired_number_scheduled
                };
                let found = |seen: &Seen<DaemonSet>| seen.all().any(is_ready).then_some(());
                watch_until(&self.namespace.api(), deadline, found).await.is_ok()
            }
            _ => true,
        };
        anyhow::ensure!(well, "{name} did not become ready within {START:?}");
        Ok(())
    }

    /// Lets the operator carry out what it proposes, by itself or with a person's vote: how long that took, or what was wrong with it.
    /// Nothing but what the plans say they write may have changed.
    async fn cured(&self, issue: &Issue, voted: bool) -> Result<Result<Duration, Vec<String>>> {
        let (before, began) = (self.objects().await?, Instant::now());
        self.namespace.set_autonomy("auto").await?;
        let name = issue.name_any();
        let over = |seen: &Seen<Issue>| {
            let issue = seen.all().find(|it| it.name_any() == name)?;
            let state = issue.status.as_ref().map(|status| status.state)?;
            (!matches!(state, IssueState::Detected | IssueState::Analyzing | IssueState::Remediating)).then_some(state)
        };
        let issues = self.namespace.api();
        let ends = watch_until(&issues, tokio::time::Instant::now() + CURE, over);
        let state = if voted {
            votes::may_vote(self.namespace, VOTER).await?;
            let voter = self.cluster.person(VOTER, &["on-call"]).await?.client()?;
            tokio::select! {
                state = ends => state,
                never = votes::approve_every_plan(self.namespace, VOTER, &voter) => match never? {},
            }
        } else {
            ends.await
        };
        let took = began.elapsed();
        let plans = self.namespace.api::<RemediationPlan>().list(&ListParams::default()).await?.items;
        let told: Vec<String> = plans
            .iter()
            .map(|plan| {
                let status = plan.status.clone().unwrap_or_default();
                let actions: Vec<String> = plan.spec.actions.iter().map(|it| it.action_type.to_string()).collect();
                format!("{}: {:?}, {}", actions.join(", "), status.state, status.result.unwrap_or_default())
            })
            .collect();
        let unasked =
            voted && self.namespace.api::<ApprovalVote>().list(&ListParams::default()).await?.items.is_empty();
        if unasked {
            return Ok(Err([vec!["it was carried out without a vote".to_owned()], told].concat()));
        }
        let own = plans.iter().filter(|plan| plan.spec.issue_ref.name == name);
        let proven = own.filter(|plan| plan_state(plan) == RemediationState::Completed).count();
        if !matches!(state, Ok(IssueState::Resolved)) || proven != 1 {
            let state =
                state.map_or_else(|_| "nothing came of it".to_owned(), |state| format!("the incident is {state:?}"));
            return Ok(Err([vec![format!("its remedy did not cure it: {state}")], told].concat()));
        }
        let steps = plans.iter().flat_map(|plan| plan.status.iter().flat_map(|status| &status.steps));
        let written: Vec<String> = steps
            .flat_map(|step| &step.writes)
            .map(|write| format!("{}/{}", write.object.kind, write.object.name))
            .collect();
        let after = self.objects().await?;
        let harmed: Vec<String> = before
            .keys()
            .chain(after.keys().filter(|name| !before.contains_key(*name)))
            .filter(|name| before.get(*name) != after.get(*name) && !written.contains(name))
            .map(|name| format!("its remedy changed {name}"))
            .collect();
        Ok(if harmed.is_empty() { Ok(took) } else { Err(harmed) })
    }

    /// What is wanted of each object, by `Kind/name`.
    async fn objects(&self) -> Result<BTreeMap<String, Value>> {
        let mut objects = BTreeMap::new();
        for kind in TOUCHED {
            let api = dynamic(&self.namespace.client(), &ResourceRef::new(kind, self.namespace.name(), "")).await?;
            for object in api.list(&ListParams::default()).await?.items {
                let wanted = json!([object.data.get("spec"), object.data.get("data"), object.metadata.labels]);
                objects.insert(format!("{kind}/{}", object.name_any()), wanted);
            }
        }
        Ok(objects)
    }

    /// The step with the places of this cluster put in.
    fn filled(&self, step: &Step) -> Result<Step> {
        let mut step = step.clone();
        let places = [
            ("${APP}", self.cluster.app_image()?),
            ("${REGISTRY}", self.cluster.registry()?),
            ("${NODE}", self.cluster.node()?),
            ("${NAMESPACE}", self.namespace.name().to_owned()),
        ];
        match &mut step {
            Step::App { args, with, .. } => {
                for text in args {
                    fill(text, &places);
                }
                fill_all(with, &places);
            }
            Step::Object { object } => fill_all(object, &places),
            Step::Patch { patch, to } => {
                fill(patch, &places);
                fill_all(to, &places);
            }
            Step::Container { to, .. } => fill_all(to, &places),
            Step::Delete { delete } => fill(delete, &places),
            Step::Restart { .. } => {}
        }
        Ok(step)
    }

    async fn named(&self, reference: &str) -> Result<(Api<DynamicObject>, String)> {
        let (kind, name) = reference.split_once('/').with_context(|| format!("{reference} is not Kind/name"))?;
        let reference = ResourceRef::new(kind, self.namespace.name(), name);
        Ok((dynamic(&self.namespace.client(), &reference).await?, name.to_owned()))
    }

    /// Is this the object that `Kind/name` means? The node goes by its place.
    fn is(&self, wanted: &str, object: &ResourceRef) -> bool {
        let node = self.cluster.node().unwrap_or_default();
        let wanted = wanted.replace("${NODE}", &node);
        wanted == format!("{}/{}", object.kind, object.name)
    }
}

fn fill(text: &mut String, places: &[(&str, String)]) {
    for (place, value) in places {
        *text = text.replace(place, value);
    }
}

fn fill_all(value: &mut Value, places: &[(&str, String)]) {
    match value {
        Value::String(text) => fill(text, places),
        Value::Array(items) => {
            for item in items {
                fill_all(item, places);
            }
        }
        Value::Object(fields) => {
            for field in fields.values_mut() {
                fill_all(field, places);
            }
        }
        _ => {}
    }
}

/// The API of an object's kind, in its namespace.
pub async fn dynamic(client: &Client, object: &ResourceRef) -> Result<Api<DynamicObject>> {
    let known = common::actions::Kind::named(&object.kind).map(|kind| (kind.group, kind.version));
    let (group, version) = known.unwrap_or(match object.kind.as_str() {
        "ValidatingWebhookConfiguration" | "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding" => {
            ("admissionregistration.k8s.io", "v1")
        }
        _ => ("", "v1"),
    });
    let kind = GroupVersionKind::gvk(group, version, &object.kind);
    let (resource, capabilities) = kube::discovery::pinned_kind(client, &kind).await?;
    Ok(match capabilities.scope {
        kube::discovery::Scope::Cluster => Api::all_with(client.clone(), &resource),
        kube::discovery::Scope::Namespaced => Api::namespaced_with(client.clone(), &object.namespace, &resource),
    })
}
