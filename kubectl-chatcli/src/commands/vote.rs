//! `kubectl chatcli approve` and `reject`: one's voice on one preview.
//!
//! The vote names the digest of the preview that was shown, so that a plan changed in between does not inherit it; the API server
//! checks that the voter is the caller.

use std::time::Duration;

use common::api::approval_request::{ApprovalRequest, ApprovalRequestState};
use common::api::approval_vote::{ApprovalVote, ApprovalVoteSpec, VoteDecision, Voter};
use common::api::keys::labels;
use common::api::shared::NameRef;
use common::naming;
use k8s_openapi::api::authentication::v1::UserInfo;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use kube::runtime::wait::await_condition;

use super::{Context, resolve};
use crate::cli::{DryRun, Structured, VoteArgs, VoteOutput};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::decision::{self, Outcome};
use crate::output::structured;
use crate::story::short_digest;

/// Fewer hex digits than this are too easily the same by accident.
const SHORTEST_DIGEST: usize = 12;

/// Runs either command.
pub async fn run(args: VoteArgs, decision: VoteDecision, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let request = resolve::request(&cluster, &args.subject).await?;
    let digest = votable(&request, args.digest.as_deref())?;
    let plan = resolve::plan_of(&cluster, &request).await?;
    let shows = args.output.is_none() && args.dry_run != DryRun::Client;
    if shows {
        context.ui.print(&decision::page(&request, plan.as_ref(), &context.clock, context.ui.width()))?;
    }
    if args.dry_run == DryRun::None && !args.yes {
        let question = format!("{} {}?", capital(decision::verb(decision)), request.name_any());
        if !context.ui.confirm(&question)? {
            return Err(Failure::new("nothing was decided"));
        }
    }
    say(&request, &digest, decision, &args, &cluster, context).await
}

/// Casts the vote on one preview and waits until it is counted.
pub(super) async fn say(
    request: &ApprovalRequest,
    digest: &str,
    decision: VoteDecision,
    args: &VoteArgs,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    let vote = vote(request, digest, decision, args, cluster.whoami().await?);
    cast(&vote, request, args, cluster, context).await
}

/// The digest to seal the vote to: the request must be open, and its preview the one the caller means.
pub(super) fn votable(request: &ApprovalRequest, wanted: Option<&str>) -> Result<String, Failure> {
    let name = request.name_any();
    let status = request.status.clone().unwrap_or_default();
    if status.state != ApprovalRequestState::Pending {
        let by = status.decisions.last().map(|last| format!(", by {}", last.approver)).unwrap_or_default();
        return Err(Failure::new(format!("{name} is already {:?}{by}", status.state)));
    }
    let Some(digest) = status.plan_digest else {
        return Err(Failure::new(format!("{name} is not open for votes yet: its preview is not sealed"))
            .hint("the operator seals it as soon as it can; try again in a moment"));
    };
    let Some(wanted) = wanted else { return Ok(digest) };
    let hex = wanted.trim_start_matches("sha256:").trim_end_matches('…').to_lowercase();
    if hex.len() < SHORTEST_DIGEST || !hex.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(Failure::new(format!("--digest {wanted:?} is no digest"))
            .hint(format!("give sha256: and at least {SHORTEST_DIGEST} hex digits, as `plan preview` prints them")));
    }
    if digest.trim_start_matches("sha256:").starts_with(&hex) {
        return Ok(digest);
    }
    Err(Failure::new(format!("the preview has changed: it is {} now, not {wanted}", short_digest(&digest)))
        .hint(format!("look at it again: kubectl chatcli plan preview {}", request.spec.remediation_plan_ref)))
}

fn vote(
    request: &ApprovalRequest,
    digest: &str,
    decision: VoteDecision,
    args: &VoteArgs,
    caller: UserInfo,
) -> ApprovalVote {
    let username = caller.username.unwrap_or_default();
    let name = naming::vote(&request.name_any(), digest, decision == VoteDecision::Approve, &username);
    let spec = ApprovalVoteSpec {
        request_ref: NameRef { name: request.name_any(), uid: request.uid() },
        plan_digest: digest.to_owned(),
        decision,
        reason: args.reason.clone(),
        override_blockers: args.override_blocker.clone(),
        voter: Voter {
            username,
            uid: caller.uid.filter(|uid| !uid.is_empty()),
            groups: caller.groups.unwrap_or_default(),
        },
    };
    let mut vote = ApprovalVote::new(&name, spec);
    vote.metadata.namespace = request.namespace();
    vote.labels_mut().insert(labels::REQUEST.to_owned(), naming::label_value(&request.name_any()));
    vote
}

async fn cast(
    vote: &ApprovalVote,
    request: &ApprovalRequest,
    args: &VoteArgs,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    let kind = Kind::vote();
    let object: DynamicObject = serde_json::to_value(vote)
        .and_then(serde_json::from_value)
        .map_err(|problem| Failure::new(format!("cannot write the vote: {problem}")))?;
    let told = kind.named(&vote.name_any());
    if args.dry_run == DryRun::Client {
        show(&object, args.output.unwrap_or(VoteOutput::Yaml), &told, context)?;
        return Ok(Exit::Ok);
    }
    let there = cluster.find(&kind, vote.namespace().as_deref(), &vote.name_any()).await?;
    let mut said = "created";
    let created = match there {
        // The same person, decision and preview is the same vote: saying it twice is saying it once.
        Some(there) => {
            said = "unchanged";
            there
        }
        None => cluster.create(&kind, &object, args.dry_run == DryRun::Server).await?,
    };
    if let Some(form) = args.output {
        show(&created, form, &told, context)?;
    } else {
        let suffix = if args.dry_run == DryRun::Server { " (server dry run)" } else { "" };
        context.ui.print(&format!("{told} {said}{suffix}"))?;
    }
    if args.dry_run == DryRun::Server || args.patience().is_zero() {
        return Ok(Exit::Ok);
    }
    let outcome = counted(vote, request, args.patience(), cluster, context).await?;
    let sentence = decision::sentence(&outcome, vote);
    match outcome {
        Outcome::Ignored(_) => Err(Failure::new(sentence)),
        Outcome::Uncounted => {
            context.ui.warn(&sentence);
            Ok(Exit::Ok)
        }
        _ if args.output.is_some() => Ok(Exit::Ok),
        _ => {
            context.ui.print(&sentence)?;
            Ok(Exit::Ok)
        }
    }
}

fn show(object: &DynamicObject, form: VoteOutput, told: &str, context: &Context<'_>) -> Result<(), Failure> {
    context.ui.print(&match form {
        VoteOutput::Json => structured::object(object, Structured::Json)?,
        VoteOutput::Yaml => structured::object(object, Structured::Yaml)?,
        VoteOutput::Name => told.to_owned(),
    })
}

/// Waits until the operator has looked at the vote, or patience ends.
async fn counted(
    vote: &ApprovalVote,
    request: &ApprovalRequest,
    patience: Duration,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Outcome, Failure> {
    let _busy = context.ui.busy("waiting until the vote is counted");
    let (name, voter) = (vote.name_any(), vote.spec.voter.username.clone());
    let look = move |object: Option<&DynamicObject>| {
        object
            .and_then(|object| typed::<ApprovalRequest>(object).ok())
            .map_or(Outcome::Uncounted, |now| decision::outcome(&now, &name, &voter))
    };
    let seen = look.clone();
    let api = cluster.api(&Kind::request(), request.namespace().as_deref());
    let asked = request.name_any();
    let waiting =
        await_condition(api, &asked, move |object: Option<&DynamicObject>| seen(object) != Outcome::Uncounted);
    match tokio::time::timeout(patience, waiting).await {
        Ok(Ok(object)) => Ok(look(object.as_ref())),
        Ok(Err(problem)) => {
            Err(Failure::new(format!("the vote was cast, but its request cannot be watched: {problem}")))
        }
        Err(_) => Ok(Outcome::Uncounted),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(state: ApprovalRequestState) -> ApprovalRequest {
        let mut request: ApprovalRequest = serde_json::from_value(serde_json::json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalRequest",
            "metadata": { "name": "approval-web-plan-1", "namespace": "shop", "uid": "u" },
            "spec": {
                "issueRef": { "name": "web" }, "remediationPlanRef": "web-plan-1", "policyRef": "autonomy", "ruleName": "Disruptive",
                "requestedActions": [], "requester": "chatcli-operator"
            },
            "status": { "planDigest": format!("sha256:{}", "ab".repeat(32)) }
        }))
        .unwrap();
        if let Some(status) = request.status.as_mut() {
            status.state = state;
        }
        request
    }

    #[test]
    fn a_vote_is_sealed_to_the_digest_the_request_has_now() {
        let sealed = votable(&request(ApprovalRequestState::Pending), Some("sha256:abababababab…")).unwrap();
        assert_eq!(sealed, format!("sha256:{}", "ab".repeat(32)));
    }

    #[test]
    fn another_digest_is_refused_and_so_is_a_short_one() {
        let pending = request(ApprovalRequestState::Pending);
        let changed = votable(&pending, Some("sha256:cdcdcdcdcdcd")).unwrap_err();
        assert!(changed.message().starts_with("the preview has changed"), "{changed}");
        assert!(votable(&pending, Some("sha256:ab")).unwrap_err().message().contains("no digest"));
    }

    #[test]
    fn a_decided_request_takes_no_votes() {
        for state in [ApprovalRequestState::Approved, ApprovalRequestState::Rejected, ApprovalRequestState::Expired] {
            assert!(votable(&request(state), None).is_err(), "{state:?}");
        }
    }

    #[test]
    fn a_vote_carries_the_caller_as_the_server_named_them() {
        let caller = UserInfo {
            username: Some("ann".into()),
            uid: Some(String::new()),
            groups: Some(vec!["sre".into()]),
            ..UserInfo::default()
        };
        let args = VoteArgs {
            subject: "web".into(),
            reason: Some("looks right".into()),
            yes: true,
            digest: None,
            override_blocker: vec![],
            dry_run: DryRun::None,
            timeout: crate::cli::RequestTimeout(None),
            output: None,
        };
        let request = request(ApprovalRequestState::Pending);
        let digest = votable(&request, None).unwrap();
        let vote = vote(&request, &digest, VoteDecision::Approve, &args, caller);
        assert_eq!(vote.spec.voter, Voter { username: "ann".into(), uid: None, groups: vec!["sre".into()] });
        assert_eq!(vote.name_any(), naming::vote("approval-web-plan-1", &digest, true, "ann"));
        assert_eq!(vote.namespace().as_deref(), Some("shop"));
        assert_eq!(vote.spec.request_ref.uid.as_deref(), Some("u"));
    }
}
