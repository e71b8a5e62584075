//! Does an autoscaler own what the plan changes, or read what it changes?

use super::{Seen, computed, ok, unreadable};
use crate::api::remediation_plan::{Verdict, VerdictLevel};

const CHECK: &str = "autoscaler";

pub fn check(seen: &Seen<'_>) -> Vec<Verdict> {
    let scalers = match seen.before.autoscalers() {
        Ok(scalers) => scalers,
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    let Some(scaler) = scalers.first() else { return vec![ok(CHECK, "no autoscaler owns the number of pods")] };
    let name = scaler.name();
    let moves_requests = seen.writes().flat_map(|write| &write.touched).any(|field| field.path.contains("/resources"));
    let by_utilisation = scaler.list("/spec/metrics").iter().any(|metric| {
        metric.pointer("/resource/target/type").and_then(serde_json::Value::as_str) == Some("Utilization")
    });
    if moves_requests && by_utilisation {
        let text = format!("{name} scales by a share of the requests, which change: expect another number of pods");
        vec![computed(CHECK, VerdictLevel::Warn, text)]
    } else {
        vec![ok(CHECK, format!("{name} owns the number of pods, which the plan leaves alone"))]
    }
}
