//! Moving the bounds of an autoscaler, where one owns the number of pods.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::edits;
use super::kind;
use super::live::{Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Sets the bounds and the CPU target of a HorizontalPodAutoscaler.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustHPA {
    /// Fewest pods, 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    min_replicas: Option<u32>,
    /// Most pods, 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    max_replicas: Option<u32>,
    /// Share of the requested CPU the pods should use, in percent, 1 to 1000.
    #[serde(rename = "targetCPUUtilization")]
    #[schemars(range(min = 1, max = 1000))]
    target_cpu_utilization: Option<u32>,
    /// Autoscaler; needed where several scale the workload.
    hpa: Option<String>,
}

/// Growth of the upper bound beyond this factor is no adjustment any more: a person looks at it.
const LARGE_FACTOR: i64 = 4;

impl Action for AdjustHPA {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustHPA,
        kinds: &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::HORIZONTAL_POD_AUTOSCALER],
        class: ActionClass::Reversible,
        capability: "autoscaling",
        rules: &[Rule { group: "autoscaling", resource: "horizontalpodautoscalers", verbs: &["get", "patch"] }],
        about: "Sets the fewest and most pods and the CPU target of the autoscaler of a workload. Undo restores exactly what was there. \
                Bounds that take pods away, or an upper bound of more than four times the present one, are Disruptive, so that a person \
                looks. Refused where KEDA makes the autoscaler, and for a CPU target that is no share of the requests.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Every(&kind::HORIZONTAL_POD_AUTOSCALER)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let scaler = self.scaler(live)?;
        not_made_by_keda(scaler)?;
        let mut wanted = scaler.0.clone();
        let mut told = Vec::new();
        let (min, max) = (scaler.int("/spec/minReplicas").unwrap_or(1), scaler.int("/spec/maxReplicas").unwrap_or(1));
        for (name, field, present, value) in [
            ("minReplicas", "/spec/minReplicas", min, self.min_replicas),
            ("maxReplicas", "/spec/maxReplicas", max, self.max_replicas),
        ] {
            let Some(value) = value else { continue };
            bounded(name, value)?;
            if i64::from(value) != present || (name == "minReplicas" && scaler.at(field).is_none() && value != 1) {
                edits::set(&mut wanted, &["spec", name], value.into());
                told.push(format!("{name} {present} -> {value}"));
            }
        }
        if let Some(share) = self.target_cpu_utilization {
            bounded("targetCPUUtilization", share)?;
            if let Some(before) = set_cpu_target(&mut wanted, share)? {
                told.push(format!("CPU target {before} -> {share}%"));
            }
        }
        if self.min_replicas.is_none() && self.max_replicas.is_none() && self.target_cpu_utilization.is_none() {
            let allowed = "at least one of minReplicas, maxReplicas, targetCPUUtilization";
            return Err(Refusal::missing_param(ActionType::AdjustHPA, "minReplicas", allowed));
        }
        if told.is_empty() {
            return Ok(ChangeSet::nothing(format!("autoscaler {} already has these bounds", scaler.name())));
        }
        let after = Object(wanted.clone());
        let (low, high) = (after.int("/spec/minReplicas").unwrap_or(1), after.int("/spec/maxReplicas").unwrap_or(1));
        if low > high {
            return Err(Refusal::Unsuitable(format!("minReplicas {low} is above maxReplicas {high}; set both")));
        }
        let current = scaler.int("/status/currentReplicas").unwrap_or(0);
        let summary = format!("autoscaler {}: {}", scaler.name(), told.join(", "));
        let change = ChangeSet::patch(scaler, &wanted, Terms::default(), &live.plan_uid, summary);
        Ok(if high < current {
            change.raised_to(ActionClass::Disruptive).noting(format!("{} pods go at once", current - high))
        } else if high > max * LARGE_FACTOR {
            change
                .raised_to(ActionClass::Disruptive)
                .noting(format!("maxReplicas grows more than {LARGE_FACTOR} times"))
        } else {
            change
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        match settle::still_as_written(change, now) {
            Settled::Arrived => {}
            other => return other,
        }
        let Some(scaler) = change.writes.first().and_then(|write| now.find(&write.record.object)) else {
            return Settled::Arrived;
        };
        if let Some(able) = scaler.condition("AbleToScale").filter(|able| able.text("/status") == "False") {
            return Settled::NotYet(format!("the autoscaler cannot scale: {}", able.text("/message")));
        }
        let Some(current) = scaler.int("/status/currentReplicas") else {
            return Settled::NotYet("the autoscaler has not looked yet".to_owned());
        };
        let (low, high) = (scaler.int("/spec/minReplicas").unwrap_or(1), scaler.int("/spec/maxReplicas").unwrap_or(1));
        if (low..=high).contains(&current) {
            Settled::Arrived
        } else {
            Settled::NotYet(format!("{current} pods, wanted {low} to {high}"))
        }
    }
}

impl AdjustHPA {
    /// The one autoscaler meant.
    fn scaler<'a>(&self, live: &'a Live) -> Result<&'a Object, Refusal> {
        let scalers = if live.target.kind() == kind::HORIZONTAL_POD_AUTOSCALER.kind {
            vec![&live.target]
        } else {
            live.autoscalers()?
        };
        let names: Vec<&str> = scalers.iter().map(|scaler| scaler.name()).collect();
        let allowed = || {
            if names.is_empty() {
                format!("none: no autoscaler scales {}", live.target.reference())
            } else {
                names.join(", ")
            }
        };
        match &self.hpa {
            Some(name) => scalers
                .iter()
                .copied()
                .find(|scaler| scaler.name() == name)
                .ok_or_else(|| Refusal::bad_param(ActionType::AdjustHPA, "hpa", name, allowed())),
            None if scalers.len() == 1 => Ok(scalers[0]),
            None if scalers.is_empty() => {
                Err(Refusal::Unsuitable(format!("no autoscaler scales {}", live.target.reference())))
            }
            None => Err(Refusal::missing_param(ActionType::AdjustHPA, "hpa", allowed())),
        }
    }
}

/// KEDA writes its autoscalers anew from its ScaledObject.
fn not_made_by_keda(scaler: &Object) -> Result<(), Refusal> {
    let owner = scaler.list("/metadata/ownerReferences").iter().find(|owner| owner["kind"] == "ScaledObject");
    match owner.and_then(|owner| owner["name"].as_str()) {
        Some(name) => Err(Refusal::OwnedBy {
            owner: format!("ScaledObject {}/{name}", scaler.namespace()),
            field: format!("spec of {}", scaler.reference()),
            advice: "change minReplicaCount and maxReplicaCount there".to_owned(),
        }),
        None => Ok(()),
    }
}

fn bounded(param: &str, value: u32) -> Result<(), Refusal> {
    if (1..=1000).contains(&value) {
        Ok(())
    } else {
        Err(Refusal::bad_param(ActionType::AdjustHPA, param, &value.to_string(), "a whole number from 1 to 1000"))
    }
}

/// Sets the share of the requested CPU, adding the metric where there is none; what stood there before, or `None` when it is so already.
fn set_cpu_target(wanted: &mut Value, share: u32) -> Result<Option<String>, Refusal> {
    let is_cpu = |metric: &Value| {
        metric["type"] == "Resource" && metric.pointer("/resource/name").is_some_and(|name| name == "cpu")
    };
    let metrics = wanted["spec"].get_mut("metrics").and_then(Value::as_array_mut);
    let Some(metric) = metrics.and_then(|metrics| metrics.iter_mut().find(|metric| is_cpu(metric))) else {
        let metric = json!({"type": "Resource", "resource": {
            "name": "cpu", "target": {"type": "Utilization", "averageUtilization": share},
        }});
        match wanted["spec"].get_mut("metrics").and_then(Value::as_array_mut) {
            Some(metrics) => metrics.push(metric),
            None => edits::set(wanted, &["spec", "metrics"], json!([metric])),
        }
        return Ok(Some("none".to_owned()));
    };
    let target = &mut metric["resource"]["target"];
    if target["type"] != "Utilization" {
        let text = "the autoscaler's CPU target is an amount, not a share of the requests; change it by hand";
        return Err(Refusal::Unsuitable(text.to_owned()));
    }
    let before = target["averageUtilization"].as_u64().unwrap_or(0);
    if before == u64::from(share) {
        return Ok(None);
    }
    target["averageUtilization"] = share.into();
    Ok(Some(format!("{before}%")))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn scaler(spec: &Value) -> Object {
        let mut all = json!({"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "minReplicas": 2, "maxReplicas": 4});
        for (key, value) in spec.as_object().unwrap() {
            all[key] = value.clone();
        }
        Object(json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web", "namespace": "shop", "uid": "h"}, "spec": all, "status": {"currentReplicas": 4},
        }))
    }

    fn change(params: Value, scaler: Object) -> Result<ChangeSet, Refusal> {
        let target = Object(
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "d"}}),
        );
        let live =
            Live::of(target, Timestamp::UNIX_EPOCH).with(Need::Every(&kind::HORIZONTAL_POD_AUTOSCALER), vec![scaler]);
        Action::change(&serde_json::from_value::<AdjustHPA>(params).unwrap(), &live)
    }

    #[test]
    fn bounds_that_take_pods_away_are_disruptive() {
        let fewer = change(json!({"maxReplicas": 3}), scaler(&json!({}))).unwrap();
        assert_eq!(fewer.class, ActionClass::Disruptive);
        let more = change(json!({"maxReplicas": 8}), scaler(&json!({}))).unwrap();
        assert_ne!(more.class, ActionClass::Disruptive);
    }

    #[test]
    fn a_lower_bound_above_the_upper_one_is_refused_naming_both() {
        let text = change(json!({"minReplicas": 9}), scaler(&json!({}))).unwrap_err().to_string();
        assert!(text.contains("minReplicas 9") && text.contains("maxReplicas 4"), "{text}");
    }

    #[test]
    fn a_cpu_target_is_added_where_there_is_none_and_never_made_of_an_amount() {
        let added = change(json!({"targetCPUUtilization": 60}), scaler(&json!({}))).unwrap();
        assert!(added.writes[0].record.payload.contains("averageUtilization"), "{}", added.writes[0].record.payload);
        let amount = json!({"metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "1"}}}]});
        assert!(matches!(change(json!({"targetCPUUtilization": 60}), scaler(&amount)), Err(Refusal::Unsuitable(_))));
    }

    #[test]
    fn an_autoscaler_that_keda_makes_is_left_to_keda() {
        let mut made = scaler(&json!({}));
        made.0["metadata"]["ownerReferences"] = json!([{"kind": "ScaledObject", "name": "web-scaler", "uid": "k"}]);
        assert!(matches!(change(json!({"maxReplicas": 8}), made), Err(Refusal::OwnedBy { .. })));
    }
}
