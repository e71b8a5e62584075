//! Facts to findings, with evidence. Pure; one file per family of causes.
//!
//! In: [`Facts`], as deep as the caller could read. Out: findings, the most likely first; an honest `unknown` when no rule applies.
//! Never: reads anything, calls a model.

mod case;
pub mod codes;
mod config;
mod dependencies;
mod draft;
mod exits;
mod image;
mod jobs;
mod nodes;
mod probes;
mod resources;
mod rollout;
mod scheduling;
mod unknown;
mod wants;

use crate::api::ai_insight::Finding;
use crate::facts::{Facts, Want};
use case::Case;
use codes::Code;

/// A family's question to the case.
type Rule = fn(&Case<'_>) -> Vec<Finding>;

/// Every rule. The order only decides between equal confidences.
const RULES: &[Rule] = &[
    nodes::node,
    nodes::under,
    config::config,
    image::image,
    rollout::refused_pods,
    scheduling::unschedulable,
    scheduling::volumes,
    resources::memory,
    exits::command_not_found,
    dependencies::dependency,
    probes::liveness,
    exits::bad_rollout,
    jobs::failed,
    probes::readiness,
    exits::app_exits,
];

/// What else should be read before [`diagnose`] is asked; what cannot be read is simply left out.
///
/// Asked again with what was read, it may name more (a log line names a Service); what was read is not named again.
pub fn wants(facts: &Facts) -> Vec<Want> {
    wants::wants(&Case::new(facts))
}

/// Why this subject is in trouble, the most likely cause first; never empty.
pub fn diagnose(facts: &Facts) -> Vec<Finding> {
    let case = Case::new(facts);
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&case)).collect();
    drop_symptoms(&mut findings);
    findings.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    if findings.is_empty() {
        findings.push(unknown::unknown(&case));
    }
    findings
}

/// How sure a cause must be to make its symptoms redundant.
const SURE: f64 = 0.7;

/// `it exits` beside `it exits because` says nothing new; its receipts are in the cause's finding already.
fn drop_symptoms(findings: &mut Vec<Finding>) {
    let sure = |code: Code| findings.iter().any(|it| it.code == code.as_str() && it.confidence >= SURE);
    let explained = |causes: &[Code]| causes.iter().any(|code| sure(*code));
    let exits = explained(&[
        Code::BadRollout,
        Code::DependencyDown,
        Code::DependencyMissing,
        Code::LivenessProbeFailing,
        Code::CommandNotFound,
        Code::JobBackoffExceeded,
        Code::JobDeadlineExceeded,
        Code::NodeNotReady,
    ]);
    // What crashes is not ready either.
    let unready = explained(&[
        Code::DependencyDown,
        Code::DependencyMissing,
        Code::NodeNotReady,
        Code::BadRollout,
        Code::OomLimitTooLow,
        Code::MemoryLeak,
        Code::LivenessProbeFailing,
    ]);
    // A rollout in which a Service is missing fails with every revision.
    let rollout = explained(&[Code::DependencyDown]);
    findings.retain(|it| {
        !(exits && it.code == Code::AppExits.as_str()
            || unready && it.code == Code::ReadinessProbeFailing.as_str()
            || rollout && it.code == Code::BadRollout.as_str())
    });
}

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
