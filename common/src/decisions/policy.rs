//! Which rules of which ApprovalPolicies speak about a plan.
//!
//! In: every policy of the operator's namespace and of the plan's own, readable or not. Out: per scope the one rule that holds, or the
//! field that makes a policy unusable. A policy that exists and cannot be understood stops everything it might have been about.

use serde::Serialize;
use serde_json::json;

use super::brakes::Marks;
use super::invalid::Invalid;
use super::window::ChangeWindow;
use crate::{
    actions,
    api::{
        ActionType, ApprovalPolicy, IssueSeverity, ResourceRef,
        approval_policy::{ApprovalMatch, ApprovalMode, ApprovalRule, AutoApproveConditions, RequiredGroup},
    },
    naming,
};

/// Minutes until an undecided request expires, where nobody says otherwise.
pub const DEFAULT_TIMEOUT_MINUTES: i32 = 30;

/// A policy as it could be read.
#[derive(Clone, Copy, Debug)]
pub enum KnownPolicy<'a> {
    /// Read.
    Policy(&'a ApprovalPolicy),
    /// It is there, and is not what an ApprovalPolicy has to be.
    Unreadable {
        /// Its namespace.
        namespace: &'a str,
        /// Its name.
        name: &'a str,
        /// What is wrong.
        error: &'a str,
    },
}

impl KnownPolicy<'_> {
    fn namespace(&self) -> &str {
        match self {
            Self::Policy(policy) => policy.metadata.namespace.as_deref().unwrap_or_default(),
            Self::Unreadable { namespace, .. } => namespace,
        }
    }
}

/// What rules are matched against.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Namespace of the operator, whose policies hold everywhere.
    pub operator_namespace: &'a str,
    /// Namespace of the plan, whose policies hold there.
    pub namespace: &'a str,
    /// The object acted on.
    pub target: &'a ResourceRef,
    /// Severity of the incident.
    pub severity: IssueSeverity,
    /// Every action of the plan.
    pub actions: &'a [ActionType],
    /// Labels of the object acted on; absent when they could not be read, and then a rule about labels stops the plan.
    pub labels: Option<&'a Marks>,
}

/// A rule in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// Name of the policy.
    pub policy: String,
    /// Name of the rule; `defaultMode` where no rule matched.
    pub rule: String,
    /// How the decision is made.
    pub mode: ApprovalMode,
    /// Distinct approvers, where people decide.
    pub approvers: u32,
    /// Minutes until an undecided request expires.
    pub timeout_minutes: i32,
    /// When the plan may run.
    pub window: Option<ChangeWindow>,
    /// What has to hold for `auto`.
    pub conditions: Option<AutoApproveConditions>,
    /// Groups that have to be among those who approve.
    pub required_groups: Vec<RequiredGroup>,
    /// Gravest blast radius with which `auto` runs by itself.
    pub max_blast_radius: Option<IssueSeverity>,
}

/// What holds for a plan: the cluster's word, and the namespace's own, which can only add to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effective {
    /// From the operator's namespace.
    pub cluster: Option<Ruling>,
    /// From the plan's namespace.
    pub own: Option<Ruling>,
    /// Digest of the rules above, sealed into the plan's digest: editing one of them voids approvals.
    pub digest: String,
}

/// The rules that hold for a plan, or the policies that cannot be understood.
pub fn effective(policies: &[KnownPolicy<'_>], subject: &Subject<'_>) -> Result<Effective, Vec<Invalid>> {
    let mut readable: [Vec<&ApprovalPolicy>; 2] = [Vec::new(), Vec::new()];
    let mut invalid = Vec::new();
    let scopes = [subject.operator_namespace, subject.namespace];
    let scopes = if scopes[0] == scopes[1] { &scopes[..1] } else { &scopes[..] };
    for (scope, found) in scopes.iter().zip(&mut readable) {
        for policy in policies.iter().filter(|policy| policy.namespace() == *scope) {
            match *policy {
                KnownPolicy::Unreadable { namespace, name, error } => invalid.push(Invalid {
                    policy: format!("{namespace}/{name}"),
                    field: "spec".to_owned(),
                    problem: error.to_owned(),
                }),
                KnownPolicy::Policy(policy) if !policy.spec.enabled => {}
                KnownPolicy::Policy(policy) => match check(policy) {
                    Ok(()) => found.push(policy),
                    Err(problem) => invalid.push(problem),
                },
            }
        }
    }
    if !invalid.is_empty() {
        return Err(invalid);
    }
    if let Some(problem) = unknown_labels(&readable, subject) {
        return Err(vec![problem]);
    }
    let [cluster, own] = readable.map(|policies| rule_of(&policies, subject));
    let digest = digest(&[&cluster, &own]);
    Ok(Effective { cluster: cluster.map(|(ruling, _)| ruling), own: own.map(|(ruling, _)| ruling), digest })
}

/// A rule that is about labels nobody could read may or may not hold: nothing runs until that is known.
fn unknown_labels(policies: &[Vec<&ApprovalPolicy>; 2], subject: &Subject<'_>) -> Option<Invalid> {
    if subject.labels.is_some() {
        return None;
    }
    policies.iter().flatten().find_map(|policy| {
        let index = policy.spec.rules.iter().position(|rule| !rule.matches.match_labels.is_empty())?;
        Some(Invalid {
            policy: full_name(policy),
            field: format!("rules[{index}].match.matchLabels"),
            problem: format!("the labels of {} cannot be read", subject.target),
        })
    })
}

/// Whether a policy can be acted on; the first field that cannot.
pub fn check(policy: &ApprovalPolicy) -> Result<(), Invalid> {
    let named = |problem: Invalid| Invalid { policy: full_name(policy), ..problem };
    let mut taken = std::collections::BTreeSet::new();
    for (index, rule) in policy.spec.rules.iter().enumerate() {
        let path = format!("rules[{index}]");
        if rule.name.is_empty() || !taken.insert(&rule.name) {
            return Err(named(
                Invalid::field("name", format!("`{}` is not a name of its own", rule.name)).below(&path),
            ));
        }
        check_rule(rule).map_err(|problem| named(problem.below(&path)))?;
    }
    Ok(())
}

fn check_rule(rule: &ApprovalRule) -> Result<(), Invalid> {
    if rule.required_approvers.is_some_and(|count| count < 1) {
        return Err(Invalid::field("requiredApprovers", "an approval takes at least one person"));
    }
    if rule.timeout_minutes.is_some_and(|minutes| minutes < 1) {
        return Err(Invalid::field("timeoutMinutes", "a request has to live for at least a minute"));
    }
    if let Some(window) = &rule.change_window {
        ChangeWindow::parse(window)?;
    }
    if let Some(wanted) = rule.required_groups.iter().find(|wanted| wanted.group.is_empty() || wanted.count < 1) {
        let problem = format!("group `{}` with count {} asks for nobody", wanted.group, wanted.count);
        return Err(Invalid::field("requiredGroups", problem));
    }
    if let Some(conditions) = &rule.auto_approve_conditions {
        let shares = [
            ("minConfidence", conditions.min_confidence),
            ("historicalSuccessRate", conditions.historical_success_rate),
        ];
        for (field, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(Invalid::field(
                    format!("autoApproveConditions.{field}"),
                    format!("{share} is not between 0 and 1"),
                ));
            }
        }
    }
    Ok(())
}

/// The rule of one scope: the most specific that matches, ties by policy and rule name. Without one, the strictest `defaultMode` among the
/// policies that are on.
fn rule_of<'a>(policies: &[&'a ApprovalPolicy], subject: &Subject<'_>) -> Option<(Ruling, Source<'a>)> {
    let best = policies
        .iter()
        .flat_map(|policy| policy.spec.rules.iter().map(move |rule| (*policy, rule)))
        .filter(|(_, rule)| matches(rule, subject))
        .min_by_key(|(policy, rule)| {
            (std::cmp::Reverse(specificity(&rule.matches)), policy.metadata.name.clone(), rule.name.clone())
        });
    if let Some((policy, rule)) = best {
        return Some((ruling(policy, rule), Source::Rule(rule)));
    }
    let policy = policies
        .iter()
        .max_by_key(|policy| (strictness(default_mode(policy)), std::cmp::Reverse(&policy.metadata.name)))?;
    let mode = default_mode(policy);
    let ruling = Ruling {
        policy: name(policy),
        rule: "defaultMode".to_owned(),
        mode,
        approvers: if mode == ApprovalMode::Quorum { 2 } else { 1 },
        timeout_minutes: DEFAULT_TIMEOUT_MINUTES,
        window: None,
        conditions: None,
        required_groups: Vec::new(),
        max_blast_radius: None,
    };
    Some((ruling, Source::Default(mode)))
}

#[derive(Serialize)]
#[serde(untagged)]
enum Source<'a> {
    Rule(&'a ApprovalRule),
    Default(ApprovalMode),
}

fn ruling(policy: &ApprovalPolicy, rule: &ApprovalRule) -> Ruling {
    let asked_for = u32::try_from(rule.required_approvers.unwrap_or(1)).unwrap_or(1).max(1);
    Ruling {
        policy: name(policy),
        rule: rule.name.clone(),
        mode: rule.mode,
        // Upstream reads the number in quorum mode only.
        approvers: if rule.mode == ApprovalMode::Quorum { asked_for } else { 1 },
        timeout_minutes: rule.timeout_minutes.unwrap_or(DEFAULT_TIMEOUT_MINUTES),
        // Checked before: `check` has refused the policy if this fails.
        window: rule.change_window.as_ref().and_then(|window| ChangeWindow::parse(window).ok()),
        conditions: rule.auto_approve_conditions.clone(),
        required_groups: rule.required_groups.clone(),
        max_blast_radius: rule.max_blast_radius,
    }
}

/// All given parts must match. A rule that lets plans run by itself must cover every action of the plan, one that asks only one of them: a
/// harmless action beside a grave one does not carry it through.
fn matches(rule: &ApprovalRule, subject: &Subject<'_>) -> bool {
    let wanted = &rule.matches;
    let listed = |action: &ActionType| wanted.action_types.contains(action);
    let actions = wanted.action_types.is_empty()
        || match rule.mode {
            ApprovalMode::Auto => !subject.actions.is_empty() && subject.actions.iter().all(listed),
            ApprovalMode::Manual | ApprovalMode::Quorum => subject.actions.iter().any(listed),
        };
    actions
        && (wanted.severities.is_empty() || wanted.severities.contains(&subject.severity))
        && (wanted.namespaces.is_empty() || wanted.namespaces.contains(&subject.target.namespace))
        && (wanted.resource_kinds.is_empty()
            || wanted.resource_kinds.iter().any(|kind| kind.eq_ignore_ascii_case(&subject.target.kind)))
        && wanted
            .match_labels
            .iter()
            .all(|(key, value)| subject.labels.is_some_and(|labels| labels.get(key) == Some(value)))
}

fn specificity(wanted: &ApprovalMatch) -> usize {
    [
        !wanted.severities.is_empty(),
        !wanted.action_types.is_empty(),
        !wanted.namespaces.is_empty(),
        !wanted.resource_kinds.is_empty(),
        !wanted.match_labels.is_empty(),
    ]
    .into_iter()
    .filter(|given| *given)
    .count()
}

fn strictness(mode: ApprovalMode) -> u8 {
    match mode {
        ApprovalMode::Auto => 0,
        ApprovalMode::Manual => 1,
        ApprovalMode::Quorum => 2,
    }
}

fn default_mode(policy: &ApprovalPolicy) -> ApprovalMode {
    policy.spec.default_mode.unwrap_or_default()
}

fn name(policy: &ApprovalPolicy) -> String {
    policy.metadata.name.clone().unwrap_or_default()
}

fn full_name(policy: &ApprovalPolicy) -> String {
    format!("{}/{}", policy.metadata.namespace.as_deref().unwrap_or_default(), name(policy))
}

fn digest(rulings: &[&Option<(Ruling, Source<'_>)>]) -> String {
    let content: Vec<String> = rulings
        .iter()
        .map(|ruling| match ruling {
            None => String::new(),
            Some((ruling, source)) => {
                actions::canonical(&json!({ "policy": ruling.policy, "rule": ruling.rule, "content": source }))
            }
        })
        .collect();
    let content: Vec<&str> = content.iter().map(String::as_str).collect();
    format!("sha256:{}", naming::hash(&content, 64))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::api::approval_policy::{ApprovalPolicySpec, ChangeWindowSpec};

    pub(crate) const OPERATOR: &str = "chatcli-system";

    pub(crate) fn rule(name: &str, mode: ApprovalMode) -> ApprovalRule {
        ApprovalRule {
            name: name.into(),
            matches: ApprovalMatch::default(),
            mode,
            required_approvers: None,
            timeout_minutes: None,
            change_window: None,
            auto_approve_conditions: None,
            required_groups: Vec::new(),
            max_blast_radius: None,
        }
    }

    pub(crate) fn policy(namespace: &str, name: &str, rules: Vec<ApprovalRule>) -> ApprovalPolicy {
        let mut policy = ApprovalPolicy::new(
            name,
            ApprovalPolicySpec { rules, default_mode: Some(ApprovalMode::Manual), enabled: true },
        );
        policy.metadata.namespace = Some(namespace.into());
        policy
    }

    fn subject<'a>(target: &'a ResourceRef, actions: &'a [ActionType]) -> Subject<'a> {
        let labels = None;
        Subject {
            operator_namespace: OPERATOR,
            namespace: "shop",
            target,
            severity: IssueSeverity::High,
            actions,
            labels,
        }
    }

    fn ruled(policies: &[ApprovalPolicy], actions: &[ActionType]) -> Effective {
        let known: Vec<_> = policies.iter().map(KnownPolicy::Policy).collect();
        effective(&known, &subject(&ResourceRef::new("Deployment", "shop", "web"), actions)).unwrap()
    }

    fn rule_name(ruling: Option<Ruling>) -> String {
        ruling.map_or_else(|| "none".to_owned(), |ruling| ruling.rule)
    }

    use ActionType::{DeletePod, RestartDeployment, RollbackDeployment};

    #[test]
    fn without_any_policy_no_rule_speaks() {
        let effective = ruled(&[], &[RestartDeployment]);
        assert_eq!((effective.cluster, effective.own), (None, None));
    }

    #[test]
    fn the_most_specific_rule_wins_and_ties_go_by_name() {
        let specific = ApprovalRule {
            matches: ApprovalMatch {
                namespaces: vec!["shop".into()],
                action_types: vec![RestartDeployment],
                ..ApprovalMatch::default()
            },
            ..rule("z-specific", ApprovalMode::Quorum)
        };
        let policies = [
            policy(OPERATOR, "b", vec![rule("any", ApprovalMode::Auto), specific]),
            policy(OPERATOR, "a", vec![rule("y", ApprovalMode::Auto)]),
        ];
        assert_eq!(rule_name(ruled(&policies, &[RestartDeployment]).cluster), "z-specific");
        assert_eq!(rule_name(ruled(&policies, &[DeletePod]).cluster), "y", "policy a comes before policy b");
    }

    #[test]
    fn a_rule_about_labels_holds_for_objects_that_carry_them_and_stops_where_they_cannot_be_read() {
        let labelled = ApprovalRule {
            matches: ApprovalMatch {
                match_labels: Marks::from([("tier".to_owned(), "payments".to_owned())]),
                ..ApprovalMatch::default()
            },
            ..rule("payments", ApprovalMode::Quorum)
        };
        let policies = [policy(OPERATOR, "p", vec![labelled, rule("any", ApprovalMode::Auto)])];
        let known: Vec<_> = policies.iter().map(KnownPolicy::Policy).collect();
        let target = ResourceRef::new("Deployment", "shop", "web");
        let ruled = |labels: Option<&Marks>| effective(&known, &Subject { labels, ..subject(&target, &[DeletePod]) });
        let payments = Marks::from([("tier".to_owned(), "payments".to_owned())]);
        assert_eq!(rule_name(ruled(Some(&payments)).unwrap().cluster), "payments");
        assert_eq!(rule_name(ruled(Some(&Marks::new())).unwrap().cluster), "any");
        assert_eq!(ruled(None).unwrap_err()[0].field, "rules[0].match.matchLabels");
    }

    #[test]
    fn policies_of_other_namespaces_say_nothing() {
        let effective = ruled(&[policy("payments", "p", vec![rule("r", ApprovalMode::Quorum)])], &[RestartDeployment]);
        assert_eq!((effective.cluster, effective.own), (None, None));
    }

    #[test]
    fn an_auto_rule_covers_every_action_or_none() {
        let auto = ApprovalRule {
            matches: ApprovalMatch { action_types: vec![RestartDeployment], ..ApprovalMatch::default() },
            ..rule("auto-restart", ApprovalMode::Auto)
        };
        let policies = [policy(OPERATOR, "p", vec![auto])];
        assert_eq!(rule_name(ruled(&policies, &[RestartDeployment]).cluster), "auto-restart");
        assert_eq!(rule_name(ruled(&policies, &[RestartDeployment, RollbackDeployment]).cluster), "defaultMode");
        assert_eq!(rule_name(ruled(&policies, &[]).cluster), "defaultMode");
    }

    #[test]
    fn a_rule_that_asks_needs_only_one_of_the_actions() {
        let ask = ApprovalRule {
            matches: ApprovalMatch { action_types: vec![RollbackDeployment], ..ApprovalMatch::default() },
            ..rule("ask-rollback", ApprovalMode::Manual)
        };
        assert_eq!(
            rule_name(ruled(&[policy(OPERATOR, "p", vec![ask])], &[RestartDeployment, RollbackDeployment]).cluster),
            "ask-rollback"
        );
    }

    #[test]
    fn a_disabled_policy_says_nothing() {
        let mut off = policy(OPERATOR, "p", vec![rule("r", ApprovalMode::Auto)]);
        off.spec.enabled = false;
        assert_eq!(ruled(&[off], &[RestartDeployment]).cluster, None);
    }

    #[test]
    fn a_policy_that_cannot_be_understood_names_its_field() {
        let window = ChangeWindowSpec {
            timezone: "Nowhere".into(),
            allowed_days: vec!["Monday".into()],
            start_hour: 9,
            end_hour: 17,
        };
        let cases = [
            (
                ApprovalRule { required_approvers: Some(0), ..rule("r", ApprovalMode::Quorum) },
                "rules[0].requiredApprovers",
            ),
            (ApprovalRule { timeout_minutes: Some(0), ..rule("r", ApprovalMode::Manual) }, "rules[0].timeoutMinutes"),
            (
                ApprovalRule { change_window: Some(window), ..rule("r", ApprovalMode::Manual) },
                "rules[0].changeWindow.timezone",
            ),
        ];
        for (rule, field) in cases {
            assert_eq!(check(&policy(OPERATOR, "p", vec![rule])).unwrap_err().field, field);
        }
        let twins = policy(OPERATOR, "p", vec![rule("r", ApprovalMode::Auto), rule("r", ApprovalMode::Auto)]);
        assert_eq!(check(&twins).unwrap_err().field, "rules[1].name");
    }

    #[test]
    fn an_unreadable_policy_is_no_absent_policy() {
        let unreadable =
            KnownPolicy::Unreadable { namespace: OPERATOR, name: "p", error: "spec.rules: expected a list" };
        let invalid =
            effective(&[unreadable], &subject(&ResourceRef::new("Deployment", "shop", "web"), &[RestartDeployment]))
                .unwrap_err();
        assert_eq!(invalid[0].to_string(), "ApprovalPolicy chatcli-system/p: spec: spec.rules: expected a list");
    }

    #[test]
    fn editing_the_rule_changes_the_digest_and_editing_another_does_not() {
        let before = [policy(OPERATOR, "p", vec![rule("holds", ApprovalMode::Quorum)])];
        let digest = ruled(&before, &[RestartDeployment]).digest;
        let mut edited = before.clone();
        edited[0].spec.rules[0].required_approvers = Some(3);
        assert_ne!(ruled(&edited, &[RestartDeployment]).digest, digest);
        let mut beside = before.to_vec();
        let mut other = rule("other", ApprovalMode::Auto);
        other.matches.severities = vec![IssueSeverity::Low];
        beside[0].spec.rules.push(other);
        assert_eq!(ruled(&beside, &[RestartDeployment]).digest, digest);
    }

    #[test]
    fn the_documented_policy_rules_as_documented() {
        let auto = ApprovalRule {
            matches: ApprovalMatch {
                severities: vec![IssueSeverity::Low],
                action_types: vec![RestartDeployment, DeletePod],
                ..ApprovalMatch::default()
            },
            ..rule("auto-low-confidence", ApprovalMode::Auto)
        };
        let quorum = ApprovalRule {
            matches: ApprovalMatch {
                severities: vec![IssueSeverity::Critical, IssueSeverity::High],
                action_types: vec![RollbackDeployment, ActionType::ScaleDeployment],
                namespaces: vec!["production".into()],
                ..ApprovalMatch::default()
            },
            required_approvers: Some(2),
            timeout_minutes: Some(15),
            ..rule("quorum-production-rollback", ApprovalMode::Quorum)
        };
        let known = [policy(OPERATOR, "prod-approvals", vec![auto, quorum])];
        let target = ResourceRef::new("Deployment", "production", "web");
        let known: Vec<_> = known.iter().map(KnownPolicy::Policy).collect();
        let about = |severity, actions: &[ActionType]| {
            let subject = Subject {
                operator_namespace: OPERATOR,
                namespace: "production",
                target: &target,
                severity,
                actions,
                labels: None,
            };
            effective(&known, &subject).unwrap().cluster.unwrap()
        };
        let rollback = about(IssueSeverity::High, &[RollbackDeployment]);
        assert_eq!(
            (rollback.rule.as_str(), rollback.approvers, rollback.timeout_minutes),
            ("quorum-production-rollback", 2, 15)
        );
        assert_eq!(about(IssueSeverity::Low, &[DeletePod]).rule, "auto-low-confidence");
        assert_eq!(about(IssueSeverity::Medium, &[RollbackDeployment]).rule, "defaultMode");
    }
}
