//! The facts an explanation is made from: the stores first, then the live reads the rules ask for, all at once and each under a deadline.
//!
//! What cannot be read is left out and named, never waited for.

use std::collections::BTreeSet;

use common::api::ResourceRef;
use common::diagnosis;
use common::facts::{Extra, Facts, MemoryUse, Want, reading};

use super::measures;
use crate::runtime::Context;
use crate::runtime::subjects::{self, SubjectKey};

/// What the stores hold of a resource; `None` when it is not there.
pub fn held(ctx: &Context, resource: &ResourceRef) -> Option<Facts> {
    subjects::facts(&ctx.stores, &SubjectKey::named_by(resource)?, ctx.clock.now())
}

/// Everything that can be known about a resource now; `None` when it is not there.
pub async fn gather(ctx: &Context, resource: &ResourceRef) -> Option<Facts> {
    let mut facts = held(ctx, resource)?;
    if let Some(prometheus) = &ctx.prometheus {
        facts.extra.volumes = measures::volumes(prometheus, &facts).await.unwrap_or_default();
    }
    let mut asked = BTreeSet::new();
    for _ in 0..reading::ROUNDS {
        let wants: Vec<Want> = diagnosis::wants(&facts).into_iter().filter(|want| asked.insert(want.clone())).collect();
        if wants.is_empty() {
            break;
        }
        let (held, mut live): (Vec<_>, Vec<_>) = wants.into_iter().partition(|want| *want == Want::Nodes);
        facts.extra.memory.extend(measured(ctx, &facts, &mut live).await);
        let answers = reading::answers(&ctx.clients.read, &facts, &live).await;
        facts.extra.merge(answers);
        if !held.is_empty() {
            facts.extra.merge(Extra { all_nodes: ctx.stores.nodes.all(), ..Extra::default() });
        }
    }
    Some(facts)
}

/// What a Prometheus says of the use of memory: whole lives. Where there is none, or it does not tell, the metrics API is asked for this moment.
async fn measured(ctx: &Context, facts: &Facts, wants: &mut Vec<Want>) -> Vec<MemoryUse> {
    let Some(prometheus) = ctx.prometheus.as_ref().filter(|_| wants.contains(&Want::MemoryUse)) else {
        return Vec::new();
    };
    let looks = measures::memory(prometheus, facts).await.unwrap_or_default();
    if !looks.is_empty() {
        wants.retain(|want| *want != Want::MemoryUse);
    }
    looks
}
