//! From many subjects in trouble to the few causes behind them. Pure.
//!
//! In: who is in trouble, with signals and findings. Out: one [`Group`] per cause, the worst first. Never: drops anybody; who cannot be put
//! behind another's cause is a cause of its own.

use common::api::ai_insight::Finding;
use common::api::{ResourceRef, SignalType, Time};
use common::diagnosis::certificates::{Held, warn_from};
use common::diagnosis::codes::Code;
use common::facts::{Facts, Subject};
use common::signals::Sighting;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// One subject in trouble.
#[derive(Clone, Debug, PartialEq)]
pub struct Troubled {
    /// The workload, pod or node.
    pub object: ResourceRef,
    /// What fires, at least one.
    pub signals: Vec<Sighting>,
    /// Pods that serve, and that should; none for a Job or node, which serve nothing.
    pub serving: Option<(usize, usize)>,
    /// The most likely cause first, at least one.
    pub findings: Vec<Finding>,
}

/// One cause, and who suffers from it.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The object to look at: where the cause sits, or who failed first for it.
    pub object: ResourceRef,
    /// What it shows; empty for a certificate, which is over whether or not something has failed for it.
    pub signals: Vec<SignalType>,
    /// Since when.
    pub since: Time,
    /// Pods that serve of those that should.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<usize>,
    /// Pods that should serve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<usize>,
    /// Why, the most likely first.
    pub findings: Vec<Finding>,
    /// Who else suffers from the same cause, and how that is known.
    pub folded_in: Vec<Folded>,
}

/// Somebody who suffers from another's cause.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Folded {
    /// Who.
    pub object: ResourceRef,
    /// Why it belongs there.
    pub because: String,
}

impl Troubled {
    /// `facts` with what was found about them; `None` where nothing fires.
    pub fn new(facts: &Facts, signals: Vec<Sighting>, findings: Vec<Finding>) -> Option<Self> {
        let serving = match &facts.object {
            Subject::Job(_) | Subject::CronJob(_) | Subject::Node(_) => None,
            object => {
                let ready = facts.current_pods().filter(|pod| common::facts::membership::ready_since(pod).is_some());
                Some((ready.count(), object.desired()))
            }
        };
        (!signals.is_empty()).then(|| Self { object: facts.subject.clone(), signals, serving, findings })
    }

    fn since(&self) -> Timestamp {
        self.signals.iter().map(|signal| signal.since).min().unwrap_or_default()
    }

    fn is_down(&self) -> bool {
        self.object.kind == "Node" || matches!(self.serving, Some((0, 1..)))
    }
}

/// A certificate as a cause of its own: nothing has to be in trouble for it yet. Who is named first stands for it.
pub fn of_certificate(held: &Held, finding: Finding) -> Option<Group> {
    let (first, others) = held.used_by.split_first()?;
    let since = if finding.code == Code::CertificateExpired.as_str() {
        held.certificate.not_after
    } else {
        warn_from(&held.certificate)
    };
    let mut folded_in: Vec<Folded> = others
        .iter()
        .filter(|user| !user.object.same_object(&first.object))
        .map(|user| Folded { object: user.object.clone(), because: format!("names {} too", held.secret.short()) })
        .collect();
    folded_in.dedup();
    Some(Group {
        object: first.object.clone(),
        signals: Vec::new(),
        since: Time(since),
        ready: None,
        desired: None,
        findings: vec![finding],
        folded_in,
    })
}

/// Groups by cause. What is down comes first, then what has been wrong longest.
pub fn group(mut all: Vec<Troubled>) -> Vec<Group> {
    // Of several consumers of one broken thing the one that failed first stands for it, then the first by name.
    all.sort_by(|a, b| {
        (a.since(), &a.object.namespace, &a.object.name).cmp(&(b.since(), &b.object.namespace, &b.object.name))
    });
    let roots: Vec<usize> = (0..all.len()).map(|index| root(&all, index)).collect();
    let mut order: Vec<usize> = (0..all.len()).filter(|index| roots[*index] == *index).collect();
    order.sort_by_key(|index| !all[*index].is_down());
    order
        .into_iter()
        .map(|index| {
            let members = (0..all.len()).filter(|other| roots[*other] == index && *other != index);
            let folded_in = members
                .map(|other| Folded {
                    object: all[other].object.clone(),
                    because: all[other].findings.first().map(|it| it.statement.clone()).unwrap_or_default(),
                })
                .collect();
            let one = &all[index];
            Group {
                object: one.object.clone(),
                signals: one.signals.iter().map(|signal| signal.signal).collect(),
                since: Time(one.since()),
                ready: one.serving.map(|(ready, _)| ready),
                desired: one.serving.map(|(_, desired)| desired),
                findings: one.findings.clone(),
                folded_in,
            }
        })
        .collect()
}

/// Who stands for the cause of this one: followed from dependant to dependency, never in a circle.
fn root(all: &[Troubled], start: usize) -> usize {
    let mut passed = vec![start];
    let mut at = start;
    while let Some(next) = above(all, at) {
        if let Some(begin) = passed.iter().position(|other| *other == next) {
            // They blame each other: the one that failed first stands for all of them.
            return passed[begin..].iter().copied().min().unwrap_or(start);
        }
        passed.push(next);
        at = next;
    }
    at
}

/// The other subject that the cause of this one leads to.
fn above(all: &[Troubled], index: usize) -> Option<usize> {
    let one = &all[index];
    let finding = one.findings.first()?;
    let cause = &finding.cause;
    if cause.object.name.is_empty() || cause.object.same_object(&one.object) {
        return None;
    }
    if let Some(culprit) = all.iter().position(|other| other.object.same_object(&cause.object)) {
        return Some(culprit);
    }
    // Nobody of the troubled is the cause, so it is something they share: the first of them stands for it.
    let same = |other: &Troubled| {
        other.findings.first().is_some_and(|it| {
            it.code == finding.code
                && it.cause.object.same_object(&cause.object)
                && it.cause.field_path == cause.field_path
        })
    };
    all.iter().position(same).filter(|first| *first != index)
}

#[cfg(test)]
mod tests {
    use common::api::shared::CauseRef;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn deployment(name: &str) -> ResourceRef {
        ResourceRef::new("Deployment", "shop", name)
    }

    fn troubled(object: &ResourceRef, since: i64, code: &str, cause: &ResourceRef) -> Troubled {
        let signal = Sighting {
            signal: SignalType::PodNotReady,
            object: "container app".into(),
            since: at(since),
            counts_from: at(since),
            value: String::new(),
            threshold: String::new(),
            description: String::new(),
        };
        let finding = Finding {
            code: code.into(),
            statement: format!("{} {code} {}", object.short(), cause.short()),
            cause: CauseRef { object: cause.clone(), field_path: None },
            ..Finding::default()
        };
        Troubled { object: object.clone(), signals: vec![signal], serving: Some((1, 2)), findings: vec![finding] }
    }

    fn told(groups: &[Group]) -> Vec<String> {
        let folded = |group: &Group| group.folded_in.iter().map(|it| it.object.short()).collect::<Vec<_>>().join(" ");
        groups.iter().map(|group| format!("{} <- {}", group.object.short(), folded(group))).collect()
    }

    #[test]
    fn dependants_are_folded_into_what_they_depend_on_however_long_the_chain() {
        let [db, api, web] = ["db", "api", "web"].map(deployment);
        let groups = group(vec![
            troubled(&web, 3, "dependency-down", &api),
            troubled(&api, 2, "dependency-down", &db),
            troubled(&db, 1, "oom-limit-too-low", &db),
        ]);
        assert_eq!(told(&groups), ["deploy/db <- deploy/api deploy/web"]);
    }

    #[test]
    fn consumers_of_one_broken_config_map_are_one_cause_named_by_the_first_that_failed() {
        let map = ResourceRef::new("ConfigMap", "shop", "shared");
        let groups = group(vec![
            troubled(&deployment("b"), 5, "config-key-missing", &map),
            troubled(&deployment("a"), 9, "config-key-missing", &map),
        ]);
        assert_eq!(told(&groups), ["deploy/b <- deploy/a"]);
    }

    #[test]
    fn two_faults_with_the_same_words_stay_two() {
        let groups = group(vec![
            troubled(&deployment("a"), 1, "app-exits", &deployment("a")),
            troubled(&deployment("b"), 1, "app-exits", &deployment("b")),
        ]);
        assert_eq!(told(&groups), ["deploy/a <- ", "deploy/b <- "]);
    }

    #[test]
    fn two_that_blame_each_other_are_one_cause_and_nobody_is_lost() {
        let [a, b] = ["a", "b"].map(deployment);
        let groups = group(vec![troubled(&a, 2, "dependency-down", &b), troubled(&b, 1, "dependency-down", &a)]);
        assert_eq!(told(&groups), ["deploy/b <- deploy/a"]);
    }

    #[test]
    fn what_is_down_comes_before_what_is_older() {
        let mut down = troubled(&deployment("down"), 9, "app-exits", &deployment("down"));
        down.serving = Some((0, 2));
        let groups = group(vec![troubled(&deployment("old"), 1, "app-exits", &deployment("old")), down]);
        assert_eq!(told(&groups), ["deploy/down <- ", "deploy/old <- "]);
    }
}
