//! What stands beside the facts of an incident: its workload's code, what was measured, other incidents, who else writes the workload.
//!
//! In: an incident and the facts of its resource. Out: [`Beside`], for models; and the same in words on the AIInsight, for people, whether a
//! model is asked or not. Never: delays the rules.

pub mod cascade;
pub mod code;
mod reader;
#[cfg(test)]
pub mod testing;

use common::actions::{Owner, owner_by_metadata};
use common::api::Issue;
use common::facts::Facts;
use jiff::Timestamp;

use super::measures::{self, Trend};
use crate::runtime::Context;
use crate::source::{Code, Sources};
pub use reader::register;

/// What stands beside the facts.
#[derive(Clone, Debug)]
pub struct Beside {
    /// What the code of the workload says.
    pub code: Code,
    /// What changed of what is measured, the strongest first.
    pub trends: Vec<Trend>,
    /// Other incidents of the namespace that began around the same time.
    pub others: Vec<String>,
    /// Who writes the workload from outside the cluster.
    pub owner: Option<Owner>,
}

impl Default for Beside {
    /// Nothing is known.
    fn default() -> Self {
        Self { code: Code::Unnamed, trends: Vec::new(), others: Vec::new(), owner: None }
    }
}

/// Reads it. What does not answer within seconds is left out.
pub async fn gather(ctx: &Context, sources: &Sources, issue: &Issue, facts: Option<&Facts>) -> Beside {
    let began = issue.began().unwrap_or(Timestamp::UNIX_EPOCH);
    let measured = async {
        match (&ctx.prometheus, facts) {
            (Some(prometheus), Some(facts)) => measures::around(prometheus, facts, began).await,
            _ => Vec::new(),
        }
    };
    let (code, trends) = tokio::join!(sources.about(ctx, &issue.spec.resource, facts, began), measured);
    let here = |other: &Issue| other.metadata.namespace == issue.metadata.namespace;
    Beside {
        code,
        trends,
        others: cascade::around(issue, &ctx.stores.issues.filter(here)),
        owner: facts.and_then(|facts| owner_by_metadata(facts.object.meta())),
    }
}
