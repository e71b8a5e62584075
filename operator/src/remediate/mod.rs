//! From an explained incident to a verified fix, or to a person.
//!
//! In: an Issue with its findings, Runbooks, the plan's journal, the decisions of `approve`. Out: RemediationPlans, at most one write
//! to the world per turn (journalled before it is sent), the Issue's state. Never: explains, counts votes itself, or writes what was
//! not previewed.

pub mod issue;
mod place;
pub mod plan;

use crate::runtime::Runtime;

/// Adds both controllers.
pub fn register(runtime: &mut Runtime) {
    runtime.register(issue::Issues);
    runtime.register(plan::Plans::default());
}

#[cfg(test)]
pub(crate) mod testing;
