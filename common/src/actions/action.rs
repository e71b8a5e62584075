//! What an action is: typed parameters, a [`Spec`], and pure functions on live objects.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::change::ChangeSet;
use super::kind::Kind;
use super::live::{self, Live, Need};
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// One action. Its fields are its parameters.
pub trait Action: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Everything about it that does not depend on a live object.
    const SPEC: Spec;

    /// What has to be read, beside the target and its namespace, before anything can be said.
    fn needs(&self, _target: &ResourceRef) -> Vec<Need> {
        Vec::new()
    }

    /// The exact change to make, or why not. Pure.
    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal>;

    /// Did the world arrive where the change wanted it? Pure. Where nothing follows from the write, it is enough that it still stands.
    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::still_as_written(change, now)
    }
}

/// An action's entry in the registry.
#[derive(Debug)]
pub struct Spec {
    /// Its type.
    pub action: ActionType,
    /// Kinds it works on.
    pub kinds: &'static [&'static Kind],
    /// How grave it is; what a change set finds can raise this, never lower it.
    pub class: ActionClass,
    /// The ClusterRole its rights are in, so that an administrator can leave a family out.
    pub capability: &'static str,
    /// The write rights it needs.
    pub rules: &'static [Rule],
    /// What it does, how it is taken back and when it is refused: one paragraph.
    pub about: &'static str,
    /// Parameters are free-form data beside the named ones.
    pub takes_data: bool,
}

/// Verbs on one resource.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Rule {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Resource, with subresource where one is meant: `deployments/scale`.
    pub resource: &'static str,
    /// Verbs.
    pub verbs: &'static [&'static str],
}

/// Whether the world arrived.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Settled {
    /// It did.
    Arrived,
    /// On the way: what is missing.
    NotYet(String),
    /// It will not: why.
    Failed(String),
    /// Cannot be said, and is never taken for success: why.
    Unknown(String),
}

/// An action behind a pointer, with the rules that hold for all of them.
pub trait AnyAction: Send + Sync {
    /// See [`Action::SPEC`].
    fn spec(&self) -> &'static Spec;

    /// See [`Action::needs`].
    fn needs(&self, target: &ResourceRef) -> Vec<Need>;

    /// See [`Action::change`]. Asks first whether anything may be changed here at all, and last whether every object the change touches
    /// may be touched; both are asked by the gates too.
    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal>;

    /// See [`Action::settled`].
    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled;
}

impl<A: Action> AnyAction for A {
    fn spec(&self) -> &'static Spec {
        const { &A::SPEC }
    }

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        Action::needs(self, target)
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        live.may_be_changed()?;
        let change = Action::change(self, live)?;
        for object in change.writes.iter().filter_map(|write| live.find(&write.record.object)) {
            live::automation_is_on(object)?;
        }
        let class = if change.is_nothing() { ActionClass::ReadOnly } else { A::SPEC.class };
        let change = change.raised_to(class);
        Ok(if change.cannot_be_undone() { change.raised_to(ActionClass::Irreversible) } else { change })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        Action::settled(self, change, now)
    }
}
