//! A newcomer's path, as a person sees it in a terminal of 80 columns: from a cluster that knows nothing of us to the report of an incident.
//!
//! Its name puts it last: it takes off what the other tests have installed.

use anyhow::Result;
use common::api::Instance;
use common::api::issue::IssueState;
use common::api::keys::GROUP;
use common::api::remediation_plan::RemediationState;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kit::app::{apply_config, remove_config_key};
use kit::incidents::{REPAIR, SOON, cause_of, issue_becomes, issue_reaches, plan_reaches, question_about, report_of};
use kit::installation::operator_image;
use kit::operator::{Turn, make_room};
use kit::terminal::{Terminal, comparable};
use kit::{App, Cluster, TestNamespace, eventually, plugin};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, ResourceExt as _};
use serde_json::json;

/// What is on the screen after each command, without what differs from run to run.
struct Path<'a> {
    cluster: &'a Cluster,
    namespace: &'a str,
    image: &'a str,
    told: String,
}

impl Path<'_> {
    fn keep(&mut self, arguments: &[&str], screen: &str) {
        let typed = arguments.join(" ");
        let shown = format!("$ kubectl chatcli {typed}\n{}\n", screen.trim_end());
        self.told.push_str(&comparable(&shown, &[(self.image, "<image>"), (self.namespace, "shop")]));
        self.told.push('\n');
    }

    /// Runs to its end.
    fn types(&mut self, arguments: &[&str], code: i32) -> Result<()> {
        self.answers(arguments, &[], code)
    }

    /// Runs to its end, with these keys where these questions are.
    fn answers(&mut self, arguments: &[&str], answers: &[(&str, &str)], code: i32) -> Result<()> {
        let mut terminal = Terminal::running(self.cluster.connection(), arguments)?;
        for (question, keys) in answers {
            terminal.shows(question)?;
            terminal.types(keys)?;
        }
        let (ended, screen) = terminal.ends()?;
        assert_eq!(ended, code, "{arguments:?}\n{screen}");
        self.keep(arguments, &screen);
        Ok(())
    }
}

/// What other tests have installed is taken off. The parameters of the admission policies stay: the API server would not see new ones.
async fn bare(cluster: &Cluster) -> Result<()> {
    let removed = plugin::run(cluster.connection(), &["uninstall", "--yes"])?;
    anyhow::ensure!(removed.code == 0, "{}", removed.stderr);
    // Nobody is there to see to what they wait for.
    let nothing = Patch::Merge(json!({ "metadata": { "finalizers": null } }));
    for server in
        Api::<Instance>::all(cluster.client()).list(&ListParams::default()).await.map(|it| it.items).unwrap_or_default()
    {
        let here = Api::<Instance>::namespaced(cluster.client(), &server.namespace().unwrap_or_default());
        // gone meanwhile, or its namespace is going
        let _ = here.patch(&server.name_any(), &PatchParams::default(), &nothing).await;
    }
    let kinds = Api::<CustomResourceDefinition>::all(cluster.client());
    for kind in kinds.list(&ListParams::default()).await?.items.iter().filter(|kind| kind.spec.group == GROUP) {
        kinds.delete(&kind.name_any(), &DeleteParams::default()).await?;
    }
    let ours = |kind: &CustomResourceDefinition| kind.spec.group == GROUP;
    eventually(&kinds, REPAIR, "our kinds are gone", |seen| (!seen.all().any(ours)).then_some(())).await;
    Ok(())
}

#[tokio::test]
async fn from_a_bare_cluster_to_a_report_without_reading_a_manual() -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    let image = operator_image(&cluster)?;
    bare(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), "newcomer", None).await?;
    apply_config(&namespace, "checkout-config", &[("DB_HOST", "db"), ("DB_PORT", "5432")]).await?;
    App::named("checkout", &cluster)?.needing_config("DB_HOST").running(&namespace).await?;
    let shop = namespace.name();
    let mut path = Path { cluster: &cluster, namespace: shop, image: &image, told: String::new() };

    path.types(&["scan", "-n", shop], 0)?;
    path.types(&["explain", "deploy/checkout", "-n", shop], 0)?;
    path.types(&["issues", "-n", shop], 1)?;
    path.types(&["install", "--image", &image], 0)?;

    remove_config_key(&namespace, "checkout-config", "DB_HOST").await?;
    let pods = namespace.api::<Pod>();
    for pod in pods.list(&ListParams::default().labels("app=checkout")).await? {
        pods.delete(&pod.name_any(), &DeleteParams::default()).await?;
    }
    let is_explained = |issue: &common::api::Issue| !cause_of(issue).is_empty();
    let issue = issue_becomes(&namespace, "checkout", SOON, "explained", is_explained).await;
    let plan = plan_reaches(&namespace, &issue, &[RemediationState::WaitingApproval], SOON).await;
    question_about(&namespace, &plan).await;
    let name = issue.name_any();
    let waits = |issue: &common::api::Issue| {
        let waits_for = issue.status.as_ref().and_then(|status| status.waits_for.as_deref());
        waits_for.is_some_and(|what| what.contains("votes"))
    };
    issue_becomes(&namespace, "checkout", SOON, "waiting for votes", waits).await;

    path.types(&["issues", "-n", shop], 0)?;
    path.types(&["explain", &name, "-n", shop], 0)?;
    path.answers(&["triage", "-n", shop], &[("[q]uit:", "q\r")], 0)?;
    path.answers(&["approve", &name, "-n", shop], &[("[y/N]", "y")], 0)?;
    issue_reaches(&namespace, "checkout", IssueState::Resolved, REPAIR).await;
    report_of(&namespace, &issue).await;
    path.types(&["postmortem", &name, "-n", shop], 0)?;
    path.types(&["issues", "-n", shop], 0)?;
    make_room(&cluster).await?;

    insta::assert_snapshot!(path.told);
    Ok(())
}
