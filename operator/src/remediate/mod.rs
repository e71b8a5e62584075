//! From an explained incident to a verified fix, or to a person.
//!
//! In: an Issue with its findings, Runbooks, the plan's journal, the decisions of `approve`. Out: RemediationPlans, at most one write
//! to the world per turn (journalled before it is sent), the Issue's state. Never: explains, counts votes itself, or writes what was
//! not previewed.

pub mod issue;
pub mod plan;

#[cfg(test)]
mod testing;
