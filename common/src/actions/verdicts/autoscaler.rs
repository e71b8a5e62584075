//! Does an autoscaler own what the plan changes, or read what it changes?

use super::{Seen, computed, ok, unreadable};
use crate::actions::kind;
use crate::actions::live::Need;
use crate::api::remediation_plan::{Verdict, VerdictLevel};

const CHECK: &str = "autoscaler";

pub fn check(seen: &Seen<'_>) -> Vec<Verdict> {
    of_size(seen).into_iter().chain(of_number(seen)).collect()
}

/// A VerticalPodAutoscaler writes requests into pods as they are made, whatever their template says.
fn of_size(seen: &Seen<'_>) -> Option<Verdict> {
    if !moves_requests(seen) {
        return None;
    }
    let scalers = match seen.before.all(&Need::Every(&kind::VERTICAL_POD_AUTOSCALER)) {
        Ok(scalers) => scalers,
        Err(error) => return Some(unreadable(CHECK, &error)),
    };
    let target = &seen.before.target;
    let owner = scalers.iter().find(|scaler| {
        scaler.text("/spec/targetRef/kind") == target.kind()
            && scaler.text("/spec/targetRef/name") == target.name()
            && scaler.text("/spec/updatePolicy/updateMode") != "Off"
    })?;
    let text = format!("{} sets the requests of these pods itself: change its resourcePolicy", owner.reference());
    Some(computed(CHECK, VerdictLevel::Block, text))
}

fn moves_requests(seen: &Seen<'_>) -> bool {
    seen.writes().flat_map(|write| &write.touched).any(|field| field.path.contains("/resources"))
}

fn of_number(seen: &Seen<'_>) -> Vec<Verdict> {
    let scalers = match seen.before.autoscalers() {
        Ok(scalers) => scalers,
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    let Some(scaler) = scalers.first() else { return vec![ok(CHECK, "no autoscaler owns the number of pods")] };
    let name = scaler.name();
    if seen.writes().any(|write| write.object.same_object(&scaler.reference())) {
        return vec![ok(CHECK, format!("{name} owns the number of pods, and the plan moves its bounds"))];
    }
    let moves_requests = moves_requests(seen);
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
