//! Policies as a table, the decision record of a plan, and what would be asked.

use std::fmt::Write as _;

use common::api::ApprovalPolicy;
use common::api::approval_request::ApprovalRequest;
use common::api::remediation_plan::RemediationPlan;
use common::decisions::{Need, Windows, flapping, policy::check};
use jiff::Timestamp;
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::decision::tally;
use super::explanation::section;
use super::style::{plural, tame, title, wrapped};
use super::table::{Cell, Table};
use crate::clock::Clock;
use crate::kube::typed;

/// One line per policy.
pub fn table(found: &[DynamicObject], operator_namespace: &str, clock: &Clock) -> Table {
    let mut table = Table::new(["NAMESPACE", "NAME", "HOLDS", "ENABLED", "RULES", "DEFAULT", "VALID", "AGE"]);
    for object in found {
        let namespace = object.namespace().unwrap_or_default();
        let holds = if namespace == operator_namespace { "everywhere" } else { "here, stricter only" };
        let mut cells = vec![Cell::new(&namespace), Cell::new(object.name_any()), Cell::new(holds)];
        match typed::<ApprovalPolicy>(object) {
            Ok(policy) => cells.extend([
                Cell::new(policy.spec.enabled.to_string()),
                Cell::new(policy.spec.rules.len().to_string()),
                Cell::new(format!("{:?}", policy.spec.default_mode.unwrap_or_default()).to_lowercase()),
                Cell::new(
                    check(&policy).map_or_else(|problem| format!("no: {}", problem.field), |()| "yes".to_owned()),
                ),
            ]),
            Err(_) => {
                cells.extend([Cell::new("<unknown>"), Cell::new("<unknown>"), Cell::new("<unknown>"), Cell::new("no")]);
            }
        }
        cells.push(Cell::new(clock.age_of(object.creation_timestamp().map(|at| at.0))));
        table.push(cells);
    }
    table
}

/// Why a plan ran, waits or did not run.
pub fn record(plan: &RemediationPlan, request: Option<&ApprovalRequest>, clock: &Clock, width: usize) -> String {
    let status = plan.status.clone().unwrap_or_default();
    let mut page = String::new();
    let _ = writeln!(page, "{} {}, {}", title("Plan"), plan.name_any(), status.state);
    let _ = writeln!(page, "  {}", wrapped(&tame(&plan.spec.strategy), width, "  "));
    if let Some(preview) = &status.preview {
        let policy = preview.policy_digest.as_deref().map_or("none matched", |digest| digest);
        let _ = writeln!(page, "  digest {}, {}", preview.digest, preview.class);
        let _ = writeln!(page, "  policy rules {policy}");
    }
    page.push('\n');
    let gates = status.gates.iter().map(|gate| {
        let at = gate.at.as_ref().map_or_else(|| "--:--:--".to_owned(), |at| clock.time(at.0));
        let message = if gate.message.is_empty() { String::new() } else { format!(", {}", tame(&gate.message)) };
        format!("{at} {} {}: {}{message}", gate.result, gate.name, gate.reason)
    });
    section(&mut page, "Gates, in the order they are asked", gates, width);
    if status.gates.is_empty() {
        let _ = writeln!(page, "No gate was asked yet.\n");
    }
    if let Some(request) = request {
        let asked = request.status.clone().unwrap_or_default();
        let mut told = vec![format!(
            "{}: {}, by policy {}, rule {}",
            request.name_any(),
            tally(request, clock),
            request.spec.policy_ref,
            request.spec.rule_name
        )];
        told.extend(asked.decisions.iter().map(|vote| {
            let reason = vote.reason.as_ref().map(|reason| format!(": {}", tame(reason))).unwrap_or_default();
            let how = if vote.emergency == Some(true) { ", alone, in an emergency" } else { "" };
            format!("{}  {} {}{how}{reason}", clock.time(vote.timestamp.0), tame(&vote.approver), vote.decision)
        }));
        told.extend(
            asked.ignored_votes.iter().map(|vote| format!("ignored   {} ({})", tame(&vote.voter), tame(&vote.reason))),
        );
        section(&mut page, "Asked", told.into_iter(), width);
    }
    if let Some(result) = &status.result {
        section(&mut page, "Result", std::iter::once(tame(result)), width);
    }
    page
}

/// What the policies ask for, in sentences.
pub fn answer(need: &Need, at: Timestamp, clock: &Clock) -> String {
    match need {
        Need::Never(why) => format!("Nothing runs: {} ({})\n", why.message, why.reason),
        Need::Nobody { because, windows } => {
            let hours = flapping::WITHIN.as_hours();
            format!(
                "Nobody is asked: {} ({})\nOnce its trouble was over {} times within {hours} h and is back, people are asked all the same\n{}",
                because.message,
                because.reason,
                flapping::TIMES,
                window(windows, at, clock)
            )
        }
        Need::People(need) => {
            let mut text = format!(
                "{} asked, by policy {}, rule {}\n",
                plural(i64::from(need.approvers), "person is", "people are"),
                need.policy,
                need.rule
            );
            for why in &need.because {
                let _ = writeln!(text, "  {} ({})", why.message, why.reason);
            }
            for group in &need.required_groups {
                let _ = writeln!(text, "  at least {} of group {}", group.count, group.group);
            }
            let _ = writeln!(
                text,
                "They have {} minutes; asked now, it expires {}",
                need.timeout.as_mins(),
                moment(need.expires_at(at), clock)
            );
            text + &window(&need.windows, at, clock)
        }
    }
}

fn window(windows: &Windows, at: Timestamp, clock: &Clock) -> String {
    if windows.0.is_empty() {
        return String::new();
    }
    if windows.is_open(at) {
        return "The change window is open\n".to_owned();
    }
    windows.opens(at).map_or_else(
        || "The change windows never meet: it can never run\n".to_owned(),
        |opens| format!("The change window is closed; it opens {}\n", moment(opens, clock)),
    )
}

fn moment(at: Timestamp, clock: &Clock) -> String {
    at.to_zoned(clock.zone.clone()).strftime("%a %F %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn clock() -> Clock {
        Clock { now: "2026-11-25T14:00:00Z".parse().unwrap(), zone: jiff::tz::TimeZone::UTC }
    }

    #[test]
    fn the_record_says_what_every_gate_said_and_who_was_asked() {
        let plan: RemediationPlan = serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "RemediationPlan",
            "metadata": { "name": "web-plan-1", "namespace": "shop" },
            "spec": { "issueRef": { "name": "web" }, "attempt": 1, "strategy": "roll back web to revision 3",
                      "actions": [{ "type": "RollbackDeployment" }] },
            "status": {
                "state": "WaitingApproval",
                "gates": [
                    { "name": "paused", "result": "Pass", "reason": "NotPaused", "at": "2026-11-25T13:58:00Z" },
                    { "name": "approval", "result": "Ask", "reason": "WaitingForVotes", "message": "1 of 2 votes",
                      "at": "2026-11-25T13:59:30Z" }
                ],
                "preview": { "digest": "sha256:ab", "takenAt": null, "planGeneration": 1, "class": "Disruptive",
                             "policyDigest": "sha256:cd" }
            }
        }))
        .unwrap();
        let request: ApprovalRequest = serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalRequest",
            "metadata": { "name": "approval-web-plan-1", "namespace": "shop" },
            "spec": { "issueRef": { "name": "web" }, "remediationPlanRef": "web-plan-1", "policyRef": "prod-approvals",
                      "ruleName": "quorum", "requestedActions": [], "requester": "chatcli-operator", "requiredApprovers": 2 },
            "status": {
                "state": "Pending", "autoApproved": false, "expiresAt": "2026-11-25T14:15:00Z",
                "decisions": [{ "approver": "alice", "decision": "approved", "reason": "seen it", "timestamp": "2026-11-25T13:59:00Z" }],
                "ignoredVotes": [{ "name": "v", "voter": "eve", "reason": "NotAllowed" }]
            }
        }))
        .unwrap();
        insta::assert_snapshot!(record(&plan, Some(&request), &clock(), 100));
    }
}
