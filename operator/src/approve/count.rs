//! Reading the votes on a request, as they are on the server now, and asking about each voter again.

use common::{
    api::{ApprovalRequest, ApprovalVote, keys::GROUP},
    decisions::votes::{self, Ballot, Cast, Proof, Standing, Tally},
};
use futures::future::try_join_all;
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use kube::{
    Api, ResourceExt as _,
    api::{ListParams, PostParams},
    core::DeserializeGuard,
};

use super::legacy;
use crate::runtime::{Context, ReadError, read};

/// Counts the votes on a request. Each was checked by the API server when it was cast; whether its voter still may vote is asked again now.
pub async fn count(ctx: &Context, request: &ApprovalRequest, ballot: &Ballot<'_>) -> Result<Tally, ReadError> {
    let mut votes: Vec<(ApprovalVote, Proof)> =
        votes_on(ctx, request).await?.into_iter().map(|vote| (vote, Proof::Admission)).collect();
    votes.extend(legacy::votes(request, ballot, ctx.clock.now()).into_iter().map(|vote| (vote, Proof::Legacy)));
    let standing = try_join_all(votes.iter().map(|(vote, _)| standing(ctx, request, vote))).await?;
    let casts: Vec<_> =
        votes.iter().zip(standing).map(|((vote, proof), voter)| Cast { vote, proof: *proof, voter }).collect();
    Ok(votes::tally(ballot, &casts))
}

async fn votes_on(ctx: &Context, request: &ApprovalRequest) -> Result<Vec<ApprovalVote>, ReadError> {
    let api: Api<DeserializeGuard<ApprovalVote>> =
        Api::namespaced(ctx.clients.read.clone(), &request.namespace().unwrap_or_default());
    let all = read(api.list(&ListParams::default())).await?;
    let name = request.name_any();
    // One that cannot be parsed says neither yes nor no.
    let readable = all.items.into_iter().filter_map(|guarded| guarded.0.ok());
    Ok(readable.filter(|vote| vote.spec.request_ref.name == name).collect())
}

async fn standing(ctx: &Context, request: &ApprovalRequest, vote: &ApprovalVote) -> Result<Standing, ReadError> {
    let api: Api<SubjectAccessReview> = Api::all(ctx.clients.read.clone());
    let answer = read(api.create(&PostParams::default(), &question(request, vote))).await?;
    let may = answer.status.is_some_and(|status| status.allowed && status.denied != Some(true));
    Ok(if may { Standing::Allowed } else { Standing::NotAllowed })
}

fn question(request: &ApprovalRequest, vote: &ApprovalVote) -> SubjectAccessReview {
    let voter = &vote.spec.voter;
    SubjectAccessReview {
        spec: SubjectAccessReviewSpec {
            user: Some(voter.username.clone()),
            uid: voter.uid.clone(),
            groups: Some(voter.groups.clone()),
            resource_attributes: Some(ResourceAttributes {
                group: Some(GROUP.to_owned()),
                resource: Some("approvalrequests".to_owned()),
                namespace: request.namespace(),
                name: Some(request.name_any()),
                verb: Some(votes::verb(vote).to_owned()),
                ..ResourceAttributes::default()
            }),
            ..SubjectAccessReviewSpec::default()
        },
        ..SubjectAccessReview::default()
    }
}
