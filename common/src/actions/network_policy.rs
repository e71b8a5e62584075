//! Letting traffic through a NetworkPolicy.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::edits;
use super::kind::{self, Kind};
use super::live::{Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Changes what a NetworkPolicy lets through.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PatchNetworkPolicy {
    /// NetworkPolicy in the workload's namespace.
    network_policy: String,
    /// JSON merge patch of the policy's spec, e.g. `{"spec":{"policyTypes":["Ingress"]}}`.
    patch: Option<MergePatch>,
    /// Port to let in.
    #[schemars(range(min = 1, max = 65535))]
    allow_port: Option<u32>,
    /// Protocol of that port: TCP (default), UDP or SCTP.
    protocol: Option<Protocol>,
    /// Label `key=value` of the pods of this namespace that may use the port.
    from: Option<String>,
}

/// A JSON object as text.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct MergePatch(Value);

impl TryFrom<String> for MergePatch {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const ALLOWED: &str =
            "a JSON object with spec and nothing else, e.g. {\"spec\":{\"policyTypes\":[\"Ingress\"]}}";
        match serde_json::from_str::<Value>(&text) {
            Ok(patch) if patch.as_object().is_some_and(|map| map.keys().eq(["spec"]) && map["spec"].is_object()) => {
                Ok(Self(patch))
            }
            _ => Err(ALLOWED),
        }
    }
}

impl JsonSchema for MergePatch {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MergePatch".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "contentMediaType": "application/json" })
    }
}

/// A transport protocol; upstream takes any case.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
enum Protocol {
    #[serde(rename = "TCP", alias = "tcp")]
    Tcp,
    #[serde(rename = "UDP", alias = "udp")]
    Udp,
    #[serde(rename = "SCTP", alias = "sctp")]
    Sctp,
}

impl Protocol {
    fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

/// Kinds an incident may be about when its policy is to be changed.
const KINDS: &[&Kind] = &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB];
const TYPE: ActionType = ActionType::PatchNetworkPolicy;

impl Action for PatchNetworkPolicy {
    const SPEC: Spec = Spec {
        action: TYPE,
        kinds: KINDS,
        class: ActionClass::Disruptive,
        capability: "network",
        rules: &[Rule { group: "networking.k8s.io", resource: "networkpolicies", verbs: &["get", "patch"] }],
        about: "Lets a port in through a NetworkPolicy, or merges a patch into its spec. With allowPort the port is added to every ingress \
                rule that lists ports; a rule without ports already lets all in and is left alone, so that nothing is ever narrowed. Where \
                no rule lists ports, a rule is added for the pods that `from` names, or, said aloud in the preview, for anybody. Undo \
                restores the spec.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::One(&kind::NETWORK_POLICY, self.network_policy.clone())]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let reference = kind::NETWORK_POLICY.reference(live.target.namespace(), &self.network_policy);
        let found = live.one(&kind::NETWORK_POLICY, &self.network_policy)?;
        let policy = found.ok_or_else(|| Refusal::absent(&reference))?;
        if self.patch.is_none() && self.allow_port.is_none() {
            return Err(Refusal::missing_param(TYPE, "allowPort", "allowPort or patch"));
        }
        let mut wanted = policy.0.clone();
        let mut note = None;
        if let Some(MergePatch(patch)) = &self.patch {
            json_patch::merge(&mut wanted, patch);
        }
        if let Some(port) = self.allow_port {
            if !(1..=65535).contains(&port) {
                return Err(Refusal::bad_param(TYPE, "allowPort", &port.to_string(), "a port from 1 to 65535"));
            }
            note = self.allow(&mut wanted, port)?;
        }
        let opened = opens_to_anybody(policy, &Object(wanted.clone()));
        let summary = format!("changes what NetworkPolicy {} lets through", self.network_policy);
        let mut change = ChangeSet::patch(policy, &wanted, Terms::default(), &live.plan_uid, summary);
        if change.is_nothing() {
            return Ok(ChangeSet::nothing(format!("NetworkPolicy {} already lets it through", self.network_policy)));
        }
        if let Some(note) = note {
            change = change.noting(note);
        }
        Ok(if opened { change.noting("it lets traffic in from anywhere, which it did not before") } else { change })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::still_as_written(change, now)
    }
}

impl PatchNetworkPolicy {
    /// Lets the port in without narrowing any rule; what a person should know about it.
    fn allow(&self, wanted: &mut Value, port: u32) -> Result<Option<String>, Refusal> {
        let protocol = self.protocol.unwrap_or(Protocol::Tcp).as_str();
        let entry = json!({"protocol": protocol, "port": port});
        let has = |ports: &[Value]| {
            ports
                .iter()
                .any(|known| known["port"] == port && known.get("protocol").is_none_or(|found| found == protocol))
        };
        let rules = wanted["spec"].get("ingress").and_then(Value::as_array).cloned().unwrap_or_default();
        let lists_ports = |rule: &Value| rule["ports"].as_array().is_some_and(|ports| !ports.is_empty());
        if self.from.is_none() && rules.iter().any(lists_ports) {
            let rules = wanted["spec"]["ingress"].as_array_mut();
            for ports in rules.into_iter().flatten().filter_map(|rule| rule.get_mut("ports")?.as_array_mut()) {
                if !ports.is_empty() && !has(ports) {
                    ports.push(entry.clone());
                }
            }
            return Ok(None);
        }
        let mut rule = json!({"ports": [entry]});
        if let Some(label) = &self.from {
            let Some((key, value)) = label.split_once('=').filter(|(key, _)| !key.is_empty()) else {
                return Err(Refusal::bad_param(TYPE, "from", label, "a label as key=value"));
            };
            rule["from"] = json!([{"podSelector": {"matchLabels": {key: value}}}]);
        } else if rules.iter().any(|rule| rule.get("from").is_none()) {
            return Ok(None);
        }
        if rules.contains(&rule) {
            return Ok(None);
        }
        let mut rules = rules;
        rules.push(rule);
        edits::set(wanted, &["spec", "ingress"], rules.into());
        Ok(self
            .from
            .is_none()
            .then(|| "no rule lists ports; name the pods with from=key=value to open it to them only".to_owned()))
    }
}

/// A rule without `from` lets anybody in. Is there one that was not there before?
fn opens_to_anybody(before: &Object, after: &Object) -> bool {
    let open = |policy: &Object| -> Vec<Value> {
        let rules = policy.list("/spec/ingress");
        rules.iter().filter(|rule| rule["from"].as_array().is_none_or(Vec::is_empty)).cloned().collect()
    };
    let known = open(before);
    open(after).iter().any(|rule| !known.contains(rule))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn change(params: &[(&str, &str)], ingress: &Value) -> Result<ChangeSet, Refusal> {
        let policy = Object(json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": {"name": "web", "namespace": "shop", "uid": "n"}, "spec": {"podSelector": {}, "ingress": ingress},
        }));
        let target =
            Object(json!({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "d"}}));
        let live = Live::of(target, Timestamp::UNIX_EPOCH)
            .with(Need::One(&kind::NETWORK_POLICY, "web".to_owned()), vec![policy]);
        let mut params: super::super::params::Params =
            params.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        params.insert("networkPolicy".to_owned(), "web".to_owned());
        let action: PatchNetworkPolicy = super::super::params::read(TYPE, &params)?;
        Action::change(&action, &live)
    }

    fn after(change: &ChangeSet) -> Value {
        serde_json::from_str(change.writes[0].record.touched[0].after.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn a_rule_for_all_ports_is_never_narrowed_to_one() {
        let open = json!([{"from": [{"podSelector": {}}]}, {"from": [{"podSelector": {}}], "ports": [{"port": 80, "protocol": "TCP"}]}]);
        let rules = after(&change(&[("allowPort", "8080")], &open).unwrap());
        assert_eq!(rules[0], open[0]);
        assert_eq!(rules[1]["ports"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_port_that_is_let_in_already_is_a_no_op() {
        let rules = json!([{"ports": [{"port": 80, "protocol": "TCP"}]}]);
        assert!(change(&[("allowPort", "80")], &rules).unwrap().is_nothing());
    }

    #[test]
    fn a_port_opened_to_anybody_is_said_aloud_and_one_for_named_pods_is_not() {
        assert!(!change(&[("allowPort", "80")], &json!([])).unwrap().notes.is_empty());
        let named = change(&[("allowPort", "80"), ("from", "app=cart")], &json!([])).unwrap();
        assert_eq!(named.notes, Vec::<String>::new());
        assert_eq!(after(&named)[0]["from"][0]["podSelector"]["matchLabels"]["app"], "cart");
    }

    #[test]
    fn a_patch_reaches_the_spec_and_nothing_else() {
        assert!(matches!(change(&[("patch", "{\"metadata\":{}}")], &json!([])), Err(Refusal::BadParam { .. })));
        let patched = change(&[("patch", "{\"spec\":{\"policyTypes\":[\"Ingress\"]}}")], &json!([])).unwrap();
        assert_eq!(patched.writes[0].record.touched[0].path, "/spec/policyTypes");
    }
}
