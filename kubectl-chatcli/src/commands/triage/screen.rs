//! What a person looks at while they decide, and whether it is still so.
//!
//! The screen is compared as it was drawn: an incident whose status is written without a word of the screen changing has not changed, and
//! whatever the page comes to show is watched without being listed here. Never: writes.

use std::convert::Infallible;
use std::time::Duration;

use common::api::ApprovalRequest;
use common::api::approval_request::ApprovalRequestState;
use futures::FutureExt as _;
use futures::future::select_all;
use kube::ResourceExt as _;
use kube::api::WatchParams;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::commands::plan::subject;
use crate::failure::Failure;
use crate::kube::{Cluster, Kind, typed};
use crate::output::triage::{Choice, news, page};
use crate::story::Story;

/// The operator writes several objects for one event; what follows within this time is one piece of news.
const SETTLE: Duration = Duration::from_millis(300);
/// A watch that ends at once must not be asked for in a circle, and one that is refused not often.
const PAUSE: Duration = Duration::from_secs(1);
const LONG_PAUSE: Duration = Duration::from_secs(15);

/// How an incident is drawn.
#[derive(Clone)]
pub struct Frame {
    /// Which of how many.
    pub position: (usize, usize),
    /// When it was drawn: ages do not make it another screen.
    pub clock: Clock,
    /// Columns.
    pub width: usize,
}

/// One incident, as it is on the screen.
pub struct Screen {
    /// What it was drawn from.
    pub story: Story,
    frame: Frame,
    text: String,
}

impl Screen {
    /// Reads the incident; `None` where it is gone.
    pub async fn read(name: &str, frame: Frame, cluster: &Cluster) -> Result<Option<Self>, Failure> {
        let Some(object) = cluster.find(&Kind::issue(), Some(cluster.namespace()), name).await? else {
            return Ok(None);
        };
        let story = Story::read(cluster, typed(&object)?).await;
        let text = page(&story, asked(&story), frame.position, &frame.clock, frame.width);
        Ok(Some(Self { story, frame, text }))
    }

    /// The same incident, as it is now.
    pub async fn again(&self, cluster: &Cluster) -> Result<Option<Self>, Failure> {
        Self::read(&self.story.issue.name_any(), self.frame.clone(), cluster).await
    }

    /// What is drawn.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The request that waits for votes on the plan that is drawn.
    pub fn asked(&self) -> Option<&ApprovalRequest> {
        asked(&self.story)
    }

    /// What makes sense as an answer.
    pub fn choices(&self) -> Vec<Choice> {
        // A model's plan has its steps from the model alone: there is nothing to edit or to keep before they are taken.
        let has_remedy = subject::of_story(&self.story).is_some_and(|subject| !subject.plan.spec.actions.is_empty());
        Choice::offered(self.asked().is_some(), has_remedy, &self.story.issue)
    }

    /// What has changed since it was drawn, in words; `None` where it would be drawn the same.
    pub async fn overtaken(&self, cluster: &Cluster) -> Result<Option<String>, Failure> {
        let name = self.story.issue.name_any();
        Ok(match self.again(cluster).await? {
            None => Some(format!("{name} is gone")),
            Some(now) if now.text == self.text && now.choices() == self.choices() => None,
            Some(now) => Some(format!("{name} has changed: {}", news(&self.story, &now.story))),
        })
    }

    /// Ends when it is overtaken, with the words for it. Who may not watch is not told before they answer: each answer is held against the
    /// incident as it is then.
    pub async fn watched(&self, cluster: &Cluster) -> String {
        let stirred = Notify::new();
        let plan = self.story.current_plan();
        let request = plan.and_then(|plan| self.story.request_for(plan));
        let objects = [
            Some((Kind::issue(), &self.story.issue.metadata)),
            plan.map(|plan| (Kind::plan(), &plan.metadata)),
            request.map(|request| (Kind::request(), &request.metadata)),
        ];
        let watches = objects.into_iter().flatten().map(|(kind, object)| {
            let name = object.name.clone().unwrap_or_default();
            let version = object.resource_version.clone().unwrap_or_default();
            watch(kind, name, version, cluster, &stirred).boxed_local()
        });
        let judged = async {
            loop {
                stirred.notified().await;
                tokio::time::sleep(SETTLE).await;
                // A read that fails says nothing about the incident; the answer will be held against it again.
                if let Ok(Some(words)) = self.overtaken(cluster).await {
                    return words;
                }
            }
        };
        tokio::select! {
            words = judged.boxed_local() => words,
            never = select_all(watches) => match never.0 {},
        }
    }
}

/// The request that waits for votes on the current plan.
fn asked(story: &Story) -> Option<&ApprovalRequest> {
    let request = story.request_for(story.current_plan()?)?;
    let status = request.status.as_ref()?;
    (status.state == ApprovalRequestState::Pending && status.plan_digest.is_some()).then_some(request)
}

/// Tells of every write to one object for as long as somebody listens; of none, where it may not be watched.
async fn watch(kind: Kind, name: String, mut version: String, cluster: &Cluster, stirred: &Notify) -> Infallible {
    let only = WatchParams::default().fields(&format!("metadata.name={name}"));
    let told = async |_| {
        stirred.notify_one();
        Ok(())
    };
    loop {
        let ended = cluster.follow(&kind, Some(cluster.namespace()), &only, &mut version, told).await;
        tokio::time::sleep(if ended.is_ok() { PAUSE } else { LONG_PAUSE }).await;
    }
}
