//! How many pods a rolling update adds and takes away at a time.

use serde_json::Value;

use crate::actions::object::Object;

/// Pods a rollout may have too many and too few at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// Pods beyond the wanted number.
    pub surge: i64,
    /// Pods below the wanted number.
    pub unavailable: i64,
}

/// The pace of a workload's own strategy.
pub fn pace(workload: &Object) -> Pace {
    let replicas = workload.wanted_pods();
    match workload.kind() {
        "Deployment" if workload.text("/spec/strategy/type") == "Recreate" => Pace { surge: 0, unavailable: replicas },
        "Deployment" => {
            let of = |field: &str, up: bool| {
                let value = workload.at(&format!("/spec/strategy/rollingUpdate/{field}"));
                share(value.unwrap_or(&Value::from("25%")), replicas, up)
            };
            let (surge, unavailable) = (of("maxSurge", true), of("maxUnavailable", false));
            // Both may round to nothing; the controller then takes one away at a time.
            Pace { surge, unavailable: if surge == 0 && unavailable == 0 { 1 } else { unavailable } }
        }
        "DaemonSet" => {
            let of = |field: &str, default: i64| {
                let value = workload.at(&format!("/spec/updateStrategy/rollingUpdate/{field}"));
                share(value.unwrap_or(&Value::from(default)), replicas, true)
            };
            Pace { surge: of("maxSurge", 0), unavailable: of("maxUnavailable", 1) }
        }
        "StatefulSet" => {
            let value = workload.at("/spec/updateStrategy/rollingUpdate/maxUnavailable");
            Pace { surge: 0, unavailable: share(value.unwrap_or(&Value::from(1)), replicas, false).max(1) }
        }
        _ => Pace { surge: 0, unavailable: 1 },
    }
}

fn share(value: &Value, replicas: i64, up: bool) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().unwrap_or(0),
        Value::String(text) => {
            let percent: i64 = text.trim_end_matches('%').parse().unwrap_or(0);
            let hundredfold = replicas * percent;
            if up { (hundredfold + 99) / 100 } else { hundredfold / 100 }
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployment(replicas: i64, strategy: &Value) -> Object {
        Object(json!({"kind": "Deployment", "spec": {"replicas": replicas, "strategy": strategy}}))
    }

    #[test]
    fn percentages_round_as_the_controller_rounds_them() {
        assert_eq!(pace(&deployment(1, &json!({}))), Pace { surge: 1, unavailable: 0 });
        assert_eq!(pace(&deployment(10, &json!({}))), Pace { surge: 3, unavailable: 2 });
        let none = json!({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "10%"}});
        assert_eq!(pace(&deployment(3, &none)), Pace { surge: 0, unavailable: 1 });
        assert_eq!(pace(&deployment(3, &json!({"type": "Recreate"}))), Pace { surge: 0, unavailable: 3 });
    }

    #[test]
    fn a_daemon_set_goes_by_nodes_and_a_stateful_set_one_by_one_unless_it_says_more() {
        let daemons = |rolling: Value| {
            Object(json!({
                "kind": "DaemonSet", "spec": {"updateStrategy": {"rollingUpdate": rolling}},
                "status": {"desiredNumberScheduled": 10},
            }))
        };
        assert_eq!(pace(&daemons(json!({}))), Pace { surge: 0, unavailable: 1 });
        assert_eq!(pace(&daemons(json!({"maxSurge": "15%", "maxUnavailable": 0}))), Pace { surge: 2, unavailable: 0 });
        let set = json!({"kind": "StatefulSet", "spec": {"replicas": 10}});
        assert_eq!(pace(&Object(set)), Pace { surge: 0, unavailable: 1 });
    }
}
