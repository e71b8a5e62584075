//! Status of our own kinds: server-side apply of exactly the fields one writer owns.
//!
//! Compared first, so an unchanged status costs no write; sent with the resourceVersion the decision was made on, so a decision on old facts
//! is refused by the server and made again.

use std::sync::Arc;

use jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use kube::core::NamespaceResourceScope;
use kube::{Resource, ResourceExt as _};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Context;
use super::stores::Watched;
use super::write::{WriteError, attempt};
use common::api::{Condition, Time};

/// What one writer owns in the status of one kind. Fields it owns and leaves out are removed; conditions it owns and leaves out stay as
/// they are, because conditions flip and never vanish.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// Field manager, from `keys::managers`.
    pub manager: &'static str,
    /// Top-level status fields, as on the wire, without `conditions`.
    pub fields: &'static [&'static str],
    /// Condition types.
    pub conditions: &'static [&'static str],
}

/// A moment as it comes back from the API server, in whole seconds: comparing finds no difference where there is none.
pub fn time(now: Timestamp) -> Time {
    Time(Timestamp::from_second(now.as_second()).unwrap_or(now))
}

/// Writes the part of the status that `owner` owns, if it differs. Gives the newest version of the object.
///
/// `status` holds fields of `owner.fields` and, under `conditions`, conditions of `owner.conditions`.
pub async fn apply<K>(ctx: &Context, object: &Arc<K>, owner: &Owner, status: Value) -> Result<Arc<K>, WriteError>
where
    K: Watched + Serialize + Resource<Scope = NamespaceResourceScope>,
{
    let live = serde_json::to_value(&**object).unwrap_or_default();
    let Some(wanted) = difference(&live["status"], owner, status) else { return Ok(Arc::clone(object)) };
    ctx.leader.still()?;
    let name = object.name_any();
    let body = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": { "name": name, "uid": object.uid(), "resourceVersion": object.resource_version() },
        "status": wanted,
    });
    let params = PatchParams::apply(owner.manager).force();
    let api = ctx.writing::<K>(object);
    let applied = attempt(&name, api.patch_status(&name, &params, &Patch::Apply(&body))).await?;
    Ok(ctx.observe(applied))
}

/// The whole of what `owner` wants, or `None` when the live status says so already.
fn difference(live: &Value, owner: &Owner, wanted: Value) -> Option<Value> {
    let Value::Object(mut wanted) = wanted else { return None };
    wanted.retain(|_, value| !is_nothing(value));
    debug_assert!(
        wanted.keys().all(|field| field == "conditions" || owner.fields.contains(&field.as_str())),
        "{} writes a field it does not own: {:?}",
        owner.manager,
        wanted.keys()
    );
    let conditions = merged_conditions(live, owner, wanted.remove("conditions"));
    let same_fields = owner.fields.iter().all(|field| match (live.get(field), wanted.get(*field)) {
        (None, None) => true,
        (Some(live), None) => is_nothing(live),
        (Some(live), Some(wanted)) => live == wanted,
        (None, Some(_)) => false,
    });
    let same_conditions = conditions.iter().all(|wanted| live_condition(live, &wanted["type"]) == Some(wanted));
    if same_fields && same_conditions {
        return None;
    }
    if !conditions.is_empty() {
        wanted.insert("conditions".to_owned(), Value::Array(conditions));
    }
    Some(Value::Object(wanted))
}

fn merged_conditions(live: &Value, owner: &Owner, wanted: Option<Value>) -> Vec<Value> {
    let wanted = match wanted {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let carried = owner
        .conditions
        .iter()
        .filter(|kind| !wanted.iter().any(|condition| condition["type"] == **kind))
        .filter_map(|kind| live_condition(live, &json!(kind)).cloned());
    let mut all: Vec<Value> = carried.collect();
    all.extend(wanted);
    all
}

fn live_condition<'a>(live: &'a Value, kind: &Value) -> Option<&'a Value> {
    live["conditions"].as_array()?.iter().find(|condition| condition["type"] == *kind)
}

/// Absent, null and an empty list say the same.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

/// A condition; its transition time moves only when its status does.
pub fn condition(
    before: &[Condition],
    kind: &str,
    holds: bool,
    reason: &str,
    message: &str,
    generation: Option<i64>,
    now: Timestamp,
) -> Condition {
    let status = if holds { "True" } else { "False" };
    let since =
        before.iter().find(|old| old.type_ == kind && old.status == status).map(|old| old.last_transition_time.clone());
    Condition {
        type_: kind.to_owned(),
        status: status.to_owned(),
        reason: reason.to_owned(),
        message: message.to_owned(),
        observed_generation: generation,
        last_transition_time: since.unwrap_or(Time(now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Owner =
        Owner { manager: "chatcli-test", fields: &["state", "cause"], conditions: &["Resolved", "Analyzing"] };

    #[test]
    fn an_unchanged_status_is_not_written() {
        let live = json!({"state": "Detected", "count": 7, "conditions": [{"type": "Resolved", "status": "False"}]});
        let wanted = json!({"state": "Detected", "conditions": [{"type": "Resolved", "status": "False"}]});
        assert_eq!(difference(&live, &OWNER, wanted), None);
    }

    #[test]
    fn an_owned_field_left_out_is_removed() {
        let live = json!({"state": "Detected", "cause": {"code": "unknown"}});
        assert_eq!(difference(&live, &OWNER, json!({"state": "Detected"})), Some(json!({"state": "Detected"})));
    }

    #[test]
    fn a_condition_left_out_stays() {
        let live =
            json!({"conditions": [{"type": "Resolved", "status": "True"}, {"type": "Foreign", "status": "True"}]});
        let wanted =
            difference(&live, &OWNER, json!({"conditions": [{"type": "Analyzing", "status": "True"}]})).unwrap();
        assert_eq!(
            wanted["conditions"],
            json!([{"type": "Resolved", "status": "True"}, {"type": "Analyzing", "status": "True"}])
        );
    }

    #[test]
    fn empty_and_absent_are_the_same() {
        assert_eq!(difference(&json!({}), &OWNER, json!({"state": null, "cause": []})), None);
    }

    #[test]
    fn a_conditions_time_moves_only_with_its_status() {
        let early = Timestamp::from_second(100).unwrap();
        let late = Timestamp::from_second(200).unwrap();
        let first = condition(&[], "Resolved", false, "Open", "", None, early);
        let again = condition(std::slice::from_ref(&first), "Resolved", false, "StillOpen", "", None, late);
        let flipped = condition(&[first], "Resolved", true, "Over", "", None, late);
        assert_eq!(again.last_transition_time.0, early);
        assert_eq!(flipped.last_transition_time.0, late);
    }
}
