//! What can be chosen about the operator's Deployment: `--set KEY=VALUE` and `-f FILE` of `install` and `upgrade`.
//!
//! In: what was chosen before, files, assignments; the later wins. Out: [`Choices`], every key known and every value good, and their place
//! in the manifests. Never: a guess. What [`keys::KEYS`] does not list is refused with the nearest that it does, before anything is written.

pub mod keys;
mod read;

use std::collections::BTreeMap;

use common::actions::Quantity;
use common::api::keys::annotations;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::failure::Failure;

pub use read::{Origin, read};

/// What was chosen; what is left out is as shipped.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Choices {
    /// Image of the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Secrets in the operator's namespace with the registry's credentials.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<String>,
    /// Pods of the operator; one leads, the others are ready to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// What each pod asks for and gets at most.
    #[serde(skip_serializing_if = "Resources::is_empty")]
    pub resources: Resources,
    /// Labels of the nodes it may run on.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub node_selector: BTreeMap<String, String>,
    /// Taints of nodes it may run on nevertheless.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tolerations: Vec<Toleration>,
    /// Which pods give way to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority_class_name: Option<String>,
    /// Lowest level logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_level: Option<String>,
    /// For machines or for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<String>,
    /// Who may be asked beyond the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_mode: Option<String>,
    /// The Instance that is asked, as NAMESPACE/NAME.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_instance: Option<String>,
    /// Hosts of git repositories that may have a private address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_private_hosts: Vec<String>,
    /// Days after which AuditEvents are removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_retention_days: Option<u32>,
    /// How many logs are followed at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_streams: Option<u32>,
    /// DNS domain of the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_domain: Option<String>,
    /// From which namespace metrics are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_namespace: Option<String>,
    /// The Prometheus that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prometheus_url: Option<String>,
    /// Port of the API server, beside 443 and 6443.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_server_port: Option<u16>,
}

/// Amounts of one container.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// What is kept free for it.
    #[serde(skip_serializing_if = "Amounts::is_empty")]
    pub requests: Amounts,
    /// What it gets at most.
    #[serde(skip_serializing_if = "Amounts::is_empty")]
    pub limits: Amounts,
}

impl Resources {
    fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.limits.is_empty()
    }
}

/// CPU and memory as Kubernetes writes quantities.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Amounts {
    /// Cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
}

impl Amounts {
    fn is_empty(&self) -> bool {
        self.cpu.is_none() && self.memory.is_none()
    }
}

/// A taint that does not keep the operator away.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Toleration {
    /// Key of the taint; without it every taint, which takes the operator `Exists`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How the value is compared.
    #[serde(default)]
    pub operator: Match,
    /// Value of the taint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Effect of the taint; without it every effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// How long a `NoExecute` taint is borne.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i64>,
}

/// How a toleration compares.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Match {
    /// The same value.
    #[default]
    Equal,
    /// Any value.
    Exists,
}

/// What a taint does to pods that do not tolerate it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Effect {
    /// Are not placed.
    NoSchedule,
    /// Are placed elsewhere if that is possible.
    PreferNoSchedule,
    /// Have to leave.
    NoExecute,
}

impl Toleration {
    /// What the API server would refuse.
    fn trouble(&self) -> Option<&'static str> {
        if self.key.is_none() && self.operator == Match::Equal {
            return Some("one without a key needs `operator: Exists`");
        }
        if self.operator == Match::Exists && self.value.is_some() {
            return Some("one with `operator: Exists` takes no value");
        }
        (self.toleration_seconds.is_some() && self.effect != Some(Effect::NoExecute))
            .then_some("tolerationSeconds needs `effect: NoExecute`")
    }
}

impl Choices {
    /// As kept on the Deployment for the next upgrade; `None` where nothing was chosen.
    ///
    /// Without the image: an upgrade brings its own, and leaves one of another registry alone by looking at it.
    fn kept(&self) -> Option<String> {
        let kept = Self { image: None, ..self.clone() };
        (kept != Self::default()).then(|| serde_json::to_string(&kept).unwrap_or_default())
    }

    /// Puts each where it belongs; documents of other kinds stay as they are.
    pub fn place(&self, document: &mut Value) -> Result<(), Failure> {
        match document["kind"].as_str() {
            Some("Deployment") => self.place_in_deployment(document),
            Some("NetworkPolicy") => {
                self.place_in_policy(document);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn place_in_deployment(&self, document: &mut Value) -> Result<(), Failure> {
        if let Some(kept) = self.kept() {
            document["metadata"]["annotations"][annotations::CHOICES] = json!(kept);
        }
        if let Some(replicas) = self.replicas {
            document["spec"]["replicas"] = json!(replicas);
        }
        let pod = &mut document["spec"]["template"]["spec"];
        if !self.image_pull_secrets.is_empty() {
            pod["imagePullSecrets"] = self.image_pull_secrets.iter().map(|name| json!({ "name": name })).collect();
        }
        if !self.node_selector.is_empty() {
            pod["nodeSelector"] = json!(self.node_selector);
        }
        if !self.tolerations.is_empty() {
            pod["tolerations"] = json!(self.tolerations);
        }
        if let Some(name) = &self.priority_class_name {
            pod["priorityClassName"] = json!(name);
        }
        let container = &mut pod["containers"][0];
        if let Some(image) = &self.image {
            container["image"] = json!(image);
        }
        if let Some(args) = container["args"].as_array_mut() {
            args.extend(self.flags().map(|flag| json!(flag)));
        }
        self.place_resources(&mut container["resources"])
    }

    /// Flags of the operator.
    fn flags(&self) -> impl Iterator<Item = String> {
        let hosts = (!self.source_private_hosts.is_empty()).then(|| self.source_private_hosts.join(","));
        let days = self.audit_retention_days.map(|days| days.to_string());
        let streams = self.log_streams.map(|streams| streams.to_string());
        [
            ("zap-log-level", self.log_level.clone()),
            ("log-format", self.log_format.clone()),
            ("model-mode", self.model_mode.clone()),
            ("model-instance", self.model_instance.clone()),
            ("source-private-hosts", hosts),
            ("audit-retention-days", days),
            ("log-streams", streams),
            ("cluster-domain", self.cluster_domain.clone()),
            ("prometheus-url", self.prometheus_url.clone()),
        ]
        .into_iter()
        .filter_map(|(flag, value)| Some(format!("--{flag}={}", value?)))
    }

    /// The API server refuses a request above its limit, but only when everything before the Deployment is written.
    fn place_resources(&self, resources: &mut Value) -> Result<(), Failure> {
        let Resources { requests, limits } = &self.resources;
        for (side, amounts) in [("requests", requests), ("limits", limits)] {
            for (name, amount) in [("cpu", &amounts.cpu), ("memory", &amounts.memory)] {
                if let Some(amount) = amount {
                    resources[side][name] = json!(amount);
                }
            }
        }
        for name in ["cpu", "memory"] {
            let amount = |side: &str| resources[side][name].as_str().and_then(Quantity::parse);
            if let (Some(request), Some(limit)) = (amount("requests"), amount("limits"))
                && request > limit
            {
                return Err(Failure::new(format!(
                    "resources.requests.{name} ({request}) is more than resources.limits.{name} ({limit})"
                ))
                .hint(format!("raise the limit too: --set resources.limits.{name}={request}")));
            }
        }
        Ok(())
    }

    fn place_in_policy(&self, document: &mut Value) {
        if let Some(namespace) = &self.metrics_namespace {
            let spec = &mut document["spec"];
            for (direction, side) in [("ingress", "from"), ("egress", "to")] {
                for rule in spec[direction].as_array_mut().into_iter().flatten() {
                    let named = &mut rule[side][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"];
                    if named == "monitoring" {
                        *named = json!(namespace);
                    }
                }
            }
        }
        let prometheus = self.prometheus_url.as_deref().and_then(|url| url.parse::<http::Uri>().ok()?.port_u16());
        if let Some(port) = prometheus {
            for rule in document["spec"]["egress"].as_array_mut().into_iter().flatten() {
                if rule["ports"] == json!([{ "port": 9090 }]) {
                    rule["ports"] = json!([{ "port": port }]);
                }
            }
        }
        if let Some(port) = self.api_server_port
            && let Some(rules) = document["spec"]["egress"].as_array_mut()
        {
            let to_api_server = |ports: &Vec<Value>| {
                ports.iter().any(|known| known["port"] == 6443) && !ports.contains(&json!({ "port": port }))
            };
            let ports = rules.iter_mut().filter_map(|rule| rule["ports"].as_array_mut());
            for ports in ports.filter(|ports| to_api_server(ports)) {
                ports.push(json!({ "port": port }));
            }
        }
    }
}
