//! The gate on a real API server: who may say what, tried by people, ServiceAccounts and the operator, straight past the plugin.

use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use common::api::approval_request::ApprovalRequestState;
use common::api::approval_vote::VoteDecision::{Approve, Reject};
use common::api::keys::{ADMISSION_PARAMS, OPERATOR_NAMESPACE};
use common::api::{ApprovalRequest, ApprovalVote, RemediationPlan};
use common::decisions::{ApprovalNeed, Windows, need::Why};
use jiff::SignedDuration;
use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kit::installation::{install, operator_token};
use kit::votes::{bind, cast, may_only_write_votes, may_vote, vote};
use kit::{Connection, ControlPlane, TestNamespace, eventually};
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Api, Client, Resource, ResourceExt};
use operator::approve::{self, Consent};
use operator::runtime::{Clock, Context, Runtime};
use serde_json::{Value, json};
use tokio::sync::Mutex;

const SOON: Duration = Duration::from_secs(30);
const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER_DIGEST: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// An API server with everything installed, and the operator's way in.
struct Gate {
    plane: ControlPlane,
    operator: Connection,
    _files: tempfile::TempDir,
}

/// Shared by the tests that run at the same time; stopped when the last of them ends.
static SHARED: Mutex<Weak<Gate>> = Mutex::const_new(Weak::new());

impl Gate {
    async fn shared() -> Result<Arc<Self>> {
        let mut shared = SHARED.lock().await;
        if let Some(gate) = shared.upgrade() {
            return Ok(gate);
        }
        let gate = Arc::new(Self::start().await?);
        *shared = Arc::downgrade(&gate);
        Ok(gate)
    }

    async fn start() -> Result<Self> {
        let plane = ControlPlane::start_with_controllers().await?;
        install(plane.connection()).await?;
        let files = tempfile::tempdir()?;
        let kubeconfig = files.path().join("operator.kubeconfig");
        plane.connection().write_for_token(&kubeconfig, &operator_token(&plane.client()?).await?, None)?;
        let gate = Self { operator: Connection::from_file(&kubeconfig).await?, plane, _files: files };
        gate.holds().await?;
        Ok(gate)
    }

    /// Admission policies take effect a moment after they were written, each on its own.
    async fn holds(&self) -> Result<()> {
        let probe = TestNamespace::create(self.plane.connection(), "probe", None).await?;
        let ctx = self.context()?;
        tokio::time::timeout(SOON, async {
            while approve::guards::prove(&ctx, probe.name()).await.is_err() || !self.refuses_a_request(&probe).await? {
                tokio::task::yield_now().await;
            }
            anyhow::Ok(())
        })
        .await
        .context("the guards are not in effect")?
    }

    async fn refuses_a_request(&self, namespace: &TestNamespace) -> Result<bool> {
        let dry_run = PostParams { dry_run: true, ..PostParams::default() };
        let created = namespace.api::<ApprovalRequest>().create(&dry_run, &request_for("probe", "uid")).await;
        Ok(created.is_err())
    }

    fn config(&self) -> operator::config::Config {
        operator::config::Config::parse_from([
            "chatcli-operator".to_owned(),
            format!("--kubeconfig={}", self.operator.kubeconfig().display()),
            format!("--namespace={OPERATOR_NAMESPACE}"),
            "--identity=admission-test".to_owned(),
            "--metrics-bind-address=0".to_owned(),
            "--health-probe-bind-address=0".to_owned(),
        ])
    }

    /// What the plan's controller has, as the operator's ServiceAccount.
    fn context(&self) -> Result<Arc<Context>> {
        Ok(Context::for_tests(self.config(), self.operator.client()?, Clock::system()))
    }

    async fn namespace(&self) -> Result<TestNamespace> {
        TestNamespace::create(self.plane.connection(), "gate", None).await
    }

    async fn person(&self, name: &str) -> Result<Client> {
        self.plane.person(name, &[]).await?.client()
    }

    /// The same kind in the same namespace, as the operator.
    fn as_operator<K>(&self, namespace: &TestNamespace) -> Result<Api<K>>
    where
        K: Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType: Default>,
    {
        Ok(Api::namespaced(self.operator.client()?, namespace.name()))
    }

    /// A plan the operator has previewed, waiting for approval.
    async fn plan(&self, namespace: &TestNamespace, name: &str, state: &str) -> Result<RemediationPlan> {
        let plans: Api<RemediationPlan> = self.as_operator(namespace)?;
        let plan = plan_of(name, namespace.name(), json!({ "findingCode": "image-not-found" }));
        plans.create(&PostParams::default(), &plan).await?;
        let preview =
            json!({ "digest": DIGEST, "planGeneration": 1, "class": "Reversible", "steps": [], "verdicts": [] });
        let status = json!({ "status": { "state": state, "preview": preview, "transition": 1 } });
        Ok(plans.patch_status(name, &PatchParams::default(), &Patch::Merge(status)).await?)
    }
}

fn plan_of(name: &str, target_namespace: &str, more: Value) -> RemediationPlan {
    let mut spec = json!({
        "issueRef": { "name": "web" }, "attempt": 1, "strategy": "restart it",
        "actions": [{ "type": "RestartDeployment" }],
        "target": { "kind": "Deployment", "name": "web", "namespace": target_namespace },
    });
    if let (Some(spec), Value::Object(more)) = (spec.as_object_mut(), more) {
        spec.extend(more);
    }
    RemediationPlan::new(name, serde_json::from_value(spec).expect("the object is plain JSON"))
}

fn request_for(plan: &str, plan_uid: &str) -> ApprovalRequest {
    let spec = json!({
        "issueRef": { "name": "web" }, "remediationPlanRef": plan, "policyRef": "autonomy", "ruleName": "reversible",
        "requestedActions": [], "requester": "me", "planUid": plan_uid,
    });
    ApprovalRequest::new(&format!("approval-{plan}"), serde_json::from_value(spec).expect("the object is plain JSON"))
}

fn need(approvers: u32) -> ApprovalNeed {
    ApprovalNeed {
        policy: "autonomy".to_owned(),
        rule: "reversible".to_owned(),
        approvers,
        timeout: SignedDuration::from_mins(30),
        windows: Windows::default(),
        because: vec![Why { reason: "ClassAsks", message: "reversible, namespace is approve".to_owned() }],
        author: None,
    }
}

/// The server's sentence of refusal.
///
/// # Panics
/// When it was not refused by an admission policy or by RBAC.
fn refusal<T: std::fmt::Debug>(answer: kube::Result<T>) -> String {
    match answer {
        Err(kube::Error::Api(status)) if status.code == 403 || status.code == 422 => status.message.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

fn refused_by<T: std::fmt::Debug>(policy: &str, answer: kube::Result<T>) {
    let message = refusal(answer);
    assert!(message.contains(&format!("ValidatingAdmissionPolicy '{policy}'")), "{message}");
}

/// A namespace with a plan and an open request.
async fn asked(gate: &Gate, approvers: u32) -> Result<(TestNamespace, RemediationPlan, ApprovalRequest)> {
    let namespace = gate.namespace().await?;
    let plan = gate.plan(&namespace, "web-plan-1", "WaitingApproval").await?;
    let request = approve::open(&*gate.context()?, &plan, &need(approvers), DIGEST, approve::Facts::default()).await?;
    Ok((namespace, plan, (*request).clone()))
}

#[tokio::test]
async fn a_vote_is_cast_in_ones_own_name_and_with_the_verb_or_not_at_all() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, _, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    may_only_write_votes(&namespace, "mallory").await?;
    let (alice, mallory) = (gate.person("alice").await?, gate.person("mallory").await?);

    refused_by("chatcli-votes", cast(&alice, &vote(&request, "bob", Approve)).await);
    refused_by("chatcli-votes", cast(&mallory, &vote(&request, "mallory", Approve)).await);
    refused_by("chatcli-votes", cast(&mallory, &vote(&request, "mallory", Reject)).await);
    let mut in_a_group = vote(&request, "alice", Approve);
    in_a_group.spec.voter.groups = vec!["system:masters".to_owned()];
    refused_by("chatcli-votes", cast(&alice, &in_a_group).await);
    let mut held = vote(&request, "alice", Approve);
    held.metadata.finalizers = Some(vec!["example.com/hold".to_owned()]);
    refused_by("chatcli-votes", cast(&alice, &held).await);

    cast(&alice, &vote(&request, "alice", Approve)).await?;
    Ok(())
}

#[tokio::test]
async fn neither_a_service_account_nor_the_operator_votes() -> Result<()> {
    let gate = Gate::shared().await?;
    let (_namespace, _, request) = asked(&gate, 1).await?;
    let user = kit::installation::operator_user();
    refused_by("chatcli-votes", cast(&gate.operator.client()?, &vote(&request, &user, Approve)).await);
    refused_by("chatcli-votes", cast(&gate.operator.client()?, &vote(&request, "alice", Approve)).await);
    Ok(())
}

#[tokio::test]
async fn a_vote_is_neither_edited_nor_deleted() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, _, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    let cast = cast(&gate.person("alice").await?, &vote(&request, "alice", Reject)).await?;
    let votes: Api<ApprovalVote> = namespace.api();
    let turn = Patch::Merge(json!({ "spec": { "decision": "Approve" } }));
    refusal(votes.patch(&cast.name_any(), &PatchParams::default(), &turn).await);
    refusal(
        gate.as_operator::<ApprovalVote>(&namespace)?.patch(&cast.name_any(), &PatchParams::default(), &turn).await,
    );
    let mark = Patch::Merge(json!({ "metadata": { "labels": { "a": "b" } } }));
    refused_by("chatcli-votes", votes.patch(&cast.name_any(), &PatchParams::default(), &mark).await);
    refused_by("chatcli-deletions", votes.delete(&cast.name_any(), &DeleteParams::default()).await);
    Ok(())
}

#[tokio::test]
async fn only_the_operator_asks_and_says_what_was_decided() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    let requests: Api<ApprovalRequest> = namespace.api();
    refused_by("chatcli-requests", requests.create(&PostParams::default(), &request_for("another", "uid")).await);
    let approved = Patch::Merge(json!({ "status": { "state": "Approved" } }));
    let patch = PatchParams::default();
    refused_by("chatcli-requests", requests.patch_status(&request.name_any(), &patch, &approved).await);
    refused_by("chatcli-deletions", requests.delete(&request.name_any(), &DeleteParams::default()).await);
    let orphan = Patch::Merge(json!({ "metadata": { "ownerReferences": [] } }));
    refused_by("chatcli-requests", requests.patch(&request.name_any(), &patch, &orphan).await);
    let executing = Patch::Merge(json!({ "status": { "state": "Executing" } }));
    refused_by(
        "chatcli-plans",
        namespace.api::<RemediationPlan>().patch_status(&plan.name_any(), &patch, &executing).await,
    );
    Ok(())
}

#[tokio::test]
async fn an_annotation_vote_carries_its_authors_own_name() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, _, request) = asked(&gate, 1).await?;
    let rights = json!({
        "metadata": { "name": "annotator" },
        "rules": [{ "apiGroups": ["platform.chatcli.io"], "resources": ["approvalrequests"], "verbs": ["get", "patch", "approve"] }]
    });
    bind(&namespace, "alice", rights).await?;
    let requests: Api<ApprovalRequest> = Api::namespaced(gate.person("alice").await?, namespace.name());
    let annotated = |key: &str, value: &str| Patch::Merge(json!({ "metadata": { "annotations": { key: value } } }));
    let name = request.name_any();
    let patch = PatchParams::default();
    refused_by(
        "chatcli-requests",
        requests.patch(&name, &patch, &annotated("platform.chatcli.io/approve", "bob:fine")).await,
    );
    refused_by(
        "chatcli-requests",
        requests.patch(&name, &patch, &annotated("platform.chatcli.io/approve", "alicex:fine")).await,
    );
    refused_by(
        "chatcli-requests",
        requests.patch(&name, &patch, &annotated("platform.chatcli.io/reject", "alice:no")).await,
    );
    requests.patch(&name, &patch, &annotated("platform.chatcli.io/approve", "alice:fine")).await?;
    Ok(())
}

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

#[tokio::test]
async fn policies_and_parameters_take_the_verb_administer() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let rights = json!({
        "metadata": { "name": "editor" },
        "rules": [{ "apiGroups": ["platform.chatcli.io"], "resources": ["approvalpolicies"], "verbs": ["create", "update", "patch", "delete"] }]
    });
    bind(&namespace, "alice", rights).await?;
    let policy = |name: &str| -> common::api::ApprovalPolicy {
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalPolicy", "metadata": { "name": name },
            "spec": { "enabled": true, "rules": [{ "name": "all", "match": {}, "mode": "auto" }] }
        }))
        .unwrap()
    };
    let hers: Api<common::api::ApprovalPolicy> = Api::namespaced(gate.person("alice").await?, namespace.name());
    refused_by("chatcli-policies", hers.create(&PostParams::default(), &policy("lax")).await);
    namespace.api::<common::api::ApprovalPolicy>().create(&PostParams::default(), &policy("lax")).await?;
    refused_by("chatcli-policies", hers.delete("lax", &DeleteParams::default()).await);

    let params: Api<ConfigMap> = Api::namespaced(gate.operator.client()?, OPERATOR_NAMESPACE);
    let taken_over =
        Patch::Merge(json!({ "data": { "voters": "system:serviceaccount:chatcli-system:chatcli-operator" } }));
    refused_by("chatcli-params", params.patch(ADMISSION_PARAMS, &PatchParams::default(), &taken_over).await);
    Ok(())
}

#[tokio::test]
async fn consent_is_counted_from_the_votes_and_never_from_a_status() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 2).await?;
    let ctx = gate.context()?;
    let consent = async || approve::recount(&ctx, &plan, &need(2), DIGEST).await;
    assert!(matches!(consent().await?, Consent::Waiting { have: 0, need: 2, .. }));

    // Even the operator's own word in the status is no vote.
    let forged = Patch::Merge(json!({ "status": { "state": "Approved" } }));
    gate.as_operator::<ApprovalRequest>(&namespace)?
        .patch_status(&request.name_any(), &PatchParams::default(), &forged)
        .await?;
    assert!(matches!(consent().await?, Consent::Waiting { have: 0, .. }));

    for person in ["alice", "bob"] {
        may_vote(&namespace, person).await?;
        cast(&gate.person(person).await?, &vote(&request, person, Approve)).await?;
    }
    assert_eq!(consent().await?, Consent::Given { by: "alice, bob".to_owned() });
    let on_another = approve::recount(&ctx, &plan, &need(2), OTHER_DIGEST).await?;
    assert_eq!(on_another, Consent::NotAsked, "a yes to one preview is none to another");

    namespace.api::<k8s_openapi::api::rbac::v1::RoleBinding>().delete("approver-bob", &DeleteParams::default()).await?;
    eventually(&namespace.api::<k8s_openapi::api::rbac::v1::RoleBinding>(), SOON, "bob's right is gone", |seen| {
        seen.named("approver-bob").is_none().then_some(())
    })
    .await;
    let withdrawn = tokio::time::timeout(SOON, async {
        loop {
            // The server's own authorizer learns of it a moment later.
            if let Consent::Waiting { have, .. } = consent().await? {
                return anyhow::Ok(have);
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(withdrawn.await??, 1, "who may no longer vote no longer counts");
    Ok(())
}

#[tokio::test]
async fn the_request_tells_its_state_and_owns_its_votes() -> Result<()> {
    let gate = Gate::start().await?;
    let mut runtime = Runtime::connect(gate.config()).await?;
    approve::register(&mut runtime);
    let operator = tokio::spawn(runtime.run());
    let (namespace, plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let (requests, votes) = (namespace.api::<ApprovalRequest>(), namespace.api::<ApprovalVote>());
    let state_is = |state: ApprovalRequestState| {
        let requests = requests.clone();
        async move {
            eventually(&requests, SOON, &format!("the request is {state:?}"), |seen| {
                seen.all().find(|request| request.status.as_ref().is_some_and(|status| status.state == state)).cloned()
            })
            .await
        }
    };
    let approved = state_is(ApprovalRequestState::Approved).await;
    assert_eq!(approved.status.unwrap().decisions[0].approver, "alice");
    eventually(&votes, SOON, "the vote belongs to its request", |seen| {
        let owned = seen
            .all()
            .all(|vote| vote.owner_references().iter().any(|owner| Some(&owner.uid) == request.uid().as_ref()));
        (!seen.is_empty() && owned).then_some(())
    })
    .await;

    // A binding deleted, and put back: votes cast until then are void.
    let client = gate.plane.client()?;
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(client.clone());
    let binding = bindings.get("chatcli-votes").await?;
    bindings.delete("chatcli-votes", &DeleteParams::default()).await?;
    let ctx = gate.context()?;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Unverified(_)));
    assert!(
        approve::open(
            &ctx,
            &gate.plan(&namespace, "second", "WaitingApproval").await?,
            &need(1),
            DIGEST,
            approve::Facts::default()
        )
        .await
        .is_err()
    );
    eventually(&requests, SOON, "the request says that no vote counts", |seen| {
        seen.all().find(|request| {
            let conditions = request.status.iter().flat_map(|status| &status.conditions);
            conditions.into_iter().any(|one| one.type_ == "VoteIdentityUnverified" && one.status == "True")
        })?;
        Some(())
    })
    .await;
    let again = ValidatingAdmissionPolicyBinding {
        metadata: ObjectMeta { name: binding.metadata.name, labels: binding.metadata.labels, ..ObjectMeta::default() },
        spec: binding.spec,
    };
    bindings.create(&PostParams::default(), &again).await?;
    eventually(&requests, SOON, "the old vote is void under the new guards", |seen| {
        let request = seen.all().find(|request| request.name_any() == "approval-web-plan-1")?;
        let status = request.status.as_ref()?;
        let void = status.ignored_votes.iter().any(|vote| vote.reason == "Unguarded");
        (void && status.state == ApprovalRequestState::Pending).then_some(())
    })
    .await;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Waiting { have: 0, .. }));

    // An edited rule is no guard either.
    let policies: Api<ValidatingAdmissionPolicy> = Api::all(client);
    let lax = Patch::Merge(json!({ "spec": { "failurePolicy": "Ignore" } }));
    policies.patch("chatcli-votes", &PatchParams::default(), &lax).await?;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Unverified(_)));
    operator.abort();
    Ok(())
}

#[tokio::test]
async fn without_its_parameters_the_gate_is_closed_and_namespaces_still_go() -> Result<()> {
    let gate = Gate::start().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let executing = Patch::Merge(json!({ "status": { "state": "Executing" } }));
    let operator: Api<RemediationPlan> = gate.as_operator(&namespace)?;
    operator.patch_status(&plan.name_any(), &PatchParams::default(), &executing).await?;

    let params: Api<ConfigMap> = Api::namespaced(gate.plane.client()?, OPERATOR_NAMESPACE);
    params.delete(ADMISSION_PARAMS, &DeleteParams::default()).await?;
    let bob = vote(&request, "bob", Approve);
    may_vote(&namespace, "bob").await?;
    let bobs = gate.person("bob").await?;
    tokio::time::timeout(SOON, async {
        let dry_run = PostParams { dry_run: true, ..PostParams::default() };
        let votes: Api<ApprovalVote> = Api::namespaced(bobs, namespace.name());
        while votes.create(&dry_run, &bob).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .context("a vote is accepted without the parameters")?;
    let ctx = gate.context()?;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Unverified(_)));

    // An executing plan, a pending request, a vote, no parameters, no operator: the namespace goes all the same.
    let namespaces: Api<Namespace> = Api::all(gate.plane.client()?);
    let name = namespace.name().to_owned();
    namespaces.delete(&name, &DeleteParams::default()).await?;
    eventually(&namespaces, Duration::from_secs(60), "the namespace is gone", |seen| {
        seen.named(&name).is_none().then_some(())
    })
    .await;
    Ok(())
}
