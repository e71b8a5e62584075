//! A model names the steps: each one previewed, voted on, watched and taken back like any other, whatever the model says.

use std::time::Duration;

use anyhow::{Context as _, Result};
use common::api::issue::IssueState;
use common::api::keys::{OPERATOR_NAMESPACE, annotations, labels};
use common::api::remediation_plan::{RemediationState, StepPhase};
use common::api::{Issue, RemediationPlan, Runbook};
use common::costs::{LEDGER, Ledger, Purpose};
use k8s_openapi::api::core::v1::ConfigMap;
use kit::agentic::{FLAGS, analysis, asked, give_up, step, told_to_give_up, wrong_then_right};
use kit::incidents::{issue_explained, issue_reaches, report_of};
use kit::installation::install;
use kit::models::{Model, completion};
use kit::operator::{Options, Turn};
use kit::servers::Server;
use kit::votes::{approve_every_plan, may_vote};
use kit::{Cluster, Operator, TestNamespace, eventually};
use kube::api::ListParams;
use kube::{Api, Client, ResourceExt as _};
use serde_json::json;

/// From a fault to the end of a loop over it.
const LOOP: Duration = Duration::from_secs(300);
/// Who votes for everything.
const VOTER: &str = "alice";

/// A Deployment whose ConfigMap tells it to give up, an Instance whose provider is the model, somebody who votes for everything.
struct Shop {
    operator: Operator,
    namespace: TestNamespace,
    voter: Client,
}

impl Shop {
    async fn with(cluster: &Cluster, purpose: &str, model: &Model) -> Result<Self> {
        install(cluster.connection()).await?;
        let namespace = TestNamespace::create(cluster.connection(), purpose, Some("auto")).await?;
        let flags = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        let options = Options { flags, log: purpose.to_owned(), ..Options::default() };
        let operator = Operator::start(cluster.connection(), &options).await?;
        operator.leads(&cluster.client()).await?;
        told_to_give_up(cluster, &namespace, model).await?;
        may_vote(&namespace, VOTER).await?;
        let voter = cluster.person(VOTER, &["on-call"]).await?.client()?;
        Ok(Self { operator, namespace, voter })
    }

    async fn plans(&self) -> Result<Vec<RemediationPlan>> {
        Ok(self.namespace.api::<RemediationPlan>().list(&ListParams::default()).await?.items)
    }

    /// Waits for the end of the loop while somebody votes for everything.
    async fn loop_ends(&self, issue: &Issue) -> Result<RemediationPlan> {
        let plans = self.namespace.api::<RemediationPlan>();
        tokio::select! {
            never = approve_every_plan(&self.namespace, VOTER, &self.voter) => match never? {},
            plan = eventually(&plans, LOOP, "the end of the loop", |seen| {
                let ended = |plan: &&RemediationPlan| {
                    plan.spec.agentic_mode == Some(true)
                        && plan.spec.issue_ref.name == issue.name_any()
                        && plan.status.as_ref().is_some_and(|status| status.state.is_terminal())
                };
                seen.all().find(ended).cloned()
            }) => Ok(plan),
        }
    }
}

async fn ledger(cluster: &Cluster) -> Result<Ledger> {
    let maps: Api<ConfigMap> = Api::namespaced(cluster.client(), OPERATOR_NAMESPACE);
    Ok(Ledger::read(&maps.get_opt(LEDGER).await?.and_then(|map| map.data).unwrap_or_default()))
}

#[tokio::test]
async fn a_wrong_first_step_is_taken_back_and_the_right_second_one_is_proven_and_learnt() -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    let model = wrong_then_right().await?;
    let shop = Shop::with(&cluster, "agentic", &model).await?;
    let issue = issue_explained(&shop.namespace, "web", "app-exits").await;
    let plan = shop.loop_ends(&issue).await?;
    let status = plan.status.clone().context("a status")?;
    let history: Vec<String> = plan
        .spec
        .agentic_history
        .iter()
        .map(|step| format!("{} {:?} {}", step.step_number, step.action, step.observation.clone().unwrap_or_default()))
        .collect();
    assert_eq!(status.state, RemediationState::Completed, "{:?}: {history:#?}", status.result);
    assert!(history[0].contains("FAILED: AdjustResources") && history[0].contains("taken back"), "{history:#?}");
    assert!(history[1].contains("SUCCESS: PatchConfig executed successfully"), "{history:#?}");

    // The steps are plans like any other.
    let plans = shop.plans().await?;
    let of_step = |number: i32| {
        let found = plans.iter().find(|plan| plan.spec.step_of.as_ref().is_some_and(|of| of.step_number == number));
        found.with_context(|| format!("the plan of step {number}"))
    };
    let (wrong, right) = (of_step(1)?, of_step(2)?);
    let phases =
        |plan: &RemediationPlan| plan.status.as_ref().map(|it| it.steps.iter().map(|it| it.phase).collect::<Vec<_>>());
    assert_eq!(phases(wrong), Some(vec![StepPhase::Undone]));
    assert_eq!(phases(right), Some(vec![StepPhase::Settled]));
    assert!(right.status.as_ref().is_some_and(|status| status.approval_ref.is_some()), "a Disruptive step is voted on");

    issue_reaches(&shop.namespace, "web", IssueState::Resolved, LOOP).await;
    let report = report_of(&shop.namespace, &issue).await.status.context("a report")?;
    assert!(
        report.root_cause.unwrap_or_default().contains("Its configuration told it to give up"),
        "{:?}",
        report.summary
    );
    assert!(
        report.lessons_learned.iter().any(|lesson| lesson.starts_with("A time to live")),
        "{:?}",
        report.lessons_learned
    );
    assert!(!report.lessons_learned.iter().any(|lesson| lesson.contains("great")), "what cites nothing is left out");
    let done: Vec<_> = report.actions_executed.iter().map(|it| (it.action.as_str(), it.result.as_str())).collect();
    assert_eq!(done.len(), 2, "{done:?}");

    let books = shop
        .namespace
        .api::<Runbook>()
        .list(&ListParams::default().labels(&format!("{}=agentic", labels::SOURCE)))
        .await?;
    let book = books.items.first().context("a Runbook")?;
    let steps: Vec<&str> = book.spec.steps.iter().map(|step| step.action.as_str()).collect();
    assert_eq!(steps, ["PatchConfig"], "only what held is learnt");
    assert!(plan.annotations().contains_key(annotations::STORY_SUMMARY));

    let calls = ledger(&cluster).await?.calls(shop.namespace.name(), &issue.name_any(), Purpose::Step);
    assert_eq!(calls, 3, "two steps and the story");
    shop.operator.still_runs()
}

#[tokio::test]
async fn nothing_a_model_invents_repeats_or_claims_is_carried_out() -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    let model = Model::saying(|heard, _| {
        let (what, _, prompt) = asked(heard);
        let scale: &[(&str, &str)] = &[("replicas", "2")];
        match what {
            "analysis" => analysis(),
            _ if prompt.contains("step 3:") => {
                completion(&json!({ "reasoning": "All is well [r1].", "resolved": true }).to_string())
            }
            _ if prompt.contains("step 2:") => step("The log says so [r9999].", Some(("DeletePod", &[]))),
            _ if prompt.contains("step 1:") => step("Trust me.", Some(("ScaleDeployment", scale))),
            _ => step("It must go [r1].", Some(("DeleteCluster", scale))),
        }
    })
    .await?;
    let shop = Shop::with(&cluster, "inventing", &model).await?;
    let issue = issue_explained(&shop.namespace, "web", "app-exits").await;
    let plan = shop.loop_ends(&issue).await?;
    let said: Vec<&str> = plan.spec.agentic_history.iter().filter_map(|step| step.observation.as_deref()).collect();
    let why = ["no action of the name DeleteCluster", "no receipt", "no receipt", "is measured"];
    assert!(said.iter().zip(why).all(|(said, why)| said.starts_with("REJECTED:") && said.contains(why)), "{said:#?}");
    let steps: Vec<_> = shop.plans().await?.into_iter().filter(|plan| plan.spec.step_of.is_some()).collect();
    assert!(steps.is_empty(), "{steps:#?}");
    let issue = issue_reaches(&shop.namespace, "web", IssueState::Escalated, LOOP).await;
    let books = shop.namespace.api::<Runbook>().list(&ListParams::default()).await?.items;
    assert!(books.is_empty(), "nothing was learnt: {books:#?}");
    let calls = ledger(&cluster).await?.calls(shop.namespace.name(), &issue.name_any(), Purpose::Step);
    assert_eq!(usize::try_from(calls)?, plan.spec.agentic_history.len(), "each question is counted");
    shop.operator.still_runs()
}

#[tokio::test]
async fn a_chatcli_server_names_steps_over_grpc() -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    let namespace = TestNamespace::create(cluster.connection(), "grpc-steps", Some("auto")).await?;
    let operator =
        Operator::start(cluster.connection(), &Options { log: "grpc-steps".to_owned(), ..Options::default() }).await?;
    operator.leads(&cluster.client()).await?;
    let analysis = json!({ "analysis": "It gives up by itself [r1].", "confidence": 0.5, "model": "GPT 4o", "provider": "OPENAI" });
    let step = json!({
        "reasoning": "It is told to end [r1].", "resolved": false,
        "next_action": { "name": "n", "action": "PatchConfig", "params": { "configmap": "web-config", "APP_EXIT_AFTER": "0s" } },
    });
    let spec = json!({ "provider": "OPENAI", "model": "gpt-4o", "extraEnv": [
        { "name": "CHATCLI_ANSWER_AnalyzeIssue", "value": analysis.to_string() },
        { "name": "CHATCLI_ANSWER_AgenticStep", "value": step.to_string() },
    ] });
    let server = Server::named(&namespace, "chatcli", spec);
    server.ask().await?;
    server.is_ready().await;
    give_up(&cluster, &namespace).await?;
    may_vote(&namespace, VOTER).await?;
    let shop = Shop { operator, voter: cluster.person(VOTER, &["on-call"]).await?.client()?, namespace };
    let issue = issue_explained(&shop.namespace, "web", "app-exits").await;
    let plan = shop.loop_ends(&issue).await?;
    let status = plan.status.clone().context("a status")?;
    assert_eq!(status.state, RemediationState::Completed, "{:?} {:#?}", status.result, plan.spec.agentic_history);
    assert_eq!(status.model.context("what was asked")?.way.as_deref(), Some("upstream"));
    shop.operator.still_runs()
}
