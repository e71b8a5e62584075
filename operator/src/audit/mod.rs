//! Who decided what, on which evidence, kept so that one can tell when something is missing.
//!
//! In: every change of an Issue, a plan, a request, a policy, a Namespace's brakes. Out: AuditEvents, one chain per namespace, and the same as
//! JSON lines where `CHATCLI_AUDIT_LOG_PATH` says so. Never: decides anything, and never is in the way of what it records.
//!
//! What happened is derived from what the objects themselves keep (times, votes, steps), not from having watched it happen: an operator that
//! was down when it happened records it when it is back, and one that is restarted records nothing twice.

mod ledger;
mod log;
mod records;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

pub use log::Log;

use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores};
use ledger::Ledger;

/// How often retention is looked at.
const RETENTION: Duration = Duration::from_secs(6 * 60 * 60);

/// Adds the one writer of AuditEvents.
pub fn register(runtime: &mut Runtime) {
    let ctx = runtime.context();
    let log = Log::open(ctx.config.audit_log_path.as_deref());
    let namespace = ctx.namespace.clone();
    runtime.register(Audit { namespace, ledger: Mutex::new(Ledger::new(log)) });
}

struct Audit {
    /// The operator's namespace, which is there when the operator starts.
    namespace: String,
    /// One at a time: each event seals the one before it.
    ledger: Mutex<Ledger>,
}

/// What is looked at.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Key {
    Issue(ObjectKey),
    Plan(ObjectKey),
    Request(ObjectKey),
    Policy(ObjectKey),
    Namespace(ObjectKey),
    Retention,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issue(key) => write!(f, "issue {key}"),
            Self::Plan(key) => write!(f, "plan {key}"),
            Self::Request(key) => write!(f, "request {key}"),
            Self::Policy(key) => write!(f, "policy {key}"),
            Self::Namespace(key) => write!(f, "namespace {key}"),
            Self::Retention => f.write_str("retention"),
        }
    }
}

impl Controller for Audit {
    type Key = Key;
    type Error = Error;
    const NAME: &'static str = "audit";
    const CONCURRENCY: usize = 1;

    fn wake(&self, _: &Stores, change: &Change) -> Vec<Key> {
        if change.gone {
            return Vec::new();
        }
        match &change.object {
            Object::Issue(issue) => vec![Key::Issue(ObjectKey::of(&**issue))],
            Object::RemediationPlan(plan) => vec![Key::Plan(ObjectKey::of(&**plan))],
            Object::ApprovalRequest(request) => vec![Key::Request(ObjectKey::of(&**request))],
            Object::ApprovalPolicy(policy) => vec![Key::Policy(ObjectKey::of(&**policy))],
            Object::Namespace(namespace) if namespace.metadata.name.as_deref() == Some(&self.namespace) => {
                vec![Key::Namespace(ObjectKey::of(&**namespace)), Key::Retention]
            }
            Object::Namespace(namespace) => vec![Key::Namespace(ObjectKey::of(&**namespace))],
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &Key) -> Result<Next, Error> {
        let mut ledger = self.ledger.lock().await;
        let stores = &ctx.stores;
        let (namespace, told) = match key {
            Key::Issue(key) => (key, stores.issues.get(key).map(|issue| records::of_issue(&issue))),
            Key::Plan(key) => (key, stores.plans.get(key).map(|plan| records::of_plan(&plan))),
            Key::Request(key) => (key, stores.approval_requests.get(key).map(|request| records::of_request(&request))),
            Key::Policy(key) => (key, stores.approval_policies.get(key).map(|policy| records::of_policy(&policy))),
            Key::Namespace(key) => {
                if let Some(namespace) = stores.namespaces.get(key) {
                    ledger.record_marks(ctx, &namespace).await?;
                }
                return Ok(Next::OnChange);
            }
            Key::Retention => {
                ledger.retain(ctx).await?;
                return Ok(Next::In(RETENTION));
            }
        };
        for record in told.into_iter().flatten() {
            ledger.record(ctx, &namespace.namespace, record).await?;
        }
        Ok(Next::OnChange)
    }
}
