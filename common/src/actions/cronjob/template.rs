//! What a CronJob runs from the next run on.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::PATCH_CRON_JOBS;
use crate::actions::action::{Action, Spec};
use crate::actions::change::{ChangeSet, Terms};
use crate::actions::kind;
use crate::actions::live::{Live, Need};
use crate::actions::object::Object;
use crate::actions::refusal::Refusal;
use crate::actions::resources::Resources;
use crate::actions::secrets;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Sets requests and limits of one container.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct AdjustCronJobResources(Resources);

impl Action for AdjustCronJobResources {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustCronJobResources,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Reversible,
        capability: "cronjobs",
        rules: &[PATCH_CRON_JOBS],
        about: "Sets CPU and memory requests and limits of one container of a CronJob's template, from the next run on; Jobs that exist \
                keep theirs. Undo restores exactly what was there, including what was not. A limit below its request is refused; more \
                than four times the present value is Disruptive, so that a person looks.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        self.0.change(Self::SPEC.action, live)
    }
}

/// Replaces the whole Job template.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceCronJobTemplate {
    /// ConfigMap that holds the template.
    configmap: String,
    /// Its key.
    #[serde(default = "usual_key")]
    key: String,
}

fn usual_key() -> String {
    "jobtemplate.json".to_owned()
}

impl Action for ReplaceCronJobTemplate {
    const SPEC: Spec = Spec {
        action: ActionType::ReplaceCronJobTemplate,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Disruptive,
        capability: "cronjobs",
        rules: &[PATCH_CRON_JOBS],
        about: "Replaces the Job template of a CronJob by the one that a key of a ConfigMap in its namespace holds, as JSON or YAML. What \
                the ConfigMap says is fixed by the preview; a later edit of it is drift. Refused when the template would give pods a \
                power that the present one does not (host access, privileges, added capabilities, another ServiceAccount) or holds a \
                literal secret. Undo restores the whole template.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::One(&kind::CONFIG_MAP, self.configmap.clone())]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let template = self.template(live)?;
        let present = live.target.at("/spec/jobTemplate").cloned().unwrap_or_default();
        let gained: Vec<String> = powers(&template).difference(&powers(&present)).cloned().collect();
        if !gained.is_empty() {
            return Err(Refusal::Unsafe(format!(
                "the template in ConfigMap {} would give pods what the present one does not: {}",
                self.configmap,
                gained.join(", ")
            )));
        }
        let mut wanted = live.target.0.clone();
        wanted["spec"]["jobTemplate"] = template;
        let summary = format!("replaces the Job template by {} of ConfigMap {}", self.key, self.configmap);
        Ok(ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary))
    }
}

impl ReplaceCronJobTemplate {
    fn template(&self, live: &Live) -> Result<Value, Refusal> {
        let map = live.one(&kind::CONFIG_MAP, &self.configmap)?;
        let bad = |param: &str, value: &str, allowed: String| Refusal::BadParam {
            action: Self::SPEC.action,
            param: param.to_owned(),
            value: value.to_owned(),
            allowed,
        };
        let Some(map) = map else {
            let allowed = format!("a ConfigMap in namespace {}", live.target.namespace());
            return Err(bad("configmap", &self.configmap, allowed));
        };
        let data = map.strings("/data");
        let Some(text) = data.get(self.key.as_str()) else {
            let keys: Vec<&str> = data.keys().copied().collect();
            return Err(bad(
                "key",
                &self.key,
                if keys.is_empty() { "none: it is empty".to_owned() } else { keys.join(", ") },
            ));
        };
        let unreadable = |why: String| {
            Refusal::Unsuitable(format!("{} of ConfigMap {} is no Job template: {why}", self.key, self.configmap))
        };
        // YAML reads JSON too.
        let template: Value = serde_saphyr::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if template.pointer("/spec/template/spec/containers").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            return Err(unreadable("it has no spec.template.spec.containers".to_owned()));
        }
        if secrets::by_reference(&template, &|_| None) != template {
            let advice = "it holds a literal secret; name a Secret by secretKeyRef instead";
            return Err(unreadable(advice.to_owned()));
        }
        Ok(template)
    }
}

/// What pods of a Job template may do beyond the ordinary, in words.
fn powers(template: &Value) -> BTreeSet<String> {
    let spec = Object(template.pointer("/spec/template/spec").cloned().unwrap_or_default());
    let mut powers = BTreeSet::new();
    for field in ["hostNetwork", "hostPID", "hostIPC"] {
        if spec.flag(&format!("/{field}")) {
            powers.insert(field.to_owned());
        }
    }
    let account = spec.text("/serviceAccountName");
    if !matches!(account, "" | "default") {
        powers.insert(format!("ServiceAccount {account}"));
    }
    for volume in spec.list("/volumes") {
        if let Some(path) = volume.pointer("/hostPath/path").and_then(Value::as_str) {
            powers.insert(format!("hostPath {path}"));
        }
    }
    for container in ["/initContainers", "/containers"].iter().flat_map(|list| spec.list(list)) {
        let container = Object(container.clone());
        for field in ["privileged", "allowPrivilegeEscalation"] {
            if container.flag(&format!("/securityContext/{field}")) {
                powers.insert(field.to_owned());
            }
        }
        for capability in container.list("/securityContext/capabilities/add").iter().filter_map(Value::as_str) {
            powers.insert(format!("capability {capability}"));
        }
        if container.list("/ports").iter().any(|port| port.get("hostPort").and_then(Value::as_i64).unwrap_or(0) > 0) {
            powers.insert("hostPort".to_owned());
        }
    }
    powers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_out_of_the_ordinary_is_a_power() {
        let of = |spec: Value| powers(&json!({"spec": {"template": {"spec": spec}}}));
        assert!(of(json!({"containers": [{"name": "app"}], "serviceAccountName": "default"})).is_empty());
        for spec in [
            json!({"hostNetwork": true}),
            json!({"hostPID": true}),
            json!({"serviceAccountName": "admin"}),
            json!({"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}),
            json!({"containers": [{"securityContext": {"privileged": true}}]}),
            json!({"initContainers": [{"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}]}),
            json!({"containers": [{"ports": [{"hostPort": 80}]}]}),
        ] {
            assert_eq!(of(spec.clone()).len(), 1, "{spec}");
        }
    }
}
