//! Who else is hit by a change, and how badly. Pure.
//!
//! In: what a change takes away at one moment and who stands around it. Out: the blast radius with its level, the reasons for it, and what
//! must not happen unless a vote accepts it. What could not be read makes it graver, never milder.

use std::fmt;

use crate::api::{IssueSeverity, approval_request::BlastRadiusAssessment};

/// How far a change reaches. Ordered.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Nobody else notices.
    #[default]
    Low,
    /// Clients may notice for a moment.
    Medium,
    /// Others are hit, or it is not known whether they are.
    High,
    /// Something that works stops working.
    Critical,
}

impl Level {
    /// As in `riskLevel`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Of an assessment. Upstream's `unknown` may be anything, so it is grave.
    pub fn of(assessment: &BlastRadiusAssessment) -> Self {
        match assessment.risk_level.as_str() {
            "low" => Self::Low,
            "medium" => Self::Medium,
            "critical" => Self::Critical,
            _ => Self::High,
        }
    }
}

impl From<IssueSeverity> for Level {
    fn from(severity: IssueSeverity) -> Self {
        match severity {
            IssueSeverity::Low => Self::Low,
            IssueSeverity::Medium => Self::Medium,
            IssueSeverity::High => Self::High,
            IssueSeverity::Critical => Self::Critical,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A PodDisruptionBudget over the pods.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Budget {
    /// Its name.
    pub name: String,
    /// Disruptions it allows now.
    pub allowed: i64,
}

/// What a change takes away, and who stands around it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reach {
    /// Namespaces touched.
    pub namespaces: Vec<String>,
    /// Pods that go or are replaced.
    pub pods: i64,
    /// Pods of the workload that are ready now.
    pub ready: i64,
    /// Ready pods that are away at the worst moment.
    pub away: i64,
    /// They do not come back: scaled away or deleted for good.
    pub for_good: bool,
    /// Pods that are evicted, which asks the budgets.
    pub evicted: i64,
    /// Services that select the pods.
    pub services: Vec<String>,
    /// Budgets over the pods.
    pub budgets: Vec<Budget>,
    /// HorizontalPodAutoscalers of the workload.
    pub autoscalers: Vec<String>,
    /// Ways in that end at the Services.
    pub ingress_paths: Vec<String>,
    /// Others that read what is changed, or belong to it.
    pub dependants: Vec<String>,
    /// Pods of others on a node that is emptied.
    pub neighbours: Option<i64>,
    /// Data that is deleted, in words.
    pub data_lost: Vec<String>,
    /// What could not be read.
    pub unknown: Vec<String>,
}

/// Pods above which a change is more than its own workload's business, with upstream's numbers (governance.md §2.1) one level milder:
/// what counts is what is away at once, and that has its own rules.
const MANY_PODS: i64 = 10;
const SOME_PODS: i64 = 2;
/// Services from which a change is widely felt (governance.md §2.2).
const MANY_SERVICES: usize = 3;

/// Judges a reach.
pub fn assess(reach: &Reach) -> BlastRadiusAssessment {
    let left = (reach.ready - reach.away).max(0);
    let serves = !reach.services.is_empty();
    let mut blockers: Vec<String> = reach.data_lost.iter().map(|what| format!("{what} is lost for good")).collect();
    if serves && reach.for_good && reach.ready > 0 && left == 0 {
        blockers.push(format!("{} will answer nothing: all {} ready pods go", together(&reach.services), reach.ready));
    }
    for budget in reach.budgets.iter().filter(|budget| reach.evicted > budget.allowed) {
        blockers.push(format!(
            "PodDisruptionBudget {} allows {} of {} evictions",
            budget.name, budget.allowed, reach.evicted
        ));
    }

    let mut found: Vec<(Level, String)> = blockers.iter().map(|text| (Level::Critical, text.clone())).collect();
    let mut add = |level, text: String| found.push((level, text));
    for what in &reach.unknown {
        add(Level::High, format!("unknown: {what}"));
    }
    if serves && reach.away > 0 && !reach.for_good {
        let text = format!("{left} of {} ready pods go on answering for {}", reach.ready, together(&reach.services));
        add(if left * 2 < reach.ready { Level::High } else { Level::Low }, text);
    }
    if let Some(neighbours) = reach.neighbours.filter(|count| *count > 0) {
        add(Level::High, format!("{} of other workloads on the node", counted(neighbours, "pod")));
    }
    for dependant in &reach.dependants {
        add(Level::High, dependant.clone());
    }
    if reach.services.len() >= MANY_SERVICES {
        add(Level::High, format!("{} Services lead to these pods", reach.services.len()));
    }
    match reach.pods {
        0 => {}
        many if many > MANY_PODS => add(Level::High, format!("{} are replaced or removed", counted(many, "pod"))),
        some if some > SOME_PODS => add(Level::Medium, format!("{} are replaced or removed", counted(some, "pod"))),
        few => add(Level::Low, counted(few, "pod")),
    }
    if reach.pods > 0 && reach.ready > 0 {
        for path in &reach.ingress_paths {
            add(Level::Medium, format!("reached from outside through {path}"));
        }
    }
    for scaler in &reach.autoscalers {
        add(Level::Low, format!("HorizontalPodAutoscaler {scaler} scales it"));
    }
    // Stable: the order of equals is the order of the rules above.
    found.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    let level = found.first().map_or(Level::Low, |(level, _)| *level);
    let reasons: Vec<String> = found.into_iter().map(|(_, text)| text).collect();

    BlastRadiusAssessment {
        affected_pods: number(reach.pods),
        affected_services: number(i64::try_from(reach.services.len()).unwrap_or(i64::MAX)),
        affected_namespaces: reach.namespaces.clone(),
        risk_level: level.as_str().to_owned(),
        description: reasons.first().cloned().unwrap_or_else(|| "no pod and nobody else is affected".to_owned()),
        reasons,
        blockers,
        services: reach.services.clone(),
        endpoints_left: serves.then(|| number(left)),
        disruption_budgets: reach.budgets.iter().map(|one| format!("{} allows {}", one.name, one.allowed)).collect(),
        autoscalers: reach.autoscalers.clone(),
        ingress_paths: reach.ingress_paths.clone(),
        dependants: reach.dependants.clone(),
        neighbours: reach.neighbours.map(number),
        unknown: reach.unknown.clone(),
    }
}

fn together(services: &[String]) -> String {
    format!("Service {}", services.join(", "))
}

fn counted(count: i64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn number(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Three of three ready pods behind one Service.
    fn web() -> Reach {
        Reach { namespaces: vec!["shop".into()], pods: 3, ready: 3, services: vec!["web".into()], ..Reach::default() }
    }

    fn level(reach: &Reach) -> Level {
        Level::of(&assess(reach))
    }

    #[test]
    fn a_change_that_moves_no_pod_reaches_nobody() {
        assert_eq!(level(&Reach::default()), Level::Low);
    }

    #[test]
    fn a_rollout_that_keeps_most_pods_is_felt_little() {
        let radius = assess(&Reach { away: 1, ..web() });
        assert_eq!((radius.endpoints_left, radius.risk_level.as_str(), radius.blockers.len()), (Some(2), "medium", 0));
    }

    #[test]
    fn taking_every_healthy_pod_away_for_good_is_blocked() {
        let silenced = assess(&Reach { away: 3, for_good: true, ..web() });
        assert_eq!((silenced.risk_level.as_str(), silenced.endpoints_left), ("critical", Some(0)));
        assert_eq!(silenced.blockers, ["Service web will answer nothing: all 3 ready pods go"]);
    }

    #[test]
    fn silencing_what_serves_nobody_is_not_blocked() {
        let broken = assess(&Reach { ready: 0, away: 0, for_good: true, ..web() });
        assert!(broken.blockers.is_empty(), "{broken:?}");
    }

    #[test]
    fn a_budget_at_zero_blocks_evictions_and_nothing_else() {
        let budgets = vec![Budget { name: "web-pdb".into(), allowed: 0 }];
        assert!(assess(&Reach { budgets: budgets.clone(), away: 1, ..web() }).blockers.is_empty());
        assert_eq!(assess(&Reach { budgets, evicted: 1, away: 1, ..web() }).blockers.len(), 1);
    }

    #[test]
    fn others_who_are_hit_make_it_high() {
        assert_eq!(level(&Reach { dependants: vec!["cart reads settings".into()], ..Reach::default() }), Level::High);
        assert_eq!(level(&Reach { neighbours: Some(4), ..Reach::default() }), Level::High);
        assert_eq!(level(&Reach { neighbours: Some(0), ..Reach::default() }), Level::Low);
    }

    #[test]
    fn what_cannot_be_read_is_never_harmless() {
        assert!(level(&Reach { unknown: vec!["cannot list services".into()], ..Reach::default() }) >= Level::High);
        let upstream = BlastRadiusAssessment { risk_level: "unknown".into(), ..BlastRadiusAssessment::default() };
        assert_eq!(Level::of(&upstream), Level::High);
    }

    proptest! {
        #[test]
        fn knowing_less_or_hitting_more_is_never_milder(
            pods in 0_i64..30, ready in 0_i64..10, away in 0_i64..10, evicted in 0_i64..3, allowed in 0_i64..3, for_good: bool,
        ) {
            let reach = Reach {
                pods, ready, away: away.min(ready), evicted, for_good,
                budgets: vec![Budget { name: "b".into(), allowed }],
                ..web()
            };
            let graver = [
                Reach { unknown: vec!["cannot list pods".into()], ..reach.clone() },
                Reach { dependants: vec!["cart".into()], ..reach.clone() },
                Reach { data_lost: vec!["volume".into()], ..reach.clone() },
                Reach { evicted: reach.evicted + 1, ..reach.clone() },
            ];
            for other in graver {
                prop_assert!(level(&other) >= level(&reach), "{:?}", other);
            }
            prop_assert_eq!(assess(&reach).blockers.is_empty(), level(&reach) < Level::Critical);
        }
    }
}
