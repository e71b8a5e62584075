//! What a workload depends on by name: configuration objects, keys in them, Services it talks to.
//!
//! In: container and pod specs, text. Out: references. Never: resolves them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ConfigMap, Container, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use regex::Regex;

use super::Pod;

/// Written by `kubectl apply`.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A ConfigMap or a Secret.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ConfigKind {
    /// Readable.
    ConfigMap,
    /// Never read.
    Secret,
}

impl ConfigKind {
    /// Kind as the API names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }
}

/// A place in a pod spec that needs a configuration object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigReference {
    /// Which kind.
    pub kind: ConfigKind,
    /// Object name.
    pub name: String,
    /// Key, where one is named.
    pub key: Option<String>,
    /// Where in the pod spec, e.g. `containers[app].env[DB_HOST]`.
    pub path: String,
    /// Its absence is allowed.
    pub optional: bool,
}

/// Configuration a container takes into its environment.
pub fn of_container(container: &Container) -> Vec<ConfigReference> {
    let mut found = Vec::new();
    let at = |rest: String| format!("containers[{}].{rest}", container.name);
    for variable in container.env.iter().flatten() {
        let Some(source) = &variable.value_from else { continue };
        let path = at(format!("env[{}].valueFrom", variable.name));
        if let Some(selector) = &source.config_map_key_ref {
            found.push(reference(ConfigKind::ConfigMap, &selector.name, Some(&selector.key), path, selector.optional));
        } else if let Some(selector) = &source.secret_key_ref {
            found.push(reference(ConfigKind::Secret, &selector.name, Some(&selector.key), path, selector.optional));
        }
    }
    for (index, source) in container.env_from.iter().flatten().enumerate() {
        let path = at(format!("envFrom[{index}]"));
        if let Some(selector) = &source.config_map_ref {
            found.push(reference(ConfigKind::ConfigMap, &selector.name, None, path, selector.optional));
        } else if let Some(selector) = &source.secret_ref {
            found.push(reference(ConfigKind::Secret, &selector.name, None, path, selector.optional));
        }
    }
    found
}

/// Configuration a pod mounts.
pub fn of_volumes(spec: &PodSpec) -> Vec<ConfigReference> {
    let mut found = Vec::new();
    for volume in spec.volumes.iter().flatten() {
        let path = format!("volumes[{}]", volume.name);
        if let Some(source) = &volume.config_map {
            found.push(reference(ConfigKind::ConfigMap, &source.name, None, path, source.optional));
        } else if let Some(name) = volume.secret.as_ref().and_then(|source| source.secret_name.as_ref()) {
            let optional = volume.secret.as_ref().and_then(|source| source.optional);
            found.push(reference(ConfigKind::Secret, name, None, path, optional));
        }
    }
    found
}

/// Names of the Secrets a pod mounts, each with its place in the pod spec.
pub fn secrets_mounted(spec: &PodSpec) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for volume in spec.volumes.iter().flatten() {
        let place = format!("volumes[{}]", volume.name);
        if let Some(name) = volume.secret.as_ref().and_then(|source| source.secret_name.clone()) {
            found.push((name, format!("{place}.secret.secretName")));
        }
        let projected = volume.projected.iter().flat_map(|source| source.sources.iter().flatten()).enumerate();
        found.extend(projected.filter_map(|(index, source)| {
            let name = source.secret.as_ref()?.name.clone();
            Some((name, format!("{place}.projected.sources[{index}].secret.name")))
        }));
    }
    found
}

/// All configuration a pod needs.
pub fn of_pod(spec: &PodSpec) -> Vec<ConfigReference> {
    let containers = spec.init_containers.iter().flatten().chain(&spec.containers);
    containers.flat_map(of_container).chain(of_volumes(spec)).collect()
}

fn reference(kind: ConfigKind, name: &str, key: Option<&str>, path: String, optional: Option<bool>) -> ConfigReference {
    ConfigReference {
        kind,
        name: name.to_owned(),
        key: key.map(str::to_owned),
        path,
        optional: optional.unwrap_or(false),
    }
}

/// A Service that a text names.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ServiceHint {
    /// Service name.
    pub name: String,
    /// Namespace, where the text names one.
    pub namespace: Option<String>,
}

/// Services that a container's command line and plain environment values name.
pub fn services_of(container: &Container) -> BTreeSet<ServiceHint> {
    let words = container.args.iter().flatten().chain(container.command.iter().flatten());
    let values = container.env.iter().flatten().filter_map(|variable| variable.value.as_ref());
    let mut found: BTreeSet<ServiceHint> = words.chain(values).flat_map(|text| services_in(text)).collect();
    // `DB_HOST=db`: a bare name is only a host where the variable says so.
    for variable in container.env.iter().flatten() {
        let Some(value) = variable.value.as_deref() else { continue };
        let name = variable.name.to_ascii_uppercase();
        let says_so = ["_HOST", "_ADDR", "_ADDRESS", "_SERVICE", "_URL", "_ENDPOINT", "_UPSTREAM"]
            .iter()
            .any(|end| name.ends_with(end));
        if says_so
            && !value.contains("://")
            && let Some(hint) = host(value.split(':').next().unwrap_or_default())
        {
            found.insert(hint);
        }
    }
    found
}

/// A Service at a port, where a container's configuration says both.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Call {
    /// Whom.
    pub service: ServiceHint,
    /// At which port.
    pub port: i32,
    /// Where the container says so, below itself: `env[DB_ADDR]`, `args`.
    pub place: String,
}

/// Services with a port that a container's command line and plain environment values name: `db:5432`, `http://cart/`.
pub fn calls_of(container: &Container) -> Vec<Call> {
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?:^|[\s=,(@/])(?:(https?)://(?:[^\s/@]*@)?)?([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*)(?::([0-9]{2,5})\b)?",
        )
        .expect("a valid pattern")
    });
    let words = |field: &str, list: &Option<Vec<String>>| {
        list.iter().flatten().map(|text| (field.to_owned(), text.clone())).collect::<Vec<_>>()
    };
    let values = container
        .env
        .iter()
        .flatten()
        .filter_map(|variable| Some((format!("env[{}]", variable.name), variable.value.clone()?)));
    let texts = words("command", &container.command).into_iter().chain(words("args", &container.args)).chain(values);
    texts
        .flat_map(|(place, text)| {
            let found: Vec<Call> = CALL
                .captures_iter(&text)
                .filter_map(|found| {
                    let port = match (found.get(3), found.get(1).map(|scheme| scheme.as_str())) {
                        (Some(port), _) => port.as_str().parse().ok()?,
                        (None, Some("http")) => 80,
                        (None, Some("https")) => 443,
                        (None, _) => return None,
                    };
                    Some(Call { service: host(found.get(2)?.as_str())?, port, place: place.clone() })
                })
                .collect();
            found
        })
        .collect()
}

/// Services that a text names: hosts of URLs, `name.namespace.svc`, and `name:port`.
pub fn services_in(text: &str) -> BTreeSet<ServiceHint> {
    static HOST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?:[a-z][a-z0-9+.-]*://(?:[^\s/@]*@)?([a-z0-9][a-z0-9.-]*))|\b([a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*\.svc)\b|(?:^|[\s=,(])([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*):[0-9]{2,5}\b",
        )
        .expect("a valid pattern")
    });
    HOST.captures_iter(text)
        .filter_map(|found| found.get(1).or_else(|| found.get(2)).or_else(|| found.get(3)))
        .filter_map(|found| host(found.as_str()))
        .collect()
}

/// A host as a Service: `name`, `name.namespace`, `name.namespace.svc[.cluster.local]`; anything longer is somebody else's.
fn host(text: &str) -> Option<ServiceHint> {
    let label = |text: &str| {
        !text.is_empty()
            && text.len() <= 63
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let mut parts = text.trim_end_matches('.').split('.');
    let name = parts.next().filter(|name| label(name) && *name != "localhost")?;
    let namespace = parts.next();
    let rest: Vec<&str> = parts.collect();
    let ours = matches!((namespace, rest.as_slice()), (_, []) | (Some(_), ["svc", ..]));
    // `example.com` looks like `name.namespace`; a Service read that finds nothing costs one request, a wrong claim costs trust.
    (ours && namespace.is_none_or(label))
        .then(|| ServiceHint { name: name.to_owned(), namespace: namespace.map(str::to_owned) })
}

/// What `kubectl apply` last put under `.data` of a ConfigMap.
pub fn last_applied_data(map: &ConfigMap) -> Option<BTreeMap<String, String>> {
    let text = map.metadata.annotations.as_ref()?.get(LAST_APPLIED)?;
    let applied: serde_json::Value = serde_json::from_str(text).ok()?;
    let data = applied.get("data")?.as_object()?;
    Some(data.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect())
}

/// Names of the claims a pod mounts.
pub fn claims_of(pod: &Pod) -> Vec<String> {
    let volumes = pod.spec.as_ref().and_then(|spec| spec.volumes.as_deref()).unwrap_or_default();
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    volumes
        .iter()
        .filter_map(|volume| {
            let claim = volume.persistent_volume_claim.as_ref().map(|source| source.claim_name.clone());
            claim.or_else(|| volume.ephemeral.as_ref().map(|_| format!("{name}-{}", volume.name)))
        })
        .collect()
}

/// The latest edit that managedFields record, by whom and when. A removed key leaves no trace there, so it may be older than the change.
pub fn last_edit(meta: &ObjectMeta) -> Option<(&str, Timestamp)> {
    meta.managed_fields
        .iter()
        .flatten()
        .filter_map(|entry| Some((entry.manager.as_deref()?, entry.time.as_ref()?.0)))
        .max_by_key(|(_, time)| *time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        services_in(text)
            .into_iter()
            .map(|hint| hint.namespace.map_or(hint.name.clone(), |namespace| format!("{namespace}/{}", hint.name)))
            .collect()
    }

    #[test]
    fn services_are_found_in_urls_names_and_error_lines() {
        assert_eq!(names("http://cart:8080/api"), ["cart"]);
        assert_eq!(names("postgres://u:p@db.data.svc.cluster.local:5432/x"), ["data/db"]);
        assert_eq!(names("calling cart.shop.svc failed"), ["shop/cart"]);
        assert_eq!(names("dial tcp: lookup cart:8080 refused"), ["cart"]);
    }

    #[test]
    fn addresses_and_other_peoples_hosts_are_no_services() {
        assert_eq!(names("http://10.1.2.3:80 http://localhost:80 https://api.eu.example.com/x"), Vec::<String>::new());
    }

    #[test]
    fn a_bare_name_counts_where_the_variable_says_it_is_a_host() {
        let container: Container = serde_json::from_value(json!({
            "name": "app", "env": [{"name": "DB_HOST", "value": "db"}, {"name": "MODE", "value": "fast"}]
        }))
        .unwrap();
        assert_eq!(services_of(&container).into_iter().map(|hint| hint.name).collect::<Vec<_>>(), ["db"]);
    }

    #[test]
    fn a_call_is_a_service_at_a_port() {
        let container: Container = serde_json::from_value(json!({
            "name": "app",
            "args": ["--depend-on=http://cart/x", "--db", "postgres://u:p@db.data.svc:5432/x", "--listen=:8080"],
            "env": [{"name": "PAY_ADDR", "value": "pay:50051"}, {"name": "SITE", "value": "https://api.eu.example.com"}]
        }))
        .unwrap();
        let calls: Vec<String> = calls_of(&container)
            .into_iter()
            .map(|call| format!("{} {}:{}", call.place, call.service.name, call.port))
            .collect();
        assert_eq!(calls, ["args cart:80", "args db:5432", "env[PAY_ADDR] pay:50051"]);
    }

    #[test]
    fn the_last_applied_data_survives_an_edit() {
        let map: ConfigMap = serde_json::from_value(json!({
            "metadata": {"name": "c", "annotations": {LAST_APPLIED: r#"{"data":{"DB_HOST":"db","N":1}}"#}}, "data": {}
        }))
        .unwrap();
        assert_eq!(last_applied_data(&map).unwrap().get("DB_HOST").map(String::as_str), Some("db"));
    }

    #[test]
    fn references_name_the_place_that_needs_them() {
        let spec: PodSpec = serde_json::from_value(json!({"containers": [{"name": "app",
            "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
            "envFrom": [{"configMapRef": {"name": "c", "optional": true}}]}],
            "volumes": [{"name": "v", "configMap": {"name": "m"}}]}))
        .unwrap();
        let paths: Vec<String> =
            of_pod(&spec).into_iter().map(|it| format!("{} {} {}", it.path, it.name, it.optional)).collect();
        assert_eq!(
            paths,
            ["containers[app].env[A].valueFrom s false", "containers[app].envFrom[0] c true", "volumes[v] m false"]
        );
    }
}
