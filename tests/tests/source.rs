//! Source code beside an incident: fetched over https with a token, told to a model without its secrets, and confined to who may name it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use common::api::keys::{OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT};
use common::api::source_repository::SourceRepositoryStatus;
use common::api::{AIInsight, SourceRepository};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use kit::git::GitServer;
use kit::incidents::{issue_explained, report_of};
use kit::installation::install;
use kit::models::{Model, completion, instance};
use kit::operator::{Options, Turn};
use kit::servers::secret;
use kit::{App, Cluster, Operator, TestNamespace, eventually, plugin};
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// From a wish to a fetched repository, and from a fault to what a model says of it.
const ANSWER: Duration = Duration::from_secs(90);
/// Goes to the git server and nowhere else.
const TOKEN: &str = "canary-git-token-4711";
/// Stands in the source code, where it should not.
const PLANTED: &str = "Canary-in-the-code-4712";
/// The code of a program that ends with an error of its own: the rules say so, and are not sure of the cause.
const WEAK: &str = "app-exits";
/// Each test has an operator of its own.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn started(cluster: &Cluster) -> Result<Operator> {
    let flags =
        ["--model-mode=builtin", "--allow-http-providers", "--agentic=false", "--source-private-hosts=localhost"];
    let flags = flags.map(str::to_owned).to_vec();
    let options = Options { flags, log: "source".to_owned(), ..Options::default() };
    let operator = Operator::start(cluster.connection(), &options).await?;
    operator.leads(&cluster.client()).await?;
    Ok(operator)
}

/// The directory of a repository.
fn cache_of(operator: &Operator, repository: &SourceRepository) -> PathBuf {
    operator.sources().join(repository.uid().unwrap_or_default())
}

async fn repository(namespace: &TestNamespace, name: &str, spec: Value) -> Result<()> {
    let document = json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "SourceRepository", "metadata": { "name": name }, "spec": spec,
    });
    namespace.apply(document).await
}

/// Of Deployment web, with the token of Secret git.
fn of_web(server: &GitServer) -> Value {
    json!({ "url": server.url("web"), "authType": "token", "secretRef": "git", "resource": { "kind": "Deployment", "name": "web" } })
}

/// What the operator's message tells an administrator to do.
async fn grant(namespace: &TestNamespace, secret: &str) -> Result<()> {
    let name = "chatcli-source-web";
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": { "name": name },
        "rules": [{ "apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret], "verbs": ["get", "list", "watch"] }],
    });
    namespace.apply(role).await?;
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": { "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name },
        "subjects": [{ "kind": "ServiceAccount", "name": OPERATOR_SERVICE_ACCOUNT, "namespace": OPERATOR_NAMESPACE }],
    });
    namespace.apply(binding).await?;
    tokio::time::timeout(ANSWER, counts(namespace, secret)).await.context("the Role does not count")?
}

/// A grant counts a moment after it was stored, and no watch tells when.
async fn counts(namespace: &TestNamespace, secret: &str) -> Result<()> {
    let review: SubjectAccessReview = serde_json::from_value(json!({
        "spec": {
            "user": format!("system:serviceaccount:{OPERATOR_NAMESPACE}:{OPERATOR_SERVICE_ACCOUNT}"),
            "resourceAttributes": { "namespace": namespace.name(), "verb": "get", "resource": "secrets", "name": secret },
        },
    }))?;
    let reviews: Api<SubjectAccessReview> = Api::all(namespace.client());
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    loop {
        ticks.tick().await;
        let answer = reviews.create(&PostParams::default(), &review).await?;
        if answer.status.is_some_and(|status| status.allowed) {
            return Ok(());
        }
    }
}

async fn becomes(
    namespace: &TestNamespace,
    name: &str,
    what: &str,
    condition: impl Fn(&SourceRepositoryStatus) -> bool,
) -> SourceRepository {
    eventually(&namespace.api::<SourceRepository>(), ANSWER, what, |seen| {
        seen.named(name).filter(|repository| repository.status.as_ref().is_some_and(&condition)).cloned()
    })
    .await
}

/// Reason and message of `Ready`.
fn ready(status: &SourceRepositoryStatus) -> (&str, &str) {
    let found = status.conditions.iter().find(|condition| condition.type_ == "Ready");
    found.map_or(("", ""), |condition| (condition.reason.as_str(), condition.message.as_str()))
}

/// No watch tells of a directory on this machine.
async fn is_gone(directory: &Path) -> Result<()> {
    let gone = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        while directory.exists() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(ANSWER, gone).await.with_context(|| format!("{} is still there", directory.display()))
}

#[tokio::test]
async fn a_model_is_told_the_code_around_the_trace_and_the_suspect_and_no_secret() -> Result<()> {
    let _alone = ALONE.lock().await;
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    let git = GitServer::start(TOKEN).await?;
    let now = Timestamp::now();
    let long_ago = now - SignedDuration::from_hours(48);
    git.commit("web", "Begin", &[("Dockerfile", "FROM python:3.13\n"), ("README.md", "A shop.\n")], long_ago)?;
    let code = format!(
        "import rates\n\nDB_PASSWORD = '{PLANTED}'\n\n\ndef total(self):\n    return sum(rates.of(item) for item in self)\n"
    );
    let suspect = git.commit("web", "Look rates up by name", &[("shop/cart.py", &code)], now)?;

    let model = Model::saying(|_, _| {
        let said =
            json!({ "analysis": "A rate is missing [r1].", "confidence": 0.8, "recommendations": [], "actions": [] });
        completion(&said.to_string())
    })
    .await?;
    let namespace = TestNamespace::create(cluster.connection(), "source", Some("observe")).await?;
    let operator = started(&cluster).await?;
    secret(&namespace, "git", &[("token", TOKEN), ("ca.crt", git.authority())]).await?;
    grant(&namespace, "git").await?;
    repository(&namespace, "web", of_web(&git)).await?;
    let fetched = becomes(&namespace, "web", "a fetched repository", |status| status.ready).await;
    let status = fetched.status.clone().context("a status")?;
    assert_eq!(status.head_commit.map(|commit| commit.sha), Some(suspect.clone()));
    assert!(status.error.is_none() && status.local_path.is_none() && status.last_synced_at.is_some());
    assert_eq!(status.recent_commits.len(), 2);
    assert!(status.config_files.iter().any(|file| file == "Dockerfile"), "{:?}", status.config_files);

    instance(&namespace, &model, "sk-proj-test0key0test0key0test0key0test", &json!({})).await?;
    let words = "Traceback (most recent call last):\n  File \"/app/shop/cart.py\", line 7, in total\nKeyError: 'book'";
    let message = format!("--exit-message={words}");
    let web = App::named("web", &cluster)?.doing(&["--exit-after=200ms", &message]).create(&namespace).await?;
    let issue = issue_explained(&namespace, "web", WEAK).await;

    model.has_heard(1, ANSWER).await?;
    let heard = model.heard();
    let told = heard[0].body["messages"][1]["content"].as_str().unwrap_or_default();
    assert!(told.contains("shop/cart.py:7 at commit") && told.contains(">    7 |     return sum("), "{told}");
    assert!(told.contains(&format!("suspect: {}", &suspect[..10])), "{told}");
    let bytes = String::from_utf8(heard[0].bytes.clone()).context("everything that leaves is UTF-8")?;
    for canary in [TOKEN, PLANTED] {
        assert!(!bytes.contains(canary), "{canary} left");
    }

    let name = common::naming::insight(&issue.name_any());
    let insight = eventually(&namespace.api::<AIInsight>(), ANSWER, "what the code says, for people", |seen| {
        seen.named(&name).filter(|it| it.status.as_ref().is_some_and(|it| it.source_code_context.is_some())).cloned()
    })
    .await;
    let text = insight.status.and_then(|status| status.source_code_context).unwrap_or_default();
    assert!(text.contains("shop/cart.py:7") && !text.contains(PLANTED), "{text}");
    let page = plugin::run(cluster.connection(), &["explain", &issue.name_any(), "-n", namespace.name()])?.results();
    assert!(page.contains("Source\n") && page.contains(&format!("suspect: {}", &suspect[..10])), "{page}");

    web.delete().await?;
    let report = report_of(&namespace, &issue).await;
    let commit = report.status.clone().and_then(|status| status.git_correlation).context("a suspected commit")?;
    assert_eq!((commit.commit_sha.as_str(), commit.confidence), (suspect.as_str(), 0.9), "it changed what broke");
    let page =
        plugin::run(cluster.connection(), &["postmortem", &report.name_any(), "-n", namespace.name()])?.results();
    assert!(page.contains("\"Look rates up by name\" by") && page.contains("shop/cart.py"), "{page}");
    let log = std::fs::read_to_string(operator.log())?;
    assert!(!log.contains(TOKEN) && !log.contains(PLANTED), "a secret is in the operator's log");
    operator.still_runs()
}

#[tokio::test]
async fn a_repository_is_confined_says_what_is_wrong_and_leaves_nothing_behind() -> Result<()> {
    let _alone = ALONE.lock().await;
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    let git = GitServer::start(TOKEN).await?;
    git.commit("web", "Begin", &[("README.md", "A shop.\n")], Timestamp::now())?;
    let namespace = TestNamespace::create(cluster.connection(), "source", Some("observe")).await?;
    let elsewhere = TestNamespace::create(cluster.connection(), "elsewhere", Some("observe")).await?;
    let operator = started(&cluster).await?;

    let mut of_others = of_web(&git);
    of_others["resource"]["namespace"] = namespace.name().into();
    secret(&elsewhere, "git", &[("token", TOKEN), ("ca.crt", git.authority())]).await?;
    repository(&elsewhere, "web", of_others).await?;
    let refused = becomes(&elsewhere, "web", "a refusal", |status| ready(status).0 == "ResourceElsewhere").await;
    assert!(!cache_of(&operator, &refused).exists(), "what is refused is not fetched");

    secret(&namespace, "git", &[("token", "wrong-token"), ("ca.crt", git.authority())]).await?;
    repository(&namespace, "web", of_web(&git)).await?;
    let denied =
        becomes(&namespace, "web", "a Secret that may not be read", |status| ready(status).0 == "SecretForbidden")
            .await;
    let told = denied.status.clone().unwrap_or_default();
    assert!(ready(&told).1.contains("kubectl create role chatcli-source-web"), "{:?}", ready(&told));
    grant(&namespace, "git").await?;
    // A change of the spec is acted on at once; otherwise it is looked at again after five minutes.
    let sooner = Patch::Merge(json!({ "spec": { "syncIntervalMinutes": 10 } }));
    namespace.api::<SourceRepository>().patch("web", &PatchParams::default(), &sooner).await?;
    let wrong = becomes(&namespace, "web", "a token that is refused", |status| ready(status).0 == "Unauthorized").await;
    let error = wrong.status.and_then(|status| status.error).unwrap_or_default();
    assert!(!error.is_empty() && !error.contains("wrong-token"), "{error}");

    // The operator watches the Secret from the moment it may.
    secret(&namespace, "git", &[("token", TOKEN), ("ca.crt", git.authority())]).await?;
    let fetched = becomes(&namespace, "web", "the right token", |status| status.ready && status.error.is_none()).await;
    let cache = cache_of(&operator, &fetched);
    assert!(cache.join("HEAD").is_file(), "{}", cache.display());

    namespace.api::<SourceRepository>().delete("web", &DeleteParams::default()).await?;
    is_gone(&cache).await?;
    operator.still_runs()
}
