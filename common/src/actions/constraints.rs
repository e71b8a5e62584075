//! Rules a whole plan has to keep: those that always hold, and those its `safetyConstraints` ask for.
//!
//! In: actions, constraint texts, the change of each step. Out: a refusal, or a verdict that asks a person. A text that is not understood
//! asks; it is never taken for consent.

use super::change::ChangeSet;
use super::kind;
use super::refusal::Refusal;
use super::registry::is_containment;
use super::verdicts::{ask, verdict};
use crate::api::remediation_plan::{ActionClass, Verdict, VerdictLevel, VerdictSource, WriteKind, WriteRecord};
use crate::api::{ActionType, RemediationAction};

/// The rules that hold for every plan, approved ones included.
pub fn validate(actions: &[RemediationAction]) -> Result<(), Refusal> {
    let unsafe_because = |text: String| Err(Refusal::Unsafe(text));
    for action in actions {
        let has = |name: &str| action.params.contains_key(name);
        let to_zero =
            action.params.get("replicas").is_some_and(|text| text.parse() == Ok(0)) && !is_containment(action);
        match action.action_type {
            ActionType::ScaleDeployment if to_zero => {
                return unsafe_because(
                    "scaling to 0 replicas is not allowed; a deliberate stop says containment=true".into(),
                );
            }
            ActionType::ScaleStatefulSet if to_zero => {
                let text = "scaling StatefulSet to 0 replicas is not allowed; a deliberate stop says containment=true";
                return unsafe_because(text.into());
            }
            ActionType::AdjustResources
            | ActionType::AdjustStatefulSetResources
            | ActionType::AdjustDaemonSetResources
            | ActionType::AdjustJobResources
            | ActionType::AdjustCronJobResources
                if !["memory_limit", "memory_request", "cpu_limit", "cpu_request"].into_iter().any(has) =>
            {
                let text = format!(
                    "{} needs at least one of memory_limit, memory_request, cpu_limit, cpu_request",
                    action.action_type
                );
                return unsafe_because(text);
            }
            _ => {}
        }
    }
    for once in [
        ActionType::DeletePod,
        ActionType::DeleteStatefulSetPod,
        ActionType::DeleteDaemonSetPod,
        ActionType::ForceDeleteStatefulSetPod,
        ActionType::ForceDeleteJobPods,
        ActionType::DeleteCronJobActiveJobs,
    ] {
        if actions.iter().filter(|action| action.action_type == once).count() > 1 {
            return unsafe_because(format!("at most one {once} in a plan: refusing to delete more at once"));
        }
    }
    Ok(())
}

/// A constraint with a meaning.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Constraint {
    /// `No delete operations`: nothing is deleted for good. A pod whose owner makes a new one is no loss.
    NoDelete,
    /// `No destructive changes`: nothing irreversible.
    NoDestructive,
    /// `Rollback on failure`: what can be undone is undone. It always is.
    RollbackOnFailure,
    /// `No scaling to 0 replicas`, `Do not scale below 2 replicas`.
    AtLeastReplicas(i64),
    /// `Maximum rollback window is 3 revisions`.
    RollbackWindow(i64),
    /// Not understood, or nothing here can watch it (`Abort if error rate exceeds 50%`).
    Unknown(String),
}

impl Constraint {
    /// Reads the published phrases; anything else is [`Constraint::Unknown`].
    pub fn read(text: &str) -> Self {
        let plain = text.trim().trim_end_matches('.').to_lowercase();
        let number = || plain.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?.parse().ok();
        match plain.as_str() {
            "no delete operations" | "no delete operations without pod count check" => Self::NoDelete,
            "no destructive changes" => Self::NoDestructive,
            "rollback on failure" => Self::RollbackOnFailure,
            "no scaling to 0 replicas" | "no scaling to 0" => Self::AtLeastReplicas(1),
            below if below.starts_with("do not scale below ") => {
                number().map_or_else(|| Self::Unknown(text.to_owned()), Self::AtLeastReplicas)
            }
            window if window.starts_with("maximum rollback window is ") => {
                number().map_or_else(|| Self::Unknown(text.to_owned()), Self::RollbackWindow)
            }
            _ => Self::Unknown(text.to_owned()),
        }
    }

    /// Does a step keep it?
    pub fn holds(&self, action: &RemediationAction, change: &ChangeSet) -> Result<(), Refusal> {
        let broken = |what: String| Err(Refusal::Unsafe(what));
        match self {
            Self::NoDelete if change.writes.iter().any(|write| deletes_for_good(&write.record)) => {
                broken(format!("\"No delete operations\" forbids {}", action.action_type))
            }
            Self::NoDestructive if change.class >= ActionClass::Irreversible => {
                broken(format!("\"No destructive changes\" forbids {}, which cannot be undone", action.action_type))
            }
            Self::AtLeastReplicas(least) => {
                let scaled = change.writes.iter().filter(|write| write.record.kind == WriteKind::Scale);
                let after =
                    scaled.filter_map(|write| write.record.touched.first()?.after.as_deref()?.parse::<i64>().ok());
                match after.min() {
                    Some(replicas) if replicas < *least && !(replicas == 0 && is_containment(action)) => {
                        broken(format!("{replicas} replicas are below the least allowed, {least}"))
                    }
                    _ => Ok(()),
                }
            }
            Self::RollbackWindow(widest) => match change.revisions {
                Some((from, to)) if from - to > *widest => {
                    broken(format!("revision {to} is {} revisions back, the window is {widest}", from - to))
                }
                _ => Ok(()),
            },
            Self::NoDelete | Self::NoDestructive | Self::RollbackOnFailure | Self::Unknown(_) => Ok(()),
        }
    }
}

/// A pod whose owner makes a new one is no loss, unless it is torn from a node that does not answer.
fn deletes_for_good(record: &WriteRecord) -> bool {
    let forced = || record.payload.contains("gracePeriodSeconds");
    record.kind == WriteKind::Delete && (record.object.kind != kind::POD.kind || forced())
}

/// What the plan's own constraints come to beside refusals.
pub fn verdicts(constraints: &[Constraint]) -> Vec<Verdict> {
    constraints
        .iter()
        .filter_map(|constraint| match constraint {
            Constraint::Unknown(text) => {
                Some(ask("constraints", format!("nobody here can hold \"{text}\"; a person has to")))
            }
            Constraint::RollbackOnFailure => Some(verdict(
                "constraints",
                VerdictLevel::Ok,
                VerdictSource::Computed,
                "what fails is taken back".to_owned(),
            )),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(name: ActionType, params: &[(&str, &str)]) -> RemediationAction {
        let params = params.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        RemediationAction { action_type: name, params }
    }

    #[test]
    fn scaling_to_zero_needs_containment() {
        let bare = action(ActionType::ScaleDeployment, &[("replicas", "0")]);
        let text = validate(&[bare]).unwrap_err().to_string();
        assert!(text.contains("Safety constraint violation") && text.contains("scaling to 0 replicas is not allowed"));
        let meant = action(ActionType::ScaleDeployment, &[("replicas", "0"), ("containment", "true")]);
        assert_eq!(validate(&[meant]), Ok(()));
    }

    #[test]
    fn a_plan_deletes_one_pod_at_most() {
        let delete = action(ActionType::DeletePod, &[]);
        assert_eq!(validate(std::slice::from_ref(&delete)), Ok(()));
        assert!(validate(&[delete.clone(), delete]).unwrap_err().to_string().contains("refusing to delete"));
    }

    #[test]
    fn resources_are_not_adjusted_to_nothing() {
        assert!(validate(&[action(ActionType::AdjustResources, &[("container", "app")])]).is_err());
    }

    #[test]
    fn the_published_constraint_texts_have_a_meaning_and_others_ask() {
        for (text, meaning) in [
            ("No delete operations", Constraint::NoDelete),
            ("No destructive changes", Constraint::NoDestructive),
            ("Rollback on failure", Constraint::RollbackOnFailure),
            ("No scaling to 0 replicas", Constraint::AtLeastReplicas(1)),
            ("No delete operations without pod count check", Constraint::NoDelete),
            ("Do not scale below 2 replicas", Constraint::AtLeastReplicas(2)),
            ("Maximum rollback window is 3 revisions", Constraint::RollbackWindow(3)),
        ] {
            assert_eq!(Constraint::read(text), meaning, "{text}");
        }
        let unknown = Constraint::read("Abort if error rate exceeds 50%");
        let asked = verdicts(&[unknown]);
        assert_eq!(asked[0].level, VerdictLevel::Unchecked);
    }
}
