//! Facts to findings, with evidence. Pure; one file per family of causes.
//!
//! In: [`Facts`], as deep as the caller could read. Out: findings, the most likely first; an honest `unknown` when no rule applies.
//! Never: reads anything, calls a model.

use crate::api::ai_insight::Finding;
use crate::facts::{Facts, Want};

/// What else should be read before [`diagnose`] is asked; what cannot be read is simply left out.
pub fn wants(facts: &Facts) -> Vec<Want> {
    let _ = facts;
    Vec::new()
}

/// Why this subject is in trouble.
pub fn diagnose(facts: &Facts) -> Vec<Finding> {
    let _ = facts;
    Vec::new()
}
