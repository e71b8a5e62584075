//! Actions on configuration that workloads read.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::edits;
use super::kind;
use super::live::{Live, Need};
use super::object::escape;
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Sets keys of a ConfigMap.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct PatchConfig {
    /// ConfigMap in the workload's namespace.
    configmap: String,
    /// Keys and their new values; `data.<key>` is the same as `<key>` and reaches a key named `configmap` too.
    #[serde(flatten)]
    data: BTreeMap<String, String>,
}

impl Action for PatchConfig {
    const SPEC: Spec = Spec {
        action: ActionType::PatchConfig,
        kinds: &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB],
        class: ActionClass::Disruptive,
        capability: "config",
        rules: &[Rule { group: "", resource: "configmaps", verbs: &["get", "patch"] }],
        about: "Sets keys of a ConfigMap in the workload's namespace; other keys stay as they are. Pods that read it as environment need a \
                restart, as a step of its own. Undo restores the previous values and removes keys that were added. Refused for an immutable \
                ConfigMap. A value whose name says it is secret is shown as a hash, and its value before is not kept.",
        takes_data: true,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::One(&kind::CONFIG_MAP, self.configmap.clone())]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let namespace = live.target.namespace();
        let found = live.one(&kind::CONFIG_MAP, &self.configmap)?;
        let map = found.ok_or_else(|| {
            Refusal::TargetGone(format!("{} does not exist", kind::CONFIG_MAP.reference(namespace, &self.configmap)))
        })?;
        if map.at("/immutable").and_then(Value::as_bool) == Some(true) {
            let text = format!("{} is immutable: make a new one and refer to it", map.reference());
            return Err(Refusal::Unsuitable(text));
        }
        if self.data.is_empty() {
            return Err(Refusal::MissingParam {
                action: ActionType::PatchConfig,
                param: "<key>".to_owned(),
                allowed: "at least one key of the ConfigMap with its new value".to_owned(),
            });
        }
        let mut wanted = map.0.clone();
        let mut terms = Terms::default();
        let mut keys = Vec::new();
        for (param, value) in &self.data {
            let key = param.strip_prefix("data.").unwrap_or(param);
            edits::set(&mut wanted, &["data", key], value.as_str().into());
            terms.params.insert(format!("/data/{}", escape(key)), param.clone());
            if map.strings("/data").get(key) != Some(&value.as_str()) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return Ok(ChangeSet::nothing(format!("ConfigMap {} already holds these values", self.configmap)));
        }
        let summary = format!("sets {} in ConfigMap {}", keys.join(", "), self.configmap);
        Ok(ChangeSet::patch(map, &wanted, terms, &live.plan_uid, summary))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::still_as_written(change, now)
    }
}
