//! `kubectl chatcli wait`: until an incident, plan or request is in a state, or never will be.

use std::time::Duration;

use kube::ResourceExt as _;
use kube::api::DynamicObject;
use kube::runtime::wait::await_condition;

use super::{Context, resolve};
use crate::cli::{WaitArgs, WaitFor};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind};

/// Waiting "for ever" (`--timeout 0`) ends with the day's work.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Runs the command.
pub async fn run(args: WaitArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let kind = kind(&args.subject)?;
    let name = resolve::bare(&args.subject).to_owned();
    let Some(first) = find(&cluster, &kind, &name, &args).await? else {
        return Exit::Ok.after(context.ui.print(&format!("{} deleted", kind.named(&name))));
    };
    let limit = args.timeout.0.unwrap_or(LONGEST);
    let busy = context.ui.busy(format!("waiting for {}", kind.named(&name)));
    let api = cluster.api(&kind, first.namespace().as_deref());
    let waiting = await_condition(api, &name, |object: Option<&DynamicObject>| over(object, &kind, &args.what));
    let ended = tokio::time::timeout(limit, waiting).await;
    drop(busy);
    let Ok(ended) = ended else {
        let now = cluster.find(&kind, first.namespace().as_deref(), &name).await?;
        context.ui.note(&format!(
            "timed out after {} s waiting for {}: it is {}",
            limit.as_secs(),
            kind.named(&name),
            now.as_ref().map_or("gone", state)
        ));
        return Ok(Exit::Differs);
    };
    let last = ended.map_err(|why| Failure::new(format!("cannot watch {name}: {why}")))?;
    let met = is_met(last.as_ref(), &args.what);
    let said = match (&last, &args.what) {
        (_, WaitFor::Delete) => "deleted".to_owned(),
        (None, _) => "is gone".to_owned(),
        (Some(object), _) if met => format!("is {}", state(object)),
        (Some(object), _) => {
            let result = object.data["status"]["result"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
            format!("ended as {}{result}", state(object))
        }
    };
    let line = format!("{} {said}", kind.named(&name));
    if met {
        return Exit::Ok.after(context.ui.print(&line));
    }
    context.ui.note(&line);
    Ok(Exit::Differs)
}

async fn find(cluster: &Cluster, kind: &Kind, name: &str, args: &WaitArgs) -> Result<Option<DynamicObject>, Failure> {
    if args.what == WaitFor::Delete {
        return cluster.find(kind, Some(cluster.namespace()), name).await;
    }
    cluster.get(kind, name).await.map(Some)
}

fn kind(subject: &str) -> Result<Kind, Failure> {
    let Some((prefix, _)) = subject.rsplit_once('/') else { return Ok(Kind::issue()) };
    match prefix.split('.').next().unwrap_or(prefix).to_lowercase().as_str() {
        "issue" | "issues" => Ok(Kind::issue()),
        "plan" | "plans" | "remediationplan" | "remediationplans" => Ok(Kind::plan()),
        "request" | "requests" | "approvalrequest" | "approvalrequests" => Ok(Kind::request()),
        other => {
            Err(Failure::new(format!("{other:?} cannot be waited for"))
                .hint("name an incident, plan/NAME or request/NAME"))
        }
    }
}

fn state(object: &DynamicObject) -> &str {
    object.data["status"]["state"].as_str().unwrap_or("new")
}

/// There is nothing more to wait for, for better or worse.
fn over(object: Option<&DynamicObject>, kind: &Kind, what: &WaitFor) -> bool {
    is_met(object, what) || object.is_none() || object.is_some_and(|object| is_final(object, kind, what))
}

fn is_met(object: Option<&DynamicObject>, what: &WaitFor) -> bool {
    match (what, object) {
        (WaitFor::Delete, object) => object.is_none(),
        (_, None) => false,
        (WaitFor::State(wanted), Some(object)) => {
            wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(state(object)))
        }
        (WaitFor::Condition(name, status), Some(object)) => {
            object.data["status"]["conditions"].as_array().into_iter().flatten().any(|condition| {
                condition["type"].as_str().is_some_and(|given| given.eq_ignore_ascii_case(name))
                    && condition["status"].as_str().is_some_and(|given| given.eq_ignore_ascii_case(status))
            })
        }
    }
}

/// Plans and requests do not leave these states by themselves; incidents may come back from any.
fn is_final(object: &DynamicObject, kind: &Kind, what: &WaitFor) -> bool {
    let finals: &[&str] = match kind.resource.kind.as_str() {
        "RemediationPlan" => &["Completed", "Failed", "RolledBack"],
        "ApprovalRequest" => &["Approved", "Rejected", "Expired"],
        _ => &[],
    };
    *what != WaitFor::Delete && finals.contains(&state(object))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(state: &str) -> DynamicObject {
        serde_json::from_value(json!({ "metadata": { "name": "p" }, "status": { "state": state,
            "conditions": [{ "type": "Verified", "status": "True" }] } }))
        .unwrap()
    }

    #[test]
    fn a_plan_that_ended_otherwise_is_not_waited_for() {
        let what = WaitFor::State(vec!["Completed".into()]);
        assert!(!over(Some(&plan("Executing")), &Kind::plan(), &what));
        assert!(over(Some(&plan("Failed")), &Kind::plan(), &what) && !is_met(Some(&plan("Failed")), &what));
        assert!(is_met(Some(&plan("Completed")), &what));
    }

    #[test]
    fn an_incident_that_escalated_may_still_be_resolved() {
        assert!(!over(Some(&plan("Escalated")), &Kind::issue(), &WaitFor::State(vec!["resolved".into()])));
    }

    #[test]
    fn conditions_are_compared_without_regard_to_case() {
        assert!(is_met(Some(&plan("Executing")), &"condition=verified".parse().unwrap()));
        assert!(!is_met(Some(&plan("Executing")), &"condition=verified=false".parse().unwrap()));
        assert!(is_met(None, &WaitFor::Delete));
    }
}
