//! `kubectl chatcli runbook scaffold`: from an incident, a plan, or an action.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::PoisonError;

use common::actions;
use common::api::issue::Issue;
use common::api::runbook::TriggerSignal;
use common::api::{AIInsight, ActionType, RemediationAction, RemediationPlan, ResourceRef, Runbook};
use common::naming;
use kube::ResourceExt as _;

use crate::cli::ScaffoldArgs;
use crate::commands::{Context, resolve};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, nearest, typed};
use crate::recording::{Recording, keeping};
use crate::runbook::scaffold::{Draft, yaml};
use crate::runbook::trial::{self, Fixture, Incident};

/// Runs the command.
pub async fn run(args: &ScaffoldArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    if let Some(action) = &args.action {
        context.ui.print(&yaml(&by_action(action, args, context)?))?;
        return Ok(Exit::Ok);
    }
    let cluster = context.cluster().await?;
    let written = written(args.subject.as_deref().unwrap_or_default(), args.name.as_deref(), &cluster).await?;
    context.ui.print(&written.text)?;
    if let Some(path) = &args.fixture {
        let runbook: Runbook = serde_saphyr::from_str(&written.text)
            .map_err(|why| Failure::new(format!("cannot read what was written: {why}")))?;
        save(path, &fixture(&runbook, &written.issue, written.target, &cluster, context).await?)?;
        context.ui.note(&format!("try it: kubectl chatcli runbook test -f FILE --fixture {}", path.display()));
    }
    Ok(Exit::Ok)
}

/// A Runbook that was scaffolded, and what it was made from.
pub struct Written {
    /// Its name.
    pub name: String,
    /// Commented YAML.
    pub text: String,
    issue: Issue,
    target: ResourceRef,
}

/// From an incident or plan; without a name it gets one from its signal and first action.
pub async fn written(subject: &str, name: Option<&str>, cluster: &Cluster) -> Result<Written, Failure> {
    let (issue, plan) = find(cluster, subject).await?;
    let actions = match &plan {
        Some(plan) => plan.actions().cloned().collect(),
        None => remedy(cluster, &issue).await?,
    };
    let name = name.map_or_else(|| name_of(&issue, &actions), str::to_owned);
    let target = plan.as_ref().and_then(|plan| plan.spec.target.clone()).unwrap_or_else(|| issue.spec.resource.clone());
    let draft = Draft {
        name: name.clone(),
        namespace: issue.namespace(),
        origin: origin(&issue, plan.as_ref()),
        description: description(&issue, plan.as_ref()),
        signal: signal(issue.spec.signal_type.as_deref().unwrap_or("*"))?,
        severity: issue.spec.severity,
        kind: target.kind.clone(),
        actions,
    };
    Ok(Written { name, text: yaml(&draft), issue, target })
}

/// Into a new file: what is there already may be somebody's edited runbook.
pub fn save_new(path: &Path, text: &str) -> Result<(), Failure> {
    let shown = path.display();
    let mut file = fs::File::create_new(path).map_err(|why| match why.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(format!("{shown} is there already")).hint("name another file"),
        _ => Failure::new(format!("cannot write {shown}: {why}")),
    })?;
    file.write_all(text.as_bytes()).map_err(|why| Failure::new(format!("cannot write {shown}: {why}")))
}

async fn find(cluster: &Cluster, subject: &str) -> Result<(Issue, Option<RemediationPlan>), Failure> {
    let bare = resolve::bare(subject);
    if let Some(found) = cluster.find(&Kind::plan(), Some(cluster.namespace()), bare).await? {
        let plan: RemediationPlan = typed(&found)?;
        return Ok((resolve::issue(cluster, &plan.spec.issue_ref.name).await?, Some(plan)));
    }
    let Some(found) = cluster.find(&Kind::issue(), Some(cluster.namespace()), bare).await? else {
        return Err(cluster.not_found(&[&Kind::issue(), &Kind::plan()], "issue or plan", bare).await);
    };
    let issue: Issue = typed(&found)?;
    let plan = match issue.status.as_ref().and_then(|status| status.current_plan_ref.clone()) {
        Some(plan) => cluster.find(&Kind::plan(), Some(cluster.namespace()), &plan.name).await?,
        None => None,
    };
    Ok((issue, plan.as_ref().map(typed).transpose()?))
}

async fn remedy(cluster: &Cluster, issue: &Issue) -> Result<Vec<RemediationAction>, Failure> {
    let status = issue.status.clone().unwrap_or_default();
    let insight = status.insight_ref.map_or_else(|| naming::insight(&issue.name_any()), |reference| reference.name);
    let found = cluster.find(&Kind::insight(), Some(cluster.namespace()), &insight).await?;
    let insight: Option<AIInsight> = found.as_ref().map(typed).transpose()?;
    let findings = insight.and_then(|insight| insight.status).map(|status| status.findings).unwrap_or_default();
    let remedy = findings.into_iter().flat_map(|finding| finding.remedies).next();
    remedy.map(|remedy| remedy.actions).ok_or_else(|| {
        Failure::new(format!("nothing is known that would help {}", issue.name_any()))
            .hint("name what you would do: kubectl chatcli runbook scaffold --action ACTION --param NAME=VALUE")
            .hint("see what there is: kubectl chatcli actions")
    })
}

fn by_action(action: &str, args: &ScaffoldArgs, context: &Context<'_>) -> Result<Draft, Failure> {
    let known = ActionType::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(action));
    let Some(action_type) = known.filter(|known| *known != ActionType::Custom) else {
        let near = nearest(action, ActionType::ALL.iter().map(|known| known.as_str()));
        return Err(Failure::new(format!("there is no action {action:?}")).hint(match near {
            Some(near) => format!("did you mean {near}?"),
            None => "see what there is: kubectl chatcli actions".to_owned(),
        }));
    };
    let mut params = std::collections::BTreeMap::new();
    for pair in &args.params {
        let (name, value) =
            pair.split_once('=').ok_or_else(|| Failure::new(format!("--param {pair:?} is no NAME=VALUE")))?;
        params.insert(name.to_owned(), value.to_owned());
    }
    let action = RemediationAction { action_type, params };
    let target = ResourceRef::new(&args.kind, "namespace", "name");
    actions::parse(&action, &target).map_err(|refusal| Failure::new(refusal.to_string()))?;
    let actions = vec![action];
    actions::validate(&actions).map_err(|refusal| Failure::new(refusal.to_string()))?;
    Ok(Draft {
        name: args.name.clone().unwrap_or_else(|| kebab(action_type.as_str())),
        namespace: context.namespace().map(str::to_owned),
        origin: format!("{action_type} where {} is seen", args.signal),
        description: format!("{action_type} on a {}", args.kind),
        signal: signal(&args.signal)?,
        severity: args.severity.into(),
        kind: args.kind.clone(),
        actions,
    })
}

fn signal(name: &str) -> Result<TriggerSignal, Failure> {
    serde_json::from_value(serde_json::Value::from(name)).map_err(|_| {
        Failure::new(format!("there is no signal {name:?}"))
            .hint("write one such as oom_kill, image_pull_error, crashloop_backoff, or *")
    })
}

/// `AdjustResources` is `adjust-resources`.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    let mut before = '-';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            text.push('-');
        }
        text.push(c.to_ascii_lowercase());
        before = c;
    }
    text
}

fn name_of(issue: &Issue, actions: &[RemediationAction]) -> String {
    let signal = issue.spec.signal_type.clone().unwrap_or_else(|| "incident".to_owned()).replace('_', "-");
    let action = actions.first().map(|action| kebab(action.action_type.as_str())).unwrap_or_default();
    naming::sanitise(&format!("{signal}-{action}"))
}

fn origin(issue: &Issue, plan: Option<&RemediationPlan>) -> String {
    match plan {
        Some(plan) => {
            let state = plan.status.as_ref().map(|status| status.state).unwrap_or_default();
            format!("From plan {} ({state}) of incident {}.", plan.name_any(), issue.name_any())
        }
        None => format!("From incident {}.", issue.name_any()),
    }
}

fn description(issue: &Issue, plan: Option<&RemediationPlan>) -> String {
    let cause = issue.status.as_ref().and_then(|status| status.cause.as_ref()).map(|cause| cause.statement.clone());
    plan.map(|plan| plan.spec.strategy.clone())
        .filter(|strategy| !strategy.is_empty())
        .or(cause)
        .unwrap_or_else(|| issue.spec.description.clone())
}

/// The cluster as the steps see it now, and what they would do to it.
async fn fixture(
    runbook: &Runbook,
    issue: &Issue,
    target: ResourceRef,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Fixture, Failure> {
    // The object of now, whatever it was when the incident began.
    let resource = ResourceRef { uid: None, ..target };
    let incident = Incident {
        signal_type: issue.spec.signal_type.clone().unwrap_or_default(),
        severity: issue.spec.severity,
        resource,
    };
    let now = context.clock.now;
    let (kept, answers) = keeping(cluster);
    trial::run(runbook, &incident, &kept, now).await?;
    let answers = std::mem::take(&mut *answers.lock().unwrap_or_else(PoisonError::into_inner));
    let recording = Recording::new(&incident.resource.short(), cluster.namespace(), now, answers);
    // Judged on what was kept, so that the test agrees with itself.
    let expect = trial::run(runbook, &incident, &recording.cluster(), now).await?;
    Ok(Fixture { incident, expect, recording })
}

/// Writes a fixture.
pub fn save(path: &Path, fixture: &Fixture) -> Result<(), Failure> {
    let text =
        serde_saphyr::to_string(fixture).map_err(|why| Failure::new(format!("cannot write the fixture: {why}")))?;
    std::fs::write(path, text).map_err(|why| Failure::new(format!("cannot write {}: {why}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actions_name_becomes_an_objects_name() {
        assert_eq!(kebab("AdjustResources"), "adjust-resources");
        assert_eq!(kebab("AdjustHPA"), "adjust-hpa");
    }
}
