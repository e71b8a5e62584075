//! Pods that look well and log more errors than is usual for them.
//!
//! In: what their containers logged, the rollout and the ConfigMaps around them. Out: one finding per container, with the lines and the two
//! rates. Never: proposes a change: that it came with a rollout or an edit is said, that going back would end it is not known.

use jiff::{SignedDuration, Timestamp};

use super::case::{Case, Complaint, pod_ref, template_path};
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ai_insight::{Evidence, Finding};
use crate::facts::membership::created;
use crate::facts::references::{self, ConfigKind};

/// Errors that begin so soon after a change may come from it.
const AFTER_CHANGE: SignedDuration = SignedDuration::from_mins(10);
/// A rise is known by the minute in which it began.
const ONE_MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// Lines shown.
const SHOWN: usize = 3;

/// The log holds more errors than before.
pub fn errors_logged(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for complaint in &case.complaints {
        if !seen.contains(&complaint.container.name()) {
            seen.push(complaint.container.name());
            findings.push(judge(case, complaint));
        }
    }
    findings
}

fn judge(case: &Case<'_>, complaint: &Complaint<'_>) -> Finding {
    let (name, loud) = (complaint.container.name(), complaint.loud);
    let change = rollout_before(case, loud.since).or_else(|| edit_before(case, complaint));
    let since = change.as_ref().map(|(what, _)| format!(" since shortly after {what}")).unwrap_or_default();
    let most = complaint.logged.said.lines.last().map(|line| format!(", most often: {line}")).unwrap_or_default();
    let what = if loud.usual.is_some() { "more errors than is usual for it" } else { "little but errors" };
    let advice = match &change {
        Some((what, _)) => format!("read what it says; look first at what changed: {what}"),
        None => format!("read what it says: kubectl logs {} -c {name} --since=15m", complaint.container.pod_name()),
    };
    let count = format!("{}, {}", loud.now(), loud.before());
    Draft::of(
        Code::ErrorsLogged,
        format!("{} looks well and logs {what}{since}: container {name}, {count}{most}", case.subject()),
    )
    .cause(&case.facts.subject, template_path(case.facts, &complaint.container))
    .receipt(receipt(
        format!("container {name} logged errors: {count}"),
        pod_ref(complaint.container.pod),
        format!("errors[{name}]"),
        loud.now(),
        Some(case.facts.now),
    ))
    .receipts(complaint.logged.examples.iter().rev().take(SHOWN).map(|example| {
        receipt(
            format!("it said: {}", example.line),
            pod_ref(complaint.container.pod),
            format!("log[{name}]"),
            &example.line,
            Some(example.at),
        )
    }))
    .receipts(change.map(|(_, receipt)| receipt))
    .confidence(0.6, "that it logs more errors was counted; why, only its own words say")
    .rules_out("crash", "no container has ended")
    .rules_out("probes", "its pods are ready")
    .advice(advice)
    .done()
}

/// The rollout shortly before, where there was another revision before it.
fn rollout_before(case: &Case<'_>, since: Timestamp) -> Option<(String, Evidence)> {
    let current = case.rollout.as_ref()?.current;
    let made = current.made().filter(|made| is_shortly_before(*made, since))?;
    (case.revisions.len() > 1).then(|| {
        let what = format!("revision {} was rolled out", current.number);
        let receipt = receipt(
            format!("revision {} was made", current.number),
            case.keeper(current),
            ".metadata.creationTimestamp",
            made.to_string(),
            Some(made),
        );
        (what, receipt)
    })
}

/// The last edit shortly before of a ConfigMap that the pod uses; one that was only made then is no edit.
fn edit_before(case: &Case<'_>, complaint: &Complaint<'_>) -> Option<(String, Evidence)> {
    let used = references::of_pod(complaint.container.pod.spec.as_deref()?);
    let edits = case.facts.extra.config_maps.iter().filter_map(|map| {
        let name = map.metadata.name.as_deref()?;
        used.iter().find(|it| it.kind == ConfigKind::ConfigMap && it.name == name)?;
        let (manager, edited) = references::last_edit(&map.metadata)?;
        let anew = created(&map.metadata).is_none_or(|made| edited > made);
        (anew && is_shortly_before(edited, complaint.loud.since)).then_some((name, manager, edited))
    });
    let (name, manager, edited) = edits.max_by_key(|(.., edited)| *edited)?;
    let receipt = receipt(
        format!("last recorded edit by {manager}"),
        case.neighbour("ConfigMap", name),
        format!(".metadata.managedFields[{manager}].time"),
        edited.to_string(),
        Some(edited),
    );
    Some((format!("ConfigMap {name} was changed by {manager}"), receipt))
}

fn is_shortly_before(change: Timestamp, since: Timestamp) -> bool {
    change < since + ONE_MINUTE && change + AFTER_CHANGE > since
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{SURE, calls, diagnose, wants};
    use crate::facts::{Facts, Want};
    use crate::testing::{PodSketch, Scene, at, deployment, pod};

    /// Deployment `web`, well, which logs `error` every five seconds from the twentieth minute on.
    fn complaining(scene: Scene, error: &str) -> Facts {
        let facts = scene.facts(1500);
        let pod = facts.pods[0].metadata.name.clone().unwrap();
        facts.logging(&pod, &[(10..1500, 10, "INFO served"), (1200..1500, 5, error)])
    }

    fn well(name: &str) -> PodSketch {
        pod(name).running_since(1).ready_since(2)
    }

    #[test]
    fn more_errors_than_usual_are_told_with_the_lines_and_both_rates_and_no_remedy() {
        let finding =
            diagnose(&complaining(deployment().pod(well("web-1")), "ERROR cannot reserve stock of order 17")).remove(0);
        assert_eq!(finding.code, "errors-logged");
        assert_eq!(
            finding.statement,
            "deploy/web looks well and logs more errors than is usual for it: container app, 48 of 72 lines in 5 minutes, usually at most 0, \
         most often: ERROR cannot reserve stock of order 17"
        );
        let receipts: Vec<_> =
            finding.evidence.iter().map(|it| (it.field_path.as_str(), it.value.as_deref().unwrap())).collect();
        assert_eq!(
            receipts,
            [("errors[app]", "48 of 72 lines in 5 minutes"), ("log[app]", "ERROR cannot reserve stock of order 17")]
        );
        assert!(finding.evidence[1].time.as_ref().is_some_and(|time| time.0 >= at(1380)), "of the last minutes");
        assert!(finding.remedies.is_empty());
        assert!(finding.confidence < SURE);
    }

    #[test]
    fn errors_that_name_a_dead_dependency_are_its_symptom() {
        let error = "ERROR cannot reserve stock: dial tcp: connect http://stock:8080/reserve: connection refused";
        let facts = complaining(deployment().pod(well("web-1")), error);
        assert!(wants(&facts).contains(&Want::Service { namespace: "shop".into(), name: "stock".into() }));
        assert_eq!(calls(&facts), [("shop".to_owned(), "stock".to_owned())]);
        let findings = diagnose(&facts.service("stock", 0, 1, "stock"));
        assert_eq!(findings.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["dependency-down"]);
        assert_eq!(findings[0].cause.object.name, "stock");
    }

    #[test]
    fn a_service_that_the_errors_do_not_name_is_not_their_cause() {
        let scene = deployment()
            .container("env", json!([{"name": "STOCK_URL", "value": "http://stock:8080"}]))
            .pod(well("web-1"));
        let facts = complaining(scene, "ERROR division by zero").service("stock", 0, 1, "stock");
        assert_eq!(diagnose(&facts)[0].code, "errors-logged");
        assert!(calls(&facts).is_empty());
    }

    #[test]
    fn errors_that_a_rule_understands_are_the_cause() {
        let error = r#"ERROR pq: password authentication failed for user "shop""#;
        let findings = diagnose(&complaining(deployment().pod(well("web-1")), error));
        assert_eq!(findings.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["dependency-auth-failed"]);
    }

    #[test]
    fn a_rollout_shortly_before_is_said_and_not_undone() {
        let rolled_out = |made| {
            let scene = deployment().revision(1, "shop/app:1", 0, 0).revision(2, "shop/app:2", 1, made);
            diagnose(&complaining(scene.pod(well("web-1").of_revision(2)), "ERROR boom")).remove(0)
        };
        let soon = rolled_out(1100);
        assert!(soon.statement.contains("since shortly after revision 2 was rolled out"), "{}", soon.statement);
        assert!(soon.remedies.is_empty());
        assert!(!rolled_out(300).statement.contains("revision"), "a quarter of an hour of good service lies between");
    }

    #[test]
    fn an_edited_config_map_shortly_before_is_said() {
        let map = json!([{"configMapRef": {"name": "web-config"}}]);
        let scene = deployment().container("envFrom", map).pod(well("web-1"));
        let mut facts = complaining(scene, "ERROR boom");
        assert!(wants(&facts).contains(&Want::ConfigMap("web-config".into())));
        facts = facts.config_map("web-config", &json!({}), None);
        facts.extra.config_maps[0].metadata.managed_fields.as_mut().unwrap()[0].time = Some(crate::api::Time(at(1150)));
        let finding = diagnose(&facts).remove(0);
        assert!(
            finding.statement.contains("since shortly after ConfigMap web-config was changed by kubectl-edit"),
            "{}",
            finding.statement
        );
    }
}
