//! ApprovalPolicies as they are now, readable or not.
//!
//! The shared store leaves out what it cannot parse. For seeing trouble that is right; for deciding, a policy nobody can read must stop
//! what it may be about, so it is read here, live, at the moment of the decision.

use std::sync::Arc;

use common::{
    api::{
        ApprovalPolicy,
        keys::{conditions, managers},
    },
    decisions::{KnownPolicy, policy},
};
use kube::{Api, Resource as _, api::ListParams, core::DeserializeGuard};
use serde_json::json;

use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, ReadError, Stores, read, status};

/// A policy, or what makes it unreadable.
#[derive(Debug)]
pub struct PolicyAsRead(Result<ApprovalPolicy, Unreadable>);

#[derive(Debug)]
struct Unreadable {
    namespace: String,
    name: String,
    error: String,
}

impl PolicyAsRead {
    /// As decisions take it.
    pub fn known(&self) -> KnownPolicy<'_> {
        match &self.0 {
            Ok(policy) => KnownPolicy::Policy(policy),
            Err(Unreadable { namespace, name, error }) => KnownPolicy::Unreadable { namespace, name, error },
        }
    }
}

/// The policies of the operator's namespace and of the plan's own.
pub async fn policies(ctx: &Context, namespace: &str) -> Result<Vec<PolicyAsRead>, ReadError> {
    let of = |namespace: &str| {
        let api: Api<DeserializeGuard<ApprovalPolicy>> = Api::namespaced(ctx.clients.read.clone(), namespace);
        async move { read(api.list(&ListParams::default())).await }
    };
    let mut found = of(&ctx.namespace).await?.items;
    if namespace != ctx.namespace {
        found.extend(of(namespace).await?.items);
    }
    Ok(found.into_iter().map(as_read).collect())
}

fn as_read(guarded: DeserializeGuard<ApprovalPolicy>) -> PolicyAsRead {
    PolicyAsRead(guarded.0.map_err(|invalid| Unreadable {
        namespace: invalid.metadata.namespace.unwrap_or_default(),
        name: invalid.metadata.name.unwrap_or_default(),
        error: invalid.error,
    }))
}

const OWNER: status::Owner = status::Owner {
    manager: managers::APPROVER,
    fields: &["observedGeneration"],
    conditions: &[conditions::INVALID_SPEC],
};

/// Says on each policy whether it can be acted on, and which field stands in the way.
pub(super) struct Policies;

impl Controller for Policies {
    type Key = ObjectKey;
    type Error = Error;
    const NAME: &'static str = "approvalpolicy";
    const CONCURRENCY: usize = 1;

    fn wake(&self, _: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::ApprovalPolicy(policy) if !change.gone => vec![ObjectKey::of(&**policy)],
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let Some(found) = ctx.stores.approval_policies.get(key) else { return Ok(Next::OnChange) };
        let before = found.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        let (holds, reason, message) = match policy::check(&found) {
            Err(problem) => (
                true,
                "InvalidSpec",
                format!("{problem}; until it is corrected, nothing this policy may be about is run"),
            ),
            Ok(()) => (false, "Valid", String::new()),
        };
        let generation = found.meta().generation;
        let condition =
            status::condition(before, conditions::INVALID_SPEC, holds, reason, &message, generation, ctx.clock.now());
        status::apply(ctx, &found, &OWNER, json!({ "observedGeneration": generation, "conditions": [condition] }))
            .await?;
        Ok(Next::OnChange)
    }
}
