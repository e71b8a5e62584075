//! What people say about incidents: over, not over, one, two. Nothing runs here: the trouble is reported by hand.

use std::time::Duration;

use anyhow::Result;
use common::api::issue::IssueState;
use common::api::post_mortem::PostMortemState;
use common::api::{Instance, Issue, PostMortem};
use kit::installation::install;
use kit::operator::{Operator, Options};
use kit::{ControlPlane, TestNamespace, eventually, plugin};
use kube::ResourceExt as _;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);

struct Place {
    plane: ControlPlane,
    _operator: Operator,
    namespace: TestNamespace,
}

impl Place {
    async fn new(purpose: &str) -> Result<Self> {
        let plane = ControlPlane::start().await?;
        install(plane.connection()).await?;
        let options = Options { log: format!("words-{purpose}"), ..Options::default() };
        let operator = Operator::start(plane.connection(), &options).await?;
        operator.leads(&plane.client()?).await?;
        let namespace = TestNamespace::create(plane.connection(), purpose, Some("observe")).await?;
        Ok(Self { plane, _operator: operator, namespace })
    }

    /// A workload and a report of trouble about it; the incident that is opened.
    async fn trouble(&self, name: &str) -> Result<Issue> {
        let labels = json!({ "app": name });
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name },
            "spec": { "replicas": 0, "selector": { "matchLabels": labels }, "template": { "metadata": { "labels": labels },
                "spec": { "containers": [{ "name": "app", "image": "app" }] } } }
        });
        self.namespace.apply(deployment).await?;
        let anomaly = json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Anomaly", "metadata": { "name": format!("{name}-errors") },
            "spec": { "source": "prometheus", "signalType": "error_rate", "value": "0.2", "threshold": "0.01", "requestedBy": "admin",
                "resource": { "kind": "Deployment", "name": name, "namespace": self.namespace.name() } }
        });
        self.namespace.apply(anomaly).await?;
        Ok(self.issue(&format!("an incident about {name}"), |issue| issue.spec.resource.name == name).await)
    }

    async fn issue(&self, what: &str, is_it: impl Fn(&Issue) -> bool) -> Issue {
        eventually(&self.namespace.api::<Issue>(), PATIENCE, what, |seen| {
            seen.all().find(|issue| is_it(issue)).cloned()
        })
        .await
    }

    fn say(&self, arguments: &[&str]) -> Result<plugin::Ran> {
        self.run(&[&["issues"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Result<plugin::Ran> {
        plugin::run(self.plane.connection(), &[arguments, &["-n", self.namespace.name()]].concat())
    }

    async fn report(&self, what: &str, state: PostMortemState) {
        eventually(&self.namespace.api::<PostMortem>(), PATIENCE, what, |seen| {
            let status = seen.all().next()?.status.as_ref()?;
            (status.state == state && (state == PostMortemState::Open || status.reviewed_at.is_some())).then_some(())
        })
        .await;
    }
}

fn state(issue: &Issue) -> IssueState {
    issue.status.as_ref().map(|status| status.state).unwrap_or_default()
}

#[tokio::test]
async fn a_person_ends_an_incident_in_their_own_name_and_opens_it_again() -> Result<()> {
    let place = Place::new("resolve").await?;
    let instance = json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Instance", "metadata": { "name": "numbers" },
        "spec": { "provider": "OPENAI", "aiops": { "resolutionCooldownMinutes": 30 } }
    });
    place.namespace.apply(instance).await?;
    eventually(&place.namespace.api::<Instance>(), PATIENCE, "the Instance, seen by the operator", |seen| {
        seen.all().next()?.status.as_ref().map(drop)
    })
    .await;
    let name = place.trouble("web").await?.name_any();
    let told = place.say(&["resolve", &name, "--note", "the database was full"])?.results();
    assert_eq!(told, format!("issue.platform.chatcli.io/{name} resolved\n"));
    let issue = place.issue("the incident, over", |issue| state(issue) == IssueState::Resolved).await;
    let status = issue.status.unwrap_or_default();
    let (end, until) = (status.resolved_at.unwrap().0, status.reopens_until.unwrap().0);
    assert_eq!(until.duration_since(end).as_mins(), 30, "as the Instance of the namespace says");
    assert_eq!(status.resolution.as_deref(), Some("resolved by admin: the database was full"));
    let again = place.say(&["resolve", &name])?;
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("is over already: it is Resolved"), "{}", again.stderr);
    eventually(&place.namespace.api::<PostMortem>(), PATIENCE, "a report that says who", |seen| {
        let summary = seen.all().next()?.status.as_ref()?.summary.as_deref()?;
        summary.contains("resolved by admin: the database was full").then_some(())
    })
    .await;

    let told = place.run(&["postmortem", "close", &name, "--note", "an alert was added"])?.results();
    assert_eq!(told, format!("postmortem.platform.chatcli.io/pm-{name} closed\n"));
    place.report("the report, closed", PostMortemState::Closed).await;
    assert!(place.run(&["postmortem", &name])?.results().contains("by admin: an alert was added"));

    assert!(place.say(&["reopen", &name, "-m", "it was not the database"])?.results().ends_with(" reopened\n"));
    let open = place.issue("the incident, a person's", |issue| state(issue) == IssueState::Escalated).await;
    assert_eq!(open.status.and_then(|status| status.waits_for).as_deref(), Some("a person"));
    place.report("the report, open again", PostMortemState::Open).await;
    assert!(place.say(&["resolve", &name])?.results().ends_with(" resolved\n"));
    Ok(())
}

#[tokio::test]
async fn a_person_says_what_is_one_incident_and_what_is_two() -> Result<()> {
    let place = Place::new("merge").await?;
    let (web, db) = (place.trouble("web").await?.name_any(), place.trouble("db").await?.name_any());
    let told = place.say(&["merge", &web, "--into", &db])?.results();
    assert_eq!(told, format!("issue.platform.chatcli.io/{db} speaks for deploy/web too; {web} is gone\n"));
    let one = place
        .issue("one incident with both", |issue| {
            issue.status.as_ref().is_some_and(|status| status.anomaly_count == Some(2) && !status.folded_in.is_empty())
        })
        .await;
    let folded = one.status.map(|status| status.folded_in).unwrap_or_default();
    assert_eq!((folded[0].resource.name.as_str(), folded[0].reason.as_str()), ("web", "a person says it belongs here"));

    let wrong = place.say(&["split", &db, "deploy/cache"])?;
    assert!(wrong.stderr.contains("folded into it: deploy/web"), "{}", wrong.stderr);
    place.say(&["split", &db, "deploy/web"])?.results();
    place.issue("an incident of its own again", |issue| issue.spec.resource.name == "web").await;
    Ok(())
}
