//! Who has to be asked before a plan may run.
//!
//! The ceilings first (autonomy `observe` and `propose`, policies nobody can read): no rule and no vote lifts them. Then the floor: the
//! cluster's rule, or without one what the namespace's autonomy says about the plan's class. Then everything that can only make it stricter:
//! the namespace's own policy, a preview that is not clean, an author who could not do it themselves.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    autonomy::{Autonomy, Standing},
    flapping,
    invalid::Invalid,
    policy::{self, DEFAULT_TIMEOUT_MINUTES, Effective, KnownPolicy, Ruling, Subject},
    radius::Level,
    window::Windows,
};
use crate::api::{
    IssueSeverity, RemediationPlan, Runbook,
    approval_policy::{ApprovalMode, AutoApproveConditions, RequiredGroup},
    remediation_plan::ActionClass,
};

/// `policyRef` of a request that autonomy asks for.
pub const BY_AUTONOMY: &str = "autonomy";

/// Everything the answer depends on.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What the plan is about.
    pub subject: Subject<'a>,
    /// Every policy of the operator's and the plan's namespace.
    pub policies: &'a [KnownPolicy<'a>],
    /// The autonomy that holds.
    pub autonomy: &'a Standing,
    /// The gravest class among the steps, as previewed.
    pub class: ActionClass,
    /// Whether every check of the preview was made and none blocks.
    pub preview_is_clean: bool,
    /// Who wrote the plan.
    pub author: Author<'a>,
    /// Confidence of the finding behind the plan, 0 to 1; absent when nobody knows.
    pub confidence: Option<f64>,
    /// Blocking checks of the preview that a vote may accept; see `PlanPreview::overridable`.
    pub overrides: &'a [String],
    /// How far the change reaches; absent when it was not computed.
    pub radius: Option<Level>,
    /// How often the trouble of the target was over within the last day; see [`flapping`].
    pub times_over: usize,
    /// Why the findings speak against a step that a model chose; absent when they do not.
    pub contradicts: Option<&'a str>,
    /// Share of finished plans of these actions and this kind that completed, 0 to 1; absent when it was not computed.
    pub success_rate: Option<f64>,
}

/// Who wrote a plan or the Runbook behind it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Author<'a> {
    /// The operator.
    Operator,
    /// A person whose name the API server vouched for.
    Person {
        /// User name.
        name: &'a str,
        /// Whether that person may do every write of the plan; absent when the server could not be asked.
        may_do_it: Option<bool>,
    },
    /// A person who gave no name.
    Unknown,
}

impl<'a> Author<'a> {
    /// Who wrote this plan, or the Runbook it was taken from. The operator's own plans answer a finding and name no author, and the Runbooks it
    /// records are bound to a workload; admission lets nobody else write either without giving a name. A Runbook that is gone, or of a
    /// person who gave no name, makes the author unknown.
    pub fn of(plan: &'a RemediationPlan, runbook: Option<&Runbook>, may_do_it: Option<bool>) -> Self {
        let is_recorded = |runbook: &Runbook| runbook.spec.bound_to.is_some() && runbook.spec.requested_by.is_none();
        match (plan.spec.requested_by.as_deref(), &plan.spec.runbook_ref) {
            (Some(name), _) if !name.is_empty() => Self::Person { name, may_do_it },
            (_, Some(_)) if runbook.is_some_and(is_recorded) => Self::Operator,
            (_, None) if plan.spec.finding_code.is_some() => Self::Operator,
            _ => Self::Unknown,
        }
    }

    /// The person who may not approve.
    pub fn name(&self) -> Option<&'a str> {
        match self {
            Self::Person { name, .. } => Some(name),
            Self::Operator | Self::Unknown => None,
        }
    }
}

/// A reason and the sentence that goes with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Why {
    /// In CamelCase.
    pub reason: &'static str,
    /// One clause.
    pub message: String,
}

impl Why {
    fn new(reason: &'static str, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

/// What has to happen before the plan may run.
#[derive(Clone, Debug, PartialEq)]
pub enum Need {
    /// It may run by itself, inside the windows.
    Nobody {
        /// Why.
        because: Why,
        /// When.
        windows: Windows,
    },
    /// People have to say yes.
    People(ApprovalNeed),
    /// It cannot run.
    Never(Why),
}

/// What people are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalNeed {
    /// ApprovalPolicy that asks; [`BY_AUTONOMY`] when none does.
    pub policy: String,
    /// Its rule; the class, when autonomy asks.
    pub rule: String,
    /// Distinct people.
    pub approvers: u32,
    /// Time to decide, not counted while the windows are closed.
    pub timeout: SignedDuration,
    /// When the plan may run once approved.
    pub windows: Windows,
    /// Why people are asked; never empty.
    pub because: Vec<Why>,
    /// Author of the plan, who may not approve it.
    pub author: Option<String>,
    /// Blocking checks that each approval has to accept by name.
    pub overrides: Vec<String>,
    /// Groups that have to be among those who approve.
    pub required_groups: Vec<RequiredGroup>,
}

impl ApprovalNeed {
    /// The reasons as one sentence.
    pub fn sentence(&self) -> String {
        self.because.iter().map(|why| why.message.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// When an undecided request expires.
    pub fn expires_at(&self, asked_at: Timestamp) -> Timestamp {
        self.windows.after_open_for(asked_at, self.timeout)
    }
}

/// Who has to be asked.
pub fn need(question: &Question<'_>) -> Need {
    match question.autonomy.level {
        Autonomy::Observe => return Need::Never(Why::new("ObserveOnly", question.autonomy.message.clone())),
        Autonomy::Propose => return Need::Never(Why::new("ProposeOnly", question.autonomy.message.clone())),
        Autonomy::Approve | Autonomy::Auto => {}
    }
    match policy::effective(question.policies, &question.subject) {
        Ok(rules) => by_rules(question, &rules),
        Err(invalid) => Need::Never(Why::new(
            "PolicyInvalid",
            invalid.iter().map(Invalid::to_string).collect::<Vec<_>>().join("; "),
        )),
    }
}

fn by_rules(question: &Question<'_>, rules: &Effective) -> Need {
    let mut asked = Vec::new();
    // The floor. A matching rule decides in place of the class; `defaultMode: auto` leaves it to the class.
    let floor =
        rules.cluster.as_ref().filter(|ruling| ruling.rule != "defaultMode" || ruling.mode != ApprovalMode::Auto);
    let because = match floor {
        Some(ruling) => ask_of(question, ruling, &mut asked),
        None => ask_of_class(question, &mut asked),
    };
    // The namespace's own word can only add.
    if let Some(own) = &rules.own {
        ask_of(question, own, &mut asked);
    }
    if !question.preview_is_clean {
        asked.push(Ask::one(Why::new(
            "PreviewNotClean",
            "the preview has an open question, which a person has to answer",
        )));
    }
    ask_about_reach(question, &mut asked);
    if question.times_over >= flapping::TIMES {
        let hours = flapping::WITHIN.as_hours();
        let why = format!(
            "its trouble was over {} times within {hours} h and is back: what makes it come again is for a person to find",
            question.times_over
        );
        asked.push(Ask::one(Why::new("Flapping", why)));
    }
    if let Some(why) = question.contradicts {
        asked.push(Ask::one(Why::new(
            "ContradictsFindings",
            format!("a model chose it and the findings speak against it: {why}"),
        )));
    }
    match question.author {
        Author::Operator | Author::Person { may_do_it: Some(true), .. } => {}
        Author::Person { name, may_do_it: Some(false) } => {
            asked.push(Ask::one(Why::new("AuthorMayNot", format!("{name}, who wrote it, may not do this themselves"))));
        }
        Author::Person { name, may_do_it: None } => {
            asked.push(Ask::one(Why::new(
                "AuthorUnchecked",
                format!("whether {name}, who wrote it, may do this could not be checked"),
            )));
        }
        // Two people: at least one of them is not the author.
        Author::Unknown => {
            asked.push(Ask { approvers: 2, ..Ask::one(Why::new("AuthorUnknown", "its author is not known")) });
        }
    }

    let rulings = || rules.cluster.iter().chain(&rules.own);
    let windows = Windows(rulings().filter_map(|ruling| ruling.window.clone()).collect());
    if asked.is_empty() {
        return Need::Nobody { because, windows };
    }
    let (policy, rule) = asked
        .iter()
        .find_map(|ask| ask.named.clone())
        .unwrap_or_else(|| (BY_AUTONOMY.to_owned(), question.class.to_string()));
    let minutes = rulings().map(|ruling| ruling.timeout_minutes).min().unwrap_or(DEFAULT_TIMEOUT_MINUTES);
    Need::People(ApprovalNeed {
        policy,
        rule,
        approvers: asked.iter().map(|ask| ask.approvers).max().unwrap_or(1),
        timeout: SignedDuration::from_mins(i64::from(minutes)),
        windows,
        because: asked.into_iter().map(|ask| ask.why).collect(),
        author: question.author.name().map(str::to_owned),
        overrides: question.overrides.to_vec(),
        required_groups: required_groups(rules),
    })
}

/// Every group either scope requires, with the larger count.
fn required_groups(rules: &Effective) -> Vec<RequiredGroup> {
    let mut wanted = BTreeMap::new();
    for group in rules.cluster.iter().chain(&rules.own).flat_map(|ruling| &ruling.required_groups) {
        let count = wanted.entry(&group.group).or_insert(group.count);
        *count = group.count.max(*count);
    }
    wanted.into_iter().map(|(group, count)| RequiredGroup { group: group.clone(), count }).collect()
}

/// What only a second pair of eyes may let through: a check that blocks, and a change that takes something away from others.
fn ask_about_reach(question: &Question<'_>, asked: &mut Vec<Ask>) {
    if !question.overrides.is_empty() {
        let why = format!("blocked by {}, which each approval has to accept by name", question.overrides.join(", "));
        asked.push(Ask { approvers: 2, ..Ask::one(Why::new("Blocked", why)) });
    }
    if question.radius == Some(Level::Critical) {
        let why = "its blast radius is critical";
        asked.push(Ask { approvers: 2, ..Ask::one(Why::new("RadiusCritical", why)) });
    }
}

struct Ask {
    approvers: u32,
    why: Why,
    named: Option<(String, String)>,
}

impl Ask {
    fn one(why: Why) -> Self {
        Self { approvers: 1, why, named: None }
    }
}

/// What a rule asks for. Gives the reason for which it asks nobody, should nothing else ask.
fn ask_of(question: &Question<'_>, ruling: &Ruling, asked: &mut Vec<Ask>) -> Why {
    let speaks = format!("policy {}, rule {}", ruling.policy, ruling.rule);
    let named = Some((ruling.policy.clone(), ruling.rule.clone()));
    let nobody = Why::new("AutoRule", format!("{speaks} lets it run by itself"));
    match ruling.mode {
        ApprovalMode::Auto => {
            let unmet = ruling.conditions.as_ref().and_then(|conditions| unmet(question, conditions));
            let unmet = unmet.or_else(|| ruling.max_blast_radius.and_then(|most| too_far(question, most)));
            if let Some(unmet) = unmet {
                let why = Why::new("AutoConditionsNotMet", format!("{speaks} would let it run by itself, but {unmet}"));
                asked.push(Ask { named, ..Ask::one(why) });
            }
        }
        ApprovalMode::Manual => {
            asked.push(Ask { named, ..Ask::one(Why::new("ManualRule", format!("{speaks} asks one person"))) });
        }
        ApprovalMode::Quorum => {
            let why = Why::new("QuorumRule", format!("{speaks} asks {} people", ruling.approvers));
            asked.push(Ask { approvers: ruling.approvers, why, named });
        }
    }
    nobody
}

/// What autonomy says about the class.
fn ask_of_class(question: &Question<'_>, asked: &mut Vec<Ask>) -> Why {
    let nobody = Why::new("Autonomy", format!("{}, {}", question.class, question.autonomy.message));
    let runs_by_itself = match question.class {
        ActionClass::ReadOnly => true,
        ActionClass::Reversible => question.autonomy.level >= Autonomy::Auto,
        ActionClass::Disruptive | ActionClass::Irreversible => false,
    };
    if !runs_by_itself {
        asked.push(Ask::one(Why::new("ClassAsks", format!("{}, {}", question.class, question.autonomy.message))));
    }
    nobody
}

/// The first condition that does not hold. What nobody knows does not hold.
fn unmet(question: &Question<'_>, conditions: &AutoApproveConditions) -> Option<String> {
    if question.subject.severity > conditions.max_severity {
        return Some(format!("severity {} is above {}", question.subject.severity, conditions.max_severity));
    }
    let shares = [
        ("confidence", question.confidence, conditions.min_confidence),
        ("historical success rate", question.success_rate, conditions.historical_success_rate),
    ];
    shares.into_iter().find_map(|(what, have, least)| match have {
        Some(have) if have >= least => None,
        Some(have) => Some(format!("the {what} {have:.2} is below {least:.2}")),
        None => Some(format!("the {what} is not known")),
    })
}

/// Why the change reaches further than a rule lets run by itself. A reach nobody computed is too far.
fn too_far(question: &Question<'_>, most: IssueSeverity) -> Option<String> {
    match question.radius {
        Some(level) if level <= Level::from(most) => None,
        Some(level) => Some(format!("the blast radius {level} is above {most}")),
        None => Some("the blast radius is not known".to_owned()),
    }
}

/// Severity of an incident as rules see it, where an Issue is gone: the gravest, so that rules for it apply.
pub const UNKNOWN_SEVERITY: IssueSeverity = IssueSeverity::Critical;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::{
            ActionType, ApprovalPolicy, ResourceRef,
            approval_policy::{ApprovalRule, ChangeWindowSpec},
        },
        decisions::{
            autonomy,
            policy::tests::{OPERATOR, policy, rule},
        },
    };

    struct Case {
        autonomy: Standing,
        policies: Vec<ApprovalPolicy>,
        class: ActionClass,
        clean: bool,
        author: Author<'static>,
        confidence: Option<f64>,
        success_rate: Option<f64>,
        overrides: Vec<String>,
        radius: Option<Level>,
        times_over: usize,
        contradicts: Option<&'static str>,
    }

    fn in_namespace(autonomy: &str) -> Case {
        Case {
            autonomy: autonomy::standing(Some(autonomy), Autonomy::Approve),
            policies: Vec::new(),
            class: ActionClass::Reversible,
            clean: true,
            author: Author::Operator,
            confidence: None,
            success_rate: None,
            overrides: Vec::new(),
            radius: Some(Level::Low),
            times_over: 0,
            contradicts: None,
        }
    }

    impl Case {
        fn with(mut self, namespace: &str, rules: Vec<ApprovalRule>) -> Self {
            let name = format!("policy-{}", self.policies.len());
            self.policies.push(policy(namespace, &name, rules));
            self
        }

        fn class(mut self, class: ActionClass) -> Self {
            self.class = class;
            self
        }

        fn need(&self) -> Need {
            let known: Vec<_> = self.policies.iter().map(KnownPolicy::Policy).collect();
            need(&Question {
                subject: Subject {
                    operator_namespace: OPERATOR,
                    namespace: "shop",
                    target: &ResourceRef::new("Deployment", "shop", "web"),
                    severity: IssueSeverity::High,
                    actions: &[ActionType::RestartDeployment],
                    labels: None,
                },
                policies: &known,
                autonomy: &self.autonomy,
                class: self.class,
                preview_is_clean: self.clean,
                author: self.author,
                confidence: self.confidence,
                success_rate: self.success_rate,
                overrides: &self.overrides,
                radius: self.radius,
                times_over: self.times_over,
                contradicts: self.contradicts,
            })
        }

        fn asks(&self) -> u32 {
            match self.need() {
                Need::Nobody { .. } => 0,
                Need::People(need) => need.approvers,
                Need::Never(why) => panic!("never: {why:?}"),
            }
        }

        fn never(&self) -> &'static str {
            match self.need() {
                Need::Never(why) => why.reason,
                other => panic!("{other:?}"),
            }
        }
    }

    fn quorum(approvers: i32) -> ApprovalRule {
        ApprovalRule { required_approvers: Some(approvers), ..rule("quorum", ApprovalMode::Quorum) }
    }

    fn auto() -> ApprovalRule {
        rule("auto", ApprovalMode::Auto)
    }

    #[test]
    fn the_shipped_default_asks_for_everything_that_writes() {
        assert_eq!(in_namespace("approve").asks(), 1);
        assert_eq!(in_namespace("approve").class(ActionClass::ReadOnly).asks(), 0);
    }

    #[test]
    fn auto_lets_only_reversible_steps_run_by_themselves() {
        assert_eq!(in_namespace("auto").asks(), 0);
        assert_eq!(in_namespace("auto").class(ActionClass::Disruptive).asks(), 1);
        assert_eq!(in_namespace("auto").class(ActionClass::Irreversible).asks(), 1);
    }

    #[test]
    fn an_unchecked_preview_asks_even_where_a_rule_would_not() {
        assert_eq!(Case { clean: false, ..in_namespace("auto") }.asks(), 1);
        assert_eq!(Case { clean: false, ..in_namespace("approve").with(OPERATOR, vec![auto()]) }.asks(), 1);
    }

    #[test]
    fn no_rule_lifts_observe_propose_or_a_misspelt_autonomy() {
        for (autonomy, reason) in [("observe", "ObserveOnly"), ("propose", "ProposeOnly"), ("atuo", "ObserveOnly")] {
            assert_eq!(in_namespace(autonomy).with(OPERATOR, vec![auto()]).never(), reason);
        }
    }

    #[test]
    fn a_cluster_rule_decides_in_place_of_the_class() {
        assert_eq!(in_namespace("approve").with(OPERATOR, vec![auto()]).asks(), 0);
        assert_eq!(in_namespace("auto").with(OPERATOR, vec![quorum(2)]).asks(), 2);
    }

    #[test]
    fn a_namespace_cannot_loosen_the_clusters_policy_nor_its_autonomy() {
        assert_eq!(in_namespace("auto").with(OPERATOR, vec![quorum(2)]).with("shop", vec![auto()]).asks(), 2);
        assert_eq!(in_namespace("approve").with("shop", vec![auto()]).asks(), 1);
    }

    #[test]
    fn a_namespace_can_be_stricter_than_the_cluster() {
        assert_eq!(in_namespace("auto").with(OPERATOR, vec![auto()]).with("shop", vec![quorum(3)]).asks(), 3);
        assert_eq!(in_namespace("approve").with(OPERATOR, vec![quorum(2)]).with("shop", vec![quorum(1)]).asks(), 2);
    }

    #[test]
    fn an_existing_policy_without_a_matching_rule_asks_as_its_default_mode_says() {
        let mut elsewhere = auto();
        elsewhere.matches.namespaces = vec!["payments".into()];
        assert_eq!(in_namespace("auto").with(OPERATOR, vec![elsewhere.clone()]).asks(), 1);
        let mut lenient = in_namespace("approve").with(OPERATOR, vec![elsewhere]);
        lenient.policies[0].spec.default_mode = Some(ApprovalMode::Auto);
        assert_eq!(lenient.asks(), 1, "defaultMode auto leaves it to the namespace's autonomy");
        lenient.autonomy = autonomy::standing(Some("auto"), Autonomy::Approve);
        assert_eq!(lenient.asks(), 0);
    }

    #[test]
    fn a_policy_nobody_can_understand_stops_everything_it_might_be_about() {
        let broken = ApprovalRule { timeout_minutes: Some(0), ..auto() };
        assert_eq!(in_namespace("auto").with(OPERATOR, vec![broken.clone()]).never(), "PolicyInvalid");
        assert_eq!(in_namespace("auto").with("shop", vec![broken.clone()]).never(), "PolicyInvalid");
        assert_eq!(in_namespace("auto").with("payments", vec![broken]).asks(), 0);
    }

    #[test]
    fn conditions_of_an_auto_rule_hold_only_when_they_are_known_to_hold() {
        let conditions = AutoApproveConditions {
            min_confidence: 0.9,
            max_severity: IssueSeverity::High,
            historical_success_rate: 0.8,
        };
        let rules = || vec![ApprovalRule { auto_approve_conditions: Some(conditions.clone()), ..auto() }];
        let case = |confidence, success_rate| Case {
            confidence,
            success_rate,
            ..in_namespace("approve").with(OPERATOR, rules())
        };
        assert_eq!(case(Some(0.95), Some(0.9)).asks(), 0);
        assert_eq!(case(Some(0.95), None).asks(), 1);
        assert_eq!(case(None, Some(0.9)).asks(), 1);
        assert_eq!(case(Some(0.5), Some(0.9)).asks(), 1);
        let low_only = AutoApproveConditions { max_severity: IssueSeverity::Low, ..conditions.clone() };
        let grave = ApprovalRule { auto_approve_conditions: Some(low_only), ..auto() };
        let case = Case {
            confidence: Some(1.0),
            success_rate: Some(1.0),
            ..in_namespace("approve").with(OPERATOR, vec![grave])
        };
        assert_eq!(case.asks(), 1, "the incident is graver than the rule allows");
    }

    #[test]
    fn trouble_that_comes_again_and_again_is_a_question_whatever_a_rule_says() {
        let case = |times_over| Case { times_over, ..in_namespace("auto").with(OPERATOR, vec![auto()]) };
        assert_eq!(case(flapping::TIMES - 1).asks(), 0);
        assert_eq!(case(flapping::TIMES).asks(), 1);
    }

    #[test]
    fn what_a_model_chose_against_the_findings_is_a_question_whatever_a_rule_says() {
        let case = |contradicts| Case { contradicts, ..in_namespace("auto").with(OPERATOR, vec![auto()]) };
        assert_eq!(case(None).asks(), 0);
        assert_eq!(case(Some("it is not the memory")).asks(), 1);
    }

    #[test]
    fn an_author_who_could_not_do_it_themselves_gains_nothing_by_writing_a_plan() {
        let by = |may_do_it| Case { author: Author::Person { name: "eve", may_do_it }, ..in_namespace("auto") };
        assert_eq!(by(Some(true)).asks(), 0);
        assert_eq!(by(Some(false)).asks(), 1);
        assert_eq!(by(None).asks(), 1);
    }

    #[test]
    fn the_author_is_the_operator_only_where_nobody_else_can_have_written_it() {
        let plan = |more: serde_json::Value| {
            let mut spec = serde_json::json!({"issueRef": {"name": "web"}, "attempt": 1, "strategy": ""});
            spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            RemediationPlan::new("plan", serde_json::from_value(spec).unwrap())
        };
        let runbook = |more: serde_json::Value| {
            let trigger =
                serde_json::json!({"signalType": "oom_kill", "severity": "high", "resourceKind": "Deployment"});
            let mut spec = serde_json::json!({"trigger": trigger, "steps": []});
            spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            Runbook::new("book", serde_json::from_value(spec).unwrap())
        };
        let bound = serde_json::json!({"findingCode": "oom", "target": {"kind": "Deployment", "name": "web"}});
        let recorded = runbook(serde_json::json!({"boundTo": bound}));
        let by_hand = runbook(serde_json::json!({}));
        let edited = runbook(serde_json::json!({"boundTo": bound, "requestedBy": "eve"}));
        let from_book = plan(serde_json::json!({"runbookRef": {"name": "book"}, "findingCode": "oom"}));
        assert_eq!(Author::of(&from_book, Some(&recorded), None), Author::Operator);
        for other in [Some(&by_hand), Some(&edited), None] {
            assert_eq!(Author::of(&from_book, other, None), Author::Unknown);
        }
        assert_eq!(Author::of(&plan(serde_json::json!({})), None, None), Author::Unknown);
        let hers = plan(serde_json::json!({"requestedBy": "alice", "findingCode": "oom"}));
        assert_eq!(Author::of(&hers, Some(&recorded), Some(true)).name(), Some("alice"));
    }

    #[test]
    fn a_blocker_and_a_critical_reach_take_two_people_whatever_a_rule_says() {
        let auto = || in_namespace("auto").with(OPERATOR, vec![auto()]);
        assert_eq!(Case { overrides: vec!["radius".into()], ..auto() }.asks(), 2);
        assert_eq!(Case { radius: Some(Level::Critical), ..auto() }.asks(), 2);
        assert_eq!(Case { radius: Some(Level::High), ..auto() }.asks(), 0);
    }

    #[test]
    fn a_rule_may_say_how_far_a_change_may_reach_by_itself() {
        let careful = ApprovalRule { max_blast_radius: Some(IssueSeverity::Medium), ..auto() };
        let case = |radius| Case { radius, ..in_namespace("approve").with(OPERATOR, vec![careful.clone()]) };
        assert_eq!(case(Some(Level::Medium)).asks(), 0);
        assert_eq!(case(Some(Level::High)).asks(), 1);
        assert_eq!(case(None).asks(), 1, "what nobody computed may reach anywhere");
    }

    #[test]
    fn groups_of_both_scopes_are_asked_with_the_larger_count() {
        let with = |group: &str, count| ApprovalRule {
            required_groups: vec![RequiredGroup { group: group.into(), count }],
            ..quorum(2)
        };
        let case = in_namespace("approve").with(OPERATOR, vec![with("sre", 1)]).with("shop", vec![with("sre", 2)]);
        let Need::People(need) = case.need() else { panic!("asks nobody") };
        assert_eq!(need.required_groups, [RequiredGroup { group: "sre".into(), count: 2 }]);
    }

    #[test]
    fn a_plan_of_an_unknown_author_takes_two_people() {
        assert_eq!(Case { author: Author::Unknown, ..in_namespace("auto") }.asks(), 2);
    }

    #[test]
    fn the_window_of_a_rule_binds_a_plan_that_runs_by_itself_too() {
        let window = ChangeWindowSpec {
            timezone: "UTC".into(),
            allowed_days: vec!["Monday".into()],
            start_hour: 9,
            end_hour: 17,
        };
        let case = in_namespace("approve").with(OPERATOR, vec![ApprovalRule { change_window: Some(window), ..auto() }]);
        let Need::Nobody { windows, .. } = case.need() else { panic!("asks") };
        assert!(windows.is_open("2026-11-23T10:00:00Z".parse().unwrap()));
        assert!(!windows.is_open("2026-11-22T10:00:00Z".parse().unwrap()));
    }

    #[test]
    fn the_request_names_the_policy_that_asks_else_autonomy_and_the_class() {
        let named = |case: Case| match case.need() {
            Need::People(need) => (need.policy, need.rule),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            named(in_namespace("approve").with(OPERATOR, vec![quorum(2)])),
            ("policy-0".into(), "quorum".into())
        );
        assert_eq!(named(in_namespace("approve")), ("autonomy".into(), "reversible".into()));
    }
}
