//! The registry of actions and their five verbs: `change`, `preview`, `apply`, `settle`, `undo`.
//!
//! In: an action's type and parameters, live objects. Out: the exact requests, the server's answer to their dry run, and whether the
//! world arrived. Only `read`, `preview`, `send`, `look` and `undo` talk to the API server; they take a client without retry.
//!
//! # How a plan is carried out
//!
//! 1. [`preview()`]`(client, &`[`PreviewInput`]`)` gives [`Previewed`]: the [`PlanPreview`](crate::api::remediation_plan::PlanPreview) that
//!    people vote on and the journal ([`StepStatus`](crate::api::remediation_plan::StepStatus), phase `Planned`) that it seals. Both are
//!    persisted in one write. A step without writes is a no-op: `Skipped`. A [`Refusal`] means the plan will not run as it is.
//! 2. Right before the first write, drift: preview again with [`PreviewInput::of`] (it keeps the first preview's moment and choices) and
//!    compare digests. Later steps need no such look: each write is guarded by the values it replaces.
//! 3. Per write: store the Intent (`phase`, `tries`, `intentAt`), then [`send`]. [`SendError::OutcomeUnknown`], or an Intent found after a
//!    restart: [`look`] first. `Found::NotApplied` = [`send`] the same record with the same operation id again; it cannot succeed twice.
//! 4. Per applied step: [`read`] with the needs of its action, then [`AnyAction::settled`] on [`ChangeSet::of_step`].
//! 5. To take a step back: [`undo`] for each of `step.undo`, in order, under an operation id of its own; [`together`] sums up.
//!
//! ```no_run
//! # use common::{actions, api::{RemediationPlan, ResourceRef}};
//! # async fn one(client: kube::Client, plan: RemediationPlan, target: ResourceRef) -> Result<(), Box<dyn std::error::Error>> {
//! let now = jiff::Timestamp::now();
//! let previewed = actions::preview(&client, &actions::PreviewInput::of(&plan, &target, "chatcli-system", now)).await?;
//! let step = &previewed.steps[0];
//! let uid = plan.metadata.uid.as_deref().unwrap_or_default();
//! let params = &plan.spec.actions[0].params;
//! let errand = actions::Errand { operation_id: &format!("{uid}.0.1"), plan_uid: uid, params };
//! for write in &step.writes {
//!     actions::send(&client, write, &errand).await?;
//! }
//!
//! let action = actions::parse(&plan.spec.actions[0], &target)?;
//! let scope = actions::Scope { target: &target, now, plan_uid: uid, operator_namespace: "chatcli-system", chosen: &[] };
//! let live = actions::read(&client, &scope, &action.needs(&target)).await?;
//! let _settled = action.settled(&actions::ChangeSet::of_step(step), &live);
//! let _health = actions::sample(&live.target, now);
//!
//! let errand = actions::Errand { operation_id: &format!("{uid}.0.2"), ..errand };
//! for record in &step.undo {
//!     let _undone = actions::undo(&client, record, &errand).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How an action is added
//!
//! One struct with its parameters as fields and an `impl` [`Action`] in its family's file, one line in [`REGISTRY`]. Parsing, refusal texts,
//! schema, RBAC ([`rights`]) and documentation follow.

mod action;
mod allowed;
mod apply;
mod argo;
mod autoscaling;
mod catalogue;
mod change;
mod command;
mod config;
mod constraints;
mod cronjob;
mod daemonset;
mod deployment;
mod diagnostic;
mod diff;
mod digest;
pub mod drift;
mod edits;
mod fields;
mod health;
mod helm;
mod helm_release;
mod ingress;
mod job;
mod kind;
mod live;
mod manifest;
mod network_policy;
mod nodes;
mod object;
mod outcome;
mod params;
mod pod_safety;
mod pods;
mod preview;
mod quantity;
mod refusal;
mod registry;
mod resources;
mod restart;
mod rollback;
mod rollout;
mod scale;
mod secret_rotation;
mod secrets;
mod settle;
mod stateful_pod;
mod statefulset;
mod storage;
mod strategy;
mod tools;
mod undo;
mod verdicts;
mod wire;

pub use action::{Action, AnyAction, Rule, Settled, Spec};
pub use allowed::PUBLISHED_COMMANDS as DIAGNOSTIC_COMMANDS;
pub use allowed::{BadEntry, also_apply, also_run};
pub use apply::{Errand, look, send};
pub use catalogue::{Description, Param, Takes, catalogue, describe};
pub use change::{ChangeSet, Undo, Write};
pub use constraints::{Constraint, validate};
pub use digest::{DigestInput, canonical, digest};
pub use health::{is_worse, sample};
pub use helm_release::HelmRelease;
pub use kind::Kind;
pub use live::{Live, Need, ReadError, Scope, Unreadable, read};
pub use object::Object;
pub use outcome::{Found, SendError, Sent};
pub use preview::{PreviewError, PreviewInput, Previewed, preview};
pub use quantity::Quantity;
pub use refusal::Refusal;
pub use registry::{Entry, OPT_IN, REGISTRY, beside, find, is_containment, parse, rights};
pub use tools::{Tool, tools};
pub use undo::{Fitted, Undone, fit, restarts_pods, together, undo};
pub use verdicts::owner::{Owner, of as owner_of, of_metadata as owner_by_metadata};
