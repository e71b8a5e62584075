//! A plan of one's own, made from one that is proposed: the text that is edited, and what came of it. Pure.
//!
//! A plan is never edited in place: once it was previewed it is frozen, because what is approved must be what runs. What a person makes of it
//! is the next attempt for the same incident, in that person's name.

use std::fmt::Write as _;

use common::actions;
use common::api::keys::labels;
use common::api::{Issue, NameRef, RemediationPlan, ResourceRef};
use common::naming;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{Resource as _, ResourceExt as _};
use serde_json::Value;

use super::scaffold::{quoted, step_body, step_comment};
use crate::failure::Failure;

/// What is offered to the editor.
pub struct Draft {
    /// Where it comes from: a sentence.
    origin: String,
    plan: RemediationPlan,
}

impl Draft {
    /// The next attempt for an incident, as what is `proposed` has it, on `target`, by `author`. `taken` are the attempts there are.
    pub fn new(
        issue: &Issue,
        proposed: &RemediationPlan,
        target: &ResourceRef,
        taken: impl Iterator<Item = i32>,
        author: &str,
    ) -> Self {
        let attempt = taken.max().unwrap_or(0).max(0) + 1;
        let mut plan = RemediationPlan::new(&naming::plan(&issue.name_any(), attempt), proposed.spec.clone());
        plan.metadata.namespace = issue.namespace();
        plan.metadata.labels = Some([(labels::ISSUE.to_owned(), naming::label_value(&issue.name_any()))].into());
        // It goes when its incident goes. Not as a controller's: that would take rights on the incident's finalizers.
        plan.metadata.owner_references = issue.uid().map(|uid| {
            vec![OwnerReference {
                api_version: Issue::api_version(&()).into_owned(),
                kind: Issue::kind(&()).into_owned(),
                name: issue.name_any(),
                uid,
                ..OwnerReference::default()
            }]
        });
        plan.spec.issue_ref = NameRef { name: issue.name_any(), uid: issue.uid() };
        plan.spec.attempt = attempt;
        plan.spec.target = Some(target.clone());
        // These steps are a person's, whatever Runbook the proposal came from.
        plan.spec.runbook_ref = None;
        plan.spec.requested_by = Some(author.to_owned());
        let origin = if proposed.uid().is_some() {
            format!("A copy of {}, which stays as it is.", proposed.name_any())
        } else {
            format!("What the rules propose for {}.", issue.name_any())
        };
        Self { origin, plan }
    }

    /// The name it is offered under.
    pub fn name(&self) -> String {
        self.plan.name_any()
    }

    /// The plan as commented YAML.
    pub fn yaml(&self) -> String {
        let (plan, spec) = (&self.plan, &self.plan.spec);
        let mut text = format!("# {}\n", self.origin);
        text.push_str(
            "# Edit, save and leave the editor: you see what it would change, and are asked\n\
             # before it is created. Left as it is, or empty, nothing happens.\n\
             # It will be previewed and voted on as any other, but not by you: it is yours.\n\
             apiVersion: platform.chatcli.io/v1alpha1\nkind: RemediationPlan\nmetadata:\n",
        );
        let _ = writeln!(text, "  name: {}", quoted(&plan.name_any()));
        let _ = writeln!(text, "  namespace: {}", quoted(&plan.namespace().unwrap_or_default()));
        let _ = writeln!(text, "spec:\n  issueRef:\n    name: {}", quoted(&spec.issue_ref.name));
        let _ = writeln!(text, "  attempt: {}", spec.attempt);
        if let Some(author) = &spec.requested_by {
            let _ = writeln!(text, "  requestedBy: {}", quoted(author));
        }
        if let Some(code) = &spec.finding_code {
            let _ = writeln!(text, "  findingCode: {}", quoted(code));
        }
        let _ = writeln!(text, "  # Why this should help, for those who vote.\n  strategy: {}", quoted(&spec.strategy));
        if let Some(target) = &spec.target {
            let _ = writeln!(text, "  # The object acted on.\n  target:\n    kind: {}", quoted(&target.kind));
            let _ = writeln!(text, "    name: {}", quoted(&target.name));
            if !target.namespace.is_empty() {
                let _ = writeln!(text, "    namespace: {}", quoted(&target.namespace));
            }
        }
        if !spec.safety_constraints.is_empty() {
            text.push_str("  safetyConstraints:\n");
            for constraint in &spec.safety_constraints {
                let _ = writeln!(text, "    - {}", quoted(constraint));
            }
        }
        text.push_str("  # One after the other; every kind of step: kubectl chatcli actions\n  actions:\n");
        for action in &spec.actions {
            step_comment(&mut text, action);
            let _ = writeln!(text, "    - type: {}", action.action_type);
            step_body(&mut text, action);
        }
        text
    }

    /// The plan a text stands for; `None` where it is what was offered, or nothing at all.
    pub fn read(&self, text: &str) -> Result<Option<RemediationPlan>, Failure> {
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(None);
        }
        let given: Value =
            serde_saphyr::from_str(text).map_err(|why| Failure::new(format!("this is no YAML: {why}")))?;
        if given["kind"] != "RemediationPlan" {
            return Err(Failure::new("this is no RemediationPlan: leave apiVersion and kind as they were"));
        }
        let mut plan: RemediationPlan =
            serde_saphyr::from_str(text).map_err(|why| Failure::new(format!("this is no RemediationPlan: {why}")))?;
        if let Some(field) = unknown(&given["spec"], &serde_json::to_value(&plan.spec).unwrap_or_default(), "spec") {
            return Err(Failure::new(format!("{field} is no field of a RemediationPlan")));
        }
        self.hold(&mut plan)?;
        Ok((plan.spec != self.plan.spec || plan.name_any() != self.plan.name_any()).then_some(plan))
    }

    /// What the text does not show is as it was; what it must not change is said; what cannot be done is refused.
    fn hold(&self, plan: &mut RemediationPlan) -> Result<(), Failure> {
        let ours = &self.plan;
        if plan.spec.issue_ref.name != ours.spec.issue_ref.name {
            return Err(Failure::new(format!("spec.issueRef.name stays {}", ours.spec.issue_ref.name)));
        }
        if plan.namespace() != ours.namespace() {
            return Err(Failure::new(format!("metadata.namespace stays {}", ours.namespace().unwrap_or_default())));
        }
        plan.spec.issue_ref = ours.spec.issue_ref.clone();
        plan.metadata.labels.clone_from(&ours.metadata.labels);
        plan.metadata.owner_references.clone_from(&ours.metadata.owner_references);
        plan.spec.agentic_max_steps = ours.spec.agentic_max_steps;
        plan.status = None;
        if let (Some(target), Some(known)) = (&mut plan.spec.target, &ours.spec.target)
            && target.uid.is_none()
            && target.api_version.is_none()
            && (&target.kind, &target.name, &target.namespace) == (&known.kind, &known.name, &known.namespace)
        {
            target.clone_from(known);
        }
        let target = plan.spec.target.clone().unwrap_or_else(|| ResourceRef::new("Deployment", "namespace", "name"));
        for (index, action) in plan.spec.actions.iter().enumerate() {
            actions::parse(action, &target)
                .map_err(|refusal| Failure::new(format!("spec.actions[{index}]: {refusal}")))?;
        }
        actions::validate(&plan.spec.actions).map_err(|refusal| Failure::new(refusal.to_string()))
    }
}

/// The first field that was given and is not known: it would be dropped in silence.
fn unknown(given: &Value, known: &Value, path: &str) -> Option<String> {
    match (given, known) {
        (Value::Object(given), _) => given.iter().find_map(|(name, value)| {
            let path = format!("{path}.{name}");
            // What is empty may be left out.
            let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            match known.get(name) {
                None if is_empty => None,
                None => Some(path),
                Some(known) => unknown(value, known, &path),
            }
        }),
        (Value::Array(given), Value::Array(known)) => {
            let mut pairs = given.iter().zip(known).enumerate();
            pairs.find_map(|(index, (given, known))| unknown(given, known, &format!("{path}[{index}]")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn draft() -> Draft {
        let issue: Issue = serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Issue",
            "metadata": { "name": "worker-oom-kill", "namespace": "shop", "uid": "i" },
            "spec": { "severity": "high", "source": "watcher", "description": "",
                      "resource": { "kind": "Deployment", "name": "worker", "namespace": "shop" } }
        }))
        .unwrap();
        let proposed: RemediationPlan = serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "RemediationPlan",
            "metadata": { "name": "worker-oom-kill-plan-1", "namespace": "shop", "uid": "p" },
            "spec": { "issueRef": { "name": "worker-oom-kill", "uid": "i" }, "attempt": 1, "strategy": "more: memory",
                      "findingCode": "oom-limit", "runbookRef": { "name": "auto" },
                      "actions": [{ "type": "AdjustResources", "params": { "memory_limit": "64Mi" } }] }
        }))
        .unwrap();
        let mut target = issue.spec.resource.clone().with_uid("d");
        target.api_version = Some("apps/v1".into());
        Draft::new(&issue, &proposed, &target, [1].into_iter(), "ann")
    }

    #[test]
    fn the_editor_shows_the_plan_with_what_its_author_needs_to_know() {
        insta::assert_snapshot!(draft().yaml());
    }

    #[test]
    fn a_text_that_was_left_as_it_is_or_emptied_or_only_commented_on_is_no_plan() {
        let text = draft().yaml();
        for left in [text.clone(), String::new(), "# only\n\n  # comments\n".into(), format!("# mine\n{text}")] {
            assert_eq!(draft().read(&left).unwrap(), None, "{left}");
        }
    }

    #[test]
    fn an_edit_is_the_next_attempt_in_its_authors_name_on_the_very_same_object() {
        let plan = draft().read(&draft().yaml().replace("64Mi", "96Mi")).unwrap().unwrap();
        assert_eq!(plan.spec.actions[0].params["memory_limit"], "96Mi");
        assert_eq!((plan.name_any().as_str(), plan.spec.attempt), ("worker-oom-kill-plan-2", 2));
        assert_eq!(plan.spec.requested_by.as_deref(), Some("ann"));
        assert_eq!(plan.spec.target.unwrap().uid.as_deref(), Some("d"));
        assert_eq!((plan.spec.issue_ref.uid.as_deref(), plan.spec.runbook_ref), (Some("i"), None));
        assert_eq!(plan.metadata.owner_references.unwrap()[0].controller, None);
    }

    #[test]
    fn another_object_is_not_mistaken_for_the_one_of_the_incident() {
        let text = draft().yaml().replace("    name: worker\n", "    name: other\n");
        let plan = draft().read(&text).unwrap().unwrap();
        assert_eq!(plan.spec.target.unwrap().uid, None);
    }

    #[test]
    fn what_cannot_be_is_said_where_it_stands() {
        for (from, to, said) in [
            ("memory_limit:", "memory_limits:", "spec.actions[0]: "),
            ("type: AdjustResources", "type: AdjustResource", "this is no RemediationPlan"),
            ("strategy:", "stratgy:", "this is no RemediationPlan"),
            ("  attempt: 2", "  attempt: 2\n  requestedby: eve", "spec.requestedby is no field"),
            ("    name: worker-oom-kill\n", "    name: another\n", "spec.issueRef.name stays worker-oom-kill"),
            ("  namespace: shop\nspec", "  namespace: bank\nspec", "metadata.namespace stays shop"),
            ("  actions:", "  actions", "this is no YAML"),
            ("kind: RemediationPlan", "kind: Runbook", "leave apiVersion and kind"),
        ] {
            let text = draft().yaml();
            assert!(text.contains(from), "{from}");
            let failure = draft().read(&text.replacen(from, to, 1)).unwrap_err();
            assert!(failure.message().contains(said), "{to}: {failure}");
        }
    }
}
