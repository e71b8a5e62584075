//! Facts to findings, with evidence. Pure; one file per family of causes.
//!
//! In: [`Facts`], as deep as the caller could read. Out: findings, the most likely first; an honest `unknown` when no rule applies.
//! Never: reads anything, calls a model.

mod case;
pub mod certificates;
pub mod codes;
mod config;
pub(crate) mod controllers;
mod dependencies;
mod draft;
mod errors;
mod exits;
mod image;
mod jobs;
pub(crate) mod nodes;
mod probes;
mod resources;
mod rollout;
mod roots;
mod said;
mod schedules;
mod scheduling;
mod storage;
mod unknown;
mod wants;
pub(crate) mod wiring;

use crate::actions;
use crate::api::ai_insight::{Finding, RuledOut};
use crate::facts::{Facts, Want};
use case::Case;
use codes::Code;
pub use roots::{Root, WAITING, calls, roots, unwell_since};

/// A family's question to the case.
type Rule = fn(&Case<'_>) -> Vec<Finding>;

/// Every rule. The order only decides between equal confidences.
const RULES: &[Rule] = &[
    nodes::node,
    nodes::under,
    config::config,
    config::runs_as_root,
    image::image,
    rollout::refused_pods,
    scheduling::unschedulable,
    scheduling::scheduler,
    storage::volumes,
    storage::full,
    resources::memory,
    exits::command_not_found,
    exits::hook,
    dependencies::dependency,
    dependencies::beside_the_clusters_dns,
    dependencies::at_rest,
    said::said,
    probes::liveness,
    exits::init_container,
    exits::init_container_runs_on,
    exits::bad_config_change,
    exits::bad_rollout,
    jobs::failed,
    schedules::missed,
    probes::gates,
    probes::readiness,
    exits::app_exits,
    rollout::evicted,
    rollout::stuck,
    wiring::wiring,
    controllers::controllers,
    errors::errors_logged,
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
    note_rivals(&mut findings);
    for finding in &mut findings {
        // What cannot be carried out is no remedy.
        finding.remedies.retain(|remedy| remedy.actions.iter().all(|action| actions::find(action.action_type).is_ok()));
    }
    if findings.is_empty() {
        findings.push(unknown::unknown(&case));
    }
    findings
}

/// How sure a cause must be to make its symptoms redundant, and not to be looked at a second time.
pub const SURE: f64 = 0.7;

/// Codes that say what happens, and the families and codes that say why: beside the why, the what says nothing new, and its receipts are in
/// the cause's finding already.
fn drop_symptoms(findings: &mut Vec<Finding>) {
    use codes::Family::{Application, Command, Config, Image, Nodes, Probes, Resources, Scheduling, Storage};
    let found: Vec<(Code, f64)> =
        findings.iter().filter_map(|it| Some((Code::from_name(&it.code)?, it.confidence))).collect();
    let sure = |code: Code| found.iter().any(|(other, confidence)| *other == code && *confidence >= SURE);
    let of = |families: &[codes::Family], but: &[Code]| {
        found
            .iter()
            .any(|(code, confidence)| *confidence >= SURE && families.contains(&code.family()) && !but.contains(code))
    };
    let dependency = sure(Code::DependencyDown)
        || sure(Code::DependencyMissing)
        || sure(Code::DependencyScaledDown)
        || sure(Code::ServicePortMismatch);
    let exits = [Code::AppExits, Code::ExitsWithoutError, Code::KilledBySignal];
    // Why it ends.
    let ended = dependency
        || of(&[Application, Nodes], &[])
        || of(&[Command], &exits)
        || of(&[Probes], &[Code::ReadinessProbeFailing, Code::ReadinessGateUnmet])
        || sure(Code::JobBackoffExceeded)
        || sure(Code::JobDeadlineExceeded)
        || sure(Code::JobPodFailurePolicy);
    // Why it is not ready: what ends, does not start or is not placed is not ready either.
    let unready = dependency
        || of(&[Application, Nodes, Image, Config, Storage, Scheduling, Command], &exits)
        || sure(Code::OomLimitTooLow)
        || sure(Code::MemoryLeak)
        || found.iter().any(|(code, confidence)| {
            *confidence >= SURE && matches!(code, Code::LivenessProbeFailing | Code::StartupProbeFailing)
        });
    // A rollout in which a Service or a word of the application names the cause fails for that.
    let rollout = dependency || of(&[Application], &[Code::ConfigInvalid]) || sure(Code::InitContainerFailing);
    let init = of(&[Application], &[]) || dependency;
    // Everything that is wrong with the pods explains a rollout that does not get on.
    let stuck = of(&[Application, Command, Config, Image, Nodes, Probes, Resources, Scheduling, Storage], &[])
        || dependency
        || found.iter().any(|(code, _)| code.family() == Probes || exits.contains(code));
    // What the errors say, where it is understood, is why they are logged.
    let errors = dependency || of(&[Application], &[]);
    // Who is put out for its disk is not started again as something else.
    findings.retain(|it| {
        let Some(code) = Code::from_name(&it.code) else { return true };
        !(ended && exits.contains(&code)
            || unready
                && (code == Code::ReadinessProbeFailing
                    || (code.family() == Probes
                        && dependency
                        && code != Code::ReadinessGateUnmet
                        && code != Code::LifecycleHookFailing))
            || rollout && code == Code::BadRollout
            || init && code == Code::InitContainerFailing
            || errors && code == Code::ErrorsLogged
            || sure(Code::VolumeFull) && code == Code::DiskFull
            || stuck && code == Code::RolloutStuck)
    });
}

/// The earliest sufficient cause wins; who lost is named with its reason in the first finding.
fn note_rivals(findings: &mut [Finding]) {
    let Some((first, rivals)) = findings.split_first_mut() else { return };
    for rival in rivals.iter().take(RIVALS) {
        let because = format!("{} (confidence {:.2})", rival.statement, rival.confidence);
        let known = first.ruled_out.iter().any(|other| other.what == rival.code);
        if !known {
            first.ruled_out.push(RuledOut { what: rival.code.clone(), because: format!("less sure: {because}") });
        }
    }
}

/// Rivals named beside the first finding.
const RIVALS: usize = 4;

#[cfg(test)]
mod tests;
