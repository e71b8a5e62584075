//! Would the resulting pods fit the namespace's ResourceQuotas? A dry run of a Deployment does not ask that.

use serde_json::Value;

use super::pod_resources::{Amounts, Defaults, of_pod_spec};
use super::rollout::pace;
use super::{Seen, ask, computed, limits, ok, unreadable};
use crate::actions::kind;
use crate::actions::live::Need;
use crate::actions::object::Object;
use crate::actions::quantity::{Quantity, readable};
use crate::api::remediation_plan::{Verdict, VerdictLevel, WriteKind};

const CHECK: &str = "quota";
/// One pod, in the unit amounts are kept in.
const ONE: i128 = 1_000_000_000;

pub fn check(seen: &Seen<'_>) -> Vec<Verdict> {
    let scales = seen.writes().any(|write| write.kind == WriteKind::Scale);
    let made: Vec<Object> = seen.creates().collect();
    if !scales && !seen.rolls_out() && made.is_empty() {
        return vec![ok(CHECK, "no pod is added")];
    }
    let quotas = match seen.before.all(&Need::Every(&kind::RESOURCE_QUOTA)) {
        Ok([]) => return vec![ok(CHECK, "the namespace has no ResourceQuota")],
        Ok(quotas) => quotas,
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    let (pods, defaults) = match (seen.before.pods(), limits::defaults(seen)) {
        (Ok(pods), Ok(defaults)) => (pods, defaults),
        (Err(error), _) | (_, Err(error)) => return vec![unreadable(CHECK, &error)],
    };
    if let Some(job) = made.first() {
        // They come on top of whatever there is.
        let mut one = of_pod_spec(job.at("/spec/template/spec"), &defaults);
        one.insert("pods".to_owned(), ONE);
        let pace = Pace { surge: 0, can_shrink: false, replicas: job.wanted_pods().into() };
        return quotas.iter().flat_map(|quota| one_quota(quota, &one, &Amounts::new(), &pace)).collect();
    }
    let target = &seen.after.target;
    let mut one = of_pod_spec(target.at("/spec/template/spec"), &defaults);
    one.insert("pods".to_owned(), ONE);
    let mut present = Amounts::new();
    for pod in pods.iter().filter(|pod| !matches!(pod.text("/status/phase"), "Succeeded" | "Failed")) {
        let mut amounts = of_pod_spec(pod.at("/spec"), &Defaults::default());
        amounts.insert("pods".to_owned(), ONE);
        for (name, amount) in amounts {
            *present.entry(name).or_default() += amount;
        }
    }
    let surge = if seen.rolls_out() { pace(target).surge } else { 0 };
    let pace =
        Pace { surge: surge.into(), can_shrink: pace(target).unavailable > 0, replicas: target.wanted_pods().into() };
    quotas.iter().flat_map(|quota| one_quota(quota, &one, &present, &pace)).collect()
}

struct Pace {
    surge: i128,
    can_shrink: bool,
    replicas: i128,
}

fn one_quota(quota: &Object, one: &Amounts, present: &Amounts, pace: &Pace) -> Vec<Verdict> {
    let name = quota.name();
    if !quota.list("/spec/scopes").is_empty() || quota.at("/spec/scopeSelector").is_some() {
        return vec![ask(CHECK, format!("{name} holds for some pods only; whether for these was not computed"))];
    }
    let mut verdicts = Vec::new();
    let mut fits = Vec::new();
    for (key, hard) in quota.at("/status/hard").and_then(Value::as_object).into_iter().flatten() {
        let resource = match key.as_str() {
            "cpu" | "memory" => format!("requests.{key}"),
            "count/pods" => "pods".to_owned(),
            other => other.to_owned(),
        };
        let is_of_pods = resource == "pods" || resource.starts_with("requests.") || resource.starts_with("limits.");
        let (Some(hard), true) = (quantity(Some(hard)), is_of_pods && resource != "requests.storage") else { continue };
        let Some(&amount) = one.get(&resource) else {
            // The quota makes pods say it; those that do not are refused, each on its own and after the Deployment was accepted.
            if matches!(resource.as_str(), "requests.cpu" | "requests.memory" | "limits.cpu" | "limits.memory") {
                let text = format!("{name} refuses pods that do not set {resource}");
                verdicts.push(computed(CHECK, VerdictLevel::Block, text));
            }
            continue;
        };
        let used = quantity(quota.at("/status/used").and_then(|used| used.get(key))).unwrap_or(0);
        let held = present.get(&resource).copied().unwrap_or(0);
        let last = used - held + amount * pace.replicas;
        let peak = used + amount * pace.surge;
        let told = |value: i128| format!("{key} {} of {}", readable(&resource, value), readable(&resource, hard));
        if last > hard && last > used {
            verdicts.push(computed(CHECK, VerdictLevel::Block, format!("{name} would be exceeded: {}", told(last))));
        } else if peak > hard && pace.surge > 0 {
            let (level, end) = if pace.can_shrink {
                (VerdictLevel::Warn, "old pods go first")
            } else {
                (VerdictLevel::Block, "the rollout could not start")
            };
            verdicts.push(computed(
                CHECK,
                level,
                format!("{name} has no room for the pods a rollout adds ({}): {end}", told(peak)),
            ));
        } else {
            fits.push(told(last));
        }
    }
    if !fits.is_empty() {
        verdicts.push(ok(CHECK, format!("{name}: {}", fits.join(", "))));
    }
    verdicts
}

fn quantity(value: Option<&Value>) -> Option<i128> {
    match value? {
        Value::String(text) => Quantity::parse(text).map(|quantity| quantity.nano()),
        Value::Number(number) => Quantity::parse(&number.to_string()).map(|quantity| quantity.nano()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::actions::change::{ChangeSet, Terms};
    use crate::actions::live::Live;

    /// A Deployment whose memory limit goes from 20Mi to 64Mi, beside a quota.
    fn verdicts(replicas: i64, hard: &Value, used: &Value) -> Vec<Verdict> {
        let deployment = |memory: &str| {
            Object(json!({
                "kind": "Deployment", "apiVersion": "apps/v1",
                "metadata": {"name": "worker", "namespace": "shop", "uid": "d"},
                "spec": {"replicas": replicas, "template": {"spec": {"containers": [
                    {"name": "app", "resources": {"limits": {"memory": memory}}},
                ]}}},
            }))
        };
        let quota = Object(
            json!({"kind": "ResourceQuota", "metadata": {"name": "small"}, "status": {"hard": hard, "used": used}}),
        );
        let set = Object(
            json!({"kind": "ReplicaSet", "metadata": {"uid": "r", "ownerReferences": [{"uid": "d", "controller": true}]}}),
        );
        let pod = Object(json!({
            "kind": "Pod", "metadata": {"uid": "p", "ownerReferences": [{"uid": "r", "controller": true}]},
            "spec": {"containers": [{"name": "app", "resources": {"limits": {"memory": "20Mi"}, "requests": {"memory": "20Mi"}}}]},
        }));
        let pods = vec![pod; usize::try_from(replicas).unwrap()];
        let world = |target| {
            Live::of(target, Timestamp::UNIX_EPOCH)
                .with(Need::Every(&kind::RESOURCE_QUOTA), vec![quota.clone()])
                .with(Need::Every(&kind::LIMIT_RANGE), vec![])
                .with(Need::Selected(&kind::REPLICA_SET), vec![set.clone()])
                .with(Need::Selected(&kind::POD), pods.clone())
        };
        let (before, after) = (deployment("20Mi"), deployment("64Mi"));
        let change = ChangeSet::patch(&before, &after.0, Terms::default(), "plan", "");
        check(&Seen { before: &world(before), after: &world(after), changes: &[change] })
    }

    #[test]
    fn the_pods_that_result_are_counted_not_the_ones_that_go() {
        let verdicts = verdicts(2, &json!({"limits.memory": "1Gi"}), &json!({"limits.memory": "60Mi"}));
        assert_eq!(verdicts[0].level, VerdictLevel::Ok);
        // 60 used, 2 x 20 go, 2 x 64 come.
        assert_eq!(verdicts[0].message, "small: limits.memory 148Mi of 1Gi");
    }

    #[test]
    fn pods_that_would_not_fit_block() {
        let verdicts = verdicts(2, &json!({"memory": "100Mi"}), &json!({"memory": "40Mi"}));
        assert_eq!(verdicts[0].level, VerdictLevel::Block);
    }

    #[test]
    fn a_rollout_without_room_for_its_surge_blocks_when_no_pod_may_go_first() {
        let verdicts = verdicts(1, &json!({"pods": "1"}), &json!({"pods": "1"}));
        assert_eq!(verdicts[0].level, VerdictLevel::Block);
        assert!(verdicts[0].message.contains("could not start"), "{}", verdicts[0].message);
    }

    #[test]
    fn a_quota_that_makes_pods_say_something_refuses_those_that_do_not() {
        let verdicts = verdicts(1, &json!({"limits.cpu": "4"}), &json!({"limits.cpu": "0"}));
        assert_eq!(verdicts[0].level, VerdictLevel::Block);
    }
}
