//! What people write: under their own name, for their own namespace.

use anyhow::Result;
use common::api::RemediationPlan;
use kit::votes::bind;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::gate::{Gate, plan_of, refused_by};

#[tokio::test]
async fn a_person_writes_plans_under_their_own_name_and_for_their_own_namespace() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let rules = |verbs: &[&str]| {
        json!({
            "metadata": { "name": format!("author-{}", verbs.len()) },
            "rules": [
                { "apiGroups": ["platform.chatcli.io"], "resources": ["remediationplans", "anomalies", "runbooks"], "verbs": ["create", "patch"] },
                { "apiGroups": ["platform.chatcli.io"], "resources": ["issues"], "verbs": verbs },
            ]
        })
    };
    bind(&namespace, "alice", rules(&["create", "remediate"])).await?;
    bind(&namespace, "mallory", rules(&["create"])).await?;
    let plans = |person| Api::<RemediationPlan>::namespaced(person, namespace.name());
    let (alice, mallory) = (plans(gate.person("alice").await?), plans(gate.person("mallory").await?));
    let (own, post) = (namespace.name(), PostParams::default());

    let by = |name: &str| json!({ "requestedBy": name });
    refused_by("chatcli-plans", mallory.create(&post, &plan_of("m", own, by("mallory"))).await);
    refused_by("chatcli-plans", alice.create(&post, &plan_of("a1", own, by("bob"))).await);
    refused_by("chatcli-plans", alice.create(&post, &plan_of("a2", "kube-system", by("alice"))).await);
    refused_by("chatcli-plans", alice.create(&post, &plan_of("a3", own, json!({ "findingCode": "oom" }))).await);
    alice.create(&post, &plan_of("a4", own, by("alice"))).await?;
    let renamed = Patch::Merge(json!({ "spec": { "requestedBy": "bob" } }));
    refused_by("chatcli-plans", alice.patch("a4", &PatchParams::default(), &renamed).await);

    let anomalies: Api<common::api::Anomaly> = Api::namespaced(gate.person("alice").await?, own);
    let anomaly = |namespace: &str| -> common::api::Anomaly {
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Anomaly", "metadata": { "name": "seen" },
            "spec": { "source": "webhook", "signalType": "oom_kill", "value": "1", "threshold": "0",
                      "resource": { "kind": "Deployment", "name": "web", "namespace": namespace } }
        }))
        .unwrap()
    };
    refused_by("chatcli-authors", anomalies.create(&post, &anomaly("payments")).await);
    anomalies.create(&post, &anomaly(own)).await?;
    Ok(())
}

#[tokio::test]
async fn a_previewed_plan_is_frozen_and_an_active_one_is_not_deleted() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let plans: Api<RemediationPlan> = namespace.api();
    gate.plan(&namespace, "waiting", "WaitingApproval").await?;
    gate.plan(&namespace, "executing", "Executing").await?;
    let edit = Patch::Merge(json!({ "spec": { "actions": [{ "type": "DeletePod" }] } }));
    refused_by("chatcli-plans", plans.patch("waiting", &PatchParams::default(), &edit).await);
    refused_by("chatcli-deletions", plans.delete("executing", &DeleteParams::default()).await);
    plans.delete("waiting", &DeleteParams::default()).await?;
    Ok(())
}

#[tokio::test]
async fn what_an_agentic_plan_goes_on_from_is_the_operators_alone() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let plans: Api<RemediationPlan> = namespace.api();
    let operators: Api<RemediationPlan> = gate.as_operator(&namespace)?;
    let looped = plan_of("looped", namespace.name(), json!({ "agenticMode": true, "requestedBy": "admin" }));
    plans.create(&PostParams::default(), &looped).await?;
    let history = json!([{ "stepNumber": 1, "aiMessage": "as I say", "timestamp": "2026-03-02T14:02:11Z",
        "action": { "type": "DeletePod", "params": {} } }]);
    let add = Patch::Merge(json!({ "spec": { "agenticHistory": history } }));
    let begun = Patch::Merge(json!({ "status": { "state": "Executing", "agenticStartedAt": "2026-03-02T14:02:11Z" } }));
    operators.patch_status("looped", &PatchParams::default(), &begun).await?;
    refused_by("chatcli-plans", plans.patch("looped", &PatchParams::default(), &add).await);
    operators.patch("looped", &PatchParams::default(), &add).await?;

    let of = json!({ "requestedBy": "admin", "stepOf": { "plan": { "name": "looped" }, "stepNumber": 1 } });
    let step = plan_of("looped-step-1", namespace.name(), of);
    refused_by("chatcli-plans", plans.create(&PostParams::default(), &step).await);
    operators.create(&PostParams::default(), &step).await?;
    Ok(())
}

#[tokio::test]
async fn what_a_person_edits_of_a_previewed_plan_is_stored_as_the_next_attempt_in_their_name() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let rights = json!({
        "metadata": { "name": "author" },
        "rules": [
            { "apiGroups": ["platform.chatcli.io"], "resources": ["remediationplans"], "verbs": ["create"] },
            { "apiGroups": ["platform.chatcli.io"], "resources": ["issues"], "verbs": ["remediate"] },
        ]
    });
    bind(&namespace, "alice", rights).await?;
    let issue: common::api::Issue = serde_json::from_value(json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Issue", "metadata": { "name": "web-oom" },
        "spec": { "severity": "high", "source": "manual", "signalType": "oom_kill", "description": "by hand",
                  "resource": { "kind": "Deployment", "name": "web", "namespace": namespace.name() }, "requestedBy": "admin" }
    }))?;
    let issue = namespace.api::<common::api::Issue>().create(&PostParams::default(), &issue).await?;
    let mut proposed =
        plan_of("web-oom-plan-1", namespace.name(), json!({ "findingCode": "oom", "runbookRef": { "name": "book" } }));
    proposed.spec.issue_ref.name = "web-oom".to_owned();
    let target = issue.spec.resource.clone();
    let draft = plugin::runbook::own::Draft::new(&issue, &proposed, &target, [1].into_iter(), "alice");
    let edited = draft.yaml().replace("  strategy: ", "  strategy: carefully; ");
    let own = draft.read(&edited).expect("a plan").expect("an edit");

    let plans = Api::<RemediationPlan>::namespaced(gate.person("alice").await?, namespace.name());
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    plans.create(&dry_run, &own).await?;
    let stored = plans.create(&PostParams::default(), &own).await?;
    assert_eq!((stored.spec.attempt, stored.spec.requested_by.as_deref()), (2, Some("alice")));
    assert_eq!(stored.metadata.owner_references.unwrap_or_default()[0].uid, issue.metadata.uid.unwrap_or_default());
    Ok(())
}

#[tokio::test]
async fn nothing_a_person_writes_reaches_a_foreign_namespace() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let rights = json!({
        "metadata": { "name": "author" },
        "rules": [
            { "apiGroups": ["platform.chatcli.io"], "resources": ["issues", "runbooks"], "verbs": ["create", "patch", "remediate"] },
        ]
    });
    bind(&namespace, "alice", rights).await?;
    let person = gate.person("alice").await?;
    let post = PostParams::default();
    let issue = |target: &str, by: &str| -> common::api::Issue {
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Issue", "metadata": { "name": format!("by-{by}") },
            "spec": { "severity": "critical", "source": "manual", "signalType": "pod_restart", "description": "by hand",
                      "resource": { "kind": "Deployment", "name": "web", "namespace": target }, "requestedBy": by }
        }))
        .expect("plain JSON")
    };
    let issues: Api<common::api::Issue> = Api::namespaced(person.clone(), namespace.name());
    refused_by("chatcli-authors", issues.create(&post, &issue("payments", "alice")).await);
    refused_by("chatcli-authors", issues.create(&post, &issue(namespace.name(), "bob")).await);
    issues.create(&post, &issue(namespace.name(), "alice")).await?;

    let runbook = |by: Option<&str>| -> common::api::Runbook {
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Runbook", "metadata": { "name": "book" },
            "spec": { "trigger": { "signalType": "oom_kill", "severity": "high", "resourceKind": "Deployment" },
                      "steps": [{ "name": "restart", "action": "RestartDeployment" }], "requestedBy": by, "boundTo": { "findingCode": "oom", "target": { "kind": "Deployment", "name": "web" } } }
        }))
        .expect("plain JSON")
    };
    let books: Api<common::api::Runbook> = Api::namespaced(person, namespace.name());
    refused_by("chatcli-authors", books.create(&post, &runbook(None)).await);
    refused_by("chatcli-authors", books.create(&post, &runbook(Some("bob"))).await);
    books.create(&post, &runbook(Some("alice"))).await?;
    Ok(())
}

#[tokio::test]
async fn a_plan_that_holds_a_secret_value_is_not_stored() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let plans: Api<RemediationPlan> = namespace.api();
    let plan = |password: &str| {
        serde_json::from_value(json!({
            "metadata": { "name": "rotate" },
            "spec": { "issueRef": { "name": "x" }, "attempt": 1, "strategy": "s", "actions": [
                { "type": "RotateSecret", "params": { "secret": "db", "password": password } },
            ] },
        }))
    };
    refused_by("chatcli-plans", plans.create(&PostParams::default(), &plan("hunter2")?).await);
    plans.create(&PostParams::default(), &plan("generate:40")?).await?;
    Ok(())
}

#[tokio::test]
async fn a_plan_is_taken_back_in_ones_own_name_with_the_verb_and_once() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let rules = |name: &str, verbs: &[&str]| {
        json!({
            "metadata": { "name": name },
            "rules": [
                { "apiGroups": ["platform.chatcli.io"], "resources": ["remediationplans"], "verbs": ["get", "patch"] },
                { "apiGroups": ["platform.chatcli.io"], "resources": ["issues"], "verbs": verbs },
            ]
        })
    };
    bind(&namespace, "alice", rules("undoes", &["remediate"])).await?;
    bind(&namespace, "mallory", rules("edits", &["get"])).await?;
    gate.plan(&namespace, "done", "Completed").await?;
    let plans = |person| Api::<RemediationPlan>::namespaced(person, namespace.name());
    let (alice, mallory) = (plans(gate.person("alice").await?), plans(gate.person("mallory").await?));
    let (name, patch) = ("done", PatchParams::default());
    let undo = |who: Value| Patch::Merge(json!({ "metadata": { "annotations": { "platform.chatcli.io/undo": who } } }));
    refused_by("chatcli-plans", mallory.patch(name, &patch, &undo(json!("mallory"))).await);
    refused_by("chatcli-plans", alice.patch(name, &patch, &undo(json!("bob"))).await);
    alice.patch(name, &patch, &undo(json!("alice"))).await?;
    refused_by("chatcli-plans", alice.patch(name, &patch, &undo(Value::Null)).await);
    Ok(())
}
