//! Votes, honest and forged, sent straight to the API server: what the plugin would never send is what has to be refused.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Context as _, Result};
use common::api::approval_vote::{ApprovalVoteSpec, VoteDecision, Voter};
use common::api::{ApprovalRequest, ApprovalVote, NameRef};
use common::naming;
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::api::PostParams;
use kube::{Api, Client, ResourceExt};
use serde_json::json;
use tokio::time::Instant;

use crate::app::START;
use crate::incidents::digest_of;
use crate::namespace::TestNamespace;
use crate::watching::watch_until;

/// A vote as the plugin would make it for this person.
pub fn vote(request: &ApprovalRequest, person: &str, decision: VoteDecision) -> ApprovalVote {
    let digest = digest_of(request).unwrap_or_default().to_owned();
    let approves = decision == VoteDecision::Approve;
    let mut vote = ApprovalVote::new(
        &naming::vote(&request.name_any(), &digest, approves, person),
        ApprovalVoteSpec {
            request_ref: NameRef { name: request.name_any(), uid: request.uid() },
            plan_digest: digest,
            decision,
            reason: Some("a test".to_owned()),
            override_blockers: Vec::new(),
            emergency: None,
            voter: Voter { username: person.to_owned(), ..Voter::default() },
        },
    );
    vote.metadata.namespace = request.namespace();
    vote
}

/// Sends a vote as whoever the client is; the server's answer.
pub async fn cast(client: &Client, vote: &ApprovalVote) -> kube::Result<ApprovalVote> {
    let api: Api<ApprovalVote> = Api::namespaced(client.clone(), &vote.namespace().unwrap_or_default());
    api.create(&PostParams::default(), vote).await
}

/// Says yes to what is asked about the first plan of the namespace, again where it is sealed anew; ends only with an error.
pub async fn approve_the_first_plan(namespace: &TestNamespace, person: &str, client: &Client) -> Result<Infallible> {
    approve(namespace, person, client, |request, answered| {
        answered.is_empty() || answered.iter().any(|(name, _)| *name == request.name_any())
    })
    .await
}

/// Says yes to whatever is asked in the namespace; ends only with an error.
pub async fn approve_every_plan(namespace: &TestNamespace, person: &str, client: &Client) -> Result<Infallible> {
    approve(namespace, person, client, |_, _| true).await
}

/// Says yes to each question once for each digest, where it is one that is to be answered after those that were.
async fn approve(
    namespace: &TestNamespace,
    person: &str,
    client: &Client,
    is_meant: impl Fn(&ApprovalRequest, &BTreeSet<(String, String)>) -> bool,
) -> Result<Infallible> {
    let requests = namespace.api::<ApprovalRequest>();
    let mut answered = BTreeSet::new();
    let name_of = |request: &ApprovalRequest| Some((request.name_any(), digest_of(request)?.to_owned()));
    loop {
        let asked = watch_until(&requests, Instant::now() + FOREVER, |seen| {
            let is_new = |request: &&ApprovalRequest| name_of(request).is_some_and(|name| !answered.contains(&name));
            seen.all().filter(is_new).find(|request| is_meant(request, &answered)).cloned()
        });
        let request = asked.await.map_err(|_| anyhow::anyhow!("nobody asked"))?;
        match cast(client, &vote(&request, person, VoteDecision::Approve)).await {
            // given before, by an earlier call
            Err(kube::Error::Api(status)) if status.code == 409 => {}
            other => drop(other.with_context(|| format!("{person} votes on {}", request.name_any()))?),
        }
        answered.extend(name_of(&request));
    }
}

/// Longer than any test.
const FOREVER: Duration = Duration::from_secs(24 * 3600);

/// Lets a person vote in a namespace: read the question, create votes, and the verbs that count.
pub async fn may_vote(namespace: &TestNamespace, person: &str) -> Result<()> {
    let group = common::api::keys::GROUP;
    let role = json!({
        "metadata": { "name": "approver" },
        "rules": [
            { "apiGroups": [group], "resources": ["issues", "aiinsights", "remediationplans", "postmortems"], "verbs": ["get", "list", "watch"] },
            { "apiGroups": [group], "resources": ["approvalrequests"], "verbs": ["get", "list", "watch", "approve", "reject"] },
            { "apiGroups": [group], "resources": ["approvalvotes"], "verbs": ["get", "list", "watch", "create"] },
        ]
    });
    bind(namespace, person, role).await
}

/// Lets a person create votes, but not vote: the custom verbs are missing.
pub async fn may_only_write_votes(namespace: &TestNamespace, person: &str) -> Result<()> {
    let group = common::api::keys::GROUP;
    let role = json!({
        "metadata": { "name": "intruder" },
        "rules": [
            { "apiGroups": [group], "resources": ["approvalrequests"], "verbs": ["get", "list", "watch"] },
            { "apiGroups": [group], "resources": ["approvalvotes"], "verbs": ["get", "list", "watch", "create"] },
        ]
    });
    bind(namespace, person, role).await
}

/// Gives a person the rights of a Role; they are in force when it returns, which is a moment after they were written.
pub async fn bind(namespace: &TestNamespace, person: &str, role: serde_json::Value) -> Result<()> {
    let role: Role = serde_json::from_value(role)?;
    let name = role.name_any();
    let roles: Api<Role> = namespace.api();
    if roles.get_opt(&name).await?.is_none() {
        roles.create(&PostParams::default(), &role).await?;
    }
    let binding = json!({
        "metadata": { "name": format!("{name}-{person}") },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": person }]
    });
    namespace.api::<RoleBinding>().create(&PostParams::default(), &serde_json::from_value(binding)?).await?;
    let last = role.rules.iter().flatten().next_back().context("a Role without rules")?;
    let first = |names: &Option<Vec<String>>| names.iter().flatten().next().cloned();
    let right = ResourceAttributes {
        namespace: Some(namespace.name().to_owned()),
        group: first(&last.api_groups),
        resource: first(&last.resources).map(|name| name.split('/').next().unwrap_or_default().to_owned()),
        subresource: first(&last.resources).and_then(|name| Some(name.split_once('/')?.1.to_owned())),
        verb: last.verbs.first().cloned(),
        ..ResourceAttributes::default()
    };
    in_force(namespace.client(), person, right).await
}

async fn in_force(client: Client, person: &str, right: ResourceAttributes) -> Result<()> {
    let spec = SubjectAccessReviewSpec {
        user: Some(person.to_owned()),
        resource_attributes: Some(right),
        ..SubjectAccessReviewSpec::default()
    };
    let question = SubjectAccessReview { spec, ..SubjectAccessReview::default() };
    let api: Api<SubjectAccessReview> = Api::all(client);
    let granted = async {
        while !api.create(&PostParams::default(), &question).await?.status.is_some_and(|answer| answer.allowed) {
            tokio::task::yield_now().await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(START, granted).await.with_context(|| format!("{person} did not get the rights"))?
}
