//! An API server with everything installed, and words to speak about it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use common::api::keys::OPERATOR_NAMESPACE;
use common::api::{ApprovalRequest, RemediationPlan};
use common::decisions::{ApprovalNeed, Windows, need::Why};
use jiff::SignedDuration;
use kit::installation::{install, operator_token};
use kit::{Connection, ControlPlane, TestNamespace};
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client, Resource};
use operator::runtime::{Clock, Context, Runtime};
use operator::{approve, audit};
use serde_json::{Value, json};
use tokio::sync::Mutex;

pub const SOON: Duration = Duration::from_secs(30);
pub const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const OTHER_DIGEST: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// An API server with everything installed, and the operator's way in.
pub struct Gate {
    /// The API server.
    pub plane: ControlPlane,
    /// Its way in for the operator.
    pub operator: Connection,
    files: tempfile::TempDir,
}

/// Shared by the tests that run at the same time; stopped when the last of them ends.
static SHARED: Mutex<Weak<Gate>> = Mutex::const_new(Weak::new());
/// The same with a running operator.
static RUNNING: Mutex<Weak<Gate>> = Mutex::const_new(Weak::new());

impl Gate {
    pub async fn shared() -> Result<Arc<Self>> {
        let mut shared = SHARED.lock().await;
        if let Some(gate) = shared.upgrade() {
            return Ok(gate);
        }
        let gate = Arc::new(Self::start().await?);
        *shared = Arc::downgrade(&gate);
        Ok(gate)
    }

    /// One on which the part of the operator runs that asks, counts and records.
    pub async fn running() -> Result<Arc<Self>> {
        let mut running = RUNNING.lock().await;
        if let Some(gate) = running.upgrade() {
            return Ok(gate);
        }
        let gate = Arc::new(Self::start().await?);
        gate.run_operator("first");
        *running = Arc::downgrade(&gate);
        Ok(gate)
    }

    /// Runs that part until the test program ends, as a process of that name would. On a runtime of its own: that of a test ends with it.
    pub fn run_operator(&self, identity: &str) {
        let config = operator::config::Config { identity: Some(identity.to_owned()), ..self.config() };
        std::thread::spawn(move || {
            let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let Ok(tokio) = tokio else { return };
            tokio.block_on(async {
                let Ok(mut runtime) = Runtime::connect(config).await else { return };
                approve::register(&mut runtime);
                audit::register(&mut runtime);
                // Ends with an error when the API server goes before the program does.
                let _ = runtime.run().await;
            });
        });
    }

    /// Where the operator writes its audit log.
    pub fn audit_log(&self) -> std::path::PathBuf {
        self.files.path().join("audit.jsonl")
    }

    /// The same server as somebody else, the way `kubectl --as` does it: for crowds.
    pub fn pretending(&self, name: &str) -> Result<Client> {
        let mut config = self.plane.connection().config().clone();
        config.auth_info.impersonate = Some(name.to_owned());
        Ok(Client::try_from(config)?)
    }

    pub async fn start() -> Result<Self> {
        let plane = ControlPlane::start_with_controllers().await?;
        install(plane.connection()).await?;
        let files = tempfile::tempdir()?;
        let kubeconfig = files.path().join("operator.kubeconfig");
        plane.connection().write_for_token(&kubeconfig, &operator_token(&plane.client()?).await?, None)?;
        let gate = Self { operator: Connection::from_file(&kubeconfig).await?, plane, files };
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

    pub fn config(&self) -> operator::config::Config {
        operator::config::Config::parse_from([
            "chatcli-operator".to_owned(),
            format!("--kubeconfig={}", self.operator.kubeconfig().display()),
            format!("--namespace={OPERATOR_NAMESPACE}"),
            "--identity=admission-test".to_owned(),
            "--metrics-bind-address=0".to_owned(),
            "--health-probe-bind-address=0".to_owned(),
            format!("--audit-log-path={}", self.audit_log().display()),
        ])
    }

    /// What the plan's controller has, as the operator's ServiceAccount.
    pub fn context(&self) -> Result<Arc<Context>> {
        Ok(Context::for_tests(self.config(), self.operator.client()?, Clock::system()))
    }

    pub async fn namespace(&self) -> Result<TestNamespace> {
        TestNamespace::create(self.plane.connection(), "gate", None).await
    }

    pub async fn person(&self, name: &str) -> Result<Client> {
        self.plane.person(name, &[]).await?.client()
    }

    /// The same kind in the same namespace, as the operator.
    pub fn as_operator<K>(&self, namespace: &TestNamespace) -> Result<Api<K>>
    where
        K: Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType: Default>,
    {
        Ok(Api::namespaced(self.operator.client()?, namespace.name()))
    }

    /// A plan the operator has previewed, waiting for approval.
    pub async fn plan(&self, namespace: &TestNamespace, name: &str, state: &str) -> Result<RemediationPlan> {
        let plans: Api<RemediationPlan> = self.as_operator(namespace)?;
        let plan = plan_of(name, namespace.name(), json!({ "findingCode": "image-not-found" }));
        plans.create(&PostParams::default(), &plan).await?;
        let preview =
            json!({ "digest": DIGEST, "planGeneration": 1, "class": "Reversible", "steps": [], "verdicts": [] });
        let status = json!({ "status": { "state": state, "preview": preview, "transition": 1 } });
        Ok(plans.patch_status(name, &PatchParams::default(), &Patch::Merge(status)).await?)
    }
}

pub fn plan_of(name: &str, target_namespace: &str, more: Value) -> RemediationPlan {
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

pub fn request_for(plan: &str, plan_uid: &str) -> ApprovalRequest {
    let spec = json!({
        "issueRef": { "name": "web" }, "remediationPlanRef": plan, "policyRef": "autonomy", "ruleName": "reversible",
        "requestedActions": [], "requester": "me", "planUid": plan_uid,
    });
    ApprovalRequest::new(&format!("approval-{plan}"), serde_json::from_value(spec).expect("the object is plain JSON"))
}

pub fn need(approvers: u32) -> ApprovalNeed {
    ApprovalNeed {
        policy: "autonomy".to_owned(),
        rule: "reversible".to_owned(),
        approvers,
        timeout: SignedDuration::from_mins(30),
        windows: Windows::default(),
        because: vec![Why { reason: "ClassAsks", message: "reversible, namespace is approve".to_owned() }],
        author: None,
        overrides: Vec::new(),
        required_groups: Vec::new(),
    }
}

/// The server's sentence of refusal.
///
/// # Panics
/// When it was not refused by an admission policy or by RBAC.
pub fn refusal<T: std::fmt::Debug>(answer: kube::Result<T>) -> String {
    match answer {
        Err(kube::Error::Api(status)) if status.code == 403 || status.code == 422 => status.message.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

pub fn refused_by<T: std::fmt::Debug>(policy: &str, answer: kube::Result<T>) {
    let message = refusal(answer);
    assert!(message.contains(&format!("ValidatingAdmissionPolicy '{policy}'")), "{message}");
}

/// A namespace with a plan and an open request.
pub async fn asked(gate: &Gate, approvers: u32) -> Result<(TestNamespace, RemediationPlan, ApprovalRequest)> {
    let namespace = gate.namespace().await?;
    let plan = gate.plan(&namespace, "web-plan-1", "WaitingApproval").await?;
    let request = approve::open(&*gate.context()?, &plan, &need(approvers), DIGEST, approve::Facts::default()).await?;
    Ok((namespace, plan, (*request).clone()))
}
