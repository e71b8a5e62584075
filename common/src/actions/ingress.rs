//! Sending an Ingress's traffic elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

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

/// Changes where an Ingress sends its traffic, and how.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateIngress {
    /// Ingress; the workload's name when left out.
    ingress: Option<String>,
    /// Service to send the traffic to.
    backend_service: Option<String>,
    /// Port of that Service.
    #[schemars(with = "Option<u16>")]
    backend_port: Option<String>,
    /// Only paths of this host.
    host: Option<String>,
    /// Only this path.
    path: Option<String>,
    /// `annotation.<key>`: annotations that tune the controller; those that could inject configuration are refused.
    #[serde(flatten)]
    annotations: BTreeMap<String, String>,
}

/// Annotations, by what follows the slash, that tune and cannot inject. Any other is a person's business.
const TUNING: &[&str] = &[
    "affinity",
    "backend-protocol",
    "canary",
    "canary-by-header",
    "canary-by-header-value",
    "canary-weight",
    "client-max-body-size",
    "enable-cors",
    "force-ssl-redirect",
    "limit-connections",
    "limit-rpm",
    "limit-rps",
    "load-balance",
    "proxy-body-size",
    "proxy-buffer-size",
    "proxy-connect-timeout",
    "proxy-next-upstream",
    "proxy-next-upstream-tries",
    "proxy-read-timeout",
    "proxy-request-buffering",
    "proxy-send-timeout",
    "session-cookie-max-age",
    "session-cookie-name",
    "ssl-redirect",
];
/// Kinds an incident may be about when its Ingress is to be changed.
const KINDS: &[&Kind] = &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::INGRESS];
const TYPE: ActionType = ActionType::UpdateIngress;

impl Action for UpdateIngress {
    const SPEC: Spec = Spec {
        action: TYPE,
        kinds: KINDS,
        class: ActionClass::Disruptive,
        capability: "network",
        rules: &[Rule { group: "networking.k8s.io", resource: "ingresses", verbs: &["get", "patch"] }],
        about: "Sends the HTTP paths of an Ingress to another Service or port, and sets annotations that tune its controller \
                (annotation.<key>). host and path choose among several; without them, paths that lead to different backends are refused. \
                The Service must exist and have the port. Undo restores every backend and annotation. Annotations that inject \
                configuration or bypass authentication are refused.",
        takes_data: true,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        let name = self.ingress.as_deref().unwrap_or(&target.name);
        let mut needs = vec![Need::One(&kind::INGRESS, name.to_owned())];
        needs.extend(self.backend_service.iter().map(|service| Need::One(&kind::SERVICE, service.clone())));
        needs.push(Need::Every(&kind::SERVICE));
        needs
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let namespace = live.target.namespace();
        let name = self.ingress.as_deref().unwrap_or(live.target.name());
        let found = live.one(&kind::INGRESS, name)?;
        let ingress = found.ok_or_else(|| Refusal::absent(&kind::INGRESS.reference(namespace, name)))?;
        let annotations = self.annotations()?;
        if annotations.is_empty() && self.backend_service.is_none() && self.backend_port.is_none() {
            return Err(Refusal::missing_param(
                TYPE,
                "backendService",
                "backendService, backendPort or annotation.<key>",
            ));
        }
        let mut wanted = ingress.0.clone();
        for (key, value) in annotations {
            edits::set(&mut wanted, &["metadata", "annotations", key], value.into());
        }
        if self.backend_service.is_some() || self.backend_port.is_some() {
            self.redirect(live, &mut wanted)?;
        }
        let summary = format!("changes where Ingress {name} sends its traffic, and how");
        Ok(ChangeSet::patch(ingress, &wanted, Terms::default(), &live.plan_uid, summary))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::still_as_written(change, now)
    }
}

impl UpdateIngress {
    fn annotations(&self) -> Result<BTreeMap<&str, &str>, Refusal> {
        let mut annotations = BTreeMap::new();
        for (param, value) in &self.annotations {
            let Some(key) = param.strip_prefix("annotation.") else {
                return Err(Refusal::UnknownParam {
                    action: TYPE,
                    param: param.clone(),
                    value: value.clone(),
                    allowed: "ingress, backendService, backendPort, host, path, annotation.<key>".to_owned(),
                });
            };
            let last = key.rsplit('/').next().unwrap_or(key);
            if !TUNING.contains(&last) || value.contains(['\n', '{', '}', ';']) {
                let allowed = format!("a plain value for one of {}", TUNING.join(", "));
                return Err(Refusal::bad_param(TYPE, param, value, allowed));
            }
            annotations.insert(key, value.as_str());
        }
        Ok(annotations)
    }

    /// Points the chosen paths to the Service and port asked for.
    fn redirect(&self, live: &Live, wanted: &mut Value) -> Result<(), Refusal> {
        let mut backends = BTreeSet::new();
        let mut chosen = Vec::new();
        let rules = wanted["spec"].get_mut("rules").and_then(Value::as_array_mut);
        for rule in rules.into_iter().flatten() {
            let host = rule.get("host").and_then(Value::as_str).unwrap_or_default().to_owned();
            let paths = rule.get_mut("http").and_then(|http| http.get_mut("paths")).and_then(Value::as_array_mut);
            for path in paths.into_iter().flatten() {
                let is_meant = self.host.as_ref().is_none_or(|wanted| *wanted == host)
                    && self.path.as_deref().is_none_or(|wanted| path["path"] == wanted);
                if !is_meant {
                    continue;
                }
                let text = path["path"].as_str().unwrap_or("/").to_owned();
                if path.pointer("/backend/service").is_none() {
                    return Err(Refusal::Unsuitable(format!("{host}{text} leads to a resource and not to a Service")));
                }
                backends.insert(path["backend"].to_string());
                chosen.push((format!("{host}{text}"), &mut path["backend"]["service"]));
            }
        }
        if chosen.is_empty() {
            return Err(Refusal::Unsuitable("the Ingress has no such HTTP path".to_owned()));
        }
        if backends.len() > 1 && self.host.is_none() && self.path.is_none() {
            let paths: Vec<&str> = chosen.iter().map(|(path, _)| path.as_str()).collect();
            let text =
                format!("its paths lead to different backends ({}); choose with host and path", paths.join(", "));
            return Err(Refusal::Unsuitable(text));
        }
        for (_, backend) in chosen {
            let name = self.backend_service.as_deref().or(backend["name"].as_str()).unwrap_or_default().to_owned();
            let service = service(live, &name)?;
            let present = backend["port"]["number"].as_i64();
            let port = match (&self.backend_port, present) {
                (Some(port), _) => port.clone(),
                (None, Some(number)) => number.to_string(),
                (None, None) => backend["port"]["name"].as_str().unwrap_or_default().to_owned(),
            };
            let number: Option<i64> = port.parse().ok();
            let is_meant = |known: &&Value| {
                number.map_or_else(|| known["name"].as_str() == Some(&port), |number| known["port"] == number)
            };
            let known = service.list("/spec/ports").iter().find(is_meant);
            let Some(known) = known else {
                let ports: Vec<String> =
                    service.list("/spec/ports").iter().map(|known| known["port"].to_string()).collect();
                return Err(Refusal::bad_param(
                    TYPE,
                    "backendPort",
                    &port,
                    format!("{} of Service {name}", ports.join(", ")),
                ));
            };
            backend["name"] = name.into();
            if self.backend_port.is_some() {
                // A number beside a name is refused by the server: one of them.
                backend["port"] = serde_json::json!({"number": known["port"]});
            }
        }
        Ok(())
    }
}

fn service<'a>(live: &'a Live, name: &str) -> Result<&'a Object, Refusal> {
    let services = live.all(&Need::Every(&kind::SERVICE))?;
    let reference = kind::SERVICE.reference(live.target.namespace(), name);
    services.iter().find(|service| service.name() == name).ok_or_else(|| Refusal::absent(&reference))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn change(params: Value) -> Result<ChangeSet, Refusal> {
        let path = |path: &str, service: &str| json!({"path": path, "pathType": "Prefix", "backend": {"service": {"name": service, "port": {"name": "http"}}}});
        let ingress = Object(json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web", "namespace": "shop", "uid": "i"},
            "spec": {"rules": [{"host": "shop.example", "http": {"paths": [path("/", "web"), path("/api", "api")]}}]},
        }));
        let service = |name: &str| {
            Object(
                json!({"kind": "Service", "metadata": {"name": name}, "spec": {"ports": [{"name": "http", "port": 80}]}}),
            )
        };
        let target =
            Object(json!({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "d"}}));
        let live = Live::of(target, Timestamp::UNIX_EPOCH)
            .with(Need::One(&kind::INGRESS, "web".to_owned()), vec![ingress])
            .with(Need::Every(&kind::SERVICE), vec![service("web"), service("standby"), service("api")]);
        let action: UpdateIngress = serde_json::from_value(params).unwrap();
        Action::change(&action, &live)
    }

    #[test]
    fn only_the_chosen_path_is_sent_elsewhere() {
        let change = change(json!({"backendService": "standby", "backendPort": "80", "path": "/"})).unwrap();
        let after = change.writes[0].record.touched[0].after.clone().unwrap();
        assert!(
            after.contains("\"standby\"") && after.contains("\"number\":80") && after.contains("\"api\""),
            "{after}"
        );
    }

    #[test]
    fn paths_with_different_backends_need_a_choice() {
        let text = change(json!({"backendService": "standby"})).unwrap_err().to_string();
        assert!(text.contains("shop.example/api"), "{text}");
    }

    #[test]
    fn a_service_without_the_port_is_refused_naming_the_ports_it_has() {
        let text = change(json!({"backendPort": "8080", "path": "/"})).unwrap_err().to_string();
        assert!(text.contains("8080") && text.contains("80 of Service web"), "{text}");
    }

    #[test]
    fn annotations_that_inject_are_refused() {
        for (key, value) in [
            ("annotation.nginx.ingress.kubernetes.io/configuration-snippet", "x"),
            ("annotation.nginx.ingress.kubernetes.io/auth-url", "http://evil"),
            ("annotation.nginx.ingress.kubernetes.io/proxy-read-timeout", "1;}\n"),
        ] {
            assert!(matches!(change(json!({key: value})), Err(Refusal::BadParam { .. })), "{key}");
        }
        assert!(change(json!({"annotation.nginx.ingress.kubernetes.io/proxy-read-timeout": "60"})).is_ok());
    }
}
