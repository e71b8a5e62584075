//! What PodDisruptionBudgets allow, next to what the plan takes away. Only evictions are held back by a budget; for a rollout or a
//! scale-down nobody asks it, which is why a person is told.

use super::rollout::pace;
use super::{Seen, computed, ok, unreadable};
use crate::actions::kind;
use crate::actions::live::Need;
use crate::actions::object::{Object, selects};
use crate::api::remediation_plan::{Verdict, VerdictLevel};

const CHECK: &str = "pdb";

pub fn check(seen: &Seen<'_>) -> Vec<Verdict> {
    let target = &seen.before.target;
    let fewer = target.wanted_pods() - seen.after.target.wanted_pods();
    let evicted = seen.evicts().count();
    let rolls_out = seen.rolls_out();
    if !rolls_out && evicted == 0 && fewer <= 0 {
        return Vec::new();
    }
    let budgets = match seen.before.all(&Need::Every(&kind::POD_DISRUPTION_BUDGET)) {
        Ok(budgets) => budgets,
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    let labels = target.strings("/spec/template/metadata/labels");
    let covering: Vec<&Object> =
        budgets.iter().filter(|budget| selects(budget.at("/spec/selector"), &labels)).collect();
    if covering.is_empty() {
        return vec![ok(CHECK, "no PodDisruptionBudget covers these pods")];
    }
    covering
        .into_iter()
        .map(|budget| {
            let allowed = budget.int("/status/disruptionsAllowed").unwrap_or(0);
            let plural = if allowed == 1 { "" } else { "s" };
            let allows = format!("{} allows {allowed} disruption{plural}", budget.name());
            if evicted > 0 && seen.deletes_pods() {
                let text = format!("{allows}, deleting {evicted} of its pods does not ask it");
                return computed(CHECK, VerdictLevel::Warn, text);
            }
            if evicted > 0 {
                // The server's own dry run of the eviction decides; this says by how much.
                return ok(CHECK, format!("{allows}, the plan evicts {evicted} pod"));
            }
            if fewer > 0 {
                let level = if fewer > allowed { VerdictLevel::Warn } else { VerdictLevel::Ok };
                return computed(CHECK, level, format!("{allows}, scaling takes {fewer} and does not ask it"));
            }
            let at_once = pace(target).unavailable;
            let level = if at_once > allowed { VerdictLevel::Warn } else { VerdictLevel::Ok };
            computed(CHECK, level, format!("{allows}, the rollout takes {at_once} at a time and does not ask it"))
        })
        .collect()
}
