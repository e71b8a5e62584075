//! Nobody but the people who may decide makes anything happen, and what they decided on is what happens.

use anyhow::Result;
use common::api::approval_request::{ApprovalRequestState, ApprovalRequestStatus};
use common::api::approval_vote::VoteDecision;
use common::api::issue::IssueState;
use common::api::keys::{OPERATOR_NAMESPACE, annotations, conditions};
use common::api::remediation_plan::{RemediationState, StepPhase};
use common::api::{ApprovalPolicy, ApprovalRequest, Issue, RemediationPlan, Runbook};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kit::app::{apply_config, image_of, remove_config_key};
use kit::incidents::{
    REPAIR, SOON, digest_of, issue_explained, issue_reaches, plan_reaches, plan_state, question_about,
    the_operator_is_awake,
};
use kit::installation::operator_user;
use kit::votes::{bind, cast, may_only_write_votes, may_vote, vote};
use kit::{App, Cluster, Operator, TestNamespace, Workload, eventually, plugin};
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::{Api, Client, ResourceExt};
use serde_json::json;

/// A broken checkout whose fix waits for votes.
struct Asked {
    cluster: Cluster,
    namespace: TestNamespace,
    checkout: Workload,
    issue: Issue,
    plan: RemediationPlan,
    request: ApprovalRequest,
}

/// As installed: nothing says what may happen in the namespace.
async fn asked(purpose: &str) -> Result<Asked> {
    asked_under(purpose, None).await
}

/// With a policy of the namespace's own that has this one rule.
async fn asked_under(purpose: &str, rule: Option<serde_json::Value>) -> Result<Asked> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), purpose, None).await?;
    if let Some(rule) = rule {
        namespace.apply(policy(&rule)).await?;
    }
    apply_config(&namespace, "checkout-config", &[("DB_HOST", "db"), ("DB_PORT", "5432")]).await?;
    remove_config_key(&namespace, "checkout-config", "DB_HOST").await?;
    let checkout = App::named("checkout", &cluster)?.needing_config("DB_HOST").create(&namespace).await?;
    let issue = issue_explained(&namespace, "checkout", "config-key-missing").await;
    let plan = plan_reaches(&namespace, &issue, &[RemediationState::WaitingApproval], SOON).await;
    let request = question_about(&namespace, &plan).await;
    Ok(Asked { cluster, namespace, checkout, issue, plan, request })
}

impl Asked {
    async fn person(&self, name: &str) -> Result<Client> {
        self.cluster.person(name, &["on-call"]).await?.client()
    }

    /// Waits until the question stands as wanted.
    async fn request_becomes<T>(&self, what: &str, check: impl Fn(&ApprovalRequestStatus) -> Option<T>) -> T {
        let name = self.request.name_any();
        eventually(&self.namespace.api::<ApprovalRequest>(), SOON, what, |seen| {
            check(seen.named(&name)?.status.as_ref()?)
        })
        .await
    }

    async fn pause(&self, paused: bool) -> Result<()> {
        let mark = json!({ "metadata": { "annotations": { annotations::PAUSED: paused.then_some("true") } } });
        let namespaces: Api<Namespace> = Api::all(self.cluster.client());
        namespaces.patch(self.namespace.name(), &PatchParams::default(), &Patch::Merge(mark)).await?;
        Ok(())
    }

    /// The operator had every chance to act, and did not.
    async fn nothing_happened(&self) -> Result<()> {
        the_operator_is_awake(&self.cluster).await?;
        let config = self.namespace.api::<ConfigMap>().get("checkout-config").await?;
        assert!(!config.data.unwrap_or_default().contains_key("DB_HOST"), "the change was made");
        let plan = self.namespace.api::<RemediationPlan>().get(&self.plan.name_any()).await?;
        let state = plan_state(&plan);
        let acted =
            matches!(state, RemediationState::Executing | RemediationState::Verifying | RemediationState::Completed);
        assert!(!acted, "the plan is {state}");
        Ok(())
    }
}

#[tokio::test]
async fn after_install_alone_nothing_is_changed_without_a_vote_and_one_vote_restores_the_key() -> Result<()> {
    let asked = asked("vote").await?;
    asked.nothing_happened().await?;

    may_vote(&asked.namespace, "alice").await?;
    let alice = asked.cluster.person("alice", &["on-call"]).await?;
    let shown = plugin::run(&alice, &["plan", "preview", &asked.issue.name_any(), "-n", asked.namespace.name()])?;
    assert_eq!(shown.code, 1, "it would change something\n{}\n{}", shown.stdout, shown.stderr);
    let voted = ["approve", &asked.issue.name_any(), "-n", asked.namespace.name(), "--reason", "put it back", "--yes"];
    plugin::run(&alice, &voted)?.results();

    issue_reaches(&asked.namespace, "checkout", IssueState::Resolved, REPAIR).await;
    asked.checkout.available().await;
    let config = asked.namespace.api::<ConfigMap>().get("checkout-config").await?;
    assert_eq!(config.data.unwrap_or_default().get("DB_HOST").map(String::as_str), Some("db"), "as it was applied");
    Ok(())
}

#[tokio::test]
async fn forged_and_unauthorised_votes_are_refused_by_the_server_and_start_nothing() -> Result<()> {
    let asked = asked("forged").await?;
    may_vote(&asked.namespace, "alice").await?;
    may_only_write_votes(&asked.namespace, "mallory").await?;
    let (alice, mallory) = (asked.person("alice").await?, asked.person("mallory").await?);

    let in_her_name = vote(&asked.request, "alice", VoteDecision::Approve);
    let refused = cast(&mallory, &in_her_name).await;
    assert!(refused.is_err(), "mallory votes as alice");
    let without_the_verb = vote(&asked.request, "mallory", VoteDecision::Approve);
    assert!(cast(&mallory, &without_the_verb).await.is_err(), "mallory may write votes, but not approve");
    let mut another_group = vote(&asked.request, "alice", VoteDecision::Approve);
    another_group.spec.voter.groups = vec!["system:masters".to_owned()];
    assert!(cast(&alice, &another_group).await.is_err(), "alice claims a group she is not in");
    // who could do anything by hand still has no voice but their own
    let admin = asked.cluster.client();
    assert!(cast(&admin, &vote(&asked.request, "alice", VoteDecision::Approve)).await.is_err(), "admin votes as alice");
    asked.nothing_happened().await
}

#[tokio::test]
async fn a_vote_on_another_preview_is_ignored_with_a_reason() -> Result<()> {
    let asked = asked("stale").await?;
    may_vote(&asked.namespace, "alice").await?;
    let alice = asked.person("alice").await?;
    let mut stale = vote(&asked.request, "alice", VoteDecision::Approve);
    stale.spec.plan_digest = format!("sha256:{}", "0".repeat(64));
    cast(&alice, &stale).await?;
    let name = stale.name_any();
    eventually(&asked.namespace.api::<ApprovalRequest>(), SOON, "the vote is listed as ignored", |seen| {
        let status = seen.named(&asked.request.name_any())?.status.as_ref()?;
        status.ignored_votes.iter().find(|ignored| ignored.name == name && !ignored.reason.is_empty()).map(drop)
    })
    .await;
    asked.nothing_happened().await
}

#[tokio::test]
async fn a_rejection_ends_it() -> Result<()> {
    let asked = asked("reject").await?;
    may_vote(&asked.namespace, "bob").await?;
    cast(&asked.person("bob").await?, &vote(&asked.request, "bob", VoteDecision::Reject)).await?;
    let rejected = |request: &ApprovalRequest| {
        request.status.as_ref().is_some_and(|status| status.state == ApprovalRequestState::Rejected)
    };
    eventually(&asked.namespace.api::<ApprovalRequest>(), SOON, "the request is rejected", |seen| {
        seen.named(&asked.request.name_any()).filter(|request| rejected(request)).map(drop)
    })
    .await;
    asked.nothing_happened().await
}

#[tokio::test]
async fn a_plan_cannot_be_edited_after_its_preview_and_the_server_says_why() -> Result<()> {
    let asked = asked("edited").await?;
    let plans = asked.namespace.api::<RemediationPlan>();
    let edit = json!({ "spec": { "actions": [{ "type": "PatchConfig", "params": { "configmap": "checkout-config", "DB_HOST": "attacker" } }] } });
    let refused = plans.patch(&asked.plan.name_any(), &PatchParams::default(), &Patch::Merge(edit)).await;
    let why = refused.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(why.contains("previewed"), "even an administrator is told why not: {why}");
    asked.nothing_happened().await
}

#[tokio::test]
async fn nobody_but_the_operator_writes_the_status_that_approves() -> Result<()> {
    let asked = asked("status").await?;
    let requests = asked.namespace.api::<ApprovalRequest>();
    let approved = json!({ "status": { "state": "Approved" } });
    let by_hand =
        requests.patch_status(&asked.request.name_any(), &PatchParams::default(), &Patch::Merge(&approved)).await;
    assert!(by_hand.is_err(), "an administrator approves by writing the status");
    asked.nothing_happened().await
}

#[tokio::test]
async fn what_was_approved_waits_for_its_change_window() -> Result<()> {
    let asked = asked_under("window", Some(closed_for_days())).await?;
    may_vote(&asked.namespace, "alice").await?;
    cast(&asked.person("alice").await?, &vote(&asked.request, "alice", VoteDecision::Approve)).await?;
    let condition = asked.request_becomes("it is approved and waits for its window", |status| {
        let waits = status.conditions.iter().find(|one| one.type_ == conditions::AWAITING_WINDOW)?;
        (status.state == ApprovalRequestState::Approved && waits.status == "True").then(|| waits.clone())
    });
    let condition = condition.await;
    assert_eq!(condition.reason, "OutsideWindow");
    assert!(condition.message.contains("00:00"), "it says when the window opens: {}", condition.message);
    asked.nothing_happened().await
}

#[tokio::test]
async fn a_policy_weakened_while_people_are_asked_does_not_let_half_a_quorum_through() -> Result<()> {
    half_a_quorum("weakened", async |asked| {
        asked.namespace.apply(policy(&json!({ "mode": "manual" }))).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_policy_deleted_while_people_are_asked_does_not_let_half_a_quorum_through() -> Result<()> {
    half_a_quorum("unruled", async |asked| {
        asked.namespace.api::<ApprovalPolicy>().delete("own", &DeleteParams::default()).await?;
        Ok(())
    })
    .await
}

/// One of two voices is there, one would be enough under what the rules become: it was given to another question.
async fn half_a_quorum(purpose: &str, loosen: impl AsyncFnOnce(&Asked) -> Result<()>) -> Result<()> {
    let asked = asked_under(purpose, Some(json!({ "mode": "quorum", "requiredApprovers": 2 }))).await?;
    may_vote(&asked.namespace, "alice").await?;
    let half = vote(&asked.request, "alice", VoteDecision::Approve);
    cast(&asked.person("alice").await?, &half).await?;
    asked
        .request_becomes("the first of two voices is counted", |status| {
            (status.decisions.len() == 1 && status.required_approvers == Some(2)).then_some(())
        })
        .await;

    let before = digest_of(&asked.request).map(str::to_owned);
    loosen(&asked).await?;
    asked
        .request_becomes("the question is put anew, and the voice was for the old one", |status| {
            let ignored = status.ignored_votes.iter().find(|ignored| ignored.name == half.name_any())?;
            let anew = status.plan_digest != before && status.state == ApprovalRequestState::Pending;
            (anew && ignored.reason == "OlderPreview").then_some(())
        })
        .await;
    asked.nothing_happened().await
}

#[tokio::test]
async fn a_target_edited_after_the_approval_is_not_overwritten() -> Result<()> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), "moved", None).await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    web.roll_out_missing_image().await?;
    let issue = issue_explained(&namespace, "web", "image-tag-missing").await;
    let plan = plan_reaches(&namespace, &issue, &[RemediationState::WaitingApproval], SOON).await;
    let request = question_about(&namespace, &plan).await;
    let asked = Asked { cluster, namespace, checkout: web, issue, plan, request };

    // what lies between the approval and the act is a pause here, so that the edit comes surely before the act
    asked.pause(true).await?;
    may_vote(&asked.namespace, "alice").await?;
    let on_the_old = vote(&asked.request, "alice", VoteDecision::Approve);
    cast(&asked.person("alice").await?, &on_the_old).await?;
    asked
        .request_becomes("it is approved", |status| (status.state == ApprovalRequestState::Approved).then_some(()))
        .await;
    asked.checkout.edit_container(&json!({ "image": "127.0.0.1:1/other:v2" })).await?;
    asked.pause(false).await?;

    let ended = plan_reaches(&asked.namespace, &asked.issue, &[RemediationState::Failed], SOON).await;
    let status = ended.status.unwrap_or_default();
    assert!(status.steps.iter().all(|step| step.phase == StepPhase::Planned), "{:#?}", status.steps);
    the_operator_is_awake(&asked.cluster).await?;
    let live = asked.checkout.live().await?;
    assert_eq!(image_of(&live), "127.0.0.1:1/other:v2", "what somebody else wrote is theirs");
    Ok(())
}

#[tokio::test]
async fn a_namespaces_own_policy_does_not_loosen_the_clusters() -> Result<()> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), "looser", Some("auto")).await?;
    let mut floor = policy(&json!({
        "match": { "namespaces": [namespace.name()] }, "mode": "quorum", "requiredApprovers": 2
    }));
    floor["metadata"]["name"] = json!(namespace.name());
    let home = TestNamespace::adopt(cluster.connection(), OPERATOR_NAMESPACE)?;
    home.apply(floor).await?;
    let conditions = json!({ "minConfidence": 0, "maxSeverity": "critical", "historicalSuccessRate": 0 });
    namespace.apply(policy(&json!({ "mode": "auto", "autoApproveConditions": conditions }))).await?;

    let web = App::named("web", &cluster)?.running(&namespace).await?;
    web.roll_out_missing_image().await?;
    let issue = issue_explained(&namespace, "web", "image-tag-missing").await;
    let plan = plan_reaches(&namespace, &issue, &[RemediationState::WaitingApproval], SOON).await;
    let request = question_about(&namespace, &plan).await;
    home.api::<ApprovalPolicy>().delete(namespace.name(), &DeleteParams::default()).await?;
    assert_eq!(request.status.and_then(|status| status.required_approvers), Some(2));
    Ok(())
}

#[tokio::test]
async fn a_runbook_does_not_run_by_itself_what_its_author_may_not_do() -> Result<()> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), "author", Some("auto")).await?;
    let rights = json!({ "metadata": { "name": "author" }, "rules": [
        { "apiGroups": ["platform.chatcli.io"], "resources": ["runbooks"], "verbs": ["create"] },
        { "apiGroups": ["platform.chatcli.io"], "resources": ["issues"], "verbs": ["remediate"] },
    ] });
    bind(&namespace, "mallory", rights).await?;
    let books: Api<Runbook> = Api::namespaced(cluster.person("mallory", &[]).await?.client()?, namespace.name());
    for severity in ["low", "medium", "high", "critical"] {
        let book = json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Runbook", "metadata": { "name": format!("book-{severity}") },
            "spec": {
                "trigger": { "signalType": "*", "severity": severity, "resourceKind": "Deployment" },
                "steps": [{ "name": "restart", "action": "RestartDeployment" }], "requestedBy": "mallory"
            }
        });
        books.create(&PostParams::default(), &serde_json::from_value(book)?).await?;
    }
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    web.roll_out_missing_image().await?;
    let issue = issue_explained(&namespace, "web", "image-tag-missing").await;
    let plan = plan_reaches(&namespace, &issue, &[RemediationState::WaitingApproval], SOON).await;
    assert!(plan.spec.runbook_ref.is_some_and(|book| book.name.starts_with("book-")), "the Runbook was chosen");
    let asks = plan.status.unwrap_or_default().gates.into_iter().find(|gate| gate.result == "Ask");
    let why = asks.map(|gate| gate.message).unwrap_or_default();
    assert!(why.contains("mallory"), "it says whose rights do not reach: {why}");
    the_operator_is_awake(&cluster).await?;
    let template = web.live().await?.spec.and_then(|spec| spec.template.metadata).unwrap_or_default();
    assert_eq!(template.annotations.unwrap_or_default().get("kubectl.kubernetes.io/restartedAt"), None);
    Ok(())
}

#[tokio::test]
async fn kube_system_is_never_touched_whatever_a_plan_says() -> Result<()> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let log = cluster.audit_log()?;
    let mark = log.mark()?;
    let namespace = TestNamespace::create(cluster.connection(), "protected", Some("auto")).await?;
    assert!(namespace.apply(issue_about_dns("elsewhere")).await.is_err(), "an own namespace reaches nothing else");

    // from the operator's namespace an administrator may point anywhere, so here the gate has to hold
    let home = TestNamespace::adopt(cluster.connection(), OPERATOR_NAMESPACE)?;
    let name = format!("dns-{}", namespace.name());
    home.apply(issue_about_dns(&name)).await?;
    let plan = json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "RemediationPlan", "metadata": { "name": name },
        "spec": {
            "issueRef": { "name": name }, "attempt": 1, "strategy": "restart DNS", "requestedBy": "admin",
            "actions": [{ "type": "RestartDeployment" }],
            "target": { "kind": "DaemonSet", "name": "kube-proxy", "namespace": "kube-system" }
        }
    });
    home.apply(plan).await?;
    let plans = home.api::<RemediationPlan>();
    let told = eventually(&plans, SOON, "the plan is refused", |seen| {
        let status = seen.named(&name)?.status.as_ref()?;
        let stopped = status.gates.iter().find(|gate| gate.result == "Stop").map(|gate| gate.reason.clone());
        stopped
            .or_else(|| (status.state == RemediationState::Failed).then(|| status.result.clone().unwrap_or_default()))
    })
    .await;
    the_operator_is_awake(&cluster).await?;
    plans.delete(&name, &DeleteParams::default()).await?;
    home.api::<Issue>().delete(&name, &DeleteParams::default()).await?;

    assert!(!told.is_empty(), "refused without a reason");
    let writes = log.writes_of(&operator_user(), mark)?;
    let there: Vec<_> = writes.iter().filter(|request| request.object_ref.namespace == "kube-system").collect();
    assert!(there.is_empty(), "{there:#?}");
    Ok(())
}

/// A policy with one rule that matches everything; its name and reach are filled in.
fn policy(rule: &serde_json::Value) -> serde_json::Value {
    let mut named = json!({ "name": "all", "match": {} });
    json_patch::merge(&mut named, rule);
    json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalPolicy", "metadata": { "name": "own" },
        "spec": { "rules": [named] }
    })
}

/// A person decides, and it takes effect on one day of the week, which is neither today nor one beside it.
fn closed_for_days() -> serde_json::Value {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).weekday();
    let days = [format!("{:?}", today.wrapping_add(3))];
    json!({ "mode": "manual", "changeWindow": { "timezone": "UTC", "allowedDays": days, "startHour": 0, "endHour": 24 } })
}

fn issue_about_dns(name: &str) -> serde_json::Value {
    json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Issue", "metadata": { "name": name },
        "spec": {
            "severity": "critical", "source": "manual", "signalType": "pod_restart", "description": "written by hand",
            "resource": { "kind": "DaemonSet", "name": "kube-proxy", "namespace": "kube-system" }, "requestedBy": "admin"
        }
    })
}
