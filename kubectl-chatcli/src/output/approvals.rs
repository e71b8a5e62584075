//! Requests as a table, and who may vote.

use common::api::approval_request::ApprovalRequest;
use jiff::Timestamp;
use k8s_openapi::api::rbac::v1::PolicyRule;
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::decision::tally;
use super::explanation::section;
use super::table::{Cell, Table};
use crate::clock::Clock;
use crate::kube::typed;
use crate::story::short_digest;

/// The next to expire first, then the oldest.
pub fn turn(object: &DynamicObject) -> (bool, Option<Timestamp>, Option<Timestamp>) {
    let expires = typed::<ApprovalRequest>(object).ok().and_then(|request| request.status?.expires_at).map(|at| at.0);
    (expires.is_none(), expires, object.creation_timestamp().map(|at| at.0))
}

/// One line per request.
pub fn table(found: &[DynamicObject], namespaces: bool, wide: bool, clock: &Clock) -> Table {
    let mut header = vec!["NAME", "VOTES", "PLAN", "RADIUS"];
    if namespaces {
        header.insert(0, "NAMESPACE");
    }
    if wide {
        header.extend(["POLICY", "RULE", "DIGEST", "HAS TO ACCEPT"]);
    }
    header.push("AGE");
    let mut table = Table::new(header);
    for object in found {
        let mut cells = vec![Cell::new(object.name_any())];
        if namespaces {
            cells.insert(0, Cell::new(object.namespace().unwrap_or_default()));
        }
        if let Ok(request) = typed::<ApprovalRequest>(object) {
            let status = request.status.clone().unwrap_or_default();
            cells.extend([
                Cell::new(tally(&request, clock)),
                Cell::new(&request.spec.remediation_plan_ref),
                Cell::new(request.spec.blast_radius.map(|radius| radius.risk_level).unwrap_or_default()),
            ]);
            if wide {
                cells.extend([
                    Cell::new(&request.spec.policy_ref),
                    Cell::new(&request.spec.rule_name),
                    Cell::new(status.plan_digest.as_deref().map(short_digest).unwrap_or_default()),
                    Cell::new(status.overrides.join(",")),
                ]);
            }
        } else {
            cells.extend([Cell::new("<unreadable>"), Cell::new("<unknown>"), Cell::new("<unknown>")]);
            cells.extend(std::iter::repeat_n(Cell::new("<unknown>"), if wide { 4 } else { 0 }));
        }
        cells.push(Cell::new(clock.age_of(object.creation_timestamp().map(|at| at.0))));
        table.push(cells);
    }
    table
}

/// The section `May vote`; `None`: the caller may not read roles.
pub fn voters(people: &Option<Vec<String>>, width: usize) -> String {
    let told: Vec<String> = match people {
        None => vec!["unknown: you may not list roles and their bindings".to_owned()],
        Some(people) if people.is_empty() => vec!["nobody: no role bound here grants the verb approve".to_owned()],
        Some(people) => people.clone(),
    };
    let mut page = String::new();
    section(&mut page, "May vote", told.into_iter(), width);
    page
}

/// Whether one of these rules grants the verb `approve` on this request.
pub fn grants<'a>(rules: impl IntoIterator<Item = &'a PolicyRule>, request: &str) -> bool {
    let has = |list: Option<&Vec<String>>, word: &str| {
        list.is_some_and(|list| list.iter().any(|one| one == word || one == "*"))
    };
    rules.into_iter().any(|rule| {
        has(rule.api_groups.as_ref(), common::api::keys::GROUP)
            && has(rule.resources.as_ref(), "approvalrequests")
            && has(Some(&rule.verbs), "approve")
            && rule
                .resource_names
                .as_ref()
                .is_none_or(|names| names.is_empty() || names.iter().any(|one| one == request))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn clock() -> Clock {
        Clock { now: "2026-11-25T14:00:00Z".parse().unwrap(), zone: jiff::tz::TimeZone::UTC }
    }

    fn request(name: &str, expires: &str) -> DynamicObject {
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalRequest",
            "metadata": { "name": name, "namespace": "shop", "creationTimestamp": "2026-11-25T13:50:00Z" },
            "spec": {
                "issueRef": { "name": "web" }, "remediationPlanRef": "web-plan-1", "policyRef": "prod-approvals",
                "ruleName": "quorum-production-rollback", "requestedActions": [], "requester": "chatcli-operator",
                "requiredApprovers": 2,
                "blastRadius": { "affectedPods": 3, "affectedServices": 1, "riskLevel": "medium", "description": "3 pods" }
            },
            "status": { "state": "Pending", "autoApproved": false, "planDigest": format!("sha256:{}", "ab".repeat(32)),
                        "expiresAt": expires, "overrides": ["pdb"] }
        }))
        .unwrap()
    }

    #[test]
    fn the_next_to_expire_is_on_top() {
        let mut found = [request("later", "2026-11-25T15:00:00Z"), request("soon", "2026-11-25T14:05:00Z")];
        found.sort_by_key(turn);
        insta::assert_snapshot!(table(&found, true, true, &clock()).render());
    }

    #[test]
    fn a_role_grants_a_vote_by_verb_group_resource_and_name() {
        let rule = |verbs: &[&str], names: &[&str]| PolicyRule {
            api_groups: Some(vec!["platform.chatcli.io".into()]),
            resources: Some(vec!["approvalrequests".into()]),
            verbs: verbs.iter().map(|&verb| verb.into()).collect(),
            resource_names: Some(names.iter().map(|&name| name.into()).collect()),
            ..PolicyRule::default()
        };
        assert!(grants(&[rule(&["approve"], &[])], "r"));
        assert!(grants(&[rule(&["*"], &["r"])], "r"));
        assert!(!grants(&[rule(&["get"], &[])], "r"));
        assert!(!grants(&[rule(&["approve"], &["another"])], "r"));
    }

    #[test]
    fn not_being_allowed_to_look_is_not_nobody() {
        insta::assert_snapshot!(voters(&None, 100));
        insta::assert_snapshot!(voters(&Some(vec!["group sre".into(), "user ann".into()]), 100));
    }
}
